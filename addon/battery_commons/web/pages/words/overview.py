"""What the first page says of codes, of room under the limit, and of getting started."""

ENGLISH = {
    "codes_coming": "Codes now and in the next two days",
    "codes_coming_none": "No code is announced for now or the next two days.",
    "codes_go": "All codes",
    "codes_proposed": "Proposed and not announced yet: {n}",
    "code_now": "now",
    "code_from_to": "{start} to {end}",
    "code_joining": "{joining} of {homes} homes join",
    "window_red": "Code red",
    "window_green": "Code green",
    "meter_is": "Meter",
    "line_estimated": "Estimated, with how far off it may be",
    "way_import": "import",
    "way_feed_in": "feed-in",
    "room_now": "Room left now: {room} ({way}).",
    "over_now": "Over the limit now by {room} ({way}).",
    "room_estimated": "Room left, by this estimate: {room} ({way}).",
    "over_estimated": "Over the limit, by this estimate: {room} ({way}).",
    "room_expected": "Least room expected: {room} at {time} ({way}).",
    "over_expected": "Expected over the limit: by {room} at {time} ({way}).",
    "batteries_together": "{count} of {all} batteries tell how they are: together {stored} of {capacity} "
    "stored, {action}.",
    "batteries_each": "Each battery",
    "readings": "Readings of batteries",
    "readings_fresh": "{fresh} of {all} up to date",
    "readings_silent": "Which are not",
    "setup_prices_how": "This goes by itself: they are fetched from the internet and looked for every half "
    "hour. Still to do after an hour? See that this machine can reach the internet, or bring them in from a "
    "file with battery-commons import-prices.",
}

DUTCH = {
    "codes_coming": "Codes nu en de komende twee dagen",
    "codes_coming_none": "Er is geen code aangekondigd voor nu of de komende twee dagen.",
    "codes_go": "Alle codes",
    "codes_proposed": "Voorgesteld en nog niet aangekondigd: {n}",
    "code_now": "nu",
    "code_from_to": "{start} tot {end}",
    "code_joining": "{joining} van {homes} huizen doen mee",
    "window_red": "Code rood",
    "window_green": "Code groen",
    "meter_is": "Meter",
    "line_estimated": "Geschat, met hoe ver het ernaast kan zitten",
    "way_import": "afname",
    "way_feed_in": "teruglevering",
    "room_now": "Ruimte over nu: {room} ({way}).",
    "over_now": "Nu over de grens: {room} ({way}).",
    "room_estimated": "Ruimte over, volgens deze schatting: {room} ({way}).",
    "over_estimated": "Over de grens, volgens deze schatting: {room} ({way}).",
    "room_expected": "Minste ruimte verwacht: {room} om {time} ({way}).",
    "over_expected": "Verwacht over de grens: {room} om {time} ({way}).",
    "batteries_together": "{count} van {all} batterijen vertellen hoe het met ze is: samen {stored} van "
    "{capacity} opgeslagen, {action}.",
    "batteries_each": "Elke batterij",
    "readings": "Metingen van batterijen",
    "readings_fresh": "{fresh} van {all} actueel",
    "readings_silent": "Welke niet",
    "setup_prices_how": "Dit gaat vanzelf: ze worden van het internet gehaald, en er wordt elk half uur naar "
    "gekeken. Na een uur nog te doen? Kijk of deze machine het internet bereikt, of haal ze uit een bestand "
    "met battery-commons import-prices.",
}
