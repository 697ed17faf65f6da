"""Which readings count: what is beyond all bounds, or was found to be wrong, is in no mean."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, not_, select, true

from battery_commons.domain.battery import Battery
from battery_commons.domain.quality import (
    HOUSE_BOUND_W,
    Finding,
    FindingKind,
    Quality,
    Source,
    SourceKind,
    battery_bound_w,
    meter_bound_w,
)
from battery_commons.store import schema


@dataclass(frozen=True, slots=True)
class Worth:
    """Which readings are wrong, by their value or by what was found: those are in no mean."""

    bounds_w: Mapping[Source, float]
    wrong: Mapping[Source, Sequence[Finding]]

    def usable(
        self, source: Source, at: ColumnElement[datetime], power_w: ColumnElement[float]
    ) -> list[ColumnElement[bool]]:
        """Return what a reading of `source` must fulfil to count."""
        bound_w = self.bounds_w.get(source, HOUSE_BOUND_W)
        clauses = [power_w >= -bound_w, power_w <= bound_w]
        for finding in self.wrong.get(source, ()):
            during = [at >= finding.since] + ([at < finding.until] if finding.until else [])
            clauses.append(not_(and_(*during)))
        return clauses


def read_worth(connection: Connection, only: Source | None = None) -> Worth:
    """Return what the readings of all sources are worth, or of one alone."""
    wrong: dict[Source, list[Finding]] = {}
    table = schema.finding
    # A spike's own value is beyond the bound; what else was said in its quarter hour counts.
    lasting = and_(table.c.quality == Quality.WRONG.value, table.c.kind != FindingKind.SPIKE.value)
    of_source = true() if only is None else table.c.source == str(only)
    for row in connection.execute(select(table).where(lasting, of_source)):
        found = finding_in(row)
        wrong.setdefault(found.source, []).append(found)
    return Worth(_bounds_w(connection, only), wrong)


def _bounds_w(connection: Connection, only: Source | None) -> dict[Source, float]:
    """Return what no reading is beyond, of the meters and batteries that are asked for."""
    bounds_w: dict[Source, float] = {}
    kind = None if only is None else only.kind
    meters, batteries = schema.transformer, schema.battery
    if kind in {None, SourceKind.METER}:
        chosen = true() if only is None else meters.c.id == only.id
        for row in connection.execute(select(meters.c.id, meters.c.limit_w).where(chosen)):
            bounds_w[Source(SourceKind.METER, row.id)] = meter_bound_w(row.limit_w)
    if kind in {None, SourceKind.BATTERY}:
        home_id, _, battery_id = ("", "", "") if only is None else only.id.partition("/")
        own = and_(batteries.c.home_id == home_id, batteries.c.battery_id == battery_id)
        for row in connection.execute(select(batteries).where(true() if only is None else own)):
            battery = Battery(
                id=f"{row.home_id}/{row.battery_id}",
                transformer_id="",
                capacity_wh=row.capacity_wh,
                max_charge_w=row.max_charge_w,
                max_discharge_w=row.max_discharge_w,
            )
            bounds_w[Source(SourceKind.BATTERY, battery.id)] = battery_bound_w(battery)
    return bounds_w


def finding_in(row: Row[Any]) -> Finding:
    """Return the finding in a row of its table."""
    return Finding(
        Source.of(row.source),
        FindingKind(row.kind),
        Quality(row.quality),
        row.since,
        row.until,
        json.loads(row.figures_json),
    )
