"""How a home opens its stream, and what it makes of one that does not open or breaks off."""

from unittest.mock import AsyncMock, Mock

import pytest
from aiohttp import ClientConnectionError, WSServerHandshakeError

from custom_components.battery_commons.community.client import CommunityClient, CommunityError
from tests.home.coordinator import ADDRESS
from tests.home.village import Village

open_stream = CommunityClient.stream  # The harness takes its place in every test.


def client(session: Mock, village: Village) -> CommunityClient:
    return CommunityClient(session, ADDRESS, village.public_key, "a-token")


async def test_a_stream_is_opened_with_the_token_and_closed_in_the_end(village: Village) -> None:
    socket = Mock(close=AsyncMock())
    session = Mock(ws_connect=AsyncMock(return_value=socket))

    async with open_stream(client(session, village)) as opened:
        assert opened is socket
        socket.close.assert_not_awaited()

    socket.close.assert_awaited_once()
    (url,), asked = session.ws_connect.call_args
    assert url == f"{ADDRESS}/api/v1/stream"
    assert asked["headers"] == {"Authorization": "Bearer a-token"}
    assert asked["heartbeat"] == 20


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (WSServerHandshakeError(Mock(), (), status=401), "HTTP status 401"),
        (ClientConnectionError(), "ClientConnectionError"),
        (TimeoutError(), "TimeoutError"),
    ],
)
async def test_a_stream_that_does_not_open_is_said_to_be_none(
    village: Village, error: Exception, said: str
) -> None:
    session = Mock(ws_connect=AsyncMock(side_effect=error))

    with pytest.raises(CommunityError, match=said):
        async with open_stream(client(session, village)):
            pytest.fail("it opened")


async def test_a_stream_that_breaks_off_while_the_home_speaks_is_closed(village: Village) -> None:
    socket = Mock(close=AsyncMock())
    session = Mock(ws_connect=AsyncMock(return_value=socket))

    with pytest.raises(CommunityError, match="ConnectionResetError"):
        async with open_stream(client(session, village)):
            raise ConnectionResetError

    socket.close.assert_awaited_once()
