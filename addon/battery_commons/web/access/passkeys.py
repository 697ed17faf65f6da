"""Passkeys: signing in by what a phone, a key or a computer proves to have (WebAuthn, W3C level 2)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from battery_commons.store.administrators import Account, Passkey
from battery_commons.web.access.challenges import Challenges
from battery_commons.web.access.reach import LOCALHOST, Reach, host_of, is_address

_NAME = "Battery Commons"
_SIGN_IN = "sign in"


class PasskeyRefusedError(ValueError):
    """What was sent proves nothing."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the page's script asks the browser."""

    challenge: str
    """Goes back with the answer; in base64url."""
    options: str
    """JSON of WebAuthn."""


class Passkeys:
    """Asks browsers, and checks what they answer. Each challenge is good for one answer."""

    def __init__(self, reach: Reach, wall_now: Callable[[], datetime]) -> None:
        """Believe what browsers show of pages that are reached by `reach`."""
        self._reach = reach
        self._wall_now = wall_now
        self._challenges = Challenges()

    def are_possible(self, request: web.Request) -> bool:
        """Return whether browsers offer passkeys on this page: by name, and not in the clear."""
        host = host_of(request.host)
        return host == LOCALHOST or (self._reach.is_private(request) and not is_address(host))

    def ask_new(self, request: web.Request, account: Account, known: list[Passkey]) -> Question:
        """Return what makes a passkey for `account`."""
        challenge = self._challenges.new(account.id)
        options = generate_registration_options(
            rp_id=host_of(request.host),
            rp_name=_NAME,
            user_id=account.id.encode(),
            user_name=account.name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.id)) for each in known
            ],
        )
        return Question(bytes_to_base64url(challenge), options_to_json(options))

    def ask(self, request: web.Request) -> Question:
        """Return what asks for a passkey, of whomever."""
        challenge = self._challenges.new(_SIGN_IN)
        options = generate_authentication_options(
            rp_id=host_of(request.host),
            challenge=challenge,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return Question(bytes_to_base64url(challenge), options_to_json(options))

    def made(self, request: web.Request, account: Account, challenge: str, answer: str) -> Passkey:
        """Return the passkey that was made. Raises PasskeyRefusedError."""
        asked = self._asked(challenge, account.id)
        try:
            proof = verify_registration_response(
                credential=_json(answer),
                expected_challenge=asked,
                expected_rp_id=host_of(request.host),
                expected_origin=self._reach.origin(request),
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError) as error:
            raise PasskeyRefusedError(str(error)) from error
        self._challenges.answered(asked)
        return Passkey(
            bytes_to_base64url(proof.credential_id),
            account,
            bytes_to_base64url(proof.credential_public_key),
            proof.sign_count,
            self._wall_now(),
        )

    def credential(self, answer: str) -> str:
        """Return which credential an answer says it is of. Raises PasskeyRefusedError."""
        id_ = _json(answer).get("id")
        if not isinstance(id_, str):
            raise PasskeyRefusedError("no credential is named")
        return id_

    def uses(self, request: web.Request, passkey: Passkey, challenge: str, answer: str) -> int:
        """Return how often `passkey` was used, where the answer is its. Raises PasskeyRefusedError."""
        asked = self._asked(challenge, _SIGN_IN)
        try:
            proof = verify_authentication_response(
                credential=_json(answer),
                expected_challenge=asked,
                expected_rp_id=host_of(request.host),
                expected_origin=self._reach.origin(request),
                credential_public_key=base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=passkey.uses,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError) as error:
            raise PasskeyRefusedError(str(error)) from error
        self._challenges.answered(asked)
        return proof.new_sign_count

    def _asked(self, challenge: str, purpose: str) -> bytes:
        try:
            asked = base64url_to_bytes(challenge)
        except ValueError as error:
            raise PasskeyRefusedError("no challenge") from error
        if not self._challenges.is_open(asked, purpose):
            raise PasskeyRefusedError("this was not asked, or too long ago")
        return asked


def _json(answer: str) -> dict[str, object]:
    try:
        parsed = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise PasskeyRefusedError("no JSON") from error
    if not isinstance(parsed, dict):
        raise PasskeyRefusedError("no credential")
    return parsed
