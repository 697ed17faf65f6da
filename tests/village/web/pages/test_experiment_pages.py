"""The volunteer's page of experiments with control models."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.settings import TariffChoice
from battery_commons.experiment.record import DayRecord, DayWeather, ExperimentState, Lost
from battery_commons.experiment.schedule import Design, midnight
from battery_commons.store import Store
from battery_commons.store.audit import Act, Author
from battery_commons.web.pages import looking
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.account_store import Clock
from tests.village.web.conftest import VILLAGE_NOW, Client
from tests.village.web.held import held
from tests.village.web.page_reader import opened

TOMORROW = date(2016, 6, 22)
FORM = {
    "name": "Summer  2016",
    "model1": "M1",
    "model2": "M4",
    "model3": "",
    "model4": "",
    "first_day": TOMORROW.isoformat(),
    "period_days": "2",
    "repeats": "8",
    "washout_hours": "12",
    "seed": "17",
}
LONG_AGO = Author("Anna", VILLAGE_NOW - timedelta(days=100))


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pages wait for what they look up, however slow the machine is."""
    monkeypatch.setattr(looking, "PATIENCE_S", 60.0)


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


def former(store: Store, name: str, effect_w: float, days_ago: int = 60) -> str:
    """Keep an experiment that is over, in which M4 lowers the peak by `effect_w`."""
    first_day = (VILLAGE_NOW - timedelta(days=days_ago)).date()
    design = Design((ControlModel.M1, ControlModel.M4), first_day, 1, 14, 0, 5)
    id_ = store.plan_experiment(name, design, Author("Anna", design.start - timedelta(days=1)))
    days = []
    for n, day in enumerate(design.counting_days()):
        period = design.period_on(day)
        assert period is not None
        lowered_w = effect_w if period.model is ControlModel.M4 else 0.0
        peak_w = 60_000.0 - lowered_w + 700 * (n * 37 % 11 - 5)
        weather = DayWeather(15.0 + n % 5, 200.0 + 10 * (n * 7 % 13))
        lost = Lost.NO_METER if n == 3 else None
        outcomes = {} if lost else {"peak_import/t1": peak_w}
        days.append(DayRecord(day, midnight(day + timedelta(days=1)), lost, outcomes, {}, weather, 0.1))
    store.keep_experiment_days(id_, days)
    return id_


async def test_an_experiment_is_looked_at_before_it_is_planned(pages: Client, store: Store) -> None:
    seen = await (await opened(pages, "/experiment")).send("experiment", **FORM)
    assert "Summer 2016" in seen.text
    assert "32 days, of which 8 for each model count" in seen.text
    assert "drawn from the number 17" in seen.text
    assert "Only 0 days of this village are measured" in seen.text
    assert store.experiments() == []

    done = await seen.send("experiment/plan")

    assert "The experiment is planned." in done.text
    [experiment] = store.experiments()
    assert experiment.design == Design((ControlModel.M1, ControlModel.M4), TOMORROW, 2, 8, 12, 17)
    assert store.audit()[0].act is Act.EXPERIMENT_PLANNED
    assert 'name="period_days"' not in (await opened(pages, "/experiment")).text


async def test_what_an_experiment_could_show_is_awaited_with_the_rest_before_one(
    pages: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await opened(pages, "/experiment")
    monkeypatch.setattr(looking, "PATIENCE_S", 0.0)

    with held(monkeypatch, "battery_commons.web.pages.experiment.past_days"):
        seen = await page.send("experiment", **FORM)
        assert "It is reckoned from the last twelve weeks" in seen.text
        assert "<progress" in seen.text
        assert 'data-every-s="2"' in seen.text
        assert "32 days, of which 8 for each model count" in seen.text

    monkeypatch.setattr(looking, "PATIENCE_S", 60.0)
    assert "Only 0 days of this village are measured" in (await opened(pages, seen.path)).text
    assert "experiment/plan" in seen.text


@pytest.mark.parametrize(
    ("first_day", "tariff", "is_said"),
    [
        ("2026-12-15", TariffChoice.BY_DATE, True),
        ("2026-11-30", TariffChoice.BY_DATE, False),  # Its last day is that of the year.
        ("2027-01-01", TariffChoice.BY_DATE, False),
        ("2026-12-15", TariffChoice.NET_METERING, False),
    ],
)
async def test_that_net_metering_ends_during_an_experiment_is_said_before_it_is_planned(
    village: VillageServer, first_day: str, tariff: TariffChoice, *, is_said: bool
) -> None:
    november = datetime(2026, 11, 28, 12, tzinfo=UTC)
    later = replace(village, clock=Clock(november))
    village.store.change_settings(lambda former: replace(former, tariff=tariff))
    async with TestClient(TestServer(pages_app(later))) as pages:
        shown = await (await opened(pages, "/experiment")).send(
            "experiment", **(FORM | {"first_day": first_day})
        )

    assert shown.status == 200
    assert ("Net metering ends on 1 January 2027" in shown.text) is is_said


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": ""}, "Give a name"),
        ({"model2": "M1"}, "This model is there already."),
        ({"model2": "M5"}, "cannot be steered by this model"),
        ({"model2": ""}, "At least two models"),
        ({"first_day": "2016-06-21"}, "begins tomorrow at the earliest"),
        ({"first_day": "soon"}, "Give a day."),
        ({"period_days": "0"}, "A period lasts 1 to 28 days."),
        ({"period_days": "1", "washout_hours": "13"}, "would leave nothing of a period"),
        ({"repeats": "1"}, "Each model has 2 to 60 periods."),
        ({"period_days": "28", "repeats": "30"}, "lasts 366 days at most"),
    ],
)
async def test_what_makes_no_experiment_is_said_in_its_place(
    pages: Client, store: Store, changed: dict[str, str], says: str
) -> None:
    shown = await (await opened(pages, "/experiment")).send("experiment", **(FORM | changed))

    assert says in shown.text
    assert 'aria-invalid="true"' in shown.text
    assert store.experiments() == []


