"""Groups of resources at the VTN, by the independent client, and who sees how much of them."""

import asyncio

import pytest
from openadr3_client.extensions.resource_group import (
    NewResourceGroup,
    ResourceGroupChild,
    ResourceGroupClientFactory,
    ResourceGroupUpdate,
)
from requests import HTTPError

from battery_commons.domain.vtn import Role
from tests.village.openadr.vtn.by_hand.conftest import made
from tests.village.openadr.vtn.conftest import Caller, Calling, Running


async def resource_of(caller: Caller, name: str) -> str:
    """Return the id of a resource of a VEN of that name."""
    ven = await made(caller, "/vens", {"venName": name})
    return str((await made(caller, "/resources", {"resourceName": "b", "venID": ven["id"]}))["id"])


def group(*resource_ids: str, **more: object) -> dict[str, object]:
    children = [{"type": "ven_resource", "id": each} for each in resource_ids]
    return {"resourceGroupName": "MSR-1", "children": children, **more}


async def test_the_independent_client_makes_changes_and_deletes_one(
    vtn: Running, village: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    client_id, secret = vtn.client("dso", Role.BL)
    groups = ResourceGroupClientFactory.create_bl_client(
        vtn.url, client_id, secret, f"{vtn.url}/auth/token", allow_insecure_http=True
    )
    resource_id = await resource_of(village, "Brinkdorp")

    new = await asyncio.to_thread(
        groups.create_resource_group, NewResourceGroup(resource_group_name="MSR-1", targets=("MSR-1",))
    )
    child = ResourceGroupChild(type="ven_resource", id=resource_id)
    update = ResourceGroupUpdate(resource_group_name="MSR-1", children=(child,))
    await asyncio.to_thread(groups.update_resource_group_by_id, new.id, update)

    [listed] = await asyncio.to_thread(groups.get_resource_groups, "MSR-1")
    assert (listed.id, listed.children) == (new.id, (child,))
    await asyncio.to_thread(groups.delete_resource_group_by_id, new.id)
    with pytest.raises(HTTPError, match="404"):
        await asyncio.to_thread(groups.get_resource_group_by_id, new.id)


async def test_a_village_sees_the_groups_that_it_is_in_with_its_own_resources_only(
    operator: Caller, village: Caller, neighbour: Caller, calling: Calling
) -> None:
    own, other = await resource_of(village, "Brinkdorp"), await resource_of(neighbour, "Zandveen")
    kept = await made(operator, "/resource_groups", group(own, other))

    [seen] = (await village("GET", "/resource_groups"))[1]
    assert [each["id"] for each in seen["children"]] == [own]
    assert (await village("GET", f"/resource_groups/{kept['id']}"))[1]["children"] == seen["children"]
    assert len((await operator("GET", f"/resource_groups/{kept['id']}"))[1]["children"]) == 2
    stranger = await calling("Ansen", Role.VEN)
    assert (await stranger("GET", "/resource_groups"))[1] == []
    assert (await stranger("GET", f"/resource_groups/{kept['id']}"))[0] == 404


async def test_a_village_that_a_group_names_sees_it_before_it_is_in(
    operator: Caller, village: Caller
) -> None:
    await resource_of(village, "Brinkdorp")
    provider = [{"type": "SERVICE_PROVIDER_ID", "values": ["Brinkdorp"]}]
    await made(operator, "/resource_groups", group(attributes=provider))
    assert len((await village("GET", "/resource_groups"))[1]) == 1


async def test_an_event_for_a_group_is_seen_by_those_in_it(
    operator: Caller, village: Caller, neighbour: Caller
) -> None:
    program = await made(operator, "/programs", {"programName": "limits"})
    await made(
        operator, "/resource_groups", group(await resource_of(village, "Brinkdorp"), targets=["MSR-1"])
    )
    limit = [{"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [100]}]}]
    await made(operator, "/events", {"programID": program["id"], "targets": ["MSR-1"], "intervals": limit})
    assert len((await village("GET", "/events"))[1]) == 1
    assert (await neighbour("GET", "/events"))[1] == []


async def test_only_business_logic_makes_groups_and_of_what_there_is(
    operator: Caller, village: Caller
) -> None:
    assert (await village("POST", "/resource_groups", group()))[0] == 403
    status, told = await operator("POST", "/resource_groups", group("nowhere"))
    assert (status, told["detail"]) == (400, "children: there is no ven_resource nowhere")
    kept = await made(operator, "/resource_groups", group(attributes=[], targets=["x"]))
    assert (await operator("POST", "/resource_groups", group()))[0] == 409
    assert (await village("DELETE", f"/resource_groups/{kept['id']}"))[0] == 404
