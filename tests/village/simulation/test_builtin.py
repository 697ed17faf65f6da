"""The built-in village as a record, and what it would be with other batteries and limits."""

from dataclasses import replace

import numpy as np
import pytest

from battery_commons.domain.tariff import Price
from battery_commons.sense.prices.synthetic import synthetic_prices
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.simulation.village import Village, load_village
from battery_commons.simulation.what_if import with_batteries, with_limit


@pytest.fixture(scope="module")
def village() -> Village:
    return load_village()


@pytest.fixture(scope="module")
def record() -> RecordedVillage:
    return record_builtin()


def per_site(record: RecordedVillage) -> list[int]:
    held: list[int] = np.bincount(record.site_of, minlength=len(record.sites)).tolist()
    return held


def test_it_holds_every_connection_of_the_village(record: RecordedVillage, village: Village) -> None:
    assert [(s.id, s.name, s.transformer_id) for s in record.sites] == [
        (c.id, c.name, c.transformer_id) for c in village.connections
    ]
    assert record.site_net_w.shape == (147, record.grid.slots)
    for index in (0, 98, 146):
        assert (record.site_net_w[index] == village.net_w(record.sites[index].id)).all()


def test_the_transformers_carry_their_sites(record: RecordedVillage) -> None:
    for k, transformer in enumerate(record.transformers):
        behind = [s.transformer_id == transformer.id for s in record.sites]
        assert record.base_load_w[k] == pytest.approx(record.site_net_w[behind].sum(axis=0))


def test_every_battery_stands_in_its_own_site(record: RecordedVillage, village: Village) -> None:
    assert [record.sites[s].id for s in record.site_of] == [c.id for c in village.battery_connections]
    assert [b.transformer_id for b in record.batteries] == [
        record.sites[s].transformer_id for s in record.site_of
    ]
    assert (record.house_w[3] == village.net_w(village.battery_connections[3].id)).all()


def test_the_feeder_and_the_weather_are_there(record: RecordedVillage, village: Village) -> None:
    assert record.feeder
    assert record.feeder.limit_w == float("inf")
    assert record.feeder_background_w is not None
    assert (record.feeder_background_w + record.base_load_w.sum(axis=0)) == pytest.approx(
        village.feeder_load_w()
    )
    assert record.weather
    assert (record.weather["radiation"] == village.radiation).all()


def test_prices_are_synthetic_unless_they_are_given(record: RecordedVillage) -> None:
    assert record.day_ahead.tolist() == [price.eur_per_kwh for price in synthetic_prices(2016)]
    flat = record_builtin([replace(price, eur_per_kwh=0.1) for price in synthetic_prices(2025)])
    assert (flat.day_ahead == 0.1).all()


def test_half_a_year_of_prices_is_refused() -> None:
    half: list[Price] = synthetic_prices(2025)[:17_000]
    with pytest.raises(ValueError, match="177 days"):
        record_builtin(half)


@pytest.mark.parametrize("count", [1, 7, 10])
def test_fewer_batteries_are_the_first_of_its_own(record: RecordedVillage, count: int) -> None:
    fewer = with_batteries(record, count)
    assert fewer.batteries == record.batteries[:count]
    assert fewer.site_of.tolist() == record.site_of[:count].tolist()


@pytest.mark.parametrize("count", [11, 30, 106, 120, 147, 200, 294, 300])
def test_more_batteries_go_to_sites_with_pv_then_to_the_others_then_round_again(
    record: RecordedVillage, village: Village, count: int
) -> None:
    more = with_batteries(record, count)
    assert more.batteries[:10] == record.batteries
    assert len({battery.id for battery in more.batteries}) == len(more.batteries) == count
    for battery, site in zip(more.batteries, more.site_of, strict=True):
        assert battery.transformer_id == record.sites[site].transformer_id
        assert (battery.capacity_wh, battery.max_charge_w) == (10_000, 5_000)
    held = per_site(more)
    assert max(held) - min(held) <= 1
    with_pv = [n for n, c in zip(held, village.connections, strict=True) if c.pv]
    without = [n for n, c in zip(held, village.connections, strict=True) if not c.pv]
    assert min(with_pv) == max(with_pv) or min(without) == max(without) == min(with_pv)


def test_more_batteries_are_spread_evenly(record: RecordedVillage, village: Village) -> None:
    added = with_batteries(record, 58).site_of[10:]
    free = [s for s, c in enumerate(village.connections) if c.pv and not c.battery]
    places = np.searchsorted(free, added)
    assert [free[place] for place in places] == added.tolist()
    assert set(np.diff(places)) == {2}


def test_the_same_count_gives_the_same_village(record: RecordedVillage) -> None:
    once, again = with_batteries(record, 40), with_batteries(record, 40)
    assert once.batteries == again.batteries
    assert once.site_of.tolist() == again.site_of.tolist()


def test_a_village_that_has_nothing_to_steer_is_refused(record: RecordedVillage) -> None:
    with pytest.raises(ValueError, match="at least one"):
        with_batteries(record, 0)
    bare = replace(record, batteries=(), site_of=record.site_of[:0])
    with pytest.raises(ValueError, match="no battery"):
        with_batteries(bare, 3)


def test_limits_change_by_name_and_by_share(record: RecordedVillage) -> None:
    changed = with_limit(record, {"t1": 160_000}, share=0.5)
    assert [t.limit_w for t in changed.transformers] == [160_000, 200_000]
    assert [t.name for t in changed.transformers] == ["Brink", "Es"]
    assert [t.limit_w for t in with_limit(record).transformers] == [250_000, 400_000]


def test_a_limit_of_an_unknown_transformer_or_of_nothing_is_refused(record: RecordedVillage) -> None:
    with pytest.raises(ValueError, match=r"no transformer \['t9'\]; the village has \['t1', 't2'\]"):
        with_limit(record, {"t9": 1})
    with pytest.raises(ValueError, match="positive limit"):
        with_limit(record, share=0)
