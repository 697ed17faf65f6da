"""How the page about Dutch grid operators' flexibility says things, in English and in Dutch."""

ENGLISH = {
    "flex": "Flexibility for the grid operator",
    "flex_what": (
        "Where the grid is full at times, a Dutch grid operator can call on home batteries the day before, "
        "for two, four or six hours. What you fill in here was agreed with it: under which EAN the village "
        "is a service provider, and behind which congestion points."
    ),
    "flex_no_line": "No line to a grid operator calls the village {ean} yet; such a line is needed too.",
    "flex_provider": "EAN of the village as service provider",
    "flex_provider_hint": "13 digits, from the registration as congestion service provider.",
    "flex_provider_wrong": "This is no EAN of 13 digits; compare it digit by digit.",
    "flex_operator": "Grid operator",
    "flex_operator_wrong": "Choose one of these grid operators.",
    "flex_point": "Congestion point",
    "flex_point_hint": "As the grid operator calls it. Leave it open where there is none.",
    "flex_point_wrong": "Give at most 128 characters, and choose how long can be called at a stretch.",
    "flex_point_both": (
        "A battery can be in one group only: give the feeder's congestion point, or those of transformers."
    ),
    "flex_duration": "Called at a stretch for at most",
    "flex_hours": "{hours} hours",
    "flex_no_batteries": "There is no battery behind it yet.",
    "flex_incomplete": (
        "{missing} of {homes} homes with a battery have given no EAN. A call is for all batteries behind the "
        "point together, so none is registered until all have."
    ),
    "flex_complete": "All gave their EAN. Batteries told to the grid operator, without names: {batteries}.",
    "flex_group": "The grid operator calls this group {group}. Batteries in it: {members}.",
    "flex_no_group": "The grid operator has no group for it yet.",
    "flex_ean_what": (
        "The EAN of a connection stands on the energy bill: 18 digits. It is the household's own: ask for "
        "it, and say that it goes to the grid operator and nowhere else. Leave it empty to withdraw it; it "
        "is erased with the home."
    ),
    "flex_ean": "EAN of {home}",
    "flex_ean_wrong": "This is no EAN of 18 digits; compare it with the bill digit by digit.",
    "flex_refused": "Calls that are not followed",
    "flex_refused_profile_unknown_group": "it is on a group or congestion point that is not agreed here.",
    "flex_refused_profile_no_baseline": "the grid operator has not said what the group is to draw less than.",
    "flex_refused_profile_too_long": "it is for longer at a stretch than was agreed.",
    "flex_refused_profile_too_much": "it asks more than the batteries offered.",
    "flex_refused_profile_too_late": "it came less than 24 hours before the day that it is for.",
    "flex_rejected": "The grid operator does not take these batteries into its group:",
    "flex_rejected_WRONG_CONGESTION_AREA": (
        "by its books the connection is not behind this congestion point. Check the EAN, and which "
        "transformer the home is on; then ask the grid operator."
    ),
    "flex_rejected_WRONG_EAN": "it does not know this EAN. Compare it with the bill digit by digit.",
    "flex_rejected_GROUP_FLEXIBILITY_EXCEEDED": (
        "with it the group would have more flexibility than was agreed. Ask the grid operator for more."
    ),
    "flex_rejected_OTHER": "it gave no reason of its list. Ask the grid operator.",
    "flex_end": "Take part no longer",
    "flex_end_title": "Take part in flexibility no longer?",
    "flex_end_what": (
        "Calls no longer count, from the next plan on, and the EANs of all homes are erased here. First "
        "withdraw them one by one if the grid operator should have its batteries deregistered by itself."
    ),
    "told_flex_changed": "This is how the village takes part from now on.",
    "told_flex_connection_kept": "The EAN is kept.",
    "told_flex_connection_withdrawn": "The EAN is erased. The grid operator is asked to let the battery go.",
    "told_flex_ended": "The village takes part no longer.",
    "act_dutch_flex_changed": "changed how the village takes part in flexibility",
    "act_dutch_flex_ended": "ended that the village takes part in flexibility",
    "act_connection_given": "gave the EAN of a home's connection",
    "act_connection_withdrawn": "erased the EAN of a home's connection",
    "operator_refusal_profile_form": "It is of none of the kinds that the Dutch profile knows.",
    "operator_refusal_profile_targets": "It is not targeted at one group.",
    "operator_refusal_profile_period": "Its period is not the one that the Dutch profile asks for.",
    "operator_refusal_profile_payload_descriptors": "It does not describe just what it carries, in kW.",
    "operator_refusal_profile_report_descriptors": "It does not ask for the reports of the Dutch profile.",
    "operator_refusal_profile_intervals": "Its intervals break the rules of the Dutch profile.",
    "operator_refusal_profile_values": "It carries values that the Dutch profile does not allow.",
}
DUTCH = {
    "flex": "Flexibiliteit voor de netbeheerder",
    "flex_what": (
        "Waar het net soms vol is, kan een Nederlandse netbeheerder thuisbatterijen de dag tevoren afroepen, "
        "voor twee, vier of zes uur. Wat je hier invult is met hem afgesproken: onder welke EAN het dorp een "
        "dienstverlener is, en achter welke congestiepunten."
    ),
    "flex_no_line": ("Geen lijn met een netbeheerder noemt het dorp {ean}; zo'n lijn is er ook voor nodig."),
    "flex_provider": "EAN van het dorp als dienstverlener",
    "flex_provider_hint": "13 cijfers, van de registratie als congestiedienstverlener.",
    "flex_provider_wrong": "Dit is geen EAN van 13 cijfers; vergelijk hem cijfer voor cijfer.",
    "flex_operator": "Netbeheerder",
    "flex_operator_wrong": "Kies een van deze netbeheerders.",
    "flex_point": "Congestiepunt",
    "flex_point_hint": "Zoals de netbeheerder het noemt. Laat het leeg waar er geen is.",
    "flex_point_wrong": "Geef hoogstens 128 tekens, en kies hoe lang achtereen afgeroepen kan worden.",
    "flex_point_both": (
        "Een batterij kan maar in één groep zitten: geef het congestiepunt van de middenspanningskabel, of "
        "die van transformatoren."
    ),
    "flex_duration": "Hoogstens zo lang achtereen afgeroepen",
    "flex_hours": "{hours} uur",
    "flex_no_batteries": "Er is nog geen batterij achter.",
    "flex_incomplete": (
        "{missing} van {homes} huizen met een batterij gaven geen EAN. Een afroep geldt alle batterijen "
        "achter het punt samen, dus er wordt er geen aangemeld tot allen die gaven."
    ),
    "flex_complete": "Allen gaven hun EAN. Batterijen die de netbeheerder zonder naam hoort: {batteries}.",
    "flex_group": "De netbeheerder noemt deze groep {group}. Batterijen erin: {members}.",
    "flex_no_group": "De netbeheerder heeft er nog geen groep voor.",
    "flex_ean_what": (
        "De EAN van een aansluiting staat op de energierekening: 18 cijfers. Hij is van het huishouden: "
        "vraag erom, en zeg dat hij naar de netbeheerder gaat en nergens anders heen. Laat hem leeg om hem "
        "in te trekken; hij wordt met het huis gewist."
    ),
    "flex_ean": "EAN van {home}",
    "flex_ean_wrong": "Dit is geen EAN van 18 cijfers; vergelijk hem cijfer voor cijfer met de rekening.",
    "flex_refused": "Afroepen die niet worden gevolgd",
    "flex_refused_profile_unknown_group": (
        "hij geldt een groep of congestiepunt dat hier niet is afgesproken."
    ),
    "flex_refused_profile_no_baseline": (
        "de netbeheerder heeft niet gezegd ten opzichte waarvan de groep minder moet afnemen."
    ),
    "flex_refused_profile_too_long": "hij duurt langer achtereen dan is afgesproken.",
    "flex_refused_profile_too_much": "hij vraagt meer dan de batterijen boden.",
    "flex_refused_profile_too_late": "hij kwam minder dan 24 uur voor de dag waarvoor hij geldt.",
    "flex_rejected": "De netbeheerder neemt deze batterijen niet in zijn groep op:",
    "flex_rejected_WRONG_CONGESTION_AREA": (
        "volgens zijn boeken ligt de aansluiting niet achter dit congestiepunt. Kijk na of de EAN klopt en "
        "aan welke transformator het huis hangt; vraag het dan de netbeheerder."
    ),
    "flex_rejected_WRONG_EAN": "hij kent deze EAN niet. Vergelijk hem cijfer voor cijfer met de rekening.",
    "flex_rejected_GROUP_FLEXIBILITY_EXCEEDED": (
        "met deze batterij erbij heeft de groep meer flexibiliteit dan is afgesproken. Vraag de "
        "netbeheerder om meer."
    ),
    "flex_rejected_OTHER": "hij gaf geen reden van zijn lijst. Vraag het de netbeheerder.",
    "flex_end": "Niet langer meedoen",
    "flex_end_title": "Niet langer meedoen met flexibiliteit?",
    "flex_end_what": (
        "Afroepen tellen niet meer, vanaf het volgende plan, en de EANs van alle huizen worden hier gewist. "
        "Trek ze eerst één voor één in als de netbeheerder de batterijen vanzelf moet afmelden."
    ),
    "told_flex_changed": "Zo doet het dorp voortaan mee.",
    "told_flex_connection_kept": "De EAN is bewaard.",
    "told_flex_connection_withdrawn": (
        "De EAN is gewist. De netbeheerder wordt gevraagd de batterij te laten gaan."
    ),
    "told_flex_ended": "Het dorp doet niet langer mee.",
    "act_dutch_flex_changed": "veranderde hoe het dorp met flexibiliteit meedoet",
    "act_dutch_flex_ended": "beëindigde dat het dorp met flexibiliteit meedoet",
    "act_connection_given": "gaf de EAN van de aansluiting van een huis",
    "act_connection_withdrawn": "wiste de EAN van de aansluiting van een huis",
    "operator_refusal_profile_form": "Het is van geen van de soorten die het Nederlandse profiel kent.",
    "operator_refusal_profile_targets": "Het is niet op één groep gericht.",
    "operator_refusal_profile_period": "De periode is niet die waar het Nederlandse profiel om vraagt.",
    "operator_refusal_profile_payload_descriptors": "Het beschrijft niet precies wat het draagt, in kW.",
    "operator_refusal_profile_report_descriptors": (
        "Het vraagt niet om de rapporten van het Nederlandse profiel."
    ),
    "operator_refusal_profile_intervals": "De intervallen breken de regels van het Nederlandse profiel.",
    "operator_refusal_profile_values": "Het draagt waarden die het Nederlandse profiel niet toelaat.",
}
