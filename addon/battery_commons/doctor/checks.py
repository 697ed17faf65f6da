"""The checks: each looks at the facts and says what it found, and no more than that."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from battery_commons.doctor.facts import Facts, HomeFacts
from battery_commons.domain.outside import Subject
from battery_commons.domain.quality import Quality
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.sense.finding_words import SENTENCES, finding_sentence
from battery_commons.sense.telemetry import FUTURE_TOLERANCE
from battery_commons.sense.weather.outlook import FRESH_FOR, USABLE_FOR

LEAST_FREE_BYTES = 500_000_000
"""Over a month of what ten batteries report every 10 s, with room for a log of what is being written."""
KEY_MODE = 0o600
PRICES_DUE_HOUR = 15
"""Dutch time: published around 13:00, and looked up every half hour."""
METER_SILENT = timedelta(hours=1)
OPERATOR_SILENT = timedelta(hours=1)
HOME_SILENT = timedelta(minutes=30)
"""As long as the village plans for a battery that is silent."""


class Verdict(StrEnum):
    """How bad it is."""

    WELL = "well"
    NOTICE = "notice"
    """Worth knowing; nothing need be done at once."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; words.py says it in a sentence."""

    verdict: Verdict
    what: str
    """Which sentence."""
    values: Mapping[str, str] = field(default_factory=dict)


type Check = Callable[[Facts], Iterator[Finding]]


def folder(facts: Facts) -> Iterator[Finding]:
    """Whether the data folder is there and can be written."""
    path = {"path": facts.folder.path}
    if not facts.folder.exists:
        yield Finding(Verdict.WRONG, "folder_missing", path)
    elif not facts.folder.writable:
        yield Finding(Verdict.WRONG, "folder_read_only", path)
    else:
        yield Finding(Verdict.WELL, "folder_well", path)


def disk(facts: Facts) -> Iterator[Finding]:
    """Whether there is room to go on, and for a copy of the database."""
    if not facts.folder.exists:
        return
    free, used = facts.folder.free_bytes, facts.folder.database_bytes
    sizes = {"free": f"{free / 1e9:.1f} GB", "database": f"{used / 1e9:.1f} GB"}
    if free < LEAST_FREE_BYTES:
        yield Finding(Verdict.WRONG, "disk_full", sizes)
    elif free < used:
        yield Finding(Verdict.NOTICE, "disk_no_room_for_a_copy", sizes)
    else:
        yield Finding(Verdict.WELL, "disk_well", sizes)


def database(facts: Facts) -> Iterator[Finding]:
    """Whether the database is sound and of this version."""
    if facts.database_problem is not None:
        yield Finding(Verdict.WRONG, "database_problem", {"problem": facts.database_problem})
    elif not facts.database_there:
        yield Finding(Verdict.NOTICE, "database_none")
    elif facts.upgrade_pending:
        yield Finding(Verdict.NOTICE, "database_old")
    else:
        yield Finding(Verdict.WELL, "database_well")


def key(facts: Facts) -> Iterator[Finding]:
    """Whether the signing key is there, can be used, and is the village's alone."""
    if not facts.key.exists:
        has_homes = facts.village is not None and facts.village.homes
        yield Finding(Verdict.WRONG, "key_lost") if has_homes else Finding(Verdict.NOTICE, "key_none")
    elif facts.key.problem is not None:
        yield Finding(Verdict.WRONG, "key_problem", {"problem": facts.key.problem})
    elif facts.key.mode != KEY_MODE:
        yield Finding(Verdict.WRONG, "key_open", {"mode": f"{facts.key.mode:04o}"})
    else:
        yield Finding(Verdict.WELL, "key_well")


def running(facts: Facts) -> Iterator[Finding]:
    """Whether a coordinator runs, and answers."""
    if not facts.running:
        yield Finding(Verdict.NOTICE, "not_running")
    elif facts.listener_problem is not None:
        yield Finding(Verdict.WRONG, "not_answering", {"problem": facts.listener_problem})
    else:
        yield Finding(Verdict.WELL, "running_well")


def clock(facts: Facts) -> Iterator[Finding]:
    """Whether the clock agrees with the homes' own: with their stamps, and with what they say of plans."""
    if facts.village is None or not facts.running:
        return
    homes = facts.village.homes
    ahead = sum(home.refusal == "from_the_future" for home in homes)
    behind = sum(
        home.refusal == "expired"
        or (home.heard_at is not None and home.heard_at > facts.now + FUTURE_TOLERANCE)
        for home in homes
    )
    # One home may have a wrong clock of its own; more than half do not.
    if 2 * ahead > len(homes):
        yield Finding(Verdict.WRONG, "clock_ahead")
    elif 2 * behind > len(homes):
        yield Finding(Verdict.WRONG, "clock_behind")
    elif homes:
        yield Finding(Verdict.WELL, "clock_well")


def prices(facts: Facts) -> Iterator[Finding]:
    """Whether today's prices are known, and tomorrow's once they are published."""
    if facts.village is None or not facts.market_prices or not facts.running:
        return
    if not facts.village.prices_today:
        yield Finding(Verdict.WRONG, "prices_none")
    elif facts.village.prices_tomorrow:
        yield Finding(Verdict.WELL, "prices_well")
    elif facts.now.astimezone(MARKET_ZONE).hour >= PRICES_DUE_HOUR:
        yield Finding(Verdict.WRONG, "prices_of_tomorrow_none")
    else:
        yield Finding(Verdict.WELL, "prices_not_due")


