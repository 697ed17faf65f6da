"""How the pages about the lines to grid operators say things, in English and in Dutch."""

ENGLISH = {
    "nav_operator": "Grid operator",
    "operator_none": (
        "The village has no line to a grid operator. With one it hears the operator's limits, forecasts and "
        "calls over OpenADR 3.1, and keeps to them. The operator gives you an address, a client id and a "
        "secret."
    ),
    "operator_add": "Add a line",
    "operator_change": "Change the line",
    "operator_remove": "Remove",
    "operator_remove_title": "Remove the line to {name}?",
    "operator_remove_what": (
        "What this operator asked then no longer counts, from the next plan on. What came over the line is "
        "kept as evidence; its secret is erased. The operator still has the village on its list."
    ),
    "operator_remove_sure": "Remove the line",
    "operator_heard": "Everything last heard",
    "operator_tried_again": "It is tried again by itself, at least every five minutes.",
    "operator_not_taken": "Events come, but not all that the village registers or asks is taken or told.",
    "operator_reception": "Events come",
    "operator_reception_none": "not at present",
    "operator_reception_mqtt": "by the operator's broker (MQTT)",
    "operator_reception_webhook": "by a call from the operator (webhook)",
    "operator_reception_polling": "by asking every half minute",
    "operator_programs_all": "all",
    "operator_events": "Newest events",
    "operator_event": "Event",
    "operator_received": "Received",
    "operator_verdict": "Verdict",
    "operator_accepted": "Accepted",
    "operator_refused": "Refused",
    "operator_withdrawn": "Withdrawn {time}.",
    "operator_no_events": "No events have come over this line yet.",
    "operator_reports": "Newest reports",
    "operator_report": "Report",
    "operator_report_state": "State",
    "operator_report_sent": "Sent",
    "operator_report_corrected": "Corrected",
    "operator_report_waiting": "Waiting to be sent",
    "operator_report_refused": "The operator did not take it",
    "operator_refusal_too_large": "It is larger than 256 kB.",
    "operator_refusal_no_object": "It is no event at all.",
    "operator_refusal_no_id": "It has no id by which it can be told from others.",
    "operator_refusal_malformed": "A field is missing, of the wrong kind, or out of bounds.",
    "operator_refusal_no_interval": "It has no interval.",
    "operator_refusal_no_start": "An interval says nothing of when it begins.",
    "operator_refusal_contradictory": "It contradicts itself.",
    "operator_refusal_over": "It was over before it came.",
    "operator_refusal_negative": "It has a limit below zero.",
    "operator_refusal_unknown_unit": "It has a unit that nobody knows.",
    "operator_refusal_impossible": "It has a figure that nothing in a village can be.",
    "operator_not_read": (
        "Since the start, {oversized} messages were too large to be read and {unreadable} made no sense. "
        "The log tells of each; all events were then asked for anew."
    ),
    "operator_line_what": "Your grid operator gives you what goes here. Trying changes nothing there.",
    "operator_field_name": "Name",
    "operator_hint_name": "What you call the operator.",
    "operator_field_url": "Address",
    "operator_hint_url": "Of its VTN, as https://vtn.example/openadr3/3.1.0.",
    "operator_field_client_id": "Client id",
    "operator_field_secret": "Client secret",
    "operator_secret_kept": (
        "Known, and not shown. Leave it empty to keep it; give it again with another address or client."
    ),
    "operator_field_ven_name": "The village is known there as",
    "operator_hint_ven_name": "The VEN's name. It is made there, if there is none of that name.",
    "operator_field_programs": "Programs",
    "operator_hint_programs": "By name, with commas between. Empty for all that the operator shows.",
    "operator_field_token_url": "Address for tokens",
    "operator_hint_token_url": "Empty, unless the operator gives one: its VTN says where.",
    "operator_field_callback_url": "Where the operator can call the village",
    "operator_hint_callback_url": (
        "The homes' address as it is seen from the internet, with a certificate that everybody trusts. "
        "Empty if there is none: then the village asks, or listens to the operator's broker."
    ),
    "operator_field_certificates": "Certificates of the operator's own",
    "operator_hint_certificates": (
        "In PEM, only where its certificate is not one that every browser trusts. Only these are then "
        "believed."
    ),
    "operator_wrong_name": "Give 1 to 80 characters.",
    "operator_wrong_url": "Give https://, a name and perhaps a port and path; no question mark or password.",
    "operator_wrong_client_id": "Give 1 to 128 characters.",
    "operator_wrong_ven_name": "Give 1 to 128 characters.",
    "operator_wrong_secret": "Give the secret, at most 1000 characters.",
    "operator_wrong_programs": "Give at most 50 names, of at most 128 characters.",
    "operator_wrong_token_url": "Give https://, a name and a path, or leave it empty.",
    "operator_wrong_callback_url": "Give https://, a name and perhaps a port, or leave it empty.",
    "operator_wrong_certificates": (
        "There is no certificate in it. It begins with -----BEGIN CERTIFICATE-----."
    ),
    "operator_try": "Try it now",
    "operator_trial": "Trying the line",
    "operator_trial_done": "The line works. Nothing has been saved yet.",
    "operator_trial_failed": "The line does not work yet. Nothing has been saved.",
    "operator_step_token": "Reach the operator and get a token",
    "operator_step_programs": "See its programs",
    "operator_step_ven": "Look for the village there",
    "operator_step_events": "Count its events",
    "operator_step_reception": "See how events will come",
    "operator_step_running": "under way",
    "operator_step_failed": "failed",
    "operator_ven_new": "not there yet; it is made when the line is saved",
    "operator_trouble_unreachable": "It cannot be reached. Check the address and this machine's connection.",
    "operator_trouble_certificate": (
        "Its certificate does not show that it is the operator, so nothing was sent. Check the address; if "
        "the operator has a certificate of its own, paste that below."
    ),
    "operator_trouble_credentials": "It does not believe the client id or secret. Give them again.",
    "operator_trouble_forbidden": (
        "It does not allow the village this. Ask the operator for the rights of a VEN."
    ),
    "operator_trouble_not_there": "There is no OpenADR 3.1 at this address. Check the path.",
    "operator_trouble_no_login": (
        "It shows its programs to everybody, and gives no token for a client id and secret. A line needs "
        "such a login: ask the operator for one."
    ),
    "operator_trouble_busy": "It asks to be left alone for a while.",
    "operator_trouble_refused": "It does not take what the village sends. Ask the operator why.",
    "operator_trouble_broken": "It says that something is wrong with itself.",
    "operator_trouble_no_sense": "Its answer is not OpenADR 3.1. Check the address.",
    "operator_trouble_too_large": "Its answer is larger than is read.",
    "operator_trouble_redirected": "It sends callers elsewhere. Give the address where it really is.",
    "operator_trouble_no_program": "It shows none of these programs. Check their names, or leave them empty.",
    "operator_trouble_fault": "Something went wrong in the coordinator itself. The log says what.",
    "gone_operator_line": "There is no such line (any more).",
    "told_operator_line_kept": "The line is saved, and is taken up now.",
    "told_operator_line_removed": "The line is removed.",
    "act_operator_line_added": "added a line to a grid operator",
    "act_operator_line_changed": "changed a line to a grid operator",
    "act_operator_line_removed": "removed a line to a grid operator",
}

