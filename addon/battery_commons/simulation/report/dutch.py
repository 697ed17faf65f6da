"""The report's words in Dutch. The keys, and the blanks in braces, are those of english.py too."""

DUTCH = {
    "title": "Terugblik op {village}",
    "lead": (
        "Wat als de thuisbatterijen van {village} anders waren gestuurd? Elk stuurmodel maakte dezelfde "
        "dagen mee, met dezelfde huizen, zon en prijzen."
    ),
    "M1": "elke batterij voor het eigen huis",
    "M2": "de buurt als één geheel",
    "M3": "een vlakke belasting van de transformator",
    "M4": "gemeenschap en net in balans",
    "M5": "steun voor het net van de regio",
    "M6": "M4 met code rood en code groen",
    "M4+M5": "M4 met M5 op afroep, beide lagen",
    # Wat er is doorgerekend
    "run": "Wat er is doorgerekend",
    "period": "Periode",
    "period_is": "{first} tot en met {last} ({days} dagen)",
    "tariff": "Tarief",
    "Net metering (until 31 December 2026)": "Saldering (tot en met 31 december 2026)",
    "After net metering": "Na de saldering",
    "prices": "Prijzen per kWh",
    "prices_are": (
        "een huis betaalt {imported} en krijgt {exported}, gemiddeld; day-ahead {day_ahead} ({least} tot "
        "{most})"
    ),
    "prices_made_up": "{prices}. Deze prijzen zijn verzonnen, niet die van de markt.",
    "mode": "Wat de planner wist",
    "perfect": "alles van tevoren (volmaakte voorkennis): een grens, geen belofte",
    "rolling": "wat op elk moment bekend was (meelopende verwachtingen)",
    "data_age": "Leeftijd van de netgegevens",
    "fresh": "actueel",
    "days_old": "{days} dagen",
    "batteries": "Batterijen",
    "batteries_are": "{count}, samen {energy} kWh en {power} kW",
    "sites": "Aansluitingen",
    "sites_are": "{count} bekend",
    "transformers": "Transformatoren",
    "transformers_are": "{count}, samen {limit} kW",
    "transformer_is": "{name} ({limit} kW)",
    "feeder": "Middenspanningskabel",
    "feeder_is": "{name}, dagpiek gemiddeld {peak} kW bij M1",
    "no_feeder": "niet bekend",
    # De tabel
    "summary": "In één tabel",
    "table_note": (
        "Besparingen, de cijfers van het net en wat eigenaren betalen zijn vergeleken met M1; min is "
        "minder. Vet is de beste van de modellen die sturen. Besparingen tellen de energie die aan het eind"
        " nog in de batterijen zit voor elk model op dezelfde manier mee (hoogstens {stored}); slijtage zit"
        " er niet in."
    ),
    "column_model": "Stuurmodel",
    "column_bill": "Energierekening van het dorp",
    "column_saving": "Het dorp bespaart",
    "column_variance": "Belasting van de transformatoren varieert",
    "column_peak": "Dagpiek van {highest}",
    "column_weeks": "Beste en slechtste week",
    "column_over": "Kwartieren boven een grens",
    "column_home": "Een eigenaar betaalt meer, per maand",
    "column_spread": "Eigenaren, beste en slechtste af",
    "column_own": "Leeft op eigen energie",
    "column_cycles": "Cycli per batterij",
    "column_wear": "Slijtage van alle batterijen",
    "the_feeder": "de middenspanningskabel",
    "the_village": "het dorp",
    # Hoe de tabel te lezen
    "reads_only_m1": "Alleen M1 is doorgerekend; er is dus niets om mee te vergelijken.",
    "reads_both": (
        "{model} doet voor beide het meest: de belasting van de transformatoren varieert {variance} minder "
        "en het dorp bespaart {saving}."
    ),
    "reads_grid": (
        "{model} vlakt de transformatoren het meest af: hun belasting varieert {variance} minder dan bij M1."
    ),
    "reads_purse": "{model} bespaart het dorp het meest: {saving} van de energierekening.",
    "reads_no_grid": "Geen enkel model vlakt de belasting van de transformatoren af.",
    "reads_no_purse": "Geen enkel model verlaagt de rekening van het dorp.",
    "reads_owners_pay": (
        "De eigenaren van de batterijen betalen daarvoor: gemiddeld {least} ({least_model}) tot {most} "
        "({most_model}) per maand meer op hun eigen rekening, terwijl het dorp als geheel {least_gain} tot "
        "{most_gain} per maand wint. Dat vraagt om een verrekening tussen buren."
    ),
    "reads_owners_pay_one": (
        "De eigenaren van de batterijen betalen daarvoor: bij {most_model} gemiddeld {most} per maand meer "
        "op hun eigen rekening, terwijl het dorp als geheel {most_gain} per maand wint. Dat vraagt om een "
        "verrekening tussen buren."
    ),
    "reads_owners_uneven": (
        "Gemiddeld kost geen enkel model eigenaren geld, maar bij {model} betalen {losers} van de {homes} "
        "huizen meer: een verrekening tussen buren moet dat rechttrekken."
    ),
    "reads_owners_gain": "Geen enkel huis met een batterij betaalt meer, bij welk model ook.",
    "reads_over": "{model} brengt een transformator {slots} keer boven de grens waar M1 eronder blijft.",
    # De afbeeldingen
    "landscape_title": "Net tegenover portemonnee",
    "landscape_explained": (
        "Verder naar rechts bespaart het dorp meer, verder naar boven wordt het net meer ontlast. De beste "
        "modellen staan rechtsboven; M1, elke batterij voor het eigen huis, staat waar de lijnen kruisen."
    ),
    "landscape_alt": (
        "Per model wat het dorp bespaart, horizontaal, en hoever het net wordt ontlast, verticaal: {points}."
    ),
    "landscape_point": "{model} bespaart {saving}, ontlast {relief}",
    "landscape_saving": "besparing van het dorp, % van de rekening bij M1",
    "landscape_variance": "variantie transformatorbelasting, % lager",
    "landscape_peak": "dagpiek van {highest}, % lager",
    "homes_title": "De eigen rekening van ieder huis",
    "homes_explained": (
        "Elke stip is een huis met een batterij, vóór enige verrekening; de streep is hun gemiddelde. "
        "Liggen stippen ver uit elkaar, dan zijn buren ongelijk af. Wat eigenaren meer betalen, moet het "
        "dorp als geheel goedmaken."
    ),
    "homes_alt": "Wat elk huis per maand meer betaalt dan bij M1, per model: {ranges}.",
    "homes_range": "{model} van {least} tot {most}",
    "homes_axis": "EUR per maand: rechts betaalt meer, links wint",
    "homes_table": "De cijfers van ieder huis",
    "homes_home": "Huis",
    "homes_m1_bill": "Rekening bij M1",
    "duration_title": "Hoe zwaar het net is belast, en hoe lang",
    "duration_explained": (
        "Links alle kwartieren op volgorde, van de meeste afname tot de meeste teruglevering; rechts de "
        "drukste {share}, in beide richtingen. Het net wordt gebouwd op zijn hoogste belasting: hoe lager "
        "een lijn rechts begint, hoe langer het net meekan. {some}"
    ),
    "duration_some": (
        "Van de {count} transformatoren zijn dit de {shown} die voor hun grens het zwaarst zijn belast."
    ),
    "duration_alt": "Belastingduurkrommen per model. Hoogste belasting: {highest}.",
    "duration_highest": "{name} {highest} kW bij M1, op zijn best {lowest} kW ({model})",
    "duration_axis": "deel van de tijd, %",
    "duration_busiest": "de drukste {share}",
    "week_title": "De week die {transformer} het zwaarst belast",
    "week_explained": (
        "Grijs is M1, de gekleurde lijn het model; daaronder wat de batterijen achter deze transformator "
        "samen doen: omhoog is laden. {limit}"
    ),
    "week_limit": "De grens van {limit} kW is gestreept getekend waar de belasting in de buurt komt.",
    "week_alt": (
        "Belasting van {transformer} van {first} tot en met {last} bij M1 en elk ander model. Hoogste: "
        "{highest}."
    ),
    "week_highest": "{model} {load} kW",
    "week_load": "belasting, kW",
    "week_battery": "batterijen",
    "weeks_title": "Week na week: de dagpiek van {highest}",
    "weeks_explained": (
        "Elke staaf is een week: hoeveel lager de dagpieken gemiddeld zijn dan bij M1. Een staaf onder nul "
        "is een week waarin sturen de piek erger maakte."
    ),
    "weeks_alt": "Daling van de gemiddelde dagpiek per week voor elk model: {ranges}.",
    "weeks_range": "{model} beste {best}, slechtste {worst}, gemiddeld {mean}",
    "weeks_axis": "% lager",
    "weeks_panel": "{model}: gemiddeld {mean}, beste {best}, slechtste {worst}",
    "seasons_title": "Door de seizoenen",
    "seasons_explained": (
        "Wat het dorp bespaart, hoeveel lager de dagpiek is en wat een eigenaar meer betaalt, per seizoen. "
        "Wat in de zomer loont, hoeft dat in de winter niet te doen; laat afspraken dus de seizoenen "
        "volgen."
    ),
    "seasons_alt": (
        "Per seizoen en model: besparing, lagere piek en kosten van eigenaren. Besparing per maand: "
        "{savings}."
    ),
    "seasons_saving": "{season}: {model} op zijn best {saving}",
    "seasons_village": "dorp bespaart, EUR/maand",
    "seasons_peak": "dagpiek, % lager",
    "seasons_owner": "eigenaar betaalt meer, EUR/maand",
    "day_title": "Een gewone dag in elk seizoen",
    "day_explained": (
        "Het gemiddelde van alle dagen van een seizoen, per uur. Boven wat alle transformatoren samen "
        "dragen, onder wat alle batterijen samen doen: omhoog is laden, omlaag is ontladen."
    ),
    "day_alt": (
        "Gemiddelde belasting van het dorp en gemiddeld vermogen van de batterijen per uur van de dag. "
        "{busiest}."
    ),
    "day_busiest": (
        "{season}: bij {model} laden de batterijen het meest om {charge}:00 en ontladen ze het meest om "
        "{discharge}:00"
    ),
    "day_load": "belasting, kW",
    "day_battery": "batterijen, kW",
    "day_axis": "uur van de dag",
    "winter": "winter",
    "spring": "lente",
    "summer": "zomer",
    "autumn": "herfst",
    # Hoe het is gedaan
    "method": "Hoe het is gedaan",
    "method_replay": (
        "Elk cijfer komt uit een natuurkundige herhaling. Wat een planner vroeg, kregen gesimuleerde "
        "batterijen die onderweg energie verliezen en stoppen waar ze leeg, vol of aan hun grens zijn; wat "
        "ze werkelijk deden, is bij de gemeten belasting geteld. Geen cijfer is de verwachting van een "
        "planner zelf."
    ),
    "method_m1": (
        "M1 is de maatlat: wat elk huis zonder dorp zou doen. De rekening van het dorp is die van alles wat"
        " aan de transformatoren hangt achter één virtuele meter, elk kwartier gesaldeerd."
    ),
    "method_stored": (
        "Energie die aan het eind nog in een batterij zit, telt voor de gemiddelde afnameprijs, min het "
        "verlies bij ontladen, zodat geen model wint door leeg te eindigen. Slijtage ({wear} per kWh door "
        "een batterij) staat apart."
    ),
    "method_peak": (
        "Een dagpiek is de hoogste belasting van een kalenderdag, in welke richting ook. Weken zijn zeven "
        "dagen achter elkaar, vanaf de eerste dag. Na elke dagpiek van {highest} zoeken we naar terugslag, "
        "een belasting in de zes uur daarna boven wat M1 heeft: {rebounds}."
    ),
    "method_rebound": "{model} op {days} dagen, hoogstens {worst} kW",
    "method_no_rebound": "geen enkel model heeft die",
    "days": "ma di wo do vr za zo",
    "months": "januari februari maart april mei juni juli augustus september oktober november december",
}
