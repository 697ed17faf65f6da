"""Administering homes and invitations by hand, and reading who did."""

import argparse
from datetime import datetime

from battery_commons.account.keeping.leaving import leave
from battery_commons.cli.clock import clock_of
from battery_commons.cli.say import say
from battery_commons.cli.village import author_of, open_store
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.store.records import ListedInvitation


def list_homes(options: argparse.Namespace) -> None:
    """Print every home."""
    with open_store(options) as store:
        homes, batteries, readings = store.homes(), store.batteries(), store.latest_battery_readings()
    for home in homes:
        own = [each.battery.id for each in batteries if each.home_id == home.id]
        heard = max((readings[id_].at for id_ in own if id_ in readings), default=None)
        said = [home.id, home.name, f"transformer {home.transformer_id}", f"batteries: {len(own)}"]
        said.append(f"last report {_local(heard)}" if heard else "has not reported")
        if home.suspended_at is not None:
            said.append(f"suspended since {_local(home.suspended_at)}")
        say("  ".join(said))
    if not homes:
        say("No home has joined.")


def suspend_home(options: argparse.Namespace) -> None:
    """Have a home take no part."""
    with open_store(options) as store:
        store.suspend(options.id, author_of(options))
    say(f"Home {options.id} is suspended; it is free within a quarter of an hour.")


def resume_home(options: argparse.Namespace) -> None:
    """Let a home take part again."""
    with open_store(options) as store:
        store.resume(options.id, author_of(options))
    say(f"Home {options.id} takes part again.")


def remove_home(options: argparse.Namespace) -> None:
    """Erase a home."""
    with open_store(options) as store:
        author = author_of(options)
        leave(store, options.id, author.at, author)
    say(f"Home {options.id} is removed and its data erased.")


def move_home(options: argparse.Namespace) -> None:
    """Put a home behind another transformer."""
    with open_store(options) as store:
        store.move(options.id, options.transformer, author_of(options))
    say(f"Home {options.id} is behind transformer {options.transformer}.")


def list_invitations(options: argparse.Namespace) -> None:
    """Print the invitations that count, and those that ended lately."""
    now = clock_of(options).now()
    with open_store(options) as store:
        invitations = store.invitations(now)
    for each in invitations:
        say(f"{each.id}  transformer {each.transformer_id}  {_state(each, now)}")
    if not invitations:
        say("No invitation counts or ended in the last 30 days.")


def revoke_invitation(options: argparse.Namespace) -> None:
    """Take an invitation back."""
    with open_store(options) as store:
        store.revoke_invitation(options.id, author_of(options))
    say(f"Invitation {options.id} no longer counts.")


def acts(options: argparse.Namespace) -> None:
    """Print what administrators did, the newest first."""
    with open_store(options) as store:
        entries = store.audit()
    for each in entries:
        did = each.act.value.replace("_", " ")
        detail = f"  ({each.detail})" if each.detail else ""
        say(f"{_local(each.at)}  {each.administrator}  {did}  {each.about}{detail}")
    if not entries:
        say("Nothing has been done yet.")


def _state(invitation: ListedInvitation, now: datetime) -> str:
    if invitation.used_at is not None:
        return f"used {_local(invitation.used_at)}"
    if invitation.revoked_at is not None:
        return f"revoked {_local(invitation.revoked_at)}"
    return f"{'expired' if invitation.expires_at <= now else 'open, expires'} {_local(invitation.expires_at)}"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(MARKET_ZONE):%Y-%m-%d %H:%M}"
