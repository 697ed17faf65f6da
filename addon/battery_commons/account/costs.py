"""What a home's month cost, what it would have cost under M1, and what its batteries wore."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from battery_commons.account.basis import Flags, HomeMonth, Ints, MonthBasis
from battery_commons.account.counterfactual import Carried, alone, stored_price_nano
from battery_commons.account.units import NANO_PER_1E5


@dataclass(frozen=True, slots=True)
class Flows:
    """What went through a meter and its batteries in a month; each divided by 4 is Wh."""

    import_w: int
    export_w: int
    charge_w: int
    discharge_w: int


@dataclass(frozen=True, eq=False)
class HomeCost:
    """One home's month against M1, over the quarter hours of which all is known."""

    counted_slots: int
    unknown_slots: int
    """Of its membership: they count as M1, so nobody wins or loses by them."""
    actual: Flows
    alone: Flows
    actual_parts: int
    alone_parts: int
    extra_wear_parts: int
    """Negative where the batteries did less than under M1."""
    stored_parts: int
    """What the batteries hold more than under M1, valued; less what was valued so a month before."""
    stored_nano: int
    """The price of that, in nEUR/kWh."""
    difference_w: Ints
    """(T,) what the batteries drew more than under M1."""
    closing: Mapping[str, Carried]

    @property
    def lacking_parts(self) -> int:
        """What makes the home whole: positive where it is worse off than under M1."""
        return self.actual_parts + self.extra_wear_parts - self.stored_parts - self.alone_parts


def home_cost(
    basis: MonthBasis, home: HomeMonth, member_slots: int, opening: Mapping[str, Carried]
) -> HomeCost:
    """Return one home's month; `opening` is how its counterfactuals ended the month before, by battery."""
    counted = basis.counted(home)
    prices = home.prices_nano(basis.price_1e5)
    stored_nano = stored_price_nano(home, counted, prices)
    replayed = alone(home, counted, opening, stored_nano)
    none = np.zeros(basis.slots, dtype=np.int64)
    real = [battery.power_w for battery in home.batteries]
    m1 = [replayed[battery.name].power_w for battery in home.batteries]
    net_w = home.net_w()
    alone_w = home.house_w + sum(m1, none)
    wear = basis.rules.wear_1e5 * NANO_PER_1E5 // 2
    return HomeCost(
        counted_slots=int(counted.sum()),
        unknown_slots=member_slots - int(counted.sum()),
        actual=_flows(net_w, real, counted),
        alone=_flows(alone_w, m1, counted),
        actual_parts=_cost_parts(net_w, prices, counted),
        alone_parts=_cost_parts(alone_w, prices, counted),
        extra_wear_parts=wear * (_throughput_w(real, counted) - _throughput_w(m1, counted)),
        stored_parts=sum(each.value_parts for each in replayed.values()),
        stored_nano=stored_nano,
        difference_w=np.where(counted, net_w - alone_w, 0),
        closing={name: each.closing for name, each in replayed.items() if each.closing},
    )


def _cost_parts(net_w: Ints, prices: tuple[Ints, Ints], counted: Flags) -> int:
    bought, sold = prices
    parts = net_w * np.where(net_w >= 0, bought, sold)
    return sum(parts[counted].tolist())


def _throughput_w(powers: list[Ints], counted: Flags) -> int:
    return sum(int(np.abs(power[counted]).sum()) for power in powers)


def _flows(net_w: Ints, powers: list[Ints], counted: Flags) -> Flows:
    net = net_w[counted]
    within = [power[counted] for power in powers]
    return Flows(
        import_w=int(np.maximum(net, 0).sum()),
        export_w=int(np.maximum(-net, 0).sum()),
        charge_w=sum(int(np.maximum(power, 0).sum()) for power in within),
        discharge_w=sum(int(np.maximum(-power, 0).sum()) for power in within),
    )
