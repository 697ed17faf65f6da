"""A period of the community as its pages and its report show it: sentences, and bars."""

from collections.abc import Sequence
from dataclasses import dataclass

from battery_commons.community.codes import CodeFact
from battery_commons.community.day import Compared
from battery_commons.community.facts import GridFacts, PeriodFacts
from battery_commons.community.keeping.told import Told
from battery_commons.community.period import Period
from battery_commons.domain.flash_mob import VILLAGE
from battery_commons.web.pages.words import community_sentences as said
from battery_commons.web.pages.words.words import Words

_MOST_CODES_DRAWN = 40
_KINDS = ("actual", "alone", "bare")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, as long as its share of the longest."""

    kind: str
    """`actual`, `alone` or `bare`."""
    label: str
    value: str
    share: float
    """Of the drawing's width, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars that are compared."""

    title: str
    bars: Sequence[Bar]
    limit: float | None = None
    """Where the limit is, from 0 to 1; None where there is none, or it is far off."""


@dataclass(frozen=True, slots=True)
class GridView:
    """A transformer, the feeder or the village."""

    name: str
    sentences: Sequence[str]
    drawings: Sequence[Bars]
    known: str


@dataclass(frozen=True, slots=True)
class CodeBar:
    """What a code did: a dot, and the interval around it; places from 0 to 1."""

    code: str
    label: str
    value: str
    low: float
    at: float
    high: float


@dataclass(frozen=True, slots=True)
class CodesDrawn:
    """Codes under one another, with where no change is."""

    zero: float
    codes: Sequence[CodeBar]


@dataclass(frozen=True, slots=True)
class CommunityView:
    """A period as it is shown."""

    village: str
    period: Period
    name: str
    facts: PeriodFacts
    until: str | None
    """None where nothing is kept of it."""
    grids: Sequence[GridView]
    sun: Sequence[str]
    sun_bars: Bars | None
    carbon: Sequence[str]
    codes: Sequence[str]
    codes_drawn: CodesDrawn | None
    votes: Sequence[str]
    named: Sequence[tuple[str, str]]
    """Names, each with what it did."""
    quality: Sequence[str]


def community_view(told: Told, words: Words) -> CommunityView:
    """Return a period in words and bars."""
    facts = told.facts
    names = {**told.names, VILLAGE: words("community_grid_village")}
    codes = list(told.codes)
    slots = max((grid.slots for grid in facts.grids), default=0)
    # One transformer alone is the whole village.
    shown = [grid for grid in facts.grids if grid.id != VILLAGE or len(told.names) > 1]
    return CommunityView(
        told.village,
        facts.period,
        said.period_name(words, facts.period),
        facts,
        None if facts.until is None else words("community_until", day=words.date(facts.until)),
        [_grid(words, grid, names.get(grid.id, grid.id)) for grid in shown],
        list(said.sun_sentences(words, facts, slots)),
        _sun_bars(words, facts),
        list(said.carbon_sentences(words, facts)),
        list(said.code_sentences(words, codes)),
        codes_drawn(words, codes),
        [said.vote_sentence(words, vote) for vote in told.votes],
        [(home.name, said.named_sentence(words, home)) for home in told.named],
        list(said.quality_sentences(words, facts)),
    )


def codes_drawn(words: Words, codes: Sequence[CodeFact]) -> CodesDrawn | None:
    """Return the newest measured codes as a drawing; None without any."""
    measured = [(each, each.change) for each in codes if each.change is not None][-_MOST_CODES_DRAWN:]
    if not measured:
        return None
    low = min(0.0, *(change.low_w for _, change in measured))
    high = max(0.0, *(change.high_w for _, change in measured))
    span = max(high - low, 1.0)

    def place(power_w: float) -> float:
        return round((power_w - low) / span, 4)

    return CodesDrawn(
        place(0.0),
        [
            CodeBar(
                each.code.value,
                words.day_and_clock(each.start),
                said.change(words, change.change_w),
                place(change.low_w),
                place(change.change_w),
                place(change.high_w),
            )
            for each, change in measured
        ],
    )


def _grid(words: Words, grid: GridFacts, name: str) -> GridView:
    drawings = [] if grid.compared is None else _peaks(words, grid.compared, grid.limit_w)
    return GridView(name, list(said.grid_sentences(words, grid)), drawings, said.known(words, grid))


def _peaks(words: Words, compared: Compared, limit_w: float | None) -> list[Bars]:
    flows = {kind: getattr(compared, kind) for kind in _KINDS}
    highest = max(max(flow.import_w, flow.feed_in_w) for flow in flows.values())
    scale = max(highest, limit_w or 0.0, 1.0)
    # A limit far above all that ever flows would leave the bars too short to be told apart.
    is_near = limit_w is not None and limit_w <= 2 * highest
    if not is_near:
        scale = max(highest, 1.0)
    drawings = []
    for way in ("import", "feed_in"):
        loads = {kind: getattr(flow, f"{way}_w") for kind, flow in flows.items()}
        bars = [
            Bar(kind, words(f"community_{kind}"), words.kilowatts(load), round(load / scale, 4))
            for kind, load in loads.items()
        ]
        limit = round((limit_w or 0.0) / scale, 4) if is_near else None
        drawings.append(Bars(words(f"community_{way}"), bars, limit))
    return drawings


def _sun_bars(words: Words, facts: PeriodFacts) -> Bars | None:
    shares = facts.sun_shares
    if shares is None:
        return None
    bars = [
        Bar(kind, words(f"community_{kind}"), words.percent(share), round(share, 4))
        for kind in _KINDS
        for share in [getattr(shares, kind)]
    ]
    return Bars(words("community_sun"), bars)
