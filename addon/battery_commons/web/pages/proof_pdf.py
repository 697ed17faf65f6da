"""A statement on paper: what it says, drawn and in figures, and how to check it (PDF, A4)."""

import base64
import hashlib
from collections.abc import Sequence

from matplotlib.axes import Axes

from battery_commons.domain.activation import Asked
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.flexibility.proof.baselines import Method
from battery_commons.flexibility.proof.delivered import Proof, ProofSlot
from battery_commons.flexibility.proof.statement import PUBLIC_KEY_FILE, Statement
from battery_commons.web.pages.paper import Page, as_pdf
from battery_commons.web.pages.words.activation_sentences import to_the_second
from battery_commons.web.pages.words.proof_sentences import energy, rests_on, subject
from battery_commons.web.pages.words.words import Words

MOST_LINES = 192
"""Quarter hours that are drawn and set in figures: two days. Of longer activations the CSV file has them."""
_LINES_PER_PAGE = 56
_TICKS = 8
_COLUMNS = 0.08, 0.27, 0.37, 0.48, 0.6, 0.72, 0.84


def proof_pdf(proof: Proof, name: str | None, words: Words, made: Statement) -> bytes:
    """Return a statement on paper: the same bytes whenever it is made of the same.

    `name` is that of the part of the grid, and `made` the statement itself.
    """
    drawn = proof.slots if len(proof.slots) <= MOST_LINES else ()
    sheets = [drawn[n : n + _LINES_PER_PAGE] for n in range(0, len(drawn), _LINES_PER_PAGE)]
    title = words("proof_title", village=proof.village)

    def draw() -> list[Page]:
        figures = [_figures(proof, words, each) for each in sheets]
        return [_first(proof, name, words, title, drawn), *figures, _check(words, made)]

    return as_pdf(title, draw, words)


def _first(proof: Proof, name: str | None, words: Words, title: str, drawn: Sequence[ProofSlot]) -> Page:
    activation = proof.activation
    ask = activation.ask
    page = Page()
    page.say(title, heading=True)
    page.say("")
    page.say(f"{words(f'activation_kind_{ask.kind.value}')}: {subject(words, proof, name)}")
    page.say(
        words("activation_from", start=words.day_and_clock(ask.start))
        if ask.end is None
        else words(
            "activation_from_to", start=words.day_and_clock(ask.start), end=words.day_and_clock(ask.end)
        )
    )
    page.say(f"{words('activation_event')}: {ask.event_id}")
    accepted = activation.accepted_at
    page.say(
        words(
            "proof_response",
            received=to_the_second(words, activation.received_at),
            accepted=words("proof_not_accepted") if accepted is None else to_the_second(words, accepted),
        )
    )
    page.say(
        words(
            "proof_homes",
            asked=activation.homes_asked,
            accepted=activation.homes_accepted,
            refused=activation.homes_refused,
            unreachable=activation.unreachable,
        )
    )
    if activation.withdrawn_at is not None:
        page.say(words("proof_withdrawn", at=to_the_second(words, activation.withdrawn_at)))
    page.say("")
    if ask.kind is not Asked.WINDOW:
        page.say(words("proof_asked_kept", kept=proof.kept, missed=proof.missed, unknown=proof.unknown))
    for total in proof.totals:
        page.say("")
        page.say(
            f"{words(f'proof_method_{total.method.value}')}: {energy(words, total)}. "
            f"{words('proof_quarters')}: {total.quarter_hours}; {words('proof_gaps').lower()}: {total.gaps}."
        )
        page.say(rests_on(words, proof, total.method))
    if not proof.totals:
        page.say(words("proof_empty"))
    page.say("")
    page.say(words("proof_signed"))
    if drawn:
        _draw(page.add_axes((0.1, 0.1, 0.82, page.at - 0.16)), proof, words, drawn)
    else:
        page.say(words("proof_long" if proof.slots else "proof_none"))
    return page


