"""How the page says things, in English and in Dutch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from battery_commons.domain.quality import Finding, Source
from battery_commons.domain.situation import EstimatedLoad
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.sense.finding_words import finding_sentence
from battery_commons.web.pages.views import (
    BatteryView,
    CodeView,
    ComingSlot,
    Condition,
    Overview,
    SentPlan,
    SlotPower,
    TransformerView,
)
from battery_commons.web.pages.words import access as access_words
from battery_commons.web.pages.words import account as account_words
from battery_commons.web.pages.words import activation as activation_words
from battery_commons.web.pages.words import administration as administration_words
from battery_commons.web.pages.words import below as below_words
from battery_commons.web.pages.words import common
from battery_commons.web.pages.words import community as community_words
from battery_commons.web.pages.words import community_report as report_words
from battery_commons.web.pages.words import contract as contract_words
from battery_commons.web.pages.words import data_age as data_age_words
from battery_commons.web.pages.words import dutch_flex as dutch_flex_words
from battery_commons.web.pages.words import experiment as experiment_words
from battery_commons.web.pages.words import meter as meter_words
from battery_commons.web.pages.words import mob as mob_words
from battery_commons.web.pages.words import navigation as navigation_words
from battery_commons.web.pages.words import operator_line as operator_line_words
from battery_commons.web.pages.words import outside as outside_words
from battery_commons.web.pages.words import overview as overview_words
from battery_commons.web.pages.words import payments as payment_words
from battery_commons.web.pages.words import plan as plan_words
from battery_commons.web.pages.words import proof as proof_words
from battery_commons.web.pages.words import quality as quality_words
from battery_commons.web.pages.words import statement as statement_words
from battery_commons.web.pages.words import steering as steering_words
from battery_commons.web.pages.words import votes as votes_words

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_ONE_DECIMAL_BELOW_W = 9_950
_ONE_DECIMAL_BELOW_WH = 99_950

PARTS = (
    common,
    access_words,
    account_words,
    activation_words,
    community_words,
    report_words,
    administration_words,
    experiment_words,
    below_words,
    meter_words,
    mob_words,
    navigation_words,
    operator_line_words,
    contract_words,
    data_age_words,
    dutch_flex_words,
    outside_words,
    overview_words,
    payment_words,
    plan_words,
    proof_words,
    quality_words,
    statement_words,
    steering_words,
    votes_words,
)
"""The words of the pages, each beside what it is for; none is said twice."""
TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {key: text for part in PARTS for key, text in part.ENGLISH.items()},
    "nl": {key: text for part in PARTS for key, text in part.DUTCH.items()},
}


def choose_language(asked: str | None, accepted: str) -> str:
    """Return `en` or `nl`: what the address asks for, else what the browser likes best.

    Args:
        asked: The value of `?lang=`, if any.
        accepted: The Accept-Language header (RFC 9110, section 12.5.4).
    """
    if asked is not None and asked in TEXTS:
        return asked
    preferences = []
    for entry in accepted.split(","):
        tag, _, parameter = entry.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        preferences.append((weight, tag.strip().lower().partition("-")[0]))
    known = [(weight, language) for weight, language in preferences if language in TEXTS and weight > 0]
    return max(known, key=lambda preference: preference[0])[1] if known else "en"


@dataclass(frozen=True, slots=True)
class Words:
    """One language's way of putting figures and moments into words."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """Return a text, with its blanks filled in."""
        return TEXTS[self.language][key].format(**values)

    def word(self, name: str | None, prefix: str) -> str:
        """Return the text for a mode or a reason; a word that is new to this version is shown as it is."""
        if name is None:
            return self("unknown")
        return TEXTS[self.language].get(prefix + name, name.replace("_", " "))

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a figure with the language's decimal sign."""
        written = f"{value:.{decimals}f}"
        return written.replace(".", ",") if self.language == "nl" else written

    def kilowatts(self, power_w: float) -> str:
        """Return the size of a power, whatever its direction."""
        decimals = 1 if abs(power_w) < _ONE_DECIMAL_BELOW_W else 0
        return f"{self.number(abs(power_w) / 1000, decimals)} kW"

    def kilowatt_hours(self, energy_wh: float) -> str:
        """Return an amount of energy, by the kWh where it is large."""
        return f"{self.number(energy_wh / 1000, 1 if abs(energy_wh) < _ONE_DECIMAL_BELOW_WH else 0)} kWh"

    def percent(self, share: float) -> str:
        """Return a share as a percentage."""
        return f"{share:.0%}".replace("%", " %")

    def euros(self, amount: float) -> str:
        """Return a price per kWh."""
        return f"€ {self.number(amount, 3)}"

    def month_euros(self, amount: float) -> str:
        """Return what somebody pays each month; below zero they earn."""
        key = "vote_earns_per_month" if amount < 0 else "vote_per_month"
        return self(key, amount=self.number(abs(amount), 2))

    def month(self, moment: datetime) -> str:
        """Return the village's local month."""
        return f"{moment.astimezone(MARKET_ZONE):%m-%Y}"

    def clock(self, moment: datetime) -> str:
        """Return the village's local time of day."""
        return f"{moment.astimezone(MARKET_ZONE):%H:%M}"

    def day_and_clock(self, moment: datetime) -> str:
        """Return the village's local date and time of day."""
        local = moment.astimezone(MARKET_ZONE)
        return f"{self._weekday(local)} {local:%d-%m-%Y %H:%M}"

    def date(self, day: date) -> str:
        """Return a day with its weekday."""
        return f"{self('days').split()[day.weekday()]} {day:%d-%m-%Y}"

    def source(self, source: Source, name: str) -> str:
        """Return what a source of readings is called."""
        return self(f"source_{source.kind}", name=name).strip()

    def finding(self, finding: Finding) -> str:
        """Return what was found wrong with readings, and what to do."""
        return finding_sentence(finding, self.language)

    def finding_time(self, finding: Finding) -> str:
        """Return since when something is wrong, and until when it was."""
        since = self.day_and_clock(finding.since)
        if finding.until is None:
            return self("finding_since", since=since)
        return self("finding_until", since=since, until=self.day_and_clock(finding.until))

    def estimate(self, estimate: EstimatedLoad) -> str:
        """Return what an estimated load rests on, and how far off it may be."""
        key = "estimated_from_homes" if estimate.homes else "estimated_as_usual"
        load, spread = self.kilowatts(estimate.load_w), self.kilowatts(estimate.spread_w)
        return self(key, homes=estimate.homes, load=load, spread=spread)

    def hour_label(self, moment: datetime) -> tuple[int, str]:
        """Return the local hour, and how an axis shows it: a new day by its name."""
        local = moment.astimezone(MARKET_ZONE)
        return local.hour, self._weekday(local) if local.hour == 0 else f"{local:%H:%M}"

    def _weekday(self, local: datetime) -> str:
        return self("days").split()[local.weekday()]

    def ago(self, seconds: float) -> str:
        """Return how long ago something was, in one unit."""
        if seconds < _MINUTE:
            age = self("second", n=int(seconds))
        elif seconds < _HOUR:
            age = self("minute", n=int(seconds // _MINUTE))
        elif seconds < 2 * _DAY:
            age = self("hour", n=int(seconds // _HOUR))
        else:
            age = self("day", n=int(seconds // _DAY))
        return self("ago", age=age)

    def action(self, power_w: float | None) -> str:
        """Return what a battery does at this power (positive = charging)."""
        if power_w is None:
            return self("own_pace")
        if abs(power_w) < 50:  # noqa: PLR2004 - rounds to 0.0 kW
            return self("idle")
        return self("charging" if power_w > 0 else "discharging", power=self.kilowatts(power_w))

    def slot(self, slot: ComingSlot) -> str:
        """Return what a coming slot asks, from when."""
        what = f"{self.action(slot.power_w)} ({self.word(slot.reason, 'reason_').lower()})"
        return self("from", time=self.clock(slot.start), what=what)

    def load(self, view: TransformerView) -> str:
        """Return a transformer's present load and what is expected, in sentences."""
        return " ".join([self._present(view), *self._expected(view)])

    def _present(self, view: TransformerView) -> str:
        if view.load_w is None:
            return self("nothing_measured")
        load, limit = self.kilowatts(view.load_w), self.kilowatts(view.limit_w)
        way = "load" if view.load_w >= 0 else "feed_in"
        if view.estimated_within_w is not None:
            share = self.percent(abs(view.load_w) / view.limit_w)
            spread = self.kilowatts(view.estimated_within_w)
            return self(f"{way}_estimated", load=load, limit=limit, share=share, spread=spread)
        if view.meter.seconds is None:
            return self("nothing_measured")
        if view.meter.condition is not Condition.FRESH:
            return self(f"{way}_old", age=self.ago(view.meter.seconds), load=load, limit=limit)
        share = self.percent(abs(view.load_w) / view.limit_w)
        return self(f"{way}_now", load=load, limit=limit, share=share)

    def _expected(self, view: TransformerView) -> list[str]:
        if not view.planned:
            return [self("no_forecast")]
        return [
            self._extreme(key, slot)
            for key, slot in (("highest", view.highest), ("lowest", view.lowest))
            if slot
        ]

    def _extreme(self, key: str, slot: SlotPower) -> str:
        return self(key, load=self.kilowatts(slot.power_w), time=self.clock(slot.start))

    def room(self, view: TransformerView) -> str:
        """Return what is left under a transformer's limit, now and at the tightest moment to come.

        Nothing is said of now while the load is not fresh.
        """
        sentences = []
        if view.room_w is not None and view.load_w is not None:
            when = "now" if view.estimated_within_w is None else "estimated"
            sentences.append(self._left(when, view.room_w, view.load_w))
        if (slot := view.tightest) is not None:
            room_w = view.limit_w - abs(slot.power_w)
            sentences.append(self._left("expected", room_w, slot.power_w, time=self.clock(slot.start)))
        return " ".join(sentences)

    def _left(self, when: str, room_w: float, load_w: float, **values: str) -> str:
        way = self("way_import" if load_w >= 0 else "way_feed_in")
        key = f"room_{when}" if room_w >= 0 else f"over_{when}"
        return self(key, room=self.kilowatts(room_w), way=way, **values)

    def window(self, view: CodeView) -> str:
        """Return from when to when a code counts."""
        return self("code_from_to", start=self.day_and_clock(view.start), end=self.clock(view.end))

    def delivery(self, sent: SentPlan) -> str:
        """Return what became of the newest plan."""
        if sent.delivery == "waiting" and sent.last_error:
            return self("retrying", sequence=sent.sequence, attempts=sent.attempts, error=sent.last_error)
        return self(str(sent.delivery), sequence=sent.sequence, reason=sent.refusal)

    def lease(self, sent: SentPlan) -> str:
        """Return until when the newest plan counts."""
        return self("lease_over" if sent.lease_over else "lease", time=self.clock(sent.lease_until))

    def together(self, view: Overview) -> str:
        """Return what all batteries are as one."""
        known = view.together
        return self(
            "batteries_together",
            count=known.count,
            all=len(view.batteries),
            stored=self.kilowatt_hours(known.stored_wh),
            capacity=self.kilowatt_hours(known.capacity_wh),
            action=self.action(known.power_w),
        )

    def battery(self, view: BatteryView) -> str:
        """Return a battery's name, with its home's."""
        return f"{view.home}, {view.name}"
