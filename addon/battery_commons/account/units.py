"""Whole numbers, so that anybody who recomputes an account finds the same cent.

Power is in W, prices in 1e-5 EUR/kWh as the market publishes them, what a tariff makes of them in nEUR/kWh,
and money that is not yet rounded in *parts*: what one W costs in a quarter hour at one nEUR/kWh.
"""

PARTS_PER_CENT = 40_000_000_000
"""A quarter hour of 1 W is 0.00025 kWh; at 1 nEUR/kWh it costs 2.5e-13 EUR."""
NANO_PER_1E5 = 10_000
SHARE = 10_000
"""Efficiencies, VAT and shares are whole numbers of 1e-4."""
STORED_PER_WH = 40_000
"""Stored energy is counted in 1/40,000 Wh: what 1 W at an efficiency of 1e-4 stores in a quarter hour."""
QUARTERS_PER_HOUR = 4


def up_to_cent(parts: int) -> int:
    """Return `parts` in cents, rounded up: in favour of whom it is paid to."""
    return -(-parts // PARTS_PER_CENT)


def nearest_cent(parts: int) -> int:
    """Return `parts` in the nearest cents, halves up: for figures that are shown and never paid."""
    return (2 * parts + PARTS_PER_CENT) // (2 * PARTS_PER_CENT)
