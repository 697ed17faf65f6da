"""Decides what a resident has to know or solve, and keeps Home Assistant's repairs to just that."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval

from .battery.follower import Reason
from .battery.house import METER_FRESH_FOR
from .battery.watch import Finding
from .community.ballot import Stage
from .community.envelope import Refusal
from .community.inbox import CLOCK_TOLERANCE
from .const import DOMAIN
from .home import BatteryCommonsConfigEntry, HomeData

CHECK_INTERVAL = timedelta(seconds=30)
UNREACHABLE_FOR = timedelta(minutes=15)
"""A village may be away for as long as a restart or an update takes."""
STALE_FOR = timedelta(minutes=5)
"""Old readings of a battery or of the meter mostly become fresh by themselves."""
LEARN_MORE = (
    "https://github.com/battery-commons/battery-commons/blob/main/docs/home.md#when-something-is-wrong"
)

CERTIFICATE_REPLACED: Final = "certificate_replaced"
COORDINATOR_UNREACHABLE: Final = "coordinator_unreachable"
VILLAGE_REFUSES: Final = "village_refuses"
CLOCK_WRONG: Final = "clock_wrong"
BALLOT_MISSING: Final = "ballot_missing"
METER_LOST: Final = "meter_lost"
BATTERY_NOT_FOLLOWING: Final = "battery_not_following"
STALE_DATA: Final = "stale_data"
SECOND_CONTROLLER: Final = "second_controller"
SIGN_REVERSED: Final = "sign_reversed"

FIXABLE = {CERTIFICATE_REPLACED, COORDINATOR_UNREACHABLE, VILLAGE_REFUSES, SECOND_CONTROLLER, SIGN_REVERSED}
"""What can be solved, or tried again, from here."""
_SEVERE = {CERTIFICATE_REPLACED, COORDINATOR_UNREACHABLE, CLOCK_WRONG, SECOND_CONTROLLER, SIGN_REVERSED}
"""What keeps a battery from being steered at all."""
_FOUND = {
    Finding.NOT_FOLLOWING: BATTERY_NOT_FOLLOWING,
    Finding.FROZEN_READINGS: STALE_DATA,
    Finding.SECOND_CONTROLLER: SECOND_CONTROLLER,
    Finding.SIGN_REVERSED: SIGN_REVERSED,
}


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is not as it should be."""

    key: str
    """Its words."""
    about: str
    """The id of the battery or of the home."""
    placeholders: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def issue_id(self) -> str:
        """The id in the registry."""
        return f"{self.key}_{self.about}"


class IssueWatch:
    """Looks at one home every half minute, also when nothing answers any more."""

    def __init__(self, hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> None:
        """Watch over the home of `entry`."""
        self._hass = hass
        self._entry = entry
        self._since: dict[Issue, datetime] = {}
        """Since when something that has to last is the case."""

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Look from now on; return how to stop that."""
        return async_track_time_interval(self._hass, self.async_look, CHECK_INTERVAL)

    @callback
    def async_look(self, now: datetime) -> None:
        """Raise what is the case, and clear what no longer is."""
        data = self._entry.runtime_data
        found = {issue.issue_id: issue for issue in self._found(data, now)}
        raised = raised_issues(self._hass, self._entry.entry_id)
        for issue_id in raised - found.keys() - self._unknown(data):
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        for issue_id in found.keys() - raised:
            self._raise(found[issue_id])

    def _found(self, data: HomeData, now: datetime) -> Iterator[Issue]:
        yield from self._of_village(data, now)
        yield from self._of_votes(data)
        lasting = set(self._of_meter(data, now))
        for battery in data.batteries.values():
            place = {"battery": battery.name}
            for finding in battery.data.findings:
                yield Issue(_FOUND[finding], battery.battery_id, place)
            if battery.data.decision.reason is Reason.STALE_READING:
                lasting.add(Issue(STALE_DATA, battery.battery_id, place))
        self._since = {issue: self._since.get(issue, now) for issue in lasting}
        yield from (issue for issue, since in self._since.items() if now - since >= STALE_FOR)

    def _of_village(self, data: HomeData, now: datetime) -> Iterator[Issue]:
        village, place = data.village, {"village": self._entry.title}
        is_known = not isinstance(village.last_exception, ConfigEntryAuthFailed)
        if village.lost_since and now - village.lost_since >= UNREACHABLE_FOR and is_known:
            key = getattr(village.last_exception, "translation_key", None)
            yield Issue(
                key if key in {CERTIFICATE_REPLACED, VILLAGE_REFUSES} else COORDINATOR_UNREACHABLE,
                self._entry.entry_id,
                place,
            )
        apart = village.exchange is not None and abs(village.exchange.clock_error) > CLOCK_TOLERANCE
        refused = village.refused_plan
        if apart or (refused is not None and refused.refusal is Refusal.FROM_THE_FUTURE):
            yield Issue(CLOCK_WRONG, self._entry.entry_id, place)

    def _of_votes(self, data: HomeData) -> Iterator[Issue]:
        for ballot in data.votes.memory.ballots:
            if ballot.stage is Stage.MISSING:
                place = {"village": self._entry.title, "vote": ballot.title}
                yield Issue(BALLOT_MISSING, f"{self._entry.entry_id}_{ballot.vote_id}", place)

    def _of_meter(self, data: HomeData, now: datetime) -> Iterator[Issue]:
        if data.meter is None:
            return
        reading = data.meter.reading()
        if reading is None or now - reading.at > METER_FRESH_FOR:
            meters = ", ".join(data.meter.entity_ids)
            yield Issue(METER_LOST, self._entry.entry_id, {"meters": meters})

    def _unknown(self, data: HomeData) -> set[str]:
        """Return the issues of batteries that do not answer: nobody knows whether they are solved."""
        return {
            Issue(key, battery.battery_id).issue_id
            for battery in data.batteries.values()
            if battery.data.reading is None
            for key in _FOUND.values()
        }

    def _raise(self, issue: Issue) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue.issue_id,
            data={"entry_id": self._entry.entry_id, "about": issue.about},
            is_fixable=issue.key in FIXABLE,
            learn_more_url=LEARN_MORE,
            severity=ir.IssueSeverity.ERROR if issue.key in _SEVERE else ir.IssueSeverity.WARNING,
            translation_key=issue.key,
            translation_placeholders=issue.placeholders,
        )


@callback
def async_forget_issues(hass: HomeAssistant, entry_id: str) -> None:
    """Clear everything about a home that is no longer there."""
    for issue_id in raised_issues(hass, entry_id):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


def raised_issues(hass: HomeAssistant, entry_id: str) -> set[str]:
    """Return the issues of a home that the registry has."""
    return {
        issue_id
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active and issue.data and issue.data.get("entry_id") == entry_id
    }
