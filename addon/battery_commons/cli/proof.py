"""The command that writes what was delivered of an event: its statements, signed."""

import argparse
from importlib import import_module

from battery_commons.cli.clock import clock_of
from battery_commons.cli.say import say
from battery_commons.cli.village import open_store
from battery_commons.flexibility.keeping.delivery_proof import proof_of
from battery_commons.flexibility.proof.statement import PUBLIC_KEY_FILE, file_name, public_key_pem, signed
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.place import KEY
from battery_commons.web.pages.activation_view import name_of
from battery_commons.web.pages.words.words import Words


def write_proof(options: argparse.Namespace) -> None:
    """Write an event's statements, one for each part of the grid. Raises ValueError where there are none."""
    words = Words(options.language)
    key = load_or_create_key(options.data_dir / KEY)
    # Drawing on paper takes a second to load.
    proof_pdf = import_module("battery_commons.web.pages.proof_pdf").proof_pdf
    with open_store(options) as store:
        found = store.activations_of(options.event)
        if not found:
            raise ValueError(
                f"There is no activation of an event {options.event!r}: see the page Activations."
            )
        options.to.mkdir(parents=True, exist_ok=True)
        for activation in found:
            proof = proof_of(store, activation, clock_of(options).now())
            if not proof.slots:
                say(f"{activation.ask.subject}: {words('proof_none')}")
                continue
            made = signed(proof, key)
            name = name_of(store, activation.ask.subject)
            file = options.to / file_name(activation)
            file.with_suffix(".csv").write_bytes(made.content)
            file.with_suffix(".csv.sig").write_bytes(made.signature)
            file.with_suffix(".pdf").write_bytes(proof_pdf(proof, name, words, made))
            say(f"{activation.ask.subject}: {file}.csv, .csv.sig, .pdf")
    (options.to / PUBLIC_KEY_FILE).write_bytes(public_key_pem(key.public_key()))
