"""How the pages about payments, tariffs and bank accounts say things, in English and in Dutch."""

ENGLISH = {
    "payments_what": (
        "What homes are due from all closed months. Give the file to your bank, look at it there, and "
        "come back to say that it was paid: only then do balances go down."
    ),
    "payments_none": "Nothing is due to any home whose bank account is known.",
    "payments_on": "To be paid on",
    "payments_look": "Show this day",
    "payments_sepa": "For the bank (SEPA XML)",
    "payments_csv": "As a table (CSV)",
    "payments_own_first": "The file for the bank is here once it is known from which account is paid.",
    "payments_from": "The community's own bank account",
    "payments_from_what": "From here is paid. It is needed for the bank's file.",
    "payments_book": "Say that it was paid",
    "payments_book_what": (
        "Say so once the bank has done it. {count} payments, together {sum}, are then booked and are due "
        "no more."
    ),
    "payments_others": "Not on the list",
    "payments_no_account": "no bank account is known",
    "payments_left": "has left: its bank account was erased. Pay it by hand, by the account number",
    "payments_owing": "owes this; it is set off against later months",
    "payments_by_hand": "Book a payment by hand",
    "payments_by_hand_what": "Paid to a home by hand, or by a home that owed something (below zero).",
    "payments_remark": "{village}: account {account}, until {period}",
    "payments_holder": "In the name of",
    "payments_iban": "IBAN",
    "payments_keep": "Keep",
    "payments_erase": "Erase",
    "payments_fund": "Use the fund",
    "payments_fund_what": "As members decided: what was paid from the fund, and for what.",
    "payments_purpose": "For what",
    "payments_fund_book": "Book it",
    "money_title": "{home}: tariff and bank account",
    "money_link": "Tariff and bank account",
    "money_tariffs": "Its own energy contract",
    "money_tariffs_what": (
        "A home's month is reckoned with what it really pays. Without a contract of its own, the "
        "village's tariff counts. Residents can also tell it from their own Home Assistant."
    ),
    "money_from": "From",
    "money_village_tariff": "No contract of its own is known: the village's tariff counts.",
    "money_kind": "Kind of contract",
    "money_kind_dynamic": "dynamic: the day-ahead price of each quarter hour",
    "money_kind_fixed": "fixed: one price",
    "money_kind_two_tariff": "two fixed prices: normal and low (night, weekend, holidays)",
    "money_energy": "Supplier's price (EUR per kWh, with VAT, without energy tax)",
    "money_energy_hint": "Of a dynamic contract: what the supplier adds to the day-ahead price.",
    "money_energy_low": "Low price (EUR per kWh)",
    "money_energy_low_hint": "Of a contract with two prices alone.",
    "money_energy_tax": "Energy tax (EUR per kWh, with VAT)",
    "money_vat": "VAT on the day-ahead price (%)",
    "money_feed_in": "For what is fed in (EUR per kWh)",
    "money_feed_in_hint": "Of a dynamic contract: what is paid on top of the day-ahead price.",
    "money_feed_in_costs": "Costs of feeding in (EUR per kWh)",
    "money_net_metering": "Net metering, until the law ends it on 1 January 2027",
    "money_keep_tariff": "Keep this contract",
    "money_remove_tariff": "Remove",
    "money_bank": "Bank account",
    "money_bank_what": (
        "Where the treasurer would pay to. It is this household's own: it stands in no log, is on no page "
        "but this and the payment list, and is erased when the home leaves."
    ),
    "money_vat_hint": "Of a dynamic contract alone; the other prices include it.",
    "money_summary": "From {day}: {what}",
    "money_from_day": "Paid on",
    "money_summary_dynamic": "Dynamic, {energy} on top",
    "money_summary_fixed": "Fixed, {energy}",
    "money_summary_two_tariff": "Normal {energy}, low {low}",
}

