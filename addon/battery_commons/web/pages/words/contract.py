"""How the pages about contracts say things, in English and in Dutch."""

ENGLISH = {
    "contracts": "Contracts",
    "contracts_what": (
        "What was agreed with the grid operator. A group transport agreement counts by itself: its "
        "limit goes "
        "into every plan. The other contracts count when the operator calls, over the line to it."
    ),
    "contracts_none": "No contract is in force.",
    "contract_unreadable": (
        "{id}, signed on {day}, cannot be read: it counts for nothing until it can. Perhaps a "
        "newer version kept it: update Battery Commons. Otherwise fill it in again from what was signed, "
        "and end this one."
    ),
    "contracts_think": "Look at a contract",
    "contracts_think_what": (
        "Fill in what is offered, see what it comes to and what stands in its way, and only then say "
        "that it "
        "was signed. Nothing is sent to anybody."
    ),
    "contract_kind_cbc": "Capacity limitation (CBC)",
    "contract_kind_g_cbc": "Capacity limitation of a group (G-CBC)",
    "contract_kind_gto": "Group transport agreement (GTO)",
    "contract_kind_csc": "Capacity steering (CSC)",
    "contract_kind_redispatch": "Redispatch",
    "contract_about_cbc": "The operator pays for the right to limit what one connection draws or feeds in.",
    "contract_about_g_cbc": "The same for a group of connections, which together keep below a limit on call.",
    "contract_about_gto": (
        "A group keeps below a joint limit at all agreed hours, and pays less for its connection."
    ),
    "contract_about_csc": "The operator steers a battery's room on the grid from hour to hour.",
    "contract_about_redispatch": "The operator buys a change of power for some hours on the market (GOPACS).",
    "contract_operator": "Grid operator",
    "contract_congestion_point": "Congestion point, as the operator calls it",
    "contract_subject": "Is about",
    "contract_whole_village": "the whole village",
    "contract_first_day": "First day",
    "contract_last_day": "Last day",
    "contract_last_day_hint": "Leave open for one that runs until it is ended.",
    "contract_from_time": "From",
    "contract_until_time": "Until",
    "contract_until_time_hint": "00:00 is the end of the day.",
    "contract_days": "Days",
    "contract_days_all": "every day",
    "contract_days_workdays": "Mondays to Fridays, but not on public holidays",
    "contract_days_weekends": "Saturdays and Sundays",
    "contract_import_kw": "Draw at most (kW)",
    "contract_export_kw": "Feed in at most (kW)",
    "contract_kw_hint": "Leave open where that is not limited.",
    "contract_call_kw": "Power that can be called (kW)",
    "contract_longest_h": "Longest call (hours)",
    "contract_notice_h": "Called so many hours ahead",
    "contract_eur_per_year": "Fee (EUR a year)",
    "contract_eur_per_kwh": "Price on call (EUR per kWh)",
    "contract_penalty_eur_per_kwh": "Penalty (EUR per kWh not delivered)",
    "contract_one_brp": "All connections must have one balance responsible party",
    "contract_brps": "Balance responsible parties of those that take part",
    "contract_brps_hint": "With commas between them. It is the energy supplier's; residents can ask there.",
    "contract_look": "See what it comes to",
    "contract_sign": "It was signed: let it count",
    "contract_comes_to": "What it comes to",
    "contract_snags": "What stands in its way",
    "contract_no_snags": "Nothing that is known here stands in its way.",
    "contract_remove": "End",
    "contract_remove_title": "End this contract?",
    "contract_remove_what": (
        "It then counts no longer, from the next plan on. What was agreed is kept as evidence."
    ),
    "contract_remove_sure": "End the contract",
    "contract_choice_wrong": "Choose one of these.",
    "contract_day_wrong": "Give a day.",
    "contract_time_wrong": "Give a time of day, such as 16:00.",
    "contract_figure_wrong": "Give a figure of zero or more.",
    "contract_contradicts": (
        "This contradicts itself: it must limit something or let something be called, its hours must end "
        "after they begin, and its last day must not come before the first."
    ),
    "contract_all_day": "all day",
    "contract_hours": "from {start} to {end}",
    "contract_says_when": "It counts {days}, {hours}, from {first} on.",
    "contract_says_import_always": "In those hours {place} draws at most {limit}.",
    "contract_says_export_always": "In those hours {place} feeds in at most {limit}.",
    "contract_says_import_called": "When called, {place} draws at most {limit}.",
    "contract_says_export_called": "When called, {place} feeds in at most {limit}.",
    "contract_says_call": "The batteries of {place} can be called for {power}.",
    "contract_says_longest": "A call lasts {hours} hours at most.",
    "contract_says_notice": "A call is made at least {hours} hours ahead.",
    "contract_says_money": (
        "It pays € {year} a year and € {kwh} per kWh on call; what is not delivered costs € {penalty} "
        "per kWh."
    ),
    "contract_says_brp": "All connections in it must have the same balance responsible party.",
    "contract_says_last": "It ends after {last}.",
    "snag_same_brp": (
        "The connections have different balance responsible parties: {detail}. The contract asks for one. "
        "Members would have to choose the same supplier, or the operator has to allow several: ask before "
        "anybody signs."
    ),
    "snag_brp_unknown": (
        "Nobody has said which balance responsible parties the connections have, and the contract asks "
        "for one. "
        "Ask the members who their supplier is."
    ),
    "snag_too_small": "Redispatch takes part from 100 kW on. Join with another village.",
    "snag_more_than_batteries": (
        "The batteries there deliver {detail} at most for as long as a call may last, when they are full."
    ),
    "snag_no_effect": "The limit is not below what the transformer or feeder may carry anyway.",
    "snag_sold_twice": "The contract with {detail} can call the same batteries at the same hours.",
    "snag_unknown_subject": "{detail} is not known here.",
    "told_contract_signed": "The contract counts from the next plan on.",
    "told_contract_removed": "The contract counts no longer.",
    "act_contract_signed": "let a contract count",
    "act_contract_removed": "ended a contract",
}

