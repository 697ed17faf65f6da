"""The page about plans: what was decided, what it rested on, and why each battery was asked what it was."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from battery_commons.domain.time import MARKET_ZONE, SLOT, slot_start
from battery_commons.store import Store
from battery_commons.tick.decision_record import RecordedDecision, read_record
from battery_commons.tick.why import Expected, Why, expected_at, last_moment_of_slot, was_released, why_of_all
from battery_commons.web.pages.chart import LoadChart
from battery_commons.web.pages.overview import COMING, PAST, age_of
from battery_commons.web.pages.rendering import Renderer, words_for
from battery_commons.web.pages.views import SlotPower, TransformerView
from battery_commons.web.pages.words.why_sentences import because, expected_load
from battery_commons.web.server import VillageServer

FIELD = "%Y-%m-%dT%H:%M"
"""How a browser writes a day and a time."""


@dataclass(frozen=True, slots=True)
class BatteryLine:
    """A battery in the plan."""

    home_id: str
    name: str
    why: Why
    measured_w: float | None


@dataclass(frozen=True, slots=True)
class TransformerPlan:
    """A transformer in the plan: how it was expected to be, and how it was."""

    drawn: TransformerView
    low: Sequence[SlotPower]
    high: Sequence[SlotPower]
    expected: Expected
    method: str
    age_s: float | None
    estimated: bool
    batteries: Sequence[BatteryLine]

    def band(self, chart: LoadChart) -> str:
        """Return the outline of the band, as an SVG path in the drawing `chart`."""
        per_w = (chart.import_limit - chart.zero) / self.drawn.limit_w
        per_slot = (chart.right - chart.left) / ((PAST + COMING) / SLOT)
        shown = self.high[: COMING // SLOT], self.low[: COMING // SLOT]

        def y(slot: SlotPower) -> float:
            return round(min(max(chart.zero + per_w * slot.power_w, chart.top), chart.bottom), 1)

        there, back = (
            [
                (round(chart.now + per_slot * (n + end), 1), y(slot))
                for n, slot in enumerate(line)
                for end in (0, 1)
            ]
            for line in shown
        )
        return "M" + "L".join(f"{x} {y}" for x, y in [*there, *reversed(back)]) + "Z"


@dataclass(frozen=True, slots=True)
class PlanView:
    """A decision, as it looked at one quarter hour."""

    record: RecordedDecision
    start: datetime
    transformers: Sequence[TransformerPlan]
    import_price: float
    mean_price: float


class PlanPages:
    """Plans in force and past ones, by time."""

    def __init__(self, village: VillageServer, renderer: Renderer) -> None:
        """Show the plans of `village`."""
        self._village = village
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        """Return where the page is."""
        return [web.get("/plans", self.plans)]

    async def plans(self, request: web.Request) -> web.Response:
        """Return the page, of now or of the Dutch time `at`."""
        now = self._village.clock.now()
        at, view, problem = now, None, None
        try:
            if asked := request.query.get("at"):
                at = local_moment(asked)
        except ValueError, OverflowError:
            problem = "plans_wrong_time"
        else:
            view, problem = await asyncio.to_thread(_looked_up, self._village.store, at, now)
        start = slot_start(at)
        words = words_for(request)
        return self._renderer.page(
            request,
            "plans.html",
            view=view,
            problem=problem,
            field=_field(start),
            before=_field(start - SLOT),
            after=_field(start + SLOT),
            slot=SLOT,
            because=lambda why: because(words, why),
            expected_load=lambda expected: expected_load(words, expected),
            status=HTTPStatus.BAD_REQUEST if problem == "plans_wrong_time" else HTTPStatus.OK,
        )


def local_moment(text: str) -> datetime:
    """Return the moment that a form's field means, in Dutch time; the first where the clock shows it twice.

    Raises ValueError for what is no time, and OverflowError for one out of reach.
    """
    written = datetime.fromisoformat(text)
    local = written.replace(tzinfo=MARKET_ZONE) if written.tzinfo is None else written
    first, last = (datetime(year, 1, 1, tzinfo=MARKET_ZONE) for year in (1970, 2200))
    if not first < local < last:
        raise ValueError(f"{text} is out of reach")
    return slot_start(local)


def _field(moment: datetime) -> str:
    """Return a moment as a form's field has it; with its offset where the clock shows it twice."""
    local = moment.astimezone(MARKET_ZONE)
    written = local.strftime(FIELD)
    return written if local_moment(written) == slot_start(moment) else local.isoformat()


