"""Lets a home live through a schedule of faults, the real integration in it, and reports how it went."""

import json
import logging
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from unittest.mock import AsyncMock, Mock, patch

from aiohttp.test_utils import TestClient
from freezegun import api as freezegun_api
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.battery_commons.battery.house import ConnectionLimits
from custom_components.battery_commons.battery.settings import Settings
from custom_components.battery_commons.battery_coordinator import BatteryCoordinator
from custom_components.battery_commons.const import DOMAIN
from custom_components.battery_commons.memory import HomeMemory
from tests.home.coordinator import ADDRESS, TOKEN, FakeCoordinator
from tests.home.village import HOME, Village

from .devices import CHARGE_ENTITY, MODE_ENTITY, MODES, POWER_ENTITY, ModeSelect, SunSpecUnit
from .faults import Event, Fault, schedule
from .hostile import hostile_envelope
from .judge import Judge, Seen, Violation
from .world import FUSE_A, FUSE_W, Clock, House, SimulatedBattery, World

WEBHOOK = "the-webhook-of-this-home"
GARAGE, SHED = "01K0000000000000000GARAGE", "01K000000000000000000SHED"
GRID_ENTITY = "sensor.grid"
QUARTER_S = 900
LEASE_S = 2_700
STEP_S = 6
"""How often the meter speaks and the home moves on; every second while there is an excess."""
REASONS = ("relieve_import", "relieve_export", "hold", "low_price")


@dataclass
class Report:
    """How it went."""

    seed: int
    start: datetime
    seconds: int
    events: list[Event]
    violations: list[Violation] = field(default_factory=list)
    orders: dict[str, int] = field(default_factory=dict)
    orders_a_day: dict[str, float] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    longest_excess_s: int = 0
    largest_excess_w: float = 0.0
    overrun_s: int = 0
    steered_s: Counter[str] = field(default_factory=Counter)
    took_s: float = 0.0

    def __str__(self) -> str:
        """Return what there is to tell, in lines."""
        faults = Counter(str(event.fault) for event in self.events)
        orders = ", ".join(
            f"{name} {count} ({self.orders_a_day[name]:.0f} a day)" for name, count in self.orders.items()
        )
        steered = ", ".join(f"{name} {seconds / 3600:.1f} h" for name, seconds in self.steered_s.items())
        lines = [
            f"seed {self.seed}, {self.seconds / 3600:.0f} h from {self.start:%Y-%m-%d %H:%M} UTC:",
            f"  lived through in {self.took_s:.0f} s, {len(self.violations)} violations",
            f"  faults: {_counted(faults)}",
            f"  plans: {_counted(self.answers)}",
            f"  orders: {orders}",
            f"  steered: {steered}",
            f"  overloaded by batteries: {self.longest_excess_s} s and {self.largest_excess_w:.0f} W at most",
            f"  beyond a lease, without a timer and out of reach: {self.overrun_s} s",
        ]
        lines += [f"  VIOLATION at {it}, with the schedule of seed {self.seed}" for it in self.violations]
        lines += [f"    {event}" for event in self.events if self.violations]
        return "\n".join(lines)


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counter.items()))