def weather(facts: Facts) -> Iterator[Finding]:
    """Whether the weather is forecast: without, plans are made all the same, on forecasts that are worse."""
    if facts.village is None or not facts.market_prices or not facts.running:
        return
    issued_at = facts.village.weather_at
    if not facts.village.has_place:
        yield Finding(Verdict.NOTICE, "weather_no_place")
    elif issued_at is None:
        asked = any(source.subject is Subject.WEATHER for source in facts.village.sources)
        yield Finding(Verdict.WRONG, "weather_none") if asked else Finding(Verdict.NOTICE, "weather_not_yet")
    elif (age := facts.now - issued_at) > USABLE_FOR:
        yield Finding(Verdict.WRONG, "weather_lost", {"ago": _ago(age)})
    elif age > FRESH_FOR:
        yield Finding(Verdict.NOTICE, "weather_old", {"ago": _ago(age)})
    else:
        yield Finding(Verdict.WELL, "weather_well")


def sources(facts: Facts) -> Iterator[Finding]:
    """Which of the sources outside failed when they were last asked."""
    if facts.village is None or not facts.market_prices or not facts.running:
        return
    for each in facts.village.sources:
        if each.fails and each.trouble is not None:
            values = {"source": each.source, "detail": each.detail or "-"}
            yield Finding(Verdict.NOTICE, f"source_{each.trouble}", values)


def meters(facts: Facts) -> Iterator[Finding]:
    """Whether each transformer is measured."""
    if facts.village is None or not facts.running:
        return
    if not facts.village.transformers:
        yield Finding(Verdict.NOTICE, "transformers_none")
    for each in facts.village.transformers:
        if each.measured_at is None:
            yield Finding(Verdict.WRONG, "meter_never", {"id": each.id})
        elif facts.now - each.measured_at > METER_SILENT:
            yield Finding(
                Verdict.WRONG, "meter_silent", {"id": each.id, "ago": _ago(facts.now - each.measured_at)}
            )
        else:
            yield Finding(Verdict.WELL, "meter_well", {"id": each.id})


def operators(facts: Facts) -> Iterator[Finding]:
    """Whether each line to a grid operator is heard over. A village without one misses nothing."""
    if facts.village is None or not facts.running:
        return
    if facts.village.operators is None:
        yield Finding(Verdict.WRONG, "operators_unreadable")
    for each in facts.village.operators or ():
        name = {"name": each.name}
        if each.silent_for is None:
            yield Finding(Verdict.NOTICE, "operator_never", name)
        elif each.silent_for > OPERATOR_SILENT:
            yield Finding(Verdict.NOTICE, "operator_silent", name | {"ago": _ago(each.silent_for)})
        else:
            yield Finding(Verdict.WELL, "operator_well", name)


def readings(facts: Facts) -> Iterator[Finding]:
    """Whether anything is wrong with what meters and batteries report."""
    if facts.village is None or not facts.running:
        return
    if not facts.village.findings:
        yield Finding(Verdict.WELL, "readings_well")
    for each in facts.village.findings:
        verdict = Verdict.WRONG if each.quality is Quality.WRONG else Verdict.NOTICE
        sentences = {f"finding_{language}": finding_sentence(each, language) for language in SENTENCES}
        yield Finding(verdict, f"readings_{each.source.kind}", {"id": each.source.id} | sentences)


def homes(facts: Facts) -> Iterator[Finding]:
    """Whether each home reports and follows plans. One that does not is worth a look, all are wrong."""
    if facts.village is None or not facts.running:
        return
    all_homes = facts.village.homes
    if not all_homes:
        yield Finding(Verdict.NOTICE, "homes_none")
        return
    found = [_home(facts, home) for home in all_homes]
    if all(each.verdict is not Verdict.WELL for each in found):
        yield Finding(Verdict.WRONG, "homes_all")
    yield from (each for each in found if each.verdict is not Verdict.WELL)
    well = sum(each.verdict is Verdict.WELL for each in found)
    if well:
        yield Finding(Verdict.WELL, "homes_well", {"well": str(well), "all": str(len(found))})


def _home(facts: Facts, home: HomeFacts) -> Finding:
    if home.heard_at is None:
        return Finding(Verdict.NOTICE, "home_never", {"id": home.id})
    if facts.now - home.heard_at > HOME_SILENT:
        return Finding(Verdict.NOTICE, "home_silent", {"id": home.id, "ago": _ago(facts.now - home.heard_at)})
    if not home.sent or home.accepted:
        return Finding(Verdict.WELL, "home_well", {"id": home.id})
    if home.refusal is not None:
        return Finding(Verdict.NOTICE, "home_refuses", {"id": home.id, "reason": home.refusal})
    return Finding(Verdict.NOTICE, "home_not_reached", {"id": home.id, "error": home.error or "-"})


def _ago(age: timedelta) -> str:
    hours, minutes = divmod(int(age.total_seconds()) // 60, 60)
    return f"{hours // 24} d {hours % 24} h" if age >= timedelta(days=2) else f"{hours} h {minutes} min"


CHECKS: tuple[Check, ...] = (
    folder,
    disk,
    database,
    key,
    running,
    clock,
    prices,
    weather,
    sources,
    meters,
    operators,
    readings,
    homes,
)


def examine(facts: Facts) -> list[Finding]:
    """Return what all checks found."""
    return [finding for check in CHECKS for finding in check(facts)]
