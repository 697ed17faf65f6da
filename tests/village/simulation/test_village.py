"""The village is what docs/village-data.md says it is, and can be rebuilt from SimBench byte for byte."""

import hashlib
import importlib.util
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from battery_commons.simulation.village import Village, load_village

type Floats = NDArray[np.float64]

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "addon" / "battery_commons" / "simulation" / "data"
SLOTS_OF_2016 = 366 * 96


@pytest.fixture(scope="module")
def village() -> Village:
    return load_village()


def homes(village: Village) -> Iterator[str]:
    return (c.id for c in village.connections if c.load.profile.startswith("H0"))


def test_the_committed_files_are_those_that_were_built() -> None:
    for line in (DATA / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest, name


def test_the_extract_takes_at_most_four_megabytes() -> None:
    assert sum(file.stat().st_size for file in DATA.iterdir()) <= 4_000_000


def test_the_licence_travels_with_the_data() -> None:
    notice = (DATA / "README.md").read_text()
    assert "Open Database License" in notice
    assert "10.3390/en13123290" in notice


def test_it_covers_2016_in_central_european_standard_time(village: Village) -> None:
    assert village.time_grid.start == datetime(2015, 12, 31, 23, tzinfo=UTC)
    assert village.time_grid.slots == SLOTS_OF_2016


def test_it_has_147_connections_on_two_transformers(village: Village) -> None:
    behind = [c.transformer_id for c in village.connections]
    assert (behind.count("t1"), behind.count("t2")) == (99, 48)
    assert [t.limit_w for t in village.transformers] == [250_000, 400_000]
    assert len({c.id for c in village.connections}) == len({c.name for c in village.connections}) == 147


def test_three_homes_of_four_have_pv(village: Village) -> None:
    with_pv = [village.connection(home).pv is not None for home in homes(village)]
    assert (len(with_pv), sum(with_pv)) == (139, 105)


def test_nine_homes_and_the_hall_have_batteries_most_behind_the_first_transformer(village: Village) -> None:
    members = village.battery_connections
    assert len(set(homes(village)) & {c.id for c in members}) == 9
    assert "Dorpshuis" in [c.name for c in members]
    assert [c.transformer_id for c in members].count("t1") == 8
    for connection in members:
        assert connection.battery
        assert connection.pv
        assert connection.battery.transformer_id == connection.transformer_id
        assert (connection.battery.capacity_wh, connection.battery.max_charge_w) == (10_000, 5_000)
        assert (connection.battery.reserve, connection.battery.charge_efficiency) == (0.1, 0.95)


def test_sunny_noon_pushes_the_first_transformer_to_its_limit_in_reverse(village: Village) -> None:
    load_w = village.transformer_load_w("t1")
    assert load_w.min() == pytest.approx(-238_630, abs=1)
    assert 0.9 <= -load_w.min() / 250_000 < 1
    assert load_w.max() == pytest.approx(81_975, abs=1)
    assert village.time_grid.starts()[load_w.argmin()] == datetime(2016, 5, 29, 11, tzinfo=UTC)


def test_the_second_transformer_has_room(village: Village) -> None:
    load_w = village.transformer_load_w("t2")
    assert (load_w.max(), load_w.min()) == (pytest.approx(62_523, abs=1), pytest.approx(-125_484, abs=1))


def test_the_feeders_daily_peak_is_734_kilowatts_on_average(village: Village) -> None:
    per_day_w = np.abs(village.feeder_load_w()).reshape(366, 96).max(axis=1)
    assert per_day_w.mean() == pytest.approx(734_027, abs=1)


def test_the_feeder_carries_the_village_and_the_rest(village: Village) -> None:
    net_w = sum(village.net_w(c.id) for c in village.connections)
    assert village.feeder_load_w() == pytest.approx(village.feeder_background_w + net_w)


def test_loads_and_pv_are_never_negative(village: Village) -> None:
    for connection in village.connections:
        assert village.load_w(connection.id).min() >= 0
        assert village.pv_w(connection.id).min() >= 0


def test_the_sun_shines_by_day_in_utc(village: Village) -> None:
    noon = village.slot(datetime(2016, 6, 1, 11, 30, tzinfo=UTC))
    midnight = noon - 48
    pv_w = np.sum([village.pv_w(c.id) for c in village.connections], axis=0)
    assert pv_w[midnight] == 0
    assert pv_w[noon] > 100_000


def test_the_radiation_is_a_share_that_comes_by_the_hour(village: Village) -> None:
    radiation = village.radiation
    assert radiation.shape == (SLOTS_OF_2016,)
    assert (radiation.min(), radiation.max()) == (0.0, pytest.approx(0.563, abs=5e-4))
    assert (radiation.reshape(-1, 4) == radiation[::4, None]).all()


def correlation(a: Floats, b: Floats) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def beyond_the_season(values: Floats) -> Floats:
    """Return values by day (366, 96), less the mean of the 31 days around each, round the year."""
    by_day = values.reshape(366, 96)
    usual: Floats = np.mean([np.roll(by_day, shift, axis=0) for shift in range(-15, 16)], axis=0)
    return by_day - usual


def test_the_radiation_goes_with_the_villages_pv_but_not_all_the_way(village: Village) -> None:
    radiation = village.radiation
    pv_w = np.sum([village.pv_w(c.id) for c in village.connections], axis=0)
    light = pv_w + radiation > 0
    for roof, expected in {"PV1": 0.85, "PV3": 0.85, "PV4": 0.88, "PV7": 0.73}.items():
        assert correlation(village.profiles[roof].scaled(1.0), radiation) == pytest.approx(
            expected, abs=0.005
        )
    assert correlation(pv_w, radiation) == pytest.approx(0.87, abs=0.005)
    assert correlation(pv_w[light], radiation[light]) == pytest.approx(0.79, abs=0.005)
    per_day = [values.reshape(366, 96).sum(axis=1) for values in (pv_w, radiation)]
    assert correlation(*per_day) == pytest.approx(0.81, abs=0.005)
    assert correlation(beyond_the_season(pv_w), beyond_the_season(radiation)) == pytest.approx(
        0.50, abs=0.005
    )


def test_a_moment_lies_in_the_quarter_hour_that_contains_it(village: Village) -> None:
    start = village.time_grid.start
    assert village.slot(start + timedelta(minutes=14, seconds=59)) == 0
    assert village.slot(start + timedelta(minutes=15)) == 1
    assert village.slot(village.time_grid.end - timedelta(seconds=1)) == SLOTS_OF_2016 - 1


def test_a_moment_outside_the_year_is_refused(village: Village) -> None:
    for moment in (village.time_grid.start - timedelta(seconds=1), village.time_grid.end):
        with pytest.raises(IndexError, match="outside"):
            village.slot(moment)


def test_unknown_names_are_refused(village: Village) -> None:
    with pytest.raises(KeyError):
        village.net_w("c999")
    with pytest.raises(KeyError):
        village.transformer_load_w("t9")


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """Return the script that builds the data, as a module."""
    pytest.importorskip("simbench", reason="SimBench is not installed: uv sync --group data")
    loader = SourceFileLoader("build_village_data", str(ROOT / "script" / "build-village-data"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_the_radiation_is_of_roofs_that_the_village_does_not_have(
    builder: ModuleType, village: Village
) -> None:
    assert not set(builder.RADIATION_ROOFS) & set(village.profiles)
    roofs = builder._profiles(builder._simbench(builder.RADIATION_GRID))
    first_hour_of_light = 8 * 4
    of_the_hour = [
        roofs[roof][first_hour_of_light : first_hour_of_light + 4].mean()
        for roof in roofs
        if roof.startswith("PV")
    ]
    assert len(of_the_hour) == 4
    assert village.radiation[first_hour_of_light] == pytest.approx(np.mean(of_the_hour), abs=1e-5)


def test_rebuilding_gives_the_same_bytes(builder: ModuleType, tmp_path: Path) -> None:
    for file in builder.build(tmp_path):
        assert file.read_bytes() == (DATA / file.name).read_bytes(), file.name


def test_what_is_stored_is_within_half_a_step_of_simbench(builder: ModuleType, village: Village) -> None:
    published = builder._profiles(builder._simbench("1-LV-rural2--0-sw"))
    published["feeder"] = builder._feeder_background_w()
    published["radiation"] = builder._radiation()
    for name, profile in village.profiles.items():
        error = np.abs(profile.scaled(1.0) - published[name]).max()
        assert error <= 0.5 * profile.unit_per_step * (1 + 1e-9), name
