"""A village is read from its files as docs/own-village.md describes them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.simulation.csv_village import read_village
from battery_commons.simulation.recorded import Site
from battery_commons.simulation.village_file_error import VillageFileError
from tests.village.simulation.own_village import (
    SLOTS,
    SMALLEST,
    START,
    TOML,
    hourly,
    same,
    table,
    valid,
    with_batteries_at_work,
    without_rows,
    write,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def test_the_description_is_read(tmp_path: Path) -> None:
    village = read_village(write(tmp_path, valid()))
    assert village.name == "Our street"
    assert village.grid == TimeGrid(START, SLOTS)
    assert village.transformers == (Transformer("t1", "Brink", 250_000), Transformer("t2", "t2", 400_000))
    assert village.feeder == Feeder("feeder", "Feeder", 2_000_000)
    assert village.sites == (
        Site("house-1", "Brinkweg 4", "t1"),
        Site("house-2", "house-2", "t1"),
        Site("hall", "hall", "t2"),
        Site("square", "square", "t2"),
    )
    home, square = village.batteries
    assert (home.id, home.transformer_id, home.capacity_wh) == ("house-2/battery", "t1", 10_000)
    assert (home.max_charge_w, home.max_discharge_w) == (5_000, 4_500)
    assert (home.charge_efficiency, home.discharge_efficiency, home.reserve) == (0.95, 0.95, 0.1)
    assert (square.charge_efficiency, square.discharge_efficiency, square.reserve) == (0.96, 0.97, 0.2)
    assert village.site_of.tolist() == [1, 3]


def test_kilowatts_become_watts_and_a_battery_on_its_own_has_no_home_to_serve(tmp_path: Path) -> None:
    village = read_village(write(tmp_path, valid()))
    assert village.base_load_w[:, 1] == pytest.approx([43_500, 18_500])
    assert village.site_net_w[:, 2] == pytest.approx([-20, 320, 660, 0])
    assert village.feeder_background_w == pytest.approx(700_000 - 20_000 * np.arange(SLOTS))
    assert village.day_ahead == pytest.approx(0.08 + 0.011 * np.arange(SLOTS))
    assert (village.house_w[1] == 0).all()


def test_an_hour_counts_as_four_quarters(tmp_path: Path) -> None:
    village = read_village(write(tmp_path, valid()))
    assert village.weather
    assert village.weather["radiation"].tolist() == [0.0] * 4 + [100.0] * 4 + [200.0] * 4
    assert list(village.weather) == ["radiation", "wind"]


def test_the_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    expected = read_village(write(tmp_path / "a", valid()))
    rows = [row.split(",") for row in valid()["sites.csv"].splitlines()]
    mixed = "".join(f"{start},{hall},{one},{two}\n" for start, one, two, hall in rows)
    assert same(read_village(write(tmp_path / "b", valid() | {"sites.csv": mixed})), expected)


def dutch(text: str) -> bytes:
    """Return a file as a Dutch spreadsheet on Windows saves it."""
    return ("\ufeff" + text.replace(",", ";").replace(".", ",").replace("\n", "\r\n")).encode()


def test_a_dutch_spreadsheet_may_write_the_files(tmp_path: Path) -> None:
    expected = read_village(write(tmp_path / "a", valid()))
    files = {name: dutch(text) if name.endswith(".csv") else text for name, text in valid().items()}
    assert same(read_village(write(tmp_path / "b", files)), expected)


def test_quotation_marks_and_spaces_around_cells_do_no_harm(tmp_path: Path) -> None:
    expected = read_village(write(tmp_path / "a", valid()))
    rows = [row.split(",") for row in valid()["transformers.csv"].splitlines()]
    quoted = "".join(",".join(f'"{cell} "' for cell in row) + "\n" for row in rows)
    assert same(read_village(write(tmp_path / "b", valid() | {"transformers.csv": quoted})), expected)


def test_stamps_may_have_any_offset(tmp_path: Path) -> None:
    expected = read_village(write(tmp_path / "a", valid()))
    files = valid()
    header, *rows = files["sites.csv"].splitlines()
    local = [
        f"{datetime.fromisoformat(stamp).astimezone(AMSTERDAM).isoformat(sep=' ')},{cells}"
        for stamp, cells in (row.split(",", 1) for row in rows)
    ]
    assert local[0].startswith("2025-03-30 01:00:00+01:00")
    assert local[4].startswith("2025-03-30 03:00:00+02:00")
    files["sites.csv"] = "\n".join([header, *local, ""])
    assert same(read_village(write(tmp_path / "b", files)), expected)


def test_one_offset_for_all_stamps_may_be_said_once(tmp_path: Path) -> None:
    expected = read_village(write(tmp_path / "a", valid()))
    files = {
        name: text.replace("Z,", ",").replace("T0", " 0") if name.endswith(".csv") else text
        for name, text in valid().items()
    }
    files["village.toml"] = 'utc_offset = "+01:00"\n' + TOML
    village = read_village(write(tmp_path / "b", files))
    assert village.grid.start == START - timedelta(hours=1)
    assert same(replace(village, grid=expected.grid), expected)


@pytest.mark.parametrize(
    ("day", "slots"),
    [
        (datetime(2025, 3, 30, tzinfo=AMSTERDAM), 92),
        (datetime(2025, 6, 1, tzinfo=AMSTERDAM), 96),
        (datetime(2025, 10, 26, tzinfo=AMSTERDAM), 100),
    ],
)
def test_a_local_day_has_all_its_quarter_hours(tmp_path: Path, day: datetime, slots: int) -> None:
    grid = TimeGrid(day.astimezone(UTC), slots)
    rows = [f"{start.astimezone(AMSTERDAM).isoformat()},{10 + t}" for t, start in enumerate(grid.starts())]
    files = {
        "village.toml": SMALLEST,
        "transformers.csv": "\n".join(["start,t1", *rows, ""]),
        "prices.csv": table(["eur_per_kwh"], lambda t, _: t * 1e-3, grid),
    }
    village = read_village(write(tmp_path, files))
    assert village.grid == grid
    assert village.base_load_w[0].tolist() == [1000.0 * (10 + t) for t in range(slots)]


def smallest() -> dict[str, str]:
    return {
        "village.toml": SMALLEST,
        "transformers.csv": table(["t1"], lambda t, _: 40 + t),
        "prices.csv": valid()["prices.csv"],
    }


def test_a_transformer_and_prices_are_enough(tmp_path: Path) -> None:
    village = read_village(write(tmp_path, smallest()))
    assert (
        [site.id for site in village.sites] == [battery.id for battery in village.batteries] == ["t1/battery"]
    )
    assert (village.feeder, village.feeder_background_w, village.weather) == (None, None, None)


def test_without_transformers_their_sites_are_their_load(tmp_path: Path) -> None:
    files = valid()
    del files["transformers.csv"]
    village = read_village(write(tmp_path, files))
    assert village.base_load_w == pytest.approx(
        np.stack([village.site_net_w[:2].sum(axis=0), village.site_net_w[2]])
    )


def test_load_less_pv_is_the_net_load(tmp_path: Path) -> None:
    files = valid()
    del files["sites.csv"]
    files["load.csv"] = table(["house-1", "house-2", "hall"], lambda t, c: 0.5 + c + 0.1 * t)
    files["pv.csv"] = hourly(["hall"], lambda t, _: 2.0 * t)
    village = read_village(write(tmp_path, files))
    slots = np.arange(SLOTS)
    assert village.site_net_w[0] == pytest.approx(500 + 100 * slots)
    assert village.site_net_w[2] == pytest.approx(2500 + 100 * slots - 2000 * (slots // 4))


def test_what_batteries_did_is_taken_out_of_what_was_measured(tmp_path: Path) -> None:
    without = read_village(write(tmp_path / "a", valid()))
    files = with_batteries_at_work()
    files["feeder.csv"] = files["feeder.csv"].replace("others_kw", "whole_kw")
    village = read_village(write(tmp_path / "b", files))
    did_w = np.array([250.0, 10_250.0])[:, None] * (np.arange(SLOTS) - 5)
    assert village.base_load_w == pytest.approx(without.base_load_w - did_w)
    assert village.site_net_w[1] == pytest.approx(without.site_net_w[1] - did_w[0])
    assert (village.site_net_w[[0, 2, 3]] == without.site_net_w[[0, 2, 3]]).all()
    # The whole feeder was measured with the batteries at work, as the transformers were.
    assert village.feeder_background_w == pytest.approx(
        without.feeder_background_w - without.base_load_w.sum(axis=0)
    )


def test_load_and_pv_are_without_the_batteries_anyhow(tmp_path: Path) -> None:
    files = with_batteries_at_work()
    del files["sites.csv"]
    files["load.csv"] = table(["house-1", "house-2", "hall"], lambda _, c: 0.5 + c)
    village = read_village(write(tmp_path, files))
    assert village.site_net_w[1] == pytest.approx(1500)


def test_prices_may_cover_more_days(tmp_path: Path) -> None:
    grid = TimeGrid(START - 4 * SLOT, SLOTS + 8)
    prices = table(["eur_per_kwh"], lambda t, _: t * 1e-3, grid)
    village = read_village(write(tmp_path, valid() | {"prices.csv": prices}))
    assert village.day_ahead == pytest.approx((np.arange(SLOTS) + 4) * 1e-3)


def test_prices_may_be_a_dutch_price_file(tmp_path: Path) -> None:
    rows = [
        f'"{start.astimezone(AMSTERDAM):%Y-%m-%d %H:%M:%S}";"{start:%Y-%m-%d %H:%M:%S}";0,{80 + t}'
        for t, start in enumerate(TimeGrid(START, SLOTS).starts()[::4])
    ]
    prices = "\n".join(["datum_nl;datum_utc;prijs_excl_belastingen", *rows, ""])
    village = read_village(write(tmp_path, valid() | {"prices.csv": prices}))
    assert village.day_ahead.tolist() == [0.8] * 4 + [0.81] * 4 + [0.82] * 4


def test_prices_of_another_year_are_moved_where_that_is_said(tmp_path: Path) -> None:
    grid = TimeGrid(START - timedelta(weeks=60), 53 * 7 * 96)
    files = valid() | {"prices.csv": table(["eur_per_kwh"], lambda t, _: t % (7 * 96) * 1e-3, grid)}
    files["village.toml"] = "prices_of_another_year = true\n" + TOML
    village = read_village(write(tmp_path, files))
    assert village.day_ahead == pytest.approx(np.arange(SLOTS) * 1e-3)
    files["prices.csv"] = table(["eur_per_kwh"], lambda t, _: t * 1e-3, TimeGrid(START, SLOTS - 1))
    with pytest.raises(VillageFileError, match=r"prices\.csv, line 2: .* at least 364 days"):
        read_village(write(tmp_path, files))


def test_the_days_that_all_files_have_are_used_where_that_is_said(tmp_path: Path) -> None:
    expected = read_village(write(tmp_path / "a", valid()))
    files = valid()
    files["village.toml"] = "common_stretch = true\n" + TOML
    files["sites.csv"] = without_rows(files["sites.csv"], 0, 1)
    files["weather.csv"] = without_rows(files["weather.csv"], 2)
    files["prices.csv"] = without_rows(files["prices.csv"], 0, 1, 2)
    assert same(read_village(write(tmp_path / "b", files)), expected.part(3, 5))


def test_figures_that_look_like_another_unit_are_taken_where_that_is_said(tmp_path: Path) -> None:
    files = valid() | {"transformers.csv": table(["t1", "t2"], lambda t, _: 41_000.0 + t)}
    files["village.toml"] = "check_units = false\n" + TOML
    assert read_village(write(tmp_path, files)).base_load_w.min() == 41_000_000
