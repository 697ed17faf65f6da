"""What a proof of delivery says, on its page and on paper, in English and in Dutch."""

ENGLISH = {
    "proof": "Proof of delivery",
    "proof_so_far": "So far: it is still going on, and readings still come in.",
    "proof_none": "No quarter hour of it is over yet.",
    "proof_long": "It lasts longer than two days: the figures are in the files.",
    "proof_empty": "What was delivered cannot be told: the meter or the batteries were not measured.",
    "proof_asked_kept": "Quarter hours: {kept} kept, {missed} missed, {unknown} unknown.",
    "proof_method": "Held against",
    "proof_method_meter_minus_batteries": "The meter without the batteries",
    "proof_method_high_4_of_5": "Four of the five days before that are alike",
    "proof_method_operator": "The operator's own baseline",
    "proof_rests_meter_minus_batteries": "The load that was measured, less what the batteries drew: "
    "exact where all of "
    "them were measured.",
    "proof_rests_high_4_of_5": "The mean of {days}, moved by how much the two hours before differ. Four "
    "of five days "
    "are no further off.",
    "proof_rests_operator": "What the batteries draw together, as the event says.",
    "proof_energy": "Energy",
    "proof_quarters": "Quarter hours",
    "proof_gaps": "Without data",
    "proof_spread": "give or take",
    "proof_less": "{energy} less drawn",
    "proof_more": "{energy} more drawn",
    "proof_csv": "Statement (CSV)",
    "proof_pdf": "Statement (PDF)",
    "proof_sig": "Signature",
    "proof_key": "Public key",
    "proof_signed": "The statement is signed with the village's key. It holds sums only, and names no home.",
    "proof_title": "Proof of delivery of {village}",
    "proof_check": "How to check it",
    "proof_check_how": "The signature (Ed25519) is of the CSV file. With OpenSSL 3, and the key above in "
    "{file}:",
    "proof_check_sum": "SHA-256 of the CSV file: {digest}",
    "proof_check_signature": "Signature (base64): {signature}",
    "proof_response": "Received {received}, accepted by the last home {accepted}",
    "proof_not_accepted": "by none",
    "proof_withdrawn": "Withdrawn by the operator {at}",
    "proof_homes": "Homes asked {asked}, accepted {accepted}, refused {refused}, not reached {unreachable}",
    "proof_load": "Load",
    "proof_batteries": "Batteries",
    "proof_baseline": "Baseline",
    "proof_delivered": "Delivered",
    "proof_kept": "Kept",
    "proof_yes": "yes",
    "proof_no": "no",
    "proof_table_kw": "All powers in kW, drawn from the grid above zero; \N{EN DASH} where there is no data.",
    "proof_page": "Page {n} of {all}",
}

DUTCH = {
    "proof": "Bewijs van levering",
    "proof_so_far": "Tot nu toe: de oproep loopt nog, en er komen nog metingen binnen.",
    "proof_none": "Er is nog geen kwartier van voorbij.",
    "proof_long": "De oproep duurt langer dan twee dagen: de cijfers staan in de bestanden.",
    "proof_empty": "Wat er geleverd is, valt niet te zeggen: de meter of de batterijen zijn niet gemeten.",
    "proof_asked_kept": "Kwartieren: {kept} gehaald, {missed} niet gehaald, {unknown} onbekend.",
    "proof_method": "Vergeleken met",
    "proof_method_meter_minus_batteries": "De meter zonder de batterijen",
    "proof_method_high_4_of_5": "Vier van de vijf dagen ervoor die erop lijken",
    "proof_method_operator": "De referentie van de netbeheerder",
    "proof_rests_meter_minus_batteries": "De gemeten belasting, min wat de batterijen afnamen: exact "
    "waar ze alle "
    "gemeten zijn.",
    "proof_rests_high_4_of_5": "Het gemiddelde van {days}, verschoven met wat de twee uur ervoor "
    "verschillen. Vier op "
    "de vijf dagen zitten er niet verder naast.",
    "proof_rests_operator": "Wat de batterijen samen afnemen, zoals de gebeurtenis zegt.",
    "proof_energy": "Energie",
    "proof_quarters": "Kwartieren",
    "proof_gaps": "Zonder gegevens",
    "proof_spread": "marge",
    "proof_less": "{energy} minder afname",
    "proof_more": "{energy} meer afname",
    "proof_csv": "Verklaring (CSV)",
    "proof_pdf": "Verklaring (PDF)",
    "proof_sig": "Handtekening",
    "proof_key": "Publieke sleutel",
    "proof_signed": "De verklaring is ondertekend met de sleutel van het dorp. Er staan alleen sommen in, "
    "en geen huis bij naam.",
    "proof_title": "Bewijs van levering van {village}",
    "proof_check": "Hoe je dit controleert",
    "proof_check_how": "De handtekening (Ed25519) is van het CSV-bestand. Met OpenSSL 3, en de sleutel "
    "hierboven in "
    "{file}:",
    "proof_check_sum": "SHA-256 van het CSV-bestand: {digest}",
    "proof_check_signature": "Handtekening (base64): {signature}",
    "proof_response": "Ontvangen {received}, aangenomen door het laatste huis {accepted}",
    "proof_not_accepted": "door geen enkel",
    "proof_withdrawn": "Ingetrokken door de netbeheerder {at}",
    "proof_homes": "Huizen gevraagd {asked}, aangenomen {accepted}, geweigerd {refused}, niet bereikt "
    "{unreachable}",
    "proof_load": "Belasting",
    "proof_batteries": "Batterijen",
    "proof_baseline": "Referentie",
    "proof_delivered": "Geleverd",
    "proof_kept": "Gehaald",
    "proof_yes": "ja",
    "proof_no": "nee",
    "proof_table_kw": "Alle vermogens in kW, afname van het net boven nul; \N{EN DASH} waar geen "
    "gegevens zijn.",
    "proof_page": "Bladzijde {n} van {all}",
}
