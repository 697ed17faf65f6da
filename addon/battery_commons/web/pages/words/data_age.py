"""What the page about the age of data says, in English and in Dutch."""

ENGLISH = {
    "data_age": "What the age of data costs",
    "data_age_go": "What old data cost this village",
    "data_age_what": "Plans rest on what the grid's meters told last. Where that comes late, forecasts are "
    "worse and batteries help less. Here the village lives through its own newest weeks once for each age "
    "of data, so that you can see what fresh data is worth.",
    "data_age_today": "How old the data is today",
    "data_age_prices_until": "known until {until}",
    "data_age_no_feeder": "No feeder is named: what the region carries is not known here.",
    "data_age_weather": "Weather forecast",
    "data_age_run": "Reckon it for this village",
    "data_age_run_what": "At most the newest {most} days count. It takes some minutes, longer on a small "
    "machine, in the background, and delays no plan.",
    "data_age_looking": "Looking up how many days of this village's own past are known.",
    "data_age_too_little": "There is too little of this village's own past: {days} days are known well "
    "enough of a transformer with its prices, and {least} are needed, with a battery behind it. Until then "
    "there is the built-in village as an example.",
    "data_age_run_own": "Reckon it for the last {days} days",
    "data_age_run_example": "Reckon it for eight weeks of the built-in example village",
    "data_age_share": "Reckoning: {share} done.",
    "data_age_failed": "The last reckoning ended without a result. Try again; the log of the machine may "
    "say more.",
    "told_data_age_started": "The reckoning has started.",
    "told_data_age_running": "This or a backtest runs already. Try again when it is done.",
    "told_data_age_cancelled": "The reckoning has been cancelled. The former result, if any, stays.",
    "data_age_result": "What was found",
    "data_age_made": "Reckoned on {made}, over {start} to {end}: {days} whole days, {weeks} whole weeks; "
    "model {model}.",
    "data_age_made_up": "Prices are made up, not the market's: amounts of money are examples.",
    "data_age_0": "fresh",
    "data_age_3600": "1 hour",
    "data_age_21600": "6 hours",
    "data_age_86400": "1 day",
    "data_age_172800": "2 days",
    "data_age_604800": "1 week",
    "data_age_guarded": "fresh, with the guard",
    "data_age_feeder": "the feeder",
    "data_age_transformers": "the transformers",
    "data_age_lower": "{share} lower",
    "data_age_higher": "{share} higher",
    "data_age_spread": "{value} ({low} to {high})",
    "data_age_peaks": "With data {age} old the daily peak of {what} in {village} would have been {old} "
    "than with each battery for its own house; with fresh data {fresh}.",
    "data_age_points": "So fresh data took {points} percentage points more off that peak ({low} to {high}).",
    "data_age_points_against": "So fresh data took {points} percentage points less off that peak ({low} to "
    "{high}).",
    "data_age_points_unclear": "That difference of {points} percentage points ({low} to {high}) may be "
    "chance.",
    "data_age_worth": "Fresh data was worth {eur} a year to the village ({low} to {high}).",
    "data_age_worth_less": "In money fresh data was worth nothing: with data {age} old the village would "
    "have saved {eur} a year more ({low} to {high}).",
    "data_age_worth_unclear": "What fresh data was worth in money cannot be told from chance: {eur} a year "
    "({low} to {high}).",
    "data_age_missed": "Forecasts of the coming day of {what} missed {share} more than with fresh data.",
    "data_age_missed_less": "Forecasts of the coming day of {what} missed {share} less than with fresh data.",
    "data_age_guard": "Fresh data also makes the guard possible, which corrects plans between the hours: "
    "with it the daily peak would have been {guarded}, and {eur} a year would have been saved instead of "
    "{without}.",
    "data_age_short": "Only {days} whole days could be compared. That is too few to build on: what is "
    "found may well be chance. Reckon it again when there is more.",
    "data_age_learned": "Forecasts were learned from what had been measured, as they are live.",
    "data_age_not_learned": "The record is too short for forecasts that are learned ({least} days are "
    "needed): the coming day was expected to be like the last one that was measured, so fresh data shows "
    "no skill of its own here.",
    "data_age_how": "From … to … is where nine in ten draws of as many days come out; days resemble one "
    "another, so the truth may lie somewhat further off. Amounts a year go on at the pace of these {days} "
    "days; another season may be otherwise. Only the ages that the record is long enough for are compared, "
    "all over the same days, and none with a guard but the last row. The weather is only forecast where "
    "the record has it.",
    "data_age_pilot": "For reference: in the pilot (not in this village) the peaks of the medium-voltage "
    "grid were {fresh} lower with fresh data, and {old} with data a week old.",
    "data_age_column_age": "Age of the data",
    "data_age_column_skill": "Skill, transformers",
    "data_age_column_feeder_skill": "Skill, feeder",
    "data_age_column_peak": "Daily peak",
    "data_age_column_weekly": "Weekly peak",
    "data_age_column_saving": "Saves a year",
    "data_age_column_worth": "Fresh data worth, a year",
    "data_age_skill_is": "Skill is by which share forecasts miss less than the load of the last day would, "
    "known fresh: 100 % is perfect, below 0 is worse than that. Peaks and savings are against each battery "
    "for its own house (M1).",
    "data_age_skill_title": "How good forecasts are, by the age of the data",
    "data_age_peak_title": "How much lower the daily peak is, by the age of the data",
    "data_age_line_transformers": "transformers",
    "data_age_line_feeder": "feeder",
    "data_age_line_peak": "this record",
    "data_age_line_pilot": "the pilot",
    "data_age_whiskers": "The upright bars show how far chance may have moved the difference from fresh "
    "data.",
    "data_age_pdf": "As a report (PDF)",
    "data_age_csv": "As a table (CSV)",
    "data_age_page_of": "{village}: what the age of data costs",
}