DUTCH = {
    "contracts": "Contracten",
    "contracts_what": (
        "Wat met de netbeheerder is afgesproken. Een groepstransportovereenkomst telt vanzelf: de "
        "grens gaat "
        "in elk plan. De andere contracten tellen als de netbeheerder oproept, over de lijn met hem."
    ),
    "contracts_none": "Er is geen contract van kracht.",
    "contract_unreadable": (
        "{id}, getekend op {day}, is niet te lezen: het telt niet tot dat weer kan. Misschien "
        "heeft een nieuwere versie het bewaard: werk Battery Commons bij. Vul het anders opnieuw in van wat "
        "is getekend, en beëindig dit."
    ),
    "contracts_think": "Een contract bekijken",
    "contracts_think_what": (
        "Vul in wat er wordt aangeboden, zie wat het inhoudt en wat in de weg staat, en zeg pas daarna "
        "dat het "
        "is getekend. Er wordt niets verstuurd."
    ),
    "contract_kind_cbc": "Capaciteitsbeperking (CBC)",
    "contract_kind_g_cbc": "Capaciteitsbeperking van een groep (G-CBC)",
    "contract_kind_gto": "Groepstransportovereenkomst (GTO)",
    "contract_kind_csc": "Capaciteitssturing (CSC)",
    "contract_kind_redispatch": "Redispatch",
    "contract_about_cbc": (
        "De netbeheerder betaalt om te mogen begrenzen wat een aansluiting afneemt of teruglevert."
    ),
    "contract_about_g_cbc": (
        "Hetzelfde voor een groep aansluitingen, die bij een oproep samen onder een grens blijven."
    ),
    "contract_about_gto": (
        "Een groep blijft op alle afgesproken uren onder een gezamenlijke grens, en betaalt minder."
    ),
    "contract_about_csc": (
        "De netbeheerder stuurt van uur tot uur hoeveel ruimte een batterij op het net heeft."
    ),
    "contract_about_redispatch": "De netbeheerder koopt op de markt (GOPACS) enkele uren een ander vermogen.",
    "contract_operator": "Netbeheerder",
    "contract_congestion_point": "Congestiepunt, zoals de netbeheerder het noemt",
    "contract_subject": "Gaat over",
    "contract_whole_village": "het hele dorp",
    "contract_first_day": "Eerste dag",
    "contract_last_day": "Laatste dag",
    "contract_last_day_hint": "Laat open als het loopt tot het wordt opgezegd.",
    "contract_from_time": "Van",
    "contract_until_time": "Tot",
    "contract_until_time_hint": "00:00 is het einde van de dag.",
    "contract_days": "Dagen",
    "contract_days_all": "elke dag",
    "contract_days_workdays": "maandag tot en met vrijdag, maar niet op feestdagen",
    "contract_days_weekends": "zaterdag en zondag",
    "contract_import_kw": "Hoogstens afnemen (kW)",
    "contract_export_kw": "Hoogstens terugleveren (kW)",
    "contract_kw_hint": "Laat open als dat niet wordt begrensd.",
    "contract_call_kw": "Vermogen dat kan worden opgeroepen (kW)",
    "contract_longest_h": "Langste oproep (uren)",
    "contract_notice_h": "Zoveel uren vooraf opgeroepen",
    "contract_eur_per_year": "Vergoeding (EUR per jaar)",
    "contract_eur_per_kwh": "Prijs bij oproep (EUR per kWh)",
    "contract_penalty_eur_per_kwh": "Boete (EUR per niet geleverde kWh)",
    "contract_one_brp": "Alle aansluitingen moeten dezelfde balansverantwoordelijke hebben",
    "contract_brps": "Balansverantwoordelijken van wie meedoet",
    "contract_brps_hint": (
        "Met komma's ertussen. Het is die van de energieleverancier; bewoners kunnen het daar vragen."
    ),
    "contract_look": "Kijk wat het inhoudt",
    "contract_sign": "Het is getekend: laat het tellen",
    "contract_comes_to": "Wat het inhoudt",
    "contract_snags": "Wat in de weg staat",
    "contract_no_snags": "Er staat niets in de weg dat hier bekend is.",
    "contract_remove": "Beëindigen",
    "contract_remove_title": "Dit contract beëindigen?",
    "contract_remove_what": (
        "Het telt dan niet meer, vanaf het volgende plan. Wat was afgesproken blijft bewaard als bewijs."
    ),
    "contract_remove_sure": "Beëindig het contract",
    "contract_choice_wrong": "Kies er een.",
    "contract_day_wrong": "Geef een dag.",
    "contract_time_wrong": "Geef een tijd, zoals 16:00.",
    "contract_figure_wrong": "Geef een getal van nul of meer.",
    "contract_contradicts": (
        "Dit spreekt zichzelf tegen: het moet iets begrenzen of iets laten oproepen, de uren moeten "
        "eindigen "
        "nadat ze beginnen, en de laatste dag mag niet voor de eerste komen."
    ),
    "contract_all_day": "de hele dag",
    "contract_hours": "van {start} tot {end}",
    "contract_says_when": "Het telt {days}, {hours}, vanaf {first}.",
    "contract_says_import_always": "In die uren neemt {place} hoogstens {limit} af.",
    "contract_says_export_always": "In die uren levert {place} hoogstens {limit} terug.",
    "contract_says_import_called": "Bij een oproep neemt {place} hoogstens {limit} af.",
    "contract_says_export_called": "Bij een oproep levert {place} hoogstens {limit} terug.",
    "contract_says_call": "De batterijen van {place} kunnen worden opgeroepen voor {power}.",
    "contract_says_longest": "Een oproep duurt hoogstens {hours} uur.",
    "contract_says_notice": "Een oproep komt minstens {hours} uur vooraf.",
    "contract_says_money": (
        "Het levert € {year} per jaar op en € {kwh} per kWh bij een oproep; wat niet wordt geleverd kost "
        "€ {penalty} per kWh."
    ),
    "contract_says_brp": "Alle aansluitingen erin moeten dezelfde balansverantwoordelijke hebben.",
    "contract_says_last": "Het eindigt na {last}.",
    "snag_same_brp": (
        "De aansluitingen hebben verschillende balansverantwoordelijken: {detail}. Het contract vraagt "
        "er een. "
        "Leden zouden dezelfde leverancier moeten kiezen, of de netbeheerder moet er meer toestaan: "
        "vraag dat "
        "voordat iemand tekent."
    ),
    "snag_brp_unknown": (
        "Niemand heeft gezegd welke balansverantwoordelijken de aansluitingen hebben, en het contract "
        "vraagt er "
        "een. Vraag de leden wie hun leverancier is."
    ),
    "snag_too_small": "Redispatch kan vanaf 100 kW. Doe samen met een ander dorp mee.",
    "snag_more_than_batteries": (
        "De batterijen daar leveren hoogstens {detail} zo lang als een oproep mag duren, als ze vol zijn."
    ),
    "snag_no_effect": "De grens ligt niet onder wat de transformator of kabel toch al mag dragen.",
    "snag_sold_twice": "Het contract met {detail} kan dezelfde batterijen op dezelfde uren oproepen.",
    "snag_unknown_subject": "{detail} is hier niet bekend.",
    "told_contract_signed": "Het contract telt vanaf het volgende plan.",
    "told_contract_removed": "Het contract telt niet meer.",
    "act_contract_signed": "liet een contract tellen",
    "act_contract_removed": "beëindigde een contract",
}
