"""An operator's events on the village's clock, which may run faster than the one on the wall."""

from datetime import timedelta

from battery_commons.domain.time import Clock
from battery_commons.openadr.durations import Duration
from battery_commons.openadr.objects import Event, IntervalPeriod

_SECOND, _DAYS_A_MONTH = timedelta(seconds=1), 30


def in_village_time(event: Event, clock: Clock) -> Event:
    """Return an event whose times, which are wall times, are the village's.

    The calendar has no part in it where the two clocks differ: a day is then 24 hours, and a month 30 days.
    """
    if clock.wall_seconds(_SECOND) == 1:
        return event

    def period(of: IntervalPeriod | None) -> IntervalPeriod | None:
        if of is None:
            return None
        return of.model_copy(
            update={
                "start": of.start and clock.to_village(of.start),
                "duration": _longer(of.duration, clock),
                "randomize_start": _longer(of.randomize_start, clock),
            }
        )

    made, changed = event.created_date_time, event.modification_date_time
    return event.model_copy(
        update={
            "created_date_time": made and clock.to_village(made),
            "modification_date_time": changed and clock.to_village(changed),
            "duration": _longer(event.duration, clock),
            "interval_period": period(event.interval_period),
            "intervals": event.intervals
            and tuple(
                each.model_copy(update={"interval_period": period(each.interval_period)})
                for each in event.intervals
            ),
        }
    )


def _longer(duration: Duration | None, clock: Clock) -> Duration | None:
    if duration is None or duration.is_endless:
        return duration
    exact = timedelta(days=_DAYS_A_MONTH * duration.months + duration.days) + duration.exact
    return Duration(exact=exact / clock.wall_seconds(_SECOND))
