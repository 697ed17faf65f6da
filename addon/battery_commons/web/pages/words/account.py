"""How the pages about the account say things, in English and in Dutch."""

ENGLISH = {
    "nav_account": "Account",
    "account_what": (
        "Each month, every home is first put where its battery would have left it by itself. What is then "
        "left of what grid operators paid and of what the village gained is shared by the rule that "
        "members chose. Nothing is paid by this software: it writes lists for the treasurer."
    ),
    "account_months": "Months",
    "account_months_none": (
        "The account has not begun. From the day on which it does, the quarter hours that a settled month "
        "rests on are kept for good, under a number: they are what anybody can check the account by. Tell "
        "the members first. Who does not want that can leave; those who join later read it when they join."
    ),
    "account_members_know": "The members know what is kept, and agreed.",
    "account_begin": "Begin the account",
    "told_account_begun": "The account has begun, with today.",
    "told_account_members_first": "The account begins when the members know of it: tick the box.",
    "act_account_begun": "began the account",
    "account_month": "Month",
    "account_state": "State",
    "account_state_running": "running",
    "account_state_draft": "draft, to be looked at",
    "account_state_closed": "closed",
    "account_state_correctable": "closed; a correction is proposed",
    "account_revenue": "Paid by grid operators",
    "account_homes": "Homes",
    "account_to_homes": "To homes",
    "account_to_fund": "To the fund",
    "account_fund": "Community fund",
    "account_fund_holds": "The fund holds {amount}.",
    "account_owed": "Owed to homes",
    "account_owed_none": "Every home has been made whole.",
    "account_owed_what": (
        "{amount}: there was not enough to put every home where its battery would have left it. It is "
        "paid first, as soon as a month brings more."
    ),
    "account_balances": "Balances",
    "account_due": "Due to homes",
    "account_owes": "Due from homes",
    "account_bank": "Paid so far",
    "account_payments": "Payments",
    "account_ledger": "Ledger",
    "account_export": "Download everything, to be checked (.zip)",
    "account_check": (
        "Anybody can compute all of it again from that file, with battery-commons audit FILE. Homes go "
        "by their account numbers in it."
    ),
    "account_running_until": (
        "This month can be closed from {day} on: homes may bring readings for some days after its end."
    ),
    "account_by_itself": (
        "Look at what came in and at what is missing, then close the month. If nobody does, it closes by "
        "itself on {day}; what is typed later becomes a correction."
    ),
    "account_earlier_first": "An earlier month has to be closed first.",
    "account_close": "Close this month",
    "account_close_sure": (
        "Once closed, a month is only ever changed by new entries, which name what they correct."
    ),
    "account_correct": "Close it again",
    "account_correct_what": (
        "Since it was closed, other figures have come in: {what}. Closing it again books the differences "
        "only, for this month and for those after it."
    ),
    "account_table_rules": "rules",
    "account_table_prices": "energy prices",
    "account_table_revenue": "revenue",
    "account_table_grid": "loads of transformers or feeder",
    "account_table_homes": "memberships",
    "account_table_batteries": "batteries",
    "account_table_tariffs": "tariffs of homes",
    "account_table_quarter_hours": "readings of homes",
    "account_came_in": "What came in",
    "account_came_in_none": "Nothing has been typed for this month.",
    "account_too_late": (
        "This month is too long ago to be corrected: an amount would never be booked. Type it for a later "
        "month, and say there that it is of this one."
    ),
    "account_contract": "Contract",
    "account_contract_other": "Something else",
    "account_eur": "Amount (EUR)",
    "account_eur_hint": "What was paid for this month; below zero for a penalty.",
    "account_evidence": "Where it can be looked up",
    "account_evidence_hint": (
        "The number of an invoice or a statement of the bank, for whoever checks the books."
    ),
    "account_revenue_add": "Add",
    "account_revenue_remove": "Take out",
    "account_each_home": "What each home gets, and why",
    "account_number": "Account",
    "account_home_left": "has left",
    "account_made_whole": "To be as well off as alone",
    "account_claim": "Put off, or paid after all",
    "account_shortage": "Borne",
    "account_share": "Share",
    "account_total": "Total",
    "account_missing": "Not known",
    "account_missing_hours": "{hours} h of {all} h",
    "account_statement": "Statement",
    "account_rule": "Shared by: {rule}. The fund's part: {share}.",
    "account_rule_equal": "the same for each day of membership",
    "account_rule_contribution": "what each home did for the grid when it was loaded most",
    "account_rule_fund": "the fund first, until it holds {need}; then the same for each day of membership",
    "account_sum": (
        "Grid operators paid {revenue}; homes get {homes} and the fund {fund}. Together that is nothing "
        "more and nothing less."
    ),
    "account_to_share": (
        "After every home was put where its battery would have left it, {amount} was there to share."
    ),
    "account_to_lack": "To put every home where its battery would have left it, {amount} was lacking.",
    "account_unknown": (
        "A quarter hour of which something is not known counts as if the battery had done what it does by "
        "itself: nobody gains or loses by it."
    ),
    "account_wrong_amount": "Type an amount in euros with at most two decimals, such as 125.50.",
    "account_wrong_contract": "Choose one of the contracts.",
    "account_together": "All homes",
    "account_month_sum": "What it came to",
    "account_wrong_again": "This amount is there already, with the same evidence.",
    "account_wrong_evidence": "Say in 1 to 200 characters where it can be looked up.",
    "account_wrong_due": "That is more than is due, or the other way round.",
    "account_wrong_day": "Choose a day.",
    "account_wrong_name": "Type a name of 1 to 70 characters, in Latin letters.",
    "account_wrong_iban": "This is no IBAN within SEPA. Check it character by character.",
    "account_wrong_price": "Type a price in EUR per kWh, such as 0.15; not in cents.",
    "account_wrong_kind": "Choose one of the kinds of contract.",
    "account_wrong_vat": "Type VAT in per cent, from 0 to 100.",
    "account_wrong_fund": "Type an amount that the fund holds, with at most two decimals.",
    "fairness": "Is the rule fair?",
    "fairness_what": (
        "A mirror, not a decision: what each home really took off the month's highest load, on average "
        "over all orders in which homes could have joined (Shapley value), beside what it was given by "
        "the rule."
    ),
    "fairness_none": "No meter told what a transformer carried in this month.",
    "fairness_feeder": "Feeder",
    "fairness_peak": "Without steering together the peak would have been {alone}; it was {peak}.",
    "fairness_exact": "The values are exact.",
    "fairness_sampled": "The values are estimated from {orders} orders, with 95 % certainty as stated.",
    "fairness_took_off": "Took off the peak",
    "fairness_nobody": "All batteries did what they would have done by themselves.",
    "told_month_closed": "The month is closed. Homes see their statement from now on.",
    "told_month_corrected": "The differences are booked.",
    "told_month_not_closed": (
        "That could not be closed: it was closed by somebody else, or an earlier month is open."
    ),
    "told_revenue_added": "The amount is kept.",
    "told_revenue_removed": "The amount is taken out.",
    "told_payments_booked": "The payments are booked.",
    "told_payments_not_booked": (
        "Nothing was booked: since this page was opened something was booked already, perhaps this. Look at "
        "what is due now."
    ),
    "told_fund_used": "What the fund was used for is booked.",
    "told_bank_account_kept": "The bank account is kept.",
    "told_bank_account_erased": "The bank account is erased.",
    "told_tariff_kept": "The tariff is kept.",
    "told_tariff_removed": "The tariff is removed.",
    "act_home_tariff_changed": "changed a home's tariff",
    "act_home_tariff_removed": "removed a home's tariff",
    "act_bank_account_given": "wrote down a bank account",
    "act_bank_account_removed": "erased a bank account",
    "act_revenue_typed": "typed revenue",
    "act_revenue_removed": "took revenue out",
    "act_month_closed": "closed a month of the account",
    "act_month_corrected": "corrected a month of the account",
    "act_payments_booked": "booked payments",
    "act_fund_used": "booked a use of the fund",
    "ledger_what": (
        "Every entry there ever was. None is changed or deleted, and each holds a sum of the one before "
        "it, so that nothing can be put in between. The newest first."
    ),
    "ledger_none": "Nothing has been booked yet.",
    "ledger_number": "No.",
    "ledger_at": "Booked",
    "ledger_kind": "For",
    "ledger_corrects": "corrects {number}",
    "ledger_latest": "The newest {shown} of {all} entries; the export has all.",
    "ledger_csv": "All entries (CSV)",
    "entry_closing": "month closed",
    "entry_revenue": "paid by grid operators",
    "entry_made_whole": "as well off as alone",
    "entry_claim": "put off, or paid after all",
    "entry_shortage": "shortage borne",
    "entry_share": "share",
    "entry_fund": "the fund's part",
    "entry_fund_use": "fund used",
    "entry_payment": "paid",
    "account_grid": "grid operators",
    "account_of_fund": "community fund",
    "account_of_bank": "bank",
}

