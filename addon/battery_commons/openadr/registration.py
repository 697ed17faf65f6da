"""Who the village is at a VTN: the programs it takes part in, its VEN, and its resources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from battery_commons.domain.operator_line import OperatorLine
from battery_commons.openadr.targets import Named, names_of
from battery_commons.openadr.trouble import LineError, LineTrouble
from battery_commons.openadr.units import Descriptors, descriptors_of
from battery_commons.openadr.vtn_client import VtnClient, segment


@dataclass(frozen=True, slots=True)
class WantedResource:
    """A part of the village that an operator can address."""

    name: str
    attributes: Sequence[Mapping[str, object]] = ()
    """As OpenADR's valuesMap: `{"type": ..., "values": [...]}`."""


@dataclass(frozen=True, slots=True)
class ShownProgram:
    """A program, as far as the village makes use of it."""

    name: str
    descriptors: Descriptors
    """What the figures of its events are in, where these do not say so themselves."""


async def programs_of(client: VtnClient, line: OperatorLine) -> dict[str, ShownProgram]:
    """Return the programs that the village takes part in, by their ids. Raises LineError."""
    shown = {
        id_: ShownProgram(str(each.get("programName", id_)), descriptors_of(each))
        for id_, each in _objects(await client.listed("programs"))
    }
    wanted = {id_: each for id_, each in shown.items() if not line.programs or each.name in line.programs}
    if not wanted:
        raise LineError(LineTrouble.NO_PROGRAM, ", ".join(sorted(each.name for each in shown.values())))
    return wanted


async def find_ven(client: VtnClient, line: OperatorLine) -> str | None:
    """Return the id of the village's VEN; None where the VTN has none of that name. Raises LineError."""
    vens = _objects(await client.listed("vens", {"venName": line.ven_name}))
    return next((id_ for id_, each in vens if each.get("venName") == line.ven_name), None)


async def register_ven(client: VtnClient, line: OperatorLine) -> str:
    """Return the id of the village's VEN, which is made where there is none. Raises LineError."""
    if (known := await find_ven(client, line)) is not None:
        return known
    new = {"objectType": "VEN_VEN_REQUEST", "venName": line.ven_name}
    try:
        return _id(await client.post("vens", new))
    except LineError as error:
        if error.trouble not in (LineTrouble.REFUSED, LineTrouble.FORBIDDEN):
            raise
        # The operator may have made it beforehand, by another name: a VTN shows a client only what is its.
        own = [id_ for id_, _ in _objects(await client.listed("vens"))]
        if len(own) != 1:
            raise
        return own[0]


async def register_resources(client: VtnClient, ven_id: str, wanted: Sequence[WantedResource]) -> Named:
    """Make the VTN's resources of the village what they are to be. Others are left.

    Return what the operator calls those that were there. Raises LineError.
    """
    known = {
        each.get("resourceName"): (id_, each)
        for id_, each in _objects(await client.listed("resources", {"venID": ven_id}))
        if each.get("venID", ven_id) == ven_id
    }
    for each in wanted:
        resource: dict[str, object] = {
            "objectType": "VEN_RESOURCE_REQUEST",
            "resourceName": each.name,
            "venID": ven_id,
        }
        if each.attributes:
            resource["attributes"] = list(each.attributes)
        if each.name not in known:
            await client.post("resources", resource)
            continue
        id_, there = known[each.name]
        if each.attributes and there.get("attributes", []) != list(each.attributes):
            await client.put(f"resources/{segment(id_)}", resource)
    return {each.name: names_of(known[each.name][1]) if each.name in known else [] for each in wanted}


def _objects(listed: Sequence[object]) -> list[tuple[str, Mapping[str, object]]]:
    """Return the objects of a list that have an id, each with it."""
    return [
        (id_, each)
        for each in listed
        if isinstance(each, dict) and isinstance(id_ := each.get("id"), str) and id_
    ]


def _id(answer: object) -> str:
    """Return the id of what was made. Raises LineError."""
    if isinstance(answer, dict) and isinstance(id_ := answer.get("id"), str) and id_:
        return id_
    raise LineError(LineTrouble.NO_SENSE, "no id")
