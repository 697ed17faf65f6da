"""What the page about plans, and the command `why`, say: in English and in Dutch."""

ENGLISH = {
    "nav_plans": "Plans and reasons",
    "plans_at": "Show the plan of",
    "plans_show": "Show",
    "plans_before": "a quarter hour earlier",
    "plans_after": "a quarter hour later",
    "plans_now": "now",
    "plans_none": "No plan of that time is kept. Plans are kept in full for 35 days.",
    "plans_wrong_time": "That is no time. Choose a day and a time, in Dutch time.",
    "plans_unreadable": "The plan of that time cannot be read by this version of the program.",
    "plans_not_reached": "No plan was made for that quarter hour: homes were left alone after their lease.",
    "plans_in_force": "Plan of {decided}",
    "plans_quarter": "Quarter hour from {start} to {end}",
    "plans_erased": "Batteries of {count} that have left the village are not shown, nor counted.",
    "plans_band": "four loads out of five are in the band",
    "plans_load": "Expected of {name} in this quarter hour: {base} without the batteries ({low} to {high}), "
    "{planned} with them. It may carry {limit}.",
    "plans_forecast_gradient boosting": "Forecast learned from its measurements.",
    "plans_forecast_persistence": "Forecast: as on the last day measured.",
    "plans_forecast_told by the grid operator": "Forecast: as the grid operator told it.",
    "plans_told_age": "It was issued {age} before.",
    "plans_forecast_nothing": "Nothing had been measured: a load of zero was assumed.",
    "plans_age": "The newest measurement was {age} old.",
    "plans_estimated": "Its newest loads were estimates.",
    "plans_batteries": "What batteries were asked, and why",
    "plans_program": "Made by version {program}, model {model}.",
    "plans_price": "A kWh cost {price} in this quarter hour, {mean} on average over the plan.",
    "plans_price_guessed": "The price was a guess.",
    "plans_battery": "Battery",
    "plans_asked": "Asked",
    "plans_why": "Why",
    "plans_did": "Measured",
    "fed_in": "{power} fed in",
    "why_own_house_m1": "Each battery serves its own house: that is the model.",
    "why_own_house": "Left to its own house: it was paused, suspended, or not heard of lately.",
    "why_relieve_import": "{name} was expected to carry {base} ({low} to {high}) of its {limit}, and "
    "{left_alone} had this battery been left alone; with all batteries {planned}.",
    "why_relieve_export": "{name} was expected to carry {base} ({low} to {high}) where {limit} may be fed "
    "in, and {left_alone} had this battery been left alone; with all batteries {planned}.",
    "why_relieve_feeder": "The medium-voltage cable was expected to be busy; {name} was expected to carry "
    "{planned} with all batteries, and {left_alone} had this one been left alone.",
    "why_grid_operator": "The grid operator asked for it: {asked}. {name} was expected to carry {base} "
    "without the batteries ({low} to {high}), {left_alone} had this battery been left alone, and {planned} "
    "with all.",
    "asked_highest": "no more than {limit} drawn by {name}",
    "asked_lowest": "no more than {limit} fed in by {name}",
    "asked_charge": "at most {limit} charged by the batteries behind {name} together",
    "asked_discharge": "at least {limit} discharged by the batteries behind {name} together",
    "asked_of_all": "and something of the village as a whole",
    "why_low_price": "A kWh cost {price}, against {mean} on average over the plan; {name} was expected to "
    "carry {planned} of its {limit}, and {left_alone} had this battery been left alone.",
    "why_high_price": "A kWh cost {price}, against {mean} on average over the plan; {name} was expected to "
    "carry {planned} of its {limit}, and {left_alone} had this battery been left alone.",
    "why_hold": "Its energy ({stored} stored when this was decided) was worth more at another moment: a kWh "
    "cost {price}, against {mean} on average over the plan, and {name} was expected to carry {planned} of "
    "its {limit}.",
    "why_shadow": "Only shown, not asked: the home looks on.",
    "why_guessed": "The price was a guess.",
    "why_corrected": "At {time} the guard made that {action}, since the load was other than expected.",
    "why_measured": "Measured in this quarter hour, on average: {action}.",
    "why_not_measured": "Nothing was measured of it in this quarter hour.",
    "why_head": "{battery}, {start} to {end}: {action}. {reason}.",
    "why_decided": "Decided {time} with model {model}.",
    "why_same": "Made again from what is kept: the same plan for all batteries.",
    "why_other": "Made again from what is kept: another plan. Version {program} made the first.",
    "why_never": "No plan of {time} is kept. Plans are kept in full for 35 days.",
    "why_stranger": "{battery} had no part in the plan of {time}. Batteries are called HOME/BATTERY, as "
    "`battery-commons home list` and the page of a home show them.",
    "why_erased": "It cannot be made again: batteries of homes that have left were part of it.",
    "reason_suspended": "Suspended: left to its own house",
}

