"""How a home's statement says things, in English and in Dutch."""

ENGLISH = {
    "statement_title": "Statement of {period}",
    "statement_pdf": "Statement (PDF)",
    "statement_for": "{village}. Home: {home}. Account: {account}.",
    "statement_draft": "Draft: the month is not closed yet, and figures may change.",
    "statement_balance": "With all that is booked by now, your account stands at {amount}.",
    "statement_line": "Line",
    "statement_amount": "Amount",
    "statement_meaning": "What it means",
    "line_metered": "What was measured",
    "line_metered_what": (
        "{known} of {all} quarter hours are known. In them your meter drew {import_kwh} kWh from the grid "
        "and fed {export_kwh} kWh in; your batteries took {charge_kwh} kWh and gave {discharge_kwh} kWh. "
        "The others count as if your battery had done what it does by itself."
    ),
    "line_actual_cost": "What your energy cost",
    "line_actual_cost_what": (
        "{import_kwh} kWh from the grid and {export_kwh} kWh fed in, at the prices of your own contract."
    ),
    "line_alone_cost": "What it would have cost alone",
    "line_alone_cost_what": (
        "The same house, its battery for itself alone: {import_kwh} kWh from the grid, {export_kwh} kWh "
        "fed in. It is replayed from your own readings."
    ),
    "line_extra_wear": "Extra wear of your batteries",
    "line_extra_wear_what": (
        "{throughput_kwh} kWh were charged or discharged instead of {alone_throughput_kwh} kWh; each costs a "
        "little of a battery's life, and counts as {wear}."
    ),
    "line_stored": "What is left in your batteries",
    "line_stored_what": (
        "They end the month with more, or less, than they would have had alone. It is valued at {price} "
        "per kWh, less what was so valued a month before: no month gains what the next has to pay."
    ),
    "line_made_whole": "To be as well off as alone",
    "line_made_whole_what": (
        "What your energy cost and the extra wear, less what is left in your batteries and what it would "
        "have cost alone. This puts you exactly where your battery would have left you by itself. Below "
        "zero: you gained by steering together, and that goes into what is shared."
    ),
    "line_claim": "Put off, or paid after all",
    "line_claim_what": (
        "Below zero: there was not enough, and the community owes you this. Above zero: what it owed you "
        "from earlier months. It still owes you {owed}."
    ),
    "line_shortage": "Borne by you",
    "line_shortage_what": "There was not enough, and the bylaws say that homes bear it.",
    "line_relief": "What you did for the grid",
    "line_relief_what": (
        "{relief_kwh} kWh moved out of the hours in which transformer and feeder were loaded most. All homes "
        "that lowered that load moved {relief_of_all_kwh} kWh. No amount by itself."
    ),
    "line_share": "Your share",
    "line_share_what": (
        "{to_share} was there to share, after every home was put where its battery would have left it. Of "
        "it, {owed_before} paid what was owed from earlier months and {fund} is for the fund. Rule: {rule}. "
        "You were a member for {days} of {days_of_all} days of all {homes} homes together."
    ),
    "line_nothing_to_share_what": (
        "There was nothing to share: with what grid operators paid or charged, {lacking} was lacking to put "
        "every home where its battery would have left it. The fund paid {fund} of that."
    ),
    "line_total": "Together",
    "line_total_what": "This is added to your balance.",
    "line_correction": "Corrected later",
    "line_correction_what": "Entry {entry} corrects entry {corrects}. The lines above hold it already.",
    "statement_note": (
        "Each shown amount is rounded by itself; what is booked is rounded once, to the cent. This "
        "statement pays nothing. With the account's export and battery-commons audit, anybody can "
        "compute it again."
    ),
}

