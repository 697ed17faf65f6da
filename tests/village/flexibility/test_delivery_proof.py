"""A proof equals what anybody computes from the raw series, and anybody can check who says so."""

import csv
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.cli import main
from battery_commons.domain.activation import Activation, ActivationSlot, Ask, Asked
from battery_commons.domain.battery import Battery
from battery_commons.domain.contract import ContractKind, KeptContract
from battery_commons.domain.dutch_flex import TakenCall
from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.domain.operator_line import OperatorLine
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.time import SLOT
from battery_commons.flexibility.contracts import standing_limits, template
from battery_commons.flexibility.keeping.delivery_proof import CLOSED_AFTER, close, proof_of
from battery_commons.flexibility.proof.baselines import Method
from battery_commons.flexibility.proof.delivered import Proof
from battery_commons.flexibility.proof.statement import signed, table
from battery_commons.store import Store
from battery_commons.store.place import DATABASE
from battery_commons.store.records import HomeBattery
from battery_commons.web.pages.proof_pdf import proof_pdf
from battery_commons.web.pages.words.words import Words

START = datetime(2025, 6, 19, 15, 0, tzinfo=UTC)
SLOTS = 8
END = START + SLOTS * SLOT
NOW = END + timedelta(hours=1)
ASK = Ask("=event/1", "t1", Asked.LIMIT, START, END)
LIMIT_W = 40_000.0
GAP = START + 3 * SLOT
"""In which the meter says nothing."""

type Series = list[tuple[datetime, float]]


@pytest.fixture
def raw(tmp_path: Path) -> tuple[Series, dict[str, Series]]:
    """Keep a village's readings of eight days every five minutes, and return them."""
    random = np.random.default_rng(6)
    stamps = [START - timedelta(days=10) + n * timedelta(minutes=5) for n in range(12 * 24 * 10 + 12 * 3)]
    meter = [
        (at, 45_000 + 5_000 * float(random.random()) + 1_000 * at.day)
        for at in stamps
        if not GAP <= at < GAP + SLOT
    ]
    batteries: dict[str, Series] = {}
    with closing(Store.open(tmp_path / DATABASE)) as store:
        store.put_transformer(Transformer("t1", "Dorpsstraat", 100_000))
        store.add_meter_readings("t1", [MeterReading(*reading) for reading in meter])
        for n in range(3):
            store.add_invitation("t1", f"code-{n}", NOW)
            home_id = store.join(f"code-{n}", f"De Eik {n}", [], START - timedelta(days=20)).home_id
            battery = Battery(f"{home_id}/b", "t1", 10_000, 5_000, 4_000)
            store.describe_home(home_id, [], [HomeBattery(home_id, "b", "Schuur", battery)])
            own = [(at, -2_000 - 500 * float(random.random())) for at in stamps if at >= START - SLOT]
            # The last one is silent in the last quarter hour.
            own = [(at, power_w) for at, power_w in own if n < 2 or at < END - SLOT]
            batteries[battery.id] = own
            store.add_battery_readings(
                home_id,
                [BatteryReading(battery.id, at, 0.5, power_w, None, "village", "", 1) for at, power_w in own],
            )
        asked = [ActivationSlot(START + n * SLOT, LIMIT_W, None, None, 0.0, 0.0) for n in range(SLOTS)]
        store.keep_activation(Activation(ASK, START - SLOT, planned_at=START - SLOT), asked)
    return meter, batteries


@pytest.fixture
def rows(tmp_path: Path, raw: object) -> list[dict[str, str]]:
    with opened(tmp_path) as store:
        content = table(proof(store)).decode()
    return list(csv.DictReader(StringIO(content, newline="")))


def opened(folder: Path) -> closing[Store]:
    return closing(Store.open(folder / DATABASE))


def proof(store: Store, now: datetime = NOW) -> Proof:
    activation = store.activation(ASK.event_id, ASK.subject)
    assert activation is not None
    return proof_of(store, activation, now)


def mean_w(series: Series, start: datetime) -> float | None:
    """Compute a quarter hour's mean the plain way."""
    powers = [power_w for at, power_w in series if start <= at < start + SLOT]
    return fmean(powers) if powers else None


def figure(text: str) -> float | None:
    return float(text) if text else None


def near(value: float | None) -> object:
    return value if value is None else pytest.approx(value, abs=1e-3)


