"""Listens to an operator's broker for as long as there is one, whatever happens to it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module

import structlog

from battery_commons.domain.operator_line import Reception
from battery_commons.openadr.pace import Pace
from battery_commons.openadr.reception.notifiers import Broker
from battery_commons.openadr.reception.ways import Ways
from battery_commons.openadr.trouble import LineError, LineTrouble
from battery_commons.openadr.vtn_client import VtnClient
from battery_commons.store import StoreError

_LOGGER = structlog.get_logger(__name__)


class BrokerListener:
    """Connected anew, ever less often, while that fails; whenever it changes, a listing is wanted."""

    def __init__(
        self,
        client: VtnClient,
        ways: Ways,
        pace: Pace,
        *,
        told: Callable[[Sequence[bytes | None]], Awaitable[None]],
        wanted: asyncio.Event,
    ) -> None:
        """Hand messages (None: too large) to `told`, and set `wanted` where some may have been missed."""
        self._client = client
        self._ways = ways
        self._pace = pace
        self._told = told
        self._wanted = wanted
        self._broker: Broker | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_there(self) -> bool:
        """Return whether there is a broker to listen to."""
        return self._broker is not None

    async def listen_to(self, broker: Broker | None) -> None:
        """Listen to this broker from now on."""
        if broker == self._broker:
            return
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._ways.lost(Reception.MQTT)
        self._broker = broker
        self._task = asyncio.create_task(self._again_and_again(broker)) if broker is not None else None

    async def _again_and_again(self, broker: Broker) -> None:
        wait_s = self._pace.first_wait_s
        while True:
            trouble = await self._until_trouble(broker)
            if self._ways.best is Reception.MQTT:
                wait_s = self._pace.first_wait_s
            self._ways.lost(Reception.MQTT)
            self._wanted.set()
            _LOGGER.warning("operator_broker_lost", host=broker.host, trouble=trouble, again_in_s=wait_s)
            await asyncio.sleep(wait_s)
            wait_s = self._pace.longer(wait_s)

    async def _until_trouble(self, broker: Broker) -> LineTrouble:
        try:
            # The library is loaded where an operator has a broker: few have.
            mqtt = import_module("battery_commons.openadr.reception.mqtt")
            await mqtt.listen(self._client, broker, self._may_have_missed, self._told)
        except LineError as error:
            return error.trouble
        except StoreError:
            return LineTrouble.FAULT
        except Exception:
            # Polling goes on, and the log holds why there is no broker.
            _LOGGER.exception("operator_broker_failed", host=broker.host)
        return LineTrouble.FAULT

    def _may_have_missed(self) -> None:
        self._ways.works(Reception.MQTT)
        self._wanted.set()
