"""What the age of data costs, on paper: in sentences, drawn and in figures."""

import textwrap
from collections.abc import Sequence
from datetime import datetime

from matplotlib.axes import Axes

from battery_commons.simulation.data_age import AgeFigures, DataAges
from battery_commons.web.pages.data_age_chart import Point, peak_points, pilot_points, skill_points
from battery_commons.web.pages.paper import LINE, Page, as_pdf
from battery_commons.web.pages.words.data_age_sentences import age_name, columns, findings, pilot, rows
from battery_commons.web.pages.words.words import Words

_HEADING_WIDTH = 15
_COLUMNS = 0.08, 0.25, 0.38, 0.48, 0.57, 0.66, 0.755
_FEEDER_COLUMN = 0.38
_INK = {"transformers": "#00785a", "feeder": "#0072b2", "peak": "#00785a"}


def data_age_pdf(figures: DataAges, words: Words, made_at: datetime, *, made_up_prices: bool) -> bytes:
    """Return the report, which says so where prices are synthetic: always the same bytes of the same."""
    title = words("data_age_page_of", village=figures.village)

    def draw() -> list[Page]:
        told = _told(figures, words, title, made_at, made_up_prices=made_up_prices)
        return [told, _drawn(figures, words, title)]

    return as_pdf(title, draw, words)


def _told(figures: DataAges, words: Words, title: str, made_at: datetime, *, made_up_prices: bool) -> Page:
    page = Page()
    page.say(title, heading=True)
    page.say("")
    page.say(
        words(
            "data_age_made",
            made=words.day_and_clock(made_at),
            start=words.day_and_clock(figures.start),
            end=words.day_and_clock(figures.end),
            days=figures.days,
            weeks=figures.weeks,
            model=figures.model.value,
        )
    )
    made_up = [words("data_age_made_up")] if made_up_prices else []
    for paragraph in (*made_up, *findings(words, figures), pilot(words)):
        page.say("")
        page.say(paragraph)
    page.say("")
    _table(page, words, figures)
    for paragraph in (words("data_age_skill_is"), words("data_age_how", days=figures.days)):
        page.say("")
        page.say(paragraph)
    return page


def _drawn(figures: DataAges, words: Words, title: str) -> Page:
    page = Page()
    page.say(title, heading=True)
    page.say("")
    page.say(words("data_age_whiskers"))
    skill, peak = (page.add_axes((0.12, y, 0.76, 0.32)) for y in (0.5, 0.1))
    for name, points in skill_points(figures).items():
        _draw(skill, points, words(f"data_age_line_{name}"), _INK[name])
    _draw(peak, peak_points(figures), words("data_age_line_peak"), _INK["peak"])
    found = pilot_points(figures)
    peak.scatter(
        list(found),
        [100 * share for share in found.values()],
        marker="s",
        s=60,
        facecolor="none",
        edgecolor="#c14a00",
        label=words("data_age_line_pilot"),
        zorder=3,
    )
    for axes, name in ((skill, "skill"), (peak, "peak")):
        _frame(axes, words, figures.ages, words(f"data_age_{name}_title"))
    return page


def _table(page: Page, words: Words, figures: DataAges) -> None:
    heads = [textwrap.wrap(words(key), _HEADING_WIDTH) for key in columns(figures)]
    places = [place for place in _COLUMNS if figures.has_feeder or place != _FEEDER_COLUMN]
    for n in range(max(map(len, heads))):
        page.row(places, [head[n] if n < len(head) else "" for head in heads])
    page.at -= LINE / 2
    for row in rows(words, figures):
        page.row(places, row)


def _draw(axes: Axes, points: Sequence[Point], label: str, colour: str) -> None:
    """Draw shares by age, with how far chance may have moved their difference from that of fresh data."""
    if not points:
        return
    places, shares, losses = zip(*points, strict=True)
    below = [100 * (lost.high - lost.value) if lost else 0.0 for lost in losses]
    above = [100 * (lost.value - lost.low) if lost else 0.0 for lost in losses]
    axes.errorbar(
        places,
        [100 * share for share in shares],
        yerr=(below, above),
        label=label,
        color=colour,
        marker="o",
        capsize=3,
    )


def _frame(axes: Axes, words: Words, ages: Sequence[AgeFigures], title: str) -> None:
    axes.set_title(title, fontsize=10, loc="left")
    axes.axhline(0, color="0.6", linewidth=0.6)
    axes.set_xticks(range(len(ages)), [age_name(words, each) for each in ages])
    axes.set_ylabel("%")
    axes.legend(frameon=False, fontsize=7.5)
