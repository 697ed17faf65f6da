"""What the pages say on which a village is set up and it is chosen how it is steered."""

ENGLISH = {
    "nav_codes": "Codes",
    "nav_model": "Control model",
    "nav_settings": "Settings",
    "village_name": "Name of the village",
    "village_name_hint": "Residents see it when they join.",
    "tariff": "Tariff",
    "tariff_hint": "What households pay and get: plans weigh prices by it.",
    "tariff_by-date": "By Dutch law of the day: net metering until 2027",
    "tariff_net-metering": "Always with net metering",
    "tariff_after-net-metering": "Always without net metering",
    "tariff_wrong": "Choose one of these tariffs.",
    "model_wrong": "This model cannot be chosen yet.",
    "models_compared": "What the models do, and what each would have done here",
    "place_why": "The place is asked for the weather forecast only, which tells how much the sun will yield. "
    "Roughly is enough: no more than a tenth of a degree (some ten kilometres) leaves this "
    "machine. Leave it open and plans do without.",
    "latitude": "Latitude",
    "latitude_hint": "In degrees, north is positive; between 50.7 and 53.6 in the Netherlands.",
    "latitude_wrong": "Give degrees from -90 to 90, such as 52.1, or leave both open.",
    "longitude": "Longitude",
    "longitude_hint": "In degrees, east is positive; between 3.3 and 7.3 in the Netherlands.",
    "longitude_wrong": "Give degrees from -180 to 180, such as 5.2, or leave both open.",
    "place_of_home_assistant": "Fill in the place of Home Assistant",
    "home_place_wrong": "Home Assistant did not say where it is. Fill it in yourself, or try again.",
    "told_settings_changed": "The settings have been changed. Plans follow them within about a minute.",
    "told_settings_undone": "The settings are as they were before.",
    "told_settings_not_undone": "Nothing was undone: there is no change to take back.",
    "told_model_chosen": "The village changes to this model within about a minute.",
    "obstacle_short_no_feeder": "needs a feeder: add it on the page Transformers",
    "obstacle_short_feeder_unmeasured": "needs the feeder's meter: connect it on the page Transformers",
    "obstacle_short_none_on_feeder": "needs a transformer on the feeder",
    "model_what": "The control model says what the batteries are for. Residents' own limits go before any of "
    "them.",
    "model_instead": "{chosen} was chosen; {active} steers at the moment.",
    "model_is_chosen": "chosen",
    "model_choose": "Choose {model}",
    "model_about_M1": (
        "Each battery stores its own house's sun and covers its own evening. Nobody steers; all else "
        "is measured against this."
    ),
    "model_about_M2": (
        "The batteries serve the community as if it had one meter: cheapest for all together. The "
        "transformer is not looked at."
    ),
    "model_about_M3": (
        "The batteries keep each transformer's load as level as they can. Good where the grid is "
        "full; costs some money."
    ),
    "model_about_M4": (
        "Cheap for the community and gentle on the transformer, weighed against each other. Suits "
        "most villages."
    ),
    "model_about_M5": "The batteries flatten the peaks of the medium-voltage feeder, for the region.",
    "model_about_M6": (
        "As M4, and residents are asked to use less or more when that helps (code red and green)."
    ),
    "model_about_M4+M5": "M4 all the time, with M5's help for the region on top of it.",
    "backtest": "Try the models on this village",
    "backtest_what": (
        "The village lives through its own newest weeks once more under M1 to M4, knowing only what "
        "it would have known. That takes some minutes, in the background, and delays no plan."
    ),
    "backtest_too_little": (
        "There is too little of this village's own past: {days} days are known well enough of a "
        "transformer with its prices, and {least} are needed, with a battery behind it. Until then "
        "there is the built-in village as an example."
    ),
    "backtest_run_own": "Run on the last {days} days",
    "backtest_run_example": "Run on a week of the built-in example village",
    "backtest_share": "Running: {share} done.",
    "backtest_cancel": "Cancel",
    "backtest_failed": (
        "The last backtest ended without a result. Try again; the log of the machine may say more."
    ),
    "backtest_nowhere": "There is no folder to keep a backtest in.",
    "told_backtest_started": "The backtest has started.",
    "told_backtest_running": "A backtest runs already.",
    "told_backtest_cancelled": "The backtest has been cancelled.",
    "backtest_result": "Result",
    "backtest_example": "built-in example, not this village",
    "backtest_period": "{start} to {end}; {tariff}.",
    "backtest_left_out": "Left out, since too little is measured: {names}.",
    "backtest_peaks": "Highest import and feed-in",
    "backtest_bars": "{up} in, {down} out, limit {limit}",
    "backtest_over": "Over the limit",
    "backtest_hours": "{hours} h",
    "backtest_cost": "Cost of the community",
    "backtest_self": "Self-consumption",
    "backtest_note": "The upper bar is import, the lower feed-in, the line the limit. Cost is that of all "
    "together as one customer, less what is still stored at the end. Homes whose connection is "
    "not measured count as usual ones.",
    "gone_window": "There is no such code that is still to end.",
    "codes_announced": "Announced",
    "codes_none": "No code is announced.",
    "code": "Code",
    "code_red": "red",
    "code_green": "green",
    "code_window": "When",
    "code_reason": "Reason",
    "code_reason_hint": "One sentence that residents read, such as: everyone cooks at once.",
    "code_answers": "Answers",
    "code_answered": "{joining} join, {declining} do not, of {homes} homes",
    "code_was_withdrawn": "withdrawn",
    "code_withdraw": "Withdraw",
    "code_announce": "Announce a code",
    "code_what": "Residents are asked to use less (red) or more (green) for a while. All homes hear of it "
    "within seconds, and may say no. Times are Dutch.",
    "code_means_red": "Code red: use less",
    "code_means_green": "Code green: use more",
    "code_start": "From",
    "code_start_hint": "Within the coming seven days.",
    "code_end": "To",
    "code_end_hint": "A quarter of an hour to four hours later.",
    "code_effect": "Expected effect in kW",
    "code_effect_hint": "May be left open. Red is below zero (-20), green above (20).",
    "code_effect_expected": "Expected of all together",
    "code_effect_red": "{power} less",
    "code_effect_green": "{power} more",
    "code_effect_wrong": "Give a number of kW, such as -20, or leave it open.",
    "code_wrong": "Choose red or green.",
    "code_time_wrong": (
        "Give a day and a time. In the hour that the clock shows twice or never, use the command."
    ),
    "code_ends_first": "A code ends after it starts.",
    "code_length": "A code lasts from a quarter of an hour to four hours.",
    "code_in_the_past": "A code cannot start in the past.",
    "code_far_ahead": "A code starts within seven days.",
    "code_long_reason": "Say it in fewer words.",
    "code_large_effect": "No village's load changes that much. Is it in kW?",
    "code_effect_sign": "A code red lowers the load (below zero), a code green raises it (above zero).",
    "code_overlaps": "Another code is announced for a part of that time.",
    "code_preview": "Show what residents will see",
    "code_residents_see": "What residents will see",
    "code_question": "Will you join?",
    "code_goes_to": "It goes to {homes} homes. Nothing has been sent yet.",
    "code_announce_now": "Announce it",
    "code_change": "Change it",
    "told_code_announced": "The code is announced.",
    "told_code_withdrawn": "The code is withdrawn.",
    "setup_title": "Set the village up",
    "setup_steps": "Steps",
    "setup_go": "Set the village up, step by step",
    "setup_continue": "Continue setting up",
    "setup_step_village": "Name",
    "setup_step_place": "Tariff and place",
    "setup_step_transformer": "Transformer",
    "setup_step_meter": "Meter",
    "setup_step_invitation": "Invitation",
    "setup_step_home": "First home",
    "setup_step_plan": "First plan",
    "setup_about_village": "What is the village called?",
    "setup_about_place": (
        "The tariff says what energy costs households. The place is asked for the weather forecast; "
        "roughly is enough, and it may be left open."
    ),
    "setup_about_transformer": (
        "The first transformer of the village, and what it may carry. Others can be added later."
    ),
    "setup_about_meter": (
        "What the transformer carries is measured, or else estimated from members' meters. Its meter "
        "can be read by this coordinator (Modbus, MQTT, a sensor of Home Assistant, a file), or post "
        "its readings with a token."
    ),
    "setup_about_invitation": "An invitation lets one home in. Hand on its link, code or QR code.",
    "setup_about_home": "The first home joins by the invitation, and adds its battery.",
    "setup_about_plan": (
        "As soon as a battery takes part, a plan is made, and from then on every quarter hour."
    ),
    "setup_save": "Save and go on",
    "setup_skip": "Skip this for now",
    "setup_next": "Next",
    "setup_rated": "Rated power",
    "setup_rated_unknown": "Not known",
    "setup_rated_hint": "As on its nameplate. A street of houses uses about 0.95 kW of each kVA; the rest is "
    "reactive power. 250 kVA makes 237.5 kW.",
    "setup_limit_hint": "If the grid operator named a limit, it goes before the rated power.",
    "setup_limit_wrong": "Choose a rated power, or give a number of kW above zero.",
    "setup_transformer_first": "This needs a transformer. Add one first.",
    "setup_meter_read": "Have it read",
    "setup_meter_posts": "It posts: make a token",
    "setup_waiting": "Waiting. This page looks again every few seconds.",
    "setup_home_there": "A home with a battery is there.",
    "setup_plan_there": "The first plan is there. The village is running.",
    "setup_to_overview": "To the overview",
}

