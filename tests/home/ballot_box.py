"""A village's votes, as a home meets them: ballots are really signed unseen, and really counted."""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384

from tests.home.village import NOW

VOTE = "vote-1"
CLOSES = NOW + timedelta(days=7)
Refusal = tuple[HTTPStatus, str]


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class BallotBox:
    """One vote on the reserve, with a roll of one home and a box that anybody can put ballots in."""

    def __init__(self, *, papers: int = 1, closes_at: datetime = CLOSES) -> None:
        self.papers = papers
        self.closes_at = closes_at
        self.state = "open"
        self.extra: list[dict[str, Any]] = []
        """Other votes."""
        self.signed: dict[int, str] = {}
        """The blinded ballot of each paper."""
        self.ballots: dict[str, dict[str, Any]] = {}
        self.tamper: Callable[[bytes], bytes] = lambda signature: signature
        self.losing: set[str] = set()
        """Ends of paths whose answers get lost."""
        self.published_key: dict[str, Any] | None = None
        """Of the ballots that are published, where that is another than the one they were made with."""
        self.listens = True
        self.proposals: list[Any] = []

    def vote(self, **changes: Any) -> dict[str, Any]:
        """Return the vote as a home sees it."""
        numbers = _key().private_numbers().public_numbers
        over = self.state in {"decided", "in_force", "no_result"}
        options = [
            {
                "choice": choice,
                "value": value,
                "labels": {"en": f"{percent} % of each battery", "nl": f"{percent} % van elke batterij"},
                "effect": {
                    "transformers": [
                        {
                            "name": "Dorpsstraat",
                            "highest_import_w": 91_000.0 + percent,
                            "highest_feed_in_w": 143_200.0,
                            "hours_over": 2.5,
                        }
                    ],
                    "cost_eur_per_month": 310.25,
                    "self_consumption": 0.61,
                    "own_bill_eur_per_month": 41.5 + percent / 10,
                    "own_bill_is_estimated": False,
                },
                "ballots": sum(b["choice"] == choice for b in self.ballots.values()) if over else None,
            }
            for choice, value, percent in (("a", 0.0, 0), ("b", 0.2, 20))
        ]
        result = {"outcome": "chosen", "choice": "b", "ballots": 1, "signatures": 1, "could_vote": 2}
        return {
            "vote_id": VOTE,
            "state": self.state,
            "subject": "minimum_reserve",
            "title": "More for ourselves?",
            "explanation": "In winter we want some left.",
            "proposed_by": "member",
            "opens_at": NOW.isoformat(),
            "closes_at": self.closes_at.isoformat(),
            "takes_effect_at": (self.closes_at + timedelta(days=1)).isoformat(),
            "quorum": 0.3,
            "options": options,
            "key": {"n": to_text(numbers.n.to_bytes(256)), "e": numbers.e},
            "papers": self.papers,
            "signed": sorted(self.signed),
            "effects": {"state": "own", "share_done": None, "start": None, "days": 14},
            "result": result if over else None,
        } | changes

    def answer(self, method: str, path: str, data: Any) -> dict[str, Any] | Refusal | None:
        """Return what the village answers to a call; None where it is not about votes, or says nothing."""
        if not path.startswith("/api/v1/votes"):
            return None
        if not self.listens:
            raise TimeoutError
        answer = self._answer(method, path.removeprefix("/api/v1/votes"), data)
        if any(path.endswith(end) for end in self.losing):
            raise TimeoutError
        return answer

    def _answer(self, method: str, path: str, data: Any) -> dict[str, Any] | Refusal | None:
        if not path and method == "GET":
            return {"version": 1, "votes": [self.vote(), *self.extra]}
        if not path:
            self.proposals.append(data)
            return {"version": 1, "vote_id": "vote-2"}
        if path == f"/{VOTE}/sign":
            return self._sign(data)
        if path == f"/{VOTE}/ballots" and method == "POST":
            return self._cast(data)
        if path == f"/{VOTE}/ballots":
            return {
                "version": 1,
                "vote_id": VOTE,
                "key": self.published_key or self.vote()["key"],
                "ballots": list(self.ballots.values()),
            }
        return HTTPStatus.NOT_FOUND, "vote_unknown"

    def _sign(self, data: Any) -> dict[str, Any] | Refusal:
        if self.state != "open":
            return HTTPStatus.GONE, "vote_closed"
        if data["paper"] >= self.papers:
            return HTTPStatus.FORBIDDEN, "not_on_roll"
        if self.signed.setdefault(data["paper"], data["blinded"]) != data["blinded"]:
            return HTTPStatus.CONFLICT, "already_voted"
        numbers = _key().private_numbers()
        signature = pow(int.from_bytes(from_text(data["blinded"])), numbers.d, numbers.public_numbers.n)
        return {"version": 1, "blind_signature": to_text(self.tamper(signature.to_bytes(256)))}

    def _cast(self, data: Any) -> Refusal | None:
        if self.state != "open":
            return HTTPStatus.GONE, "vote_closed"
        message = f"battery-commons-ballot/1\n{VOTE}\n{data['choice']}\n{data['number']}".encode()
        scheme = padding.PSS(padding.MGF1(SHA384()), 48)
        try:
            _key().public_key().verify(from_text(data["signature"]), message, scheme, SHA384())
        except InvalidSignature:
            return HTTPStatus.BAD_REQUEST, "ballot_invalid"
        if data["number"] in self.ballots:
            return HTTPStatus.CONFLICT, "already_cast"
        self.ballots[data["number"]] = {key: data[key] for key in ("choice", "number", "signature")}
        return None
