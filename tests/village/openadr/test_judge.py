"""What the village sends to an operator's VTN, judged by an independent implementation."""

import json

from openadr3_client.oadr310.models.event.event import ExistingEvent
from openadr3_client.oadr310.models.notifiers.mqtt.mqtt import MqttTopicInformation
from openadr3_client.oadr310.models.notifiers.response import NotifierDetails
from openadr3_client.oadr310.models.program.program import ExistingProgram
from openadr3_client.oadr310.models.resource.resource import NewResourceVenRequest
from openadr3_client.oadr310.models.subscriptions.subscription import NewSubscription
from openadr3_client.oadr310.models.ven.ven import NewVenVenRequest

from battery_commons.store import Store
from tests.village.openadr.village_line import line_to, running
from tests.village.openadr.vtn_peer import Quirks, vtn


async def test_what_the_village_registers_is_what_another_implementation_would(store: Store) -> None:
    quirks = Quirks(operations=("POST", "PUT", "DELETE"))
    async with vtn(quirks) as fake, running(store, line_to(fake), is_callable=True) as village:
        await village.until_heard()
        [ven], [resource], [subscription] = (
            [_sent(each) for each in kept.values()]
            for kept in (fake.vens, fake.resources, fake.subscriptions)
        )
    assert NewVenVenRequest.model_validate_json(ven).ven_name == "Ansen"
    assert NewResourceVenRequest.model_validate_json(resource).resource_name == "t1"
    [operation] = NewSubscription.model_validate_json(subscription).object_operations
    assert operation.bearer_token == village.store.operator_lines()[0].webhook_token


def _sent(made: dict[str, object]) -> str:
    """Return what was sent of what was made."""
    by_vtn = {"id", "createdDateTime", "modificationDateTime"}
    return json.dumps({key: value for key, value in made.items() if key not in by_vtn})


async def test_the_operator_of_these_tests_is_one_that_another_implementation_understands(
    store: Store,
) -> None:
    async with vtn() as fake, running(store, line_to(fake)) as village:
        await village.until_heard()
        fake.broker, fake.broker_user = 1883, "{clientID}"
        client = village.lines.clients()[village.line_id][1]
        assert ExistingEvent.model_validate(fake.add_event(100)).intervals
        [program] = await client.listed("programs")
        assert ExistingProgram.model_validate(program).program_name == "Limits"
        assert NotifierDetails.model_validate(await client.get("notifiers")).webhook
        topics = MqttTopicInformation.model_validate(await client.get("notifiers/mqtt/topics/events"))
        assert topics.topics.create == "vtn/events/CREATE"
