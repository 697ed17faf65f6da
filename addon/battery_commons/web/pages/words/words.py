"""How the page says things, in English and in Dutch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from battery_commons.domain.quality import Finding, Source
from battery_commons.domain.situation import EstimatedLoad
from battery_commons.sense.finding_words import finding_sentence
from battery_commons.web.pages.overview import (
    BatteryView,
    CodeView,
    ComingSlot,
    Condition,
    SentPlan,
    SlotPower,
    TransformerView,
)
from battery_commons.web.pages.words import access as access_words
from battery_commons.web.pages.words import administration as administration_words
from battery_commons.web.pages.words import meter as meter_words
from battery_commons.web.pages.words import outside as outside_words
from battery_commons.web.pages.words import overview as overview_words
from battery_commons.web.pages.words import plan as plan_words
from battery_commons.web.pages.words import quality as quality_words
from battery_commons.web.pages.words import steering as steering_words

TIME_ZONE = ZoneInfo("Europe/Amsterdam")
"""The village's own: congestion is a Dutch subject here."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_ONE_DECIMAL_BELOW_W = 9_950

_ENGLISH = {
    "title": "Battery Commons",
    "model": "Control model",
    "M1": "M1, each battery for its own house",
    "M2": "M2, the neighbourhood as one",
    "M3": "M3, a level load on the transformer",
    "M4": "M4, community and grid in balance",
    "M5": "M5, support for the region's grid",
    "M6": "M6, M4 with code red and code green",
    "M4+M5": "M4 with M5 on call, both layers",
    "updated": "Village time",
    "lost": "No connection with the coordinator. What you see may be out of date.",
    "setup": "Getting started",
    "setup_village": "Give the village its name",
    "setup_transformer": "Add the transformer and the load it may carry",
    "setup_home": "Invite the first home",
    "setup_prices": "Bring in energy prices",
    "done": "done",
    "to_do": "to do",
    "transformer": "Transformer",
    "now": "now",
    "nothing_measured": "No load has been measured yet.",
    "load_now": "Now {load} of {limit}, {share}.",
    "feed_in_now": "Now {load} fed in, of {limit}, {share}.",
    "load_old": "Last known, {age}: {load} of {limit}.",
    "feed_in_old": "Last known, {age}: {load} fed in, of {limit}.",
    "highest": "Highest expected: {load} at {time}.",
    "lowest": "Most feed-in expected: {load} at {time}.",
    "no_forecast": "There is no forecast yet.",
    "signal_red": "Code red: use less",
    "signal_green": "Code green: use more",
    "signal_neutral": "No congestion",
    "chart_title": "Load of {name}",
    "chart_axis": "kW, import above zero and feed-in below",
    "measured": "Measured",
    "base": "Forecast without batteries",
    "planned": "Expected with batteries",
    "limit": "Limit",
    "batteries": "Batteries",
    "no_batteries": "No home has described a battery yet.",
    "charge": "Charging",
    "stored": "Stored",
    "power": "Power",
    "asked": "Asked",
    "own_pace": "own house",
    "charging": "charging {power}",
    "discharging": "discharging {power}",
    "idle": "idle",
    "unknown": "unknown",
    "mode_village": "Steered by the village",
    "mode_self_consumption": "On its own",
    "mode_paused": "Paused by the resident",
    "mode_shadow": "Shows the plan and does not follow it",
    "mode_unreachable": "Battery cannot be reached",
    "reason_own_house": "Serves its own house",
    "reason_relieve_import": "Relieves the transformer: much is being drawn",
    "reason_relieve_export": "Relieves the transformer: much is being fed in",
    "reason_relieve_feeder": "Helps the region: the medium-voltage grid is busy",
    "reason_low_price": "Charges while energy is cheap",
    "reason_high_price": "Discharges while energy is dear",
    "reason_hold": "Keeps its energy for a better moment",
    "reason_limited_by_battery": "Does what the battery can",
    "reason_limited_by_resident": "Does what the resident allows",
    "reason_limited_by_connection": "Does what the house's connection can carry",
    "reason_meter_lost": "The house's meter cannot be read",
    "reason_second_controller": "Something else steers the battery too",
    "reason_sign_reversed": "The battery does the opposite of what it is asked",
    "reason_battery_full": "The battery is full",
    "reason_reserve_reached": "Keeps the resident's reserve",
    "reason_stale_reading": "The battery has not been read for too long",
    "reason_device_unreachable": "The battery does not answer",
    "reason_lease_expired": "The plan has run out",
    "reason_no_plan": "There is no plan yet",
    "reason_paused": "The resident has paused taking part",
    "plan_next": "Next 24 hours",
    "plan_chart": "Plan of {name}: up is charging, down is discharging",
    "from": "from {time}: {what}",
    "leave_to_house": "own house",
    "no_plan": "no plan yet",
    "waiting": "Plan {sequence}: waiting for the home's answer",
    "retrying": "Plan {sequence}: not delivered after {attempts} attempts ({error})",
    "accepted": "Plan {sequence}: accepted",
    "refused": "Plan {sequence}: refused ({reason})",
    "lease": "Lease until {time}",
    "lease_over": "Lease over since {time}",
    "inputs": "What this is based on",
    "input": "Input",
    "state": "State",
    "meter_of": "Meter of {name}",
    "forecast": "Forecast and plan",
    "prices": "Prices",
    "reading": "Reading",
    "fresh": "up to date",
    "old": "too old",
    "missing": "missing",
    "prices_old": "known too short ahead",
    "prices_until": "known until {time}, from {sources}",
    "price_now": "now {price} per kWh",
    "synthetic": "made-up prices",
    "ago": "{age} ago",
    "second": "{n} s",
    "minute": "{n} min",
    "hour": "{n} h",
    "day": "{n} d",
    "days": "Mon Tue Wed Thu Fri Sat Sun",
}

