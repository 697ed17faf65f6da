"""What residents are told the same evening, in English and in Dutch."""

from datetime import UTC, datetime, timedelta

import pytest

from battery_commons.domain.flash_mob import Because, Change, Need
from battery_commons.domain.grid import CongestionSignal
from battery_commons.mob.evening import Result, ResultState
from battery_commons.mob.reason import in_both_languages, sentence
from battery_commons.wire.messages import MAX_REASON, MAX_RESULT

START = datetime(2026, 6, 21, 15, tzinfo=UTC)
END = START + timedelta(hours=2)
TOGETHER = Change(-14_000, -20_400, -7_600, 3_000)
OWN = Change(-400, -700, -100, 150)


def told(village: Change | None, own: Change | None, state: ResultState = ResultState.MEASURED) -> list[str]:
    words = Result(START, END, state, village, own).told()
    return [words.en, words.nl]


def test_all_together_and_each_home_are_told_with_how_far_that_may_be_off() -> None:
    english, dutch = told(TOGETHER, OWN)

    assert english == (
        "Together 14 kW less between 17:00 and 19:00 (between 8 and 20 kW). "
        "You 0.4 kW less (between 0.1 and 0.7 kW)."
    )
    assert dutch == (
        "Samen 14 kW minder tussen 17:00 en 19:00 (tussen 8 en 20 kW). "
        "Jij 0,4 kW minder (tussen 0,1 en 0,7 kW)."
    )


def test_a_home_that_shares_no_meter_is_told_of_all_together() -> None:
    assert told(TOGETHER, None)[0] == "Together 14 kW less between 17:00 and 19:00 (between 8 and 20 kW)."


def test_what_may_be_chance_is_said_to_be() -> None:
    unsure = Change(3_000, -2_000, 8_000, 2_500)

    assert told(unsure, None)[0] == (
        "Together 3.0 kW more between 17:00 and 19:00 (between 2.0 kW less and 8.0 kW more). "
        "It may be chance."
    )


def test_what_is_not_there_yet_is_said_to_come_later() -> None:
    assert "not known yet" in told(None, None, ResultState.WAITING)[0]
    assert "nog niet bekend" in told(None, None, ResultState.WAITING)[1]
    assert "not measured" in told(None, None, ResultState.UNMEASURED)[0]
    assert told(None, OWN, ResultState.WAITING)[0].endswith("You 0.4 kW less (between 0.1 and 0.7 kW).")


def test_the_longest_fits_in_a_message() -> None:
    huge = Change(-123_456_789, -999_999_999, 999_999_999, 1e9)

    words = Result(START, END, ResultState.MEASURED, huge, huge, homes=1_000).told()

    assert max(len(words.en), len(words.nl)) <= MAX_RESULT


def test_a_village_whose_transformers_are_not_measured_is_told_of_which_homes_it_is() -> None:
    words = Result(START, END, ResultState.MEASURED, TOGETHER, None, homes=12).told()

    assert words.en.startswith("The 12 homes that share their meter: together 14 kW less between 17:00")
    assert words.nl.startswith("De 12 huizen die hun meter delen: samen 14 kW minder tussen 17:00")


@pytest.mark.parametrize("need", Need)
@pytest.mark.parametrize("code", [CongestionSignal.RED, CongestionSignal.GREEN])
def test_every_reason_can_be_announced_in_both_languages(need: Need, code: CongestionSignal) -> None:
    because = Because(need, "Transformatorhuisje achter de kerk", 1.234 if need is Need.LIMIT else 28)

    assert len(in_both_languages(because, code)) <= MAX_REASON


def test_a_reason_names_the_transformer_and_its_share() -> None:
    because = Because(Need.LIMIT, "Brink", 0.94)

    assert sentence(because, CongestionSignal.RED, "en") == (
        "The transformer Brink is expected at 94 % of its limit."
    )
