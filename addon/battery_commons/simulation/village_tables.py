"""The tables of village.toml and the keys in them, as docs/own-village.md lists them.

The upper bounds are far beyond any village, and far below one that is written in watts.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

type Id = Annotated[str, StringConstraints(pattern=r'^[^\s,;"]+( [^\s,;"]+)*$')]
"""Can be the name of a column as it stands: without commas, semicolons or quotation marks."""
type Offset = Annotated[str, StringConstraints(pattern=r"^[-+](0\d|1[0-4]):[0-5]\d$")]
type Efficiency = Annotated[float, Field(gt=0, le=1)]
type Share = Annotated[float, Field(ge=0, le=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class TransformerTable(_Table):
    """A [[transformers]]."""

    id: Id
    name: str | None = None
    limit_kw: Annotated[float, Field(gt=0, le=20_000)]


class FeederTable(_Table):
    """The [feeder]."""

    name: str = "Feeder"
    limit_kw: Annotated[float, Field(gt=0, le=200_000)] | None = None


class SiteTable(_Table):
    """A [[sites]]."""

    id: Id
    name: str | None = None
    transformer: str | None = None
    """May be left out where there is one only."""


class BatteryTable(_Table):
    """A [[batteries]], which stands in a site, or on its own behind a transformer."""

    id: Id | None = None
    site: str | None = None
    transformer: str | None = None
    capacity_kwh: Annotated[float, Field(gt=0, le=5_000)]
    charge_kw: Annotated[float, Field(gt=0, le=2_500)]
    discharge_kw: Annotated[float, Field(gt=0, le=2_500)]
    charge_efficiency: Efficiency = 0.95
    discharge_efficiency: Efficiency = 0.95
    reserve: Share = 0.1


class VillageTable(_Table):
    """The whole file."""

    name: str
    measured: Literal["without batteries", "with batteries"]
    utc_offset: Offset | None = None
    common_stretch: bool = False
    prices_of_another_year: bool = False
    check_units: bool = True
    transformers: Annotated[list[TransformerTable], Field(min_length=1)]
    feeder: FeederTable | None = None
    sites: list[SiteTable] = []
    batteries: Annotated[list[BatteryTable], Field(min_length=1)]


TABLES: dict[str, type[BaseModel]] = {
    "transformers": TransformerTable,
    "feeder": FeederTable,
    "sites": SiteTable,
    "batteries": BatteryTable,
}
"""The tables within the file, by name."""