DUTCH = {
    "nav_account": "Rekening",
    "account_what": (
        "Elke maand wordt elk huis eerst teruggezet op wat zijn batterij uit zichzelf had opgeleverd. Wat "
        "er dan over is van wat netbeheerders betaalden en wat het dorp won, wordt verdeeld volgens de "
        "regel die de leden kozen. Deze software betaalt niets: zij maakt lijsten voor de penningmeester."
    ),
    "account_months": "Maanden",
    "account_months_none": (
        "De rekening is nog niet begonnen. Vanaf de dag waarop zij begint, blijven de kwartieren waarop een "
        "afgerekende maand rust voorgoed bewaard, onder een nummer: daarmee kan iedereen de rekening "
        "controleren. Vertel het de leden eerst. Wie dat niet wil, kan vertrekken; wie later meedoet, leest "
        "het bij het meedoen."
    ),
    "account_members_know": "De leden weten wat er bewaard wordt, en zijn het ermee eens.",
    "account_begin": "Rekening beginnen",
    "told_account_begun": "De rekening is begonnen, met vandaag.",
    "told_account_members_first": "De rekening begint als de leden ervan weten: zet het vinkje.",
    "act_account_begun": "begon de rekening",
    "account_month": "Maand",
    "account_state": "Stand",
    "account_state_running": "loopt",
    "account_state_draft": "concept, om te bekijken",
    "account_state_closed": "afgesloten",
    "account_state_correctable": "afgesloten; er is een correctie voorgesteld",
    "account_revenue": "Betaald door netbeheerders",
    "account_homes": "Huizen",
    "account_to_homes": "Naar huizen",
    "account_to_fund": "Naar het fonds",
    "account_fund": "Gemeenschapsfonds",
    "account_fund_holds": "In het fonds zit {amount}.",
    "account_owed": "Nog verschuldigd aan huizen",
    "account_owed_none": "Elk huis is schadeloos gesteld.",
    "account_owed_what": (
        "{amount}: er was niet genoeg om elk huis terug te zetten op wat zijn batterij uit zichzelf had "
        "opgeleverd. Het wordt als eerste betaald, zodra een maand meer oplevert."
    ),
    "account_balances": "Saldi",
    "account_due": "Te betalen aan huizen",
    "account_owes": "Te ontvangen van huizen",
    "account_bank": "Tot nu toe betaald",
    "account_payments": "Betalingen",
    "account_ledger": "Grootboek",
    "account_export": "Alles downloaden, om te controleren (.zip)",
    "account_check": (
        "Iedereen kan uit dat bestand alles narekenen, met battery-commons audit BESTAND. Huizen staan "
        "er met hun rekeningnummer in."
    ),
    "account_running_until": (
        "Deze maand kan vanaf {day} worden afgesloten: huizen brengen tot enkele dagen na het einde metingen."
    ),
    "account_by_itself": (
        "Bekijk wat er binnenkwam en wat er ontbreekt, en sluit de maand dan af. Doet niemand dat, dan "
        "sluit zij vanzelf op {day}; wat later wordt ingevuld, wordt een correctie."
    ),
    "account_earlier_first": "Eerst moet een eerdere maand worden afgesloten.",
    "account_close": "Deze maand afsluiten",
    "account_close_sure": (
        "Een afgesloten maand verandert alleen nog door nieuwe boekingen, die noemen wat zij corrigeren."
    ),
    "account_correct": "Opnieuw afsluiten",
    "account_correct_what": (
        "Sinds het afsluiten zijn er andere gegevens: {what}. Opnieuw afsluiten boekt alleen de "
        "verschillen, van deze maand en van die erna."
    ),
    "account_table_rules": "regels",
    "account_table_prices": "energieprijzen",
    "account_table_revenue": "opbrengsten",
    "account_table_grid": "belasting van transformatoren of de middenspanningskabel",
    "account_table_homes": "lidmaatschappen",
    "account_table_batteries": "batterijen",
    "account_table_tariffs": "tarieven van huizen",
    "account_table_quarter_hours": "metingen van huizen",
    "account_came_in": "Wat er binnenkwam",
    "account_came_in_none": "Voor deze maand is niets ingevuld.",
    "account_too_late": (
        "Deze maand is te lang geleden om nog te verbeteren: een bedrag zou nooit geboekt worden. Vul het in "
        "bij een latere maand, en zeg daar dat het van deze is."
    ),
    "account_contract": "Contract",
    "account_contract_other": "Iets anders",
    "account_eur": "Bedrag (EUR)",
    "account_eur_hint": "Wat voor deze maand is betaald; onder nul voor een boete.",
    "account_evidence": "Waar het is na te kijken",
    "account_evidence_hint": "Het nummer van een factuur of bankafschrift, voor wie de boeken controleert.",
    "account_revenue_add": "Toevoegen",
    "account_revenue_remove": "Weghalen",
    "account_each_home": "Wat elk huis krijgt, en waarom",
    "account_number": "Rekening",
    "account_home_left": "is vertrokken",
    "account_made_whole": "Om even goed uit te zijn als alleen",
    "account_claim": "Uitgesteld, of alsnog betaald",
    "account_shortage": "Gedragen",
    "account_share": "Deel",
    "account_total": "Samen",
    "account_missing": "Niet bekend",
    "account_missing_hours": "{hours} u van {all} u",
    "account_statement": "Overzicht",
    "account_rule": "Verdeeld naar: {rule}. Het deel van het fonds: {share}.",
    "account_rule_equal": "voor elke dag lidmaatschap evenveel",
    "account_rule_contribution": "wat elk huis voor het net deed toen dat het zwaarst belast was",
    "account_rule_fund": "eerst het fonds, tot daar {need} in zit; dan voor elke dag lidmaatschap evenveel",
    "account_sum": (
        "Netbeheerders betaalden {revenue}; huizen krijgen {homes} en het fonds {fund}. Dat is samen "
        "niets meer en niets minder."
    ),
    "account_to_share": (
        "Nadat elk huis was teruggezet op wat zijn batterij uit zichzelf had opgeleverd, viel er {amount} "
        "te verdelen."
    ),
    "account_to_lack": (
        "Om elk huis terug te zetten op wat zijn batterij uit zichzelf had opgeleverd, ontbrak er {amount}."
    ),
    "account_unknown": (
        "Een kwartier waarvan iets niet bekend is, telt alsof de batterij deed wat zij uit zichzelf doet: "
        "niemand wint of verliest erdoor."
    ),
    "account_wrong_amount": "Vul een bedrag in euro's in met hooguit twee decimalen, zoals 125,50.",
    "account_wrong_contract": "Kies een van de contracten.",
    "account_together": "Alle huizen",
    "account_month_sum": "Waar het op uitkwam",
    "account_wrong_again": "Dit bedrag staat er al, met hetzelfde bewijs.",
    "account_wrong_evidence": "Zeg in 1 tot 200 tekens waar het is na te kijken.",
    "account_wrong_due": "Dat is meer dan er openstaat, of andersom.",
    "account_wrong_day": "Kies een dag.",
    "account_wrong_name": "Vul een naam van 1 tot 70 tekens in, in Latijnse letters.",
    "account_wrong_iban": "Dit is geen IBAN binnen SEPA. Kijk het teken voor teken na.",
    "account_wrong_price": "Vul een prijs in euro per kWh in, zoals 0,15; niet in centen.",
    "account_wrong_kind": "Kies een van de soorten contract.",
    "account_wrong_vat": "Vul de btw in procenten in, van 0 tot 100.",
    "account_wrong_fund": "Vul een bedrag in dat in het fonds zit, met hooguit twee decimalen.",
    "fairness": "Is de regel eerlijk?",
    "fairness_what": (
        "Een spiegel, geen besluit: wat elk huis echt van de hoogste belasting van de maand afhaalde, "
        "gemiddeld over alle volgordes waarin huizen hadden kunnen meedoen (Shapleywaarde), naast wat het "
        "door de regel kreeg."
    ),
    "fairness_none": "Geen meter vertelde wat een transformator in deze maand droeg.",
    "fairness_feeder": "Middenspanningskabel",
    "fairness_peak": "Zonder samen te sturen was de piek {alone} geweest; zij was {peak}.",
    "fairness_exact": "De waarden zijn exact.",
    "fairness_sampled": "De waarden zijn geschat uit {orders} volgordes, met 95 % zekerheid zoals vermeld.",
    "fairness_took_off": "Haalde van de piek af",
    "fairness_nobody": "Alle batterijen deden wat zij uit zichzelf hadden gedaan.",
    "told_month_closed": "De maand is afgesloten. Huizen zien hun overzicht vanaf nu.",
    "told_month_corrected": "De verschillen zijn geboekt.",
    "told_month_not_closed": (
        "Dat kon niet worden afgesloten: iemand anders deed het al, of een eerdere maand is nog open."
    ),
    "told_revenue_added": "Het bedrag is bewaard.",
    "told_revenue_removed": "Het bedrag is weggehaald.",
    "told_payments_booked": "De betalingen zijn geboekt.",
    "told_payments_not_booked": (
        "Er is niets geboekt: sinds deze pagina openging is er al iets geboekt, misschien dit. Bekijk wat er "
        "nu openstaat."
    ),
    "told_fund_used": "Waarvoor het fonds is gebruikt, is geboekt.",
    "told_bank_account_kept": "De bankrekening is bewaard.",
    "told_bank_account_erased": "De bankrekening is gewist.",
    "told_tariff_kept": "Het tarief is bewaard.",
    "told_tariff_removed": "Het tarief is verwijderd.",
    "act_home_tariff_changed": "wijzigde het tarief van een huis",
    "act_home_tariff_removed": "verwijderde een tarief van een huis",
    "act_bank_account_given": "schreef een bankrekening op",
    "act_bank_account_removed": "wiste een bankrekening",
    "act_revenue_typed": "vulde een opbrengst in",
    "act_revenue_removed": "haalde een opbrengst weg",
    "act_month_closed": "sloot een maand van de rekening af",
    "act_month_corrected": "corrigeerde een maand van de rekening",
    "act_payments_booked": "boekte betalingen",
    "act_fund_used": "boekte een gebruik van het fonds",
    "ledger_what": (
        "Elke boeking die er ooit was. Geen ervan wordt veranderd of gewist, en elke houdt een som van de "
        "vorige, zodat er niets tussen kan. De nieuwste eerst."
    ),
    "ledger_none": "Er is nog niets geboekt.",
    "ledger_number": "Nr.",
    "ledger_at": "Geboekt",
    "ledger_kind": "Voor",
    "ledger_corrects": "corrigeert {number}",
    "ledger_latest": "De nieuwste {shown} van {all} boekingen; alle staan in de download.",
    "ledger_csv": "Alle boekingen (CSV)",
    "entry_closing": "maand afgesloten",
    "entry_revenue": "betaald door netbeheerders",
    "entry_made_whole": "even goed uit als alleen",
    "entry_claim": "uitgesteld, of alsnog betaald",
    "entry_shortage": "tekort gedragen",
    "entry_share": "deel",
    "entry_fund": "het deel van het fonds",
    "entry_fund_use": "fonds gebruikt",
    "entry_payment": "betaald",
    "account_grid": "netbeheerders",
    "account_of_fund": "gemeenschapsfonds",
    "account_of_bank": "bank",
}
