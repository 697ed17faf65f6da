"""The form of a line to a grid operator, and what can be wrong with what is filled in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from battery_commons.domain.operator_line import OperatorLine
from battery_commons.web.pages import forms

_SECRET = "secret"  # noqa: S105 - the name of a field
_PROGRAMS = "programs"
_SHOWN = ("name", "url", "client_id", "ven_name", "token_url", "callback_url", _PROGRAMS, "certificates")


@dataclass(frozen=True, slots=True)
class OperatorLineForm:
    """What stands in the form, as it was typed; but for the secret, which is shown nowhere."""

    values: Mapping[str, str]
    """By field of the line."""
    has_secret: bool = False
    """Whether a secret is known, that stays as long as the addresses do and no other is given."""
    line: OperatorLine | None = None
    """What the form says, with its secret; None while that makes no sense."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/operator_line.py)."""

    @classmethod
    def empty(cls, village_name: str) -> Self:
        """Return the form for a new line."""
        return cls({**dict.fromkeys(_SHOWN, ""), "url": "https://", "ven_name": village_name})

    @classmethod
    def of(cls, line: OperatorLine) -> Self:
        """Return the form for changing a line."""
        values = {name: getattr(line, name) for name in _SHOWN if name != _PROGRAMS}
        return cls({**values, _PROGRAMS: ", ".join(line.programs)}, has_secret=bool(line.secret), line=line)

    @classmethod
    async def filled_in(cls, request: web.Request, known: Iterable[OperatorLine]) -> Self:
        """Return the form that was sent.

        `known` are lines that were kept or tried before: a secret of the same place counts where none is
        given.
        """
        values = {name: await forms.field(request, name) for name in _SHOWN}
        secret = await forms.field(request, _SECRET)
        programs = [each.strip() for each in values[_PROGRAMS].split(",") if each.strip()]
        given: dict[str, object] = {**values, _PROGRAMS: programs, _SECRET: secret}
        given["certificates"] = values["certificates"].replace("\r\n", "\n")
        try:
            line = TypeAdapter(OperatorLine).validate_python(given)
        except ValidationError as error:
            wrong = {str(problem["loc"][0]) for problem in error.errors()}
            return cls(values, errors={name: f"operator_wrong_{name}" for name in wrong})
        if not secret:
            former = next((each for each in known if _is_same_place(line, each)), line)
            line = replace(line, secret=former.secret)
        if not line.secret:
            return cls(values, errors={_SECRET: "operator_wrong_secret"})
        return cls(values, has_secret=True, line=line)


def _is_same_place(line: OperatorLine, known: OperatorLine) -> bool:
    """Return whether a secret of `known` opens the same to the same when it is used for `line`."""
    of_line, of_known = (
        (each.url, each.token_url, each.client_id, each.certificates) for each in (line, known)
    )
    return of_line == of_known
