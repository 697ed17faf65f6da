"""Reports as they are sent."""

from collections.abc import Sequence

from battery_commons.domain.time import Clock
from battery_commons.openadr.durations import Duration
from battery_commons.openadr.objects import (
    Interval,
    IntervalPeriod,
    Report,
    ReportPayloadDescriptor,
    ReportResource,
    Values,
)
from battery_commons.openadr.reports.measured import MEASURES
from battery_commons.openadr.reports.schedule import DueReport, Span
from battery_commons.openadr.reports.subjects import Subject
from battery_commons.openadr.reports.values import Known

QUALITY = "DATA_QUALITY"
_DIGITS = 3


def can_report(payload_type: str) -> bool:
    """Return whether the village can report this."""
    return payload_type in MEASURES or payload_type == QUALITY


def written(
    due: DueReport, event_id: str, client_name: str, of: Sequence[Subject], *, known: Known, clock: Clock
) -> Report:
    """Return a report that is due, of at least one subject: each interval has its quality."""
    asked = due.descriptor.payload_type
    measure = MEASURES.get(asked)
    descriptors = [ReportPayloadDescriptor(payload_type=QUALITY)]
    if measure is not None:
        descriptors.insert(
            0,
            ReportPayloadDescriptor(
                payload_type=asked, reading_type=measure.reading_type, units=measure.unit
            ),
        )

    def interval(span: Span, subject: Subject) -> Interval:
        id_, start, end = span
        told = (measure or MEASURES["DEMAND"]).tell(subject, start, end, known)
        payloads = [Values(type=QUALITY, values=(told.quality.value,))]
        if measure is not None and told.value is not None:
            payloads.insert(0, Values(type=asked, values=(round(told.value, _DIGITS),)))
        begins, ends = clock.to_wall(start), clock.to_wall(end)
        period = IntervalPeriod(start=begins, duration=Duration(exact=ends - begins))
        return Interval(id=id_, interval_period=period, payloads=tuple(payloads))

    return Report(
        event_id=event_id,
        client_name=client_name,
        report_name=due.name,
        payload_descriptors=tuple(descriptors),
        resources=tuple(
            ReportResource(
                resource_name=subject.name,
                intervals=tuple(interval(span, subject) for span in due.intervals),
            )
            for subject in of
        ),
    )
