"""What the village asks, told with the figures that its plan carries."""

from typing import Any

import pytest

from custom_components.battery_commons.battery.follower import Decision, Mode, Reason
from custom_components.battery_commons.community.plan import VillageReason
from tests.home.explanation.telling import (
    FEED_IN,
    HIGH_LOAD,
    LIMIT_W,
    QUARTER,
    START,
    followed,
    plan_of,
    slots,
    told,
)


@pytest.mark.parametrize(
    ("reason", "power_w", "figures", "english", "dutch"),
    [
        (
            VillageReason.HOLD,
            0,
            HIGH_LOAD,
            "Holding 1.2 kWh: transformer Brink is expected at 96 % of its limit, from demand, until 19:30.",
            (
                "Houdt 1,2 kWh vast: transformator Brink zit naar verwachting tot 19:30 op 96 % van"
                " zijn grens, door vraag naar stroom."
            ),
        ),
        (
            VillageReason.HOLD,
            0,
            FEED_IN,
            "Holding 1.2 kWh: transformer Brink is expected at 91 % of its limit, from feed-in, until 19:30.",
            (
                "Houdt 1,2 kWh vast: transformator Brink zit naar verwachting tot 19:30 op 91 % van"
                " zijn grens, door teruglevering."
            ),
        ),
        (
            VillageReason.HOLD,
            0,
            {"transformer_limit_w": LIMIT_W, "transformer_load_w": 90_000},
            "Holding 1.2 kWh: it is of more use after 19:30.",
            "Houdt 1,2 kWh vast: die is na 19:30 meer waard.",
        ),
        (
            VillageReason.RELIEVE_IMPORT,
            -2100,
            {"transformer_limit_w": LIMIT_W, "transformer_load_w": LIMIT_W / 20},
            "Discharges with 2.1 kW: the houses behind transformer Brink use power until 19:30.",
            "Ontlaadt met 2,1 kW: de huizen achter transformator Brink gebruiken tot 19:30 stroom.",
        ),
        (
            VillageReason.RELIEVE_EXPORT,
            2100,
            {"transformer_limit_w": LIMIT_W, "transformer_load_w": -LIMIT_W / 20},
            "Charges with 2.1 kW: the houses behind transformer Brink have power left over until 19:30.",
            "Laadt met 2,1 kW: de huizen achter transformator Brink houden tot 19:30 stroom over.",
        ),
        (
            VillageReason.RELIEVE_IMPORT,
            -2100,
            HIGH_LOAD,
            (
                "Discharges with 2.1 kW: transformer Brink is expected at 96 % of its limit, from demand,"
                " until 19:30."
            ),
            (
                "Ontlaadt met 2,1 kW: transformator Brink zit naar verwachting tot 19:30 op 96 % van"
                " zijn grens, door vraag naar stroom."
            ),
        ),
        (
            VillageReason.RELIEVE_IMPORT,
            -2100,
            {"transformer_limit_w": LIMIT_W, "transformer_load_w": [225_000, 240_000]},
            (
                "Discharges with 2.1 kW: transformer Brink is expected at up to 96 % of its limit, from"
                " demand, until 19:30."
            ),
            (
                "Ontlaadt met 2,1 kW: transformator Brink zit naar verwachting tot 19:30 op hoogstens"
                " 96 % van zijn grens, door vraag naar stroom."
            ),
        ),
        (
            VillageReason.RELIEVE_IMPORT,
            -2100,
            {},
            "Discharges with 2.1 kW: transformer Brink is busy with demand until 19:30.",
            "Ontlaadt met 2,1 kW: transformator Brink heeft het tot 19:30 druk met de vraag naar stroom.",
        ),
        (
            VillageReason.RELIEVE_EXPORT,
            450,
            FEED_IN,
            (
                "Charges with 450 W: transformer Brink is expected at 91 % of its limit, from feed-in,"
                " until 19:30."
            ),
            (
                "Laadt met 450 W: transformator Brink zit naar verwachting tot 19:30 op 91 % van zijn grens,"
                " door teruglevering."
            ),
        ),
        (
            VillageReason.RELIEVE_EXPORT,
            3000,
            {},
            "Charges with 3.0 kW: transformer Brink is busy with solar power until 19:30.",
            "Laadt met 3,0 kW: transformator Brink heeft het tot 19:30 druk met zonnestroom.",
        ),
        (
            VillageReason.RELIEVE_FEEDER,
            -2000,
            {},
            "Discharges with 2.0 kW: the region's medium-voltage grid is busy until 19:30.",
            "Ontlaadt met 2,0 kW: het middenspanningsnet van de regio heeft het tot 19:30 druk.",
        ),
        (
            VillageReason.GRID_OPERATOR,
            -2000,
            {},
            "Discharges with 2.0 kW: the grid operator asks the village for it until 19:30.",
            "Ontlaadt met 2,0 kW: de netbeheerder vraagt het dorp tot 19:30 daarom.",
        ),
        (
            VillageReason.OTHER,
            -2000,
            {},
            "Discharges with 2.0 kW: the village asks for it until 19:30.",
            "Ontlaadt met 2,0 kW: het dorp vraagt daar tot 19:30 om.",
        ),
        (
            VillageReason.LOW_PRICE,
            3000,
            {"price_per_kwh": 0.08},
            "Charges with 3.0 kW: electricity costs 0.08 EUR per kWh until 19:30.",
            "Laadt met 3,0 kW: stroom kost tot 19:30 0,08 euro per kWh.",
        ),
        (
            VillageReason.LOW_PRICE,
            3000,
            {"price_per_kwh": [0.05, 0.08]},
            "Charges with 3.0 kW: electricity costs at most 0.08 EUR per kWh until 19:30.",
            "Laadt met 3,0 kW: stroom kost tot 19:30 hoogstens 0,08 euro per kWh.",
        ),
        (
            VillageReason.LOW_PRICE,
            3000,
            {"price_per_kwh": [-0.05, -0.02]},
            "Charges with 3.0 kW: using electricity pays at least 0.02 EUR per kWh until 19:30.",
            "Laadt met 3,0 kW: stroom gebruiken levert tot 19:30 minstens 0,02 euro per kWh op.",
        ),
        (
            VillageReason.LOW_PRICE,
            3000,
            {},
            "Charges with 3.0 kW: electricity is cheap until 19:30.",
            "Laadt met 3,0 kW: stroom is tot 19:30 goedkoop.",
        ),
        (
            VillageReason.HIGH_PRICE,
            -3000,
            {"price_per_kwh": [0.41, None]},
            "Discharges with 3.0 kW: electricity costs 0.41 EUR per kWh until 19:30.",
            "Ontlaadt met 3,0 kW: stroom kost tot 19:30 0,41 euro per kWh.",
        ),
        (
            VillageReason.HIGH_PRICE,
            -3000,
            {"price_per_kwh": [0.41, 0.38]},
            "Discharges with 3.0 kW: electricity costs at least 0.38 EUR per kWh until 19:30.",
            "Ontlaadt met 3,0 kW: stroom kost tot 19:30 minstens 0,38 euro per kWh.",
        ),
        (
            VillageReason.HIGH_PRICE,
            -3000,
            {},
            "Discharges with 3.0 kW: electricity is expensive until 19:30.",
            "Ontlaadt met 3,0 kW: stroom is tot 19:30 duur.",
        ),
    ],
)
def test_what_the_village_asks_is_told_with_the_figures_that_the_plan_carries(
    reason: VillageReason, power_w: float, figures: dict[str, Any], english: str, dutch: str
) -> None:
    assert followed(reason, power_w, **figures) == english
    assert followed(reason, power_w, **figures, language="nl") == dutch


def test_a_battery_that_the_plan_leaves_to_its_house_is_told_to_be() -> None:
    plan = plan_of(
        slots(VillageReason.OWN_HOUSE, None), slots(VillageReason.HOLD, 0, start=START + 2 * QUARTER)
    )
    decision = Decision(Mode.SELF_CONSUMPTION, Reason.OWN_HOUSE)

    assert told(decision, plan) == "Left to your own house: the village does not need it until 19:30."
    assert told(decision, plan, language="nl") == (
        "Is voor je eigen huis: het dorp heeft hem tot 19:30 niet nodig."
    )
