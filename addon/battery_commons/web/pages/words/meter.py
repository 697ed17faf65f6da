"""How the pages about meters say things, in English and in Dutch."""

ENGLISH = {
    "meter_kind_push": "Reports by itself",
    "meter_kind_modbus": "Modbus TCP",
    "meter_kind_mqtt": "MQTT",
    "meter_kind_home_assistant": "Home Assistant",
    "meter_pushes": (
        "Whatever reads this meter sends its readings to the village over HTTP, with the meter's token "
        "(docs/protocol.md). The village can also read it itself, below."
    ),
    "meter_read_at": "Read at {address}.",
    "meter_own_home_assistant": "the Home Assistant on this machine",
    "meter_last_import": "Last: {load}, drawn from the grid.",
    "meter_last_export": "Last: {load}, fed into the grid.",
    "meter_tried_again": "It is tried again by itself, at least every five minutes.",
    "meter_drop": "No longer read it",
    "meter_read_from": "Read it from",
    "meter_try": "Try it now",
    "meter_says_import": (
        "It says {load}, drawn from the grid. If that is the wrong way round, turn it below. "
        "Nothing has been saved yet."
    ),
    "meter_says_export": (
        "It says {load}, fed into the grid. If that is the wrong way round, turn it below. "
        "Nothing has been saved yet."
    ),
    "meter_presets": "Is it one of these? Then its registers are filled in; its address is for you.",
    "meter_field_host": "Address of the meter",
    "meter_hint_host": "Its IP address or name, as 192.168.1.40. A gateway's, where the meter is behind one.",
    "meter_field_port": "Port",
    "meter_field_unit": "Unit",
    "meter_hint_unit": "The number of the meter on its line; 1 for most that are alone.",
    "meter_field_registers": "Kind of register",
    "meter_registers_input": "Input (3xxxx, function 4)",
    "meter_registers_holding": "Holding (4xxxx, function 3)",
    "meter_field_register": "Register of the total active power",
    "meter_hint_register": (
        "Counted from 0, as it is sent: what a handbook calls 30053 is 52. The sum of the phases, not energy."
    ),
    "meter_field_number": "Layout",
    "meter_number_float32": "float32, two registers",
    "meter_number_int32": "int32, two registers",
    "meter_number_int16": "int16, one register",
    "meter_field_word_order": "Order of two registers",
    "meter_word_order_big": "High one first",
    "meter_word_order_little": "Low one first",
    "meter_field_scale_w": "W for each 1 in the register",
    "meter_hint_scale_w": (
        "1 where the register is in W, 1000 where it is in kW, 0.1 where it is in tenths of W."
    ),
    "meter_field_mqtt_url": "Broker",
    "meter_hint_mqtt_url": "mqtt://name:1883, or mqtts:// with TLS. No user name or password in it.",
    "meter_field_user": "User name",
    "meter_field_password": "Password",
    "meter_field_topic": "Topic",
    "meter_hint_topic": "The whole of it, without + or #.",
    "meter_field_path": "Where in the message",
    "meter_hint_path": (
        "In JSON, names with points between them, as total.power. Empty where the message is a plain number."
    ),
    "meter_field_power_unit": "It is in",
    "meter_unit_W": "W",
    "meter_unit_kW": "kW",
    "meter_unit_MW": "MW",
    "meter_field_entity_id": "Sensor",
    "meter_hint_entity_id": "Its entity id, as sensor.transformer_power. It has to be in W, kW or MW.",
    "meter_own_hint": "Leave address and token empty for a sensor of the Home Assistant that this app is in.",
    "meter_field_ha_url": "Address of Home Assistant",
    "meter_hint_ha_url": "As http://192.168.1.10:8123.",
    "meter_field_access_token": "Long-lived access token",
    "meter_secret_kept": (
        "Known, and not shown. Leave it empty to keep it; for another address give it again."
    ),
    "meter_field_is_reversed": "Positive is",
    "meter_is_reversed_no": "what is drawn from the grid",
    "meter_is_reversed_yes": "what is fed into the grid",
    "wrong_host": "Give an IP address or a name, without http:// and without a port.",
    "wrong_port": "Give a whole number from 1 to 65535.",
    "wrong_unit": "Give a whole number from 0 to 255.",
    "wrong_registers": "Choose one of these.",
    "wrong_register": "Give a whole number from 0 to 65535.",
    "wrong_number": "Choose one of these.",
    "wrong_word_order": "Choose one of these.",
    "wrong_scale_w": "Give a number above 0.",
    "wrong_url": "Give the protocol, a name and perhaps a port, and nothing after it.",
    "wrong_url_needed": "Give the address of Home Assistant.",
    "wrong_user": "Give at most 200 characters.",
    "wrong_secret": "Give at most 1000 characters.",
    "wrong_secret_needed": (
        "Give a token: in Home Assistant, your profile, Security, Long-lived access tokens."
    ),
    "wrong_topic": "Give one topic, without + or #.",
    "wrong_path": "Give at most 200 characters.",
    "wrong_entity_id": "Give an entity id, as sensor.transformer_power.",
    "meter_trouble_unreachable": "It cannot be reached. Check the address and port, and whether it is on.",
    "meter_trouble_refused": "It does not believe the name, password or token. Give them again.",
    "meter_trouble_not_there": "It answers, but has no such register, value or sensor. Check which you ask.",
    "meter_trouble_unavailable": "It answers that it does not know the power itself.",
    "meter_trouble_no_number": "What it says is no number. Check where in the message, or which layout.",
    "meter_trouble_too_large": "What it says is more than any cable carries. Check unit, layout or order.",
    "meter_trouble_wrong_unit": "The sensor is not in W, kW or MW.",
    "meter_trouble_old": "The sensor has reported nothing for more than five minutes.",
    "meter_trouble_silent": "Nothing new came in. What a broker kept from before does not count.",
    "meter_trouble_not_taken_in": "The reading could not be taken in: check the clock and the disk.",
    "meter_trouble_fault": "Something went wrong in the coordinator itself. The log says what.",
    "meter_file": "Bring in a file",
    "meter_file_what": (
        "A year of history makes forecasts good from the first day. The first column is start, the start of "
        "each quarter hour or hour; the second is power_kw or power_w, positive for what is drawn from the "
        "grid. Commas with decimal points, or semicolons with decimal commas. At most 4 MB, and at most a "
        "year back."
    ),
    "meter_file_field": "File (CSV)",
    "meter_zone": "Times without an offset are in",
    "zone_own": "there are none: each has its own",
    "zone_utc": "UTC",
    "zone_winter": "Dutch winter time, all year",
    "zone_dutch": "Dutch time, with summer time",
    "meter_file_send": "Take it in",
    "meter_file_line": "Line {line}",
    "meter_file_nothing": "Nothing has been taken in.",
    "too_large": "Too large",
    "too_large_what": "At most {kilobytes} kB can be sent here. Cut the file in parts and send each.",
    "meter_file_taken": "What was taken in",
    "file_period": "Period",
    "file_new": "New readings",
    "file_known": "Readings that were known already, and stayed as they were",
    "file_repeated": "Rows that the file has twice",
    "file_too_old": "Readings from over a year ago, left out",
    "file_gaps": "Gaps",
    "file_no_gaps": "none",
    "file_more_gaps": "and {count} more",
    "file_no_text": "this is no text in UTF-8. Save it from the spreadsheet as “CSV UTF-8”.",
    "file_empty": "there are fewer than two rows below the header.",
    "file_cut_off": "the last line has no line break, so the file may be cut off. Save it again.",
    "file_header": "the header has to be start,power_kw or start,power_w, or the same with a semicolon.",
    "file_fields": "there have to be two columns. With decimal commas, separate them by semicolons.",
    "file_quotes": "quotation marks do not match.",
    "file_stamp": "this is no date and time. Write 2026-03-30T02:30+02:00, say.",
    "file_no_zone": "the time has no offset. Choose what times are in, below.",
    "file_no_such_time": (
        "no Dutch clock shows this time: it is skipped as summer time begins. Check the zone."
    ),
    "file_order": "this comes before the row above it. Put the rows in the order of time.",
    "file_contradiction": "this time is there twice, with different powers. Delete one.",
    "file_number": "this is no power. Every row needs one.",
    "file_point": (
        "there is a point, and decimal commas elsewhere. Write 1234,5 without a point for thousands."
    ),
    "file_step": "rows are to be a quarter hour or less apart, or an hour.",
    "file_in_watts": (
        "that is far beyond the limit most of the time. Is it in W? Then write power_w above it."
    ),
    "file_in_megawatts": "that is the highest, and next to nothing for this limit. Is it in MW? Make it kW.",
    "file_in_the_future": "this is still to come. Check the year and the zone.",
    "told_meter_source_chosen": "The meter is read there from now on.",
    "told_meter_source_dropped": "The meter is no longer read.",
    "act_meter_source_chosen": "chose where a meter is read",
    "act_meter_source_dropped": "stopped reading a meter",
    "act_meter_file_taken_in": "brought in a file of readings",
}

