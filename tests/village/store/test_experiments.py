"""Experiments in the store: one at a time, paused and stopped by somebody, and ended by a vote."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from battery_commons.domain.plan import ControlModel
from battery_commons.experiment.record import DayRecord, DayWeather, ExperimentState, Lost, Pause, StoppedBy
from battery_commons.experiment.schedule import Design
from battery_commons.store import NotFoundError, Store
from battery_commons.store.audit import Act, Author
from battery_commons.store.records import NewHome
from tests.village.store.test_votes import MOTION, opened, voted

from .conftest import NOON

DAY = timedelta(days=1)
ANNA = Author("Anna", NOON)
DESIGN = Design((ControlModel.M1, ControlModel.M2), date(2026, 6, 22), 2, 3, 12, 7)
RUNNING = DESIGN.start + 3 * DAY


def by_anna(days: float) -> Author:
    return Author("Anna", NOON + days * DAY)


def test_an_experiment_goes_from_planned_to_over_by_itself(store: Store) -> None:
    id_ = store.plan_experiment("June", DESIGN, ANNA)
    experiment = store.experiment(id_)

    assert (experiment.name, experiment.design, experiment.planned_at) == ("June", DESIGN, NOON)
    assert experiment.state(NOON) is ExperimentState.PLANNED
    assert experiment.state(DESIGN.start) is ExperimentState.RUNNING
    assert experiment.state(DESIGN.end) is ExperimentState.OVER
    assert experiment.model_at(NOON) is None
    assert experiment.model_at(DESIGN.start) is DESIGN.periods()[0].model
    assert store.experiment_going_on(RUNNING) == experiment
    assert store.experiment_going_on(DESIGN.end) is None
    entry = store.audit()[0]
    assert (entry.act, entry.about) == (Act.EXPERIMENT_PLANNED, id_)
    assert entry.detail == "M1, M2; 12 days from 2026-06-22, seed 7"


def test_there_is_never_more_than_one(store: Store) -> None:
    store.plan_experiment("June", DESIGN, ANNA)
    with pytest.raises(ValueError, match="another experiment"):
        store.plan_experiment("July", replace(DESIGN, first_day=date(2026, 8, 1)), ANNA)

    later = replace(DESIGN, first_day=date(2026, 8, 1))
    store.plan_experiment("August", later, Author("Anna", DESIGN.end))

    assert [each.name for each in store.experiments()] == ["August", "June"]


def test_a_day_that_has_begun_is_no_first_day(store: Store) -> None:
    with pytest.raises(ValueError, match="a day to come"):
        store.plan_experiment("June", replace(DESIGN, first_day=NOON.date()), ANNA)


def test_while_it_is_paused_the_village_is_steered_as_voted_and_the_calendar_goes_on(store: Store) -> None:
    id_ = store.plan_experiment("June", DESIGN, ANNA)
    store.pause_experiment(id_, by_anna(2))
    store.pause_experiment(id_, by_anna(2.1))
    paused = store.experiment(id_)
    store.resume_experiment(id_, by_anna(4))
    store.resume_experiment(id_, by_anna(4.1))
    resumed = store.experiment(id_)

    assert paused.state(RUNNING) is ExperimentState.PAUSED
    assert paused.model_at(RUNNING) is None
    assert resumed.pauses == [Pause(NOON + 2 * DAY, NOON + 4 * DAY)]
    assert resumed.model_at(NOON + 5 * DAY) is DESIGN.model_at(NOON + 5 * DAY)
    touched = [day for day in range(22, 29) if resumed.was_paused_on(date(2026, 6, day))]
    assert touched == [23, 24, 25]
    acts = [each.act for each in store.audit()[:3]]
    assert acts == [Act.EXPERIMENT_RESUMED, Act.EXPERIMENT_PAUSED, Act.EXPERIMENT_PLANNED]


def test_a_stopped_one_keeps_its_days_and_stays_stopped(store: Store) -> None:
    id_ = store.plan_experiment("June", DESIGN, ANNA)
    measured = DayRecord(
        date(2026, 6, 23), NOON, None, {"cost": 3.5}, {"cost": 4.0}, DayWeather(18.0, 240.0), 0.08
    )
    lost = DayRecord(date(2026, 6, 25), NOON, Lost.NO_PLAN, {}, {}, None, None)
    store.keep_experiment_days(id_, [lost, measured])
    store.pause_experiment(id_, by_anna(3))
    store.stop_experiment(id_, by_anna(4))

    stopped = store.experiment(id_)
    assert (stopped.state(RUNNING), stopped.stopped_by) == (ExperimentState.STOPPED, StoppedBy.VOLUNTEER)
    assert stopped.pauses == [Pause(NOON + 3 * DAY, NOON + 4 * DAY)]
    assert stopped.days_over(NOON + 30 * DAY) == [date(2026, 6, 23), date(2026, 6, 25)][:1]
    assert store.experiment_days(id_) == [measured, lost]
    for act in (store.pause_experiment, store.resume_experiment, store.stop_experiment):
        with pytest.raises(NotFoundError):
            act(id_, by_anna(5))
    with pytest.raises(NotFoundError):
        store.experiment("another")


def test_a_day_that_is_measured_again_takes_the_place_of_what_was_known(store: Store) -> None:
    id_ = store.plan_experiment("June", DESIGN, ANNA)
    day = DayRecord(date(2026, 6, 23), NOON, Lost.NO_METER, {}, {}, None, None)
    store.keep_experiment_days(id_, [day])
    again = replace(day, lost=None, outcomes={"cost": 1.0})
    store.keep_experiment_days(id_, [again])

    assert store.experiment_days(id_) == [again]


def test_a_vote_on_the_control_model_ends_it_at_the_moment_that_was_set(store: Store, home: NewHome) -> None:
    id_ = store.plan_experiment("June", DESIGN, ANNA)
    vote_id = opened(store, home)
    voted(store, vote_id, home, "b")
    store.close_vote(vote_id, MOTION.closes_at)
    assert store.experiment(id_).stopped_at is None

    store.put_in_force(vote_id, MOTION.takes_effect_at)

    ended = store.experiment(id_)
    assert (ended.stopped_by, ended.stopped_at) == (StoppedBy.VOTE, MOTION.takes_effect_at)
    by_vote = {each.act for each in store.audit() if each.administrator == f"vote {vote_id}"}
    assert Act.EXPERIMENT_STOPPED in by_vote
