"""The codes red and green of a home's village, and the home's answer to them."""

from homeassistant.util import dt as dt_util

from .asking import asking_village
from .community.status import CodeWindow
from .home import BatteryCommonsConfigEntry
from .village_coordinator import VillageCoordinator


def codes_to_come(village: VillageCoordinator) -> list[CodeWindow]:
    """Return the codes that are not over; none while the village has not been heard."""
    return village.data.codes_to_come(dt_util.utcnow()) if village.data else []


def code_to_answer(village: VillageCoordinator) -> CodeWindow | None:
    """Return the code that is on or comes next; None where there is none, or the home has joined it."""
    code = next(iter(codes_to_come(village)), None)
    return code if code is not None and not code.joins else None


async def async_answer_code(entry: BatteryCommonsConfigEntry, code_id: str, *, joins: bool) -> None:
    """Tell the village whether the home joins a code, and ask how it stands since."""
    with asking_village(not_offered="code_unknown"):
        await entry.runtime_data.client.answer_code(code_id, joins=joins)
    await entry.runtime_data.village.async_request_refresh()
