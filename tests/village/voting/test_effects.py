"""What each option of a vote would be steered by, and what would have come of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.settings import VillageSettings
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.chosen import Chosen
from battery_commons.voting.keeping.effects import RECKONED, EffectsTask, reckon, steering
from battery_commons.voting.motion import Motion, Subject
from battery_commons.voting.vote import EffectSource

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SHARING = Motion(
    Subject.SHARING, "Fair shares", "", ["equal", "contribution"], NOON, NOON + 7 * DAY, NOON + 8 * DAY
)
MODEL = replace(SHARING, subject=Subject.CONTROL_MODEL, values=["M4", "M2"])


def test_each_option_is_what_the_village_would_be_steered_by() -> None:
    settings = VillageSettings(ControlModel.LAYERED, congestion_weight=2.0, minimum_reserve=0.1)
    weight = replace(SHARING, subject=Subject.CONGESTION_WEIGHT, values=[1.0, 3.0])
    reserve = replace(SHARING, subject=Subject.MINIMUM_RESERVE, values=[0.0, 0.4])
    models = replace(MODEL, values=["M4", "M4+M5"])

    assert steering(SHARING, settings) == {}
    assert steering(models, settings) == {"a": (ControlModel.M4, Chosen(2.0, 0.1))}
    assert steering(weight, settings) == {
        "a": (ControlModel.M4, Chosen(1.0, 0.1)),
        "b": (ControlModel.M4, Chosen(3.0, 0.1)),
    }
    assert steering(reserve, settings)["b"] == (ControlModel.M4, Chosen(2.0, 0.4))


def test_effects_are_of_the_record_and_a_homes_bill_is_its_own() -> None:
    record = record_builtin().part(165 * 96, 2 * 96)
    options = {
        "a": (ControlModel.M4, Chosen()),
        "b": (ControlModel.M4, Chosen(minimum_reserve=0.5)),
        "c": (ControlModel.M1, Chosen()),
    }
    tariff = VillageSettings().tariff.at(NOON)
    shares: list[float] = []

    some = record.sites[record.site_of[0]].id
    task = EffectsTask(record, EffectSource.OWN, tariff, options, frozenset({some}))
    effects, homes = RECKONED.validate_json(reckon(task, shares.append))

    assert set(effects.options) == {"a", "b", "c"}
    assert effects.days == 2
    assert set(homes) == {record.sites[site].id for site in record.site_of}
    assert {id_ for id_, home in homes.items() if home.is_estimated} == {some}
    assert all(set(home.bill_eur_per_month) == {"a", "b", "c"} for home in homes.values())
    m4, reserved, m1 = (effects.options[each].cost_eur_per_month for each in "abc")
    assert m4 is not None
    assert reserved is not None
    assert m4 < reserved
    assert m4 != m1
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
