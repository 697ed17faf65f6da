"""Where the meter of a transformer or of the feeder is read, where it does not report over HTTP by itself."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints


def _nameable(host: str) -> str:
    """Return a host that can be looked up. Raises ValueError for one whose name no resolver takes."""
    host.encode("idna")
    return host


def _parsable(url: str) -> str:
    """Return an address whose host and port can be. Raises ValueError for another."""
    parts = urlsplit(url)
    if parts.port == 0:
        raise ValueError(f"{url} has no port that anybody listens on")
    _nameable(parts.hostname or "")
    return url


type Port = Annotated[int, Field(ge=1, le=65_535)]
type Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,253}$"), AfterValidator(_nameable)]
type Secret = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00-\x1f]*$")]


class Registers(StrEnum):
    """Which of a Modbus device's two tables of registers."""

    INPUT = "input"
    """Read with function 4; the handbooks number them from 30001."""
    HOLDING = "holding"
    """Read with function 3; the handbooks number them from 40001."""


class Number(StrEnum):
    """How a number is laid out in registers."""

    FLOAT32 = "float32"
    INT32 = "int32"
    INT16 = "int16"


class WordOrder(StrEnum):
    """Which of two registers comes first."""

    BIG = "big"
    """The higher half."""
    LITTLE = "little"


class PowerUnit(StrEnum):
    """What a power is given in."""

    W = "W"
    KW = "kW"
    MW = "MW"

    @property
    def watts(self) -> float:
        """How many W one is."""
        return {PowerUnit.W: 1.0, PowerUnit.KW: 1e3, PowerUnit.MW: 1e6}[self]


@dataclass(frozen=True, slots=True)
class ModbusSource:
    """A meter that is asked over Modbus TCP."""

    host: Host
    register: Annotated[int, Field(ge=0, le=65_535)]
    """As it is sent, counted from 0."""
    registers: Registers = Registers.INPUT
    number: Number = Number.FLOAT32
    word_order: WordOrder = WordOrder.BIG
    scale_w: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] = 1.0
    """How many W a 1 in the register stands for."""
    unit: Annotated[int, Field(ge=0, le=255)] = 1
    port: Port = 502
    is_reversed: bool = False
    """Whether the meter counts what is fed in as positive."""

    @property
    def address(self) -> str:
        """Where it is read, as it may be shown."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class MqttSource:
    """A meter whose readings a broker hands on."""

    url: Annotated[
        str,
        StringConstraints(pattern=r"^mqtts?://([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?$"),
        AfterValidator(_parsable),
    ]
    """`mqtt://host:port`, or `mqtts:` for TLS. Name and password do not stand in it."""
    topic: Annotated[str, StringConstraints(pattern=r"^[^+#\x00-\x1f]{1,250}$")]
    path: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*$")] = ""
    """Where the power stands in a message of JSON, as `total.power`; empty for a message that is a number."""
    unit: PowerUnit = PowerUnit.W
    user: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*$")] = ""
    secret: Secret = field(default="", repr=False)
    """The password; never shown again."""
    is_reversed: bool = False
    """Whether the meter counts what is fed in as positive."""

    @property
    def address(self) -> str:
        """Where it is read, as it may be shown."""
        return self.url


@dataclass(frozen=True, slots=True)
class HomeAssistantSource:
    """A sensor of a Home Assistant, which says itself in what unit."""

    entity_id: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,50}\.[a-z0-9_]{1,200}$")]
    url: Annotated[
        str,
        StringConstraints(pattern=r"^(https?://([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?/?)?$"),
        AfterValidator(_parsable),
    ] = ""
    """`http://host:8123`; empty for the Home Assistant that this village is an app of."""
    secret: Secret = field(default="", repr=False)
    """A long-lived access token; empty for the Home Assistant that this village is an app of."""
    is_reversed: bool = False
    """Whether the sensor counts what is fed in as positive."""

    @property
    def address(self) -> str:
        """Where it is read, as it may be shown."""
        return self.url


type MeterSource = ModbusSource | MqttSource | HomeAssistantSource


class SourceKind(StrEnum):
    """The ways to read a meter."""

    MODBUS = "modbus"
    MQTT = "mqtt"
    HOME_ASSISTANT = "home_assistant"


SOURCES: dict[SourceKind, type[ModbusSource | MqttSource | HomeAssistantSource]] = {
    SourceKind.MODBUS: ModbusSource,
    SourceKind.MQTT: MqttSource,
    SourceKind.HOME_ASSISTANT: HomeAssistantSource,
}


def kind_of(source: MeterSource) -> SourceKind:
    """Return which of the ways a source is."""
    return next(kind for kind, what in SOURCES.items() if isinstance(source, what))
