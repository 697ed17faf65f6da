"""What a forecast of a load is: an expected value with a band around it, and what it rests on."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]


class Method(StrEnum):
    """How a forecast was made."""

    BOOSTING = "gradient boosting"
    PERSISTENCE = "persistence"
    TOLD = "told by the grid operator"
    NOTHING = "nothing"


@dataclass(frozen=True, eq=False, slots=True)
class LoadForecast:
    """The expected mean load of T slots, its 80 % band, and how old the newest measurement behind it is."""

    load_w: Floats
    """(T,)"""
    low_w: Floats
    """(T,) one in ten loads is lower; never above `load_w`."""
    high_w: Floats
    """(T,) one in ten loads is higher; never below `load_w`."""
    age: timedelta | None
    """None where nothing has been measured and the forecast is a plain zero."""
    method: Method
    """Of the first slots; later ones may lack what boosting needs, and then are as persistence has them."""