class Day:
    """One home, for as long as it lasts."""

    def __init__(
        self,
        hass: HomeAssistant,
        frozen: FrozenDateTimeFactory,
        client: ClientSessionGenerator,
        coordinator: FakeCoordinator,
        strangers: Village,
        *,
        seed: int,
        start: datetime,
        seconds: int,
    ) -> None:
        self._hass = hass
        self._frozen = frozen
        self._new_client = client
        self._client: TestClient[Any, Any]
        self._coordinator = coordinator
        self._village, self._strangers = coordinator.village, strangers
        self._seconds = seconds
        self._chance = random.Random(seed)  # noqa: S311 - a village, not a secret
        self.clock = Clock(start)
        self.garage = SunSpecUnit(lambda: self.clock.second)
        self.shed = ModeSelect(hass, 1_600.0, lambda: self.clock.second)
        batteries = [
            SimulatedBattery("garage", 10_000, 5_000, 0.5, self.garage),
            SimulatedBattery("shed", 5_000, 1_600, 0.5, self.shed, stops_when_full=True),
        ]
        self.world = World(self.clock, House(seed, seconds + 1), batteries)
        self.judge = Judge(
            [Seen(batteries[0], self.garage), Seen(batteries[1], self.shed)],
            ConnectionLimits(FUSE_W, FUSE_W),
        )
        self.report = Report(seed, start, seconds, schedule(seed, seconds))
        self._moments = {s for event in self.report.events for s in (event.start_s, event.end_s)}
        self._active: set[Fault] = set()
        self._sequence = 100
        self._entry = _entry(self._village)
        self._settings = Settings()
        self._told_settings = False

    async def live(self) -> Report:
        """Live through it."""
        began = freezegun_api.real_perf_counter()
        with self._patched():
            await self._begin()
            while self.clock.second < self._seconds:
                await self._happen()
                await self._pass()
            await self._stop(Fault.RESTART)
        self.report.took_s = freezegun_api.real_perf_counter() - began
        self._conclude()
        return self.report

    @contextmanager
    def _patched(self) -> Iterator[None]:
        """Lead the links to the batteries, and let the event loop go by seconds that nobody can set."""

        def link(_params: object) -> Mock:
            return Mock(for_unit=lambda _unit_id: self.garage.unit, close=AsyncMock(), connected=True)

        base = self._hass.loop.time()
        with ExitStack() as patches:
            patches.enter_context(
                patch("homeassistant.components.modbus.connection.ModbusConnection", side_effect=link)
            )
            patches.enter_context(patch.object(self._hass.loop, "time", lambda: base + self.clock.second))
            # Neither tells anything when minutes pass between two steps, and both cost more than the home.
            self._hass.loop.set_debug(False)
            logging.getLogger("aiohttp.access").disabled = True
            yield

    async def _begin(self) -> None:
        self._hass.config.internal_url = "http://192.0.2.2:8123"
        modes = {"options": list(MODES.values()), "initial": MODES["own_house"]}
        domain, name = MODE_ENTITY.split(".")
        assert await async_setup_component(self._hass, domain, {domain: {name: modes}})
        self._entry.add_to_hass(self._hass)
        self._show()
        await self._start()
        self._client = await self._new_client()

    async def _start(self) -> None:
        await self._hass.config_entries.async_setup(self._entry.entry_id)
        await self._hass.async_block_till_done()
        assert self._entry.state is ConfigEntryState.LOADED
        self.judge.excuse(self.clock.second)
        self._told_settings = False
        self._reachability_changed()

    async def _stop(self, how: Fault) -> None:
        self.judge.excuse(self.clock.second)
        with ExitStack() as gone:
            if how is Fault.KILL:
                # Whoever is killed lets nothing go and writes nothing down.
                gone.enter_context(patch.object(BatteryCoordinator, "async_release", _vanish))
                gone.enter_context(patch.object(HomeMemory, "async_write_account", AsyncMock()))
            assert await self._hass.config_entries.async_unload(self._entry.entry_id)
            await self._hass.async_block_till_done()

    @property
    def _is_up(self) -> bool:
        return self._entry.state is ConfigEntryState.LOADED

    async def _happen(self) -> None:
        """Let everything happen that is due at this second."""
        second = self.clock.second
        for event in self.report.events:
            if event.end_s == second and event.fault in self._active:
                self._active.discard(event.fault)
                await self._end(event)
        for event in self.report.events:
            if event.start_s == second:
                self._active.add(event.fault)
                await self._begin_fault(event)
        if second % QUARTER_S == 3 and Fault.VILLAGE_LOST not in self._active:
            await self._send_plan()
        if self._is_up and not self._told_settings:
            self._told_settings = True
            for battery_id in (GARAGE, SHED):
                memory: HomeMemory = self._entry.runtime_data.memory
                await memory.async_put_settings(battery_id, lambda _old: self._settings)

    async def _begin_fault(self, event: Event) -> None:
        match event.fault:
            case Fault.BATTERY_LOST:
                self.garage.lose_link()
            case Fault.SHED_LOST:
                self.shed.lose_link()
            case Fault.VILLAGE_LOST:
                self._coordinator.unreachable = True
            case Fault.RESTART | Fault.KILL:
                await self._stop(event.fault)
            case Fault.CLOCK_AHEAD:
                self._set_clock(timedelta(seconds=event.size_s))
            case Fault.CLOCK_BEHIND:
                self._set_clock(-timedelta(seconds=event.size_s))
            case Fault.PAUSE:
                self._decide(paused=True)
            case Fault.RESERVE_RAISED:
                self._decide(reserve=0.6)
            case Fault.HOSTILE:
                await self._send_hostile()
        self._reachability_changed()

    async def _end(self, event: Event) -> None:
        match event.fault:
            case Fault.BATTERY_LOST:
                self.garage.restore_link()
                self.judge.excuse(self.clock.second)
            case Fault.SHED_LOST:
                self.shed.restore_link()
            case Fault.VILLAGE_LOST:
                self._coordinator.unreachable = False
            case Fault.RESTART | Fault.KILL:
                self._show()
                await self._start()
            case Fault.CLOCK_AHEAD | Fault.CLOCK_BEHIND:
                self._set_clock(timedelta())
            case Fault.PAUSE:
                self._decide(paused=False)
            case Fault.RESERVE_RAISED:
                self._decide(reserve=0.1)
        self._reachability_changed()

    def _set_clock(self, wrong_by: timedelta) -> None:
        self.clock.wrong_by = wrong_by
        self._frozen.move_to(self.clock.wall_time)
        self.judge.excuse(self.clock.second)
        for seen in self.judge.seen:
            seen.is_timer_misjudged = True

    def _decide(self, **changes: Any) -> None:
        self._settings = replace(self._settings, **changes)
        self._told_settings = False
        for seen in self.judge.seen:
            seen.floor = min(seen.floor, self._settings.floor)
            seen.paused_since = self.clock.second if self._settings.paused else None

    def _reachability_changed(self) -> None:
        second = self.clock.second
        lost = {Fault.BATTERY_LOST, Fault.SHED_LOST}
        for seen, fault in zip(self.judge.seen, sorted(lost), strict=True):
            reachable = self._is_up and fault not in self._active
            seen.reachable_since = (seen.reachable_since or second) if reachable else None
        guarded = self._is_up and not self._active & {*lost, Fault.METER_LOST, Fault.METER_FROZEN}
        self.judge.guarded_since = (self.judge.guarded_since or second) if guarded else None

    async def _pass(self) -> None:
        """Let a few seconds pass, fewer where something happens, and then let the home look."""
        for _ in range(1 if self.judge.is_alarmed else STEP_S):
            self.world.advance()
            second = self.clock.second
            for seen in self.judge.seen:
                settled = seen.reachable_since is not None and second - seen.reachable_since > 20
                if settled and self._told_settings and second % STEP_S == 0:
                    seen.floor = self._settings.floor
            self.judge.look(second, self.world.grid_w)
            if self.garage.order_w is not None:
                self.report.steered_s["garage"] += 1
            if self.shed.order_w is not None:
                self.report.steered_s["shed"] += 1
            if second in self._moments or second % QUARTER_S == 3 or second >= self._seconds:
                break
            # A meter tells an excess within a second.
            if self.judge.limits.excess_w(self.world.grid_w) > 0 and self._is_up:
                break
        self._frozen.move_to(self.clock.wall_time)
        self._show()
        await self._hass.async_block_till_done(wait_background_tasks=True)

    def _show(self) -> None:
        for seen in self.judge.seen:
            battery = seen.battery
            seen.unit.stand(state_of_charge=battery.state_of_charge, power_w=battery.power_w)
        if Fault.METER_LOST in self._active:
            self._hass.states.async_set(GRID_ENTITY, "unavailable")
            self.judge.shown_w = None
        elif Fault.METER_FROZEN not in self._active:
            watts = round(self.world.grid_w)
            self._hass.states.async_set(GRID_ENTITY, f"{watts}", {"unit_of_measurement": "W"})
            self.judge.shown_w, self.judge.shown_at = watts, self.clock.second

    def _payload(self) -> dict[str, Any]:
        """Return a plan that is right in every way."""
        chance, now = self._chance, self.clock.true_time
        start = now - timedelta(seconds=self.clock.second % QUARTER_S)
        batteries = []
        for battery_id, battery in zip((GARAGE, SHED), self.world.batteries, strict=True):
            powers_w = [
                chance.choice(
                    [None, 0.0, *(round(chance.uniform(-1, 1) * battery.maximum_w) for _ in range(4))]
                )
                for _ in range(8)
            ]
            reasons = [chance.choice(REASONS) for _ in powers_w]
            batteries.append({"battery_id": battery_id, "power_w": powers_w, "reasons": reasons})
        payload = self._village.plan(
            now,
            sequence=self._sequence,
            start=start.isoformat(),
            lease_until=(now + timedelta(seconds=LEASE_S)).isoformat(),
            batteries=batteries,
        )
        if chance.random() < 0.5:
            payload["connection"] = {"import_w": chance.choice([4_000, 6_000]), "export_w": 3_500}
        return payload

    async def _send_plan(self) -> None:
        self._sequence += 1
        payload = self._payload()
        answer = await self._post(self._village.seal(payload))
        if answer is None:
            self.report.answers["not at home"] += 1
            return
        self.report.answers["accepted" if answer["accepted"] else answer["reason"]] += 1
        if answer["accepted"]:
            for seen in self.judge.seen:
                seen.lease_ends_s = self.clock.second + LEASE_S
            asked = payload.get("connection", {})
            fuse = ConnectionLimits(FUSE_W, FUSE_W)
            self.judge.limits = fuse.and_also(ConnectionLimits(**asked))
            # Whoever was within the old limit has to be let come within the new one.
            self.judge.guarded_since = None
            self._reachability_changed()

    async def _send_hostile(self) -> None:
        payload = self._payload() | {"sequence": self._sequence + 1}
        now = self.clock.true_time
        name, envelope = hostile_envelope(self._chance, self._village, self._strangers, payload, now)
        answer = await self._post(envelope)
        if answer is not None and answer["accepted"]:
            self.judge.accuse(self.clock.second, f"hostile: {name} is accepted")
        self.report.answers["hostile"] += 1

    async def _post(self, envelope: object) -> Any:
        """Return the home's answer; None where nobody is at home."""
        body = json.dumps(envelope).encode()
        response = await self._client.post(f"/api/webhook/{WEBHOOK}", data=body)
        assert response.status == HTTPStatus.OK
        answer = await response.read()
        await self._hass.async_block_till_done()
        return json.loads(answer) if answer else None

    def _conclude(self) -> None:
        report, days = self.report, self._seconds / 86_400
        report.violations = self.judge.violations
        report.longest_excess_s = self.judge.longest_excess_s
        report.largest_excess_w = self.judge.largest_excess_w
        report.overrun_s = self.judge.overrun_s
        for name, unit in (("garage", self.garage), ("shed", self.shed)):
            report.orders[name] = len(unit.orders)
            report.orders_a_day[name] = len(unit.orders) / days


