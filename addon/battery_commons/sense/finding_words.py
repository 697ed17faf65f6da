"""What was found wrong with readings and what to do about it, in one or two sentences."""

from battery_commons.domain.quality import Finding, FindingKind, SourceKind

_ENGLISH = {
    "sign_battery": "Its power has the wrong sign: it told of {moved_wh} while its charge changed by "
    "{stored_wh}. Turn the power round in this battery's settings in the home's Home Assistant.",
    "sign_meter": "It moves against the houses behind it: its sign is turned round. Have positive mean "
    "drawn from the grid.",
    "sign_night": "It told of {power_w} fed in for a whole night, which no sun does. Unless there is a "
    "wind turbine, turn its sign round: positive is drawn from the grid.",
    "too_large": "{power_w} is beyond what it can be ({bound_w}). Check its unit: the village counts in W.",
    "too_small_battery": "Its power came to {moved_wh} while its charge moved by {stored_wh}. It probably "
    "tells kW where W are asked: check the unit of its power sensor.",
    "too_small": "It told of {power_w} at most in a whole day. It probably tells kW where W are asked: "
    "check its unit.",
    "stuck": "It tells exactly {power_w} hour after hour. Restart what reads it, and look at its cable or "
    "network.",
    "spike": "A value of {power_w} cannot be ({bound_w} at most) and is left out. If there are more, look "
    "at what reads it.",
    "jump": "Its state of charge changed by {change} without the power to explain it. Batteries set "
    "themselves right now and then; if there are more, have its installer look.",
    "clock": "The clock of this home's Home Assistant is off by {ahead_s}. Have its machine set the time "
    "by itself (NTP).",
}
_DUTCH = {
    "sign_battery": "Het vermogen heeft het verkeerde teken: er werd {moved_wh} gemeld terwijl de lading "
    "{stored_wh} veranderde. Draai het vermogen om bij deze batterij in Home Assistant van het huis.",
    "sign_meter": "Hij beweegt tegen de huizen erachter in: het teken is omgedraaid. Laat positief afname "
    "van het net betekenen.",
    "sign_night": "Hij meldde een hele nacht {power_w} teruglevering, en dat doet geen zon. Staat er geen "
    "windmolen, draai dan het teken om: positief is afname van het net.",
    "too_large": "{power_w} is meer dan er kan zijn ({bound_w}). Kijk naar de eenheid: het dorp rekent in W.",
    "too_small_battery": "Het vermogen kwam op {moved_wh} terwijl de lading {stored_wh} bewoog. "
    "Waarschijnlijk wordt kW gemeld waar W wordt gevraagd: kijk naar de eenheid van de vermogenssensor.",
    "too_small": "Hij meldde een hele dag hoogstens {power_w}. Waarschijnlijk meldt hij kW waar W wordt "
    "gevraagd: kijk naar de eenheid.",
    "stuck": "Hij meldt uur na uur precies {power_w}. Start opnieuw wat hem uitleest, en kijk naar kabel "
    "of netwerk.",
    "spike": "Een waarde van {power_w} kan niet (hoogstens {bound_w}) en telt niet mee. Zijn er meer, "
    "kijk dan naar wat hem uitleest.",
    "jump": "De lading veranderde {change} zonder vermogen dat dit verklaart. Batterijen stellen zichzelf "
    "af en toe bij; gebeurt het vaker, laat dan de installateur kijken.",
    "clock": "De klok van Home Assistant van dit huis wijkt {ahead_s} af. Laat die machine de tijd zelf "
    "gelijkzetten (NTP).",
}
SENTENCES = {"en": _ENGLISH, "nl": _DUTCH}


def finding_sentence(finding: Finding, language: str) -> str:
    """Return what was found and what to do, in `en` or `nl`."""
    texts = {name: _figure(name, value, language) for name, value in finding.figures.items()}
    return SENTENCES[language][_key(finding)].format_map(texts)


def _key(finding: Finding) -> str:
    is_battery = finding.source.kind is SourceKind.BATTERY
    match finding.kind:
        case FindingKind.SIGN if is_battery:
            return "sign_battery"
        case FindingKind.SIGN:
            return "sign_night" if "power_w" in finding.figures else "sign_meter"
        case FindingKind.TOO_SMALL if is_battery:
            return "too_small_battery"
        case kind:
            return kind.value


def _figure(name: str, value: float, language: str) -> str:
    unit = name.rpartition("_")[2]
    if name == "change":
        return f"{abs(value):.0%}".replace("%", " %")
    if unit == "s":
        return f"{abs(value):.0f} s"
    kilo = {"w": "kW", "wh": "kWh"}.get(unit)
    if kilo is None:
        return f"{value:g}"
    text = f"{value / 1000:,.3g}" if abs(value) < 100_000 else f"{value / 1000:,.0f}"  # noqa: PLR2004
    if language == "nl":
        text = text.translate(str.maketrans(",.", ".,"))
    return f"{text} {kilo}".replace("-", "\N{MINUS SIGN}")
