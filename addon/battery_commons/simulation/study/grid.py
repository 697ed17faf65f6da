"""Backtests over a grid: the product of lists of everything that can be varied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from itertools import product

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.backtest import BacktestRequest, run_model
from battery_commons.simulation.measures.measure import measure
from battery_commons.simulation.outcome import Backtest, Mode, Outcome
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.simulation.report.spreadsheet import model_row
from battery_commons.simulation.rolling import Knowledge
from battery_commons.simulation.study.case import TARIFFS, Row, label
from battery_commons.simulation.study.village import OWN_PRICES, StudyVillage, grown
from battery_commons.simulation.what_if import with_batteries, with_limit


@dataclass(frozen=True, slots=True)
class Case:
    """One model in one variation of the village. M1 is a rule: what the planner knows is nothing to it."""

    model: ControlModel
    mode: Mode = Mode.PERFECT
    data_age_days: int = 0
    """Of the grid's measurements; rolling only."""
    batteries: int | None = None
    """None is as many as the village has."""
    limit_share: float = 1.0
    """What transformers may carry, as a share of what they may today."""
    feeder_scale: float = 1.0
    """How large the rest of the feeder is, as a multiple of what it is."""
    use_factor: float = 1.0
    pv_factor: float = 1.0
    tariff: str = "after-net-metering"
    prices: str = OWN_PRICES
    first_day: date | None = None
    days: int | None = None

    def labels(self) -> Row:
        """Return the fields as columns."""
        return {each.name: label(getattr(self, each.name)) for each in fields(self)}

    def canonical(self) -> Case:
        """Return the case that has the same figures with nothing said that does not matter."""
        if self.model == ControlModel.M1:
            return replace(self, mode=Mode.PERFECT, data_age_days=0)
        return replace(self, data_age_days=0) if self.mode is Mode.PERFECT else self

    def yardstick(self) -> Case:
        """Return M1 of the same village: what it does depends on no price."""
        m1 = Case(ControlModel.M1)
        return replace(
            self, model=m1.model, mode=m1.mode, data_age_days=0, tariff=m1.tariff, prices=m1.prices
        )

    def village(self, village: StudyVillage) -> RecordedVillage:
        """Return the village as this case has it. Raises ValueError for what it cannot be."""
        record = village.priced(self.prices).record
        if self.batteries is not None:
            record = with_batteries(record, self.batteries)
        varied = replace(village, record=with_limit(record, share=self.limit_share))
        part = varied.days(self.first_day, self.days)
        return grown(part, use=self.use_factor, pv=self.pv_factor, feeder=self.feeder_scale)

    def request(self, village: RecordedVillage) -> BacktestRequest:
        """Return the backtest of this case in its own `village`."""
        return BacktestRequest(
            village=village,
            tariff=TARIFFS[self.tariff],
            models=[self.model],
            mode=self.mode,
            knowledge=Knowledge(data_age=timedelta(days=self.data_age_days)),
        )

    def live(self, village: StudyVillage) -> Outcome:
        """Return the physical outcome."""
        return run_model(self.request(self.village(village)), self.model, lambda _: None)

    def rows(self, village: StudyVillage, lived: Outcome, of_m1: Outcome) -> list[Row]:
        """Return one row of figures; columns are those of a backtest's models.csv."""
        record, tariff = self.village(village), TARIFFS[self.tariff]
        backtest = Backtest(
            village=record,
            tariff_name=tariff.name,
            import_price=tariff.import_price(record.day_ahead),
            export_price=tariff.export_price(record.day_ahead),
            data_age_days=self.data_age_days,
            outcomes=[of_m1] if self.model == ControlModel.M1 else [of_m1, lived],
        )
        return [{**model_row(measure(backtest)[-1]), "batteries_in_place": len(record.batteries)}]


@dataclass(frozen=True, slots=True)
class StudyGrid:
    """Lists whose product is the study. M1 comes with every variation of the village, once."""

    models: Sequence[ControlModel]
    mode: Sequence[Mode] = (Mode.PERFECT,)
    data_age_days: Sequence[int] = (0,)
    batteries: Sequence[int | None] = (None,)
    limit_share: Sequence[float] = (1.0,)
    feeder_scale: Sequence[float] = (1.0,)
    use_factor: Sequence[float] = (1.0,)
    pv_factor: Sequence[float] = (1.0,)
    tariff: Sequence[str] = ("after-net-metering",)
    prices: Sequence[str] = (OWN_PRICES,)
    first_day: Sequence[date | None] = (None,)
    days: Sequence[int | None] = (None,)

    def cases(self) -> list[Case]:
        """Return every case once."""
        return list(dict.fromkeys(case.canonical() for case in self._product()))

    def _product(self) -> Iterator[Case]:
        names = [each.name for each in fields(self) if each.name != "models"]
        for values in product(*(getattr(self, name) for name in names)):
            for model in (ControlModel.M1, *self.models):
                yield replace(Case(model), **dict(zip(names, values, strict=True)))
