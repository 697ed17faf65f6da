"""What is remembered of the ways to a home, and what is shown of it."""

from datetime import UTC, datetime, timedelta

from battery_commons.dispatch.quality import DayCount, LinkRecord, Way

NOON = datetime(2026, 6, 21, 12, 30, tzinfo=UTC)
A, B, C = (f"http://{name}.example/api/webhook/secret" for name in "abc")


def test_the_address_that_worked_is_tried_first_and_the_others_keep_their_order() -> None:
    record = LinkRecord()
    assert record.in_order([A, B, C]) == [A, B, C]

    record.webhook_answered(C, NOON)

    assert record.in_order([A, B, C]) == [C, A, B]


def test_an_address_that_the_home_has_given_up_is_forgotten() -> None:
    record = LinkRecord()
    record.in_order([A, B])
    record.webhook_failed(A, NOON)
    record.webhook_answered(B, NOON)

    assert record.in_order([A, C]) == [A, C]
    assert record.quality(NOON, stream_open=False).failures == {"stream": 0, "address 1": 1, "address 2": 0}
    record.in_order([C])
    assert record.quality(NOON, stream_open=False).failures_last_day == 0


def test_whether_the_webhook_is_reached_is_open_again_once_the_home_gives_other_addresses() -> None:
    record = LinkRecord()
    record.described([A])
    record.webhook_reached = False

    record.described([A])
    assert record.webhook_reached is False
    record.described([B])
    assert record.webhook_reached is None


def test_failures_are_counted_by_way_for_a_day_and_no_address_is_named() -> None:
    record = LinkRecord()
    record.in_order([A, B])
    for hours in range(30):
        record.webhook_failed(B, NOON + timedelta(hours=hours))
    record.stream_failed(NOON + timedelta(hours=29))

    quality = record.quality(NOON + timedelta(hours=29), stream_open=True)

    assert quality.failures == {"stream": 1, "address 1": 0, "address 2": 24}
    assert quality.failures_last_day == 25
    assert "secret" not in str(quality)


def test_a_count_keeps_no_more_than_a_day_however_often_it_counts() -> None:
    count = DayCount()
    for minutes in range(0, 3 * 24 * 60, 10):
        count.add(NOON + timedelta(minutes=minutes))

    # To the hour: 23 whole ones, and the half one that is under way.
    assert count.until(NOON + timedelta(days=3)) == 23 * 6 + 3
    assert count.until(NOON + timedelta(days=5)) == 0


def test_how_the_home_was_reached_last_is_known() -> None:
    record = LinkRecord()
    assert (record.way, record.last_contact, record.webhook_reached) == (None, None, None)

    record.stream_answered(NOON)
    assert (record.way, record.last_contact) == (Way.STREAM, NOON)

    record.webhook_answered(A, NOON + timedelta(minutes=5))
    quality = record.quality(NOON, stream_open=True)
    assert (quality.way, quality.stream_open) == (Way.WEBHOOK, True)
