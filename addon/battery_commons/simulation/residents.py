"""What simulated residents really do about code red and code green; the planner never sees these figures.

Behind each transformer a tenth to a fifth of the mean use of the day is put off in a red window, and drawn
forward into a green one; what is shifted is used, or not used, in the hours after. How many join differs by
event.
"""

import numpy as np

from battery_commons.control.flash_mob import AFTER_SLOTS, WINDOW_SLOTS, CodeWindow
from battery_commons.domain.grid import CongestionSignal
from battery_commons.simulation.recorded import Floats, RecordedVillage

LEAST_SHARE, MOST_SHARE = 0.10, 0.20
"""Of the mean use behind the transformer."""


def mean_use_w(village: RecordedVillage) -> Floats:
    """Return (K,) the mean use behind each transformer: what its sites draw while they draw at all."""
    drawn_w = np.maximum(village.site_net_w, 0.0).mean(axis=1)
    of = {transformer.id: k for k, transformer in enumerate(village.transformers)}
    place = np.array([of[site.transformer_id] for site in village.sites], dtype=np.intp)
    return np.bincount(place, drawn_w, minlength=len(of)).astype(np.float64)


def respond(village: RecordedVillage, window: CodeWindow, use_w: Floats) -> Floats:
    """Return (K, T) how the load changes over the whole record for one announced window.

    `use_w` (K,) is `mean_use_w`. The same window always gets the same response.
    """
    seed = int(window.start.timestamp()) // 900
    share = np.random.default_rng(seed).uniform(LEAST_SHARE, MOST_SHARE)
    sign = -1.0 if window.code is CongestionSignal.RED else 1.0
    change_w = np.zeros_like(village.base_load_w)
    change_w[:, window.slots(village.grid)] = sign * share * use_w[:, np.newaxis]
    change_w[:, window.aftermath(village.grid)] = (
        -sign * share * use_w[:, np.newaxis] * WINDOW_SLOTS / AFTER_SLOTS
    )
    return change_w
