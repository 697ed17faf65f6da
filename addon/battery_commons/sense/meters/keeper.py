"""Keeps every meter that was given a source read, for as long as it is to be."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

import structlog

from battery_commons.domain.meter_source import HomeAssistantSource, MeterSource, ModbusSource, MqttSource
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import Clock
from battery_commons.sense.meters.home_assistant import HomeAssistantAccess, read_home_assistant
from battery_commons.sense.meters.intake import take_in
from battery_commons.sense.meters.trouble import MeterSourceError, Trouble
from battery_commons.store import NotFoundError, Store, StoreError

EVERY_S = 10.0
"""How often a meter is read: as often as homes report."""
SILENT_AFTER_S = 300.0
"""A broker that hands on nothing for this long has lost its meter."""
TRY_WITHIN_S = 20.0
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 300.0

_LOGGER = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How reading a meter goes."""

    last: MeterReading | None = None
    """The last that was taken in since the source was chosen or the coordinator started, in village time."""
    trouble: MeterSourceError | None = None
    """What is wrong now; None while all is well."""


class MeterKeeper:
    """Reads meters, each in a task of its own that is tried again, ever less often, while it fails."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        home_assistant: HomeAssistantAccess | None = None,
        *,
        every_s: float = EVERY_S,
        silent_after_s: float = SILENT_AFTER_S,
        first_wait_s: float = FIRST_WAIT_S,
    ) -> None:
        """Read for `store`; `home_assistant` is the one that this village is an app of."""
        self._store = store
        self._clock = clock
        self._home_assistant = home_assistant
        self._every_s = every_s
        self._silent_after_s = silent_after_s
        self._first_wait_s = first_wait_s
        self._changed = asyncio.Event()
        self._tasks: dict[str, tuple[MeterSource, asyncio.Task[None]]] = {}
        self._statuses: dict[str, SourceStatus] = {}

    @property
    def has_home_assistant(self) -> bool:
        """Whether this village is an app of a Home Assistant, whose sensors it may read."""
        return self._home_assistant is not None

    def status(self, meter_id: str) -> SourceStatus:
        """Return how reading a meter goes."""
        return self._statuses.get(meter_id, SourceStatus())

    def changed(self) -> None:
        """Take note that other sources were chosen."""
        self._changed.set()

    async def run(self) -> None:
        """Read what is to be read, until cancelled."""
        try:
            while True:
                self._changed.clear()
                try:
                    await self._follow(await asyncio.to_thread(self._store.meter_sources))
                except StoreError as error:
                    _LOGGER.warning("meter sources not known; trying again", problem=str(error))
                    await asyncio.sleep(self._first_wait_s)
                    continue
                await self._changed.wait()
        finally:
            await self._follow({})

    async def try_now(self, source: MeterSource) -> MeterReading:
        """Return what a source says now, in wall time, without taking it in. Raises MeterSourceError."""
        async with aclosing(self._open(source)) as readings:
            return await _next(readings, TRY_WITHIN_S)

    async def _follow(self, chosen: Mapping[str, MeterSource]) -> None:
        """Stop what is no longer chosen, and start what newly is."""
        ended = [meter_id for meter_id, (source, _) in self._tasks.items() if chosen.get(meter_id) != source]
        tasks = [self._tasks.pop(meter_id)[1] for meter_id in ended]
        for task in tasks:
            task.cancel()
        # Many a meter answers one connection at a time: the old one is closed before another is opened.
        await asyncio.gather(*tasks, return_exceptions=True)
        for meter_id in ended:
            self._statuses.pop(meter_id, None)
        for meter_id, source in chosen.items():
            if meter_id not in self._tasks:
                self._tasks[meter_id] = source, asyncio.create_task(self._keep(meter_id, source))

    async def _keep(self, meter_id: str, source: MeterSource) -> None:
        wait_s = self._first_wait_s
        while True:
            before = self.status(meter_id).last
            error = await self._read_until_trouble(meter_id, source)
            if (task := asyncio.current_task()) is not None and task.cancelling():
                return  # It was told to stop, and that its source could not be left in order ends with it.
            last = self.status(meter_id).last
            self._statuses[meter_id] = SourceStatus(last, error)
            if last is not before:
                wait_s = self._first_wait_s
            _LOGGER.warning("meter_not_read", meter=meter_id, trouble=error.trouble, again_in_s=wait_s)
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    async def _read_until_trouble(self, meter_id: str, source: MeterSource) -> MeterSourceError:
        try:
            async with aclosing(self._open(source)) as readings:
                while True:
                    await self._take_in(meter_id, await _next(readings, self._silent_after_s))
        except MeterSourceError as error:
            return error
        except Exception:
            # One meter's must not end the others', and the volunteer sees it beside that meter.
            _LOGGER.exception("meter_reading_failed", meter=meter_id)
            return MeterSourceError(Trouble.FAULT)

    async def _take_in(self, meter_id: str, reading: MeterReading) -> None:
        try:
            taken = await asyncio.to_thread(take_in, self._store, self._clock, meter_id, [reading])
        except NotFoundError as error:
            self.changed()  # Whose meter it is was taken away, and its source with it.
            raise MeterSourceError(Trouble.NOT_TAKEN_IN) from error
        except StoreError as error:
            raise MeterSourceError(Trouble.NOT_TAKEN_IN) from error
        if taken.refused:
            raise MeterSourceError(Trouble.NOT_TAKEN_IN, reading.at.isoformat(timespec="seconds"))
        kept = MeterReading(self._clock.to_village(reading.at), reading.power_w)
        self._statuses[meter_id] = SourceStatus(kept)

    def _open(self, source: MeterSource) -> AsyncGenerator[MeterReading]:
        # The libraries are loaded where a meter needs them: most villages need neither.
        readings: AsyncGenerator[MeterReading]
        match source:
            case ModbusSource():
                modbus = import_module("battery_commons.sense.meters.modbus")
                readings = modbus.read_modbus(source, self._now, self._every_s)
            case MqttSource():
                mqtt = import_module("battery_commons.sense.meters.mqtt")
                readings = mqtt.read_mqtt(source, self._now, self._every_s / 2)
            case HomeAssistantSource():
                readings = read_home_assistant(source, self._home_assistant, self._now, self._every_s)
        return readings

    def _now(self) -> datetime:
        return self._clock.to_wall(self._clock.now())


async def _next(readings: AsyncGenerator[MeterReading], within_s: float) -> MeterReading:
    try:
        async with asyncio.timeout(within_s):
            return await anext(readings)
    except TimeoutError as error:
        raise MeterSourceError(Trouble.SILENT, f"{within_s:g} s") from error