async def test_it_is_paused_goes_on_and_is_stopped_by_the_volunteer(pages: Client, store: Store) -> None:
    design = Design((ControlModel.M1, ControlModel.M4), TOMORROW, 1, 4, 0, 1)
    id_ = store.plan_experiment("June", design, LONG_AGO)
    page = await opened(pages, "/experiment")

    paused = await page.send(f"experiment/{id_}/pause")
    assert "the model that was chosen steers" in paused.text
    resumed = await paused.send(f"experiment/{id_}/resume")
    stopped = await resumed.send(f"experiment/{id_}/stop")

    assert "stopped on Tue 21-06-2016 14:00 by a volunteer" in stopped.text
    assert [each.state(VILLAGE_NOW) for each in store.experiments()] == [ExperimentState.STOPPED]
    acts = [Act.EXPERIMENT_STOPPED, Act.EXPERIMENT_RESUMED, Act.EXPERIMENT_PAUSED]
    assert [each.act for each in store.audit()[:3]] == acts
    assert "or it is over" in (await page.send(f"experiment/{id_}/stop")).text


async def test_a_running_experiment_tells_days_but_no_result(pages: Client, store: Store) -> None:
    design = Design((ControlModel.M1, ControlModel.M4), VILLAGE_NOW.date() - timedelta(days=2), 1, 4, 0, 1)
    id_ = store.plan_experiment("June", design, LONG_AGO)
    lost = DayRecord(design.first_day, VILLAGE_NOW, Lost.OTHER_MODEL, {}, {}, None, None)
    store.keep_experiment_days(id_, [lost])

    page = await opened(pages, "/experiment")

    assert "2 of 8 days are over; 0 of them count." in page.text
    assert "1 another model steered" in page.text
    assert "shown when it is over" in page.text
    assert "kW lower" not in (await opened(pages, f"/experiment/{id_}")).text


async def test_a_result_is_said_in_both_languages(pages: Client, store: Store) -> None:
    id_ = former(store, "Spring", effect_w=6_000)

    english = await opened(pages, f"/experiment/{id_}")
    dutch = await opened(pages, f"/experiment/{id_}?lang=nl")

    assert "Highest load of the day, Dorpsstraat" in english.text
    assert "kW lower than with M1 (between " in english.text
    assert "at the same weather" in english.text
    assert "kW lager dan met M1 (tussen " in dutch.text
    assert "M1: 14, M4: 13" in english.text or "M1: 13, M4: 14" in english.text


async def test_what_may_be_chance_is_not_told_as_a_difference(pages: Client, store: Store) -> None:
    id_ = former(store, "Spring", effect_w=100)

    page = await opened(pages, f"/experiment/{id_}")

    assert "nothing can be told yet" in page.text
    assert "lower than with" not in page.text


async def test_experiments_of_two_seasons_stand_side_by_side(pages: Client, store: Store) -> None:
    former(store, "Spring", effect_w=6_000, days_ago=90)
    former(store, "Summer", effect_w=3_000, days_ago=40)

    page = await opened(pages, "/experiment")

    assert "Side by side" in page.text
    assert 'data-label="Spring"' in page.text
    assert 'data-label="Summer"' in page.text


async def test_days_are_handed_out_to_be_compared_elsewhere(pages: Client, store: Store) -> None:
    id_ = former(store, "Spring", effect_w=6_000)

    answer = await pages.get(f"/experiment/{id_}/days.csv")

    table = list(csv.DictReader(io.StringIO(await answer.text())))
    assert len(table) == 28
    assert table[3]["lost"] == "no_meter"
    assert {each["model"] for each in table} == {"M1", "M4"}
    assert float(table[0]["peak_import/t1"]) > 0


async def test_the_models_page_says_that_an_experiment_steers(village: VillageServer) -> None:
    object.__setattr__(village, "comparing_until", lambda: VILLAGE_NOW + timedelta(days=3))
    async with TestClient(TestServer(pages_app(village))) as client:
        page = await opened(client, "/model")
    assert "An experiment is steering until Fri 24-06-2016 14:00." in page.text


@pytest.mark.parametrize("path", ["/experiment/nothing", "/experiment/nothing/days.csv"])
async def test_an_experiment_that_is_not_there_is_said_to_be_gone(pages: Client, path: str) -> None:
    assert (await pages.get(path)).status == 404