def test_each_quarter_hour_equals_a_computation_from_the_raw_series(
    raw: tuple[Series, dict[str, Series]], rows: list[dict[str, str]]
) -> None:
    meter, batteries = raw
    assert len(rows) == SLOTS
    for n, row in enumerate(rows):
        at = START + n * SLOT
        load_w = mean_w(meter, at)
        powers = [mean_w(series, at) for series in batteries.values()]
        known_w = sum(power_w for power_w in powers if power_w is not None)
        silent = powers.count(None)
        assert row["start_utc"] == f"{at:%Y-%m-%dT%H:%M:%SZ}"
        assert figure(row["load_w"]) == near(load_w)
        assert figure(row["batteries_w"]) == near(known_w)
        assert (int(row["batteries_silent"]), float(row["batteries_spread_w"])) == (silent, 5_000.0 * silent)
        assert figure(row["missed_w"]) == near(None if load_w is None else max(load_w - LIMIT_W, 0))
        assert row["kept"] == ("" if load_w is None else "yes" if load_w < LIMIT_W + 50 else "no")
        own = {
            head: row[f"meter_minus_batteries_{head}"] for head in ("baseline_w", "delivered_w", "spread_w")
        }
        assert figure(own["baseline_w"]) == near(None if load_w is None else load_w - known_w)
        assert figure(own["delivered_w"]) == near(None if load_w is None else known_w)
        assert figure(own["spread_w"]) == near(None if load_w is None else 5_000.0 * silent)
        assert row["operator_baseline_w"] == ""


