"""The standing question to those below, whatever business logic does meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from battery_commons.domain.vtn import Kind, Role, VtnClient
from battery_commons.openadr.vtn.question import PROGRAM
from battery_commons.openadr.vtn.routes import Vtn
from battery_commons.store import Store
from battery_commons.store.vtn import OWN_CLIENT_ID

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_who_asks_at_the_same_moment_asks_one_question(store: Store) -> None:
    vtn = Vtn(store, lambda: NOW)
    store.add_vtn_client("Brinkdorp", Role.VEN, NOW)

    with ThreadPoolExecutor(8) as pool:
        for asked in [pool.submit(vtn.question.ask) for _ in range(8)]:
            asked.result()

    assert len(store.vtn_objects(Kind.EVENT)) == 1


def test_it_is_asked_also_where_business_logic_has_a_program_of_its_name(store: Store) -> None:
    vtn = Vtn(store, lambda: NOW)
    client_id, _ = store.add_vtn_client("operator", Role.BL, NOW)
    operator = VtnClient(client_id, "operator", Role.BL, NOW, None)
    vtn.objects.make(operator, Kind.PROGRAM, {"programName": PROGRAM})
    store.add_vtn_client("Brinkdorp", Role.VEN, NOW)

    vtn.question.ask()

    [question] = store.vtn_objects(Kind.EVENT)
    assert question.client_id == OWN_CLIENT_ID
