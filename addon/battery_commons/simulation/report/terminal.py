"""A backtest as a table in the terminal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from battery_commons.simulation.measures.calendar import LocalCalendar
from battery_commons.simulation.measures.measure import ModelMeasures, measure
from battery_commons.simulation.outcome import Backtest

GAP = "  "
NOTE = """\
saving: the village behind one meter, stored energy counted alike; variance: of the transformers' load;
peak: mean daily highest load of {peak_of}, and that of its worst week; over: quarter hours above a
transformer's limit; home: what a home with a battery pays more than under M1 on its own bill, mean and worst;
cycles: of the average battery. All but bill, over, cycles and wear are against M1."""
TITLE = "{village}, {first} to {last}, {tariff}, {mode}"


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    unit: str
    cell: Callable[[ModelMeasures], str]


_COLUMNS = (
    _Column("model", "", lambda m: str(m.model)),
    _Column("bill", "EUR", lambda m: f"{m.money.bill_eur:,.0f}"),
    _Column("saving", "EUR", lambda m: f"{m.money.saving_eur:+,.0f}"),
    _Column("saving", "%", lambda m: _percent(m.money.saving_share)),
    _Column("variance", "%", lambda m: _percent(_less(m.grid.transformer_variance_reduction))),
    _Column("peak", "%", lambda m: _percent(_less(m.grid.highest.peaks.mean_daily_peak_reduction))),
    _Column("worst wk", "%", lambda m: _percent(_less(m.grid.highest.peaks.worst_week))),
    _Column("over", "slots", lambda m: f"{m.grid.slots_over:,}"),
    _Column("home", "EUR/month", lambda m: f"{m.mean_extra_eur_per_month:+.2f}"),
    _Column("worst home", "EUR/month", lambda m: f"{_worst_home(m):+.2f}"),
    _Column("cycles", "each", lambda m: f"{m.energy.cycles:,.0f}"),
    _Column("wear", "EUR", lambda m: f"{m.energy.wear_eur:,.0f}"),
)


def summary_table(backtest: Backtest) -> str:
    """Return one line per model, under a title and two lines of headings, with a note below."""
    measures = measure(backtest)
    rows = [
        [column.heading for column in _COLUMNS],
        [column.unit for column in _COLUMNS],
        *([column.cell(of_model) for column in _COLUMNS] for of_model in measures),
    ]
    widths = [max(len(row[c]) for row in rows) for c in range(len(_COLUMNS))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(2, "-" * len(lines[0]))
    peak_of = "the feeder" if measures[0].grid.feeder else "the village"
    return "\n".join([_title(backtest), *lines, NOTE.format(peak_of=peak_of)])


def _title(backtest: Backtest) -> str:
    days = LocalCalendar.of(backtest.village.grid).days
    return TITLE.format(
        village=backtest.village.name,
        first=days[0],
        last=days[-1],
        tariff=backtest.tariff_name,
        mode=" and ".join(sorted({outcome.mode.value for outcome in backtest.outcomes})),
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return GAP.join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])


def _less(reduction: float | None) -> float | None:
    """Return a reduction as a change, so that less is negative as in the pilot's own table."""
    return None if reduction is None else -reduction


def _percent(share: float | None) -> str:
    # Adding zero takes the sign off a zero that was negated.
    return "-" if share is None else f"{100 * share + 0.0:+.1f}"


def _worst_home(measures: ModelMeasures) -> float:
    return max((home.extra_eur_per_month for home in measures.homes), default=0.0)