def _looked_up(store: Store, at: datetime, now: datetime) -> tuple[PlanView | None, str | None]:
    try:
        kept = store.decision_at(min(last_moment_of_slot(at), now))
        if kept is None:
            return None, "plans_none"
        record = read_record(kept)
        view = None
        if not was_released(record, min(slot_start(at), now)):
            view = plan_view(store, record, slot_start(at))
    except ValueError:
        return None, "plans_unreadable"
    return view, None if view else "plans_not_reached"


def plan_view(store: Store, record: RecordedDecision, start: datetime) -> PlanView | None:
    """Return what the page shows of a decision, for the quarter hour at `start`; None where it says nothing.

    Raises ValueError for a record that contradicts itself, and StoreError.
    """
    by_slot = {each: expected_at(record, each) for each in record.problem.grid.starts()}
    if start not in by_slot:
        return None
    expected = by_slot[start]
    homes = {home.id: home.name for home in store.homes()}
    names = {each.battery.id: each.name for each in store.batteries()}
    measured = store.battery_slot_means(start, start + SLOT)
    of_all = why_of_all(record, start, store.corrections(start, start + SLOT), list(record.batteries))
    lines: dict[str, list[BatteryLine]] = {id_: [] for id_ in expected}
    for each in of_all:
        home_id = each.battery_id.partition("/")[0]
        name = f"{homes.get(home_id, '')}, {names.get(each.battery_id, each.battery_id)}"
        line = BatteryLine(home_id, name, each, measured.get(each.battery_id, {}).get(start))
        lines[record.batteries[each.battery_id].battery.transformer_id].append(line)
    [meter] = record.problem.meters
    slot = (start - record.problem.grid.start) // SLOT
    return PlanView(
        record=record,
        start=start,
        transformers=[_transformer(store, record, start, by_slot, lines[id_], id_=id_) for id_ in expected],
        import_price=float(meter.import_price[slot]),
        mean_price=float(meter.import_price.mean()),
    )


def _transformer(
    store: Store,
    record: RecordedDecision,
    start: datetime,
    by_slot: Mapping[datetime, Mapping[str, Expected]],
    batteries: Sequence[BatteryLine],
    *,
    id_: str,
) -> TransformerPlan:
    grid = record.problem.grid
    expected = by_slot[start][id_]
    shown = {at: each[id_] for at, each in by_slot.items() if at < grid.start + COMING}
    measured = store.meter_slot_means(id_, grid.start - PAST, grid.start + COMING)
    method, age_s = record.forecasts[id_]
    return TransformerPlan(
        drawn=TransformerView(
            id=id_,
            name=expected.name,
            limit_w=expected.limit_w,
            meter=age_of(None, record.at),
            load_w=None,
            estimated_within_w=None,
            signal=None,
            measured=[SlotPower(at, measured[at]) for at in sorted(measured)],
            base=[SlotPower(at, each.base_w) for at, each in shown.items()],
            planned=[SlotPower(at, each.planned_w) for at, each in shown.items()],
            highest=None,
            lowest=None,
        ),
        low=[SlotPower(at, each.low_w) for at, each in shown.items()],
        high=[SlotPower(at, each.high_w) for at, each in shown.items()],
        expected=expected,
        method=method,
        age_s=age_s,
        estimated=id_ in record.estimated,
        batteries=sorted(batteries, key=lambda line: line.name),
    )
