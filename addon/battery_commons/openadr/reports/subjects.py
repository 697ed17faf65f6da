"""Of which parts of the village a report tells, and of which of them batteries may be told of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.domain.privacy import LEAST_HOMES

AGGREGATED = "AGGREGATED_REPORT"
"""How OpenADR calls all targeted resources together."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A part of the grid that a report tells of."""

    name: str
    """As the report calls it: a resource of the village, or `AGGREGATED`."""
    transformers: Sequence[Transformer]
    is_feeder: bool = False
    """Whether its load is the feeder's, which carries more than the village."""


def subjects(
    targets: Collection[str], transformers: Sequence[Transformer], *, has_feeder: bool, aggregate: bool
) -> list[Subject]:
    """Return what a report that targets these names tells of; the whole village where it targets none."""
    targeted = [each for each in transformers if each.id in targets]
    wants_feeder = has_feeder and FEEDER_ID in targets
    if not targeted and not wants_feeder:
        targeted, wants_feeder = list(transformers), has_feeder and not aggregate
    on_feeder = [each for each in transformers if each.on_feeder]
    if aggregate:
        if wants_feeder:  # The feeder holds the transformers on it already.
            return [Subject(AGGREGATED, on_feeder, is_feeder=True)]
        return [Subject(AGGREGATED, targeted)] if targeted else []
    found = [Subject(each.id, [each]) for each in targeted]
    return [*found, Subject(FEEDER_ID, on_feeder, is_feeder=True)] if wants_feeder else found


def may_tell_batteries(
    subject: Subject, transformers: Sequence[Transformer], homes: Mapping[str, int]
) -> bool:
    """Return whether a sum over the batteries of a subject tells nothing of fewer than five homes.

    `homes` is how many homes with a battery are in the sum, by transformer. Subtracting sums from one
    another must tell nothing either: so transformers with too few homes are only told of together, with all
    the others of their kind, as a part of the feeder or the village.
    """
    small = {each.id for each in transformers if 0 < homes.get(each.id, 0) < LEAST_HOMES}
    inside = {each.id for each in subject.transformers}
    if not any(homes.get(id_) for id_ in inside):
        return False
    if not small & inside:
        return True
    on_feeder = {each.id for each in transformers if each.on_feeder}
    every = {each.id for each in transformers}
    if inside not in (on_feeder, every):
        return False
    kinds = (small & on_feeder & inside, (small - on_feeder) & inside)
    return all(not kind or sum(homes[id_] for id_ in kind) >= LEAST_HOMES for kind in kinds)
