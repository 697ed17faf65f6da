"""The form of where a meter is read, and what can be wrong with what is filled in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Self

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from battery_commons.domain.meter_source import (
    SOURCES,
    HomeAssistantSource,
    MeterSource,
    ModbusSource,
    MqttSource,
    SourceKind,
    kind_of,
)
from battery_commons.sense.meters.presets import Preset
from battery_commons.web.pages import forms

_SECRET = "secret"  # noqa: S105 - the name of a field
_REVERSED = "is_reversed"
_NUMBERS = {"register", "scale_w", "unit", "port"}
_START: Mapping[SourceKind, Mapping[str, str]] = {
    SourceKind.MODBUS: {"port": "502", "unit": "1", "scale_w": "1", "registers": "input"},
    SourceKind.MQTT: {"url": "mqtt://"},
    SourceKind.HOME_ASSISTANT: {"entity_id": "sensor."},
}
"""What a new form is begun with."""


@dataclass(frozen=True, slots=True)
class MeterSourceForm:
    """What stands in the form, as it was typed; but for the secret, which is shown nowhere."""

    kind: SourceKind
    values: Mapping[str, str]
    """By field of the source."""
    has_secret: bool = False
    """Whether a secret is known, that stays as long as the address does and no other is given."""
    source: MeterSource | None = None
    """What the form says, with its secret; None while that makes no sense."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/meter.py)."""

    @classmethod
    def empty(cls, kind: SourceKind) -> Self:
        """Return the form for a meter that was read in another way, if at all."""
        return cls(kind, {**dict.fromkeys(_names(kind), ""), **_START[kind]})

    @classmethod
    def of(cls, source: MeterSource) -> Self:
        """Return the form for changing a source."""
        kind = kind_of(source)
        values = {name: _shown(getattr(source, name)) for name in _names(kind)}
        return cls(kind, values, has_secret=bool(_secret(source)))

    def with_preset(self, preset: Preset) -> Self:
        """Return the form with what is known of a meter filled in."""
        known = {name: _shown(getattr(preset, name)) for name in self.values if hasattr(preset, name)}
        return replace(self, values={**self.values, **known})

    @classmethod
    async def filled_in(
        cls, request: web.Request, kind: SourceKind, known: Iterable[MeterSource], *, has_own: bool
    ) -> Self:
        """Return the form that was sent.

        Args:
            request: Carries it.
            kind: Which form it is.
            known: What was chosen or tried before: a secret of the same address counts where none is given.
            has_own: Whether there is a Home Assistant that needs no address.
        """
        values = {name: await forms.field(request, name) for name in _names(kind)}
        secret = await forms.field(request, _SECRET)
        given: dict[str, object] = {
            name: value.replace(",", ".") if name in _NUMBERS else value for name, value in values.items()
        }
        given[_REVERSED] = values[_REVERSED] == "yes"
        if kind is not SourceKind.MODBUS:
            given[_SECRET] = secret
        try:
            source: MeterSource = TypeAdapter(SOURCES[kind]).validate_python(given)
        except ValidationError as error:
            errors = {str(problem["loc"][0]): f"wrong_{problem['loc'][0]}" for problem in error.errors()}
            return cls(kind, values, errors=errors)
        if not isinstance(source, ModbusSource) and not secret:
            former = next((each for each in known if _is_same_place(source, each)), source)
            source = replace(source, secret=_secret(former))
        form = cls(kind, values, has_secret=bool(_secret(source)), source=source)
        if isinstance(source, HomeAssistantSource):
            return form._checked(source, has_own=has_own)
        return form

    def _checked(self, source: HomeAssistantSource, *, has_own: bool) -> Self:
        errors = {}
        if not source.url and not has_own:
            errors["url"] = "wrong_url_needed"
        elif source.url and not source.secret:
            errors[_SECRET] = "wrong_secret_needed"
        return replace(self, source=None, errors=errors) if errors else self


def _names(kind: SourceKind) -> list[str]:
    """Return the fields of a source that may be shown."""
    return [each.name for each in fields(SOURCES[kind]) if each.name != _SECRET]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _secret(source: MeterSource) -> str:
    return "" if isinstance(source, ModbusSource) else source.secret


def _is_same_place(source: MeterSource, known: MeterSource) -> bool:
    """Return whether a secret of `known` opens the same to the same when it is used for `source`."""
    if isinstance(source, MqttSource) and isinstance(known, MqttSource):
        return (source.url, source.user) == (known.url, known.user)
    return kind_of(source) is kind_of(known) and source.address == known.address
