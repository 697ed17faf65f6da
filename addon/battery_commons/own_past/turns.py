"""What the village's own past is reckoned for from the pages, one thing at a time."""

from pathlib import Path

from battery_commons.background_run import OneAtATime
from battery_commons.own_past.backtest import OwnBacktests
from battery_commons.own_past.data_age import OwnDataAges


class OwnPast:
    """Backtests and what data's age costs, which take turns."""

    def __init__(self, folder: Path) -> None:
        """Keep results in `folder`."""
        turn = OneAtATime()
        self.backtests = OwnBacktests(folder, turn)
        self.data_ages = OwnDataAges(folder, turn)

    def cancel(self) -> None:
        """End what runs, if anything does."""
        self.backtests.cancel()
        self.data_ages.cancel()
