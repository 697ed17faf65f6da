"""Hold what experiments find against what is true: the built-in village, replayed under every model.

Each row: experiments of 84 days, drawn anew, begun in each season. How often the 95 % intervals hold the true
difference, how often a model is found to differ from itself, and half the width of the interval of the
highest load of the first transformer, beside its true difference.

    script/bench experiment [EXPERIMENTS]
"""

import sys
from datetime import timedelta
from statistics import fmean

from battery_commons.domain.plan import ControlModel
from battery_commons.experiment.comparison import Verdict, compare
from battery_commons.experiment.counted import CountedDay
from battery_commons.experiment.measure import Kind, Measure
from battery_commons.experiment.power import smallest_shown
from battery_commons.experiment.schedule import Design
from tests.village.experiment.replayed import Replayed, replay

EXPERIMENTS = 25
"""Per season and layout."""
MODELS = ControlModel.M1, ControlModel.M4
SEASONS = {"winter": 0, "spring": 84, "summer": 168, "autumn": 252}
DAYS = 84
LAYOUTS = ((1, 42, 0), (2, 21, 0), (3, 14, 24), (7, 6, 24))
"""Days of a period, periods of each model, hours of washout."""
PEAK = Measure(Kind.PEAK_IMPORT, "t1")


def main() -> None:
    """Print a row for each season and layout, and one for all seasons."""
    experiments = int(sys.argv[1]) if len(sys.argv) > 1 else EXPERIMENTS
    print(
        "season | period | periods | washout | in it | itself | drawn | any sure | true | half | beforehand"
    )
    print(
        "-------|--------|---------|---------|-------|--------|-------|----------|------|------|-----------"
    )
    for season, day in SEASONS.items():
        village = replay(MODELS, 96 * day, DAYS + 2)
        for layout in LAYOUTS:
            _print(season, village, layout, experiments)


def _print(season: str, village: Replayed, layout: tuple[int, int, int], experiments: int) -> None:
    first_day = min(village.days)
    held, itself, drawn, sure, true_w, half_w, before_w = [], [], [], [], [], [], []
    for seed in range(experiments):
        design = Design(MODELS, first_day, *layout, seed)
        for each in village.found(design).differences:
            if each.low is None or each.high is None or each.verdict is Verdict.SAME:
                continue
            truth = village.truth(design, each.model, each.measure)
            held.append(each.low <= truth <= each.high)
            if each.measure == PEAK:
                true_w.append(truth)
                half_w.append((each.high - each.low) / 2)
        same = compare(MODELS, village.lived(design, {MODELS[1]: MODELS[0]})).differences
        tellable = [each for each in same if each.p_value is not None]
        itself += [each.verdict is not Verdict.UNCLEAR for each in tellable]
        drawn += [(each.p_drawn or 0) < 0.05 for each in tellable]  # noqa: PLR2004 - one in twenty
        sure.append(any(each.verdict is Verdict.SURE for each in tellable))
        before_w.append(smallest_shown(_past(village), design)[PEAK][0])
    days, periods, hours = layout
    print(
        f"{season} | {days} d | {periods} | {hours} h | {fmean(held):.1%} | {fmean(itself):.1%} | "
        f"{fmean(drawn):.1%} | {fmean(sure):.0%} | {fmean(true_w) / 1000:.1f} kW | "
        f"{fmean(half_w) / 1000:.1f} kW | {fmean(before_w) / 1000:.1f} kW",
        flush=True,
    )


def _past(village: Replayed) -> list[CountedDay]:
    """Return the days as if they had been lived under the second model before the experiment."""
    return [
        CountedDay(
            day - timedelta(days=DAYS),
            n,
            0,
            MODELS[1],
            each.of_model[MODELS[1]],
            each.alone,
            each.weather,
            each.price,
        )
        for n, (day, each) in enumerate(village.days.items())
    ]


if __name__ == "__main__":
    main()
