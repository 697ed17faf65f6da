"""The members' API describes itself, and answers as it says."""

import asyncio
import json
from typing import Any
from unittest.mock import Mock

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from battery_commons.store import Store
from battery_commons.web.members.app import members_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import Client, Member, joined, reading
from tests.village.web.members.described import Described

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
CALLS = sorted(
    (route.resource.canonical, route.method)
    for route in members_app(Mock(spec=VillageServer)).router.routes()
    # The members' pages are for people.
    if route.resource is not None and not route.resource.canonical.startswith("/page/")
)


@pytest.fixture
async def document(members: Client) -> dict[str, Any]:
    answer = await members.get("/api/v1/openapi.json")
    assert answer.status == 200
    found: dict[str, Any] = await answer.json()
    return found


def test_every_route_is_described_and_nothing_else(document: dict[str, Any]) -> None:
    described = [
        (path, method.upper()) for path, operations in document["paths"].items() for method in operations
    ]

    assert sorted(described) == CALLS


def test_every_call_says_what_it_is_for_and_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    operations = [each for path in document["paths"].values() for each in path.values()]

    assert all(operation["summary"].endswith(".") for operation in operations)
    assert len({operation["operationId"] for operation in operations}) == len(operations)


def test_calls_that_need_a_token_say_so(document: dict[str, Any]) -> None:
    open_to_anyone = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if "security" not in operation
    }

    assert open_to_anyone == {
        *("health", "openapi", "read_invitation", "read_village", "join"),
        "cast_ballot",  # Secret: nobody is to know whose it is.
    }


async def test_what_everybody_may_read_holds_nothing_of_this_village(
    members: Client, store: Store, member: Member
) -> None:
    text = await (await members.get("/api/v1/openapi.json")).text()

    assert not [word for word in ("Ansen", "Dorpsstraat", member.home_id, store.village().id) if word in text]


async def test_an_answer_of_another_shape_is_noticed(document: dict[str, Any]) -> None:
    described = Described(document)
    good = {"version": 1, "accepted": 1}
    described.check("POST", "/api/v1/meters/t1/readings", 200, json.dumps(good).encode())

    with pytest.raises(ValueError, match="accepted"):
        described.check("POST", "/api/v1/meters/t1/readings", 200, b'{"version": 1}')
    with pytest.raises(AssertionError):
        described.check("POST", "/api/v1/meters/t1/readings", 418, b"{}")


@pytest.mark.parametrize(("path", "method"), CALLS, ids=[f"{method} {path}" for path, method in CALLS])
async def test_whatever_a_call_is_made_with_the_answer_is_one_that_the_document_names(
    members: Client, store: Store, document: dict[str, Any], *, path: str, method: str
) -> None:
    home, meter = await joined(members, store, "welcome-1"), store.new_meter_token("t1")
    await home.send(reading())
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=str(members.make_url("")))
    right = schema[path][method].as_strategy()
    wrong = schema[path][method].as_strategy(generation_mode=GenerationMode.NEGATIVE)
    headers = {"Authorization": f"Bearer {meter if path.startswith('/api/v1/meters') else home.token}"}

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=right | wrong, is_known=st.booleans())
    def check(case: schemathesis.Case[Any], is_known: bool) -> None:  # noqa: FBT001 - hypothesis fills them in by name
        if is_known and "transformer_id" in case.path_parameters:
            case.path_parameters["transformer_id"] = "t1"
        case.call_and_validate(headers=headers, checks=CHECKS, timeout=10)

    await asyncio.to_thread(check)
