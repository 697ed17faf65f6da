"""The words of the explanations, in every language that we speak. What is in braces is filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto


class Action(StrEnum):
    """What a battery does."""

    CHARGE = auto()
    DISCHARGE = auto()
    HOLD = auto()
    """It keeps `energy`."""
    KEEP = auto()
    """It keeps an energy that nobody knows."""
    STAND_STILL = auto()
    SERVE_HOUSE = auto()
    """The home itself has it work for the house."""
    LEAVE_TO_HOUSE = auto()
    LEAVE_ALONE = auto()
    """Somebody else must first look at it."""
    STEER_NOT = auto()


class Why(StrEnum):
    """Why it does so."""

    NOT_NEEDED = auto()
    DEMAND = auto()
    DEMAND_EXPECTED = auto()
    """With the `share` of the transformer's limit."""
    DEMAND_LIGHT = auto()
    """Of a transformer that is far from its limit."""
    FEED_IN = auto()
    FEED_IN_EXPECTED = auto()
    FEED_IN_LIGHT = auto()
    FEEDER = auto()
    GRID_OPERATOR = auto()
    ASKED = auto()
    CHEAP = auto()
    PRICE = auto()
    """With the `price`."""
    NEGATIVE_PRICE = auto()
    EXPENSIVE = auto()
    MORE_USE_LATER = auto()
    MORE_USE_AFTER = auto()
    """With the `moment`."""
    NO_PLAN = auto()
    NOT_IN_PLAN = auto()
    LEASE_EXPIRED = auto()
    PAUSED = auto()
    PAUSED_UNTIL = auto()
    RESERVE_REACHED = auto()
    BATTERY_FULL = auto()
    LIMITED_BY_BATTERY = auto()
    LIMITED_BY_RESIDENT = auto()
    LIMITED_BY_CONNECTION = auto()
    METER_LOST = auto()
    SECOND_CONTROLLER = auto()
    SIGN_REVERSED = auto()
    STALE_READING = auto()
    """With the `moment` of the last one."""
    FROZEN_READINGS = auto()
    DEVICE_UNREACHABLE = auto()


class Village(StrEnum):
    """What there is to tell about the village; each is a part of one sentence."""

    SILENT = auto()
    DEMAND = auto()
    """The transformer's load now, with its `share`."""
    FEED_IN = auto()
    NO_LOAD = auto()
    DEMAND_PEAK = auto()
    """The highest load that is expected, with its `share` and `moment`."""
    FEED_IN_PEAK = auto()
    RED_NOW = auto()
    """Until `moment`."""
    GREEN_NOW = auto()
    RED_TO_COME = auto()
    """From `start` until `moment`."""
    GREEN_TO_COME = auto()
    MEMBERS = auto()
    """How many are `online`, of all `members`."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language."""

    actions: Mapping[Action, str]
    would: Mapping[Action, str]
    """The same actions, for a battery that only shows what it would do."""
    whys: Mapping[Why, str]
    village: Mapping[Village, str]
    no_battery: str
    """A whole sentence, as is the next."""
    no_village: str
    shadow: str
    """Follows what a battery would do."""
    since: str
    """A moment, as the start of an action."""
    until: str
    """A moment, as the end of a reason."""
    date: str
    """A moment on another day."""
    winter_time: str
    """Follows the hour that comes a second time when the clock is set back."""
    transformer: str
    a_transformer: str
    """One whose name is not known."""
    up_to: str
    """Precedes the highest of several shares."""
    at_most: str
    at_least: str
    decimal_mark: str
    months: tuple[str, ...]


