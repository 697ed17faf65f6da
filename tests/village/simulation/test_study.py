"""Studies: real Dask on this machine's cores and over a real scheduler, and when growth overloads a grid."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path

import numpy as np
import pytest
from distributed import LocalCluster
from pyarrow import parquet

from battery_commons.cli.study import add_study, study
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import SLOTS_PER_DAY, TimeGrid
from battery_commons.simulation.backtest import BacktestRequest, run_backtest
from battery_commons.simulation.measures.measure import measure
from battery_commons.simulation.outcome import Mode
from battery_commons.simulation.recorded import RecordedVillage, Site
from battery_commons.simulation.study.case import Row, StudyCase, key_of
from battery_commons.simulation.study.deferral import DeferralCase, DeferralGrid, first_year
from battery_commons.simulation.study.grid import Case, StudyGrid
from battery_commons.simulation.study.page import write_page
from battery_commons.simulation.study.ready import READY, study_of
from battery_commons.simulation.study.run import live, report, run_study
from battery_commons.simulation.study.table import StudyFile
from battery_commons.simulation.study.village import StudyVillage, builtin_village, grown

M1, M3, M4, LAYERED = ControlModel.M1, ControlModel.M3, ControlModel.M4, ControlModel.LAYERED
DAYS = 14
HAMLET_DAYS = 4
GRID = StudyGrid([M3, M4], batteries=[10, 12], tariff=["after-net-metering", "net-metering"])


@pytest.fixture(scope="module")
def village() -> StudyVillage:
    return builtin_village().days(datetime(2016, 5, 20, tzinfo=UTC).date(), DAYS)


@pytest.fixture(scope="module")
def here(village: StudyVillage, tmp_path_factory: pytest.TempPathFactory) -> StudyFile:
    return run(GRID.cases(), village, tmp_path_factory.mktemp("here"))


def run(
    cases: Sequence[StudyCase], village: StudyVillage, folder: Path, scheduler: str | None = None
) -> StudyFile:
    file = StudyFile(folder, village.digest)
    run_study(cases, village, file, lambda _: None, scheduler=scheduler, workers=1)
    return file


@contextmanager
def a_scheduler() -> Iterator[str]:
    """A scheduler and a worker that are reached over TCP as those of other machines are."""
    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp://",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    ) as cluster:
        yield cluster.scheduler_address


def figures(file: StudyFile) -> list[Row]:
    return [{name: value for name, value in row.items() if name != "seconds_taken"} for row in file.rows]


def test_a_row_has_the_figures_of_the_backtest_that_it_is(village: StudyVillage, here: StudyFile) -> None:
    case = Case(M4, batteries=10)
    request = BacktestRequest(case.village(village), AFTER_NET_METERING, [M4], Mode.PERFECT)

    measures = measure(run_backtest(request, lambda _: None, workers=1))[1]
    row = next(row for row in here.rows if row["case"] == key_of(case))

    assert row["saving_eur"] == measures.money.saving_eur
    assert row["transformer_t1_highest_feed_in_kw"] == measures.grid.transformers[0].highest_feed_in_w / 1000
    feeder = measures.grid.feeder
    assert feeder is not None
    assert feeder.peaks.mean_daily_peak_reduction is not None
    assert row["feeder_mean_daily_peak_reduction_percent"] == pytest.approx(
        100 * feeder.peaks.mean_daily_peak_reduction
    )


def test_every_case_is_a_row_in_the_order_asked_for(here: StudyFile) -> None:
    assert [row["case"] for row in here.rows] == [key_of(case) for case in GRID.cases()]
    assert len(here.rows) == 12
    assert {row["error"] for row in here.rows} == {None}
    assert parquet.read_table(here.path).num_rows == 12
    assert here.export().read_text(encoding="utf-8").count("\n") == 13


def test_a_cluster_comes_to_the_same_figures(village: StudyVillage, here: StudyFile, tmp_path: Path) -> None:
    with a_scheduler() as address:
        there = run(GRID.cases(), village, tmp_path, address)

    assert figures(there) == figures(here)


def test_what_is_done_is_not_run_again(village: StudyVillage, here: StudyFile) -> None:
    ran: list[StudyCase] = []
    more = replace(GRID, models=[M4], batteries=[10, 11], tariff=["net-metering"])
    file = StudyFile(here.path.parent, village.digest)
    before = len(file.rows)

    run_study(more.cases(), village, file, ran.append, workers=1)

    assert ran
    assert {case.labels()["batteries"] for case in ran} == {11}
    assert len(file.rows) == before + 2


def test_a_case_that_fails_is_a_row_and_is_tried_again(village: StudyVillage, tmp_path: Path) -> None:
    cases = [Case(M4, batteries=0), Case(M1, batteries=0), Case(M4, prices="unknown"), Case(M1)]

    file = run(cases, village, tmp_path)

    errors = [row["error"] for row in file.rows]
    assert [str(error).split(":")[0] for error in errors] == ["ValueError"] * 3 + ["None"]
    assert "nothing to steer" in str(errors[0])
    assert "no prices 'unknown'" in str(errors[2])
    assert StudyFile(tmp_path, village.digest).done == {key_of(Case(M1))}


def test_a_folder_is_of_one_village(village: StudyVillage, here: StudyFile) -> None:
    with pytest.raises(ValueError, match="another village"):
        StudyFile(here.path.parent, village.days(None, 1).digest)


def test_m1_is_run_once_for_a_village_whatever_the_planner_knows_and_homes_pay() -> None:
    grid = StudyGrid(
        [M4],
        mode=[Mode.PERFECT, Mode.ROLLING],
        data_age_days=[0, 7],
        tariff=["net-metering", "after-net-metering"],
    )

    cases = grid.cases()

    assert len([case for case in cases if case.model == M1]) == 2  # one bill for each tariff
    assert len([case for case in cases if case.model == M4]) == 6  # foresight has no age
    assert len({case.yardstick() for case in cases}) == 1


def test_use_and_pv_grow_apart_where_they_are_known(village: StudyVillage) -> None:
    assert village.pv_w is not None
    more = grown(village, use=1.5, pv=2.0)

    use_w = village.record.site_net_w + village.pv_w
    np.testing.assert_allclose(more.site_net_w, 1.5 * use_w - 2 * village.pv_w)
    np.testing.assert_allclose(more.base_load_w.sum(axis=0), more.site_net_w.sum(axis=0), atol=1e-6)


def test_net_loads_grow_by_their_sign(village: StudyVillage) -> None:
    more = grown(replace(village, pv_w=None), use=1.5, pv=2.0)

    net_w = village.record.site_net_w
    np.testing.assert_allclose(more.site_net_w, np.where(net_w > 0, 1.5, 2.0) * net_w)


@pytest.mark.parametrize("first", [*range(4), None])
def test_the_first_year_is_found_by_halving(first: int | None) -> None:
    looked_at: list[int] = []

    def is_over(year: int) -> bool:
        looked_at.append(year)
        return first is not None and year >= first

    assert first_year(is_over, 25) == first
    assert len(looked_at) <= 5


def hamlet() -> StudyVillage:
    """A roof of 8 kW that yields an hour a day, and a battery of 2 kW in a house that uses nothing."""
    slots = HAMLET_DAYS * SLOTS_PER_DAY
    net_w = np.zeros((2, slots))
    net_w[0].reshape(HAMLET_DAYS, SLOTS_PER_DAY)[:, 44:48] = -8000.0
    record = RecordedVillage(
        name="Hamlet",
        grid=TimeGrid(datetime(2026, 6, 1, tzinfo=UTC) - timedelta(hours=2), slots),
        transformers=(Transformer("t1", "T1", 10_000.0),),
        base_load_w=net_w.sum(axis=0, keepdims=True),
        sites=(Site("roof", "Roof", "t1"), Site("house", "House", "t1")),
        site_net_w=net_w,
        batteries=(Battery("house/battery", "t1", 10_000.0, 2000.0, 2000.0),),
        site_of=np.array([1], dtype=np.intp),
        day_ahead=np.full(slots, 0.1),
        feeder=Feeder("feeder", "Feeder", inf),
        feeder_background_w=np.zeros(slots),
    )
    return StudyVillage(record, np.maximum(-net_w, 0.0))


def test_years_deferred_are_those_that_the_battery_can_take(tmp_path: Path) -> None:
    grid = DeferralGrid([M4, LAYERED], [(0.0, 10.0)], horizon_years=12)

    village = hamlet()

    rows = [row for case in grid.cases() for row in report(village, case, live(village, case.yardstick()))]

    found = {(row["model"], row["element"]): row for row in rows}
    # 8 kW by a tenth a year is above 10 kW in year 3, and above 10 + 2 kW in year 5.
    assert found["M1", "t1"]["first_year_over"] == 3
    assert found["M4", "t1"]["first_year_over"] == 5
    assert found["M4", "t1"]["years_deferred"] == 2
    # The feeder may carry 8.8 kW: year 2 is above it, and year 4 above what one who watches it can do, 10.8.
    assert found["M1", "feeder"]["first_year_over"] == 2
    assert found["M4+M5", "feeder"]["first_year_over"] == 4
    for language in ("en", "nl"):
        page = write_page(rows, village.record, tmp_path, language=language, made_up=True)
        assert "Hamlet" in page.read_text(encoding="utf-8")


def test_what_lasts_beyond_the_horizon_is_a_lower_bound() -> None:
    case = DeferralCase(M4, 0.0, 10.0, horizon_years=4)
    village = hamlet()

    row = case.rows(village, case.live(village), case.yardstick().live(village))[0]

    assert (row["first_year_over"], row["years_deferred"]) == (None, 2)
    assert row["deferred_at_least"] is True


def test_quarter_hours_may_be_allowed() -> None:
    often = DeferralCase(M1, 0.0, 10.0, allowed_slots=4 * HAMLET_DAYS).live(hamlet())
    one_less = DeferralCase(M1, 0.0, 10.0, allowed_slots=4 * HAMLET_DAYS - 1).live(hamlet())

    assert often.first_year_over["t1"] is None
    assert one_less.first_year_over["t1"] == 3


def test_rolling_forecasts_defer_no_more_than_foresight() -> None:
    case = DeferralCase(M4, 0.0, 10.0, mode=Mode.ROLLING, horizon_years=6)

    first = case.live(hamlet()).first_year_over["t1"]

    assert first is not None
    assert 3 <= first <= 5


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_page_has_a_picture_of_each_thing_varied(
    village: StudyVillage, here: StudyFile, tmp_path: Path, language: str
) -> None:
    page = write_page(here.rows, village.record, tmp_path, language=language).read_text(encoding="utf-8")

    assert page.count('class="wide"') == page.count('class="narrow"') == 2
    assert "effect-batteries" in page
    assert "effect-tariff" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


@pytest.mark.parametrize("name", [*READY, None])
def test_ready_made_studies_can_be_changed(name: str | None) -> None:
    cases = study_of(name, {"models": [M4], "batteries": [7]}, has_feeder=True).cases()

    assert {case.model for case in cases} == {M1, M4}
    assert {case.batteries for case in cases} == {7}


def options_of(*arguments: str) -> Namespace:
    parser = ArgumentParser()
    add_study(parser.add_subparsers())
    return parser.parse_args(["study", *arguments])


def test_the_command_runs_a_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study(options_of("--models", "M4", "--from", "2016-05-20", "--days", "2", "--output", str(tmp_path)))

    assert {file.name for file in tmp_path.iterdir()} == {"study.parquet", "study.csv", "study.html"}
    assert "made up" in capsys.readouterr().out


def test_without_the_extra_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("battery_commons.cli.study.EXTRA", ("dask", "no_such_package"))

    with pytest.raises(ValueError, match=r"no_such_package.*battery-commons\[study\]"):
        study(options_of("--name", "deferral", "--growth", "2:3"))


def test_a_study_says_what_it_does_not_vary() -> None:
    with pytest.raises(ValueError, match="does not vary data_age_days"):
        study_of("deferral", {"data_age_days": [7]}, has_feeder=True)
    with pytest.raises(ValueError, match="not on record"):
        study_of("feeder", {"models": [LAYERED]}, has_feeder=False)
