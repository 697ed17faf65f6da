"""The village's line to a grid operator, over real HTTP: registered, polled, never out of step for long."""

import asyncio
import ssl
from collections import Counter
from http import HTTPStatus
from pathlib import Path

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.operator_line import Reception
from battery_commons.openadr.trial import TrialStep, try_line
from battery_commons.openadr.trouble import LineTrouble
from battery_commons.store import Store
from demo.process import free_port
from tests.village.openadr.village_line import RARELY, line_to, running
from tests.village.openadr.vtn_peer import Quirks, self_signed, serving, vtn

PAGINGS = [
    Quirks(),
    Quirks(page=7),
    Quirks(knows_pages=False),
    Quirks(page=20, refuses=("limit",)),
    Quirks(knows_pages=False, refuses=("skip", "limit")),
    Quirks(beyond=HTTPStatus.NO_CONTENT),
    Quirks(beyond=HTTPStatus.NOT_FOUND),
]


async def test_a_village_registers_itself_and_its_parts_once(store: Store) -> None:
    store.put_feeder("Kabel", 4e6, ["t1"])
    async with vtn() as fake:
        fake.add_event()
        for _ in range(2):
            async with running(store, None if store.operator_lines() else line_to(fake)) as village:
                await village.until_heard()
        [ven] = fake.vens.values()
        assert ven["venName"] == "Ansen"
        assert {each["resourceName"] for each in fake.resources.values()} == {"t1", FEEDER_ID}
        assert {each["venID"] for each in fake.resources.values()} == {ven["id"]}
        assert store.operator_lines()[0].ven_id == ven["id"]


async def test_a_ven_that_only_the_operator_may_make_is_found(store: Store) -> None:
    async with vtn(Quirks(may_make_ven=False)) as fake:
        fake.vens["v"] = {"id": "v", "venName": "8712423014022"}
        async with running(store, line_to(fake)) as village:
            await village.until(lambda: store.operator_lines()[0].ven_id == "v")


@pytest.mark.parametrize("quirks", PAGINGS)
async def test_every_event_is_listed_whatever_pages_a_vtn_gives(store: Store, quirks: Quirks) -> None:
    async with vtn(quirks) as fake:
        asked = {fake.add_event(number)["id"]: float(number) for number in range(120)}
        async with running(store, line_to(fake)) as village:
            await village.until_asked(asked)


async def test_an_empty_list_takes_back_what_was_asked_also_where_a_vtn_answers_204(store: Store) -> None:
    async with vtn(Quirks(beyond=HTTPStatus.NO_CONTENT)) as fake:
        event = fake.add_event(100)["id"]
        async with running(store, line_to(fake)) as village:
            await village.until_asked({event: 100})
            del fake.events[event]
            await village.until_asked({})
            assert village.status.trouble is None


async def test_a_vtn_that_is_not_there_takes_nothing_back(store: Store) -> None:
    async with vtn() as fake:
        event = fake.add_event(100)["id"]
        async with running(store, line_to(fake)) as village:
            await village.until_asked({event: 100})
            fake.down = lambda: web.Response(status=HTTPStatus.NOT_FOUND)
            await village.until(lambda: village.status.trouble is not None)
            assert village.limits() == {event: 100}


async def test_what_is_shown_many_times_hides_nothing_behind_it(store: Store) -> None:
    async with vtn() as fake:
        first = fake.add_event(100)
        fake.events |= {f"again {number}": first for number in range(170)}
        last = fake.add_event(50)["id"]
        async with running(store, line_to(fake)) as village:
            await village.until_asked({first["id"]: 100, last: 50})


async def test_made_changed_and_withdrawn_is_seen_by_polling(store: Store) -> None:
    async with vtn() as fake:
        first = fake.add_event(100)["id"]
        async with running(store, line_to(fake)) as village:
            await village.until_asked({first: 100})
            second = fake.add_event(50)["id"]
            fake.change(first, 80)
            await village.until_asked({first: 80, second: 50})
            del fake.events[first]
            await village.until_asked({second: 50})
            assert village.status.reception is Reception.POLLING
            await village.until(lambda: len(village.changes) >= 3)


