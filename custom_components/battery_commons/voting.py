"""This home's vote: which question, which answer, and what is wrong with it in the resident's language."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .asking import asking_village
from .community.ballot import Ballot, Stage
from .community.blind import NotSignedError
from .community.client import CommunityError
from .community.vote_calls import Proposal
from .community.votes import Option, Vote, VoteState
from .const import DOMAIN
from .vote_coordinator import VoteCoordinator

_REFUSALS = frozenset(
    {
        "already_voted",
        "not_on_roll",
        "outside_bylaws",
        "subject_taken",
        "suspended",
        "vote_closed",
        "vote_not_open",
        "vote_unknown",
    }
)
"""The village's codes; each is the key of its words."""


async def async_give_vote(votes: VoteCoordinator, vote_id: str | None, named: str, language: str) -> None:
    """Vote for the answer that is `named` by its letter or by what it says.

    Without `vote_id` it is about the only vote that is open. Raises ServiceValidationError for what cannot
    be, HomeAssistantError where the village does not do its part.
    """
    with _asking():
        listed = await votes.async_votes()
    vote = _open_vote(listed, vote_id)
    if (option := vote.option(named)) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="choice_unknown",
            translation_placeholders={"choices": _choices(vote, language)},
        )
    if not vote.papers:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_on_roll")
    with _asking(), _keeping(votes, vote):
        if not await votes.async_give(vote, option.choice):
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="already_voted")


async def async_put_to_vote(votes: VoteCoordinator, proposal: Proposal) -> str:
    """Put a question to all homes, and return the vote's id. Raises as async_give_vote does."""
    with _asking():
        return await votes.async_propose(proposal)


async def async_all_votes(votes: VoteCoordinator) -> tuple[Vote, ...]:
    """Return what is and was voted on, as the village tells it now. Raises as async_give_vote does."""
    with _asking():
        return await votes.async_votes()


async def async_page_path(votes: VoteCoordinator) -> str:
    """Return the way to this home's own page at the village. Raises as async_give_vote does."""
    with _asking():
        return await votes.async_page_path()


def vote_to_show(vote: Vote, ballots: Sequence[Ballot], language: str) -> dict[str, Any]:
    """Return a vote for a state's attributes or an answer: never what this home chose."""
    return {
        "vote_id": vote.vote_id,
        "subject": vote.subject,
        "title": vote.title,
        "explanation": vote.explanation,
        "opens_at": vote.opens_at.isoformat(),
        "closes_at": vote.closes_at.isoformat(),
        "takes_effect_at": vote.takes_effect_at.isoformat(),
        "votes_left": len(votes_left(vote, ballots)),
        "own_ballots": [ballot.stage.value for ballot in ballots],
        "effects": vote.effects_state,
        "fund_eur": vote.fund_eur,
        "options": [_option_to_show(option, language) for option in vote.options],
    }


def votes_left(vote: Vote, ballots: Sequence[Ballot]) -> list[int]:
    """Return the papers that this home can still give: neither given, nor kept here to be signed."""
    made = {ballot.paper for ballot in ballots}
    return [paper for paper in vote.left if paper not in made]


def open_votes(listed: Sequence[Vote]) -> list[Vote]:
    """Return the votes that are open, the one that closes first in front."""
    return sorted((v for v in listed if v.state is VoteState.OPEN), key=lambda vote: vote.closes_at)


def _option_to_show(option: Option, language: str) -> dict[str, Any]:
    effect = option.effect
    return {
        "choice": option.choice,
        "label": option.label(language),
        "ballots": option.ballots,
        "own_bill_eur_per_month": effect.own_bill_eur_per_month if effect else None,
        "own_bill_is_estimated": effect.own_bill_is_estimated if effect else None,
        "cost_eur_per_month": effect.cost_eur_per_month if effect else None,
        "highest_import_w": effect.highest_import_w if effect else None,
        "self_consumption": effect.self_consumption if effect else None,
        "own_share_eur": effect.own_share_eur if effect else None,
        "to_fund_eur": effect.to_fund_eur if effect else None,
        "moved_kwh_per_week": effect.moved_kwh_per_week if effect else None,
    }


def _open_vote(listed: Sequence[Vote], vote_id: str | None) -> Vote:
    opened = open_votes(listed)
    if vote_id is None:
        if len(opened) > 1:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="which_vote",
                translation_placeholders={
                    "votes": "; ".join(f"{vote.title} ({vote.vote_id})" for vote in opened)
                },
            )
        if not opened:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="vote_not_open")
        return opened[0]
    vote = next((vote for vote in listed if vote.vote_id == vote_id), None)
    if vote is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="vote_unknown")
    if vote.state is not VoteState.OPEN:
        coming = vote.state is VoteState.COMING
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="vote_not_open" if coming else "vote_closed"
        )
    return vote


def _choices(vote: Vote, language: str) -> str:
    return "; ".join(f"{option.choice}: {option.label(language)}" for option in vote.options)


@contextmanager
def _asking() -> Iterator[None]:
    """Turn a refusal into one that Home Assistant shows."""
    with asking_village(not_offered="no_votes_yet"):
        try:
            yield
        except NotSignedError as error:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="vote_not_signed") from error
        except CommunityError as error:
            if error.said not in _REFUSALS:
                raise
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key=error.said,
                translation_placeholders={"error": str(error)},
            ) from error


@contextmanager
def _keeping(votes: VoteCoordinator, vote: Vote) -> Iterator[None]:
    """Say of a village that falls silent meanwhile that the vote is kept, and given as soon as it can be."""
    try:
        yield
    except CommunityError as error:
        kept = any(ballot.stage is Stage.UNSIGNED for ballot in votes.ballots_of(vote.vote_id))
        if not kept or type(error) is not CommunityError:
            raise
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="vote_kept") from error