DUTCH = {
    "payments_what": (
        "Wat huizen van alle afgesloten maanden tegoed hebben. Geef het bestand aan je bank, bekijk het "
        "daar, en kom terug om te zeggen dat er betaald is: pas dan gaan de saldi omlaag."
    ),
    "payments_none": "Geen huis waarvan een bankrekening bekend is, heeft iets tegoed.",
    "payments_on": "Te betalen op",
    "payments_look": "Deze dag tonen",
    "payments_sepa": "Voor de bank (SEPA-XML)",
    "payments_csv": "Als tabel (CSV)",
    "payments_own_first": "Het bestand voor de bank staat hier zodra bekend is waarvan betaald wordt.",
    "payments_from": "De bankrekening van de gemeenschap zelf",
    "payments_from_what": "Hiervan wordt betaald. Zij is nodig voor het bestand van de bank.",
    "payments_book": "Zeggen dat er betaald is",
    "payments_book_what": (
        "Zeg dat zodra de bank het gedaan heeft. Dan worden {count} betalingen, samen {sum}, geboekt en "
        "zijn zij niet meer verschuldigd."
    ),
    "payments_others": "Niet op de lijst",
    "payments_no_account": "er is geen bankrekening bekend",
    "payments_left": "is vertrokken: de bankrekening is gewist. Betaal met de hand, op het rekeningnummer",
    "payments_owing": "is dit schuldig; het wordt met latere maanden verrekend",
    "payments_by_hand": "Een betaling met de hand boeken",
    "payments_by_hand_what": (
        "Met de hand aan een huis betaald, of door een huis dat iets schuldig was (onder nul)."
    ),
    "payments_remark": "{village}: rekening {account}, tot en met {period}",
    "payments_holder": "Op naam van",
    "payments_iban": "IBAN",
    "payments_keep": "Bewaren",
    "payments_erase": "Wissen",
    "payments_fund": "Het fonds gebruiken",
    "payments_fund_what": "Zoals de leden besloten: wat er uit het fonds is betaald, en waarvoor.",
    "payments_purpose": "Waarvoor",
    "payments_fund_book": "Boeken",
    "money_title": "{home}: tarief en bankrekening",
    "money_link": "Tarief en bankrekening",
    "money_tariffs": "Het eigen energiecontract",
    "money_tariffs_what": (
        "De maand van een huis wordt gerekend met wat het echt betaalt. Zonder eigen contract telt het "
        "tarief van het dorp. Bewoners kunnen het ook vanuit hun eigen Home Assistant vertellen."
    ),
    "money_from": "Vanaf",
    "money_village_tariff": "Er is geen eigen contract bekend: het tarief van het dorp telt.",
    "money_kind": "Soort contract",
    "money_kind_dynamic": "dynamisch: de beursprijs van elk kwartier",
    "money_kind_fixed": "vast: één prijs",
    "money_kind_two_tariff": "twee vaste prijzen: normaal en dal (nacht, weekend, feestdagen)",
    "money_energy": "Prijs van de leverancier (EUR per kWh, met btw, zonder energiebelasting)",
    "money_energy_hint": "Van een dynamisch contract: wat de leverancier bij de beursprijs optelt.",
    "money_energy_low": "Dalprijs (EUR per kWh)",
    "money_energy_low_hint": "Alleen van een contract met twee prijzen.",
    "money_energy_tax": "Energiebelasting (EUR per kWh, met btw)",
    "money_vat": "Btw over de beursprijs (%)",
    "money_feed_in": "Voor wat wordt teruggeleverd (EUR per kWh)",
    "money_feed_in_hint": "Van een dynamisch contract: wat er boven op de beursprijs wordt betaald.",
    "money_feed_in_costs": "Terugleverkosten (EUR per kWh)",
    "money_net_metering": "Salderen, tot de wet dat op 1 januari 2027 beëindigt",
    "money_keep_tariff": "Dit contract bewaren",
    "money_remove_tariff": "Verwijderen",
    "money_bank": "Bankrekening",
    "money_bank_what": (
        "Waarheen de penningmeester zou betalen. Zij is van dit huishouden zelf: zij staat in geen "
        "logboek, alleen op deze bladzijde en op de betaallijst, en wordt gewist als het huis vertrekt."
    ),
    "money_vat_hint": "Alleen van een dynamisch contract; in de andere prijzen zit zij al.",
    "money_summary": "Vanaf {day}: {what}",
    "money_from_day": "Betaald op",
    "money_summary_dynamic": "Dynamisch, met {energy} erbij",
    "money_summary_fixed": "Vast, {energy}",
    "money_summary_two_tariff": "Normaal {energy}, dal {low}",
}