async def test_only_events_of_the_programs_that_were_chosen_are_obeyed(store: Store) -> None:
    async with vtn() as fake:
        other = fake.add_program("Prices")
        chosen = fake.add_event(100)["id"]
        fake.add_event(1, other)
        async with running(store, line_to(fake, programs=("Limits",))) as village:
            await village.until_asked({chosen: 100})
            assert village.status.programs == ["Limits"]


async def test_a_vtn_that_takes_no_ven_is_heard_all_the_same_and_it_is_said(store: Store) -> None:
    async with vtn(Quirks(may_make_ven=False)) as fake, running(store, line_to(fake)) as village:
        event = fake.add_event(100)["id"]
        await village.until_asked({event: 100})
        assert village.status.trouble is None
        assert village.status.not_taken is not None
        assert village.status.not_taken.trouble is LineTrouble.FORBIDDEN


async def test_a_program_that_is_not_shown_is_said(store: Store) -> None:
    async with vtn() as fake, running(store, line_to(fake, programs=("Elsewhere",))) as village:
        await village.until(lambda: village.status.trouble is not None)
        assert village.status.trouble is not None
        assert (village.status.trouble.trouble, village.status.trouble.detail) == (
            LineTrouble.NO_PROGRAM,
            "Limits",
        )


async def test_each_version_is_told_once_with_its_id_and_a_refused_one_with_the_reason(store: Store) -> None:
    async with vtn() as fake:
        good = fake.add_event(100)["id"]
        bad = fake.add_event(1, intervals="soon")["id"]
        with capture_logs() as logs:
            for _ in range(2):
                async with running(store, None if store.operator_lines() else line_to(fake)) as village:
                    await village.until_heard()
                    await asyncio.sleep(0.2)
    told = [(each["event_id"], each["verdict"]) for each in logs if each["event"] == "operator_event"]
    assert sorted(told) == sorted([(good, "accepted"), (bad, "refused")])
    kept = {each.event_id: each for each in store.newest_operator_events(store.operator_lines()[0].id, 10)}
    assert kept[bad].refusal
    assert kept[good].refusal is None
    assert '"soon"' in kept[bad].raw


async def test_an_update_that_makes_no_sense_leaves_what_was_asked(store: Store) -> None:
    async with vtn() as fake:
        event = fake.add_event(100)["id"]
        async with running(store, line_to(fake)) as village:
            await village.until_asked({event: 100})
            fake.events[event] = fake.change(event, 0) | {"intervals": "soon"}
            await village.until(lambda: village.status.counts.get("refused") == 1)
            assert village.limits() == {event: 100}
            del fake.events[event]
            await village.until_asked({})


async def test_a_restart_goes_on_without_loss_and_without_repeating_itself(store: Store) -> None:
    async with vtn() as fake:
        stays, goes = fake.add_event(100)["id"], fake.add_event(90)["id"]
        async with running(store, line_to(fake)) as village:
            await village.until_asked({stays: 100, goes: 90})
        del fake.events[goes]
        comes = fake.add_event(80)["id"]
        with capture_logs() as logs:
            async with running(store) as village:
                assert village.limits() == {stays: 100, goes: 90}
                await village.until_asked({stays: 100, comes: 80})
                await village.until_heard()
    told = Counter(each["event"] for each in logs if each["event"].startswith("operator_event"))
    assert told == {"operator_event": 1, "operator_event_withdrawn": 1}


async def test_a_vtn_that_is_down_is_left_alone_and_taken_up_again(store: Store) -> None:
    port = free_port()
    async with vtn(port=port) as fake:
        event = fake.add_event(100)["id"]
        async with running(store, line_to(fake)) as village:
            await village.until_asked({event: 100})
    async with running(store) as village:
        await village.until(lambda: village.status.trouble is not None)
        assert village.status.trouble is not None
        assert village.status.trouble.trouble is LineTrouble.UNREACHABLE
        assert village.limits() == {event: 100}  # Silence ends nothing.
        fake.change(event, 70)
        async with serving(fake, port):
            await village.until_asked({event: 70})
            await village.until(lambda: village.status.trouble is None)


