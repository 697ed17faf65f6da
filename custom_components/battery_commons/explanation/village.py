"""Tells in one sentence how the village is doing. Pure."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from functools import partial

from ..community.status import CongestionSignal, VillageStatus
from . import figures
from .phrases import Phrases, Village, phrases


def tell_village(
    status: VillageStatus | None,
    now: datetime,
    *,
    load_is_fresh: bool,
    language: str,
    time_zone: tzinfo,
) -> str:
    """Return one sentence about the village; `status` is None while it does not answer."""
    words = phrases(language)
    if status is None:
        parts = [words.village[Village.SILENT]]
    else:
        moment = partial(figures.moment, now=now, words=words, time_zone=time_zone)
        parts = [
            words.village[what].format(
                **{
                    name: moment(figure) if isinstance(figure, datetime) else figure
                    for name, figure in given.items()
                }
            )
            for what, given in _parts(status, now, words, load_is_fresh=load_is_fresh)
        ]
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _parts(
    status: VillageStatus, now: datetime, words: Phrases, *, load_is_fresh: bool
) -> Iterator[tuple[Village, dict[str, str | int | datetime]]]:
    transformer = figures.transformer(status.transformer_name, words)
    share = figures.share_of_limit(status.load_w, status.limit_w)
    if share is None or not load_is_fresh:
        yield Village.NO_LOAD, {"transformer": transformer}
    else:
        direction = Village.DEMAND if share >= 0 else Village.FEED_IN
        yield direction, {"transformer": transformer, "share": figures.percent(abs(share))}
    if (peak := status.transformer_peak) is not None and peak.at > now:
        share = figures.share_of_limit(peak.power_w, status.limit_w)
        if share is not None:
            direction = Village.DEMAND_PEAK if share >= 0 else Village.FEED_IN_PEAK
            yield direction, {"share": figures.percent(abs(share)), "moment": peak.at}
    if (code := next(iter(status.codes_to_come(now)), None)) is not None:
        red = code.code is CongestionSignal.RED
        if code.start <= now:
            yield Village.RED_NOW if red else Village.GREEN_NOW, {"moment": code.end}
        else:
            to_come = Village.RED_TO_COME if red else Village.GREEN_TO_COME
            yield to_come, {"start": code.start, "moment": code.end}
    if status.members is not None and status.members_online is not None:
        yield Village.MEMBERS, {"online": status.members_online, "members": status.members}