ENGLISH = Phrases(
    actions={
        Action.CHARGE: "Charges{since} with {power}",
        Action.DISCHARGE: "Discharges{since} with {power}",
        Action.HOLD: "Holding {energy}{since}",
        Action.KEEP: "Holding its energy{since}",
        Action.STAND_STILL: "Stands still{since}",
        Action.SERVE_HOUSE: "Works for your own house{since}",
        Action.LEAVE_TO_HOUSE: "Left to your own house{since}",
        Action.LEAVE_ALONE: "Left alone{since}",
        Action.STEER_NOT: "Not steered{since}",
    },
    would={
        Action.CHARGE: "Would charge with {power}",
        Action.DISCHARGE: "Would discharge with {power}",
        Action.HOLD: "Would hold {energy}",
        Action.KEEP: "Would hold its energy",
        Action.STAND_STILL: "Would stand still",
        Action.SERVE_HOUSE: "Would work for your own house",
        Action.LEAVE_TO_HOUSE: "Would be left to your own house",
        Action.LEAVE_ALONE: "Would be left alone",
        Action.STEER_NOT: "Would not be steered",
    },
    whys={
        Why.NOT_NEEDED: "the village does not need it{until}",
        Why.DEMAND: "{transformer} is busy with demand{until}",
        Why.DEMAND_EXPECTED: "{transformer} is expected at {share} of its limit, from demand,{until}",
        Why.DEMAND_LIGHT: "the houses behind {transformer} use power{until}",
        Why.FEED_IN: "{transformer} is busy with solar power{until}",
        Why.FEED_IN_EXPECTED: "{transformer} is expected at {share} of its limit, from feed-in,{until}",
        Why.FEED_IN_LIGHT: "the houses behind {transformer} have power left over{until}",
        Why.FEEDER: "the region's medium-voltage grid is busy{until}",
        Why.GRID_OPERATOR: "the grid operator asks the village for it{until}",
        Why.ASKED: "the village asks for it{until}",
        Why.CHEAP: "electricity is cheap{until}",
        Why.PRICE: "electricity costs {price} EUR per kWh{until}",
        Why.NEGATIVE_PRICE: "using electricity pays {price} EUR per kWh{until}",
        Why.EXPENSIVE: "electricity is expensive{until}",
        Why.MORE_USE_LATER: "it is of more use later",
        Why.MORE_USE_AFTER: "it is of more use after {moment}",
        Why.NO_PLAN: "the village has sent no plan",
        Why.NOT_IN_PLAN: "the village's plan says nothing about this moment",
        Why.LEASE_EXPIRED: "the village's plan ran out at {moment}",
        Why.PAUSED: "you have paused it, until you let it take part again",
        Why.PAUSED_UNTIL: "you have paused it until {moment}",
        Why.RESERVE_REACHED: "the {share} that stays for your own house is reached",
        Why.BATTERY_FULL: "the battery is full",
        Why.LIMITED_BY_BATTERY: "more than that the battery cannot do",
        Why.LIMITED_BY_RESIDENT: "more than that you do not allow",
        Why.LIMITED_BY_CONNECTION: "your connection to the grid leaves room for no more",
        Why.METER_LOST: "your meter does not answer, so your connection cannot be guarded",
        Why.SECOND_CONTROLLER: "something else gives the battery orders",
        Why.SIGN_REVERSED: "it charges when it should discharge, and that has to be solved first",
        Why.FROZEN_READINGS: "the battery's readings no longer change",
        Why.STALE_READING: "the battery's last reading is from {moment}",
        Why.DEVICE_UNREACHABLE: "the battery does not answer",
    },
    village={
        Village.SILENT: "the village does not answer now",
        Village.DEMAND: "{transformer} is at {share} of its limit, from demand",
        Village.FEED_IN: "{transformer} is at {share} of its limit, from feed-in",
        Village.NO_LOAD: "no recent load of {transformer} is known",
        Village.DEMAND_PEAK: "{share} is expected at {moment}, from demand",
        Village.FEED_IN_PEAK: "{share} is expected at {moment}, from feed-in",
        Village.RED_NOW: "it is code red until {moment}",
        Village.GREEN_NOW: "it is code green until {moment}",
        Village.RED_TO_COME: "code red comes from {start} until {moment}",
        Village.GREEN_TO_COME: "code green comes from {start} until {moment}",
        Village.MEMBERS: "{online} of {members} homes are connected",
    },
    no_battery="No such battery takes part.",
    no_village="This home takes part in no village.",
    shadow=" (shadow mode: nothing is ordered)",
    since=" from {moment}",
    until=" until {moment}",
    date="{day} {month} {time}",
    winter_time=" winter time",
    transformer="transformer {name}",
    a_transformer="the transformer",
    up_to="up to ",
    at_most="at most ",
    at_least="at least ",
    decimal_mark=".",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
)