DUTCH = {
    "meter_kind_push": "Meldt zichzelf",
    "meter_kind_modbus": "Modbus TCP",
    "meter_kind_mqtt": "MQTT",
    "meter_kind_home_assistant": "Home Assistant",
    "meter_pushes": (
        "Wat deze meter leest, stuurt de metingen over HTTP naar het dorp, met het token van de meter "
        "(docs/protocol.md). Het dorp kan hem ook zelf lezen, hieronder."
    ),
    "meter_read_at": "Gelezen op {address}.",
    "meter_own_home_assistant": "de Home Assistant op deze machine",
    "meter_last_import": "Laatst: {load}, afgenomen van het net.",
    "meter_last_export": "Laatst: {load}, teruggeleverd aan het net.",
    "meter_tried_again": "Het wordt vanzelf opnieuw geprobeerd, ten minste elke vijf minuten.",
    "meter_drop": "Niet meer lezen",
    "meter_read_from": "Lees hem via",
    "meter_try": "Nu proberen",
    "meter_says_import": (
        "Hij zegt {load}, afgenomen van het net. Is dat andersom, draai het dan hieronder om. "
        "Er is nog niets opgeslagen."
    ),
    "meter_says_export": (
        "Hij zegt {load}, teruggeleverd aan het net. Is dat andersom, draai het dan hieronder om. "
        "Er is nog niets opgeslagen."
    ),
    "meter_presets": "Is het een van deze? Dan worden de registers ingevuld; het adres is aan jou.",
    "meter_field_host": "Adres van de meter",
    "meter_hint_host": (
        "Het IP-adres of de naam, zoals 192.168.1.40. Dat van de gateway, als de meter daarachter zit."
    ),
    "meter_field_port": "Poort",
    "meter_field_unit": "Unit",
    "meter_hint_unit": "Het nummer van de meter op zijn lijn; 1 voor de meeste die alleen zijn.",
    "meter_field_registers": "Soort register",
    "meter_registers_input": "Input (3xxxx, functie 4)",
    "meter_registers_holding": "Holding (4xxxx, functie 3)",
    "meter_field_register": "Register van het totale werkelijke vermogen",
    "meter_hint_register": (
        "Geteld vanaf 0, zoals het verstuurd wordt: wat een handboek 30053 noemt is 52. De som van de fasen, "
        "geen energie."
    ),
    "meter_field_number": "Indeling",
    "meter_number_float32": "float32, twee registers",
    "meter_number_int32": "int32, twee registers",
    "meter_number_int16": "int16, één register",
    "meter_field_word_order": "Volgorde van twee registers",
    "meter_word_order_big": "Hoge eerst",
    "meter_word_order_little": "Lage eerst",
    "meter_field_scale_w": "W voor elke 1 in het register",
    "meter_hint_scale_w": (
        "1 als het register in W is, 1000 als het in kW is, 0,1 als het in tienden van W is."
    ),
    "meter_field_mqtt_url": "Broker",
    "meter_hint_mqtt_url": "mqtt://naam:1883, of mqtts:// met TLS. Zonder gebruikersnaam en wachtwoord erin.",
    "meter_field_user": "Gebruikersnaam",
    "meter_field_password": "Wachtwoord",
    "meter_field_topic": "Topic",
    "meter_hint_topic": "Helemaal, zonder + of #.",
    "meter_field_path": "Waar in het bericht",
    "meter_hint_path": (
        "In JSON: namen met punten ertussen, zoals total.power. Leeg als het bericht een gewoon getal is."
    ),
    "meter_field_power_unit": "Het is in",
    "meter_unit_W": "W",
    "meter_unit_kW": "kW",
    "meter_unit_MW": "MW",
    "meter_field_entity_id": "Sensor",
    "meter_hint_entity_id": "De entiteit-id, zoals sensor.transformer_power. In W, kW of MW.",
    "meter_own_hint": "Laat adres en token leeg voor een sensor van de Home Assistant waar deze app in zit.",
    "meter_field_ha_url": "Adres van Home Assistant",
    "meter_hint_ha_url": "Zoals http://192.168.1.10:8123.",
    "meter_field_access_token": "Langlevend toegangstoken",
    "meter_secret_kept": (
        "Bekend, en niet getoond. Laat leeg om het te houden; geef het opnieuw bij een ander adres."
    ),
    "meter_field_is_reversed": "Positief is",
    "meter_is_reversed_no": "wat van het net wordt afgenomen",
    "meter_is_reversed_yes": "wat aan het net wordt teruggeleverd",
    "wrong_host": "Geef een IP-adres of naam, zonder http:// en zonder poort.",
    "wrong_port": "Geef een heel getal van 1 tot en met 65535.",
    "wrong_unit": "Geef een heel getal van 0 tot en met 255.",
    "wrong_registers": "Kies een van deze.",
    "wrong_register": "Geef een heel getal van 0 tot en met 65535.",
    "wrong_number": "Kies een van deze.",
    "wrong_word_order": "Kies een van deze.",
    "wrong_scale_w": "Geef een getal boven 0.",
    "wrong_url": "Geef het protocol, een naam en eventueel een poort, en niets daarna.",
    "wrong_url_needed": "Geef het adres van Home Assistant.",
    "wrong_user": "Geef hooguit 200 tekens.",
    "wrong_secret": "Geef hooguit 1000 tekens.",
    "wrong_secret_needed": (
        "Geef een token: in Home Assistant, je profiel, Beveiliging, Langlevende toegangstokens."
    ),
    "wrong_topic": "Geef één topic, zonder + of #.",
    "wrong_path": "Geef hooguit 200 tekens.",
    "wrong_entity_id": "Geef een entiteit-id, zoals sensor.transformer_power.",
    "meter_trouble_unreachable": "Hij is niet te bereiken. Kijk adres en poort na, en of hij aan staat.",
    "meter_trouble_refused": "Naam, wachtwoord of token wordt niet geloofd. Geef ze opnieuw.",
    "meter_trouble_not_there": (
        "Hij antwoordt, maar heeft dit register, deze waarde of deze sensor niet. Kijk na wat er "
        "gevraagd wordt."
    ),
    "meter_trouble_unavailable": "Hij antwoordt dat hij het vermogen zelf niet weet.",
    "meter_trouble_no_number": "Wat hij zegt is geen getal. Kijk na waar in het bericht, of welke indeling.",
    "meter_trouble_too_large": (
        "Wat hij zegt is meer dan enige kabel draagt. Kijk eenheid, indeling of volgorde na."
    ),
    "meter_trouble_wrong_unit": "De sensor is niet in W, kW of MW.",
    "meter_trouble_old": "De sensor heeft langer dan vijf minuten niets gemeld.",
    "meter_trouble_silent": "Er kwam niets nieuws binnen. Wat een broker nog van eerder bewaarde telt niet.",
    "meter_trouble_not_taken_in": "De meting kon niet worden opgenomen: kijk de klok en de schijf na.",
    "meter_trouble_fault": "Er ging iets mis in de coördinator zelf. Het logboek zegt wat.",
    "meter_file": "Bestand inlezen",
    "meter_file_what": (
        "Met een jaar geschiedenis zijn de verwachtingen vanaf de eerste dag goed. De eerste kolom is start, "
        "het begin van elk kwartier of uur; de tweede is power_kw of power_w, positief voor wat van het net "
        "wordt afgenomen. Komma's met decimale punten, of puntkomma's met decimale komma's. Hooguit 4 MB, en "
        "hooguit een jaar terug."
    ),
    "meter_file_field": "Bestand (CSV)",
    "meter_zone": "Tijden zonder verschil met UTC zijn in",
    "zone_own": "die zijn er niet: elke heeft het zijne",
    "zone_utc": "UTC",
    "zone_winter": "Nederlandse wintertijd, het hele jaar",
    "zone_dutch": "Nederlandse tijd, met zomertijd",
    "meter_file_send": "Inlezen",
    "meter_file_line": "Regel {line}",
    "meter_file_nothing": "Er is niets opgenomen.",
    "too_large": "Te groot",
    "too_large_what": "Hier kan hooguit {kilobytes} kB heen. Knip het bestand in stukken en stuur elk.",
    "meter_file_taken": "Wat er is opgenomen",
    "file_period": "Periode",
    "file_new": "Nieuwe metingen",
    "file_known": "Metingen die al bekend waren, en bleven zoals ze waren",
    "file_repeated": "Rijen die het bestand dubbel heeft",
    "file_too_old": "Metingen van meer dan een jaar terug, weggelaten",
    "file_gaps": "Gaten",
    "file_no_gaps": "geen",
    "file_more_gaps": "en nog {count}",
    "file_no_text": "dit is geen tekst in UTF-8. Sla het in de spreadsheet op als “CSV UTF-8”.",
    "file_empty": "er zijn minder dan twee rijen onder de kop.",
    "file_cut_off": (
        "de laatste regel heeft geen regeleinde: misschien is het bestand afgekapt. Sla het opnieuw op."
    ),
    "file_header": "de kop moet start,power_kw of start,power_w zijn, of hetzelfde met een puntkomma.",
    "file_fields": "er moeten twee kolommen zijn. Scheid ze met puntkomma's als er decimale komma's zijn.",
    "file_quotes": "aanhalingstekens kloppen niet.",
    "file_stamp": "dit is geen datum en tijd. Schrijf bijvoorbeeld 2026-03-30T02:30+02:00.",
    "file_no_zone": "de tijd heeft geen verschil met UTC. Kies hieronder waar tijden in zijn.",
    "file_no_such_time": (
        "geen Nederlandse klok toont deze tijd: die wordt overgeslagen als de zomertijd begint. "
        "Kijk de tijdzone na."
    ),
    "file_order": "dit komt vóór de rij erboven. Zet de rijen op volgorde van tijd.",
    "file_contradiction": "deze tijd staat er twee keer, met verschillende vermogens. Haal er een weg.",
    "file_number": "dit is geen vermogen. Elke rij heeft er een nodig.",
    "file_point": (
        "er staat een punt, en elders decimale komma's. Schrijf 1234,5 zonder punt voor duizendtallen."
    ),
    "file_step": "rijen moeten een kwartier of minder uit elkaar liggen, of een uur.",
    "file_in_watts": "dat is meestal ver boven de grens. Is het in W? Schrijf er dan power_w boven.",
    "file_in_megawatts": "dat is het hoogste, en bijna niets voor deze grens. Is het in MW? Maak er kW van.",
    "file_in_the_future": "dit moet nog komen. Kijk het jaar en de tijdzone na.",
    "told_meter_source_chosen": "De meter wordt vanaf nu daar gelezen.",
    "told_meter_source_dropped": "De meter wordt niet meer gelezen.",
    "act_meter_source_chosen": "koos waar een meter wordt gelezen",
    "act_meter_source_dropped": "stopte met het lezen van een meter",
    "act_meter_file_taken_in": "las een bestand met metingen in",
}