DUTCH = {
    "nav_codes": "Codes",
    "nav_model": "Stuurmodel",
    "nav_settings": "Instellingen",
    "village_name": "Naam van het dorp",
    "village_name_hint": "Bewoners zien die als ze meedoen.",
    "tariff": "Tarief",
    "tariff_hint": "Wat huishoudens betalen en krijgen: plannen wegen prijzen daarmee.",
    "tariff_by-date": "Naar de Nederlandse wet van de dag: salderen tot 2027",
    "tariff_net-metering": "Altijd met salderen",
    "tariff_after-net-metering": "Altijd zonder salderen",
    "tariff_wrong": "Kies een van deze tarieven.",
    "model_wrong": "Dit model kan nog niet worden gekozen.",
    "models_compared": "Wat de modellen doen, en wat elk hier gedaan zou hebben",
    "place_why": "De plaats is alleen voor de weersverwachting, die zegt hoeveel de zon zal opbrengen. "
    "Ongeveer is genoeg: niet meer dan een tiende graad (zo'n tien kilometer) verlaat deze "
    "machine. Laat het open en plannen doen het zonder.",
    "latitude": "Breedtegraad",
    "latitude_hint": "In graden, noord is positief; in Nederland tussen 50,7 en 53,6.",
    "latitude_wrong": "Geef graden van -90 tot 90, zoals 52,1, of laat beide open.",
    "longitude": "Lengtegraad",
    "longitude_hint": "In graden, oost is positief; in Nederland tussen 3,3 en 7,3.",
    "longitude_wrong": "Geef graden van -180 tot 180, zoals 5,2, of laat beide open.",
    "place_of_home_assistant": "Vul de plaats van Home Assistant in",
    "home_place_wrong": "Home Assistant zei niet waar het is. Vul het zelf in, of probeer het nog eens.",
    "told_settings_changed": "De instellingen zijn veranderd. Plannen volgen ze binnen ongeveer een minuut.",
    "told_settings_undone": "De instellingen zijn weer zoals ze waren.",
    "told_settings_not_undone": "Er is niets teruggedraaid: er is geen verandering om terug te nemen.",
    "told_model_chosen": "Het dorp gaat binnen ongeveer een minuut over op dit model.",
    "obstacle_short_no_feeder": "vraagt een middenspanningskabel: voeg die toe bij Transformatoren",
    "obstacle_short_feeder_unmeasured": (
        "vraagt de meter van de middenspanningskabel: sluit die aan bij Transformatoren"
    ),
    "obstacle_short_none_on_feeder": "vraagt een transformator aan de middenspanningskabel",
    "model_what": (
        "Het stuurmodel zegt waar de batterijen voor zijn. De eigen grenzen van bewoners gaan altijd voor."
    ),
    "model_instead": "{chosen} is gekozen; op dit moment stuurt {active}.",
    "model_is_chosen": "gekozen",
    "model_choose": "Kies {model}",
    "model_about_M1": (
        "Elke batterij bewaart de zon van het eigen huis voor de eigen avond. Niemand stuurt; al het "
        "andere wordt hiermee vergeleken."
    ),
    "model_about_M2": (
        "De batterijen dienen de gemeenschap alsof die één meter had: het goedkoopst voor allen "
        "samen. Naar de transformator wordt niet gekeken."
    ),
    "model_about_M3": (
        "De batterijen houden de belasting van elke transformator zo vlak als ze kunnen. Goed waar "
        "het net vol is; kost wat geld."
    ),
    "model_about_M4": (
        "Goedkoop voor de gemeenschap en zacht voor de transformator, tegen elkaar afgewogen. Past "
        "de meeste dorpen."
    ),
    "model_about_M5": "De batterijen vlakken de pieken van de middenspanningskabel af, voor de regio.",
    "model_about_M6": (
        "Als M4, en bewoners wordt gevraagd minder of meer te gebruiken als dat helpt (code rood en groen)."
    ),
    "model_about_M4+M5": "Steeds M4, met de hulp van M5 voor de regio er bovenop.",
    "backtest": "Probeer de modellen op dit dorp",
    "backtest_what": (
        "Het dorp beleeft zijn eigen laatste weken nog eens onder M1 tot M4, met alleen wat het toen "
        "geweten zou hebben. Dat duurt enkele minuten, op de achtergrond, en houdt geen plan op."
    ),
    "backtest_too_little": (
        "Er is te weinig verleden van dit dorp: van een transformator met zijn prijzen zijn {days} "
        "dagen goed genoeg bekend, en er zijn er {least} nodig, met een batterij erachter. Tot dan "
        "is er het ingebouwde dorp als voorbeeld."
    ),
    "backtest_run_own": "Probeer de laatste {days} dagen",
    "backtest_run_example": "Probeer een week van het ingebouwde voorbeelddorp",
    "backtest_share": "Bezig: {share} klaar.",
    "backtest_cancel": "Afbreken",
    "backtest_failed": (
        "De laatste proefrit eindigde zonder uitkomst. Probeer het nog eens; het logboek van de "
        "machine zegt misschien meer."
    ),
    "backtest_nowhere": "Er is geen map om een proefrit in te bewaren.",
    "told_backtest_started": "De proefrit is begonnen.",
    "told_backtest_running": "Er loopt al een proefrit.",
    "told_backtest_cancelled": "De proefrit is afgebroken.",
    "backtest_result": "Uitkomst",
    "backtest_example": "ingebouwd voorbeeld, niet dit dorp",
    "backtest_period": "{start} tot {end}; {tariff}.",
    "backtest_left_out": "Weggelaten, omdat er te weinig gemeten is: {names}.",
    "backtest_peaks": "Hoogste afname en teruglevering",
    "backtest_bars": "{up} af, {down} terug, grens {limit}",
    "backtest_over": "Boven de grens",
    "backtest_hours": "{hours} uur",
    "backtest_cost": "Kosten van de gemeenschap",
    "backtest_self": "Eigen gebruik",
    "backtest_note": (
        "De bovenste balk is afname, de onderste teruglevering, de streep de grens. De kosten zijn "
        "die van allen samen als één klant, min wat er aan het eind nog is opgeslagen. Huizen "
        "waarvan de aansluiting niet gemeten is, tellen als gewone huizen."
    ),
    "gone_window": "Er is geen zulke code die nog moet eindigen.",
    "codes_announced": "Aangekondigd",
    "codes_none": "Er is geen code aangekondigd.",
    "code": "Code",
    "code_red": "rood",
    "code_green": "groen",
    "code_window": "Wanneer",
    "code_reason": "Reden",
    "code_reason_hint": "Eén zin die bewoners lezen, zoals: iedereen kookt tegelijk.",
    "code_answers": "Antwoorden",
    "code_answered": "{joining} doen mee, {declining} niet, van {homes} huizen",
    "code_was_withdrawn": "ingetrokken",
    "code_withdraw": "Intrekken",
    "code_announce": "Kondig een code aan",
    "code_what": "Bewoners wordt gevraagd een poos minder (rood) of meer (groen) te gebruiken. Alle huizen "
    "horen het binnen seconden, en mogen nee zeggen. Tijden zijn Nederlands.",
    "code_means_red": "Code rood: gebruik minder",
    "code_means_green": "Code groen: gebruik meer",
    "code_start": "Van",
    "code_start_hint": "Binnen de komende zeven dagen.",
    "code_end": "Tot",
    "code_end_hint": "Een kwartier tot vier uur later.",
    "code_effect": "Verwacht effect in kW",
    "code_effect_hint": "Mag open blijven. Rood is onder nul (-20), groen erboven (20).",
    "code_effect_expected": "Verwacht van allen samen",
    "code_effect_red": "{power} minder",
    "code_effect_green": "{power} meer",
    "code_effect_wrong": "Geef een aantal kW, zoals -20, of laat het open.",
    "code_wrong": "Kies rood of groen.",
    "code_time_wrong": (
        "Geef een dag en een tijd. Gebruik de opdracht in het uur dat de klok twee keer of nooit toont."
    ),
    "code_ends_first": "Een code eindigt nadat zij begint.",
    "code_length": "Een code duurt een kwartier tot vier uur.",
    "code_in_the_past": "Een code kan niet in het verleden beginnen.",
    "code_far_ahead": "Een code begint binnen zeven dagen.",
    "code_long_reason": "Zeg het in minder woorden.",
    "code_large_effect": "Geen dorp verandert zoveel. Is het in kW?",
    "code_effect_sign": "Code rood verlaagt de belasting (onder nul), code groen verhoogt haar (boven nul).",
    "code_overlaps": "Voor een deel van die tijd is al een andere code aangekondigd.",
    "code_preview": "Laat zien wat bewoners te zien krijgen",
    "code_residents_see": "Wat bewoners te zien krijgen",
    "code_question": "Doe je mee?",
    "code_goes_to": "Het gaat naar {homes} huizen. Er is nog niets verstuurd.",
    "code_announce_now": "Kondig aan",
    "code_change": "Verander het",
    "told_code_announced": "De code is aangekondigd.",
    "told_code_withdrawn": "De code is ingetrokken.",
    "setup_title": "Richt het dorp in",
    "setup_steps": "Stappen",
    "setup_go": "Richt het dorp in, stap voor stap",
    "setup_continue": "Verder met inrichten",
    "setup_step_village": "Naam",
    "setup_step_place": "Tarief en plaats",
    "setup_step_transformer": "Transformator",
    "setup_step_meter": "Meter",
    "setup_step_invitation": "Uitnodiging",
    "setup_step_home": "Eerste huis",
    "setup_step_plan": "Eerste plan",
    "setup_about_village": "Hoe heet het dorp?",
    "setup_about_place": (
        "Het tarief zegt wat energie huishoudens kost. De plaats is voor de weersverwachting; "
        "ongeveer is genoeg, en zij mag open blijven."
    ),
    "setup_about_transformer": (
        "De eerste transformator van het dorp, en wat die mag dragen. Andere kunnen later."
    ),
    "setup_about_meter": (
        "Wat de transformator draagt wordt gemeten, of anders geschat uit meters van leden. De meter "
        "kan door deze coördinator worden uitgelezen (Modbus, MQTT, een sensor van Home Assistant, "
        "een bestand), of met een token zelf meten en sturen."
    ),
    "setup_about_invitation": "Een uitnodiging laat één huis binnen. Geef de link, code of QR-code door.",
    "setup_about_home": "Het eerste huis doet mee met de uitnodiging, en voegt zijn batterij toe.",
    "setup_about_plan": "Zodra een batterij meedoet wordt een plan gemaakt, en vanaf dan elk kwartier.",
    "setup_save": "Bewaar en ga verder",
    "setup_skip": "Sla dit nu over",
    "setup_next": "Verder",
    "setup_rated": "Nominaal vermogen",
    "setup_rated_unknown": "Niet bekend",
    "setup_rated_hint": (
        "Zoals op het typeplaatje. Een straat huizen gebruikt ongeveer 0,95 kW van elke kVA; de rest "
        "is blindvermogen. 250 kVA wordt 237,5 kW."
    ),
    "setup_limit_hint": "Noemde de netbeheerder een grens, dan gaat die voor het nominale vermogen.",
    "setup_limit_wrong": "Kies een nominaal vermogen, of geef een aantal kW boven nul.",
    "setup_transformer_first": "Hiervoor is een transformator nodig. Voeg die eerst toe.",
    "setup_meter_read": "Laat hem uitlezen",
    "setup_meter_posts": "Hij stuurt zelf: maak een token",
    "setup_waiting": "Wachten. Deze pagina kijkt om de paar seconden opnieuw.",
    "setup_home_there": "Er is een huis met een batterij.",
    "setup_plan_there": "Het eerste plan is er. Het dorp draait.",
    "setup_to_overview": "Naar het overzicht",
}
