"""How the pages about signing in, backups and tables say things, in English and in Dutch."""

ENGLISH = {
    "nav_administrators": "Administrators",
    "nav_backups": "Backups",
    # Signing in
    "login": "Sign in",
    "login_passkey": "Sign in with a passkey",
    "told_session_over": "Nobody was signed in any more: what you sent was not taken. Sign in and repeat it.",
    "login_wrong": "This name and password do not belong together.",
    "login_passkey_wrong": "This passkey is unknown here, or was asked for too long ago. Try again.",
    "login_lost": (
        "Password lost? On the coordinator's machine: battery-commons administrator reset-password"
    ),
    "login_code": "I have a code to become administrator",
    "login_later": "Too many attempts",
    "login_later_what": "Try again in {seconds} seconds. Nobody else is kept out meanwhile.",
    "logout": "Sign out",
    "password": "Password",
    "password_hint": "At least 12 characters. A few words are better than a few signs.",
    "password_wrong": "Give a password of 12 to 256 characters.",
    "first": "Become administrator",
    "first_what": (
        "For this one needs a code: one that another administrator made, or that the coordinator wrote in"
        " its log when it started without any administrator."
    ),
    "first_code": "Code",
    "first_code_hint": "It counts once, for a day. A new one: battery-commons administrator invite",
    "first_code_wrong": "This code is unknown, used or too old.",
    "first_sure": "Become administrator",
    "administrator_name": "Name",
    "administrator_name_hint": "The audit log says so who did what.",
    "administrator_name_wrong": "Give a name of 1 to 80 characters.",
    "administrator_name_taken": "There is an administrator of this name already.",
    "administrators_what": "They may all do the same. The audit log says which of them did what.",
    "administrators_none": (
        "There is no administrator yet: whoever uses this machine can do everything here without a login."
        " Once there is one, everybody has to sign in."
    ),
    "administrator_since": "Since",
    "administrator_you": "you",
    "administrator_invite": "Make a code for a new administrator",
    "administrator_code": "Code for a new administrator",
    "administrator_code_what": (
        "Whoever has it becomes administrator, once, within a day. Give it to nobody else. This page can "
        "be opened for ten minutes."
    ),
    "administrator_remove_title": "Remove administrator {name}?",
    "administrator_remove_what": "Their password and passkeys end, and they are signed out everywhere.",
    "administrator_remove_sure": "Remove this administrator",
    "administrator_last": "This is the last administrator. Make a code for another one first.",
    "told_administrator_removed": "The administrator is removed.",
    "password_change": "Change your password",
    "password_change_what": "You are then signed out everywhere but here.",
    "password_former": "Present password",
    "password_former_wrong": "This is not your present password.",
    "password_new": "New password",
    "told_password_changed": "Your password is changed, and you are signed out everywhere else.",
    "passkeys": "Your passkeys",
    "passkeys_what": "A passkey signs you in by the lock of your phone or computer, without the password.",
    "passkey_of": "Passkey added {time}",
    "passkey_add": "Add a passkey",
    "passkey_where": (
        "Browsers offer passkeys only where a page is opened by name over HTTPS, with a certificate that "
        "they trust, or on this machine as localhost."
    ),
    "passkey_cancelled": "Nothing came of it. Try again, or use your password.",
    "passkey_wrong": "This passkey was not taken in: it was asked for too long ago, or is here already.",
    "told_passkey_added": "The passkey is added.",
    "told_passkey_removed": "The passkey is removed.",
    "gone_code": "This code is no longer shown. Make a new one.",
    "gone_administrator": "This administrator is not here (any more).",
    # Audit log
    "act_administrator_invited": "made a code for an administrator",
    "act_administrator_added": "became administrator",
    "act_administrator_removed": "removed an administrator",
    "act_password_changed": "changed a password",
    "act_passkey_added": "added a passkey",
    "act_passkey_removed": "removed a passkey",
    "act_backup_made": "made a backup",
    "act_backup_downloaded": "downloaded a backup",
    "act_backup_uploaded": "uploaded a backup",
    "act_backup_deleted": "deleted a backup",
    "act_restored": "put a backup back",
    "act_certificate_renewed": "made a new certificate",
    # Backups
    "backups_what": (
        "A backup holds everything the village knows, and the key that signs its plans. Without that key "
        "every home would have to join again. Whoever has a backup can read when people are at home, and "
        "can steer the village's batteries: keep it where only you can read it. Certificates are not in "
        "it."
    ),
    "backups_nightly": "One is made every night; the last {kept} of those are kept, on this machine.",
    "backups_home_assistant": (
        "Home Assistant's own backups hold this app's data, with those that are kept here."
    ),
    "backups_elsewhere": "Download one now and then: this machine's disk can break.",
    "backups_server": (
        "The database is on a PostgreSQL server: have that server make the backups, with pg_dump, and "
        "keep a copy of the signing key in the data folder."
    ),
    "backup": "Backup",
    "backup_made_on": "Made",
    "backup_size": "Size",
    "backup_kind_manual": "by hand",
    "backup_kind_nightly": "nightly",
    "backup_kind_uploaded": "uploaded",
    "backup_kind_former": "what was here before a restore",
    "backups_none": "There is no backup on this machine.",
    "backup_now": "Make a backup now",
    "backup_download": "Download",
    "backup_restore": "Put back",
    "backup_undo": "Go back to this",
    "backup_delete": "Delete",
    "backup_delete_title": "Delete this backup?",
    "backup_delete_sure": "Delete it",
    "backup_upload": "Upload a backup",
    "backup_upload_what": "It is looked through first. Nothing of the village changes until you say so.",
    "backup_file": "File",
    "backup_file_hint": (
        "As it was downloaded here (.zip), or a database that battery-commons backup made (.db)."
    ),
    "backup_upload_sure": "Upload",
    "backup_broken": "This file was refused, and nothing has changed. {problem}",
    "backup_failed": "No backup was made. {problem}",
    "backup_restore_title": "Put this backup back?",
    "backup_holds": "It is of {village}, with {homes} homes. Its last battery reading is of {time}.",
    "backup_holds_unread": "It is of {village}, with {homes} homes, and holds no battery reading.",
    "backup_with_key": "The key that signs plans is in it, and is put back too.",
    "backup_without_key": "No key is in it: the present one stays.",
    "backup_restore_what": (
        "The coordinator stops for some seconds, puts it back and starts again by itself. Homes that "
        "joined after it was made must join again; homes that left are back. Who may sign in stays as it "
        "is now. What is here now is kept, so that you can go back."
    ),
    "backup_restore_sure": "Put it back",
    "restoring": "The backup is being put back",
    "restoring_what": "The coordinator starts again by itself. This page goes on when it has.",
    "restoring_look": "Look whether it is done",
    "restored": "The backup of {time} is back. What was here before is kept below; you can go back to it.",
    "restore_failed": "The backup was not put back, and the village is as it was. {problem}",
    "told_backup_made": "The backup is made.",
    "told_backup_deleted": "The backup is deleted.",
    "gone_backup": "This backup is not here (any more).",
    # Tables
    "tables": "As a table (CSV):",
    "table_homes": "homes",
    "table_loads": "load by quarter hour",
    "table_plans": "plans",
    "table_prices": "prices",
    "table_audit": "audit log",
}