DUTCH = {
    "nav_operator": "Netbeheerder",
    "operator_none": (
        "Het dorp heeft geen lijn met een netbeheerder. Met een lijn hoort het diens grenzen, verwachtingen "
        "en oproepen via OpenADR 3.1, en houdt het zich eraan. De netbeheerder geeft je een adres, een "
        "client-id en een geheim."
    ),
    "operator_add": "Lijn toevoegen",
    "operator_change": "Lijn wijzigen",
    "operator_remove": "Verwijderen",
    "operator_remove_title": "De lijn met {name} verwijderen?",
    "operator_remove_what": (
        "Wat deze netbeheerder vroeg telt dan niet meer, vanaf het volgende plan. Wat over de lijn kwam "
        "blijft bewaard als bewijs; het geheim wordt gewist. De netbeheerder heeft het dorp nog op de "
        "lijst."
    ),
    "operator_remove_sure": "Lijn verwijderen",
    "operator_heard": "Alles voor het laatst gehoord",
    "operator_tried_again": "Het wordt vanzelf opnieuw geprobeerd, ten minste elke vijf minuten.",
    "operator_not_taken": "Events komen, maar niet alles wat het dorp aanmeldt of vraagt lukt.",
    "operator_reception": "Events komen",
    "operator_reception_none": "nu niet",
    "operator_reception_mqtt": "via de broker van de netbeheerder (MQTT)",
    "operator_reception_webhook": "doordat de netbeheerder belt (webhook)",
    "operator_reception_polling": "door elke halve minuut te vragen",
    "operator_programs_all": "alle",
    "operator_events": "Nieuwste events",
    "operator_event": "Event",
    "operator_received": "Ontvangen",
    "operator_verdict": "Oordeel",
    "operator_accepted": "Aangenomen",
    "operator_refused": "Geweigerd",
    "operator_withdrawn": "Ingetrokken {time}.",
    "operator_no_events": "Over deze lijn zijn nog geen events gekomen.",
    "operator_reports": "Nieuwste rapporten",
    "operator_report": "Rapport",
    "operator_report_state": "Toestand",
    "operator_report_sent": "Verstuurd",
    "operator_report_corrected": "Verbeterd",
    "operator_report_waiting": "Wacht op verzending",
    "operator_report_refused": "De netbeheerder nam het niet aan",
    "operator_refusal_too_large": "Het is groter dan 256 kB.",
    "operator_refusal_no_object": "Het is helemaal geen event.",
    "operator_refusal_no_id": "Het heeft geen id waaraan het te herkennen is.",
    "operator_refusal_malformed": "Een veld ontbreekt, is van de verkeerde soort, of valt buiten de grenzen.",
    "operator_refusal_no_interval": "Het heeft geen interval.",
    "operator_refusal_no_start": "Een interval zegt niet wanneer het begint.",
    "operator_refusal_contradictory": "Het spreekt zichzelf tegen.",
    "operator_refusal_over": "Het was voorbij voordat het kwam.",
    "operator_refusal_negative": "Het heeft een grens onder nul.",
    "operator_refusal_unknown_unit": "Het heeft een eenheid die niemand kent.",
    "operator_refusal_impossible": "Het heeft een getal dat in een dorp niet kan.",
    "operator_not_read": (
        "Sinds de start waren {oversized} berichten te groot om te lezen en {unreadable} niet te begrijpen. "
        "Het logboek vertelt van elk; daarna zijn alle events opnieuw opgevraagd."
    ),
    "operator_line_what": "Je netbeheerder geeft je wat hier hoort. Proberen verandert daar niets.",
    "operator_field_name": "Naam",
    "operator_hint_name": "Zoals je de netbeheerder noemt.",
    "operator_field_url": "Adres",
    "operator_hint_url": "Van de VTN, zoals https://vtn.example/openadr3/3.1.0.",
    "operator_field_client_id": "Client-id",
    "operator_field_secret": "Clientgeheim",
    "operator_secret_kept": (
        "Bekend, en niet getoond. Laat leeg om het te houden; geef het opnieuw bij een ander adres of "
        "andere client."
    ),
    "operator_field_ven_name": "Het dorp heet daar",
    "operator_hint_ven_name": "De naam van de VEN. Die wordt daar gemaakt, als er geen van die naam is.",
    "operator_field_programs": "Programma's",
    "operator_hint_programs": "Bij naam, met komma's ertussen. Leeg voor alle die de netbeheerder toont.",
    "operator_field_token_url": "Adres voor tokens",
    "operator_hint_token_url": "Leeg, tenzij de netbeheerder er een geeft: de VTN zegt waar.",
    "operator_field_callback_url": "Waar de netbeheerder het dorp kan bellen",
    "operator_hint_callback_url": (
        "Het adres voor de huizen, gezien vanaf internet, met een certificaat dat iedereen vertrouwt. Leeg "
        "als het er niet is: dan vraagt het dorp zelf, of luistert het naar de broker van de netbeheerder."
    ),
    "operator_field_certificates": "Eigen certificaten van de netbeheerder",
    "operator_hint_certificates": (
        "In PEM, alleen als het certificaat er geen is dat elke browser vertrouwt. Alleen deze worden dan "
        "geloofd."
    ),
    "operator_wrong_name": "Geef 1 tot en met 80 tekens.",
    "operator_wrong_url": (
        "Geef https://, een naam en eventueel een poort en pad; geen vraagteken of wachtwoord."
    ),
    "operator_wrong_client_id": "Geef 1 tot en met 128 tekens.",
    "operator_wrong_ven_name": "Geef 1 tot en met 128 tekens.",
    "operator_wrong_secret": "Geef het geheim, hooguit 1000 tekens.",
    "operator_wrong_programs": "Geef hooguit 50 namen, van hooguit 128 tekens.",
    "operator_wrong_token_url": "Geef https://, een naam en een pad, of laat het leeg.",
    "operator_wrong_callback_url": "Geef https://, een naam en eventueel een poort, of laat het leeg.",
    "operator_wrong_certificates": (
        "Er staat geen certificaat in. Het begint met -----BEGIN CERTIFICATE-----."
    ),
    "operator_try": "Nu proberen",
    "operator_trial": "De lijn wordt geprobeerd",
    "operator_trial_done": "De lijn werkt. Er is nog niets opgeslagen.",
    "operator_trial_failed": "De lijn werkt nog niet. Er is niets opgeslagen.",
    "operator_step_token": "De netbeheerder bereiken en een token krijgen",
    "operator_step_programs": "De programma's zien",
    "operator_step_ven": "Het dorp daar zoeken",
    "operator_step_events": "De events tellen",
    "operator_step_reception": "Zien hoe events zullen komen",
    "operator_step_running": "bezig",
    "operator_step_failed": "mislukt",
    "operator_ven_new": "er nog niet; het wordt gemaakt als de lijn is opgeslagen",
    "operator_trouble_unreachable": (
        "De netbeheerder is niet te bereiken. Kijk het adres na, en de verbinding van deze machine."
    ),
    "operator_trouble_certificate": (
        "Het certificaat toont niet dat dit de netbeheerder is, dus er is niets gestuurd. Kijk het adres "
        "na; heeft de netbeheerder een eigen certificaat, plak dat dan hieronder."
    ),
    "operator_trouble_credentials": "De client-id of het geheim wordt niet geloofd. Geef ze opnieuw.",
    "operator_trouble_forbidden": (
        "De netbeheerder staat het dorp dit niet toe. Vraag om de rechten van een VEN."
    ),
    "operator_trouble_not_there": "Op dit adres is geen OpenADR 3.1. Kijk het pad na.",
    "operator_trouble_no_login": (
        "De programma's zijn voor iedereen te zien, en er is geen token voor een client-id en geheim. Een "
        "lijn vraagt om zo'n login: vraag de netbeheerder erom."
    ),
    "operator_trouble_busy": "De netbeheerder vraagt een poos met rust gelaten te worden.",
    "operator_trouble_refused": "De netbeheerder neemt niet aan wat het dorp stuurt. Vraag waarom.",
    "operator_trouble_broken": "De netbeheerder zegt dat er bij hem iets mis is.",
    "operator_trouble_no_sense": "Het antwoord is geen OpenADR 3.1. Kijk het adres na.",
    "operator_trouble_too_large": "Het antwoord is groter dan gelezen wordt.",
    "operator_trouble_redirected": "De netbeheerder verwijst door. Geef het adres waar hij echt is.",
    "operator_trouble_no_program": (
        "Geen van deze programma's wordt getoond. Kijk de namen na, of laat ze leeg."
    ),
    "operator_trouble_fault": "Er ging iets mis in de coördinator zelf. Het logboek zegt wat.",
    "gone_operator_line": "Deze lijn is er niet (meer).",
    "told_operator_line_kept": "De lijn is opgeslagen, en wordt nu in gebruik genomen.",
    "told_operator_line_removed": "De lijn is verwijderd.",
    "act_operator_line_added": "voegde een lijn met een netbeheerder toe",
    "act_operator_line_changed": "wijzigde een lijn met een netbeheerder",
    "act_operator_line_removed": "verwijderde een lijn met een netbeheerder",
}