DUTCH = {
    "statement_title": "Overzicht van {period}",
    "statement_pdf": "Overzicht (PDF)",
    "statement_for": "{village}. Huis: {home}. Rekening: {account}.",
    "statement_draft": "Concept: de maand is nog niet afgesloten, en bedragen kunnen veranderen.",
    "statement_balance": "Met alles wat nu geboekt is, staat je rekening op {amount}.",
    "statement_line": "Regel",
    "statement_amount": "Bedrag",
    "statement_meaning": "Wat het betekent",
    "line_metered": "Wat er gemeten is",
    "line_metered_what": (
        "{known} van {all} kwartieren zijn bekend. Daarin nam je meter {import_kwh} kWh van het net af en "
        "leverde {export_kwh} kWh terug; je batterijen namen {charge_kwh} kWh op en gaven {discharge_kwh} "
        "kWh af. De andere tellen alsof je batterij deed wat zij uit zichzelf doet."
    ),
    "line_actual_cost": "Wat je energie kostte",
    "line_actual_cost_what": (
        "{import_kwh} kWh van het net en {export_kwh} kWh teruggeleverd, tegen de prijzen van je eigen "
        "contract."
    ),
    "line_alone_cost": "Wat het alleen had gekost",
    "line_alone_cost_what": (
        "Hetzelfde huis, de batterij alleen voor zichzelf: {import_kwh} kWh van het net, {export_kwh} kWh "
        "teruggeleverd. Het is nagespeeld met je eigen metingen."
    ),
    "line_extra_wear": "Extra slijtage van je batterijen",
    "line_extra_wear_what": (
        "{throughput_kwh} kWh ging erin of eruit in plaats van {alone_throughput_kwh} kWh; elke kWh kost "
        "een beetje van het leven van een batterij, en telt voor {wear}."
    ),
    "line_stored": "Wat er in je batterijen overblijft",
    "line_stored_what": (
        "Zij eindigen de maand met meer, of minder, dan zij alleen hadden gehad. Dat telt voor {price} "
        "per kWh, min waar het een maand eerder voor telde: geen maand wint wat de volgende moet betalen."
    ),
    "line_made_whole": "Om even goed uit te zijn als alleen",
    "line_made_whole_what": (
        "Wat je energie kostte en de extra slijtage, min wat er in je batterijen overblijft en wat het "
        "alleen had gekost. Dit zet je precies terug op wat je batterij uit zichzelf had opgeleverd. Onder "
        "nul: je won door samen te sturen, en dat gaat in wat verdeeld wordt."
    ),
    "line_claim": "Uitgesteld, of alsnog betaald",
    "line_claim_what": (
        "Onder nul: er was niet genoeg, en de gemeenschap is je dit schuldig. Boven nul: wat zij je van "
        "eerdere maanden schuldig was. Zij is je nog {owed} schuldig."
    ),
    "line_shortage": "Door jou gedragen",
    "line_shortage_what": "Er was niet genoeg, en volgens de spelregels dragen de huizen dat.",
    "line_relief": "Wat je voor het net deed",
    "line_relief_what": (
        "{relief_kwh} kWh verschoof uit de uren waarin transformator en middenspanningskabel het zwaarst "
        "belast waren. Alle huizen die die belasting verlaagden, verschoven {relief_of_all_kwh} kWh. Op "
        "zichzelf geen bedrag."
    ),
    "line_share": "Je deel",
    "line_share_what": (
        "Er viel {to_share} te verdelen, nadat elk huis was teruggezet op wat zijn batterij uit zichzelf "
        "had opgeleverd. Daarvan is met {owed_before} betaald wat uit eerdere maanden nog schuldig was, en "
        "{fund} is voor het fonds. Regel: {rule}. Je was {days} dagen lid, van {days_of_all} dagen van alle "
        "{homes} huizen samen."
    ),
    "line_nothing_to_share_what": (
        "Er viel niets te verdelen: met wat netbeheerders betaalden of vroegen, ontbrak {lacking} om elk "
        "huis terug te zetten op wat zijn batterij uit zichzelf had opgeleverd. Het fonds betaalde daarvan "
        "{fund}."
    ),
    "line_total": "Samen",
    "line_total_what": "Dit komt bij je saldo.",
    "line_correction": "Later gecorrigeerd",
    "line_correction_what": (
        "Boeking {entry} corrigeert boeking {corrects}. De regels hierboven houden dat al in."
    ),
    "statement_note": (
        "Elk getoond bedrag is op zichzelf afgerond; wat geboekt wordt, is één keer op de cent afgerond. "
        "Met dit overzicht wordt niets betaald. Met de download van de rekening en battery-commons "
        "audit kan iedereen het narekenen."
    ),
}
