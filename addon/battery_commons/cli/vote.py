"""The command that counts a vote's published ballots again, with nothing but the file."""

import argparse

from battery_commons.cli.say import say
from battery_commons.voting.ballot import Ballot, from_text
from battery_commons.voting.blind import VoteKey
from battery_commons.voting.tally import count
from battery_commons.wire.votes import PublishedBallots


def count_again(options: argparse.Namespace) -> None:
    """Count the ballots of a file, and say whether a ballot is among them.

    Raises ValueError for what is no such file, for ballots that do not count, and where there are more
    ballots than were signed.
    """
    try:
        published = PublishedBallots.model_validate_json(options.file.read_bytes())
        ballots = [Ballot(each.choice, each.number, from_text(each.signature)) for each in published.ballots]
        key = VoteKey(int.from_bytes(from_text(published.key.n)))
    except ValueError as error:
        raise ValueError(f"{options.file} holds no ballots as a village publishes them: {error}") from error
    counted = count(published.vote_id, key, published.options, ballots)
    say(f"Vote {published.vote_id}: {len(ballots)} ballots, {published.signatures} were signed")
    for choice, votes in counted.votes.items():
        say(f"{choice}: {votes}")
    if options.ballot is not None:
        own = [each.choice for each in ballots if each.number == options.ballot]
        say(f"The ballot {options.ballot} is {f'there, for {own[0]}' if own else 'not there'}.")
    if counted.not_counted:
        reasons = ", ".join(f"{times} {why}" for why, times in counted.not_counted.items())
        raise ValueError(f"ballots that do not count are among them: {reasons}")
    if counted.total > published.signatures:
        raise ValueError("there are more ballots than were signed: this box was stuffed")
