"""What helps to find a problem, without what would open a door or name somebody."""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_TOKEN, CONF_URL, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .battery_coordinator import BatteryCoordinator
from .community.status import CodeWindow
from .const import CONF_HOME_ID, CONF_SERIAL_NUMBER
from .explanation.home import explain_battery
from .home import BatteryCommonsConfigEntry, HomeData
from .issues import raised_issues

TO_REDACT = {CONF_TOKEN, CONF_WEBHOOK_ID, CONF_URL, CONF_HOST, CONF_HOME_ID, CONF_SERIAL_NUMBER}
TO_REDACT_OF_HOME = TO_REDACT | {CONF_NAME}
"""The name of a home is mostly an address; that of a battery helps to tell it from another."""
SHORTEST_SECRET = 4
"""A shorter text occurs in other words, and gives nothing away."""
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: BatteryCommonsConfigEntry
) -> dict[str, Any]:
    """Return how the home and its village stand."""
    data = entry.runtime_data
    found = {
        "entry": async_redact_data(dict(entry.data), TO_REDACT_OF_HOME),
        "village": _village(data),
        "votes": _votes(data),
        "account": _account(data),
        "plan": _plan(data),
        "meter": _meter(data),
        "batteries": [_battery(battery) for battery in data.batteries.values()],
        "issues": sorted(raised_issues(hass, entry.entry_id)),
    }
    cleaned: dict[str, Any] = _cleaned(found, _secrets(entry))
    return cleaned


def _village(data: HomeData) -> dict[str, Any]:
    village = data.village
    status = asdict(village.data) if village.data else None
    if status is not None:
        status["account"] = "told" if status["account"] else None  # Its sums are nobody else's business.
        status["codes"] = [_code(code) for code in village.data.codes]
    return {
        "reachable": village.last_update_success,
        "lost_since": village.lost_since,
        "problem": str(village.last_exception) if village.last_exception else None,
        "latency_s": village.exchange.latency.total_seconds() if village.exchange else None,
        "clock_error_s": village.exchange.clock_error.total_seconds() if village.exchange else None,
        "has_address": village.has_address,
        "reached_by": village.reached_by,
        "stream_problem": village.stream_problem,
        "refused_plan": asdict(village.refused_plan) if village.refused_plan else None,
        "status": status,
    }


def _code(code: CodeWindow) -> dict[str, Any]:
    """Return a code without what this home said, did and saved in it."""
    return {
        "code_id": code.code_id,
        "code": code.code,
        "start": code.start,
        "end": code.end,
        "is_measured": code.result.is_measured if code.result else None,
    }


def _votes(data: HomeData) -> dict[str, Any]:
    """Return how votes and ballots stand: a ballot's choice, number and secrets stay where they are."""
    votes = data.votes
    return {
        "offered": votes.is_offered,
        "heard": votes.last_update_success,
        "votes": [
            {"vote_id": vote.vote_id, "state": vote.state, "papers": vote.papers, "signed": len(vote.signed)}
            for vote in votes.data or ()
        ],
        "ballots": [
            {"vote_id": ballot.vote_id, "paper": ballot.paper, "stage": ballot.stage}
            for ballot in votes.memory.ballots
        ],
    }


def _account(data: HomeData) -> dict[str, Any]:
    """Return whether there is an account: its sums are nobody else's business."""
    return {"heard": data.account.last_update_success, "offered": data.account.data is not None}


def _plan(data: HomeData) -> dict[str, Any]:
    inbox = data.memory.inbox
    plan = inbox.plan
    return {"sequence": inbox.sequence} | (
        {
            "issued_at": plan.issued_at,
            "lease_until": plan.lease_until,
            "control_model": plan.control_model,
            "slot_seconds": plan.slot_length.total_seconds(),
            "connection": asdict(plan.connection),
        }
        if plan
        else {}
    )


def _meter(data: HomeData) -> dict[str, Any] | None:
    if data.meter is None:
        return None
    reading = data.meter.reading()
    return {"reading": asdict(reading) if reading else None, "limits": asdict(data.meter.limits)}


def _battery(battery: BatteryCoordinator) -> dict[str, Any]:
    return {
        "set_up_with": async_redact_data(dict(battery.subentry.data), TO_REDACT),
        "settings": asdict(battery.settings),
        "outcome": asdict(battery.data),
        "explanation": explain_battery(battery, dt_util.utcnow(), "en"),
        "slots": [asdict(slot) for slot in battery.plan.slots] if battery.plan else [],
    }


def _secrets(entry: BatteryCommonsConfigEntry) -> list[str]:
    """Return every text that may also stand in the middle of another, such as what a device answered."""
    texts = {str(entry.data[key]) for key in TO_REDACT_OF_HOME if entry.data.get(key)}
    texts.add(urlsplit(entry.data[CONF_URL]).hostname or "")
    for subentry in entry.subentries.values():
        texts |= {str(subentry.data[key]) for key in TO_REDACT if subentry.data.get(key)}
    return sorted((text for text in texts if len(text) >= SHORTEST_SECRET), key=len, reverse=True)


def _cleaned(node: Any, secrets: list[str]) -> Any:  # noqa: ANN401 - whatever there is to tell
    """Return the same without a secret anywhere, as JSON can hold it."""
    match node:
        case str():
            for secret in secrets:
                node = node.replace(secret, REDACTED)
            return _ADDRESS.sub(REDACTED, node)
        case float():
            return node if math.isfinite(node) else None
        case Mapping():
            return {_cleaned(key, secrets): _cleaned(value, secrets) for key, value in node.items()}
        case list() | tuple() | set() | frozenset():
            return [_cleaned(part, secrets) for part in node]
    return node
