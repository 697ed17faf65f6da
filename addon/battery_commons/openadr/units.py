"""In what an event's figures are where it does not say so itself: in what its program says (OpenADR 3.1).

What a program says is written into its events as they come in. So each is kept with its units, and one whose
program has changed them is another version.
"""

from collections.abc import Collection, Mapping, Sequence

from battery_commons.openadr.acceptance import MEASURED

_FIELDS = ("units", "currency")
_NOT_LISTED = "(of a program that was not listed yet)"

type Descriptors = Sequence[Mapping[str, object]]
"""As OpenADR's payloadDescriptors, in the one form."""


class ProgramUnits:
    """What the programs on a line say, as far as they were listed."""

    def __init__(self) -> None:
        """Know of no program."""
        self._known: Mapping[str, Descriptors] = {}
        self._missing: set[str] = set()
        """Programs that have events, and are not listed."""
        self.wanted: set[str] = set()
        """Programs that came with events since the last listing."""

    def listed(self, known: Mapping[str, Descriptors], wanted: Collection[str]) -> None:
        """Take note of all programs, listed after these were `wanted`."""
        self._known = known
        self.wanted.difference_update(wanted)
        self._missing = (self._missing | set(wanted)) - known.keys()

    def fill_in(self, event: object) -> object:
        """Return an event, in the one form, with the units of its figures.

        One of a program that was not listed since gets a unit that nobody knows: it is refused until it is.
        """
        if not isinstance(event, dict) or not (measured := _types_in(event) & MEASURED):
            return event
        own = event.get("payloadDescriptors", [])
        if not isinstance(own, list) or not all(isinstance(each, dict) for each in own):
            return event  # Which cannot be read.
        program = event.get("programID")
        descriptors = self._known.get(program) if isinstance(program, str) else ()
        if descriptors is None:
            descriptors = self._of_unlisted(str(program), measured)
        filled = [found for each in descriptors if (found := _unsaid(each, measured, own))]
        return event | {"payloadDescriptors": [*own, *filled]} if filled else event

    def _of_unlisted(self, program: str, measured: Collection[str]) -> Descriptors:
        if program in self._missing:
            return ()
        self.wanted.add(program)
        return [{"payloadType": each, "units": _NOT_LISTED} for each in sorted(measured)]


def descriptors_of(program: Mapping[str, object]) -> Descriptors:
    """Return what a program, in the one form, says of its events' figures."""
    said = program.get("payloadDescriptors")
    return [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []


def _unsaid(
    descriptor: Mapping[str, object], measured: Collection[str], own: Descriptors
) -> Mapping[str, object]:
    """Return what a program says of a type that an event measures in, and the event itself does not."""
    type_ = descriptor.get("payloadType")
    if not isinstance(type_, str) or type_ not in measured:
        return {}
    said = {name for each in own if each.get("payloadType") == type_ for name in each}
    unsaid = {name: descriptor[name] for name in _FIELDS if name in descriptor and name not in said}
    return {"payloadType": type_, **unsaid} if unsaid else {}


def _types_in(event: Mapping[str, object]) -> set[str]:
    """Return the types of an event's payloads, as far as they can be read."""
    return {
        type_
        for interval in _dicts(event.get("intervals"))
        for payload in _dicts(interval.get("payloads"))
        if isinstance(type_ := payload.get("type"), str)
    }


def _dicts(said: object) -> Sequence[Mapping[str, object]]:
    return [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []
