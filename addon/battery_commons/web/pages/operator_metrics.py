"""What Prometheus asks of the lines to grid operators."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from battery_commons.domain.time import Clock
from battery_commons.openadr.ven import OperatorLines
from battery_commons.store import Store

_PREFIX = "battery_commons_operator_"
_LABELS = ("line", "operator")
"""A line's id, and what the village calls the operator."""
_EVENT_FATES = ("accepted", "refused", "withdrawn", "unreadable", "oversized", "elsewhere")
_REPORT_FATES = ("sent", "failed")


def of_operators(store: Store, clock: Clock, lines: OperatorLines) -> Iterator[Metric]:
    """Yield how each line is doing. Raises StoreError."""
    now = clock.now()
    up = GaugeMetricFamily(f"{_PREFIX}line_up", "Whether a grid operator is heard.", labels=_LABELS)
    age = GaugeMetricFamily(
        f"{_PREFIX}heard_age_seconds", "Age of the last full look at an operator's events.", labels=_LABELS
    )
    in_force = GaugeMetricFamily(
        f"{_PREFIX}events_in_force", "Events that are held to and not over.", labels=_LABELS
    )
    events = CounterMetricFamily(
        f"{_PREFIX}events", "Events since the start, by what became of them.", labels=[*_LABELS, "fate"]
    )
    reports = CounterMetricFamily(
        f"{_PREFIX}reports", "Reports and corrections since the start: sent, or failed.",
        labels=[*_LABELS, "fate"],
    )  # fmt: skip
    counted = Counter(each.line_id for each in store.operator_events(clock.to_wall(now)))
    for kept in store.operator_lines():
        own, status = [kept.id, kept.line.name], lines.status(kept.id)
        up.add_metric(own, status.heard_at is not None and status.trouble is None)
        if kept.heard_at is not None:
            age.add_metric(own, clock.wall_seconds(now - kept.heard_at))
        in_force.add_metric(own, counted[kept.id])
        for fate in _EVENT_FATES:
            events.add_metric([*own, fate], status.counts.get(fate, 0))
        for fate in _REPORT_FATES:
            reports.add_metric([*own, fate], status.reports.get(fate, 0))
    yield from (up, age, in_force, events, reports)