def _draw(axes: Axes, proof: Proof, words: Words, slots: Sequence[ProofSlot]) -> None:
    """Draw what was asked, measured and expected, of what the activation is about."""
    of_batteries = proof.activation.ask.kind is Asked.CALL

    def line(powers: Sequence[float | None], label: str, colour: str, width: float = 1.6) -> None:
        known = [float("nan") if power_w is None else power_w / 1000 for power_w in powers]
        if any(power_w is not None for power_w in powers):
            axes.stairs(known, label=label, color=colour, linewidth=width, baseline=None)

    if of_batteries:
        line([slot.asked.ceiling_w for slot in slots], words("activation_asked"), "#b3261e")
        line(
            [slot.batteries.power_w if slot.batteries else None for slot in slots],
            words("measured"),
            "#1f5fa8",
            2.2,
        )
    else:
        line([slot.asked.highest_w for slot in slots], words("activation_asked"), "#b3261e")
        line([slot.asked.lowest_w for slot in slots], words("activation_asked"), "#b3261e")
        line([slot.load_w for slot in slots], words("measured"), "#1f5fa8", 2.2)
    for method, colour in zip(Method, ("#6b6b6b", "#c98a00", "#2e7d32"), strict=True):
        if (method is Method.OPERATOR) is of_batteries:
            baseline = [each.baseline_w if (each := slot.delivered.get(method)) else None for slot in slots]
            line(baseline, words(f"proof_method_{method.value}"), colour)
    axes.set_ylabel("kW")
    axes.axhline(0, color="0.6", linewidth=0.6)
    ticks = range(0, len(slots), max(len(slots) // _TICKS, 1))
    local = [slots[n].asked.start.astimezone(MARKET_ZONE) for n in ticks]
    axes.set_xticks(list(ticks), [f"{at:%d-%m}\n{at:%H:%M}" for at in local])
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.12), ncols=2, frameon=False, fontsize=8)


def _figures(proof: Proof, words: Words, slots: Sequence[ProofSlot]) -> Page:
    """Set quarter hours in figures, held against the baseline that has most of them."""
    page = Page()
    best = max(proof.totals, key=lambda total: total.quarter_hours, default=None)
    if best is not None:
        page.say(f"{words('proof_method')}: {words(f'proof_method_{best.method.value}')}.")
    page.say(words("proof_table_kw"))
    page.say("")
    heads = ("activation_quarter", "proof_load", "proof_batteries", "proof_baseline", "proof_delivered")
    page.row(_COLUMNS, [words(head) for head in (*heads, "proof_spread", "proof_kept")])
    for slot in slots:
        of_method = slot.delivered.get(best.method) if best else None
        powers = (
            slot.load_w,
            slot.batteries.power_w if slot.batteries else None,
            *(
                (of_method.baseline_w, of_method.delivered_w, of_method.spread_w)
                if of_method
                else (None,) * 3
            ),
        )
        kept = "\N{EN DASH}" if slot.kept is None else words("proof_yes" if slot.kept else "proof_no")
        start = words.day_and_clock(slot.asked.start)
        page.row(_COLUMNS, [start, *(_kilowatts(words, power_w) for power_w in powers), kept])
    return page


def _check(words: Words, made: Statement) -> Page:
    page = Page()
    page.say(words("proof_check"), heading=True)
    page.say("")
    for line in made.public_key.decode().splitlines():
        page.say(line, family="DejaVu Sans Mono")
    page.say("")
    page.say(words("proof_check_how", file=PUBLIC_KEY_FILE))
    page.say("")
    page.say(f"openssl pkeyutl -verify -pubin -inkey {PUBLIC_KEY_FILE} -rawin \\", family="DejaVu Sans Mono")
    page.say("-in proof.csv -sigfile proof.csv.sig", family="DejaVu Sans Mono")
    page.say("")
    page.say(
        words("proof_check_sum", digest=hashlib.sha256(made.content).hexdigest()), family="DejaVu Sans Mono"
    )
    page.say("")
    signature = base64.b64encode(made.signature).decode()
    page.say(words("proof_check_signature", signature=signature), family="DejaVu Sans Mono")
    return page


def _kilowatts(words: Words, power_w: float | None) -> str:
    return (
        "\N{EN DASH}" if power_w is None else words.number(power_w / 1000, 2).replace("-", "\N{MINUS SIGN}")
    )