async def test_a_failing_listing_withdraws_nothing(store: Store) -> None:
    async with vtn() as fake:
        asked = {fake.add_event(number)["id"]: float(number) for number in range(60)}
        async with running(store, line_to(fake)) as village:
            await village.until_asked(asked)
            fake.down = lambda: web.json_response({"no": "list"})
            await village.until(lambda: village.status.trouble is not None)
            assert village.limits() == asked


async def test_who_asks_to_be_left_alone_is(store: Store) -> None:
    async with vtn() as fake:
        fake.down = lambda: web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "30"})
        async with running(store, line_to(fake)) as village:
            await village.until(lambda: village.status.trouble is not None)
            assert village.status.trouble is not None
            assert (village.status.trouble.trouble, village.status.trouble.wait_s) == (LineTrouble.BUSY, 30)
            asked = fake.asked.total()
            await asyncio.sleep(0.5)
            assert fake.asked.total() == asked


async def test_a_removed_line_asks_nothing_more_and_what_it_asked_is_kept(store: Store) -> None:
    async with vtn() as fake:
        event = fake.add_event(100)["id"]
        async with running(store, line_to(fake)) as village:
            await village.until_asked({event: 100})
            store.remove_operator_line(village.line_id, village.store.operator_events()[0].received_at)
            changes = len(village.changes)
            village.lines.changed()
            await village.until(lambda: len(village.changes) > changes)
            assert village.limits() == {}
            assert [each.event_id for each in store.newest_operator_events(village.line_id, 5)] == [event]
            asked = fake.asked["GET /events"]
            await asyncio.sleep(0.3)
            assert fake.asked["GET /events"] == asked


async def test_a_thousand_events_at_once_are_all_kept(store: Store) -> None:
    async with vtn() as fake:
        asked = {fake.add_event(number)["id"]: float(number) for number in range(1000)}
        async with running(store, line_to(fake)) as village:
            await village.until_asked(asked)


async def test_nothing_is_sent_to_who_cannot_show_that_it_is_the_operator(
    store: Store, tmp_path: Path
) -> None:
    file = self_signed(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    async with vtn(tls=context) as fake:
        event = fake.add_event(100)["id"]
        async with running(store, line_to(fake)) as village:
            await village.until(lambda: village.status.trouble is not None)
            assert village.status.trouble is not None
            assert village.status.trouble.trouble is LineTrouble.CERTIFICATE
            assert not fake.asked
            store.change_operator_line(village.line_id, line_to(fake, certificates=file.read_text()))
            village.lines.changed()
            await village.until_asked({event: 100})


async def test_trying_a_line_tells_of_each_step_and_changes_nothing() -> None:
    async with vtn() as fake:
        fake.add_event()
        steps = [each async for each in try_line(line_to(fake))]
        assert [each.step for each in steps] == list(TrialStep)
        assert [list(each.found) for each in steps] == [[], ["Limits"], [], ["1"], ["polling"]]
        assert not fake.vens
        wrong = [each async for each in try_line(line_to(fake, secret="guessed"))]
        [failed] = wrong
        assert failed.step is TrialStep.TOKEN
        assert failed.trouble is not None
        assert failed.trouble.trouble is LineTrouble.CREDENTIALS


async def test_a_changed_line_is_taken_up_at_once(store: Store) -> None:
    async with vtn() as former, vtn() as new:
        new_event = new.add_event(40)["id"]
        async with running(store, line_to(former), RARELY) as village:
            await village.until_heard()
            store.change_operator_line(village.line_id, line_to(new))
            village.lines.changed()
            await village.until_asked({new_event: 40})