DUTCH = {
    "nav_administrators": "Beheerders",
    "nav_backups": "Back-ups",
    # Inloggen
    "login": "Inloggen",
    "login_passkey": "Inloggen met een passkey",
    "told_session_over": "Er was niemand meer ingelogd: wat je verstuurde is niet aangenomen. Log in en "
    "herhaal het.",
    "login_wrong": "Deze naam en dit wachtwoord horen niet bij elkaar.",
    "login_passkey_wrong": (
        "Deze passkey is hier onbekend, of te lang geleden gevraagd. Probeer het opnieuw."
    ),
    "login_lost": (
        "Wachtwoord kwijt? Op de machine van de coördinator: battery-commons administrator reset-password"
    ),
    "login_code": "Ik heb een code om beheerder te worden",
    "login_later": "Te veel pogingen",
    "login_later_what": (
        "Probeer het over {seconds} seconden opnieuw. Niemand anders wordt ondertussen geweerd."
    ),
    "logout": "Uitloggen",
    "password": "Wachtwoord",
    "password_hint": "Minstens 12 tekens. Een paar woorden zijn beter dan een paar leestekens.",
    "password_wrong": "Geef een wachtwoord van 12 tot 256 tekens.",
    "first": "Beheerder worden",
    "first_what": (
        "Daarvoor is een code nodig: een die een andere beheerder maakte, of die de coördinator in zijn "
        "logboek schreef toen hij zonder beheerder startte."
    ),
    "first_code": "Code",
    "first_code_hint": "Zij geldt eenmaal, een dag lang. Een nieuwe: battery-commons administrator invite",
    "first_code_wrong": "Deze code is onbekend, gebruikt of te oud.",
    "first_sure": "Beheerder worden",
    "administrator_name": "Naam",
    "administrator_name_hint": "Zo noemt het logboek wie wat deed.",
    "administrator_name_wrong": "Geef een naam van 1 tot 80 tekens.",
    "administrator_name_taken": "Er is al een beheerder met deze naam.",
    "administrators_what": "Zij mogen allemaal hetzelfde. Het logboek zegt wie van hen wat deed.",
    "administrators_none": (
        "Er is nog geen beheerder: wie deze machine gebruikt kan hier alles zonder in te loggen. Zodra er"
        " een is, moet iedereen inloggen."
    ),
    "administrator_since": "Sinds",
    "administrator_you": "jij",
    "administrator_invite": "Code voor een nieuwe beheerder maken",
    "administrator_code": "Code voor een nieuwe beheerder",
    "administrator_code_what": (
        "Wie haar heeft wordt beheerder, eenmaal, binnen een dag. Geef haar aan niemand anders. Deze "
        "pagina blijft tien minuten te openen."
    ),
    "administrator_remove_title": "Beheerder {name} verwijderen?",
    "administrator_remove_what": "Wachtwoord en passkeys vervallen, en de beheerder is overal uitgelogd.",
    "administrator_remove_sure": "Deze beheerder verwijderen",
    "administrator_last": "Dit is de laatste beheerder. Maak eerst een code voor een andere.",
    "told_administrator_removed": "De beheerder is verwijderd.",
    "password_change": "Je wachtwoord wijzigen",
    "password_change_what": "Je bent daarna overal uitgelogd, behalve hier.",
    "password_former": "Huidig wachtwoord",
    "password_former_wrong": "Dit is niet je huidige wachtwoord.",
    "password_new": "Nieuw wachtwoord",
    "told_password_changed": "Je wachtwoord is gewijzigd, en je bent overal elders uitgelogd.",
    "passkeys": "Je passkeys",
    "passkeys_what": (
        "Met een passkey log je in via het slot van je telefoon of computer, zonder wachtwoord."
    ),
    "passkey_of": "Passkey toegevoegd {time}",
    "passkey_add": "Passkey toevoegen",
    "passkey_where": (
        "Browsers bieden passkeys alleen aan waar een pagina op naam over HTTPS is geopend, met een "
        "certificaat dat zij vertrouwen, of op deze machine als localhost."
    ),
    "passkey_cancelled": "Er kwam niets van. Probeer het opnieuw, of gebruik je wachtwoord.",
    "passkey_wrong": "Deze passkey is niet opgenomen: te lang geleden gevraagd, of hier al bekend.",
    "told_passkey_added": "De passkey is toegevoegd.",
    "told_passkey_removed": "De passkey is verwijderd.",
    "gone_code": "Deze code wordt niet meer getoond. Maak een nieuwe.",
    "gone_administrator": "Deze beheerder is er niet (meer).",
    # Logboek
    "act_administrator_invited": "maakte een code voor een beheerder",
    "act_administrator_added": "werd beheerder",
    "act_administrator_removed": "verwijderde een beheerder",
    "act_password_changed": "wijzigde een wachtwoord",
    "act_passkey_added": "voegde een passkey toe",
    "act_passkey_removed": "verwijderde een passkey",
    "act_backup_made": "maakte een back-up",
    "act_backup_downloaded": "haalde een back-up op",
    "act_backup_uploaded": "bracht een back-up binnen",
    "act_backup_deleted": "verwijderde een back-up",
    "act_restored": "zette een back-up terug",
    "act_certificate_renewed": "maakte een nieuw certificaat",
    # Back-ups
    "backups_what": (
        "In een back-up staat alles wat het dorp weet, en de sleutel waarmee het zijn plannen "
        "ondertekent. Zonder die sleutel moet elk huis opnieuw meedoen. Wie een back-up heeft kan lezen "
        "wanneer mensen thuis zijn, en de batterijen van het dorp sturen: bewaar hem waar alleen jij erbij "
        "kunt. Certificaten zitten er niet in."
    ),
    "backups_nightly": (
        "Elke nacht wordt er een gemaakt; de laatste {kept} daarvan blijven op deze machine."
    ),
    "backups_home_assistant": (
        "In de back-ups van Home Assistant zelf zitten de gegevens van deze app, met wat hier bewaard is."
    ),
    "backups_elsewhere": "Haal er nu en dan een op: de schijf van deze machine kan stukgaan.",
    "backups_server": (
        "De database staat op een PostgreSQL-server: laat die de back-ups maken, met pg_dump, en bewaar "
        "een kopie van de ondertekensleutel uit de gegevensmap."
    ),
    "backup": "Back-up",
    "backup_made_on": "Gemaakt",
    "backup_size": "Grootte",
    "backup_kind_manual": "met de hand",
    "backup_kind_nightly": "'s nachts",
    "backup_kind_uploaded": "binnengebracht",
    "backup_kind_former": "wat hier was voor het terugzetten",
    "backups_none": "Er is geen back-up op deze machine.",
    "backup_now": "Nu een back-up maken",
    "backup_download": "Ophalen",
    "backup_restore": "Terugzetten",
    "backup_undo": "Hiernaar terug",
    "backup_delete": "Verwijderen",
    "backup_delete_title": "Deze back-up verwijderen?",
    "backup_delete_sure": "Verwijderen",
    "backup_upload": "Een back-up binnenbrengen",
    "backup_upload_what": "Hij wordt eerst nagekeken. Aan het dorp verandert niets tot je dat zegt.",
    "backup_file": "Bestand",
    "backup_file_hint": (
        "Zoals het hier is opgehaald (.zip), of een database die battery-commons backup maakte (.db)."
    ),
    "backup_upload_sure": "Binnenbrengen",
    "backup_broken": "Dit bestand is geweigerd, en er is niets veranderd. {problem}",
    "backup_failed": "Er is geen back-up gemaakt. {problem}",
    "backup_restore_title": "Deze back-up terugzetten?",
    "backup_holds": "Hij is van {village}, met {homes} huizen. De laatste batterijmeting is van {time}.",
    "backup_holds_unread": "Hij is van {village}, met {homes} huizen, en bevat geen batterijmeting.",
    "backup_with_key": "De sleutel die plannen ondertekent zit erin, en wordt ook teruggezet.",
    "backup_without_key": "Er zit geen sleutel in: de huidige blijft.",
    "backup_restore_what": (
        "De coördinator stopt enkele seconden, zet hem terug en start vanzelf weer. Huizen die er later "
        "bij kwamen moeten opnieuw meedoen; huizen die vertrokken zijn terug. Wie mag inloggen blijft "
        "zoals nu. Wat er nu is blijft bewaard, zodat je terug kunt."
    ),
    "backup_restore_sure": "Terugzetten",
    "restoring": "De back-up wordt teruggezet",
    "restoring_what": "De coördinator start vanzelf weer. Deze pagina gaat dan verder.",
    "restoring_look": "Kijken of het klaar is",
    "restored": "De back-up van {time} is terug. Wat hier was staat hieronder; je kunt ernaar terug.",
    "restore_failed": "De back-up is niet teruggezet, en het dorp is zoals het was. {problem}",
    "told_backup_made": "De back-up is gemaakt.",
    "told_backup_deleted": "De back-up is verwijderd.",
    "gone_backup": "Deze back-up is er niet (meer).",
    # Tabellen
    "tables": "Als tabel (CSV):",
    "table_homes": "huizen",
    "table_loads": "belasting per kwartier",
    "table_plans": "plannen",
    "table_prices": "prijzen",
    "table_audit": "logboek",
}
