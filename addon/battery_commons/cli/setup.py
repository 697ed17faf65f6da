"""Setting a village up: its name, transformers, homes and prices."""

import argparse
import secrets
from contextlib import closing
from dataclasses import replace
from math import inf

from battery_commons.cli.say import say
from battery_commons.cli.village import author_of, open_store
from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.domain.tariff import SYNTHETIC
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.sense.prices.csv_file import read_prices
from battery_commons.sense.prices.synthetic import synthetic_prices
from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.members import INVITATION_LASTS
from battery_commons.store.place import KEY
from battery_commons.web.pages.metrics import metrics_token
from battery_commons.web.tls import make_certificate, pinned_fingerprint
from battery_commons.wire.invitation import invitation_link
from battery_commons.wire.messages import MAX_FEEDER_POWER_W, MAX_POWER_W


def _open(options: argparse.Namespace) -> closing[Store]:
    options.data_dir.mkdir(parents=True, exist_ok=True)
    return open_store(options)


def name_village(options: argparse.Namespace) -> None:
    """Name the village."""
    with _open(options) as store:
        store.rename_village(options.name, author_of(options))


def put_transformer(options: argparse.Namespace) -> None:
    """Add a transformer, or change it, and print the token of a new one's meter."""
    if 1000 * options.limit_kw > MAX_POWER_W:
        raise ValueError(f"a limit of {options.limit_kw:g} kW is no local transformer's; is it in W?")
    with _open(options) as store:
        known = {transformer.id: transformer for transformer in store.transformers()}
        author = author_of(options)
        new = Transformer(options.id, options.name, 1000 * options.limit_kw, options.connections)
        if former := known.get(options.id):
            connections = options.connections or former.connections
            new = replace(new, connections=connections, on_feeder=former.on_feeder)
        store.put_transformer(new, author)
        if options.id not in known:
            say(f"meter token: {store.new_meter_token(options.id, author)}")


def put_feeder(options: argparse.Namespace) -> None:
    """Say which feeder the village hangs on, and print the token of a new one's meter; or forget it."""
    limit_w = inf if options.limit_kw is None else 1000 * options.limit_kw
    if MAX_FEEDER_POWER_W < limit_w < inf:
        raise ValueError(f"a limit of {options.limit_kw:g} kW is no feeder's; is it in W?")
    with _open(options) as store:
        author = author_of(options)
        if options.name is None:
            store.remove_feeder(author)
            return
        known = [transformer.id for transformer in store.transformers()]
        chosen = known if options.transformers is None else options.transformers
        if strangers := set(chosen) - set(known):
            raise ValueError(f"there is no transformer {', '.join(sorted(strangers))}")
        is_new = store.feeder() is None
        store.put_feeder(options.name, limit_w, chosen, author)
        if is_new:
            say(f"meter token: {store.new_meter_token(FEEDER_ID, author)}")


def new_meter_token(options: argparse.Namespace) -> None:
    """Print a new token for a transformer's meter."""
    with _open(options) as store:
        say(f"meter token: {store.new_meter_token(options.id, author_of(options))}")


def new_certificate(options: argparse.Namespace) -> None:
    """Make the village's own certificate anew; a coordinator that runs takes it up within a minute."""
    options.data_dir.mkdir(parents=True, exist_ok=True)
    make_certificate(options.data_dir, renew=True)
    with open_store(options) as store:
        store.note(Act.CERTIFICATE_RENEWED, "homes", author_of(options))
    say("The certificate is new. Homes that have joined find out by themselves, by the village's signature.")


def invite(options: argparse.Namespace) -> None:
    """Print a link that lets one home join."""
    code = secrets.token_urlsafe(16)
    author = author_of(options)
    with _open(options) as store:
        key = load_or_create_key(options.data_dir / KEY).public_key()
        link = invitation_link(options.url, code, key, pinned_fingerprint(options.data_dir))
        store.add_invitation(options.transformer, code, author.at + INVITATION_LASTS, author)
    say("This link lets one home join, within seven days:")
    say(link)


def import_prices(options: argparse.Namespace) -> None:
    """Read day-ahead prices from a file."""
    prices = read_prices(options.file)
    with _open(options) as store:
        store.put_prices(options.file.name, prices)
    first, last = (prices[i].start.astimezone(MARKET_ZONE) for i in (0, -1))
    say(f"{len(prices)} quarter hours, {first:%d-%m-%Y} to {last:%d-%m-%Y}")


def make_up_prices(options: argparse.Namespace) -> None:
    """Fill a year with made-up prices."""
    prices = synthetic_prices(options.year)
    with _open(options) as store:
        store.put_prices(SYNTHETIC, prices)
    say(f"{len(prices)} made-up quarter hours; the page labels them so")


def show_metrics_token(options: argparse.Namespace) -> None:
    """Say what a scraper has to show. It is made of the signing key, and changes with that alone."""
    say(metrics_token(load_or_create_key(options.data_dir / KEY)))