DUTCH = {
    "nav_plans": "Plannen en redenen",
    "plans_at": "Toon het plan van",
    "plans_show": "Toon",
    "plans_before": "een kwartier eerder",
    "plans_after": "een kwartier later",
    "plans_now": "nu",
    "plans_none": "Van dat moment is geen plan bewaard. Plannen blijven 35 dagen volledig bewaard.",
    "plans_wrong_time": "Dat is geen tijd. Kies een dag en een tijd, in Nederlandse tijd.",
    "plans_unreadable": "Het plan van dat moment kan deze versie van het programma niet lezen.",
    "plans_not_reached": "Voor dat kwartier is geen plan gemaakt: huizen zijn na hun termijn losgelaten.",
    "plans_in_force": "Plan van {decided}",
    "plans_quarter": "Kwartier van {start} tot {end}",
    "plans_erased": "Batterijen van {count} die het dorp verlaten hebben, zijn niet getoond of meegeteld.",
    "plans_band": "vier van de vijf belastingen vallen in de band",
    "plans_load": "Verwacht van {name} in dit kwartier: {base} zonder de batterijen ({low} tot {high}), "
    "{planned} met. Hij mag {limit} dragen.",
    "plans_forecast_gradient boosting": "Voorspelling geleerd van zijn metingen.",
    "plans_forecast_persistence": "Voorspelling: zoals op de laatste gemeten dag.",
    "plans_forecast_told by the grid operator": "Voorspelling: zoals de netbeheerder die gaf.",
    "plans_told_age": "Die was {age} eerder opgegeven.",
    "plans_forecast_nothing": "Er was niets gemeten: er is een belasting van nul aangenomen.",
    "plans_age": "De nieuwste meting was {age} oud.",
    "plans_estimated": "Zijn nieuwste belastingen waren schattingen.",
    "plans_batteries": "Wat batterijen gevraagd is, en waarom",
    "plans_program": "Gemaakt door versie {program}, model {model}.",
    "plans_price": "Een kWh kostte {price} in dit kwartier, gemiddeld {mean} over het plan.",
    "plans_price_guessed": "De prijs was een schatting.",
    "plans_battery": "Batterij",
    "plans_asked": "Gevraagd",
    "plans_why": "Waarom",
    "plans_did": "Gemeten",
    "fed_in": "{power} teruglevering",
    "why_own_house_m1": "Elke batterij dient het eigen huis: zo is het model.",
    "why_own_house": "Aan het eigen huis gelaten: gepauzeerd, geschorst, of een tijd niets van gehoord.",
    "why_relieve_import": "{name} zou naar verwachting {base} dragen ({low} tot {high}) van de {limit}, en "
    "{left_alone} als deze batterij met rust was gelaten; met alle batterijen {planned}.",
    "why_relieve_export": "{name} zou naar verwachting {base} dragen ({low} tot {high}) waar {limit} "
    "teruggeleverd mag worden, en {left_alone} als deze batterij met rust was gelaten; met alle batterijen "
    "{planned}.",
    "why_relieve_feeder": "De middenspanningskabel zou het naar verwachting druk hebben; {name} zou met alle "
    "batterijen {planned} dragen, en {left_alone} als deze met rust was gelaten.",
    "why_grid_operator": "De netbeheerder vroeg erom: {asked}. {name} zou naar verwachting zonder de "
    "batterijen {base} dragen ({low} tot {high}), {left_alone} als deze batterij met rust was gelaten, en "
    "{planned} met alle.",
    "asked_highest": "hoogstens {limit} afname van {name}",
    "asked_lowest": "hoogstens {limit} teruglevering van {name}",
    "asked_charge": "hoogstens {limit} geladen door de batterijen achter {name} samen",
    "asked_discharge": "minstens {limit} ontladen door de batterijen achter {name} samen",
    "asked_of_all": "en iets van het dorp als geheel",
    "why_low_price": "Een kWh kostte {price}, tegen gemiddeld {mean} over het plan; {name} zou naar "
    "verwachting {planned} dragen van de {limit}, en {left_alone} als deze batterij met rust was gelaten.",
    "why_high_price": "Een kWh kostte {price}, tegen gemiddeld {mean} over het plan; {name} zou naar "
    "verwachting {planned} dragen van de {limit}, en {left_alone} als deze batterij met rust was gelaten.",
    "why_hold": "Zijn energie (voor {stored} gevuld toen dit besloten werd) was op een ander moment meer "
    "waard: een kWh kostte {price}, tegen gemiddeld {mean} over het plan, en {name} zou naar verwachting "
    "{planned} dragen van de {limit}.",
    "why_shadow": "Alleen getoond, niet gevraagd: het huis kijkt mee.",
    "why_guessed": "De prijs was een schatting.",
    "why_corrected": "Om {time} maakte de bewaker daar {action} van, want de belasting was anders dan "
    "verwacht.",
    "why_measured": "Gemeten in dit kwartier, gemiddeld: {action}.",
    "why_not_measured": "Er is in dit kwartier niets van gemeten.",
    "why_head": "{battery}, {start} tot {end}: {action}. {reason}.",
    "why_decided": "Besloten {time} met model {model}.",
    "why_same": "Opnieuw gemaakt uit wat bewaard is: hetzelfde plan voor alle batterijen.",
    "why_other": "Opnieuw gemaakt uit wat bewaard is: een ander plan. Versie {program} maakte het eerste.",
    "why_never": "Van {time} is geen plan bewaard. Plannen blijven 35 dagen volledig bewaard.",
    "why_stranger": "{battery} had geen deel in het plan van {time}. Batterijen heten HUIS/BATTERIJ, zoals "
    "`battery-commons home list` en de pagina van een huis ze tonen.",
    "why_erased": "Het is niet opnieuw te maken: batterijen van huizen die weg zijn hoorden erbij.",
    "reason_suspended": "Geschorst: aan het eigen huis gelaten",
}
