"""What the pages about data quality and the feeder say, in English and in Dutch."""

ENGLISH = {
    "nav_quality": "Data quality",
    "findings": "What is wrong",
    "findings_none": "Nothing was found wrong with what is reported.",
    "findings_over": "What was wrong in the last week",
    "finding_since": "Since {since}",
    "finding_until": "From {since} to {until}",
    "quality_doubtful": "doubtful: used all the same",
    "quality_wrong": "wrong: not used",
    "quality_meters": "Meters of the grid",
    "quality_battery": "Battery last heard",
    "quality_house": "House meter last heard",
    "quality_no_battery": "no battery",
    "quality_not_shared": "not shared",
    "quality_sources": "Sources",
    "quality_of": "Data of {name}",
    "quality_all": "All sources",
    "quality_to_home": "This home",
    "source_meter": "Meter of {name}",
    "source_battery": "Battery {name}",
    "source_house": "House meter {name}",
    "strip": "The last 30 days, a bar for each: {percent} of all quarter hours are there",
    "strip_how": "A bar for each of the last 30 days, the last one today: as high as the share of its "
    "quarter hours in which anything was reported.",
    "share_day": "Last 24 hours",
    "share_week": "Last week",
    "share_month": "Last 30 days",
    "estimated": "load is estimated",
    "estimated_from_homes": "Estimated from the meters of {homes} homes: {load} in the last quarter hour, "
    "four times out of five no further off than {spread}.",
    "estimated_as_usual": "Estimated as so many connections usually draw, since fewer than five homes "
    "share their meter: {load} in the last quarter hour, four times out of five no further off than "
    "{spread}.",
    "load_estimated": "{load} drawn, {share} of the {limit} limit: an estimate, four times out of five no "
    "further off than {spread}.",
    "feed_in_estimated": "{load} fed in, {share} of the {limit} limit: an estimate, four times out of "
    "five no further off than {spread}.",
    "connections": "Connections",
    "connections_hint": "How many homes, shops and halls are behind it, members or not. Without a meter, "
    "the load is estimated by this number. May be left empty.",
    "connections_wrong": "Give a whole number from 1, or nothing.",
    # Feeder
    "feeder": "Feeder",
    "feeder_what": "The medium-voltage cable that the transformers hang on, with other stations. With its "
    "meter, the village can help the region as well (models M5 and M4+M5). Without one, leave this empty.",
    "feeder_name_hint": "As your grid operator calls it.",
    "feeder_limit_hint": "What the cable may carry in either direction. May be left empty where nobody "
    "knows.",
    "feeder_limit_wrong": "Give a number of kW above 0 and up to 100,000, or nothing.",
    "feeder_id_taken": "A transformer has the id feeder, which the feeder itself needs. Add that "
    "transformer again under another id, and move its homes.",
    "feeder_transformers": "Transformers on it",
    "feeder_transformers_hint": "What is asked of the feeder is asked of these together. M5 and M4+M5 steer "
    "their batteries by it; the others follow prices and their own transformer.",
    "feeder_meter": "Meter of the feeder",
    "feeder_meter_source": "How it is read",
    "feeder_token_what": "Its meter reports as a transformer's does, under the id feeder. A new token "
    "ends the old one.",
    "feeder_steers": "M5 and M4+M5 can be used.",
    "feeder_add": "Name the feeder",
    "feeder_change": "Feeder {name}",
    "feeder_remove": "Remove the feeder",
    "feeder_remove_title": "Remove {name}?",
    "feeder_remove_what": "All that its meter reported goes too, and its token ends. If the village is "
    "steered by M5 or M4+M5, M4 takes their place.",
    "told_feeder_changed": "The feeder is kept.",
    "told_feeder_removed": "The feeder is removed.",
    "act_feeder_changed": "named or changed the feeder",
    "act_feeder_removed": "removed the feeder",
    "obstacle_no_feeder": "M5 and M4+M5 need a feeder.",
    "obstacle_feeder_unmeasured": "M5 and M4+M5 need the feeder's load, which was never measured.",
    "obstacle_none_on_feeder": "M5 and M4+M5 need a transformer that hangs on the feeder.",
}
DUTCH = {
    "nav_quality": "Meetkwaliteit",
    "findings": "Wat er mis is",
    "findings_none": "Aan wat gemeld wordt, is niets mis gevonden.",
    "findings_over": "Wat er de laatste week mis was",
    "finding_since": "Sinds {since}",
    "finding_until": "Van {since} tot {until}",
    "quality_doubtful": "twijfelachtig: telt toch mee",
    "quality_wrong": "fout: telt niet mee",
    "quality_meters": "Meters van het net",
    "quality_battery": "Batterij laatst gehoord",
    "quality_house": "Huismeter laatst gehoord",
    "quality_no_battery": "geen batterij",
    "quality_not_shared": "niet gedeeld",
    "quality_sources": "Bronnen",
    "quality_of": "Metingen van {name}",
    "quality_all": "Alle bronnen",
    "quality_to_home": "Dit huis",
    "source_meter": "Meter van {name}",
    "source_battery": "Batterij {name}",
    "source_house": "Huismeter {name}",
    "strip": "De laatste 30 dagen, elk een staaf: {percent} van alle kwartieren is er",
    "strip_how": "Een staaf voor elk van de laatste 30 dagen, de laatste is vandaag: zo hoog als het deel "
    "van de kwartieren waarin iets is gemeld.",
    "share_day": "Laatste 24 uur",
    "share_week": "Laatste week",
    "share_month": "Laatste 30 dagen",
    "estimated": "belasting is geschat",
    "estimated_from_homes": "Geschat uit de meters van {homes} huizen: {load} in het laatste kwartier, "
    "vier van de vijf keer er niet verder naast dan {spread}.",
    "estimated_as_usual": "Geschat als wat zoveel aansluitingen meestal gebruiken, want minder dan vijf "
    "huizen delen hun meter: {load} in het laatste kwartier, vier van de vijf keer er niet verder naast "
    "dan {spread}.",
    "load_estimated": "{load} afname, {share} van de grens van {limit}: een schatting, vier van de vijf "
    "keer er niet verder naast dan {spread}.",
    "feed_in_estimated": "{load} teruglevering, {share} van de grens van {limit}: een schatting, vier van "
    "de vijf keer er niet verder naast dan {spread}.",
    "connections": "Aansluitingen",
    "connections_hint": "Hoeveel huizen, winkels en hallen erachter zitten, leden of niet. Zonder meter "
    "wordt de belasting naar dit aantal geschat. Mag leeg blijven.",
    "connections_wrong": "Geef een heel getal vanaf 1, of niets.",
    # Middenspanningskabel
    "feeder": "Middenspanningskabel",
    "feeder_what": "De kabel waaraan de transformatoren hangen, samen met andere stations. Met zijn meter "
    "kan het dorp ook de regio helpen (modellen M5 en M4+M5). Is er geen meter, laat dit dan leeg.",
    "feeder_name_hint": "Zoals de netbeheerder hem noemt.",
    "feeder_limit_hint": "Wat de kabel in beide richtingen mag dragen. Mag leeg blijven als niemand het "
    "weet.",
    "feeder_limit_wrong": "Geef een aantal kW boven 0 en tot 100.000, of niets.",
    "feeder_id_taken": "Een transformator heet feeder, en die id heeft de kabel zelf nodig. Voeg die "
    "transformator onder een andere id toe en verplaats zijn huizen.",
    "feeder_transformers": "Transformatoren eraan",
    "feeder_transformers_hint": "Wat van de kabel wordt gevraagd, wordt van deze samen gevraagd. M5 en M4+M5 "
    "sturen hun accu's ernaar; de andere volgen prijzen en hun eigen transformator.",
    "feeder_meter": "Meter van de kabel",
    "feeder_meter_source": "Hoe hij wordt gelezen",
    "feeder_token_what": "Zijn meter meldt zich als die van een transformator, onder de id feeder. Een "
    "nieuw token beëindigt het oude.",
    "feeder_steers": "M5 en M4+M5 kunnen worden gebruikt.",
    "feeder_add": "Middenspanningskabel aanwijzen",
    "feeder_change": "Middenspanningskabel {name}",
    "feeder_remove": "Kabel verwijderen",
    "feeder_remove_title": "{name} verwijderen?",
    "feeder_remove_what": "Alles wat zijn meter meldde, gaat mee weg, en zijn token vervalt. Wordt het "
    "dorp gestuurd met M5 of M4+M5, dan komt M4 daarvoor in de plaats.",
    "told_feeder_changed": "De middenspanningskabel is bewaard.",
    "told_feeder_removed": "De middenspanningskabel is verwijderd.",
    "act_feeder_changed": "wees de middenspanningskabel aan of wijzigde hem",
    "act_feeder_removed": "verwijderde de middenspanningskabel",
    "obstacle_no_feeder": "M5 en M4+M5 hebben een middenspanningskabel nodig.",
    "obstacle_feeder_unmeasured": "M5 en M4+M5 hebben de belasting van de kabel nodig, en die is nooit "
    "gemeten.",
    "obstacle_none_on_feeder": "Voor M5 en M4+M5 moet er een transformator aan de kabel hangen.",
}
