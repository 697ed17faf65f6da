"""What grid operators ask of grid points, slot by slot: always narrower than their own limits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]
type Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class AskedLimits:
    """For one grid point arrays (T,), for all transformers (K, T); infinite wherever nothing is asked."""

    highest_w: Floats
    """The highest load that may be, zero or more."""
    lowest_w: Floats
    """The lowest load that may be, zero or less."""
    ceiling_w: Floats
    """The most that the batteries behind it may draw together; negative where they have to deliver."""

    @classmethod
    def nothing(cls, shape: tuple[int, ...]) -> AskedLimits:
        """Return what asks nothing: to be filled in."""
        return cls(np.full(shape, np.inf), np.full(shape, -np.inf), np.full(shape, np.inf))

    def by_name(self) -> dict[str, Floats]:
        """Return the arrays themselves."""
        return {"highest_w": self.highest_w, "lowest_w": self.lowest_w, "ceiling_w": self.ceiling_w}

    def check(self, name: str, shape: tuple[int, ...]) -> None:
        """Refuse shapes that do not fit, and limits that no load could keep. Raises ValueError."""
        for each in self.by_name().values():
            if each.shape != shape or np.isnan(each).any():
                raise ValueError(f"{name} asks in the shape {each.shape}, not {shape}, or something unknown")
        if (self.highest_w < 0).any() or (self.lowest_w > 0).any() or np.isneginf(self.ceiling_w).any():
            raise ValueError(f"{name} is asked for what no load could keep")

    def there(self) -> Bools:
        """Return where anything is asked, in the shape of the arrays."""
        return np.asarray(np.isfinite(list(self.by_name().values())).any(axis=0))

    def narrow(
        self,
        own: tuple[Floats, Floats],
        base_w: Floats,
        *,
        above_w: Floats,
        below_w: Floats,
        strongest_w: float,
    ) -> tuple[Floats, Floats]:
        """Return the highest and the lowest load that should be, where those of the grid itself are `own`.

        From a limit the margins `above_w` and `below_w` are kept free. A ceiling needs none: it is about the
        batteries alone, whatever the load without them, expected to be `base_w`, turns out to be. It never
        takes the load below the lowest that the grid itself, or a limit, allows; and one that is further off
        than the batteries reach, `strongest_w`, is as one that they just reach: a solver likes no gigawatts.
        """
        highest_w = np.minimum(own[0], np.maximum(self.highest_w - above_w, 0.0))
        lowest_w = np.maximum(own[1], -np.maximum(-self.lowest_w - below_w, 0.0))
        called_w = base_w + np.maximum(self.ceiling_w, -strongest_w)
        return np.maximum(np.minimum(highest_w, called_w), lowest_w), lowest_w