DUTCH = {
    "data_age": "Wat de leeftijd van gegevens kost",
    "data_age_go": "Wat oude gegevens dit dorp kosten",
    "data_age_what": "Plannen rusten op wat de meters van het net het laatst meldden. Komt dat laat, dan "
    "kloppen verwachtingen minder en helpen batterijen minder. Hier beleeft het dorp zijn eigen laatste "
    "weken nog eens, één keer per leeftijd van de gegevens, zodat je ziet wat actuele gegevens waard zijn.",
    "data_age_today": "Hoe oud de gegevens vandaag zijn",
    "data_age_prices_until": "bekend tot {until}",
    "data_age_no_feeder": "Er is geen middenspanningskabel aangewezen: wat de regio draagt, is hier niet "
    "bekend.",
    "data_age_weather": "Weersverwachting",
    "data_age_run": "Reken het uit voor dit dorp",
    "data_age_run_what": "Hoogstens de laatste {most} dagen tellen mee. Het duurt enkele minuten, op een "
    "kleine machine langer, op de achtergrond, en houdt geen plan op.",
    "data_age_looking": "Er wordt opgezocht hoeveel dagen van het eigen verleden van dit dorp bekend zijn.",
    "data_age_too_little": "Er is te weinig verleden van dit dorp: van een transformator met zijn prijzen "
    "zijn {days} dagen goed genoeg bekend, en er zijn er {least} nodig, met een batterij erachter. Tot dan "
    "is er het ingebouwde dorp als voorbeeld.",
    "data_age_run_own": "Reken het uit voor de laatste {days} dagen",
    "data_age_run_example": "Reken het uit voor acht weken van het ingebouwde voorbeelddorp",
    "data_age_share": "Aan het rekenen: {share} klaar.",
    "data_age_failed": "De laatste berekening eindigde zonder uitkomst. Probeer het opnieuw; in het log "
    "van de machine staat misschien meer.",
    "told_data_age_started": "De berekening is begonnen.",
    "told_data_age_running": "Deze berekening of een proefrit loopt al. Probeer het als die klaar is.",
    "told_data_age_cancelled": "De berekening is afgebroken. Een vorige uitkomst blijft staan.",
    "data_age_result": "Wat is gevonden",
    "data_age_made": "Uitgerekend op {made}, over {start} tot {end}: {days} hele dagen, {weeks} hele "
    "weken; stuurmodel {model}.",
    "data_age_made_up": "Prijzen zijn verzonnen, niet die van de markt: bedragen zijn voorbeelden.",
    "data_age_0": "actueel",
    "data_age_3600": "1 uur",
    "data_age_21600": "6 uur",
    "data_age_86400": "1 dag",
    "data_age_172800": "2 dagen",
    "data_age_604800": "1 week",
    "data_age_guarded": "actueel, met de wacht",
    "data_age_feeder": "de middenspanningskabel",
    "data_age_transformers": "de transformatoren",
    "data_age_lower": "{share} lager",
    "data_age_higher": "{share} hoger",
    "data_age_spread": "{value} ({low} tot {high})",
    "data_age_peaks": "Met gegevens van {age} oud zou de dagpiek van {what} in {village} {old} zijn "
    "geweest dan met elke batterij voor het eigen huis; met actuele gegevens {fresh}.",
    "data_age_points": "Actuele gegevens haalden dus {points} procentpunt meer van die piek af ({low} tot "
    "{high}).",
    "data_age_points_against": "Actuele gegevens haalden dus {points} procentpunt minder van die piek af "
    "({low} tot {high}).",
    "data_age_points_unclear": "Dat verschil van {points} procentpunt ({low} tot {high}) kan toeval zijn.",
    "data_age_worth": "Actuele gegevens waren het dorp {eur} per jaar waard ({low} tot {high}).",
    "data_age_worth_less": "In geld waren actuele gegevens niets waard: met gegevens van {age} oud had het "
    "dorp {eur} per jaar meer bespaard ({low} tot {high}).",
    "data_age_worth_unclear": "Wat actuele gegevens in geld waard waren, is niet van toeval te "
    "onderscheiden: {eur} per jaar ({low} tot {high}).",
    "data_age_missed": "Verwachtingen van de komende dag van {what} zaten er {share} verder naast dan met "
    "actuele gegevens.",
    "data_age_missed_less": "Verwachtingen van de komende dag van {what} zaten er {share} minder naast dan "
    "met actuele gegevens.",
    "data_age_guard": "Actuele gegevens maken ook de wacht mogelijk, die plannen tussen de uren bijstuurt: "
    "daarmee zou de dagpiek {guarded} zijn geweest, en zou {eur} per jaar zijn bespaard in plaats van "
    "{without}.",
    "data_age_short": "Er konden maar {days} hele dagen worden vergeleken. Dat is te weinig om op te "
    "bouwen: wat is gevonden, kan heel goed toeval zijn. Reken het opnieuw uit als er meer is.",
    "data_age_learned": "Verwachtingen zijn geleerd van wat was gemeten, zoals ook in het echt.",
    "data_age_not_learned": "Het verleden is te kort voor verwachtingen die worden geleerd (daarvoor zijn "
    "{least} dagen nodig): de komende dag is verwacht zoals de laatste die was gemeten, dus actuele "
    "gegevens voegen hier zelf niets toe.",
    "data_age_how": "Van … tot … is waar negen van de tien trekkingen van evenveel dagen uitkomen; dagen "
    "lijken op elkaar, dus de waarheid kan iets verder weg liggen. Bedragen per jaar gaan door in het "
    "tempo van deze {days} dagen; een ander seizoen kan anders zijn. Alleen de leeftijden waarvoor er "
    "genoeg verleden is, zijn vergeleken, alle over dezelfde dagen, en geen met een wacht behalve de "
    "laatste regel. Het weer wordt alleen verwacht waar het in het verleden bekend is.",
    "data_age_pilot": "Ter vergelijking: in de pilot (niet in dit dorp) waren de pieken van het "
    "middenspanningsnet {fresh} lager met actuele gegevens, en {old} met gegevens van een week oud.",
    "data_age_column_age": "Leeftijd van de gegevens",
    "data_age_column_skill": "Winst verwachting, transformatoren",
    "data_age_column_feeder_skill": "Winst verwachting, kabel",
    "data_age_column_peak": "Dagpiek",
    "data_age_column_weekly": "Weekpiek",
    "data_age_column_saving": "Bespaart per jaar",
    "data_age_column_worth": "Actuele gegevens waard, per jaar",
    "data_age_skill_is": "De winst van verwachtingen is hoeveel minder ze ernaast zitten dan de belasting "
    "van de laatste dag, actueel bekend: 100 % is volmaakt, onder 0 is slechter dan dat. Pieken en "
    "besparingen zijn vergeleken met elke batterij voor het eigen huis (M1).",
    "data_age_skill_title": "Hoe goed verwachtingen zijn, naar de leeftijd van de gegevens",
    "data_age_peak_title": "Hoeveel lager de dagpiek is, naar de leeftijd van de gegevens",
    "data_age_line_transformers": "transformatoren",
    "data_age_line_feeder": "kabel",
    "data_age_line_peak": "dit verleden",
    "data_age_line_pilot": "de pilot",
    "data_age_whiskers": "De staande balken tonen hoever toeval het verschil met actuele gegevens kan hebben "
    "verschoven.",
    "data_age_pdf": "Als verslag (PDF)",
    "data_age_csv": "Als tabel (CSV)",
    "data_age_page_of": "{village}: wat de leeftijd van gegevens kost",
}
