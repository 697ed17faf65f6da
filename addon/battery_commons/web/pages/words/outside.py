"""How the page says what comes from outside, in English and in Dutch."""

ENGLISH = {
    "outside": "What comes from outside",
    "outside_source": "Source",
    "outside_prices": "Prices",
    "outside_weather": "Weather",
    "outside_answered": "Last answer {age}.",
    "outside_never": "Has never answered.",
    "outside_well": "answers",
    "outside_fails": "fails",
    "outside_failed": "Last failure {age}: {trouble}",
    "trouble_unreachable": "it could not be reached",
    "trouble_late": "it did not answer in time",
    "trouble_refused": "it refused to answer",
    "trouble_unreadable": "it answered with what cannot be trusted",
    "outside_silent": "No source of prices answers. Plans rest on the last known prices.",
    "outside_no_place": (
        "The village has not said where it lies, so loads are forecast without the weather. It can be said "
        "in the settings."
    ),
    "outside_weather_missing": "No forecast of the weather is known. Loads are forecast without.",
    "outside_weather_lost": "The newest forecast of the weather is too old. Loads are forecast without.",
    "outside_weather_from": "Forecast of {source}, issued {age}.",
    "outside_credit": (
        "Weather by Open-Meteo.com and MET Norway, prices of Energy-Charts from Bundesnetzagentur | "
        "SMARD.de, all CC BY 4.0. Only the weather's sources are told where the village lies, to a tenth "
        "of a degree."
    ),
}
DUTCH = {
    "outside": "Wat van buiten komt",
    "outside_source": "Bron",
    "outside_prices": "Prijzen",
    "outside_weather": "Weer",
    "outside_answered": "Laatste antwoord {age}.",
    "outside_never": "Heeft nog nooit geantwoord.",
    "outside_well": "antwoordt",
    "outside_fails": "faalt",
    "outside_failed": "Faalde {age}: {trouble}",
    "trouble_unreachable": "was niet te bereiken",
    "trouble_late": "antwoordde niet op tijd",
    "trouble_refused": "weigerde te antwoorden",
    "trouble_unreadable": "antwoordde iets dat niet te vertrouwen is",
    "outside_silent": "Geen bron van prijzen antwoordt. De plannen berusten op de laatst bekende prijzen.",
    "outside_no_place": (
        "Het dorp heeft niet gezegd waar het ligt, dus de belasting wordt voorspeld zonder het weer. Het kan "
        "bij de instellingen worden gezegd."
    ),
    "outside_weather_missing": "Er is geen weersverwachting bekend. De belasting wordt zonder voorspeld.",
    "outside_weather_lost": "De nieuwste weersverwachting is te oud. De belasting wordt zonder voorspeld.",
    "outside_weather_from": "Verwachting van {source}, gemaakt {age}.",
    "outside_credit": (
        "Weer van Open-Meteo.com en MET Norway, prijzen van Energy-Charts van Bundesnetzagentur | SMARD.de, "
        "alle CC BY 4.0. Alleen de bronnen van het weer krijgen te horen waar het dorp ligt, op een tiende "
        "graad."
    ),
}
