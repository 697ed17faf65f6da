"""Whatever is sent, the members' API answers in its own form and never breaks."""

import asyncio
import io
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from battery_commons.store import Store
from battery_commons.web.members.app import members_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import Client, Member, joining, reading

_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_STAMPS = st.datetimes().map(lambda at: f"{at.isoformat()}Z") | st.sampled_from(
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-24T09:30:00", "now", 0, -1e30, 1e30]
)
_FIGURES = st.floats() | st.integers() | st.sampled_from([1e308, -1e6, 0, 2**63, 10**30, "5", None, True])


def _spoilt(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Changes to a good message: one field that is strange, so that the rest gets it far, or many."""
    strange = {name: some | _ANYTHING for name, some in fields.items()}
    one = [st.fixed_dictionaries({name: values}) for name, values in strange.items()]
    return st.one_of(one) | st.fixed_dictionaries({}, optional=strange)


_READING = _spoilt(
    {
        "battery_id": st.just("b1"),
        "at": _STAMPS,
        "state_of_charge": st.floats(0, 1) | _FIGURES,
        "power_w": _FIGURES,
        "setpoint_w": _FIGURES,
        "mode": st.just("village"),
        "reason": st.just("hold"),
        "plan_sequence": _FIGURES,
    }
).map(lambda changes: reading() | changes)
_BATTERY = _spoilt({"battery_id": st.text(max_size=4), "capacity_wh": _FIGURES, "reserve": _FIGURES}).map(
    lambda changes: (
        {"battery_id": "b1", "name": "x", "capacity_wh": 1, "max_charge_w": 1}
        | {"max_discharge_w": 1, "reserve": 0.1}
        | changes
    )
)
_URLS = st.lists(st.text(max_size=30) | st.sampled_from(["http://[::1]", "http://x" * 99]), max_size=2)
_BODIES = {
    ("POST", "invitations/read"): _spoilt({"code": st.text(max_size=70), "nonce": st.text(max_size=70)}),
    ("POST", "village/read"): _spoilt({"nonce": st.text(max_size=70)}),
    ("POST", "codes/any/answer"): _spoilt({"joins": st.booleans()}),
    ("POST", "votes"): _spoilt(
        {
            "subject": st.sampled_from(["minimum_reserve", "control_model", "fund_use"]),
            "values": st.lists(_FIGURES | st.text(max_size=90), max_size=6),
            "title": st.text(max_size=90),
            "opens_at": _STAMPS,
            "closes_at": _STAMPS,
            "takes_effect_at": _STAMPS,
        }
    ).map(
        lambda changes: (
            {"subject": "sharing", "title": "x", "values": ["equal", "fund"]}
            | {"closes_at": "2026-12-24T09:30:00Z", "takes_effect_at": "2026-12-24T09:30:00Z"}
            | changes
        )
    ),
    ("POST", "votes/any/sign"): _spoilt({"paper": _FIGURES, "blinded": st.text(max_size=350)}),
    ("POST", "votes/any/ballots"): _spoilt({"choice": st.text(max_size=20), "number": st.text(max_size=50)}),
    ("POST", "join"): _spoilt({"code": st.just("open-code"), "name": st.text(), "webhook_urls": _URLS}).map(
        lambda changes: joining("spent-code") | changes
    ),
    ("PUT", "home"): st.fixed_dictionaries(
        {
            "version": st.just(1) | _ANYTHING,
            "webhook_urls": st.just(["http://127.0.0.1/x"]) | _URLS,
            "batteries": st.lists(_BATTERY, max_size=3),
        }
    ),
    ("PUT", "home/tariff"): _spoilt(
        {
            "first_day": st.dates().map(str) | _STAMPS,
            "kind": st.sampled_from(["dynamic", "fixed", "two_tariff"]),
            "energy": _FIGURES,
            "energy_low": _FIGURES,
            "vat": _FIGURES,
            "feed_in_costs": _FIGURES,
        }
    ).map(lambda changes: {"first_day": "2026-11-24", "kind": "fixed", "energy": 0.1} | changes),
    ("POST", "telemetry"): st.fixed_dictionaries(
        {"version": st.just(1), "sent_at": _STAMPS, "batteries": st.lists(_READING, max_size=4)}
    ),
    ("POST", "meters/t1/readings"): st.fixed_dictionaries(
        {
            "version": st.just(1),
            "readings": st.lists(
                st.fixed_dictionaries({"at": _STAMPS, "power_w": st.just(1.0) | _FIGURES}), max_size=4
            ),
        }
    ),
}


@pytest.mark.parametrize("call", _BODIES, ids=" ".join)
async def test_no_body_breaks_a_call(
    members: Client, member: Member, store: Store, call: tuple[str, str]
) -> None:
    meter_token = store.new_meter_token("t1")
    method, path = call
    token = meter_token if path.startswith("meters") else member.token
    loop = asyncio.get_running_loop()

    async def send(body: bytes) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        async with members.request(method, f"/api/v1/{path}", data=body, headers=headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else {}

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(body=(_BODIES[call] | _ANYTHING).map(lambda body: json.dumps(body).encode()) | st.binary())
    def check(body: bytes) -> None:
        status, answer = asyncio.run_coroutine_threadsafe(send(body), loop).result(timeout=10)
        assert status < 500
        if status >= 400:
            assert set(answer) == {"version", "error", "message"}

    await asyncio.to_thread(check)


@pytest.mark.parametrize(
    ("path", "limit"), [("/api/v1/join", 256 * 1024), ("/api/v1/meters/t1/readings", 1024 * 1024)]
)
async def test_a_body_that_is_too_large_is_refused(
    members: Client, store: Store, path: str, limit: int
) -> None:
    headers = {"Authorization": f"Bearer {store.new_meter_token('t1')}"}
    answer = await members.post(path, data=io.BytesIO(b" " * (limit + 1)), headers=headers)
    assert (answer.status, (await answer.json())["error"]) == (413, "too_large")
    answer = await members.post(path, data=io.BytesIO(b" " * limit), headers=headers)
    assert (answer.status, (await answer.json())["error"]) == (400, "malformed")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("plan_sequence", 2**63),
        ("plan_sequence", 10**30),
        ("power_w", 1e308),
        ("state_of_charge", -2.47),
        ("state_of_charge", float("nan")),
        ("setpoint_w", float("-inf")),
        ("at", "2026-11-24T09:30:00"),
    ],
)
async def test_a_figure_that_cannot_be_refuses_the_message(
    member: Member, store: Store, field: str, value: object
) -> None:
    body = {"version": 1, "sent_at": reading()["at"], "batteries": [reading(), reading(-1) | {field: value}]}
    answer = await member.call("POST", "/api/v1/telemetry", body)
    assert (answer.status, (await answer.json())["error"]) == (400, "malformed")
    assert store.latest_battery_readings() == {}


async def test_an_error_does_not_repeat_what_was_sent(members: Client) -> None:
    answer = await members.post("/api/v1/join", json=joining("x") | {"name": ["a private name"]})
    assert answer.status == 400
    text = await answer.text()
    assert "name" in text
    assert "a private name" not in text


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/api/v1/join", 405, "method_not_allowed"),
        ("GET", "/api/v2/join", 404, "not_found"),
        ("POST", "/api/v1/what/is/to/come", 404, "not_found"),
    ],
)
async def test_a_call_that_does_not_exist_is_answered_as_json(
    members: Client, method: str, path: str, status: int, error: str
) -> None:
    answer = await members.request(method, path)
    assert (answer.status, (await answer.json())["error"]) == (status, error)


async def test_health_tells_that_the_database_answers(members: Client) -> None:
    answer = await members.get("/health")
    assert (answer.status, await answer.json()) == (200, {"version": 1, "status": "ok"})


async def test_a_locked_database_is_a_503_that_a_home_may_retry(
    village: VillageServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("battery_commons.store.sqlite.BUSY_TIMEOUT", 0.1)
    hasty = Store.open(tmp_path / "village.db")
    hasty.add_invitation("t1", "welcome-1", village.clock.now().replace(year=2027))
    app = members_app(replace(village, store=hasty))
    async with TestClient(TestServer(app)) as client:
        with closing(sqlite3.connect(tmp_path / "village.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            answer = await client.post("/api/v1/join", json=joining("welcome-1"))
            assert (answer.status, (await answer.json())["error"]) == (503, "unavailable")
        assert (await client.post("/api/v1/join", json=joining("welcome-1"))).status == 201
    hasty.close()


async def test_a_mistake_of_the_village_shows_nothing_of_its_inside(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        msg = "secret inside"
        raise RuntimeError(msg)

    monkeypatch.setattr(Store, "latest_meter_reading", fails)
    body = {"version": 1, "sent_at": "2026-11-24T09:30:00Z", "batteries": []}
    answer = await member.call("POST", "/api/v1/telemetry", body)
    assert (answer.status, (await answer.json())["error"]) == (500, "internal")
    assert "secret inside" not in await answer.text()