_DUTCH = {
    "title": "Battery Commons",
    "model": "Regelmodel",
    "M1": "M1, elke batterij voor het eigen huis",
    "M2": "M2, de buurt als één geheel",
    "M3": "M3, een vlakke belasting van de transformator",
    "M4": "M4, gemeenschap en net in balans",
    "M5": "M5, steun voor het net van de regio",
    "M6": "M6, M4 met code rood en code groen",
    "M4+M5": "M4 met M5 op afroep, beide lagen",
    "updated": "Dorpstijd",
    "lost": "Geen verbinding met de coördinator. Wat u ziet kan verouderd zijn.",
    "setup": "Aan de slag",
    "setup_village": "Geef het dorp zijn naam",
    "setup_transformer": "Voeg de transformator toe, met wat hij mag dragen",
    "setup_home": "Nodig het eerste huis uit",
    "setup_prices": "Haal energieprijzen binnen",
    "done": "gedaan",
    "to_do": "te doen",
    "transformer": "Transformator",
    "now": "nu",
    "nothing_measured": "Er is nog geen belasting gemeten.",
    "load_now": "Nu {load} van {limit}, {share}.",
    "feed_in_now": "Nu {load} teruglevering, van {limit}, {share}.",
    "load_old": "Laatst bekend, {age}: {load} van {limit}.",
    "feed_in_old": "Laatst bekend, {age}: {load} teruglevering, van {limit}.",
    "highest": "Hoogst verwacht: {load} om {time}.",
    "lowest": "Meeste teruglevering verwacht: {load} om {time}.",
    "no_forecast": "Er is nog geen verwachting.",
    "signal_red": "Code rood: gebruik minder",
    "signal_green": "Code groen: gebruik meer",
    "signal_neutral": "Geen congestie",
    "chart_title": "Belasting van {name}",
    "chart_axis": "kW, afname boven nul en teruglevering eronder",
    "measured": "Gemeten",
    "base": "Verwacht zonder batterijen",
    "planned": "Verwacht met batterijen",
    "limit": "Grens",
    "batteries": "Batterijen",
    "no_batteries": "Nog geen huis heeft een batterij beschreven.",
    "charge": "Lading",
    "stored": "Opgeslagen",
    "power": "Vermogen",
    "asked": "Gevraagd",
    "own_pace": "eigen huis",
    "charging": "laadt {power}",
    "discharging": "ontlaadt {power}",
    "idle": "in rust",
    "unknown": "onbekend",
    "mode_village": "Gestuurd door het dorp",
    "mode_self_consumption": "Op zichzelf",
    "mode_paused": "Gepauzeerd door de bewoner",
    "mode_shadow": "Toont het plan en volgt het niet",
    "mode_unreachable": "Batterij niet bereikbaar",
    "reason_own_house": "Dient het eigen huis",
    "reason_relieve_import": "Ontlast de transformator: er wordt veel afgenomen",
    "reason_relieve_export": "Ontlast de transformator: er wordt veel teruggeleverd",
    "reason_relieve_feeder": "Helpt de regio: het middenspanningsnet heeft het druk",
    "reason_low_price": "Laadt nu energie goedkoop is",
    "reason_high_price": "Ontlaadt nu energie duur is",
    "reason_hold": "Bewaart energie voor een beter moment",
    "reason_limited_by_battery": "Doet wat de batterij kan",
    "reason_limited_by_resident": "Doet wat de bewoner toestaat",
    "reason_limited_by_connection": "Doet wat de huisaansluiting aankan",
    "reason_meter_lost": "De meter van het huis is niet uit te lezen",
    "reason_second_controller": "Iets anders stuurt de batterij ook",
    "reason_sign_reversed": "De batterij doet het omgekeerde van wat gevraagd wordt",
    "reason_battery_full": "De batterij is vol",
    "reason_reserve_reached": "Houdt de reserve van de bewoner vast",
    "reason_stale_reading": "De batterij is te lang niet uitgelezen",
    "reason_device_unreachable": "De batterij antwoordt niet",
    "reason_lease_expired": "Het plan is verlopen",
    "reason_no_plan": "Er is nog geen plan",
    "reason_paused": "De bewoner heeft deelname gepauzeerd",
    "plan_next": "Komende 24 uur",
    "plan_chart": "Plan van {name}: omhoog is laden, omlaag is ontladen",
    "from": "vanaf {time}: {what}",
    "leave_to_house": "eigen huis",
    "no_plan": "nog geen plan",
    "waiting": "Plan {sequence}: wacht op antwoord van het huis",
    "retrying": "Plan {sequence}: niet bezorgd na {attempts} pogingen ({error})",
    "accepted": "Plan {sequence}: aangenomen",
    "refused": "Plan {sequence}: geweigerd ({reason})",
    "lease": "Geldig tot {time}",
    "lease_over": "Verlopen sinds {time}",
    "inputs": "Waar dit op berust",
    "input": "Gegeven",
    "state": "Toestand",
    "meter_of": "Meter van {name}",
    "forecast": "Verwachting en plan",
    "prices": "Prijzen",
    "reading": "Meting",
    "fresh": "actueel",
    "old": "te oud",
    "missing": "ontbreekt",
    "prices_old": "te kort vooruit bekend",
    "prices_until": "bekend tot {time}, van {sources}",
    "price_now": "nu {price} per kWh",
    "synthetic": "verzonnen prijzen",
    "ago": "{age} geleden",
    "second": "{n} s",
    "minute": "{n} min",
    "hour": "{n} uur",
    "day": "{n} d",
    "days": "ma di wo do vr za zo",
}

PARTS = (
    access_words,
    administration_words,
    meter_words,
    outside_words,
    overview_words,
    plan_words,
    quality_words,
    steering_words,
)
"""The words of pages that have many of their own."""
TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": _ENGLISH | {key: text for part in PARTS for key, text in part.ENGLISH.items()},
    "nl": _DUTCH | {key: text for part in PARTS for key, text in part.DUTCH.items()},
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

    def percent(self, share: float) -> str:
        """Return a share as a percentage."""
        return f"{share:.0%}".replace("%", " %")

    def euros(self, amount: float) -> str:
        """Return a price per kWh."""
        return f"€ {self.number(amount, 3)}"

    def clock(self, moment: datetime) -> str:
        """Return the village's local time of day."""
        return f"{moment.astimezone(TIME_ZONE):%H:%M}"

    def day_and_clock(self, moment: datetime) -> str:
        """Return the village's local date and time of day."""
        local = moment.astimezone(TIME_ZONE)
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
        local = moment.astimezone(TIME_ZONE)
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

    def battery(self, view: BatteryView) -> str:
        """Return a battery's name, with its home's."""
        return f"{view.home}, {view.name}"
