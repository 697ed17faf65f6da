"""A study as one HTML page that needs nothing from anywhere."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.measures.calendar import LocalCalendar
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.simulation.report.story import Size
from battery_commons.simulation.report.svg import drawing, inline_svg
from battery_commons.simulation.report.theme import STYLES, variable
from battery_commons.simulation.study.case import Row
from battery_commons.simulation.study.pictures import (
    AXES,
    EFFECTS,
    StudyPicture,
    deferrals,
    effects,
    varied,
)
from battery_commons.simulation.study.table import ERROR
from battery_commons.simulation.study.words import StudyWords

PAGE = "study.html"
_EFFECT_COLUMNS = (
    "bill_eur",
    *EFFECTS,
    "feeder_best_week_reduction_percent",
    "feeder_worst_week_reduction_percent",
)
_DEFERRAL_AXES = (
    "use_growth_percent",
    "pv_growth_percent",
    "batteries",
    "fleet_growth_percent",
    "mode",
    "feeder_limit_share",
    "allowed_slots",
    "tariff",
    "prices",
)
_DEFERRAL_COLUMNS = ("element", "limit_kw", "m1_first_year_over", "first_year_over", "years_deferred")
_DASH_SCALE = 3


def write_page(
    rows: Sequence[Row],
    village: RecordedVillage,
    folder: Path,
    *,
    language: str = "en",
    made_up: bool = False,
) -> Path:
    """Write study.html into `folder` and return its path.

    Args:
        rows: Of one study, which is of backtests or of years deferred.
        village: What was studied.
        folder: Where the page goes; it is there.
        language: `en` or `nl`.
        made_up: Whether prices are, which the page then says.

    Raises:
        ValueError: A language that nobody has written.
    """
    words = StudyWords(language)
    done, failed = [r for r in rows if r[ERROR] is None], [r for r in rows if r[ERROR] is not None]
    of_years = "pv_growth_percent" in rows[0]
    pictures = (deferrals if of_years else effects)(done, words) if done else []
    environment = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("battery_commons.simulation.study"),
                PackageLoader("battery_commons.simulation.report"),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    headings, cells = _table(done, words, of_years=of_years)
    page = environment.get_template("study.html").render(
        words=words,
        village=village.name,
        facts=_facts(done, failed, village, words, made_up=made_up),
        pictures=[(picture, _drawn(picture)) for picture in pictures],
        headings=headings,
        rows=cells,
        failed=[(row["model"], row[ERROR]) for row in failed],
        method=words("method_deferral" if of_years else "method_effect"),
        variable=variable,
        dashes={
            model: " ".join(str(_DASH_SCALE * length) for length in style.dashes) or "none"
            for model, style in STYLES.items()
        },
        bars=of_years,
    )
    path = folder / PAGE
    path.write_text(page, encoding="utf-8")
    return path


def _facts(
    done: Sequence[Row], failed: Sequence[Row], village: RecordedVillage, words: StudyWords, *, made_up: bool
) -> list[tuple[str, str]]:
    days = LocalCalendar.of(village.grid).days
    count = {name: len({row["case"] for row in rows}) for name, rows in (("done", done), ("failed", failed))}
    first, last = (words.figures.day(day) for day in (days[0], days[-1]))
    return [
        (words("village"), village.name),
        (words("period"), words("period_is", first=first, last=last)),
        (words("cases"), words("cases_are", **count)),
        (words("prices"), words("made_up" if made_up else "as_given")),
        *((words.column(name), words.cell(value)) for name, value in _common(done)),
    ]


def _common(rows: Sequence[Row]) -> list[tuple[str, object]]:
    """Return what has been said of all cases alike: assumptions that no table shows."""
    steered = [row for row in rows if row["model"] != ControlModel.M1]
    names = [name for name in dict.fromkeys((*AXES, *_DEFERRAL_AXES)) if name not in varied(rows, [name])]
    found = [(name, steered[0].get(name)) for name in names] if steered else []
    return [(name, value) for name, value in found if value is not None and name != "prices"]


def _drawn(picture: StudyPicture) -> list[Markup]:
    drawn = []
    for size in Size:
        with drawing(f"{picture.name}-{size}"):
            svg = inline_svg(
                picture.draw(size), css_class=size, title=picture.title, description=picture.alternative
            )
        drawn.append(Markup(svg))  # noqa: S704 - inline_svg escapes what people have named
    return drawn


def _table(rows: Sequence[Row], words: StudyWords, *, of_years: bool) -> tuple[list[str], list[list[str]]]:
    """Return the headings and cells of what was varied and what came of it."""
    steered = [row for row in rows if row["model"] != ControlModel.M1 or not of_years]
    figures = _DEFERRAL_COLUMNS if of_years else _EFFECT_COLUMNS
    present = [name for name in figures if any(row.get(name) is not None for row in steered)]
    columns = ["model", *varied(rows, _DEFERRAL_AXES if of_years else AXES), *present]
    cells = [
        [
            ("≥" if name == "years_deferred" and row["deferred_at_least"] else "") + words.cell(row[name])
            for name in columns
        ]
        for row in steered
    ]
    return [words.column(name) for name in columns], cells
