"""What a VEN learns of others at the VTN: nothing, whoever business logic gives things to."""

import asyncio
from typing import Any

from battery_commons.openadr.vtn.asking import Asked, What, publish
from battery_commons.openadr.vtn.objects import VtnObjects
from battery_commons.store import Store
from battery_commons.store.audit import Author
from tests.village.openadr.vtn.by_hand.conftest import made
from tests.village.openadr.vtn.conftest import MADE, Caller

LIMIT = [{"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [100]}]}]


async def given(operator: Caller, ven: dict[str, Any], *targets: str) -> None:
    """Have business logic give targets to a VEN."""
    body = {"venName": ven["venName"], "clientID": ven["clientID"], "targets": targets}
    assert (await operator("PUT", f"/vens/{ven['id']}", body))[0] == 200


async def event_for(operator: Caller, *targets: str) -> dict[str, Any]:
    program = await made(operator, "/programs", {"programName": "limits"})
    return await made(
        operator, "/events", {"programID": program["id"], "intervals": LIMIT, "targets": targets}
    )


async def test_of_an_event_it_is_told_no_target_that_is_not_its_own(
    operator: Caller, village: Caller
) -> None:
    ven = await made(village, "/vens", {"venName": "Brinkdorp"})
    await made(village, "/resources", {"resourceName": "t1", "venID": ven["id"]})
    await given(operator, ven, "cable-7")

    event = await event_for(operator, "cable-7", "t1", "hospital")

    for told in (
        (await village("GET", f"/events/{event['id']}"))[1],
        (await village("GET", "/events"))[1][0],
    ):
        # The names of its own resources are no news to it, and say which of them an event is about.
        assert told["targets"] == ["cable-7", "t1"]
    assert (await operator("GET", f"/events/{event['id']}"))[1]["targets"] == ["cable-7", "t1", "hospital"]


async def test_the_name_of_a_resource_lets_it_see_nothing_that_it_was_not_given(
    operator: Caller, village: Caller
) -> None:
    ven = await made(village, "/vens", {"venName": "Brinkdorp"})
    await made(village, "/resources", {"resourceName": "hospital", "venID": ven["id"]})

    await event_for(operator, "hospital")

    assert (await village("GET", "/events"))[1] == []


async def test_a_resource_goes_with_its_ven_to_whom_business_logic_gives_that(
    operator: Caller, village: Caller, neighbour: Caller
) -> None:
    ven = await made(village, "/vens", {"venName": "Brinkdorp"})
    resource = await made(village, "/resources", {"resourceName": "t1", "venID": ven["id"]})
    others = await made(neighbour, "/vens", {"venName": "Zandveen"})
    of_operator = {"resourceName": "t1", "venID": ven["id"], "targets": ["cable-7"]}
    await operator("PUT", f"/resources/{resource['id']}", of_operator)
    event = await event_for(operator, "cable-7")

    await operator("PUT", f"/vens/{ven['id']}", {"venName": "Brinkdorp", "clientID": others["clientID"]})

    assert [(await caller("GET", f"/events/{event['id']}"))[0] for caller in (village, neighbour)] == [
        404,
        200,
    ]
    assert (await village("GET", "/resources"))[1] == []


async def test_a_resource_that_is_put_under_another_ven_is_its_clients(
    operator: Caller, village: Caller, neighbour: Caller
) -> None:
    ven = await made(village, "/vens", {"venName": "Brinkdorp"})
    resource = await made(village, "/resources", {"resourceName": "t1", "venID": ven["id"]})
    others = await made(neighbour, "/vens", {"venName": "Zandveen"})

    await operator("PUT", f"/resources/{resource['id']}", {"resourceName": "t1", "venID": others["id"]})

    path = f"/resources/{resource['id']}"
    assert [(await caller("GET", path))[0] for caller in (village, neighbour)] == [404, 200]


async def test_a_ven_need_not_say_that_its_resource_is_its_own(village: Caller) -> None:
    assert (await village("POST", "/resources", {"resourceName": "t1"}))[0] == 400
    ven = await made(village, "/vens", {"venName": "Brinkdorp"})

    resource = await made(village, "/resources", {"resourceName": "t1"})

    assert resource["venID"] == ven["id"]
    assert (await village("PUT", f"/resources/{resource['id']}", {"resourceName": "t2"}))[0] == 200


async def test_what_is_asked_of_one_reaches_it_also_after_it_made_its_ven_anew(
    store: Store, village: Caller, neighbour: Caller
) -> None:
    ven = await made(village, "/vens", {"venName": "Brinkdorp"})
    asked = Asked(What.IMPORT, 50.0, MADE, MADE, ven["clientID"])
    own = store.own_vtn_client(MADE)
    await asyncio.to_thread(publish, VtnObjects(store, lambda: MADE), own, asked, Author("Ada", MADE))

    await village("DELETE", f"/vens/{ven['id']}")
    await made(village, "/vens", {"venName": "Brinkdorp"})

    assert len((await village("GET", "/events"))[1]) == 1
    assert (await neighbour("GET", "/events"))[1] == []
