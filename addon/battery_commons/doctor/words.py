"""What was found, in a sentence that says what to do."""

from battery_commons.doctor.checks import Finding

_ENGLISH = {
    "well": "ok    ",
    "notice": "notice",
    "wrong": "WRONG ",
    "folder_well": "The data folder {path} can be written.",
    "folder_missing": "The data folder {path} does not exist. Name the right one with --data-dir.",
    "folder_read_only": "The data folder {path} cannot be written. Give its rights to the user that "
    "runs this.",
    "disk_well": "{free} are free on the disk; the database is {database}.",
    "disk_full": "Only {free} are free on the disk. Make room, or nothing more is kept.",
    "disk_no_room_for_a_copy": "{free} are free on the disk, and the database is {database}: back up "
    "elsewhere.",
    "database_well": "The database is whole.",
    "database_none": "There is no database yet: the first start makes it.",
    "database_old": "The database is of an older version. The next start brings it along; make a backup "
    "before.",
    "database_problem": "{problem}",
    "key_well": "The signing key is there, and nobody else's to read.",
    "key_none": "There is no signing key yet: the first start makes it.",
    "key_lost": "The signing key is gone. Put your copy of village-key.pem back before the coordinator "
    "starts.",
    "key_problem": "{problem}",
    "key_open": "Others may read the signing key (mode {mode}). Run: chmod 600 village-key.pem",
    "running_well": "The coordinator runs, and answers homes.",
    "not_running": "No coordinator runs on this folder: homes are on self-consumption. Start it.",
    "not_answering": "The coordinator runs and does not answer homes: {problem}. See its log, then "
    "restart it.",
    "clock_well": "The clock agrees with the homes'.",
    "clock_ahead": "The clock is ahead of the homes': they take plans to be from the future. Set the "
    "time right.",
    "clock_behind": "The clock is behind the homes'. Set the time right.",
    "prices_well": "Prices are known until tomorrow.",
    "prices_not_due": "Today's prices are known. Tomorrow's are looked up from 13:00.",
    "prices_none": "Today's prices are not known, and guessed. Look at the internet connection, "
    "or bring prices in from a file with the command import-prices.",
    "prices_of_tomorrow_none": "Tomorrow's prices should be known by now. Look at the internet connection, "
    "or bring them in from a file with the command import-prices.",
    "weather_well": "The forecast of the weather is known.",
    "weather_no_place": "The village has not said where it lies: loads are forecast without the weather. "
    "Say so on the page Settings.",
    "weather_not_yet": "The weather has not been asked for yet: it is within a quarter of an hour.",
    "weather_none": "No source of the weather has answered yet: loads are forecast without. Look at "
    "the internet connection.",
    "weather_old": "The newest forecast of the weather is {ago} old, and still of use. Look at the "
    "internet connection.",
    "weather_lost": "The newest forecast of the weather is {ago} old: loads are forecast without. "
    "Look at the internet connection.",
    "source_unreachable": "{source} could not be reached when it was last asked ({detail}). It is asked "
    "again.",
    "source_late": "{source} did not answer in time when it was last asked. It is asked again.",
    "source_refused": "{source} refused to answer when it was last asked ({detail}). It is asked again.",
    "source_unreadable": "{source} answered with what cannot be trusted ({detail}). If that stays so, "
    "look for a newer version of Battery Commons.",
    "transformers_none": "There is no transformer yet. Add one on the page Transformers, or with the "
    "command transformer.",
    "meter_well": "The meter of transformer {id} reports.",
    "meter_never": "The meter of transformer {id} has never reported. Check its token and address; "
    "a new token comes from the page Transformers, or the command meter-token.",
    "meter_silent": "The meter of transformer {id} was silent for {ago}. Check its power and network.",
    "operator_well": "The line to {name} is heard over.",
    "operator_never": "Nothing was ever heard over the line to {name}. Look at its address and secret, and "
    "try it, on the page Grid operator.",
    "operators_unreadable": "The lines to grid operators cannot be read, so nothing that operators ask is "
    "heard. Run the newest version; else put back last night's backup (page Backups).",
    "operator_silent": "Nothing was heard over the line to {name} for {ago}; what it asked before stays in "
    "force. The page Grid operator says why: look at the internet connection, or ask the operator.",
    "readings_well": "Nothing is wrong with what meters and batteries report.",
    "readings_meter": "Meter of {id}: {finding}",
    "readings_battery": "Battery {id}: {finding}",
    "readings_house": "Home {id}: {finding}",
    "homes_none": "No home with a battery takes part yet. Invite one on the page Invitations, or with the "
    "command invite.",
    "homes_all": "No home reports and follows plans. Look for one cause: the network, the address, or "
    "the key.",
    "homes_well": "{well} of {all} homes report and follow plans.",
    "home_never": "Home {id} has never reported. Ask whether its battery is set up in Home Assistant.",
    "home_silent": "Home {id} was silent for {ago}. Ask whether its Home Assistant runs.",
    "home_refuses": "Home {id} refuses its plans: {reason}. docs/protocol.md says what that means.",
    "home_not_reached": "Home {id} reports, but plans do not reach it: {error}. Check the address that "
    "it gave.",
}
_DUTCH = {
    "well": "goed  ",
    "notice": "let op",
    "wrong": "FOUT  ",
    "folder_well": "In de gegevensmap {path} kan worden geschreven.",
    "folder_missing": "De gegevensmap {path} bestaat niet. Noem de goede met --data-dir.",
    "folder_read_only": "In de gegevensmap {path} kan niet worden geschreven. Geef de rechten aan de "
    "gebruiker "
    "die dit draait.",
    "disk_well": "{free} is vrij op de schijf; de database is {database}.",
    "disk_full": "Er is nog maar {free} vrij op de schijf. Maak ruimte, anders wordt er niets meer bewaard.",
    "disk_no_room_for_a_copy": "{free} is vrij op de schijf en de database is {database}: zet een back-up "
    "ergens anders.",
    "database_well": "De database is heel.",
    "database_none": "Er is nog geen database: de eerste start maakt die.",
    "database_old": "De database is van een oudere versie. De volgende start werkt hem bij; maak eerst een "
    "back-up.",
    "database_problem": "{problem}",
    "key_well": "De sleutel is er, en niemand anders kan hem lezen.",
    "key_none": "Er is nog geen sleutel: de eerste start maakt die.",
    "key_lost": "De sleutel is weg. Zet je kopie van village-key.pem terug voordat de coördinator start.",
    "key_problem": "{problem}",
    "key_open": "Anderen mogen de sleutel lezen (rechten {mode}). Draai: chmod 600 village-key.pem",
    "running_well": "De coördinator draait en antwoordt de huizen.",
    "not_running": "Er draait geen coördinator op deze map: de huizen sturen zichzelf. Start hem.",
    "not_answering": "De coördinator draait maar antwoordt de huizen niet: {problem}. Kijk in zijn log "
    "en start "
    "hem opnieuw.",
    "clock_well": "De klok loopt gelijk met die van de huizen.",
    "clock_ahead": "De klok loopt voor op die van de huizen: zij zien plannen uit de toekomst. Zet de "
    "tijd goed.",
    "clock_behind": "De klok loopt achter op die van de huizen. Zet de tijd goed.",
    "prices_well": "De prijzen tot en met morgen zijn bekend.",
    "prices_not_due": "De prijzen van vandaag zijn bekend. Die van morgen worden vanaf 13:00 opgehaald.",
    "prices_none": "De prijzen van vandaag zijn niet bekend en worden geschat. Kijk naar de "
    "internetverbinding, of lees prijzen uit een bestand in met de opdracht import-prices.",
    "prices_of_tomorrow_none": "De prijzen van morgen hadden er moeten zijn. Kijk naar de "
    "internetverbinding, "
    "of lees ze uit een bestand in met de opdracht import-prices.",
    "weather_well": "De weersverwachting is bekend.",
    "weather_no_place": "Het dorp heeft niet gezegd waar het ligt: de belasting wordt voorspeld zonder "
    "het weer. Zeg het op de pagina Instellingen.",
    "weather_not_yet": "Het weer is nog niet opgevraagd: dat gebeurt binnen een kwartier.",
    "weather_none": "Nog geen bron van het weer heeft geantwoord: de belasting wordt zonder "
    "voorspeld. Kijk naar de internetverbinding.",
    "weather_old": "De nieuwste weersverwachting is {ago} oud en nog bruikbaar. Kijk naar de "
    "internetverbinding.",
    "weather_lost": "De nieuwste weersverwachting is {ago} oud: de belasting wordt zonder voorspeld. "
    "Kijk naar de internetverbinding.",
    "source_unreachable": "{source} was niet te bereiken toen het voor het laatst werd gevraagd "
    "({detail}). Het wordt opnieuw gevraagd.",
    "source_late": "{source} antwoordde niet op tijd toen het voor het laatst werd gevraagd. Het "
    "wordt opnieuw gevraagd.",
    "source_refused": "{source} weigerde te antwoorden toen het voor het laatst werd gevraagd "
    "({detail}). Het wordt opnieuw gevraagd.",
    "source_unreadable": "{source} antwoordde iets dat niet te vertrouwen is ({detail}). Blijft dat zo, "
    "kijk dan of er een nieuwere versie van Battery Commons is.",
    "transformers_none": "Er is nog geen transformator. Voeg er een toe op de pagina Transformatoren, of met "
    "de opdracht transformer.",
    "meter_well": "De meter van transformator {id} meldt zich.",
    "meter_never": "De meter van transformator {id} heeft zich nooit gemeld. Kijk naar zijn token en adres; "
    "een nieuw token geeft de pagina Transformatoren, of de opdracht meter-token.",
    "meter_silent": "De meter van transformator {id} zweeg {ago}. Kijk naar zijn stroom en netwerk.",
    "operator_well": "De lijn met {name} geeft gehoor.",
    "operator_never": "Over de lijn met {name} is nog nooit iets gehoord. Kijk naar het adres en het geheim, "
    "en probeer de lijn, op de pagina Netbeheerder.",
    "operators_unreadable": "De lijnen met netbeheerders zijn niet te lezen, dus niets wat netbeheerders "
    "vragen wordt gehoord. Gebruik de nieuwste versie; zet anders de back-up van vannacht terug (pagina "
    "Back-ups).",
    "operator_silent": "Over de lijn met {name} is {ago} niets gehoord; wat eerder is gevraagd blijft "
    "gelden. De pagina Netbeheerder zegt waarom: kijk naar de internetverbinding, of vraag het de "
    "netbeheerder.",
    "readings_well": "Aan wat meters en batterijen melden is niets mis.",
    "readings_meter": "Meter van {id}: {finding}",
    "readings_battery": "Batterij {id}: {finding}",
    "readings_house": "Huis {id}: {finding}",
    "homes_none": "Er doet nog geen huis met een batterij mee. Nodig er een uit op de pagina "
    "Uitnodigingen, of met de opdracht invite.",
    "homes_all": "Geen huis meldt zich en volgt plannen. Zoek één oorzaak: het netwerk, het adres of de "
    "sleutel.",
    "homes_well": "{well} van {all} huizen melden zich en volgen plannen.",
    "home_never": "Huis {id} heeft zich nooit gemeld. Vraag of de batterij is ingesteld in Home Assistant.",
    "home_silent": "Huis {id} zweeg {ago}. Vraag of Home Assistant daar draait.",
    "home_refuses": "Huis {id} weigert zijn plannen: {reason}. Wat dat betekent staat in docs/protocol.md.",
    "home_not_reached": "Huis {id} meldt zich, maar plannen komen niet aan: {error}. Kijk naar het adres dat "
    "het gaf.",
}
WORDS = {"en": _ENGLISH, "nl": _DUTCH}


def sentence(finding: Finding, language: str) -> str:
    """Return what was found, as a sentence."""
    about_readings = {"finding": finding.values.get(f"finding_{language}", "")}
    return WORDS[language][finding.what].format_map({**finding.values, **about_readings})


def line(finding: Finding, language: str) -> str:
    """Return what was found, with how bad it is before it."""
    return f"{WORDS[language][finding.verdict]}  {sentence(finding, language)}"
