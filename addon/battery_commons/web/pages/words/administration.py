"""What the pages about members say, in English and in Dutch."""

ENGLISH = {
    "nav_overview": "Overview",
    "nav_homes": "Homes",
    "nav_invitations": "Invitations",
    "nav_transformers": "Transformers",
    "nav_audit": "Audit log",
    "undo": "Undo",
    "cancel": "Cancel",
    "change": "Change",
    "save": "Save",
    "name": "Name",
    "id": "Id",
    # Homes
    "home": "Home",
    "last_report": "Last report",
    "last_accepted": "Last plan accepted",
    "steered": "Mode",
    "batteries_of": "{count}, {capacity} kWh",
    "plan_number": "plan {sequence}",
    "none_today": "none in 24 hours",
    "suspended": "suspended",
    "suspended_since": "Suspended since {time}",
    "no_homes": "No home has joined yet.",
    "invite_one": "Invite one",
    "no_batteries_of_home": "This home has not described a battery.",
    "agreed": "Resident agreed",
    "reached_by": "Reached by",
    "way_webhook": "webhook",
    "way_stream": "stream that the home opened",
    "failures": "Failed tries in 24 hours",
    "charge_level": "State of charge",
    "says": "What the home says",
    "limits": "Limits",
    "limits_whose": "The resident sets these, in their own Home Assistant. They cannot be changed here.",
    "capacity": "Capacity",
    "max_charge": "Charges at most",
    "max_discharge": "Discharges at most",
    "reserve": "Reserve",
    "day_back": "The last 24 hours",
    "day_back_how": (
        "What the plans that this home accepted asked in each quarter hour, and why. Where a plan was "
        "corrected within a quarter hour, the correction follows."
    ),
    "quarter_hour": "From",
    "asked_and_why": "Asked, and why",
    "measured_mean": "Did, on average",
    "no_plan_in_force": "no plan in force",
    "suspend": "Suspend",
    "suspend_title": "Suspend {name}?",
    "suspend_what": (
        "The village plans without this home, and sends it one last plan: to leave its batteries to their"
        " own house. That takes about a minute; a home that cannot be reached is free when its lease is "
        "over, within 45 minutes. It may go on reporting, still sees how the village stands, and may "
        "leave."
    ),
    "suspend_undo": "You can let it take part again at any time.",
    "suspend_sure": "Suspend this home",
    "resume": "Let it take part again",
    "move": "Move",
    "move_title": "Behind which transformer is {name}?",
    "move_what": (
        "All that this home ever reported then counts for the new transformer: this puts right where it "
        "was placed wrongly."
    ),
    "move_sure": "Move this home",
    "remove": "Remove",
    "remove_title": "Remove {name}?",
    "remove_what": (
        "Its token no longer counts, and its batteries, readings, plans and answers are erased. A plan "
        "that it holds ends with its lease, within 45 minutes. Its days so far stay in the account under a "
        "number (page Account, Payments), so that its last month can be settled: tell the resident."
    ),
    "remove_undo": "This cannot be undone. To come back, the home has to be invited again.",
    "remove_sure": "Remove this home and its data",
    "told_home_suspended": "The home is suspended. It is free within about a minute.",
    "told_home_resumed": "The home takes part again. It is planned for as soon as it reports.",
    "told_home_moved": "The home has been moved.",
    "told_home_removed": "The home has been removed and its data erased.",
    # Invitations
    "invite_home": "Invite a home",
    "behind_transformer": "Transformer that the home is behind",
    "address": "Address at which homes reach the coordinator",
    "address_hint": (
        "As seen from the homes: https://village.example.org, or http://192.168.1.10:8477 on one network."
    ),
    "address_wrong": "Homes cannot call this: give an address that starts with http:// or https://",
    "transformer_wrong": "There is no such transformer (any more).",
    "invite_make": "Make an invitation",
    "transformer_first": "Add the transformer first that homes are behind.",
    "invitations_made": "Invitations",
    "invitation": "Invitation",
    "expires": "Expires",
    "invitation_open": "open",
    "invitation_used": "used on {time}",
    "invitation_revoked": "revoked on {time}",
    "invitation_expired": "expired",
    "no_invitations": "No invitation counts or ended in the last 30 days.",
    "revoke": "Revoke",
    "told_invitation_revoked": "The invitation no longer counts.",
    "invitation_ready": "Invitation for one home",
    "invitation_once": (
        "It lets one home join, within seven days. Whoever has it can use it: send it to the resident "
        "alone. This page can be opened for ten minutes; after that, revoke the invitation and make "
        "another."
    ),
    "invitation_link": "Link",
    "invitation_qr": "The link as a QR code",
    "invitation_code": "Code alone",
    "invitation_code_hint": (
        "For a Home Assistant that found the village by itself: what stands behind the # of the link."
    ),
    "back_to_invitations": "All invitations",
    # Transformers
    "meter": "Meter",
    "no_transformers": "There is no transformer yet.",
    "transformer_add": "Add a transformer",
    "transformer_change": "Transformer {id}",
    "id_hint": "Letters, digits, dots, hyphens and underscores. It cannot be changed later.",
    "id_wrong": "Use 1 to 64 letters, digits, dots, hyphens or underscores.",
    "id_taken": "There is a transformer with this id already.",
    "name_hint": "As residents know it: the street that it stands in.",
    "name_wrong": "Give a name of 1 to 80 characters.",
    "limit_kw": "Load that it may carry (kW)",
    "limit_hint": "In either direction; the grid operator knows. 250 is common.",
    "limit_wrong": "Give a number of kW above 0 and up to 1000.",
    "told_transformer_changed": "The transformer has been changed.",
    "token_renew": "New meter token",
    "token_title": "A new token for the meter of {name}?",
    "token_what": (
        "The old token no longer counts: the meter's readings are refused until it has the new one."
    ),
    "token_sure": "Make a new token",
    "token_ready": "Token for the meter of {id}",
    "token_once": "Give it to the meter now. It is kept nowhere; this page can be opened for ten minutes.",
    "meter_token": "Meter token",
    "back_to_transformers": "All transformers",
    # Audit
    "audit_what": "What administrators did. Nothing in it can be changed or taken away.",
    "audit_empty": "Nothing has been done yet.",
    "when": "When",
    "who": "Who",
    "did": "Did",
    "about": "About",
    "act_village_renamed": "named the village",
    "act_transformer_added": "added a transformer",
    "act_transformer_changed": "changed a transformer",
    "act_meter_token_renewed": "made a new meter token",
    "act_invitation_made": "made an invitation",
    "act_invitation_revoked": "revoked an invitation",
    "act_home_suspended": "suspended a home",
    "act_home_resumed": "let a home take part again",
    "act_home_moved": "moved a home",
    "act_home_removed": "removed a home",
    "act_code_announced": "announced a code",
    "act_code_withdrawn": "withdrew a code",
    "act_code_dismissed": "dismissed a proposed code",
    "act_setting_changed": "changed a setting",
    # What went otherwise
    "gone": "Not here (any more)",
    "gone_home": "There is no such home (any more): it has left, or was removed.",
    "gone_invitation": "This invitation does not count any more: it was used or revoked, or has expired.",
    "gone_link": "This link is no longer shown. Revoke the invitation, and make another.",
    "gone_transformer": "There is no such transformer.",
    "gone_token": "This token is no longer shown. Make a new one if it was not written down.",
    "refused_form": "This form was not accepted",
    "refused_form_what": (
        "It was opened before the coordinator last started, or did not come from these pages. Go back, "
        "load the page again, and try once more. Nothing was changed."
    ),
}

