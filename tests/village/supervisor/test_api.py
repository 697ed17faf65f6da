"""What the app asks of the Supervisor."""

import pytest
from aiohttp import ClientSession

from battery_commons.supervisor.api import Supervisor, SupervisorAccess, SupervisorError
from tests.village.supervisor.fake import TOKEN, FakeSupervisor


async def test_the_supervisor_says_what_the_apps_host_is_called(supervisor: Supervisor) -> None:
    assert await supervisor.hostname() == "local-battery-commons"


async def test_a_service_that_is_not_in_the_apps_configuration_is_refused(
    supervisor: Supervisor, fake: FakeSupervisor
) -> None:
    with pytest.raises(SupervisorError, match="must list services"):
        await supervisor.discover("mqtt", {"host": "here"})
    assert not fake.messages


async def test_a_wrong_token_is_refused(session: ClientSession, url: str) -> None:
    stranger = Supervisor(session, SupervisorAccess("a-guess", url))
    with pytest.raises(SupervisorError):
        await stranger.hostname()


async def test_a_supervisor_that_is_being_updated_is_an_error_that_passes(
    supervisor: Supervisor, fake: FakeSupervisor
) -> None:
    fake.broken = True
    with pytest.raises(SupervisorError):
        await supervisor.hostname()
    fake.broken = False
    assert await supervisor.hostname()


async def test_a_supervisor_that_cannot_be_reached_is_an_error(session: ClientSession) -> None:
    with pytest.raises(SupervisorError, match="ClientConnectorError"):
        await Supervisor(session, SupervisorAccess(TOKEN, "http://127.0.0.1:9")).hostname()


def test_the_token_is_not_shown() -> None:
    assert TOKEN not in repr(SupervisorAccess(TOKEN))
