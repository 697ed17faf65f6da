"""What homes did is gathered day by day, as it is known then."""

from datetime import date, timedelta

import numpy as np
import pytest

from battery_commons.account.keeping.gathering import read_home, tariffs_over
from battery_commons.account.keeping.leaving import leave
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.home_tariff import HomeTariff, TariffKind
from battery_commons.domain.quality import Finding, FindingKind, Quality, Source, SourceKind
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.settings import TariffChoice
from battery_commons.domain.time import SLOT
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery
from tests.village.account.keeping.may import DAY, END, GRID_OF_MAY, MAY, START, account_of
from tests.village.account_store import Kept, join, kept, measured, with_month
from tests.village.postgresql import on_both


def test_each_home_gets_an_account_and_each_month_its_terms(village: Kept) -> None:
    assert [each.first_day for each in village.store.memberships()] == [date(2026, 5, 1)] * 2
    assert list(village.store.account_months()) == [MAY, "2026-06"]


def test_what_is_gathered_is_what_was_measured(village: Kept) -> None:
    account = account_of(village.store, "De Linde")
    gathered = village.store.gathered(MAY)[account]

    home = read_home(MAY, gathered.tables)

    assert gathered.until == END
    assert home.known.all()
    [battery] = home.batteries
    assert set(battery.power_w.tolist()) == {-1_000, 0, 1_000}
    assert home.net_w().max() == 1_400 + 0
    assert (battery.stored_wh.min(), battery.stored_wh.max()) == (3_000, 5_000)


@on_both
def test_readings_in_full_tell_what_a_battery_held_as_each_quarter_hour_began(store: Store) -> None:
    home = join(store, "De Eik", START)
    village = kept(store, START)
    village.keeper.look()
    with store.together():
        for n in range(-4, 97):
            for minute, more in ((2, 0), (14, 0.0005)):
                at = START + n * SLOT + timedelta(minutes=minute)
                charge = 0.5 + 0.001 * n + more
                reading = BatteryReading(f"{home}/b1", at, charge, 100.0, None, "village", "hold", None)
                store.add_battery_readings(home, [reading])
                store.add_house_readings(home, [MeterReading(at, 600.0)])

    village.look_at(START + DAY + timedelta(hours=3))

    month = read_home(MAY, store.gathered(MAY)[account_of(store, "De Eik")].tables)
    assert month.known[:96].all()
    assert not month.known[96:].any()
    assert month.house_w[:96].tolist() == [500] * 96
    assert month.batteries[0].stored_wh[0] == round(10_000 * (0.5 - 0.001 + 0.0005))


def test_a_quarter_hour_of_which_something_is_missing_is_not_known(store: Store) -> None:
    village = with_month(store, MAY, "De Eik")
    later = join(store, "De Es", village.clock.at)
    measured(store, later, END + 10 * DAY, END + 11 * DAY)

    village.look_at(END + 13 * DAY)

    month = read_home("2026-06", store.gathered("2026-06")[account_of(store, "De Es")].tables)
    # Of the first nobody knows what the battery held as it began, and of the last as it ended.
    assert np.flatnonzero(month.known).tolist() == list(range(10 * 96 + 1, 11 * 96 - 1))


@on_both
def test_a_battery_that_was_described_wrongly_spoils_no_account_but_its_homes(store: Store) -> None:
    good = join(store, "De Eik", START)
    bad = join(store, "De Es", START)
    told = Battery(f"{bad}/b1", "t1", 0.3, 5_000, 5_000, charge_efficiency=1e-9)
    store.describe_home(bad, [], [HomeBattery(bad, "b1", "Battery", told)])
    village = kept(store, START)
    village.keeper.look()
    for each in (good, bad):
        measured(store, each, START - SLOT, START + DAY)

    village.look_at(START + DAY)
    leave(store, bad, START + DAY + timedelta(hours=1))

    known = {
        account: read_home(MAY, gathered.tables).known.any()
        for account, gathered in store.gathered(MAY).items()
    }
    assert known.pop(account_of(store, "De Eik"))
    assert not any(known.values())
    assert len(known) == 1


@pytest.mark.parametrize("battery_id", ["b1", "b2"])
def test_what_changes_at_a_home_once_a_month_is_over_changes_nothing_of_that_month(
    store: Store, battery_id: str
) -> None:
    home = join(store, "De Eik", START)
    village = kept(store, START)
    village.keeper.look()
    measured(store, home, START - SLOT, END + SLOT)
    village.look_at(END + DAY)
    before = store.gathered(MAY)
    larger = Battery(f"{home}/{battery_id}", "t1", 25_000, 9_000, 9_000)
    store.describe_home(home, [], [HomeBattery(home, battery_id, "Larger", larger)])
    store.put_transformer(Transformer("t2", "Brink", 100_000))
    store.move(home, "t2", village.author)

    village.look_at(END + 2 * DAY)

    after = store.gathered(MAY)[account_of(store, "De Eik")]
    assert read_home(MAY, after.tables).known.all()
    assert after.tables == before[account_of(store, "De Eik")].tables


@on_both
def test_what_comes_late_is_gathered_too(store: Store) -> None:
    home = join(store, "De Eik", START, battery=False)
    village = kept(store, START)
    village.keeper.look()
    village.look_at(START + 2 * DAY)
    measured(store, home, START, START + 2 * DAY)

    village.look_at(START + 3 * DAY)

    month = read_home(MAY, store.gathered(MAY)[account_of(store, "De Eik")].tables)
    assert month.known[: 2 * 96 - 8].all()


def test_what_a_battery_held_as_a_known_stretch_ended_stays_known(store: Store) -> None:
    home = join(store, "De Eik", START)
    village = kept(store, START)
    village.keeper.look()
    measured(store, home, START - SLOT, START + 6 * DAY)
    village.look_at(START + 5 * DAY)
    # What is looked at once more begins within what turns out to be wrong.
    again = START + 2 * DAY
    source, figures = Source(SourceKind.BATTERY, f"{home}/b1"), {"hours": 9.0}
    wrong = Finding(source, FindingKind.STUCK, Quality.WRONG, again - 2 * SLOT, again + DAY, figures)
    store.keep_findings([wrong], [])

    village.look_at(START + 6 * DAY)

    month = read_home(MAY, store.gathered(MAY)[account_of(store, "De Eik")].tables)
    ends = (again - START) // SLOT
    assert month.known[ends - 1 : ends + 1].tolist() == [True, False]
    assert month.batteries[0].stored_wh[ends] == 3_000


def test_a_home_of_which_nothing_is_known_is_a_member_all_the_same(store: Store) -> None:
    join(store, "De Eik", START)
    village = kept(store, START)
    village.keeper.look()
    village.look_at(END + 7 * DAY)

    [home] = village.books.settlement(MAY).homes

    assert (home.days, home.made_whole_cents, home.cost.counted_slots) == (31, 0, 0)


def test_a_tariff_of_two_prices_changes_at_night_and_in_weekends() -> None:
    two = HomeTariff(TariffKind.TWO_TARIFF, 0.16, energy_low=0.12)

    told = tariffs_over(GRID_OF_MAY, TariffChoice.BY_DATE, [(date(2026, 5, 4), two)])

    names = [tariff.name for _, tariff in told]
    assert names[0] == "Net metering (until 31 December 2026)"
    assert set(names[1:]) == {"two_tariff"}
    # Monday the fourth begins at night.
    slots = {slot: tariff.import_fixed_1e5 for slot, tariff in told[1:4]}
    assert slots == {3 * 96: 23_080, 3 * 96 + 28: 27_080, 3 * 96 + 92: 23_080}
