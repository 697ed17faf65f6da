"""What is voted on, in words that the homes' entities and the village's pages share."""

from collections.abc import Mapping

from battery_commons.voting.motion import Subject, Value

LANGUAGES = ("en", "nl")
_SUBJECTS: Mapping[str, Mapping[Subject, str]] = {
    "en": {
        Subject.CONTROL_MODEL: "How the batteries are steered",
        Subject.CONGESTION_WEIGHT: "How heavily the grid counts",
        Subject.MINIMUM_RESERVE: "What stays in every battery for its own house",
        Subject.SHARING: "How what is earned is shared",
        Subject.FUND_SHARE: "How much goes to the community fund",
        Subject.FUND_USE: "What the community fund is used for",
        Subject.CODES_PER_WEEK: "How often a code is announced",
    },
    "nl": {
        Subject.CONTROL_MODEL: "Hoe de batterijen worden gestuurd",
        Subject.CONGESTION_WEIGHT: "Hoe zwaar het net telt",
        Subject.MINIMUM_RESERVE: "Wat in elke batterij blijft voor het eigen huis",
        Subject.SHARING: "Hoe de opbrengst wordt verdeeld",
        Subject.FUND_SHARE: "Hoeveel naar de dorpskas gaat",
        Subject.FUND_USE: "Waar de dorpskas voor wordt gebruikt",
        Subject.CODES_PER_WEEK: "Hoe vaak er een code komt",
    },
}
_NAMED: Mapping[str, Mapping[str, str]] = {
    "en": {
        "M1": "M1: each battery for its own house",
        "M2": "M2: the neighbourhood as one",
        "M3": "M3: a level load on the transformer",
        "M4": "M4: community and grid in balance",
        "M5": "M5: support for the region's grid",
        "M6": "M6: with code red and code green",
        "M4+M5": "M4 + M5: both layers",
        "equal": "The same to every home",
        "contribution": "By what each home did for the grid",
        "fund": "To the fund until it has what it needs, then the same to every home",
    },
    "nl": {
        "M1": "M1: elke batterij voor het eigen huis",
        "M2": "M2: de buurt als één geheel",
        "M3": "M3: een vlakke belasting van de transformator",
        "M4": "M4: dorp en net in balans",
        "M5": "M5: hulp voor het net van de regio",
        "M6": "M6: met code rood en code groen",
        "M4+M5": "M4 + M5: beide lagen",
        "equal": "Voor elk huis evenveel",
        "contribution": "Naar wat elk huis voor het net deed",
        "fund": "Naar de kas tot die genoeg heeft, daarna voor elk huis evenveel",
    },
}
_FIGURES: Mapping[str, Mapping[Subject, str]] = {
    "en": {
        Subject.CONGESTION_WEIGHT: "{figure} times as heavy as usual",
        Subject.MINIMUM_RESERVE: "{percent} of each battery",
        Subject.FUND_SHARE: "{percent} of what there is to share",
        Subject.CODES_PER_WEEK: "At most {figure} a week",
    },
    "nl": {
        Subject.CONGESTION_WEIGHT: "{figure} keer zo zwaar als gewoon",
        Subject.MINIMUM_RESERVE: "{percent} van elke batterij",
        Subject.FUND_SHARE: "{percent} van wat er te verdelen is",
        Subject.CODES_PER_WEEK: "Hoogstens {figure} per week",
    },
}


def subject_text(subject: Subject, language: str) -> str:
    """Return what is decided; `language` is en or nl."""
    return _SUBJECTS[language][subject]


def option_text(subject: Subject, value: Value, language: str) -> str:
    """Return what an option says; a use of the fund says itself."""
    if isinstance(value, str):
        return _NAMED[language].get(value, value) if subject is not Subject.FUND_USE else value
    figure, percent = f"{value:g}", f"{100 * value:g} %"
    if language == "nl":
        figure, percent = figure.replace(".", ","), percent.replace(".", ",")
    return _FIGURES[language][subject].format(figure=figure, percent=percent)
