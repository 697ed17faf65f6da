"""The illustrated report: one HTML file that needs nothing from anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from battery_commons.domain.battery import WEAR_EUR_PER_KWH
from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.outcome import Backtest
from battery_commons.simulation.report.facts import facts
from battery_commons.simulation.report.pictures.day import DAY
from battery_commons.simulation.report.pictures.duration import DURATION
from battery_commons.simulation.report.pictures.homes import HOMES
from battery_commons.simulation.report.pictures.landscape import LANDSCAPE
from battery_commons.simulation.report.pictures.picture import Picture
from battery_commons.simulation.report.pictures.seasons import SEASONS
from battery_commons.simulation.report.pictures.week import WEEK
from battery_commons.simulation.report.pictures.weeks import WEEKS
from battery_commons.simulation.report.reading import reading
from battery_commons.simulation.report.story import Size, Story
from battery_commons.simulation.report.summary import headings, largest_stored, summary
from battery_commons.simulation.report.svg import drawing, inline_svg
from battery_commons.simulation.report.theme import STYLES, variable

PICTURES = (LANDSCAPE, HOMES, WEEK, WEEKS, DURATION, SEASONS, DAY)
LEGEND_SCALE = 2.4
"""Dashes are in widths of the line there, and in pixels here."""
MOST_HOMES_LISTED = 60
"""Beyond it a table on a page is no help; write_csv has them all."""


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture as the page shows it, at two sizes."""

    name: str
    title: str
    explanation: str
    legend: Sequence[ControlModel]
    drawings: tuple[Markup, ...]


def write_report(
    backtest: Backtest, path: Path, language: str = "en", *, made_up_prices: bool = False
) -> Path:
    """Write the report of a backtest and return where it is.

    Args:
        backtest: What is told of.
        path: A file that ends in .html, or a folder to put report.html in; made where needed.
        language: `en` or `nl`.
        made_up_prices: Whether the prices are synthetic; the report then says so.

    Raises:
        ValueError: A language that nobody has written.
        KeyError: M1 was not run.
    """
    file = path if path.suffix == ".html" else path / "report.html"
    page = render(Story.of(backtest, language, made_up_prices=made_up_prices))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page, encoding="utf-8")
    return file


def render(story: Story) -> str:
    """Return the page."""
    environment = Environment(
        loader=PackageLoader("battery_commons.simulation.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        words=story.words,
        village=story.backtest.village.name,
        facts=facts(story),
        reading=reading(story),
        headings=headings(story),
        rows=summary(story),
        stored=largest_stored(story),
        pictures=[_shown(picture, story) for picture in PICTURES if picture.applies(story)],
        models=[outcome.model for outcome in story.outcomes],
        dashes={
            model: " ".join(str(LEGEND_SCALE * length) for length in style.dashes)
            for model, style in STYLES.items()
        },
        variable=variable,
        homes=_homes(story),
        wear=story.words.euros(WEAR_EUR_PER_KWH, 2),
        rebounds=_rebounds(story),
        highest=story.highest,
        m1=ControlModel.M1,
    )


def _shown(picture: Picture, story: Story) -> ShownPicture:
    words, blanks = story.words, picture.blanks(story)
    title = words(f"{picture.name}_title", **blanks)
    drawings = []
    for size in Size:
        with drawing(f"{picture.name}-{size}"):
            svg = inline_svg(
                picture.draw(story, size),
                css_class=size,
                title=title,
                description=words(f"{picture.name}_alt", **blanks),
            )
        drawings.append(Markup(svg))  # noqa: S704 - inline_svg escapes what people have named
    explanation = words(f"{picture.name}_explained", **blanks)
    return ShownPicture(picture.name, title, explanation, picture.legend(story), tuple(drawings))


def _homes(story: Story) -> list[tuple[str, list[str]]]:
    """Return each home's name, its bill under M1 and what it pays more under each other model, per month."""
    words = story.words
    baseline = next(measures for measures in story.measures if measures.model == ControlModel.M1)
    if len(baseline.homes) > MOST_HOMES_LISTED:
        return []
    return [
        (
            home.name,
            [
                words.euros(home.bill_eur),
                *(words.euros(m.homes[n].extra_eur_per_month, 2, signed=True) for m in story.steered),
            ],
        )
        for n, home in enumerate(baseline.homes)
    ]


def _rebounds(story: Story) -> str:
    words = story.words
    found = [
        words("method_rebound", model=m.model, days=rebound.days, worst=words.kilowatts(rebound.worst_w))
        for m in story.steered
        if (rebound := m.grid.highest.rebound).days
    ]
    return "; ".join(found) or words("method_no_rebound")
