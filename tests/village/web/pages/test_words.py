"""How the page says things."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from battery_commons.doctor import words as doctor
from battery_commons.domain.plan import PlanReason
from battery_commons.domain.time import SLOT
from battery_commons.sense.finding_words import SENTENCES
from battery_commons.simulation.report.dutch import DUTCH
from battery_commons.web.pages.chart import load_chart, plan_bars
from battery_commons.web.pages.views import Age, ComingSlot, Condition, SlotPower, TransformerView
from battery_commons.web.pages.words.words import PARTS, TEXTS, Words, choose_language

EN, NL = Words("en"), Words("nl")
NOW = datetime(2026, 6, 21, 10, 7, tzinfo=UTC)
START = datetime(2026, 6, 21, 10, tzinfo=UTC)


def view(load_w: float | None, condition: Condition = Condition.FRESH) -> TransformerView:
    planned = [SlotPower(START, 201_000), SlotPower(START + SLOT, -90_500)]
    return TransformerView(
        id="t1",
        name="Dorpsstraat",
        limit_w=250_000,
        meter=Age(NOW, 7200.0, condition),
        load_w=load_w,
        signal=None,
        measured=[SlotPower(START - 3 * SLOT, 1000), SlotPower(START - SLOT, 2000)],
        base=[],
        planned=planned,
        highest=planned[0],
        lowest=planned[1],
    )


def test_no_page_takes_another_ones_words() -> None:
    keys = [key for part in PARTS for key in part.ENGLISH]

    assert sorted(keys) == sorted(TEXTS["en"])


def test_both_languages_say_the_same_with_the_same_blanks() -> None:
    def blanks(text: str) -> set[str]:
        return {part.partition("}")[0] for part in text.split("{")[1:]}

    english = {key: blanks(text) for key, text in TEXTS["en"].items()}
    assert {key: blanks(text) for key, text in TEXTS["nl"].items()} == english


def test_a_reader_is_spoken_to_in_one_way_in_dutch() -> None:
    dutch = [*TEXTS["nl"].items(), *doctor.WORDS["nl"].items(), *SENTENCES["nl"].items(), *DUTCH.items()]
    # Of hours, a "u" stands behind a figure.
    polite = re.compile(r"(?<!\} )\b(u|uw|uzelf)\b", re.IGNORECASE)

    assert [key for key, text in dutch if polite.search(str(text))] == []


def test_what_steers_is_called_the_same_everywhere() -> None:
    assert DUTCH["column_model"] == TEXTS["nl"]["model"]
    assert not [text for text in DUTCH.values() if "regelmodel" in str(text).lower()]


@pytest.mark.parametrize("reason", PlanReason)
def test_every_reason_of_a_plan_has_words_in_both_languages(reason: PlanReason) -> None:
    assert all(f"reason_{reason}" in texts for texts in TEXTS.values())


def test_a_reason_new_to_this_version_is_shown_as_it_is() -> None:
    assert NL.word("flash_mob", "reason_") == "flash mob"


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("nl", "en", "nl"),
        ("fr", "nl-NL,nl;q=0.9,en;q=0.8", "nl"),
        (None, "en;q=0.5, nl;q=0.9", "nl"),
        (None, "de,en;q=0.3,nl;q=0", "en"),
        (None, "nl;q=much", "en"),
        (None, "", "en"),
    ],
)
def test_the_language_is_what_is_asked_for_or_liked_best(
    asked: str | None, accepted: str, language: str
) -> None:
    assert choose_language(asked, accepted) == language


def test_a_load_is_told_in_sentences() -> None:
    assert EN.load(view(143_000)) == (
        "Now 143 kW of 250 kW, 57 %. Highest expected: 201 kW at 12:00. "
        "Most feed-in expected: 90 kW at 12:15."
    )
    assert NL.load(view(-9_420)).startswith("Nu 9,4 kW teruglevering, van 250 kW, 4 %.")
    assert EN.load(view(-35_000, Condition.OLD)).startswith("Last known, 2 h ago: 35 kW fed in, of 250 kW.")
    assert EN.load(view(None)).startswith("No load has been measured yet.")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s ago"), (59.9, "59 s ago"), (60, "1 min ago"), (3599, "59 min ago"), (172_800, "2 d ago")],
)
def test_an_age_is_told_in_one_unit(seconds: float, said: str) -> None:
    assert EN.ago(seconds) == said


def test_the_axis_shows_local_hours_on_the_day_the_clock_goes_back() -> None:
    night = datetime(2026, 10, 24, 23, tzinfo=UTC)
    chart = load_chart(view(1.0), night, width=960, height=300, hours_apart=3, hour_label=EN.hour_label)
    assert [tick.label for tick in chart.hour_ticks][2:6] == ["21:00", "Sun", "03:00", "06:00"]
    apart = [b.at - a.at for a, b in zip(chart.hour_ticks, chart.hour_ticks[1:], strict=False)]
    assert apart[3] == pytest.approx(apart[0] * 4 / 3, abs=0.3)


def test_lines_are_open_where_nothing_was_measured_and_stay_inside() -> None:
    chart = load_chart(view(1.0), NOW, width=960, height=300, hours_apart=3, hour_label=EN.hour_label)
    assert chart.measured.count("M") == 2
    assert chart.top < chart.import_limit < chart.zero < chart.export_limit < chart.bottom
    assert chart.left < chart.now < chart.right


def test_bars_go_up_for_charging_and_never_past_the_edge() -> None:
    powers = [5000.0, -2500.0, 0.0, None, -9000.0]
    bars = plan_bars([ComingSlot(START, power, PlanReason.HOLD) for power in powers], 5000)
    assert [(bar.x, bar.kind, bar.y, bar.height) for bar in bars] == [
        (0, "charge", 0, 10),
        (1, "discharge", 10, 5),
        (3, "free", 9.5, 1),
        (4, "discharge", 10, 10),
    ]


def test_room_is_told_for_now_and_for_the_tightest_moment_to_come() -> None:
    known = replace(view(240_000), room_w=10_000, tightest=SlotPower(START, -245_000))
    assert EN.room(known) == (
        "Room left now: 10 kW (import). Least room expected: 5.0 kW at 12:00 (feed-in)."
    )


def test_a_load_over_the_limit_is_called_so() -> None:
    known = replace(view(-251_000), room_w=-1_000, tightest=SlotPower(START, 260_000))
    assert NL.room(known) == (
        "Nu over de grens: 1,0 kW (teruglevering). Verwacht over de grens: 10 kW om 12:00 (afname)."
    )


def test_room_that_rests_on_an_estimate_is_called_so() -> None:
    assert EN.room(replace(view(240_000), room_w=10_000, estimated_within_w=5_000)) == (
        "Room left, by this estimate: 10 kW (import)."
    )


def test_nothing_is_said_of_room_that_nobody_knows() -> None:
    assert EN.room(view(240_000, Condition.OLD)) == ""
