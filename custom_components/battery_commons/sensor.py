"""What the batteries and the village tell. Every reading here is a fresh one, or it is unavailable."""

from collections.abc import Mapping, Sequence
from typing import Any, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.const import MAX_LENGTH_STATE_STATE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .account_actions import euros
from .battery_coordinator import BatteryCoordinator
from .codes import codes_to_come, report_to_show
from .entity import AccountEntity, BatteryEntity, VillageEntity, VoteEntity
from .explanation.home import explain_battery
from .home import BatteryCommonsConfigEntry, HomeData
from .sensors.battery import BATTERY_SENSORS, REASON, what_explanation_hangs_on
from .sensors.contribution import CONTRIBUTION_SENSORS, ContributionDescription
from .sensors.description import BatterySensorDescription, Value, VillageSensorDescription
from .sensors.plan import PLAN, slots_to_show, what_slots_hang_on
from .sensors.village import ACCOUNT_BALANCE, CODE_REPORT, OPEN_VOTE, SIGNAL, VILLAGE_SENSORS
from .village_coordinator import VillageCoordinator
from .vote_coordinator import VoteCoordinator
from .voting import open_votes, vote_to_show

PARALLEL_UPDATES = 0


async def async_setup_entry(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of the village, of the home and of every battery."""
    data = entry.runtime_data
    async_add_entities(VillageSensor(data.village, description) for description in VILLAGE_SENSORS)
    async_add_entities(
        [
            SignalSensor(data.village),
            CodeReportSensor(data.village),
            VoteSensor(data.votes),
            BalanceSensor(data.account, ACCOUNT_BALANCE),
        ]
    )
    async_add_entities(ContributionSensor(data, description) for description in CONTRIBUTION_SENSORS)
    for subentry_id, battery in data.batteries.items():
        async_add_entities(
            [
                *(BatterySensor(battery, description) for description in BATTERY_SENSORS),
                ReasonSensor(battery),
                PlanSensor(battery),
            ],
            config_subentry_id=subentry_id,
        )


class BatterySensor(BatteryEntity, SensorEntity):
    """A figure or a word about one battery."""

    entity_description: BatterySensorDescription

    @property
    @override
    def native_value(self) -> Value:
        """Return what the last look at the battery found."""
        return self.entity_description.value_fn(self.coordinator)

    @property
    @override
    def available(self) -> bool:
        """Return whether there is something to tell."""
        return super().available and self.native_value is not None


class ReasonSensor(BatterySensor):
    """Why the battery does what it does, in a word and in a sentence."""

    _unrecorded_attributes = frozenset({"explanation"})

    def __init__(self, coordinator: BatteryCoordinator) -> None:
        """Give the reasons of the battery of `coordinator`."""
        super().__init__(coordinator, REASON)
        self._explanation = ""
        self._explained_for: Sequence[object] = ()

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return the sentence."""
        if (explained_for := what_explanation_hangs_on(self.coordinator)) != self._explained_for:
            self._explanation = explain_battery(self.coordinator, dt_util.utcnow())
            self._explained_for = explained_for
        return {"explanation": self._explanation}


class PlanSensor(BatterySensor):
    """The power that the village's plan has for this slot, with the slots to come."""

    _unrecorded_attributes = frozenset({"slots"})

    def __init__(self, coordinator: BatteryCoordinator) -> None:
        """Show the plan of the battery of `coordinator`."""
        super().__init__(coordinator, PLAN)
        self._slots: list[dict[str, Any]] = []
        self._shown_for: Sequence[object] = ()

    @property
    @override
    def available(self) -> bool:
        """Return whether a plan is in force, also where it leaves the battery to its own house."""
        plan = self.coordinator.plan
        return plan is not None and dt_util.utcnow() < plan.lease_until

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return the plan's number, and its slots that are not over."""
        if (shown_for := what_slots_hang_on(self.coordinator)) != self._shown_for:
            self._slots, self._shown_for = slots_to_show(self.coordinator), shown_for
        return {"sequence": self.coordinator.memory.inbox.sequence, "slots": self._slots}


class VillageSensor(VillageEntity, SensorEntity):
    """A figure or a word about the village."""

    entity_description: VillageSensorDescription

    @property
    @override
    def native_value(self) -> Value:
        """Return what the village last told."""
        return self.entity_description.value_fn(self.coordinator) if self.coordinator.data else None

    @property
    @override
    def available(self) -> bool:
        """Return whether there is something to tell."""
        return super().available and self.native_value is not None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return that the value is an estimate, or until when models are compared, where it is so."""
        until = self.entity_description.until_fn
        if until and (end := until(self.coordinator)) is not None:
            return {"comparing_until": end.isoformat()}
        is_estimate = self.entity_description.is_estimate_fn
        return {"estimated": True} if is_estimate and is_estimate(self.coordinator) else None


class SignalSensor(VillageSensor):
    """What the transformer asks of the people behind it, with the codes to come."""

    _unrecorded_attributes = frozenset({"codes"})

    def __init__(self, coordinator: VillageCoordinator) -> None:
        """Show the signal of the village of `coordinator`."""
        super().__init__(coordinator, SIGNAL)

    @property
    @override
    def available(self) -> bool:
        """Return whether the village is heard: it tells its codes also while its load is old."""
        return self.coordinator.last_update_success and bool(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return the codes red and green that are not over."""
        codes = [
            {
                "id": code.code_id,
                "code": code.code,
                "start": code.start.isoformat(),
                "end": code.end.isoformat(),
                "reason": code.reason,
                "joins": code.joins,
            }
            for code in codes_to_come(self.coordinator)
        ]
        return {"codes": codes}


class CodeReportSensor(VillageSensor):
    """What the last code that was measured came to: the change of the village's load, below zero is less."""

    _unrecorded_attributes = frozenset({"report"})

    def __init__(self, coordinator: VillageCoordinator) -> None:
        """Show the report of the village of `coordinator`."""
        super().__init__(coordinator, CODE_REPORT)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return the report in words, and this home's own part."""
        code = self.coordinator.data.measured_code if self.coordinator.data else None
        if code is None:
            return None
        report = report_to_show(code, self.hass.config.language)
        return {
            "id": code.code_id,
            "code": code.code.value,
            "start": code.start.isoformat(),
            "end": code.end.isoformat(),
            "own_change_w": report.get("own_change_w"),
            "report": report.get("report"),
        }


class VoteSensor(VoteEntity, SensorEntity):
    """The vote that is open, the one that closes first, and what each answer would do."""

    _unrecorded_attributes = frozenset(
        {
            "explanation",
            "options",
            "effects",
            "fund_eur",
            "others",
            "own_ballots",
            "subject",
            "takes_effect_at",
        }
    )

    def __init__(self, coordinator: VoteCoordinator) -> None:
        """Show what `coordinator` hears."""
        super().__init__(coordinator, OPEN_VOTE)

    @property
    @override
    def available(self) -> bool:
        """Return whether the village holds votes and can be heard."""
        return super().available and self.coordinator.is_offered

    @property
    @override
    def native_value(self) -> str | None:
        """Return what is asked; unknown while no vote is open."""
        opened = open_votes(self.coordinator.data or ())
        return opened[0].title[:MAX_LENGTH_STATE_STATE] if opened else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return the vote, and how many others are open; never what this home chose."""
        opened = open_votes(self.coordinator.data or ())
        if not opened:
            return None
        ballots = self.coordinator.ballots_of(opened[0].vote_id)
        shown = vote_to_show(opened[0], ballots, self.hass.config.language)
        return shown | {"others": len(opened) - 1}


class BalanceSensor(AccountEntity, SensorEntity):
    """What is due to this home, or from it, by the village's account."""

    @property
    @override
    def available(self) -> bool:
        """Return whether the village keeps an account of this home."""
        return super().available and self.coordinator.data is not None

    @property
    @override
    def native_value(self) -> float | None:
        """Return the balance; positive where the home is to receive."""
        account = self.coordinator.data
        return None if account is None else euros(account.balance_cents)


class ContributionSensor(VillageEntity, SensorEntity):
    """What all batteries of the home have moved for the village, in a period that goes on.

    What a battery moved before it was removed stays counted: it was given, and a sum of energy does not fall.
    """

    entity_description: ContributionDescription

    def __init__(self, data: HomeData, description: ContributionDescription) -> None:
        """Add up the accounts of the home `data`."""
        super().__init__(data.village, description)
        self._memory = data.memory
        self._batteries = data.batteries

    @property
    @override
    def native_value(self) -> float:
        """Return the sum so far, in steps that can be seen: finer ones would only fill the recorder."""
        accounts = self._memory.accounts.values()
        return round(self.entity_description.value_fn(accounts, dt_util.now().date()), -2)

    @property
    @override
    def available(self) -> bool:
        """Return true: this is counted at home, whether or not the village can be heard."""
        return True

    @override
    async def async_added_to_hass(self) -> None:
        """Count on with every look at a battery; the village falls silent now and then."""
        await super().async_added_to_hass()
        for battery in self._batteries.values():
            self.async_on_remove(battery.async_add_listener(self.async_write_ha_state))
