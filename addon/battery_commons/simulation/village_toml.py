"""What village.toml says: the transformers, sites and batteries, and how the other files were measured."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import inf
from pathlib import Path

from pydantic import ValidationError

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.simulation.csv_series import read_text
from battery_commons.simulation.recorded import Site
from battery_commons.simulation.village_file_error import VillageFileError
from battery_commons.simulation.village_tables import (
    TABLES,
    BatteryTable,
    FeederTable,
    SiteTable,
    TransformerTable,
    VillageTable,
)

FILE = "village.toml"
UNIT_HINTS = {"_kw": "; is it in W?", "_kwh": "; is it in Wh?"}

type Location = tuple[int | str, ...]
"""Where in the file something stands: ("batteries", 3, "capacity_kwh") is of the fourth [[batteries]]."""


@dataclass(frozen=True, eq=False)
class Description:
    """A village without its measurements."""

    name: str
    with_batteries: bool
    """Whether the batteries were at work while the loads were measured."""
    zone: tzinfo | None
    """What stamps without an offset are in; None where each needs one."""
    common_stretch: bool
    """Whether only the days that all files have are wanted."""
    prices_of_another_year: bool
    check_units: bool
    transformers: tuple[Transformer, ...]
    feeder: Feeder | None
    sites: tuple[Site, ...]
    """Those whose loads were measured."""
    alone: tuple[Site, ...]
    """One for each battery that stands in no site."""
    batteries: tuple[Battery, ...]
    battery_sites: tuple[str, ...]
    """The id of the site that each battery stands in, be it one of `sites` or of `alone`."""


class _File:
    """The text of the file, to say on which line something is wrong."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._lines = text.split("\n")

    def error(self, location: Location, problem: str) -> VillageFileError:
        """Return a problem with what stands at `location`."""
        return VillageFileError(self._name, self._line(location), problem)

    def _line(self, location: Location) -> int:
        """Return the line of a key, or of the table around it where the key is missing; 1 where in doubt."""
        table, index, key = (*location, None, None, None)[:3]
        if isinstance(index, str):  # [feeder] is there once, and has no number
            index, key = None, index
        headers = [n for n, line in enumerate(self._lines) if re.match(rf"\s*\[+\s*{table}\s*\]", line)]
        if not headers:
            start, key = -1, table
        else:
            start = headers[index if isinstance(index, int) and index < len(headers) else 0]
        for number, line in enumerate(self._lines[start + 1 :], start=start + 1):
            if line.lstrip().startswith("["):
                break
            if key and re.match(rf'\s*"?{re.escape(str(key))}"?\s*=', line):
                return number + 1
        return max(start, 0) + 1


