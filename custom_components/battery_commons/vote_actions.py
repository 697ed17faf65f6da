"""The actions about votes."""

from typing import Any

import probatio as vol
from homeassistant.const import CONF_URL
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from .action_home import HOME, home_of
from .community.ballot import Stage
from .community.vote_calls import Proposal
from .community.votes import Vote
from .home import BatteryCommonsConfigEntry
from .voting import (
    async_all_votes,
    async_give_vote,
    async_page_path,
    async_put_to_vote,
    vote_to_show,
)

ATTR_CHOICE = "choice"
ATTR_CLOSES_AT = "closes_at"
ATTR_EXPLANATION = "explanation"
ATTR_OPENS_AT = "opens_at"
ATTR_SUBJECT = "subject"
ATTR_TAKES_EFFECT_AT = "takes_effect_at"
ATTR_TITLE = "title"
ATTR_VALUES = "values"
ATTR_VOTE_ID = "vote_id"
SUBJECTS = [
    "control_model",
    "congestion_weight",
    "minimum_reserve",
    "sharing",
    "fund_share",
    "fund_use",
    "codes_per_week",
]
_IN_FIGURES = {"congestion_weight", "minimum_reserve", "fund_share", "codes_per_week"}
HIDDEN = "**hidden**"


def _secretly(schema: vol.Schema) -> vol.Schema:
    """Check an action's data, and take the choice out of what Home Assistant tells about the call.

    It fires an event with the data as they came in, right after this check, and its recorder writes that to
    disk. A ballot is secret, so what came in holds no choice any more by then.
    """

    def check(data: dict[str, Any]) -> dict[str, Any]:
        checked: dict[str, Any] = schema(dict(data))
        data[ATTR_CHOICE] = HIDDEN
        return checked

    return vol.Schema(check)


VOTE = _secretly(
    vol.Schema({**HOME, vol.Optional(ATTR_VOTE_ID): cv.string, vol.Required(ATTR_CHOICE): cv.string})
)


def _in_figures(data: dict[str, Any]) -> dict[str, Any]:
    """Read the answers of a question about a figure as figures."""
    if data[ATTR_SUBJECT] in _IN_FIGURES:
        figure = vol.All(vol.Coerce(float), vol.Range(min=0, max=1000))
        data = data | {ATTR_VALUES: [figure(value) for value in data[ATTR_VALUES]]}
    return data


PROPOSE = vol.All(
    vol.Schema(
        {
            **HOME,
            vol.Required(ATTR_SUBJECT): vol.In(SUBJECTS),
            vol.Required(ATTR_TITLE): vol.All(cv.string, vol.Length(min=1, max=80)),
            vol.Optional(ATTR_EXPLANATION, default=""): vol.All(cv.string, vol.Length(max=1000)),
            vol.Required(ATTR_VALUES): vol.All(
                cv.ensure_list, vol.Length(min=2, max=5), [vol.All(cv.string, vol.Length(min=1, max=80))]
            ),
            vol.Optional(ATTR_OPENS_AT): cv.datetime,
            vol.Required(ATTR_CLOSES_AT): cv.datetime,
            vol.Required(ATTR_TAKES_EFFECT_AT): cv.datetime,
        }
    ),
    _in_figures,
)


async def async_vote(call: ServiceCall) -> None:
    """Give this home's vote."""
    votes = home_of(call).runtime_data.votes
    language = call.hass.config.language
    await async_give_vote(votes, call.data.get(ATTR_VOTE_ID), call.data[ATTR_CHOICE], language)


async def async_propose(call: ServiceCall) -> ServiceResponse:
    """Put a question to all homes; answer with the vote's id."""
    opens_at = call.data.get(ATTR_OPENS_AT)
    proposal = Proposal(
        subject=call.data[ATTR_SUBJECT],
        title=call.data[ATTR_TITLE],
        explanation=call.data[ATTR_EXPLANATION],
        values=call.data[ATTR_VALUES],
        # A time without an offset is one of the home's own clock.
        opens_at=None if opens_at is None else dt_util.as_utc(opens_at),
        closes_at=dt_util.as_utc(call.data[ATTR_CLOSES_AT]),
        takes_effect_at=dt_util.as_utc(call.data[ATTR_TAKES_EFFECT_AT]),
    )
    return {ATTR_VOTE_ID: await async_put_to_vote(home_of(call).runtime_data.votes, proposal)}


async def async_get_votes(call: ServiceCall) -> ServiceResponse:
    """Answer with what is and was voted on, and what became of this home's ballots."""
    entry = home_of(call)
    listed = await async_all_votes(entry.runtime_data.votes)
    return {"votes": [_told(entry, each, call.hass.config.language) for each in listed]}


async def async_get_my_page(call: ServiceCall) -> ServiceResponse:
    """Answer with the address of this home's own page at the village. It opens once."""
    entry = home_of(call)
    path = await async_page_path(entry.runtime_data.votes)
    return {"url": f"{entry.data[CONF_URL]}{path}"}


def _told(entry: BatteryCommonsConfigEntry, vote: Vote, language: str) -> dict[str, Any]:
    ballots = entry.runtime_data.votes.ballots_of(vote.vote_id)
    result = vote.result
    return {
        **vote_to_show(vote, ballots, language),
        "state": vote.state.value,
        "result": {
            "outcome": result.outcome,
            "choice": result.choice,
            "ballots": result.ballots,
            "could_vote": result.could_vote,
        }
        if result
        else None,
        "missing": [
            {"number": ballot.number, "signature": ballot.signature}
            for ballot in ballots
            if ballot.stage is Stage.MISSING
        ],
    }
