"""Who may sign in to the pages, by hand: whoever may use the coordinator's machine may say so."""

import argparse
import getpass
import sys
from datetime import UTC, datetime

from battery_commons.cli.say import say
from battery_commons.cli.village import author_of, open_store
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.store.administrators import CODE_LASTS
from battery_commons.store.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, hashed


def listed(options: argparse.Namespace) -> None:
    """Print every administrator."""
    with open_store(options) as store:
        accounts = store.administrators()
        for each in accounts:
            passkeys = len(store.passkeys(each))
            since = f"{each.added_at.astimezone(MARKET_ZONE):%Y-%m-%d %H:%M}"
            say(f"{each.name}  since {since}  passkeys: {passkeys}")
    if not accounts:
        say("There is no administrator: the pages on this machine ask nobody to sign in.")


def invite(options: argparse.Namespace) -> None:
    """Print a code that makes one person administrator."""
    with open_store(options) as store:
        code = store.new_administrator_code(datetime.now(UTC), author_of(options))
    say(f"This code makes one person administrator, on the pages under /first, within {CODE_LASTS.days} day:")
    say(code)


def add(options: argparse.Namespace) -> None:
    """Add an administrator, with a password that is asked for."""
    if not options.name.strip() or not options.name.isprintable():
        raise ValueError("an administrator needs a name")
    kept = hashed(_asked_password())
    with open_store(options) as store:
        store.add_administrator(options.name.strip(), kept, datetime.now(UTC), author_of(options))
    say(f"{options.name.strip()} is administrator. From now on the pages ask everybody to sign in.")


def reset_password(options: argparse.Namespace) -> None:
    """Give an administrator another password."""
    kept = hashed(_asked_password())
    with open_store(options) as store:
        store.change_password(options.name, kept, author_of(options))
    say(f"{options.name} has another password, and is signed out everywhere.")


def remove(options: argparse.Namespace) -> None:
    """Remove an administrator, also the last."""
    with open_store(options) as store:
        store.remove_administrator(options.name, author_of(options), also_last=True)
        is_last = not store.has_administrators()
    say(f"{options.name} is no administrator any more.")
    if is_last:
        say("There is none left: the pages on this machine ask nobody to sign in, and others need a code.")


def _asked_password() -> str:
    """Ask for a new password at the terminal, or read a line of what is piped in. Raises ValueError."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass("New password: ")
        if getpass.getpass("Once more: ") != password:
            raise ValueError("these were two passwords")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise ValueError(f"give a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    return password
