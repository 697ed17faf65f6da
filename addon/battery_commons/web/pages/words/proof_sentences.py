"""What a proof of delivery found, in words."""

from battery_commons.domain.grid import FEEDER_ID
from battery_commons.flexibility.proof.baselines import Method
from battery_commons.flexibility.proof.delivered import Proof, Total
from battery_commons.web.pages.words.words import Words


def subject(words: Words, proof: Proof, name: str | None) -> str:
    """Return what an activation is of; `name` is that of the part of the grid, where it has one."""
    of = proof.activation.ask.subject
    if of != FEEDER_ID:
        return f"{words('transformer')} {name or of}"
    return words("activation_feeder", name=name) if name else words("activation_village")


def energy(words: Words, total: Total) -> str:
    """Return how much less or more was drawn than a baseline, with how far off that may be."""
    key = "proof_less" if total.energy_wh <= 0 else "proof_more"
    told = words(key, energy=_kilowatt_hours(words, abs(total.energy_wh)))
    return f"{told} ({words('proof_spread')} {_kilowatt_hours(words, total.spread_wh)})"


def rests_on(words: Words, proof: Proof, method: Method) -> str:
    """Return what a baseline rests on."""
    days = ", ".join(f"{day:%d-%m-%Y}" for day in proof.baselines[method].days)
    return words(f"proof_rests_{method.value}", days=days)


def _kilowatt_hours(words: Words, energy_wh: float) -> str:
    return f"{words.number(energy_wh / 1000, 1)} kWh"
