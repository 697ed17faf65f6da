"""The report's words in English. The keys, and the blanks in braces, are those of dutch.py too."""

ENGLISH = {
    "title": "Backtest of {village}",
    "lead": (
        "What if the home batteries of {village} had been steered otherwise? Each control model lived "
        "through the same days, with the same houses, sun and prices."
    ),
    "M1": "each battery for its own house",
    "M2": "the neighbourhood as one",
    "M3": "a level load on the transformer",
    "M4": "community and grid in balance",
    "M5": "support for the region's grid",
    "M6": "M4 with code red and code green",
    "M4+M5": "M4 with M5 on call, both layers",
    # What was run
    "run": "What was run",
    "period": "Period",
    "period_is": "{first} to {last} ({days} days)",
    "tariff": "Tariff",
    "Net metering (until 31 December 2026)": "Net metering (until 31 December 2026)",
    "After net metering": "After net metering",
    "prices": "Prices per kWh",
    "prices_are": (
        "a home pays {imported} and gets {exported} on average; day-ahead {day_ahead} ({least} to {most})"
    ),
    "prices_made_up": "{prices}. These prices are made up, not the market's.",
    "mode": "What the planner knew",
    "perfect": "everything beforehand (perfect foresight): a bound, not a promise",
    "rolling": "what was known at each moment (rolling forecasts)",
    "data_age": "Age of the grid's data",
    "fresh": "fresh",
    "days_old": "{days} days",
    "batteries": "Batteries",
    "batteries_are": "{count}, together {energy} kWh and {power} kW",
    "sites": "Connections",
    "sites_are": "{count} on record",
    "transformers": "Transformers",
    "transformers_are": "{count}, together {limit} kW",
    "transformer_is": "{name} ({limit} kW)",
    "feeder": "Medium-voltage feeder",
    "feeder_is": "{name}, mean daily peak {peak} kW under M1",
    "no_feeder": "not on record",
    # The table
    "summary": "In one table",
    "table_note": (
        "Savings, the grid's figures and what owners pay are compared with M1; minus is less. Bold is the "
        "best of those that steer. Savings count the energy that is left in the batteries at the end alike "
        "for every model (that part is at most {stored}); wear is not in them."
    ),
    "column_model": "Control model",
    "column_bill": "The village's energy bill",
    "column_saving": "The village saves",
    "column_variance": "Transformers' load varies",
    "column_peak": "Daily peak of {highest}",
    "column_weeks": "Best and worst week",
    "column_over": "Quarter hours over a limit",
    "column_home": "An owner pays more, per month",
    "column_spread": "Owners, best and worst off",
    "column_own": "Lives on own energy",
    "column_cycles": "Cycles per battery",
    "column_wear": "Wear of all batteries",
    "the_feeder": "the feeder",
    "the_village": "the village",
    # The reading of the table
    "reads_only_m1": "Only M1 was run, so there is nothing to compare it with.",
    "reads_both": (
        "{model} does most for both: the transformers' load varies {variance} less and the village saves "
        "{saving}."
    ),
    "reads_grid": "{model} levels the transformers most: their load varies {variance} less than with M1.",
    "reads_purse": "{model} saves the village most: {saving} of its energy bill.",
    "reads_no_grid": "No model levels the transformers' load.",
    "reads_no_purse": "No model lowers the village's bill.",
    "reads_owners_pay": (
        "The owners of the batteries pay for that: on average {least} ({least_model}) to {most} "
        "({most_model}) a month more on their own bills, while the village as a whole gains {least_gain} to"
        " {most_gain} a month. So it takes a settlement among neighbours."
    ),
    "reads_owners_pay_one": (
        "The owners of the batteries pay for that: under {most_model} on average {most} a month more on "
        "their own bills, while the village as a whole gains {most_gain} a month. So it takes a settlement "
        "among neighbours."
    ),
    "reads_owners_uneven": (
        "On average no model costs owners money, but under {model} {losers} of the {homes} homes pay more: "
        "a settlement among neighbours has to even that out."
    ),
    "reads_owners_gain": "No home with a battery pays more under any model.",
    "reads_over": "{model} takes a transformer over its limit {slots} times where M1 keeps it.",
    # The pictures
    "landscape_title": "Grid against purse",
    "landscape_explained": (
        "Further right the village saves more, further up the grid is relieved more. The best models stand "
        "at the top right; M1, each battery for its own house, is where the lines cross."
    ),
    "landscape_alt": (
        "For each model what the village saves, across, and how far the grid is relieved, up: {points}."
    ),
    "landscape_point": "{model} saves {saving}, relief {relief}",
    "landscape_saving": "saving of the village, % of M1's bill",
    "landscape_variance": "variance of transformers' load, % lower",
    "landscape_peak": "daily peak of {highest}, % lower",
    "homes_title": "Every home's own bill",
    "homes_explained": (
        "Each dot is a home with a battery, before any settlement; the line is their mean. Dots far apart "
        "mean that neighbours fare unequally. What owners pay more, the village as a whole has to make "
        "good."
    ),
    "homes_alt": "What each home pays more per month than under M1, for each model: {ranges}.",
    "homes_range": "{model} from {least} to {most}",
    "homes_axis": "EUR per month: right pays more, left gains",
    "homes_table": "The figures of every home",
    "homes_home": "Home",
    "homes_m1_bill": "Bill under M1",
    "duration_title": "How heavily the grid is loaded, and how long",
    "duration_explained": (
        "Left all quarter hours in order, from most drawn to most fed in; right the busiest {share}, in "
        "either direction. The grid is built for its highest load: the lower a line starts on the right, "
        "the longer the grid lasts. {some}"
    ),
    "duration_some": (
        "Of the {count} transformers these are the {shown} that are loaded most for their limit."
    ),
    "duration_alt": "Load duration curves under each model. Highest loads: {highest}.",
    "duration_highest": "{name} {highest} kW under M1, {lowest} kW at best ({model})",
    "duration_axis": "share of the time, %",
    "duration_busiest": "the busiest {share}",
    "week_title": "The week that loads {transformer} most",
    "week_explained": (
        "Grey is M1, the coloured line the model; below it what the batteries behind this transformer do "
        "together: up is charging. {limit}"
    ),
    "week_limit": "The limit of {limit} kW is drawn dashed where the load comes near it.",
    "week_alt": (
        "Load of {transformer} from {first} to {last} under M1 and each other model. Highest: {highest}."
    ),
    "week_highest": "{model} {load} kW",
    "week_load": "load, kW",
    "week_battery": "batteries",
    "weeks_title": "Week by week: the daily peak of {highest}",
    "weeks_explained": (
        "Each bar is a week: how much lower its daily peaks are than under M1, on average. A bar below zero"
        " is a week in which steering made the peak worse."
    ),
    "weeks_alt": "Reduction of the mean daily peak per week for each model: {ranges}.",
    "weeks_range": "{model} best {best}, worst {worst}, mean {mean}",
    "weeks_axis": "% lower",
    "weeks_panel": "{model}: mean {mean}, best {best}, worst {worst}",
    "seasons_title": "Through the seasons",
    "seasons_explained": (
        "What the village saves, how much lower the daily peak is, and what an owner pays more, by season. "
        "What pays in summer need not in winter, so agreements should follow the seasons."
    ),
    "seasons_alt": (
        "Per season and model: saving, peak reduction and owners' cost. Savings per month: {savings}."
    ),
    "seasons_saving": "{season}: {model} {saving} at best",
    "seasons_village": "village saves, EUR/month",
    "seasons_peak": "daily peak, % lower",
    "seasons_owner": "owner pays more, EUR/month",
    "day_title": "A typical day in every season",
    "day_explained": (
        "The mean of all days of a season, by hour. Above what all transformers carry together, below what "
        "all batteries do together: up is charging, down is discharging."
    ),
    "day_alt": "Mean load of the village and mean power of its batteries by hour of the day. {busiest}.",
    "day_busiest": (
        "{season}: under {model} the batteries charge most at {charge}:00 and discharge most at "
        "{discharge}:00"
    ),
    "day_load": "load, kW",
    "day_battery": "batteries, kW",
    "day_axis": "hour of the day",
    "winter": "winter",
    "spring": "spring",
    "summer": "summer",
    "autumn": "autumn",
    # How it was done
    "method": "How it was done",
    "method_replay": (
        "Every figure comes from a physical replay. What a planner asked for was given to simulated "
        "batteries that lose energy on the way and stop where they are empty, full or at their limit; what "
        "they really did was added to the measured load. No figure is a planner's own expectation."
    ),
    "method_m1": (
        "M1 is the yardstick: what every home would do without a village. The village's bill is that of all"
        " that hangs on its transformers behind one virtual meter, netted in each quarter hour."
    ),
    "method_stored": (
        "Energy still in a battery at the end counts at the mean import price, less the loss of "
        "discharging, so that no model gains by ending empty. Wear ({wear} per kWh through a battery) is "
        "shown apart."
    ),
    "method_peak": (
        "A daily peak is the highest load of a local calendar day in either direction. Weeks are seven days"
        " in a row, from the first day on. After each day's peak of {highest} we look for rebound, a load "
        "in the next six hours above what M1 has: {rebounds}."
    ),
    "method_rebound": "{model} on {days} days, by at most {worst} kW",
    "method_no_rebound": "no model has any",
    "days": "Mon Tue Wed Thu Fri Sat Sun",
    "months": "January February March April May June July August September October November December",
}