DUTCH = {
    "nav_overview": "Overzicht",
    "nav_homes": "Huizen",
    "nav_invitations": "Uitnodigingen",
    "nav_transformers": "Transformatoren",
    "nav_audit": "Logboek",
    "undo": "Ongedaan maken",
    "cancel": "Annuleren",
    "change": "Wijzigen",
    "save": "Opslaan",
    "name": "Naam",
    "id": "Id",
    # Huizen
    "home": "Huis",
    "last_report": "Laatste meting",
    "last_accepted": "Laatst aangenomen plan",
    "steered": "Stand",
    "batteries_of": "{count}, {capacity} kWh",
    "plan_number": "plan {sequence}",
    "none_today": "geen in 24 uur",
    "suspended": "geschorst",
    "suspended_since": "Geschorst sinds {time}",
    "no_homes": "Nog geen huis doet mee.",
    "invite_one": "Nodig er een uit",
    "no_batteries_of_home": "Dit huis heeft geen batterij beschreven.",
    "agreed": "Bewoner akkoord",
    "reached_by": "Bereikt via",
    "way_webhook": "webhook",
    "way_stream": "stream die het huis opende",
    "failures": "Mislukte pogingen in 24 uur",
    "charge_level": "Laadtoestand",
    "says": "Wat het huis meldt",
    "limits": "Grenzen",
    "limits_whose": "Deze stelt de bewoner in, in de eigen Home Assistant. Hier zijn ze niet te wijzigen.",
    "capacity": "Capaciteit",
    "max_charge": "Laadt hooguit",
    "max_discharge": "Ontlaadt hooguit",
    "reserve": "Reserve",
    "day_back": "De afgelopen 24 uur",
    "day_back_how": (
        "Wat de plannen die dit huis aannam per kwartier vroegen, en waarom. Werd een plan binnen een "
        "kwartier bijgesteld, dan volgt de bijstelling."
    ),
    "quarter_hour": "Vanaf",
    "asked_and_why": "Gevraagd, en waarom",
    "measured_mean": "Deed, gemiddeld",
    "no_plan_in_force": "geen plan van kracht",
    "suspend": "Schorsen",
    "suspend_title": "{name} schorsen?",
    "suspend_what": (
        "Het dorp plant zonder dit huis, en stuurt het een laatste plan: de batterijen aan het eigen huis"
        " laten. Dat duurt ongeveer een minuut; een huis dat niet te bereiken is, is vrij als zijn plan "
        "verloopt, binnen 45 minuten. Het mag metingen blijven sturen, ziet nog hoe het dorp ervoor "
        "staat, en mag vertrekken."
    ),
    "suspend_undo": "Je kunt het op elk moment weer laten meedoen.",
    "suspend_sure": "Dit huis schorsen",
    "resume": "Weer laten meedoen",
    "move": "Verplaatsen",
    "move_title": "Achter welke transformator zit {name}?",
    "move_what": (
        "Alles wat dit huis ooit meldde telt dan voor de nieuwe transformator: zo zet je recht dat het "
        "verkeerd was ingedeeld."
    ),
    "move_sure": "Dit huis verplaatsen",
    "remove": "Verwijderen",
    "remove_title": "{name} verwijderen?",
    "remove_what": (
        "De toegang vervalt, en de batterijen, metingen, plannen en antwoorden van het huis worden "
        "gewist. Een plan dat het nog heeft verloopt binnen 45 minuten. De dagen tot nu toe blijven onder "
        "een nummer in de rekening (bladzijde Rekening, Betalingen), zodat de laatste maand te verrekenen "
        "is: vertel het de bewoner."
    ),
    "remove_undo": (
        "Dit is niet ongedaan te maken. Om terug te komen moet het huis opnieuw worden uitgenodigd."
    ),
    "remove_sure": "Dit huis en zijn gegevens verwijderen",
    "told_home_suspended": "Het huis is geschorst. Het is binnen ongeveer een minuut vrij.",
    "told_home_resumed": "Het huis doet weer mee. Er wordt voor gepland zodra het iets meldt.",
    "told_home_moved": "Het huis is verplaatst.",
    "told_home_removed": "Het huis is verwijderd en zijn gegevens zijn gewist.",
    # Uitnodigingen
    "invite_home": "Een huis uitnodigen",
    "behind_transformer": "Transformator waar het huis achter zit",
    "address": "Adres waarop huizen de coördinator bereiken",
    "address_hint": (
        "Gezien vanuit de huizen: https://dorp.example.org, of http://192.168.1.10:8477 op één netwerk."
    ),
    "address_wrong": "Huizen kunnen hier niet heen: geef een adres dat begint met http:// of https://",
    "transformer_wrong": "Die transformator is er niet (meer).",
    "invite_make": "Uitnodiging maken",
    "transformer_first": "Voeg eerst de transformator toe waar huizen achter zitten.",
    "invitations_made": "Uitnodigingen",
    "invitation": "Uitnodiging",
    "expires": "Verloopt",
    "invitation_open": "open",
    "invitation_used": "gebruikt op {time}",
    "invitation_revoked": "ingetrokken op {time}",
    "invitation_expired": "verlopen",
    "no_invitations": "Er is geen uitnodiging die geldt of in de laatste 30 dagen eindigde.",
    "revoke": "Intrekken",
    "told_invitation_revoked": "De uitnodiging geldt niet meer.",
    "invitation_ready": "Uitnodiging voor één huis",
    "invitation_once": (
        "Hiermee kan één huis meedoen, binnen zeven dagen. Wie haar heeft kan haar gebruiken: stuur haar "
        "alleen aan de bewoner. Deze pagina blijft tien minuten te openen; trek daarna de uitnodiging in "
        "en maak een nieuwe."
    ),
    "invitation_link": "Link",
    "invitation_qr": "De link als QR-code",
    "invitation_code": "Alleen de code",
    "invitation_code_hint": (
        "Voor een Home Assistant die het dorp zelf vond: wat in de link achter het # staat."
    ),
    "back_to_invitations": "Alle uitnodigingen",
    # Transformatoren
    "meter": "Meter",
    "no_transformers": "Er is nog geen transformator.",
    "transformer_add": "Transformator toevoegen",
    "transformer_change": "Transformator {id}",
    "id_hint": "Letters, cijfers, punten, streepjes en onderstrepingen. Later niet te wijzigen.",
    "id_wrong": "Gebruik 1 tot 64 letters, cijfers, punten, streepjes of onderstrepingen.",
    "id_taken": "Er is al een transformator met dit id.",
    "name_hint": "Zoals bewoners hem kennen: de straat waar hij staat.",
    "name_wrong": "Geef een naam van 1 tot 80 tekens.",
    "limit_kw": "Belasting die hij mag dragen (kW)",
    "limit_hint": "In beide richtingen; de netbeheerder weet het. 250 is gebruikelijk.",
    "limit_wrong": "Geef een aantal kW boven 0 en hooguit 1000.",
    "told_transformer_changed": "De transformator is gewijzigd.",
    "token_renew": "Nieuw metertoken",
    "token_title": "Een nieuw token voor de meter van {name}?",
    "token_what": (
        "Het oude token geldt dan niet meer: metingen worden geweigerd tot de meter het nieuwe heeft."
    ),
    "token_sure": "Nieuw token maken",
    "token_ready": "Token voor de meter van {id}",
    "token_once": (
        "Geef het nu aan de meter. Het wordt nergens bewaard; deze pagina blijft tien minuten te openen."
    ),
    "meter_token": "Metertoken",
    "back_to_transformers": "Alle transformatoren",
    # Logboek
    "audit_what": "Wat beheerders deden. Hierin is niets te wijzigen of weg te halen.",
    "audit_empty": "Er is nog niets gedaan.",
    "when": "Wanneer",
    "who": "Wie",
    "did": "Deed",
    "about": "Over",
    "act_village_renamed": "gaf het dorp een naam",
    "act_transformer_added": "voegde een transformator toe",
    "act_transformer_changed": "wijzigde een transformator",
    "act_meter_token_renewed": "maakte een nieuw metertoken",
    "act_invitation_made": "maakte een uitnodiging",
    "act_invitation_revoked": "trok een uitnodiging in",
    "act_home_suspended": "schorste een huis",
    "act_home_resumed": "liet een huis weer meedoen",
    "act_home_moved": "verplaatste een huis",
    "act_home_removed": "verwijderde een huis",
    "act_code_announced": "kondigde een code aan",
    "act_code_withdrawn": "trok een code in",
    "act_code_dismissed": "wees een voorgestelde code af",
    "act_setting_changed": "veranderde een instelling",
    # Wat anders liep
    "gone": "Hier niet (meer)",
    "gone_home": "Dit huis is er niet (meer): het is vertrokken, of verwijderd.",
    "gone_invitation": "Deze uitnodiging geldt niet meer: zij is gebruikt, ingetrokken of verlopen.",
    "gone_link": "Deze link wordt niet meer getoond. Trek de uitnodiging in en maak een nieuwe.",
    "gone_transformer": "Die transformator is er niet.",
    "gone_token": "Dit token wordt niet meer getoond. Maak een nieuw als het niet is opgeschreven.",
    "refused_form": "Dit formulier is niet aangenomen",
    "refused_form_what": (
        "Het was geopend voordat de coördinator voor het laatst startte, of kwam niet van deze pagina's. "
        "Ga terug, laad de pagina opnieuw en probeer het nog eens. Er is niets gewijzigd."
    ),
}
