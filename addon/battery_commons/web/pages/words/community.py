"""How the community's page says things, in English and in Dutch."""

ENGLISH = {
    "nav_community": "Community",
    "community_what": (
        "What you did together: sums only. A home is named only where it asked to be. Figures are of "
        "whole days that are over; what was not measured is left out, and said below."
    ),
    "community_none": (
        "Nothing is kept of this time. Figures come a day later, from the first month of the account on."
    ),
    "community_until": "Up to and including {day}.",
    "community_period": "Period",
    "community_day": "Day",
    "community_month": "Month",
    "community_year": "Year",
    "community_before": "Before",
    "community_after": "After",
    "community_show": "Show",
    "community_grid": "The grid",
    "community_grid_village": "The whole village",
    "community_grid_what": (
        "The highest quarter hour as it was, as it would have been with each battery for its own "
        "house (M1), and without batteries. The three bars are of the same quarter hours. A dark mark"
        " is the limit."
    ),
    "community_import": "Highest use",
    "community_feed_in": "Highest feed-in",
    "community_actual": "As it was",
    "community_alone": "Each battery for its own house",
    "community_bare": "Without batteries",
    "community_lower": "{by} lower than without batteries",
    "community_higher": "{by} higher than without batteries",
    "community_same": "as high as without batteries",
    "community_lower_alone": "{by} lower than with each battery for its own house",
    "community_higher_alone": "{by} higher than with each battery for its own house",
    "community_same_alone": "as high as with each battery for its own house",
    "community_peak_import": "The highest use was {load}: {bare}, and {alone}.",
    "community_peak_feed_in": "The highest feed-in was {load}: {bare}, and {alone}.",
    "community_hours": (
        "Beyond the limit of {limit} for {actual} hours; without batteries that would have been "
        "{bare} hours, and with each battery for its own house {alone} hours."
    ),
    "community_hours_measured": "Beyond the limit of {limit} for {actual} hours.",
    "community_hours_none": (
        "Never beyond the limit of {limit}, and it would not have been without batteries either."
    ),
    "community_measured_only": (
        "The highest use was {import_load} and the highest feed-in {feed_in_load}. What it would have"
        " been without batteries is told where at least {least} homes have one there and are heard "
        "of."
    ),
    "community_not_measured": "Not measured.",
    "community_known": (
        "Measured {known} of the time; compared over {compared}. Of the batteries, M1 is known of "
        "{m1}; the rest counts as M1."
    ),
    "community_known_only": "Measured {known} of the time.",
    "community_sun": "Our own sun",
    "community_sun_what": (
        "Of what homes had left over, each by itself, {actual} was used or stored by the homes "
        "together. Without batteries that would have been {bare}, with each battery for its own house"
        " {alone}."
    ),
    "community_sun_kwh": (
        "It was {surplus} kWh, over {known} of the time, in which at least {least} homes were known."
    ),
    "community_sun_none": (
        "Not known: it takes at least {least} homes whose meter is shared, and sun that they have left over."
    ),
    "community_carbon": "CO2",
    "community_carbon_what": (
        "An estimate: the batteries saved between {least} and {most} kg. It is reckoned with the mean"
        " of Dutch electricity in 2021 ({factor} kg per kWh, CE Delft), since no figures by the hour "
        "are at hand. The lower figure counts what was fed in less as lost to others; the higher one "
        "as if that had replaced nothing."
    ),
    "community_carbon_day": (
        "Not told of a single day: batteries hold energy over midnight. Look at a month or a year."
    ),
    "community_carbon_negative": (
        "Below zero, batteries cost CO2: they lose a part of what goes through them."
    ),
    "community_carbon_none": ("Not known: it takes the load of all transformers with and without batteries."),
    "community_codes": "Codes",
    "community_codes_none": "There were no codes.",
    "community_codes_red": (
        "Code red ({times}): together {change} on average (between {low} and {high}), {kwh} kWh (give"
        " or take {within}). {joined} of the {asked} times that a home was asked, it joined."
    ),
    "community_codes_green": (
        "Code green ({times}): together {change} on average (between {low} and {high}), {kwh} kWh "
        "(give or take {within}). {joined} of the {asked} times that a home was asked, it joined."
    ),
    "community_codes_unmeasured_red": (
        "Code red ({times}); what it did could not be measured. {joined} of the {asked} times that a "
        "home was asked, it joined."
    ),
    "community_codes_unmeasured_green": (
        "Code green ({times}); what it did could not be measured. {joined} of the {asked} times that "
        "a home was asked, it joined."
    ),
    "community_codes_part": "Measured in {measured} of {times}.",
    "community_codes_picture": (
        "What each code did: the mean change of the village's load, and between which figures it lies"
        " in 95 of 100 cases."
    ),
    "community_less": "{power} less",
    "community_more": "{power} more",
    "community_votes": "Votes",
    "community_votes_none": "No vote closed.",
    "community_vote": "{title}: {outcome}. {ballots} of {could} votes were given ({turnout}).",
    "community_vote_chosen": "chosen was “{choice}”",
    "community_vote_tie": "a tie, so nothing changed",
    "community_vote_no_quorum": "too few votes, so nothing changed",
    "community_vote_stuffed": "more ballots than were signed, so nothing changed",
    "community_named": "Homes that asked to be named",
    "community_named_joined": "joined {joined} of {asked} codes",
    "community_named_kwh": (
        "{kwh} kWh (give or take {within}) in {measured} of them that could be measured for it"
    ),
    "community_named_none": "No home has asked to be named.",
    "community_quality": "What is known",
    "community_quality_days": "Of {over} days that are over, {kept} are kept.",
    "community_quality_homes": (
        "Of the members' quarter hours, {share} is known in full: house, batteries and what they held."
    ),
    "community_report": "Yearly report",
    "community_report_what": (
        "For the members' meeting: everything of {year} on paper, or as one page to keep. The PDF "
        "takes some seconds."
    ),
    "community_report_pdf": "Report of {year} (PDF)",
    "community_report_html": "Report of {year} (web page)",
    "community_bad_period": "Give a year, a month or a day, such as 2026, 2026-11 or 2026-11-27.",
    "community_shown": "Shown by name",
    "community_shown_what": (
        "If you like, the community's page and its yearly report name your home ({home}): how many "
        "codes it joined, and what it did in them. Nothing else of it. You can take that back at any "
        "time."
    ),
    "community_shown_on": "Your home is shown by name.",
    "community_shown_off": "Your home is not shown by name.",
    "community_show_me": "Show my home by name",
    "community_hide_me": "Do not show it any more",
    "community_to_votes": "Votes",
    "community_to_page": "What we did together",
}