def read_description(path: Path) -> Description:
    """Return what a village.toml says.

    Raises:
        VillageFileError: The file is not what it should be.
    """
    text = read_text(path)
    file = _File(path.name, text)
    try:
        table = VillageTable.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise VillageFileError(path.name, error.lineno, f"this is no TOML: {error.msg}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise file.error(first["loc"], _in_words(first["type"], first["loc"], first["msg"])) from error

    transformers = _transformers(file, table.transformers)
    ids = [transformer.id for transformer in transformers]
    sites = _sites(file, table.sites, ids)
    batteries, battery_sites, alone = _batteries(file, table.batteries, sites, ids)
    return Description(
        name=table.name,
        with_batteries=table.measured == "with batteries",
        zone=_zone(table.utc_offset),
        common_stretch=table.common_stretch,
        prices_of_another_year=table.prices_of_another_year,
        check_units=table.check_units,
        transformers=transformers,
        feeder=_feeder(table.feeder),
        sites=sites,
        alone=alone,
        batteries=batteries,
        battery_sites=battery_sites,
    )


def _in_words(kind: str, location: Location, message: str) -> str:
    """Return what is wrong with a key, and what to do."""
    table, key = str(location[0]), str(location[-1])
    if kind == "missing":
        return f"{key} is missing: docs/own-village.md says what it is"
    if kind == "extra_forbidden":
        known = TABLES[table] if table in TABLES and len(location) > 1 else VillageTable
        return f"{key} is not known here; these are: {', '.join(known.model_fields)}"
    hints = (hint for unit, hint in UNIT_HINTS.items() if kind == "less_than_equal" and key.endswith(unit))
    return f"{key}: {message[0].lower()}{message[1:]}{next(hints, '')}"


def _zone(offset: str | None) -> tzinfo | None:
    """Return the zone of an offset like +01:00."""
    return None if offset is None else datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo


def _feeder(table: FeederTable | None) -> Feeder | None:
    if table is None:
        return None
    return Feeder("feeder", table.name, inf if table.limit_kw is None else 1e3 * table.limit_kw)


def _transformers(file: _File, tables: Sequence[TransformerTable]) -> tuple[Transformer, ...]:
    _check_once(file, "transformers", [table.id for table in tables])
    return tuple(Transformer(table.id, table.name or table.id, 1e3 * table.limit_kw) for table in tables)


def _sites(file: _File, tables: Sequence[SiteTable], transformers: Sequence[str]) -> tuple[Site, ...]:
    _check_once(file, "sites", [table.id for table in tables])
    return tuple(
        Site(
            table.id,
            table.name or table.id,
            _transformer(file, ("sites", n), table.transformer, transformers),
        )
        for n, table in enumerate(tables)
    )


def _batteries(
    file: _File,
    tables: Sequence[BatteryTable],
    sites: Sequence[Site],
    transformers: Sequence[str],
) -> tuple[tuple[Battery, ...], tuple[str, ...], tuple[Site, ...]]:
    """Return the batteries, the site of each, and a site for each that has none of the village's."""
    known = {site.id: site for site in sites}
    batteries: list[Battery] = []
    stands_in: list[Site] = []
    alone: list[Site] = []
    for n, table in enumerate(tables):
        at = ("batteries", n)
        if table.site is None:
            transformer_id = _transformer(file, at, table.transformer, transformers)
            battery_id = table.id or f"{transformer_id}/battery"
            if battery_id in known:
                raise file.error((*at, "id"), f"{battery_id} is a site's id too: give the battery another")
            site = Site(battery_id, battery_id, transformer_id)
            alone.append(site)
        else:
            if table.transformer is not None:
                raise file.error(
                    (*at, "transformer"), "a battery in a site is behind the site's: delete this line"
                )
            if table.site not in known:
                raise file.error((*at, "site"), f"there is no site {table.site!r}: add it as a [[sites]]")
            site = known[table.site]
            battery_id = table.id or f"{site.id}/battery"
        stands_in.append(site)
        batteries.append(
            Battery(
                id=battery_id,
                transformer_id=site.transformer_id,
                capacity_wh=1e3 * table.capacity_kwh,
                max_charge_w=1e3 * table.charge_kw,
                max_discharge_w=1e3 * table.discharge_kw,
                charge_efficiency=table.charge_efficiency,
                discharge_efficiency=table.discharge_efficiency,
                reserve=table.reserve,
            )
        )
    _check_once(file, "batteries", [battery.id for battery in batteries])
    return tuple(batteries), tuple(site.id for site in stands_in), tuple(alone)


def _transformer(file: _File, location: Location, given: str | None, known: Sequence[str]) -> str:
    """Return the transformer that something is behind: the one that is given, or the only one."""
    if given is None:
        if len(known) > 1:
            raise file.error(location, f"transformer is missing: one of {', '.join(known)}")
        return known[0]
    if given not in known:
        raise file.error(
            (*location, "transformer"), f"there is no transformer {given!r}; there are: {', '.join(known)}"
        )
    return given


def _check_once(file: _File, table: str, ids: Sequence[str]) -> None:
    for n, id_ in enumerate(ids):
        if id_ in ids[:n]:
            raise file.error(
                (table, n, "id"), f"the id {id_!r} occurs twice in [[{table}]]: give this one another"
            )
