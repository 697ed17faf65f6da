"""What each home's batteries did for the transformer and the feeder when those were loaded most."""

from collections.abc import Sequence

import numpy as np

from battery_commons.account.basis import GridMonth, Ints, MonthBasis

LOADED_MOST = 20
"""One in so many of a month's quarter hours counts: those with the highest load, import or feed-in alike."""


def reliefs_w(basis: MonthBasis, differences_w: Sequence[Ints], alone_w: Sequence[Ints]) -> list[int]:
    """Return by home how much lower its batteries made the load of transformer and feeder; divided by 4, Wh.

    Both together, each over its own quarter hours. Negative where they made it higher.

    Args:
        basis: The month.
        differences_w: By home, (T,) what its batteries drew more than under M1.
        alone_w: By home, (T,) what its meter would have carried under M1; zero where that is not known.
    """
    relief = [0] * len(basis.homes)
    for grid in basis.grids:
        behind = [n for n, home in enumerate(basis.homes) if home.is_behind(grid.id)]
        for n, relieved_w in zip(
            behind,
            _relief_w(grid, [differences_w[n] for n in behind], [alone_w[n] for n in behind]),
            strict=True,
        ):
            relief[n] += relieved_w
    return relief


def _relief_w(grid: GridMonth, differences_w: list[Ints], alone_w: list[Ints]) -> list[int]:
    """Return by home how much it lowered the load that the grid would have had under M1.

    Which quarter hours count is settled by that load, so that relief does not undo itself, and for each home
    without that home: nobody makes the peak that they are then paid for.
    """
    m1_load_w = grid.load_w - sum(differences_w, np.zeros_like(grid.load_w))
    slots = np.flatnonzero(grid.known)
    most = slots.size // LOADED_MOST
    reliefs = []
    for difference_w, own_w in zip(differences_w, alone_w, strict=True):
        others_w = np.abs(m1_load_w - own_w)[slots]
        loaded = slots[np.argsort(-others_w, kind="stable")[:most]]
        before_w = m1_load_w[loaded]
        reliefs.append(int((np.abs(before_w) - np.abs(before_w + difference_w[loaded])).sum()))
    return reliefs
