"""How the yearly report says things, in English and in Dutch."""

ENGLISH = {
    "paper_drawn": "The document is being drawn. This page shows when it is ready.",
    "paper_ready": "The document is ready.",
    "paper_failed": "The document could not be drawn. The coordinator's log says why.",
    "paper_again": "Try again",
    "paper_back": "Back",
    "report_file": "report-{year}",
    "report_title": "{village} in {year}",
    "report_about": ("Yearly report for the members' meeting, made by the village's coordinator on {day}."),
    "report_running": "The year is not over: this is how it stands up to and including {day}.",
    "report_happened": "What happened",
    "report_members": "{homes} homes take part on the last day that is kept.",
    "report_codes_count": "Codes red: {red}. Codes green: {green}.",
    "report_votes_count": "Votes that decided something: {votes}.",
    "report_decided": "What was decided",
    "report_money": "The account, in sums",
    "report_money_none": "Nothing was booked.",
    "report_money_months": (
        "Months that were closed: {months}. Amounts are of the months that they are about."
    ),
    "report_money_few": (
        "What homes got and gave is not told: fewer than {least} homes were settled, and a sum would "
        "tell about each."
    ),
    "report_revenue": "Received by contracts with grid operators",
    "report_made_whole": "Paid to homes to be as well off as alone",
    "report_made_whole_below": "Put in by homes that gained by steering together",
    "report_shared": "Shared among homes",
    "report_shortage": "Borne by homes",
    "report_to_fund": "To the community fund",
    "report_fund_used": "Used from the community fund",
    "report_fund": "In the community fund at the end",
    "report_owed": "Still owed to homes to make them whole",
    "report_paid": "Paid out, by the treasurer's word",
    "report_experiments": "Experiments",
    "report_experiments_none": "No experiment was carried through.",
    "report_experiment": "{name}: {models}, from {first} on, {days} days of which {counted} count.",
    "report_experiment_too_few": "Too few days count to say what differs.",
    "report_experiments_chance": "In {n} other comparisons no difference was shown.",
    "report_gaps": "What is known, and what is not",
    "report_gap": "{name}: {known}",
    "report_method": (
        "What would have been is computed: under M1, each battery is replayed for its own house from "
        "the home's own readings; without batteries, what their meters read is taken off. How each "
        "figure is reckoned is in the village's documentation, under Community. Codes are measured "
        "against days before the announcement; their figures lie between those in brackets in 95 of "
        "100 cases. No figure in this report is of a single home, but for those that asked to be "
        "named."
    ),
}

DUTCH = {
    "paper_drawn": "Het document wordt gemaakt. Deze pagina laat zien wanneer het klaar is.",
    "paper_ready": "Het document is klaar.",
    "paper_failed": "Het document kon niet worden gemaakt. In het logboek van de coördinator staat waarom.",
    "paper_again": "Opnieuw proberen",
    "paper_back": "Terug",
    "report_file": "verslag-{year}",
    "report_title": "{village} in {year}",
    "report_about": (
        "Jaarverslag voor de ledenvergadering, gemaakt door de coördinator van het dorp op {day}."
    ),
    "report_running": "Het jaar is niet voorbij: zo staat het tot en met {day}.",
    "report_happened": "Wat er gebeurde",
    "report_members": "{homes} huizen doen mee op de laatste dag die is bewaard.",
    "report_codes_count": "Codes rood: {red}. Codes groen: {green}.",
    "report_votes_count": "Stemmingen die iets beslisten: {votes}.",
    "report_decided": "Wat er besloten is",
    "report_money": "De rekening, in totalen",
    "report_money_none": "Er is niets geboekt.",
    "report_money_months": (
        "Afgesloten maanden: {months}. Bedragen horen bij de maanden waar zij over gaan."
    ),
    "report_money_few": (
        "Wat huizen kregen en gaven staat er niet: er zijn minder dan {least} huizen afgerekend, en "
        "een totaal zou over elk iets zeggen."
    ),
    "report_revenue": "Ontvangen van contracten met netbeheerders",
    "report_made_whole": "Aan huizen om even goed uit te zijn als alleen",
    "report_made_whole_below": "Ingebracht door huizen die wonnen door samen te sturen",
    "report_shared": "Verdeeld over huizen",
    "report_shortage": "Gedragen door huizen",
    "report_to_fund": "Naar de dorpskas",
    "report_fund_used": "Gebruikt uit de dorpskas",
    "report_fund": "In de dorpskas aan het eind",
    "report_owed": "Nog verschuldigd aan huizen om even goed uit te zijn",
    "report_paid": "Uitbetaald, volgens de penningmeester",
    "report_experiments": "Proeven",
    "report_experiments_none": "Er is geen proef afgerond.",
    "report_experiment": "{name}: {models}, vanaf {first}, {days} dagen waarvan er {counted} tellen.",
    "report_experiment_too_few": "Er tellen te weinig dagen om te zeggen wat er verschilt.",
    "report_experiments_chance": "In {n} andere vergelijkingen bleek geen verschil.",
    "report_gaps": "Wat er bekend is, en wat niet",
    "report_gap": "{name}: {known}",
    "report_method": (
        "Wat er was geweest is berekend: onder M1 wordt elke batterij voor het eigen huis nagespeeld "
        "met de eigen metingen; zonder batterijen gaat eraf wat hun meters aangaven. Hoe elk cijfer "
        "is berekend staat in de documentatie van het dorp, onder Gemeenschap. Codes worden gemeten "
        "tegen dagen vóór de aankondiging; hun cijfers liggen in 95 van de 100 gevallen tussen die "
        "tussen haakjes. Geen cijfer in dit verslag is van één huis, behalve van huizen die met naam "
        "genoemd wilden worden."
    ),
}
