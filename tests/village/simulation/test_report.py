"""The report stands on its own, says what the figures say, and copes with villages of all kinds."""

import csv
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import AFTER_NET_METERING, NET_METERING
from battery_commons.domain.time import TimeGrid
from battery_commons.simulation.measures.calendar import Season
from battery_commons.simulation.outcome import Backtest, Mode, outcome_of
from battery_commons.simulation.recorded import RecordedVillage, Site
from battery_commons.simulation.replay import drive
from battery_commons.simulation.report import page
from battery_commons.simulation.report.facts import facts
from battery_commons.simulation.report.page import PICTURES, write_report
from battery_commons.simulation.report.pictures.homes import HOMES
from battery_commons.simulation.report.reading import reading
from battery_commons.simulation.report.spreadsheet import write_csv
from battery_commons.simulation.report.story import Story
from battery_commons.simulation.report.summary import summary
from battery_commons.simulation.report.terminal import summary_table
from battery_commons.simulation.report.theme import STYLES, VARIABLES
from battery_commons.simulation.report.words import MINUS, NOTHING, TEXTS, ReportWords

DAYS = 9
SVG = re.compile(r"<svg class=\"(?:wide|narrow)\".*?</svg>", re.DOTALL)


def record(days: int = DAYS) -> RecordedVillage:
    """Three houses behind two transformers, from Saturday 1 August 2026; two have a battery."""
    hour = np.arange(days * 96) / 4 % 24
    sun = np.maximum(np.cos((hour - 13) / 12 * np.pi), 0.0)
    evening = np.exp(-(((hour - 19) / 2) ** 2))
    net_w = np.stack([400 + 1500 * evening - size * sun for size in (5000, 3000, 0)])
    battery = Battery("a/b", "t1", 10_000.0, 5000.0, 5000.0)
    return RecordedVillage(
        name="<Dorp> & $x$",
        grid=TimeGrid(datetime(2026, 7, 31, 22, tzinfo=UTC), hour.size),
        transformers=(Transformer("t1", "Mill & $1$ <b>", 3000.0), Transformer("t2", "Es", 9000.0)),
        base_load_w=np.stack([net_w[0], net_w[1] + net_w[2]]),
        sites=(Site("a", "Brink <1>", "t1"), Site("b", "Es 2", "t2"), Site("c", "Es 3", "t2")),
        site_net_w=net_w,
        batteries=(battery, replace(battery, id="b/b", transformer_id="t2")),
        site_of=np.array([0, 1], dtype=np.intp),
        day_ahead=0.08 + 0.05 * evening - 0.06 * sun,
        feeder=Feeder("f", "Cable", 50_000.0),
        feeder_background_w=10_000 * evening - 8000 * sun,
    )


def lived(
    village: RecordedVillage, models: list[ControlModel], mode: Mode = Mode.PERFECT, data_age_days: int = 0
) -> Backtest:
    """Let every other model than M1 level each transformer a little, and M6's residents help."""
    outcomes = []
    for model in models:
        load_w = village.base_load_w[village.transformer_of]
        share = 0.1 * (list(ControlModel).index(model) + 1)
        setpoints_w = np.full_like(load_w, np.nan) if model == ControlModel.M1 else -share * load_w
        power_w, energy_wh = drive(village.batteries, setpoints_w, village.house_w, [5000.0, 5000.0])
        response_w = np.zeros_like(village.base_load_w)
        if model == ControlModel.M6:
            response_w[:, 76:80] = -100.0
        outcomes.append(
            outcome_of(village, model, mode, power_w=power_w, energy_wh=energy_wh, response_w=response_w)
        )
    return Backtest(
        village=village,
        tariff_name=AFTER_NET_METERING.name,
        import_price=AFTER_NET_METERING.import_price(village.day_ahead),
        export_price=AFTER_NET_METERING.export_price(village.day_ahead),
        data_age_days=data_age_days,
        outcomes=outcomes,
    )


@pytest.fixture(scope="module")
def backtest() -> Backtest:
    return lived(record(), list(ControlModel))