async def _vanish(battery: BatteryCoordinator) -> None:
    """Stop looking, as whoever is killed."""
    await battery.async_shutdown()
    battery._forget_moment()


def _entry(village: Village) -> MockConfigEntry:
    common = {"manufacturer": "Example", "serial_number": "", "shadow": False}
    garage = common | {
        "kind": "modbus",
        "map": "sunspec_der",
        "name": "Garage",
        "host": "192.0.2.7",
        "port": 502,
        "unit_id": 1,
        "capacity_wh": 10_000.0,
        "max_charge_w": 5_000.0,
        "max_discharge_w": 5_000.0,
        "model": "Wall 10",
    }
    shed = common | {
        "kind": "entities",
        "preset": "generic_mode",
        "control": "mode",
        "name": "Shed",
        "entities": {"state_of_charge": CHARGE_ENTITY, "power": POWER_ENTITY, "mode": MODE_ENTITY},
        "options": MODES,
        "inverted": False,
        "capacity_wh": 5_000.0,
        "max_charge_w": 1_600.0,
        "max_discharge_w": 1_600.0,
        "model": "Plug 5",
    }
    meters = {"grid_power": GRID_ENTITY, "inverted": False, "fuse_a": FUSE_A, "phases": 1}
    subentries = [("battery", GARAGE, "Garage", garage), ("battery", SHED, "Shed", shed)]
    subentries.append(("meters", "01K00000000000000000METER", "Meters", meters))
    return MockConfigEntry(
        domain=DOMAIN,
        title="Ansen",
        unique_id="village-1",
        minor_version=2,
        data={
            "url": ADDRESS,
            "key": village.public_key_text,
            "home_id": HOME,
            "token": TOKEN,
            "webhook_id": WEBHOOK,
            "village_name": "Ansen",
            "transformer_name": "Dorpsstraat",
        },
        subentries_data=[
            ConfigSubentryDataWithId(
                data=data, subentry_id=id_, subentry_type=kind, title=title, unique_id=None
            )
            for kind, id_, title, data in subentries
        ],
    )
