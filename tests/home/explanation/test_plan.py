"""What a plan has in store, slot by slot and what comes next."""

from custom_components.battery_commons.community.plan import VillageReason
from custom_components.battery_commons.explanation import explain_next, explain_slot
from tests.home.explanation.telling import AMSTERDAM, HIGH_LOAD, NOW, QUARTER, START, plan_of, slots


def test_a_quarter_of_the_plan_explains_itself() -> None:
    (relieving,) = slots(VillageReason.RELIEVE_IMPORT, -2100, 1, **HIGH_LOAD)
    (own_house,) = slots(VillageReason.OWN_HOUSE, None, 1)
    (holding,) = slots(VillageReason.HOLD, 0, 1)

    assert explain_slot(relieving, "nl", AMSTERDAM, transformer="Brink") == (
        "Ontlaadt met 2,1 kW: transformator Brink zit naar verwachting tot 19:15 op 96 % van zijn grens,"
        " door vraag naar stroom."
    )
    assert explain_slot(own_house, "en", AMSTERDAM) == (
        "Left to your own house: the village does not need it until 19:15."
    )
    assert explain_slot(holding, "en", AMSTERDAM) == "Holding its energy: it is of more use later."


def test_the_next_thing_is_the_first_that_is_another() -> None:
    plan = plan_of(
        slots(VillageReason.HOLD, 0, 2),
        slots(VillageReason.HOLD, 0, 2, start=START + 2 * QUARTER),
        slots(VillageReason.HIGH_PRICE, -2100, 2, start=START + 4 * QUARTER, price_per_kwh=0.4),
    )

    assert explain_next(plan, NOW, "en", AMSTERDAM) == (
        "Discharges from 20:00 with 2.1 kW: electricity costs 0.40 EUR per kWh until 20:30."
    )
    assert explain_next(plan, NOW, "nl", AMSTERDAM) == (
        "Ontlaadt vanaf 20:00 met 2,1 kW: stroom kost tot 20:30 0,40 euro per kWh."
    )


def test_a_plan_that_asks_one_thing_has_no_next() -> None:
    assert explain_next(plan_of(slots(VillageReason.HOLD, 0)), NOW, "en", AMSTERDAM) is None
