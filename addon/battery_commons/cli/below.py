"""Who is served over OpenADR, by hand."""

import argparse
from datetime import UTC, datetime

from battery_commons.cli.say import say
from battery_commons.cli.village import author_of, open_store
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.domain.vtn import LONGEST_NAME, Role, is_client_name
from battery_commons.openadr.vtn.routes import PREFIX


def listed(options: argparse.Namespace) -> None:
    """Print every client."""
    with open_store(options) as store:
        clients = store.vtn_clients()
    for each in clients:
        seen = "never" if each.seen_at is None else f"{each.seen_at.astimezone(MARKET_ZONE):%Y-%m-%d %H:%M}"
        say(f"{each.client_id}  {each.role}  {each.name}  last signed in: {seen}")
    if not clients:
        say("Nobody is served over OpenADR.")


def add(options: argparse.Namespace) -> None:
    """Let one more call, and print how."""
    name = options.name.strip()
    if not is_client_name(name):
        raise ValueError(f"a client needs a name of at most {LONGEST_NAME} characters")
    with open_store(options) as store:
        client_id, secret = store.add_vtn_client(
            name, Role(options.role), datetime.now(UTC), author_of(options)
        )
    say(f"{name} is served under {PREFIX} at the address at which homes connect. It signs in with:")
    say(f"client id      {client_id}")
    say(f"client secret  {secret}")
    say("The secret is shown only now.")


def remove(options: argparse.Namespace) -> None:
    """Let one call no longer."""
    with open_store(options) as store:
        store.remove_vtn_client(options.client_id, author_of(options))
    say(f"{options.client_id} is not served any more.")