DUTCH = Phrases(
    actions={
        Action.CHARGE: "Laadt{since} met {power}",
        Action.DISCHARGE: "Ontlaadt{since} met {power}",
        Action.HOLD: "Houdt{since} {energy} vast",
        Action.KEEP: "Houdt{since} zijn energie vast",
        Action.STAND_STILL: "Staat{since} stil",
        Action.SERVE_HOUSE: "Werkt{since} voor je eigen huis",
        Action.LEAVE_TO_HOUSE: "Is{since} voor je eigen huis",
        Action.LEAVE_ALONE: "Wordt{since} met rust gelaten",
        Action.STEER_NOT: "Wordt{since} niet gestuurd",
    },
    would={
        Action.CHARGE: "Zou met {power} laden",
        Action.DISCHARGE: "Zou met {power} ontladen",
        Action.HOLD: "Zou {energy} vasthouden",
        Action.KEEP: "Zou zijn energie vasthouden",
        Action.STAND_STILL: "Zou stilstaan",
        Action.SERVE_HOUSE: "Zou voor je eigen huis werken",
        Action.LEAVE_TO_HOUSE: "Zou voor je eigen huis zijn",
        Action.LEAVE_ALONE: "Zou met rust gelaten worden",
        Action.STEER_NOT: "Zou niet gestuurd worden",
    },
    whys={
        Why.NOT_NEEDED: "het dorp heeft hem{until} niet nodig",
        Why.DEMAND: "{transformer} heeft het{until} druk met de vraag naar stroom",
        Why.DEMAND_EXPECTED: (
            "{transformer} zit naar verwachting{until} op {share} van zijn grens, door vraag naar stroom"
        ),
        Why.DEMAND_LIGHT: "de huizen achter {transformer} gebruiken{until} stroom",
        Why.FEED_IN: "{transformer} heeft het{until} druk met zonnestroom",
        Why.FEED_IN_EXPECTED: (
            "{transformer} zit naar verwachting{until} op {share} van zijn grens, door teruglevering"
        ),
        Why.FEED_IN_LIGHT: "de huizen achter {transformer} houden{until} stroom over",
        Why.FEEDER: "het middenspanningsnet van de regio heeft het{until} druk",
        Why.GRID_OPERATOR: "de netbeheerder vraagt het dorp{until} daarom",
        Why.ASKED: "het dorp vraagt daar{until} om",
        Why.CHEAP: "stroom is{until} goedkoop",
        Why.PRICE: "stroom kost{until} {price} euro per kWh",
        Why.NEGATIVE_PRICE: "stroom gebruiken levert{until} {price} euro per kWh op",
        Why.EXPENSIVE: "stroom is{until} duur",
        Why.MORE_USE_LATER: "die is later meer waard",
        Why.MORE_USE_AFTER: "die is na {moment} meer waard",
        Why.NO_PLAN: "het dorp heeft geen plan gestuurd",
        Why.NOT_IN_PLAN: "het plan van het dorp zegt niets over dit moment",
        Why.LEASE_EXPIRED: "het plan van het dorp is om {moment} verlopen",
        Why.PAUSED: "jij hebt hem gepauzeerd, tot je hem weer laat meedoen",
        Why.PAUSED_UNTIL: "jij hebt hem tot {moment} gepauzeerd",
        Why.RESERVE_REACHED: "de {share} die voor je eigen huis blijft is bereikt",
        Why.BATTERY_FULL: "de batterij is vol",
        Why.LIMITED_BY_BATTERY: "meer kan de batterij niet",
        Why.LIMITED_BY_RESIDENT: "meer sta jij niet toe",
        Why.LIMITED_BY_CONNECTION: "meer past er niet op je aansluiting",
        Why.METER_LOST: "je meter antwoordt niet, dus je aansluiting kan niet bewaakt worden",
        Why.SECOND_CONTROLLER: "iets anders geeft de batterij opdrachten",
        Why.SIGN_REVERSED: "hij laadt als hij moet ontladen, en dat moet eerst opgelost worden",
        Why.FROZEN_READINGS: "de meetwaarden van de batterij veranderen niet meer",
        Why.STALE_READING: "de laatste meetwaarde van de batterij is van {moment}",
        Why.DEVICE_UNREACHABLE: "de batterij antwoordt niet",
    },
    village={
        Village.SILENT: "het dorp antwoordt nu niet",
        Village.DEMAND: "{transformer} zit op {share} van zijn grens, door vraag naar stroom",
        Village.FEED_IN: "{transformer} zit op {share} van zijn grens, door teruglevering",
        Village.NO_LOAD: "van {transformer} is geen recente belasting bekend",
        Village.DEMAND_PEAK: "om {moment} wordt {share} verwacht, door vraag naar stroom",
        Village.FEED_IN_PEAK: "om {moment} wordt {share} verwacht, door teruglevering",
        Village.RED_NOW: "het is code rood tot {moment}",
        Village.GREEN_NOW: "het is code groen tot {moment}",
        Village.RED_TO_COME: "van {start} tot {moment} komt er code rood",
        Village.GREEN_TO_COME: "van {start} tot {moment} komt er code groen",
        Village.MEMBERS: "{online} van de {members} huizen zijn verbonden",
    },
    no_battery="Zo'n batterij doet niet mee.",
    no_village="Dit huis doet in geen dorp mee.",
    shadow=" (schaduwstand: er wordt niets opgedragen)",
    since=" vanaf {moment}",
    until=" tot {moment}",
    date="{day} {month} {time}",
    winter_time=" wintertijd",
    transformer="transformator {name}",
    a_transformer="de transformator",
    up_to="hoogstens ",
    at_most="hoogstens ",
    at_least="minstens ",
    decimal_mark=",",
    months=(
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ),
)


def phrases(language: str) -> Phrases:
    """Return the words of a language such as `nl` or `en-GB`; English for one that we do not speak."""
    return DUTCH if language.lower().startswith("nl") else ENGLISH
