"""What a study's page says, in English and in Dutch."""

from collections.abc import Mapping

from battery_commons.simulation.report.words import ReportWords

ENGLISH = {
    "title": "Study of {village}",
    "lead": "What control models do for {village} as something about it is varied. All is compared with M1.",
    "run": "What was run",
    "village": "Village",
    "period": "Record",
    "period_is": "{first} to {last}",
    "cases": "Cases",
    "cases_are": "{done} done, {failed} failed",
    "prices": "Prices",
    "made_up": "made up: these are no market's prices (docs/prices.md)",
    "as_given": "as given",
    "table": "All cases",
    "problems": "What failed",
    "problems_are": "A failed case is tried again when the same study is run again.",
    "method": "How to read this",
    "method_effect": (
        "Every figure is of a physical replay of the batteries. With perfect foresight it is a bound, not"
        " a promise. Drawn is what one thing changes while all others stay at the first value that was "
        "asked for; the table and study.csv have every combination."
    ),
    "method_deferral": (
        "Use and PV of today grow by the stated shares a year, and the same year of weather is lived "
        "again. Overloaded is what has more quarter hours above its limit than allowed, as drawn or fed "
        "in. Years deferred are the first such year under a model less that under M1; a sign ≥ says that "
        "the model lasts longer than was looked. Where the feeder has no limit on record, it is a stated "
        "multiple of its highest load of today."
    ),
    "effect_title": "By {axis}",
    "effect_alt": "Four panels: what the village saves and what its grid gains, by {axis}, a line per model.",
    "deferral_title": "Years of reinforcement deferred: {future}",
    "deferral_alt": "Bars: how many years later than under M1 each part of the grid is overloaded. {future}.",
    "deferral_axis": "years later than M1",
    "deferral_panel": "use +{use} %, PV +{pv} % a year",
    "never": "M1 lasts",
    "fleet_growing": "{fleet} and each year one more on {share} % of sites",
    "fleet_of": "{count} batteries",
    "own_fleet": "today's batteries",
    "perfect": "perfect foresight",
    "rolling": "rolling forecasts",
    "allowed": "{slots} quarter hours allowed",
    "saving_eur": "village saves, EUR",
    "transformer_variance_reduction_percent": "transformers vary less, %",
    "feeder_mean_daily_peak_reduction_percent": "feeder's daily peak lower, %",
    "village_mean_daily_peak_reduction_percent": "village's daily peak lower, %",
    "slots_over_limit": "quarter hours over a limit",
    "feeder_best_week_reduction_percent": "best week, %",
    "feeder_worst_week_reduction_percent": "worst week, %",
    "model": "model",
    "mode": "planner knew",
    "data_age_days": "age of the grid's data, days",
    "batteries": "batteries",
    "limit_share": "limit as a share of today's",
    "feeder_scale": "size of the rest of the feeder",
    "use_factor": "use, as a multiple of today's",
    "pv_factor": "PV, as a multiple of today's",
    "tariff": "tariff",
    "price_list": "prices",
    "first_day": "first day",
    "days": "days",
    "bill_eur": "bill, EUR",
    "use_growth_percent": "use, % a year",
    "pv_growth_percent": "PV, % a year",
    "fleet_growth_percent": "new batteries, % of sites a year",
    "feeder_limit_share": "feeder's limit / today's highest",
    "allowed_slots": "quarter hours allowed",
    "element": "part of the grid",
    "limit_kw": "limit, kW",
    "m1_first_year_over": "M1 over in year",
    "first_year_over": "over in year",
    "years_deferred": "years deferred",
}
DUTCH = {
    "title": "Studie van {village}",
    "lead": "Wat sturing voor {village} doet als er iets verandert. Alles is vergeleken met M1.",
    "run": "Wat er is doorgerekend",
    "village": "Dorp",
    "period": "Meetreeks",
    "period_is": "{first} tot en met {last}",
    "cases": "Gevallen",
    "cases_are": "{done} klaar, {failed} mislukt",
    "prices": "Prijzen",
    "made_up": "verzonnen: dit zijn geen marktprijzen (docs/prices.md)",
    "as_given": "zoals opgegeven",
    "table": "Alle gevallen",
    "problems": "Wat mislukte",
    "problems_are": "Een mislukt geval wordt opnieuw geprobeerd als dezelfde studie nog eens draait.",
    "method": "Hoe dit te lezen",
    "method_effect": (
        "Elk cijfer komt uit een fysieke naspeling van de batterijen. Met volledige voorkennis is het een"
        " grens, geen belofte. Getekend is wat één ding verandert terwijl al het andere op de eerste "
        "gevraagde waarde blijft; de tabel en study.csv hebben elke combinatie."
    ),
    "method_deferral": (
        "Verbruik en zon van nu groeien elk jaar met het genoemde deel, bij steeds hetzelfde weer. "
        "Overbelast is wat meer kwartieren boven zijn grens heeft dan toegestaan, bij afname of "
        "teruglevering. Jaren uitstel zijn het eerste zulke jaar onder een model min dat onder M1; het "
        "teken ≥ zegt dat het model het langer volhoudt dan er is gekeken. Heeft het middenspanningsnet "
        "geen bekende grens, dan is die een genoemd veelvoud van zijn hoogste belasting van nu."
    ),
    "effect_title": "Naar {axis}",
    "effect_alt": "Vier vlakken: wat het dorp bespaart en het net wint, naar {axis}, een lijn per model.",
    "deferral_title": "Jaren uitstel van netverzwaring: {future}",
    "deferral_alt": "Staven: hoeveel jaar later dan onder M1 elk deel van het net overbelast is. {future}.",
    "deferral_axis": "jaren later dan M1",
    "deferral_panel": "verbruik +{use} %, zon +{pv} % per jaar",
    "never": "M1 volstaat",
    "fleet_growing": "{fleet} en elk jaar bij {share} % van de aansluitingen een erbij",
    "fleet_of": "{count} batterijen",
    "own_fleet": "de batterijen van nu",
    "perfect": "volledige voorkennis",
    "rolling": "voorspellingen",
    "allowed": "{slots} kwartieren toegestaan",
    "saving_eur": "besparing van het dorp, EUR",
    "transformer_variance_reduction_percent": "transformatoren wisselen minder, %",
    "feeder_mean_daily_peak_reduction_percent": "dagpiek van het MS-net lager, %",
    "village_mean_daily_peak_reduction_percent": "dagpiek van het dorp lager, %",
    "slots_over_limit": "kwartieren boven een grens",
    "feeder_best_week_reduction_percent": "beste week, %",
    "feeder_worst_week_reduction_percent": "slechtste week, %",
    "model": "model",
    "mode": "planner wist",
    "data_age_days": "leeftijd van de netgegevens, dagen",
    "batteries": "batterijen",
    "limit_share": "grens als deel van die van nu",
    "feeder_scale": "grootte van de rest van het MS-net",
    "use_factor": "verbruik, veelvoud van nu",
    "pv_factor": "zon, veelvoud van nu",
    "tariff": "tarief",
    "price_list": "prijzen",
    "first_day": "eerste dag",
    "days": "dagen",
    "bill_eur": "rekening, EUR",
    "use_growth_percent": "verbruik, % per jaar",
    "pv_growth_percent": "zon, % per jaar",
    "fleet_growth_percent": "nieuwe batterijen, % van aansluitingen per jaar",
    "feeder_limit_share": "grens MS-net / hoogste van nu",
    "allowed_slots": "toegestane kwartieren",
    "element": "deel van het net",
    "limit_kw": "grens, kW",
    "m1_first_year_over": "M1 te hoog in jaar",
    "first_year_over": "te hoog in jaar",
    "years_deferred": "jaren uitstel",
}
TEXTS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "nl": DUTCH}


class StudyWords:
    """One language's words; figures are written as in a backtest's report."""

    def __init__(self, language: str) -> None:
        """Take a language. Raises ValueError for one that nobody has written."""
        self.figures = ReportWords(language)
        self.language = language

    def __call__(self, key: str, **blanks: object) -> str:
        """Return a text, with its blanks filled in."""
        return TEXTS[self.language][key].format(**blanks)

    def column(self, name: str) -> str:
        """Return what a column of study.csv is called."""
        return self("price_list" if name == "prices" else name)

    def cell(self, value: object) -> str:
        """Return what stands in a cell, in words where there are words for it."""
        if value is None:
            return "\N{EN DASH}"
        if isinstance(value, float):
            whole = value.is_integer()
            return self.figures.number(value, 0 if whole else 2)
        return self(value) if value in {"perfect", "rolling"} else str(value)
