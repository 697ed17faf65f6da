"""Each check by itself: what it says of facts that are made up, and in which words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any

import pytest

from battery_commons.doctor import checks
from battery_commons.doctor.checks import Check, Verdict, examine
from battery_commons.doctor.facts import (
    Facts,
    FolderFacts,
    HomeFacts,
    KeyFacts,
    MeterFacts,
    OperatorFacts,
    VillageFacts,
)
from battery_commons.doctor.words import WORDS, line, sentence
from battery_commons.domain.outside import SourceState, Subject, Trouble
from battery_commons.domain.quality import Finding as OfReadings
from battery_commons.domain.quality import FindingKind, Quality, Source, SourceKind

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)  # 15:30 in the Netherlands
HOME = HomeFacts("h1", NOW - timedelta(seconds=10), sent=True, accepted=True, refusal=None, error=None)
VILLAGE = VillageFacts(
    prices_today=True,
    prices_tomorrow=True,
    transformers=[MeterFacts("t1", NOW - timedelta(minutes=1))],
    homes=[HOME, replace(HOME, id="h2"), replace(HOME, id="h3")],
    operators=[OperatorFacts("Gridco", timedelta(seconds=20))],
    findings=[],
    sources=[
        SourceState(Subject.PRICES, "Market", NOW - timedelta(minutes=5)),
        SourceState(Subject.WEATHER, "Sky", NOW - timedelta(minutes=5)),
    ],
    has_place=True,
    weather_at=NOW - timedelta(minutes=5),
)
WELL = Facts(
    now=NOW,
    market_prices=True,
    folder=FolderFacts("/data", exists=True, writable=True, free_bytes=10**10, database_bytes=10**9),
    key=KeyFacts(exists=True, mode=0o600, problem=None),
    database_problem=None,
    database_there=True,
    upgrade_pending=False,
    running=True,
    listener_problem=None,
    village=VILLAGE,
)


def found(check: Check, facts: Facts) -> list[tuple[Verdict, str]]:
    return [(finding.verdict, finding.what) for finding in check(facts)]


def folder(**changes: Any) -> Facts:
    return replace(WELL, folder=replace(WELL.folder, **changes))


def key(**changes: Any) -> Facts:
    return replace(WELL, key=replace(WELL.key, **changes))


def village(**changes: Any) -> Facts:
    return replace(WELL, village=replace(VILLAGE, **changes))


def first_home(**changes: Any) -> Facts:
    return village(homes=[replace(HOME, **changes), *VILLAGE.homes[1:]])


def market(trouble: Trouble, answered_at: datetime | None = None) -> Facts:
    failed_at = NOW - timedelta(minutes=1)
    return village(
        sources=[SourceState(Subject.PRICES, "Market", answered_at, failed_at, trouble, "HTTP 500")]
    )


def every_home(**changes: Any) -> Facts:
    return village(homes=[replace(home, **changes) for home in VILLAGE.homes])


def test_of_a_village_that_is_well_every_check_says_so() -> None:
    assert {finding.verdict for finding in examine(WELL)} == {Verdict.WELL}
    assert [finding.what for finding in examine(WELL)] == [
        "folder_well",
        "disk_well",
        "database_well",
        "key_well",
        "running_well",
        "clock_well",
        "prices_well",
        "weather_well",
        "meter_well",
        "operator_well",
        "readings_well",
        "homes_well",
    ]


CASES: dict[str, tuple[Check, Facts, list[tuple[Verdict, str]]]] = {
    "a folder that is not there": (
        checks.folder,
        folder(exists=False, writable=False),
        [(Verdict.WRONG, "folder_missing")],
    ),
    "a folder without rights": (checks.folder, folder(writable=False), [(Verdict.WRONG, "folder_read_only")]),
    "a disk that is nearly full": (checks.disk, folder(free_bytes=10**8), [(Verdict.WRONG, "disk_full")]),
    "a disk that holds no copy": (
        checks.disk,
        folder(free_bytes=6 * 10**8),
        [(Verdict.NOTICE, "disk_no_room_for_a_copy")],
    ),
    "a disk that is not there": (checks.disk, folder(exists=False), []),
    "a damaged database": (
        checks.database,
        replace(WELL, database_problem="The database is damaged. Put back a backup."),
        [(Verdict.WRONG, "database_problem")],
    ),
    "no database": (
        checks.database,
        replace(WELL, database_there=False),
        [(Verdict.NOTICE, "database_none")],
    ),
    "an older database": (
        checks.database,
        replace(WELL, upgrade_pending=True, village=None),
        [(Verdict.NOTICE, "database_old")],
    ),
    "no key before there are homes": (
        checks.key,
        replace(key(exists=False), village=replace(VILLAGE, homes=[])),
        [(Verdict.NOTICE, "key_none")],
    ),
    "no key while there are homes": (checks.key, key(exists=False), [(Verdict.WRONG, "key_lost")]),
    "a key that is none": (checks.key, key(problem="No key."), [(Verdict.WRONG, "key_problem")]),
    "a key that others may read": (checks.key, key(mode=0o644), [(Verdict.WRONG, "key_open")]),
    "no coordinator": (checks.running, replace(WELL, running=False), [(Verdict.NOTICE, "not_running")]),
    "a coordinator that does not answer": (
        checks.running,
        replace(WELL, listener_problem="refused"),
        [(Verdict.WRONG, "not_answering")],
    ),
    "plans from the future, say most homes": (
        checks.clock,
        every_home(refusal="from_the_future"),
        [(Verdict.WRONG, "clock_ahead")],
    ),
    "a single home with a clock of its own": (
        checks.clock,
        first_home(refusal="from_the_future"),
        [(Verdict.WELL, "clock_well")],
    ),
    "plans that are over, say most homes": (
        checks.clock,
        every_home(refusal="expired"),
        [(Verdict.WRONG, "clock_behind")],
    ),
    "readings from the future": (
        checks.clock,
        every_home(heard_at=NOW + timedelta(minutes=5)),
        [(Verdict.WRONG, "clock_behind")],
    ),
    "readings a little ahead": (
        checks.clock,
        every_home(heard_at=NOW + timedelta(seconds=60)),
        [(Verdict.WELL, "clock_well")],
    ),
    "no homes to compare clocks with": (checks.clock, village(homes=[]), []),
    "no prices of today": (checks.prices, village(prices_today=False), [(Verdict.WRONG, "prices_none")]),
    "no prices of tomorrow at 15:30": (
        checks.prices,
        village(prices_tomorrow=False),
        [(Verdict.WRONG, "prices_of_tomorrow_none")],
    ),
    "no prices of tomorrow at 14:59": (
        checks.prices,
        replace(village(prices_tomorrow=False), now=NOW - timedelta(minutes=31)),
        [(Verdict.WELL, "prices_not_due")],
    ),
    "no prices in a demonstration": (
        checks.prices,
        replace(village(prices_today=False), market_prices=False),
        [],
    ),
    "a village that has not said where it lies": (
        checks.weather,
        village(has_place=False, weather_at=None),
        [(Verdict.NOTICE, "weather_no_place")],
    ),
    "weather that nobody was asked for yet": (
        checks.weather,
        village(weather_at=None, sources=[]),
        [(Verdict.NOTICE, "weather_not_yet")],
    ),
    "weather that nobody has": (
        checks.weather,
        village(weather_at=None),
        [(Verdict.WRONG, "weather_none")],
    ),
    "weather of this morning": (
        checks.weather,
        village(weather_at=NOW - timedelta(hours=6, minutes=1)),
        [(Verdict.NOTICE, "weather_old")],
    ),
    "weather of the day before": (
        checks.weather,
        village(weather_at=NOW - timedelta(hours=24, minutes=1)),
        [(Verdict.WRONG, "weather_lost")],
    ),
    "no weather in a demonstration": (
        checks.weather,
        replace(village(weather_at=None), market_prices=False),
        [],
    ),
    "a source that cannot be reached": (
        checks.sources,
        market(Trouble.UNREACHABLE),
        [(Verdict.NOTICE, "source_unreachable")],
    ),
    "a source that is late": (checks.sources, market(Trouble.LATE), [(Verdict.NOTICE, "source_late")]),
    "a source that refuses": (
        checks.sources,
        market(Trouble.REFUSED, NOW - timedelta(hours=1)),
        [(Verdict.NOTICE, "source_refused")],
    ),
    "a source that cannot be read": (
        checks.sources,
        market(Trouble.UNREADABLE),
        [(Verdict.NOTICE, "source_unreadable")],
    ),
    "a source that has answered since it failed": (checks.sources, market(Trouble.LATE, NOW), []),
    "no transformer": (checks.meters, village(transformers=[]), [(Verdict.NOTICE, "transformers_none")]),
    "a meter that never reported": (
        checks.meters,
        village(transformers=[MeterFacts("t1", None), *VILLAGE.transformers]),
        [(Verdict.WRONG, "meter_never"), (Verdict.WELL, "meter_well")],
    ),
    "a meter that is silent": (
        checks.meters,
        village(transformers=[MeterFacts("t1", NOW - timedelta(minutes=61))]),
        [(Verdict.WRONG, "meter_silent")],
    ),
    "no line to a grid operator": (checks.operators, village(operators=[]), []),
    "a grid operator that was never heard of": (
        checks.operators,
        village(operators=[OperatorFacts("Gridco", None), OperatorFacts("Netco", timedelta(seconds=20))]),
        [(Verdict.NOTICE, "operator_never"), (Verdict.WELL, "operator_well")],
    ),
    "lines to grid operators that cannot be read": (
        checks.operators,
        village(operators=None),
        [(Verdict.WRONG, "operators_unreadable")],
    ),
    "a grid operator that is silent": (
        checks.operators,
        village(operators=[OperatorFacts("Gridco", timedelta(minutes=61))]),
        [(Verdict.NOTICE, "operator_silent")],
    ),
    "a grid operator that was heard of within the hour": (
        checks.operators,
        village(operators=[OperatorFacts("Gridco", timedelta(minutes=60))]),
        [(Verdict.WELL, "operator_well")],
    ),
    "no home": (checks.homes, village(homes=[]), [(Verdict.NOTICE, "homes_none")]),
    "a home that never reported": (
        checks.homes,
        first_home(heard_at=None),
        [(Verdict.NOTICE, "home_never"), (Verdict.WELL, "homes_well")],
    ),
    "a home that is silent": (
        checks.homes,
        first_home(heard_at=NOW - timedelta(minutes=31)),
        [(Verdict.NOTICE, "home_silent"), (Verdict.WELL, "homes_well")],
    ),
    "a home that refuses": (
        checks.homes,
        first_home(accepted=False, refusal="out_of_bounds"),
        [(Verdict.NOTICE, "home_refuses"), (Verdict.WELL, "homes_well")],
    ),
    "a home that plans do not reach": (
        checks.homes,
        first_home(accepted=False, error="not reachable"),
        [(Verdict.NOTICE, "home_not_reached"), (Verdict.WELL, "homes_well")],
    ),
    "a home that has just come in": (
        checks.homes,
        first_home(sent=False, accepted=False),
        [(Verdict.WELL, "homes_well")],
    ),
    "all homes silent": (
        checks.homes,
        every_home(heard_at=NOW - timedelta(days=3)),
        [(Verdict.WRONG, "homes_all"), *[(Verdict.NOTICE, "home_silent")] * 3],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_check_says_what_it_finds(case: str) -> None:
    check, facts, expected = CASES[case]
    assert found(check, facts) == expected


@pytest.mark.parametrize(
    "check",
    [
        checks.clock,
        checks.prices,
        checks.weather,
        checks.sources,
        checks.meters,
        checks.operators,
        checks.homes,
    ],
)
def test_nothing_is_said_of_what_an_idle_or_unreadable_village_does(check: Check) -> None:
    assert found(check, replace(WELL, running=False)) == []
    assert found(check, replace(WELL, village=None)) == []


@pytest.mark.parametrize("language", ["en", "nl"])
def test_everything_that_can_be_found_has_words(language: str) -> None:
    for check, facts, _ in [*CASES.values(), (examine, WELL, [])]:
        for finding in check(facts):
            said = line(finding, language)
            assert said.strip().endswith((".", "village-key.pem"))
            assert "{" not in said


def test_both_languages_say_the_same_things_with_the_same_values() -> None:
    def values(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert WORDS["en"].keys() == WORDS["nl"].keys()
    assert all(values(WORDS["en"][what]) == values(WORDS["nl"][what]) for what in WORDS["en"])


@pytest.mark.parametrize(
    ("language", "page"), [("en", "page Transformers"), ("nl", "pagina Transformatoren")]
)
@pytest.mark.parametrize("transformers", [[], [MeterFacts("t1", None)]])
def test_a_page_is_named_before_the_command_that_does_the_same(
    transformers: list[MeterFacts], language: str, page: str
) -> None:
    said = sentence(next(checks.meters(village(transformers=transformers))), language)
    assert 0 < said.index(page) < said.index("command" if language == "en" else "opdracht")


def test_an_age_is_said_in_hours_and_then_in_days() -> None:
    silent = village(transformers=[MeterFacts("t1", NOW - timedelta(hours=3, minutes=5))])
    assert "3 h 5 min" in sentence(next(checks.meters(silent)), "en")
    silent = village(transformers=[MeterFacts("t1", NOW - timedelta(days=9, hours=4))])
    assert "9 d 4 h" in sentence(next(checks.meters(silent)), "nl")


@pytest.mark.parametrize(
    ("quality", "verdict"), [(Quality.WRONG, Verdict.WRONG), (Quality.DOUBTFUL, Verdict.NOTICE)]
)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_what_is_wrong_with_readings_is_told_with_what_to_do(
    quality: Quality, verdict: Verdict, language: str
) -> None:
    stuck = OfReadings(
        Source(SourceKind.METER, "t1"), FindingKind.STUCK, quality, NOW, None, {"power_w": 80_100, "hours": 3}
    )

    [finding] = checks.readings(village(findings=[stuck]))

    assert finding.verdict is verdict
    assert "80.1 kW" in sentence(finding, language) or "80,1 kW" in sentence(finding, language)
