"""What is read to be written out as tables: part by part, so that no year stands in memory."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import Table, func, select

from battery_commons.domain.time import SLOT, slot_start
from battery_commons.store import schema
from battery_commons.store.audit import Act, AuditEntry
from battery_commons.store.database import Database
from battery_commons.store.dispatches import dispatch_record

_SLOT_H = SLOT.total_seconds() / 3600


@dataclass(slots=True)
class PlanSums:
    """What the plans of a quarter hour asked of all homes together."""

    plans: int = 0
    accepted: int = 0
    refused: int = 0
    charge_wh: float = 0.0
    """Over the whole of each lease."""
    discharge_wh: float = 0.0

    def add(self, powers_w: Sequence[float | None], *, accepted: bool | None) -> None:
        """Count one home's plan, with the power of each battery and slot; None leaves it to its house."""
        asked = [power_w for power_w in powers_w if power_w is not None]
        self.plans += 1
        self.accepted += accepted is True
        self.refused += accepted is False
        self.charge_wh += _SLOT_H * sum(max(power_w, 0) for power_w in asked)
        self.discharge_wh += _SLOT_H * sum(max(-power_w, 0) for power_w in asked)


class TableStore(Database):
    """Reads for whole tables."""

    def span_of_loads(self) -> tuple[datetime, datetime] | None:
        """Return from when to when transformers' loads are kept; None where there are none."""
        return self._span((schema.meter_reading, "at"), (schema.meter_quarter_hour, "start"))

    def span_of_prices(self) -> tuple[datetime, datetime] | None:
        """Return the first and the last quarter hour with a price; None where there is none."""
        return self._span((schema.price, "start"))

    def span_of_plans(self) -> tuple[datetime, datetime] | None:
        """Return when the first and the last plan were made that are kept; None where there are none."""
        return self._span((schema.dispatch, "issued_at"))

    def plan_sums(self, start: datetime, end: datetime) -> Mapping[datetime, PlanSums]:
        """Return what plans that were made in [start, end) asked, by the quarter hour in which they were."""
        table, sums = schema.dispatch, dict[datetime, PlanSums]()
        with self._read() as connection:
            for home_id in connection.scalars(select(schema.home.c.id)).all():
                rows = connection.execute(
                    select(table).where(
                        table.c.home_id == home_id, table.c.issued_at >= start, table.c.issued_at < end
                    )
                )
                for record in map(dispatch_record, rows):
                    batteries = json.loads(record.plan_json)["batteries"]
                    powers_w = list(chain.from_iterable(battery["power_w"] for battery in batteries))
                    sums.setdefault(slot_start(record.issued_at), PlanSums()).add(
                        powers_w, accepted=record.accepted
                    )
        return dict(sorted(sums.items()))

    def audit_from(self, number: int, most: int) -> list[AuditEntry]:
        """Return at most so many acts from a number on, the oldest first."""
        table = schema.audit
        statement = select(table).where(table.c.number >= number).order_by(table.c.number).limit(most)
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return [
            AuditEntry(row.number, row.at, row.administrator, Act(row.act), row.about, row.detail)
            for row in rows
        ]

    def _span(self, *columns: tuple[Table, str]) -> tuple[datetime, datetime] | None:
        found: list[datetime] = []
        with self._read() as connection:
            for table, name in columns:
                column = table.c[name]
                first, last = connection.execute(select(func.min(column), func.max(column))).one()
                found += [each for each in (first, last) if each is not None]
        return (min(found), max(found)) if found else None
