"""The codes red and green of a home's village, and the home's answer to them."""

from collections.abc import Sequence

from homeassistant.util import dt as dt_util

from .asking import asking_village
from .community.status import CodeWindow
from .home import BatteryCommonsConfigEntry
from .village_coordinator import VillageCoordinator

DEEDS = ["washing", "drying", "dishes", "cooking", "car", "heating", "hot_water", "other"]
"""What a resident can say was done: later for code red, now for code green."""


def codes_to_come(village: VillageCoordinator) -> list[CodeWindow]:
    """Return the codes that are not over; none while the village has not been heard."""
    return village.data.codes_to_come(dt_util.utcnow()) if village.data else []


def report_to_show(code: CodeWindow, language: str) -> dict[str, str | float | None]:
    """Return what a code came to, for attributes; nothing where it was not measured."""
    result = code.result
    if result is None or not result.is_measured:
        return {}
    return {
        "report": result.sentence(language),
        "village_change_w": result.village.change_w if result.village else None,
        "own_change_w": result.own.change_w if result.own else None,
    }


def code_to_answer(village: VillageCoordinator) -> CodeWindow | None:
    """Return the code that is on or comes next; None where there is none, or the home has joined it."""
    code = next(iter(codes_to_come(village)), None)
    return code if code is not None and not code.joins else None


async def async_answer_code(entry: BatteryCommonsConfigEntry, code_id: str, *, joins: bool) -> None:
    """Tell the village whether the home joins a code, and ask how it stands since."""
    with asking_village(not_offered="code_unknown"):
        await entry.runtime_data.client.answer_code(code_id, joins=joins)
    await entry.runtime_data.village.async_request_refresh()


async def async_tell_deeds(entry: BatteryCommonsConfigEntry, code_id: str, did: Sequence[str]) -> None:
    """Tell the village what was done for a code, and ask how it stands since; an empty list takes it back."""
    with asking_village(not_offered="code_unknown"):
        await entry.runtime_data.client.tell_deeds(code_id, list(dict.fromkeys(did)))
    await entry.runtime_data.village.async_request_refresh()