def test_days_that_are_alike_equal_a_computation_from_the_raw_series(
    raw: tuple[Series, dict[str, Series]], rows: list[dict[str, str]]
) -> None:
    meter, _ = raw

    def mean_between(start: datetime, end: datetime) -> float:
        slots = [start + n * SLOT for n in range((end - start) // SLOT)]
        return fmean([power_w for at in slots if (power_w := mean_w(meter, at)) is not None])

    # Thursday the 19th: the five weekdays before are these, none of them with a gap.
    weekdays = [timedelta(days=back) for back in (1, 2, 3, 6, 7)]
    most = sorted(weekdays, key=lambda back: mean_between(START - back, END - back))[1:]
    hours = timedelta(hours=2)
    today_w = mean_between(START - hours, START)
    moved_w = fmean(today_w - mean_between(START - hours - back, START - back) for back in most)
    for n, row in enumerate(rows):
        at = START + n * SLOT
        baseline_w = fmean(mean_w(meter, at - back) or 0 for back in most) + moved_w
        load_w = mean_w(meter, at)
        assert figure(row["high_4_of_5_baseline_w"]) == near(None if load_w is None else baseline_w)
        assert figure(row["high_4_of_5_delivered_w"]) == near(load_w and load_w - baseline_w)
        assert row["high_4_of_5_data_age_s"] == ("" if load_w is None else str(900 * n))


def test_the_gap_is_told_and_is_in_no_sum(tmp_path: Path, raw: object) -> None:
    with opened(tmp_path) as store:
        found = proof(store)

    for total in found.totals:
        assert (total.quarter_hours, total.gaps) == (SLOTS - 1, 1)
    assert found.unknown == 1
    assert found.slots[3].load_w is None


def test_a_statement_is_the_same_whenever_it_is_made_and_when_readings_are_rolled_up(
    tmp_path: Path, raw: tuple[Series, dict[str, Series]]
) -> None:
    battery_id = next(iter(raw[1]))
    home_id = battery_id.partition("/")[0]
    key = Ed25519PrivateKey.generate()
    with opened(tmp_path) as store:
        first = signed(proof(store), key)
        much_later = NOW + timedelta(days=60)
        store.add_battery_readings(home_id, [BatteryReading(battery_id, much_later, 0.5, 0, None, "", "", 1)])
        for _ in store.discard_old(much_later):
            pass
        assert not store.battery_readings(home_id, "b", START, END)
        found = proof(store, much_later)
        again = signed(found, key)
        assert first == again
        pdfs = {proof_pdf(found, "Dorpsstraat", Words(language), again) for language in ("nl", "nl", "en")}

    assert len(pdfs) == 2
    assert all(pdf.startswith(b"%PDF-") for pdf in pdfs)
    assert b"CreationDate" not in b"".join(pdfs)


def test_a_statement_outlasts_the_means_of_batteries_and_a_home_that_leaves(
    tmp_path: Path, raw: tuple[Series, dict[str, Series]]
) -> None:
    with opened(tmp_path) as store:
        first = table(proof(store))
        for later in (NOW + CLOSED_AFTER + timedelta(days=1), NOW + timedelta(days=1200)):
            for battery_id in raw[1]:
                home_id = battery_id.partition("/")[0]
                store.add_battery_readings(
                    home_id, [BatteryReading(battery_id, later, 0.5, 0, None, "village", "", 1)]
                )
            close(store, later)
            assert table(proof(store, later)) == first
            for _ in store.discard_old(later):
                pass
        assert store.battery_slot_means(START, END) == {}
        for battery_id in raw[1]:
            store.leave(battery_id.partition("/")[0])

        assert table(proof(store, later)) == first


def test_nothing_of_a_single_home_is_in_it(tmp_path: Path, raw: tuple[Series, dict[str, Series]]) -> None:
    with opened(tmp_path) as store:
        content = table(proof(store)).decode()

    for battery_id in raw[1]:
        assert battery_id.partition("/")[0] not in content
    assert "De Eik" not in content


def test_an_event_that_is_called_like_a_formula_is_none(rows: list[dict[str, str]]) -> None:
    assert {row["event_id"] for row in rows} == {"'=event/1"}


def test_the_operators_own_baseline_is_held_against_the_batteries(
    tmp_path: Path, raw: tuple[Series, dict[str, Series]]
) -> None:
    with opened(tmp_path) as store:
        line = OperatorLine("Enexis", "https://example.org", "village", "Ansen", "secret-of-ours")
        store.take_on_calls(store.add_operator_line(line), {ASK.event_id: TakenCall("t1", 1_500.0)})
        [*_, total] = proof(store).totals

    known = [mean_w(series, START + n * SLOT) or 0 for series in raw[1].values() for n in range(SLOTS)]
    assert (total.method, total.quarter_hours, total.gaps) == (Method.OPERATOR, SLOTS, 0)
    assert total.energy_wh == pytest.approx(sum(known) / 4 - SLOTS * 1_500 / 4)
    assert total.spread_wh == 5_000 / 4


def test_an_altered_statement_is_found_out(tmp_path: Path, raw: object) -> None:
    key = Ed25519PrivateKey.generate()
    with opened(tmp_path) as store:
        made = signed(proof(store), key)

    key.public_key().verify(made.signature, made.content)
    with pytest.raises(InvalidSignature):
        key.public_key().verify(made.signature, made.content.replace(b"no", b"yes", 1))


def test_a_day_on_which_something_else_was_asked_is_held_against_none(tmp_path: Path, raw: object) -> None:
    yesterday = START - timedelta(days=1)
    other = Ask("event/2", FEEDER_ID, Asked.CALL, yesterday, yesterday + SLOT)
    with opened(tmp_path) as store:
        store.keep_activation(Activation(other, yesterday, planned_at=yesterday), [])
        days = proof(store).baselines[Method.HIGH_4_OF_5].days

    assert yesterday.date() not in days


def test_what_a_contract_limits_every_day_makes_no_day_another(tmp_path: Path, raw: object) -> None:
    kept = KeptContract("contract-0123456789abcdef", template(ContractKind.GTO, "Enexis", "t1", START.date()))
    early = replace(kept.contract, first_day=START.date() - timedelta(days=30))
    limits = standing_limits([replace(kept, contract=early)], START - timedelta(days=10), START)
    with opened(tmp_path) as store:
        for each in limits:
            ask = Ask(each.event_id, each.subject, Asked.LIMIT, each.start, each.end)
            store.keep_activation(Activation(ask, each.start, planned_at=each.start), [])
        assert len(proof(store).baselines[Method.HIGH_4_OF_5].days) == 4


def test_of_a_village_without_a_feeder_every_transformer_has_to_be_measured(
    tmp_path: Path, raw: tuple[Series, dict[str, Series]]
) -> None:
    ask = Ask("event/3", FEEDER_ID, Asked.CALL, START, END)
    called = [ActivationSlot(START + n * SLOT, None, None, -5_000.0, 0.0, 0.0) for n in range(SLOTS)]
    with opened(tmp_path) as store:
        store.put_transformer(Transformer("t2", "Brink", 100_000))
        store.add_meter_readings("t2", [MeterReading(START + 4 * SLOT, 1_000.0)])
        store.keep_activation(Activation(ask, START, planned_at=START), called)
        activation = store.activation("event/3", FEEDER_ID)
        assert activation is not None
        found = proof_of(store, activation, NOW)

    load_w = mean_w(raw[0], START + 4 * SLOT)
    assert load_w is not None
    assert [slot.load_w for slot in found.slots] == [
        None if n != 4 else pytest.approx(load_w + 1_000) for n in range(SLOTS)
    ]
    # Three batteries deliver 6 kW and more; in the last quarter hour one of them is silent.
    assert [slot.kept for slot in found.slots] == [*[True] * (SLOTS - 1), None]


@pytest.fixture
def command(
    tmp_path: Path, raw: object, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], tuple[int, Path]]:
    monkeypatch.setattr("battery_commons.domain.time.WallClock.now", lambda _: NOW)
    folder = tmp_path / "proofs"
    return lambda event: (main(["--data-dir", str(tmp_path), "proof", event, "--to", str(folder)]), folder)


def test_the_command_writes_files_that_openssl_agrees_to(
    command: Callable[[str], tuple[int, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    code, folder = command(ASK.event_id)

    assert code == 0, capsys.readouterr().err
    assert sorted(path.suffix for path in folder.iterdir()) == [".csv", ".pdf", ".pem", ".sig"]
    [content] = folder.glob("*.csv")
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(folder / "battery-commons.pem")]
    verify += ["-rawin", "-in", str(content), "-sigfile", f"{content}.sig"]
    assert subprocess.call(verify) == 0  # noqa: S603 - our own
    content.write_bytes(content.read_bytes() + b"\r\n")
    assert subprocess.call(verify) != 0  # noqa: S603 - our own


def test_an_event_that_is_not_known_is_said(
    command: Callable[[str], tuple[int, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    code, folder = command("other")

    assert code == 1
    assert "'other'" in capsys.readouterr().err
    assert not folder.exists()
