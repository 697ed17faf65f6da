"""What the village chose is kept, and who chose it."""

from dataclasses import asdict, replace
from datetime import time, timedelta

import pytest
from sqlalchemy import insert

from battery_commons.domain.bylaws import Bounds, Bylaws, CodeRules, SharingRule
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.settings import Place, TariffChoice, VillageSettings
from battery_commons.store import Store, StoreError, schema
from battery_commons.store.audit import Act, Author

from .conftest import NOON

ANNA = Author("Anna", NOON)


def test_a_new_village_has_the_defaults(store: Store) -> None:
    assert store.settings() == VillageSettings()


def test_what_was_chosen_is_kept_and_the_rest_is_as_it_was(store: Store) -> None:
    store.change_settings(lambda former: replace(former, control_model=ControlModel.M2))
    store.change_settings(lambda former: replace(former, place=Place(52.74, 6.31)))

    assert store.settings() == VillageSettings(ControlModel.M2, TariffChoice.BY_DATE, Place(52.74, 6.31))


def test_only_what_became_other_is_in_the_audit_log(store: Store) -> None:
    store.change_settings(lambda _: VillageSettings(control_model=ControlModel.M2), ANNA)

    assert [(entry.act, entry.about, entry.detail) for entry in store.audit()] == [
        (Act.SETTING_CHANGED, "control_model", "M2")
    ]


def test_what_counted_at_a_moment_is_told_by_the_log(store: Store) -> None:
    rules = CodeRules(3, time(21, 30), time(7), 6, by_itself=True)
    chosen = VillageSettings(
        control_model=ControlModel.M2,
        tariff=TariffChoice.NET_METERING,
        place=Place(52.74, 6.31),
        congestion_weight=2.0,
        minimum_reserve=0.1,
        sharing=SharingRule.FUND,
        fund_share=0.25,
        codes=rules,
        bylaws=Bylaws(quorum=0.5, fund_share=Bounds(0.1, 0.3), fund_need_eur=1_000.0),
    )
    assert {
        name for name, value in asdict(chosen).items() if value == asdict(VillageSettings())[name]
    } == set()
    store.change_settings(lambda _: chosen, ANNA)
    store.change_settings(lambda _: VillageSettings(), Author("Anna", NOON + timedelta(hours=2)))

    at = [store.settings_at(NOON + timedelta(hours=hours)) for hours in (-1, 0, 1, 2)]

    assert at == [VillageSettings(), chosen, chosen, VillageSettings()]


def test_a_setting_that_cannot_be_read_is_said(store: Store) -> None:
    with store._write() as connection:
        connection.execute(insert(schema.setting).values(name="control_model", value_json='"M99"'))

    with pytest.raises(StoreError, match="setting"):
        store.settings()


def test_a_setting_of_another_version_is_left_alone(store: Store) -> None:
    with store._write() as connection:
        connection.execute(insert(schema.setting).values(name="colour", value_json='"green"'))

    assert store.settings() == VillageSettings()


@pytest.mark.parametrize("place", [(91, 0), (0, 181), (float("nan"), 0)])
def test_a_place_is_on_earth(place: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="degrees"):
        Place(*place)
