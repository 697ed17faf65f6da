"""The command `battery-commons`: set a village up, and run its coordinator."""

import argparse
import asyncio
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from battery_commons import __version__
from battery_commons.coordinator import DATABASE, KEY, Settings, log_as_json, run_coordinator
from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import AFTER_NET_METERING, NET_METERING, SYNTHETIC, Tariff, tariff_at
from battery_commons.domain.time import Clock, ScaledClock, WallClock
from battery_commons.sense.prices.csv_file import PriceFileError, read_prices
from battery_commons.sense.prices.synthetic import synthetic_prices
from battery_commons.store import NotFoundError, Store, StoreError
from battery_commons.store.keys import load_or_create_key
from battery_commons.wire.invitation import invitation_link
from battery_commons.wire.messages import MAX_POWER_W

INVITATION_LASTS = timedelta(days=7)

TARIFFS: dict[str, Callable[[datetime], Tariff]] = {
    "by-date": tariff_at,
    "net-metering": lambda _: NET_METERING,
    "after-net-metering": lambda _: AFTER_NET_METERING,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 with the problem in words on standard error."""
    options = _parser().parse_args(arguments)
    try:
        options.data_dir.mkdir(parents=True, exist_ok=True)
        options.command(options)
    except (StoreError, NotFoundError, PriceFileError, OSError, ValueError) as error:
        print(f"battery-commons: {error}", file=sys.stderr)  # noqa: T201 - a command's own voice
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "battery-commons", description="The coordinator of a village's batteries."
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=Path(os.environ.get("BATTERY_COMMONS_DATA", "data")),
        help="where the village's database and key are (default: $BATTERY_COMMONS_DATA or ./data)",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    village = commands.add_parser("village", help="name the village")
    village.add_argument("--name", required=True)
    village.set_defaults(command=_name_village)

    transformer = commands.add_parser("transformer", help="add a transformer, or change it")
    transformer.add_argument("id")
    transformer.add_argument("--name", required=True)
    transformer.add_argument("--limit-kw", type=float, required=True)
    transformer.set_defaults(command=_put_transformer)

    meter_token = commands.add_parser(
        "meter-token", help="give a transformer's meter a new token; the old one ends"
    )
    meter_token.add_argument("id")
    meter_token.set_defaults(command=_new_meter_token)

    invite = commands.add_parser("invite", help="make an invitation for one home")
    invite.add_argument("--transformer", required=True, help="the transformer that the home is behind")
    invite.add_argument("--url", required=True, help="where homes reach this coordinator")
    _add_clock(invite)
    invite.set_defaults(command=_invite)

    prices = commands.add_parser("import-prices", help="read day-ahead prices from a CSV file")
    prices.add_argument("file", type=Path)
    prices.set_defaults(command=_import_prices)

    synthetic = commands.add_parser("synthetic-prices", help="fill a year with made-up prices, labelled so")
    synthetic.add_argument("year", type=int)
    synthetic.set_defaults(command=_synthetic_prices)

    run = commands.add_parser("run", help="run the coordinator until it is stopped")
    run.add_argument("--members-host", default="0.0.0.0", help="where homes connect (default: everywhere)")  # noqa: S104 - homes are elsewhere
    run.add_argument("--members-port", type=int, default=8477)
    run.add_argument(
        "--pages-host", default="127.0.0.1", help="the volunteer's pages (default: only this machine)"
    )
    run.add_argument("--pages-port", type=int, default=8478)
    run.add_argument("--model", type=ControlModel, choices=list(ControlModel), default=ControlModel.M4)
    run.add_argument("--tariff", choices=list(TARIFFS), default="by-date")
    _add_clock(run)
    run.set_defaults(command=_run)
    return parser


def _add_clock(parser: argparse.ArgumentParser) -> None:
    clock = parser.add_argument_group("a faster clock, for demonstrations")
    clock.add_argument(
        "--speed", type=float, help="how many times as fast as the wall's the village's clock runs"
    )
    clock.add_argument("--wall-origin", type=datetime.fromisoformat, help="the wall time at which ...")
    clock.add_argument(
        "--village-origin", type=datetime.fromisoformat, help="... the village's clock shows this"
    )


def _clock(options: argparse.Namespace) -> Clock:
    parts = (options.speed, options.wall_origin, options.village_origin)
    if all(part is None for part in parts):
        return WallClock()
    if any(part is None for part in parts):
        raise ValueError("--speed, --wall-origin and --village-origin belong together")
    return ScaledClock(*parts)


def _open(options: argparse.Namespace) -> closing[Store]:
    return closing(Store.open(options.data_dir / DATABASE))


def _name_village(options: argparse.Namespace) -> None:
    with _open(options) as store:
        store.rename_village(options.name)


def _put_transformer(options: argparse.Namespace) -> None:
    if 1000 * options.limit_kw > MAX_POWER_W:
        raise ValueError(f"a limit of {options.limit_kw:g} kW is no local transformer's; is it in W?")
    with _open(options) as store:
        known = {transformer.id for transformer in store.transformers()}
        store.put_transformer(Transformer(options.id, options.name, 1000 * options.limit_kw))
        if options.id not in known:
            _say(f"meter token: {store.new_meter_token(options.id)}")


def _new_meter_token(options: argparse.Namespace) -> None:
    with _open(options) as store:
        _say(f"meter token: {store.new_meter_token(options.id)}")


def _invite(options: argparse.Namespace) -> None:
    code = secrets.token_urlsafe(16)
    expires_at = _clock(options).now() + INVITATION_LASTS
    key = load_or_create_key(options.data_dir / KEY).public_key()
    link = invitation_link(options.url, code, key)
    with _open(options) as store:
        store.add_invitation(options.transformer, code, expires_at)
    _say("This link lets one home join, within seven days:")
    _say(link)


def _import_prices(options: argparse.Namespace) -> None:
    prices = read_prices(options.file)
    with _open(options) as store:
        store.put_prices(options.file.name, prices)
    _say(f"{len(prices)} quarter hours, {prices[0].start:%d-%m-%Y} to {prices[-1].start:%d-%m-%Y}")


def _synthetic_prices(options: argparse.Namespace) -> None:
    prices = synthetic_prices(options.year)
    with _open(options) as store:
        store.put_prices(SYNTHETIC, prices)
    _say(f"{len(prices)} made-up quarter hours; the page labels them so")


def _run(options: argparse.Namespace) -> None:
    settings = Settings(
        data_dir=options.data_dir,
        members_host=options.members_host,
        members_port=options.members_port,
        pages_host=options.pages_host,
        pages_port=options.pages_port,
        model=options.model,
        tariff_at=TARIFFS[options.tariff],
        clock=_clock(options),
    )
    log_as_json()
    asyncio.run(run_coordinator(settings))


def _say(text: str) -> None:
    print(text)  # noqa: T201 - a command's own voice
