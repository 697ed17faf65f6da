"""Who gains and who pays: the village behind one virtual meter, and each home with a battery on its own.

Energy that is still stored at the end was paid for but has not served yet. Savings therefore count what a
model leaves in the batteries beyond what M1 leaves there, at the period's mean import price and after the
loss of discharging. That part is always shown apart as `stored_eur`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import SLOT_HOURS
from battery_commons.simulation.measures.calendar import SLOTS_PER_MONTH, LocalCalendar, Season
from battery_commons.simulation.outcome import Backtest, Outcome
from battery_commons.simulation.recorded import Floats, RecordedVillage


@dataclass(frozen=True, slots=True)
class VillageMoney:
    """The whole village (all that is behind its transformers) as one customer."""

    bill_eur: float
    """Below zero where the village earns."""
    stored_eur: float
    """What is stored at the end beyond what M1 leaves."""
    saving_eur: float
    """M1's bill less this one, plus `stored_eur`. Wear is not in it."""
    saving_share: float | None
    """Of the size of M1's bill; None where that is nothing."""
    saving_by_month_eur: Mapping[str, float]
    """Months add up to the whole: each counts how the stored energy changed in it."""
    saving_by_season_eur_per_month: Mapping[Season, float]


@dataclass(frozen=True, slots=True)
class HomeMoney:
    """One home with a battery, on its own meter. What a settlement would move is not in it."""

    site_id: str
    name: str
    transformer_id: str
    bill_eur: float
    stored_eur: float
    """What is stored at the end beyond what M1 leaves."""
    extra_eur: float
    """What it pays more than under M1, less `stored_eur`; below zero it gains."""
    extra_eur_per_month: float
    extra_by_month_eur: Mapping[str, float]
    extra_by_season_eur_per_month: Mapping[Season, float]


@dataclass(frozen=True, eq=False)
class _Account:
    """What one meter costs (T,), and what the energy behind it is worth (T + 1,)."""

    cost_eur: Floats
    worth_eur: Floats

    def extra_eur(self, m1: _Account) -> Floats:
        """Return (T,) what each slot costs more than under M1, less what it stores more."""
        extra: Floats = self.cost_eur - m1.cost_eur - np.diff(self.worth_eur - m1.worth_eur)
        return extra

    def stored_eur(self, m1: _Account) -> float:
        """Return what is stored at the end beyond what M1 leaves, both counted from their start."""
        more = self.worth_eur - m1.worth_eur
        return float(more[-1] - more[0])


def village_saved_eur(backtest: Backtest, outcome: Outcome) -> Floats:
    """Return (T,) what each slot costs the village less than under M1, plus what it stores more."""
    account, of_m1 = (_of_village(backtest, each) for each in (outcome, backtest.outcome(ControlModel.M1)))
    return -account.extra_eur(of_m1)


def village_money(backtest: Backtest, outcome: Outcome, calendar: LocalCalendar) -> VillageMoney:
    """Return what the village as a whole pays under `outcome`."""
    account, of_m1 = (_of_village(backtest, each) for each in (outcome, backtest.outcome(ControlModel.M1)))
    saved_eur = village_saved_eur(backtest, outcome)
    m1_bill_eur, saving_eur = float(of_m1.cost_eur.sum()), float(saved_eur.sum())
    return VillageMoney(
        bill_eur=float(account.cost_eur.sum()),
        stored_eur=account.stored_eur(of_m1),
        saving_eur=saving_eur,
        saving_share=saving_eur / abs(m1_bill_eur) if m1_bill_eur else None,
        saving_by_month_eur=_by_month(saved_eur, calendar),
        saving_by_season_eur_per_month=_by_season(saved_eur, calendar),
    )


def homes_money(backtest: Backtest, outcome: Outcome, calendar: LocalCalendar) -> tuple[HomeMoney, ...]:
    """Return what each home with a battery pays under `outcome`, in the order of sites."""
    village = backtest.village
    homes = []
    shares = use_shares(village)
    for s in np.unique(village.site_of):
        site = village.sites[s]
        account, of_m1 = (
            _of_home(backtest, each, int(s), shares[s])
            for each in (outcome, backtest.outcome(ControlModel.M1))
        )
        extra_eur = account.extra_eur(of_m1)
        homes.append(
            HomeMoney(
                site_id=site.id,
                name=site.name,
                transformer_id=site.transformer_id,
                bill_eur=float(account.cost_eur.sum()),
                stored_eur=account.stored_eur(of_m1),
                extra_eur=float(extra_eur.sum()),
                extra_eur_per_month=_per_month(extra_eur),
                extra_by_month_eur=_by_month(extra_eur, calendar),
                extra_by_season_eur_per_month=_by_season(extra_eur, calendar),
            )
        )
    return tuple(homes)


def use_shares(village: RecordedVillage) -> Floats:
    """Return (S,) each site's share of what the sites of its transformer draw; 0 where none draws."""
    drawn_w = np.maximum(village.site_net_w, 0.0).mean(axis=1)
    behind = _transformer_of_sites(village)
    total_w = np.bincount(behind, drawn_w, minlength=len(village.transformers))[behind]
    shares: Floats = np.divide(drawn_w, total_w, out=np.zeros_like(drawn_w), where=total_w > 0)
    return shares


def _of_village(backtest: Backtest, outcome: Outcome) -> _Account:
    batteries = np.arange(len(backtest.village.batteries))
    return _account(backtest, outcome, outcome.transformer_load_w.sum(axis=0), batteries)


def _of_home(backtest: Backtest, outcome: Outcome, site: int, share: float) -> _Account:
    village = backtest.village
    batteries = np.flatnonzero(village.site_of == site)
    response_w = share * outcome.response_w[_transformer_of_sites(village)[site]]
    net_w = village.site_net_w[site] + response_w + outcome.power_w[batteries].sum(axis=0)
    return _account(backtest, outcome, net_w, batteries)


def _account(backtest: Backtest, outcome: Outcome, net_w: Floats, batteries: np.ndarray) -> _Account:
    price = np.where(net_w > 0, backtest.import_price, backtest.export_price)
    eur_per_kwh = max(float(backtest.import_price.mean()), 0.0)
    usable = np.array([backtest.village.batteries[n].discharge_efficiency for n in batteries])
    return _Account(
        cost_eur=net_w / 1000 * SLOT_HOURS * price,
        worth_eur=usable @ outcome.energy_wh[batteries] / 1000 * eur_per_kwh,
    )


def _transformer_of_sites(village: RecordedVillage) -> np.ndarray:
    index = {transformer.id: k for k, transformer in enumerate(village.transformers)}
    return np.array([index[site.transformer_id] for site in village.sites], dtype=np.intp)


def _by_month(eur: Floats, calendar: LocalCalendar) -> dict[str, float]:
    sums = np.bincount(calendar.month_of, eur, minlength=len(calendar.months))
    return dict(zip(calendar.months, sums.tolist(), strict=True))


def _by_season(eur: Floats, calendar: LocalCalendar) -> dict[Season, float]:
    """Return what (T,) money is per average month of each season that the period touches."""
    order = list(Season)
    return {season: _per_month(eur[calendar.season_of == order.index(season)]) for season in calendar.seasons}


def _per_month(eur: Floats) -> float:
    """Return (T,) money as what it is per average month."""
    return float(eur.sum() * SLOTS_PER_MONTH / eur.size)