@pytest.fixture(scope="module")
def pages(backtest: Backtest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("report") / "new"
    return {
        language: write_report(backtest, folder, language).read_text(encoding="utf-8") for language in TEXTS
    }


def test_both_languages_say_the_same_with_the_same_blanks() -> None:
    def blanks(text: str) -> Counter[str]:
        return Counter(part.partition("}")[0] for part in text.split("{")[1:])

    english = {key: blanks(text) for key, text in TEXTS["en"].items()}
    assert {key: blanks(text) for key, text in TEXTS["nl"].items()} == english


def test_all_that_is_shown_has_words() -> None:
    kinds = [*ControlModel, *Season, *Mode, NET_METERING.name, AFTER_NET_METERING.name]
    pictures = [f"{p.name}_{part}" for p in PICTURES for part in ("title", "explained", "alt")]
    assert set(TEXTS["en"]) >= {str(kind) for kind in kinds} | set(pictures)
    assert all(len(ReportWords(language)("months").split()) == 12 for language in TEXTS)


def test_every_model_looks_different() -> None:
    assert set(STYLES) == set(ControlModel)
    assert len({style.colour for style in STYLES.values()}) == len(ControlModel)
    assert len({style.marker for style in STYLES.values()}) == len(ControlModel)


@pytest.mark.parametrize("language", TEXTS)
def test_the_page_asks_nothing_of_anywhere(pages: dict[str, str], language: str) -> None:
    html = pages[language]
    assert not re.search(r"https?:|//[a-z]|\bsrc=|@import|<link|<script", html)
    assert set(re.findall(r"url\((.)", html)) <= {"#"}
    assert len(html.encode()) < 3_000_000
    assert f'lang="{language}"' in html


def test_the_same_backtest_makes_the_same_picture(backtest: Backtest) -> None:
    story = Story.of(backtest, "nl")
    assert page._shown(HOMES, story) == page._shown(HOMES, story)


def test_every_picture_is_there_twice_described_and_in_the_pages_own_colours(pages: dict[str, str]) -> None:
    drawings = SVG.findall(pages["en"])
    assert len(drawings) == 2 * len(PICTURES)
    variables = set(re.findall(r"--([\w-]+):", pages["en"]))
    assert set(VARIABLES.values()) <= variables
    for drawing in drawings:
        root = ET.fromstring(drawing)  # noqa: S314 - our own
        title, description = (root.findtext(tag) for tag in ("title", "desc"))
        assert title
        assert description
        assert not re.search(r"#[0-9a-f]{6}\b", drawing), "a colour that no dark screen can change"


def test_what_a_drawing_refers_to_is_there_once(pages: dict[str, str]) -> None:
    identifiers = Counter(re.findall(r"\bid=\"([^\"]+)\"", pages["en"]))
    assert max(identifiers.values()) == 1
    referred = re.findall(r"(?:href=\"|url\()#([^\")]+)", pages["en"])
    assert set(referred) <= set(identifiers)


def test_names_are_shown_as_they_are(pages: dict[str, str]) -> None:
    assert "&lt;Dorp&gt; &amp; $x$" in pages["en"]
    assert "<Dorp>" not in pages["en"]
    assert "Mill &amp; $1$ &lt;b&gt;, kW" in pages["en"]


@pytest.mark.parametrize(
    "village",
    [
        replace(record(), feeder=None, feeder_background_w=None),
        record().part(4, 60),
        replace(
            record(1),
            transformers=tuple(Transformer(f"t{n}", f"Mill {n}", 3000.0) for n in range(1, 7)),
            base_load_w=np.tile(record(1).base_load_w, (3, 1)),
        ),
    ],
    ids=["no feeder", "less than a day", "many transformers"],
)
def test_a_village_that_lacks_something_has_a_report_too(village: RecordedVillage, tmp_path: Path) -> None:
    result = lived(village, [ControlModel.M1, ControlModel.M4])
    assert write_report(result, tmp_path / "village.html").name == "village.html"
    assert summary_table(result)
    assert write_csv(result, tmp_path)


def test_m1_alone_is_compared_with_nothing(tmp_path: Path) -> None:
    result = lived(record(), [ControlModel.M1])
    written = write_report(result, tmp_path)
    assert written == tmp_path / "report.html"
    assert "nothing to compare" in written.read_text(encoding="utf-8")


def test_an_unwritten_language_is_refused(backtest: Backtest, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="en or nl"):
        write_report(backtest, tmp_path, "fr")


def test_the_best_of_those_that_steer_is_marked_and_m1_never(backtest: Backtest) -> None:
    rows = summary(Story.of(backtest, "en"))
    assert not any(cell.best for cell in rows[0].cells)
    variance = [row.cells[2] for row in rows]
    best = max(
        Story.of(backtest, "en").steered, key=lambda m: m.grid.transformer_variance_reduction or 0.0
    ).model
    assert [row.model for row, cell in zip(rows, variance, strict=True) if cell.best] == [best]


def test_the_reading_names_who_shaves_and_who_pays(backtest: Backtest) -> None:
    said = " ".join(reading(Story.of(backtest, "en")))
    assert "transformers" in said
    assert re.search(r"settlement|No home with a battery pays more", said)


def test_the_age_of_data_is_told_where_a_planner_depended_on_it(backtest: Backtest) -> None:
    assert "Age of the grid's data" not in dict(facts(Story.of(backtest, "en")))
    rolled = lived(record(1), [ControlModel.M1, ControlModel.M5], Mode.ROLLING, data_age_days=7)
    assert dict(facts(Story.of(rolled, "en")))["Age of the grid's data"] == "7 days"


def test_made_up_prices_are_called_so(backtest: Backtest) -> None:
    told = dict(facts(Story.of(backtest, "nl", made_up_prices=True)))
    assert "verzonnen" in told["Prijzen per kWh"]
    assert "verzonnen" not in dict(facts(Story.of(backtest, "nl")))["Prijzen per kWh"]


def test_figures_are_written_as_the_language_writes_them() -> None:
    en, nl = ReportWords("en"), ReportWords("nl")
    assert (en.number(1234.56, 1), nl.number(-1234.56, 1)) == ("1,234.6", f"{MINUS}1.234,6")
    assert (en.number(-0.04, 1), en.number(0.04, 1, signed=True)) == ("0.0", "0.0")
    assert (nl.euros(25, signed=True), nl.euros(-25)) == ("+€\xa025", f"{MINUS}€\xa025")
    assert (nl.percent(0.273), en.percent(None)) == ("27,3\xa0%", NOTHING)
    assert (nl.day(date(2026, 8, 1)), en.day(date(2026, 8, 1))) == ("1 augustus 2026", "1 August 2026")


def test_the_terminals_table_is_aligned(backtest: Backtest) -> None:
    title, heading, units, rule, *rest = summary_table(backtest).splitlines()
    assert title == "<Dorp> & $x$, 2026-08-01 to 2026-08-09, After net metering, perfect"
    rows = rest[: len(ControlModel)]
    assert {len(line) for line in (heading, units, rule, *rows)} == {len(rule)}
    assert [row.split()[0] for row in rows] == list(ControlModel)
    assert rows[0].split()[2:7] == ["+0", "+0.0", "+0.0", "+0.0", "+0.0"]


def test_the_tables_are_tidy(backtest: Backtest, tmp_path: Path) -> None:
    models, homes, weeks = (
        list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        for path in write_csv(backtest, tmp_path / "new")
    )
    assert [row["model"] for row in models] == list(ControlModel)
    assert float(models[1]["feeder_mean_daily_peak_kw"]) > 0
    assert models[0]["village_slots_over_limit"] == ""
    assert float(models[0]["transformer_t1_slots_over_limit"]) >= 0
    assert [(row["model"], row["home"]) for row in homes[:3]] == [("M1", "a"), ("M1", "b"), ("M2", "a")]
    assert homes[0]["extra_winter_eur_per_month"] == ""
    assert {row["load"] for row in weeks} == {"t1", "t2", "village", "f"}
    assert len(weeks) == 4 * len(ControlModel)
    assert all(re.fullmatch(r"[a-z0-9_]+", name) for table in (models, homes, weeks) for name in table[0])
