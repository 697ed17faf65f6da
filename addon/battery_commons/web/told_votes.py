"""Votes as they are told: to a home, to the volunteer, and to anybody who counts again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from battery_commons.store.records import Home
from battery_commons.voting.ballot import to_text
from battery_commons.voting.blind import VoteKey
from battery_commons.voting.vote import HomeEffect, OptionEffect, Vote
from battery_commons.voting.words import option_text
from battery_commons.web.server import VillageServer
from battery_commons.wire import votes as wire

SHOWN_FOR = timedelta(days=366)
"""So long after its close a vote is listed."""

type Telling = Callable[[datetime], datetime]
"""Turns village time into the time of who is told: the wall's for a home, `as_it_is` on a page."""


def as_it_is(moment: datetime) -> datetime:
    """Return village time, by which pages go."""
    return moment


def homes_votes(village: VillageServer, home: Home, told: Telling) -> list[wire.HomesVote]:
    """Return the votes as a home sees them, with times by the clock that it goes by. Raises StoreError."""
    now = village.clock.now()
    return [_homes_vote(village, vote, home, told) for vote in village.store.votes(now - SHOWN_FOR)]


def _homes_vote(village: VillageServer, vote: Vote, home: Home, told: Telling) -> wire.HomesVote:
    motion, on_roll = vote.motion, village.store.on_roll(vote.id, home.id)
    own = vote.proposed_by == home.id
    return wire.HomesVote(
        vote_id=vote.id,
        state=vote.state,
        subject=motion.subject,
        title=motion.title,
        explanation=motion.explanation,
        proposed_by="volunteer" if vote.by_volunteer else "own" if own else "member",
        opens_at=told(motion.opens_at),
        closes_at=told(motion.closes_at),
        takes_effect_at=told(motion.takes_effect_at),
        quorum=vote.quorum,
        options=vote_options(vote, on_roll.effect),
        key=None if vote.key is None else _key(vote.key),
        papers=0 if home.suspended_at else on_roll.papers,
        signed=list(on_roll.signed),
        effects=effects_basis(village, vote, told),
        result=None
        if vote.result is None
        else wire.VoteResult(
            outcome=vote.result.outcome,
            choice=vote.result.choice,
            ballots=vote.result.ballots,
            signatures=vote.result.signatures,
            could_vote=vote.result.could_vote,
        ),
    )


def vote_options(vote: Vote, own: HomeEffect | None = None) -> list[wire.VoteOption]:
    """Return the options with what each would do, and with a home's own bill where it is told."""
    motion = vote.motion
    return [
        wire.VoteOption(
            choice=choice,
            value=value,
            labels=wire.Labels(
                en=option_text(motion.subject, value, "en"), nl=option_text(motion.subject, value, "nl")
            ),
            effect=_effect(vote, choice, own),
            ballots=vote.votes.get(choice),
        )
        for choice, value in motion.options().items()
    ]


def published(village: VillageServer, vote_id: str) -> wire.PublishedBallots:
    """Return the ballots of a vote that is over, as anybody may count them. Raises VoteRefusedError."""
    vote = village.store.vote(vote_id)
    ballots, signatures = village.store.ballots(vote_id)
    assert vote.key is not None  # noqa: S101 - a vote that is over has been open
    return wire.PublishedBallots(
        vote_id=vote_id,
        key=_key(vote.key),
        options=list(vote.motion.options()),
        ballots=[
            wire.PublishedBallot(choice=each.choice, number=each.number, signature=to_text(each.signature))
            for each in ballots
        ],
        signatures=signatures,
    )


def _effect(vote: Vote, choice: str, own: HomeEffect | None) -> wire.Effect | None:
    effect: OptionEffect | None = vote.effects.options.get(choice) if vote.effects else None
    if effect is None:
        return None
    return wire.Effect(
        transformers=[
            wire.TransformerEffect(
                name=each.name,
                highest_import_w=each.highest_import_w,
                highest_feed_in_w=each.highest_feed_in_w,
                hours_over=each.hours_over,
            )
            for each in effect.transformers
        ],
        cost_eur_per_month=effect.cost_eur_per_month,
        self_consumption=effect.self_consumption,
        to_fund_eur=effect.to_fund_eur,
        moved_kwh_per_week=effect.moved_kwh_per_week,
        moved_within_kwh=effect.moved_within_kwh,
        own_share_eur=None if own is None else own.shared_eur.get(choice),
        own_bill_eur_per_month=None if own is None else own.bill_eur_per_month.get(choice),
        own_bill_is_estimated=own is not None and own.is_estimated,
    )


def effects_basis(village: VillageServer, vote: Vote, told: Telling) -> wire.EffectsBasis:
    """Return what the effects of a vote rest on, or how far their reckoning is."""
    if vote.effects is None:
        return wire.EffectsBasis(state="reckoning", share_done=village.vote_reckoned(vote.id))
    start = vote.effects.start
    return wire.EffectsBasis(
        state=vote.effects.source,
        start=None if start is None else told(start),
        days=vote.effects.days,
        codes=vote.effects.codes,
        fund_eur=vote.effects.fund_eur,
    )


def _key(key: VoteKey) -> wire.PublicKey:
    return wire.PublicKey(n=to_text(key.modulus.to_bytes(key.size)))
