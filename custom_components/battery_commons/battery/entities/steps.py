"""Which of the few things that a battery can do is closest to what the village wishes. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..driver import Bounds
from .roles import Option

WORTH_A_CHANGE_W = 200.0
"""By how much another mode must be closer to the wish than the one it is in."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that the battery can do."""

    option: Option
    power_w: float
    """What it draws then, as far as that is known."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What a battery can do: a few fixed powers, and to serve its own house in one or both directions."""

    fixed_w: Mapping[Option, float]
    one_way: frozenset[Option] = frozenset()
    """Serving the own house, but only by charging, or only by discharging."""

    def nearest(
        self, wish_w: float, bounds: Bounds, own_house_w: float | None, current: Option | None
    ) -> Step | None:
        """Return the step closest to `wish_w` among those within `bounds`; None to serve the own house.

        A step never goes against the wish. What the own house would have the battery do counts where it is
        known; where it is not, a wish to discharge is left to the own house, which can only discharge as far
        as it needs, and a wish to charge is a full charge or a standstill, whichever is closer.

        Of steps that are equally close, one that serves the own house in the wished direction comes first,
        then the own house, then the others; a wish for nothing is a standstill. The battery stays in the
        step that it is in unless another is markedly closer.
        """
        allowed = [
            step
            for step in self._candidates(wish_w, own_house_w)
            if bounds.lowest_w <= step.power_w <= bounds.highest_w
        ]

        def distance_w(step: Step) -> float:
            head_start_w = WORTH_A_CHANGE_W if step.option is current and wish_w else 0.0
            return round(abs(step.power_w - wish_w)) - head_start_w

        chosen = min(allowed, key=lambda step: (distance_w(step), _rank(step, wish_w)), default=None)
        return None if chosen is None or chosen.option is Option.OWN_HOUSE else chosen

    def _candidates(self, wish_w: float, own_house_w: float | None) -> Iterator[Step]:
        for option, power_w in self.fixed_w.items():
            if power_w * wish_w >= 0:
                yield Step(option, power_w)
        if own_house_w is not None:
            yield Step(Option.OWN_HOUSE, own_house_w)
            if Option.CHARGE_ONLY in self.one_way and wish_w > 0:
                yield Step(Option.CHARGE_ONLY, max(own_house_w, 0.0))
            if Option.DISCHARGE_ONLY in self.one_way and wish_w < 0:
                yield Step(Option.DISCHARGE_ONLY, min(own_house_w, 0.0))
        elif wish_w < 0:
            yield Step(Option.OWN_HOUSE, 0.0)


def _rank(step: Step, wish_w: float) -> int:
    if wish_w == 0 and step.option is Option.STANDBY:
        return 0
    ranks = {Option.CHARGE_ONLY: 1, Option.DISCHARGE_ONLY: 1, Option.OWN_HOUSE: 2}
    return ranks.get(step.option, 3)