DUTCH = {
    "nav_community": "Gemeenschap",
    "community_what": (
        "Wat jullie samen deden: alleen totalen. Een huis staat er met naam als het dat zelf heeft "
        "gevraagd. De cijfers zijn van hele dagen die voorbij zijn; wat niet gemeten is, blijft weg, "
        "en staat hieronder."
    ),
    "community_none": (
        "Van deze tijd is niets bewaard. Cijfers komen een dag later, vanaf de eerste maand van de rekening."
    ),
    "community_until": "Tot en met {day}.",
    "community_period": "Periode",
    "community_day": "Dag",
    "community_month": "Maand",
    "community_year": "Jaar",
    "community_before": "Eerder",
    "community_after": "Later",
    "community_show": "Toon",
    "community_grid": "Het net",
    "community_grid_village": "Het hele dorp",
    "community_grid_what": (
        "Het hoogste kwartier zoals het was, zoals het was geweest met elke batterij voor het eigen "
        "huis (M1), en zonder batterijen. De drie balken gaan over dezelfde kwartieren. Een donker "
        "streepje is de grens."
    ),
    "community_import": "Hoogste afname",
    "community_feed_in": "Hoogste teruglevering",
    "community_actual": "Zoals het was",
    "community_alone": "Elke batterij voor het eigen huis",
    "community_bare": "Zonder batterijen",
    "community_lower": "{by} lager dan zonder batterijen",
    "community_higher": "{by} hoger dan zonder batterijen",
    "community_same": "even hoog als zonder batterijen",
    "community_lower_alone": "{by} lager dan met elke batterij voor het eigen huis",
    "community_higher_alone": "{by} hoger dan met elke batterij voor het eigen huis",
    "community_same_alone": "even hoog als met elke batterij voor het eigen huis",
    "community_peak_import": "De hoogste afname was {load}: {bare}, en {alone}.",
    "community_peak_feed_in": "De hoogste teruglevering was {load}: {bare}, en {alone}.",
    "community_hours": (
        "{actual} uur boven de grens van {limit}; zonder batterijen was dat {bare} uur geweest, en "
        "met elke batterij voor het eigen huis {alone} uur."
    ),
    "community_hours_measured": "{actual} uur boven de grens van {limit}.",
    "community_hours_none": (
        "Nooit boven de grens van {limit}, en dat was zonder batterijen ook niet gebeurd."
    ),
    "community_measured_only": (
        "De hoogste afname was {import_load} en de hoogste teruglevering {feed_in_load}. Wat het "
        "zonder batterijen was geweest, staat er waar minstens {least} huizen een batterij hebben die"
        " zich meldt."
    ),
    "community_not_measured": "Niet gemeten.",
    "community_known": (
        "{known} van de tijd gemeten; vergeleken over {compared}. Van de batterijen is M1 bekend voor"
        " {m1}; de rest telt als M1."
    ),
    "community_known_only": "{known} van de tijd gemeten.",
    "community_sun": "Onze eigen zon",
    "community_sun_what": (
        "Van wat huizen overhielden, elk voor zich, werd {actual} door de huizen samen gebruikt of "
        "opgeslagen. Zonder batterijen was dat {bare} geweest, met elke batterij voor het eigen huis "
        "{alone}."
    ),
    "community_sun_kwh": (
        "Het was {surplus} kWh, over {known} van de tijd, waarin minstens {least} huizen bekend waren."
    ),
    "community_sun_none": (
        "Niet bekend: er zijn minstens {least} huizen voor nodig die hun meter delen, en zon die zij "
        "overhouden."
    ),
    "community_carbon": "CO2",
    "community_carbon_what": (
        "Een schatting: de batterijen bespaarden tussen {least} en {most} kg. Er is gerekend met het "
        "gemiddelde van Nederlandse stroom in 2021 ({factor} kg per kWh, CE Delft), omdat cijfers per"
        " uur er niet zijn. Het lage cijfer telt wat er minder werd teruggeleverd als verlies voor "
        "anderen; het hoge alsof dat niets had vervangen."
    ),
    "community_carbon_day": (
        "Niet van één dag te zeggen: batterijen houden energie over middernacht. Kijk bij een maand "
        "of een jaar."
    ),
    "community_carbon_negative": (
        "Onder nul kosten batterijen CO2: zij verliezen een deel van wat erdoor gaat."
    ),
    "community_carbon_none": (
        "Niet bekend: daarvoor is de belasting van alle transformatoren met en zonder batterijen nodig."
    ),
    "community_codes": "Codes",
    "community_codes_none": "Er waren geen codes.",
    "community_codes_red": (
        "Code rood ({times}): samen gemiddeld {change} (tussen {low} en {high}), {kwh} kWh ({within} "
        "meer of minder). Van de {asked} keer dat een huis werd gevraagd, deed het {joined} keer mee."
    ),
    "community_codes_green": (
        "Code groen ({times}): samen gemiddeld {change} (tussen {low} en {high}), {kwh} kWh ({within}"
        " meer of minder). Van de {asked} keer dat een huis werd gevraagd, deed het {joined} keer "
        "mee."
    ),
    "community_codes_unmeasured_red": (
        "Code rood ({times}); wat het deed kon niet worden gemeten. Van de {asked} keer dat een huis "
        "werd gevraagd, deed het {joined} keer mee."
    ),
    "community_codes_unmeasured_green": (
        "Code groen ({times}); wat het deed kon niet worden gemeten. Van de {asked} keer dat een huis"
        " werd gevraagd, deed het {joined} keer mee."
    ),
    "community_codes_part": "Gemeten bij {measured} van {times}.",
    "community_codes_picture": (
        "Wat elke code deed: de gemiddelde verandering van de belasting van het dorp, en waar die in "
        "95 van de 100 gevallen tussen ligt."
    ),
    "community_less": "{power} minder",
    "community_more": "{power} meer",
    "community_votes": "Stemmingen",
    "community_votes_none": "Er sloot geen stemming.",
    "community_vote": "{title}: {outcome}. {ballots} van {could} stemmen zijn uitgebracht ({turnout}).",
    "community_vote_chosen": "gekozen is “{choice}”",
    "community_vote_tie": "de stemmen staakten, dus er veranderde niets",
    "community_vote_no_quorum": "te weinig stemmen, dus er veranderde niets",
    "community_vote_stuffed": "meer stembiljetten dan ondertekend, dus er veranderde niets",
    "community_named": "Huizen die met naam genoemd willen worden",
    "community_named_joined": "deed mee aan {joined} van {asked} codes",
    "community_named_kwh": (
        "{kwh} kWh ({within} meer of minder) bij {measured} daarvan die voor dit huis te meten waren"
    ),
    "community_named_none": "Geen huis heeft gevraagd om met naam genoemd te worden.",
    "community_quality": "Wat er bekend is",
    "community_quality_days": "Van {over} dagen die voorbij zijn, zijn er {kept} bewaard.",
    "community_quality_homes": (
        "Van de kwartieren van de leden is {share} volledig bekend: huis, batterijen en wat die bevatten."
    ),
    "community_report": "Jaarverslag",
    "community_report_what": (
        "Voor de ledenvergadering: alles van {year} op papier, of als één pagina om te bewaren. De "
        "PDF vraagt enkele seconden."
    ),
    "community_report_pdf": "Verslag van {year} (PDF)",
    "community_report_html": "Verslag van {year} (webpagina)",
    "community_bad_period": "Geef een jaar, een maand of een dag, zoals 2026, 2026-11 of 2026-11-27.",
    "community_shown": "Met naam genoemd",
    "community_shown_what": (
        "Als je wilt, noemen de pagina van de gemeenschap en het jaarverslag je huis ({home}): aan "
        "hoeveel codes het meedeed, en wat het daarin deed. Verder niets. Je kunt dat altijd "
        "intrekken."
    ),
    "community_shown_on": "Je huis staat er met naam.",
    "community_shown_off": "Je huis staat er niet met naam.",
    "community_show_me": "Noem mijn huis met naam",
    "community_hide_me": "Noem het niet meer",
    "community_to_votes": "Stemmingen",
    "community_to_page": "Wat we samen deden",
}
