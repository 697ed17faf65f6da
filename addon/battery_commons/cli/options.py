"""What the commands of `battery-commons` are called, and which options they take.

Nothing here is slow to import: each command's own module, named by `command`, is only loaded when it runs.
"""

import argparse
import os
from pathlib import Path

from battery_commons import __version__
from battery_commons.cli.clock import add_clock
from battery_commons.cli.environment import take_defaults
from battery_commons.cli.options_past import TARIFFS, add_backtest, add_data_age
from battery_commons.cli.options_people import add_administrators, add_members, add_operator_clients
from battery_commons.cli.study import add_study
from battery_commons.cli.subcommands import Commands
from battery_commons.domain.plan import ControlModel

MEMBERS_PORT, PAGES_PORT = 8477, 8478
"""In addon/config.yaml and the Dockerfile too."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; `command` in what it parses is `module:function` in this package."""
    whole = argparse.ArgumentParser(
        "battery-commons", description="The coordinator of a village's batteries."
    )
    whole.add_argument("--version", action="version", version=__version__)
    whole.add_argument(
        "--data-dir",
        type=Path,
        default=Path(os.environ.get("BATTERY_COMMONS_DATA", "data")),
        help="where the village's database and key are (default: $BATTERY_COMMONS_DATA or ./data)",
    )
    whole.add_argument(
        "--database-url",
        metavar="URL",
        help="a PostgreSQL database for the village instead of a file in the data folder, as "
        "postgresql://user@host/name (default: $BATTERY_COMMONS_DATABASE_URL, which may hold a password too)",
    )
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    _add_setup(commands)
    _add_codes(commands)
    add_members(commands)
    add_administrators(commands)
    add_operator_clients(commands)
    _add_care(commands)
    _add_why(commands)
    _add_proof(commands)
    _add_vote(commands)
    _add_account(commands)
    _add_run(commands)
    _add_app(commands)
    add_backtest(commands)
    add_data_age(commands)
    add_study(commands)
    return whole


def _add_setup(commands: Commands) -> None:
    village = commands.add_parser("village", help="name the village")
    village.add_argument("--name", required=True)
    add_clock(village)
    village.set_defaults(command="setup:name_village")

    transformer = commands.add_parser("transformer", help="add a transformer, or change it")
    transformer.add_argument("id")
    transformer.add_argument("--name", required=True)
    transformer.add_argument("--limit-kw", type=float, required=True)
    transformer.add_argument(
        "--connections",
        type=int,
        help="how many homes, shops and halls are behind it, members or not (default: as it was said before)",
    )
    add_clock(transformer)
    transformer.set_defaults(command="setup:put_transformer")

    feeder = commands.add_parser("feeder", help="say which feeder the village hangs on, or that it has none")
    feeder.add_argument("--name", help="as the grid operator calls it (default: forget the feeder)")
    feeder.add_argument("--limit-kw", type=float, help="what it may carry (default: nobody knows)")
    feeder.add_argument(
        "--transformers", nargs="+", metavar="ID", help="those that hang on it (default: all of them)"
    )
    add_clock(feeder)
    feeder.set_defaults(command="setup:put_feeder")

    meter_token = commands.add_parser(
        "meter-token", help="give a transformer's or the feeder's meter a new token; the old one ends"
    )
    meter_token.add_argument("id")
    add_clock(meter_token)
    meter_token.set_defaults(command="setup:new_meter_token")

    certificate = commands.add_parser(
        "new-certificate", help="make the village's own TLS certificate anew, as when its key was seen"
    )
    add_clock(certificate)
    certificate.set_defaults(command="setup:new_certificate")

    invite = commands.add_parser("invite", help="make an invitation for one home")
    invite.add_argument("--transformer", required=True, help="the transformer that the home is behind")
    invite.add_argument("--url", required=True, help="where homes reach this coordinator")
    add_clock(invite)
    invite.set_defaults(command="setup:invite")

    prices = commands.add_parser("import-prices", help="read day-ahead prices from a CSV file")
    prices.add_argument("file", type=Path)
    prices.set_defaults(command="setup:import_prices")

    synthetic = commands.add_parser("synthetic-prices", help="fill a year with made-up prices, labelled so")
    synthetic.add_argument("year", type=int)
    synthetic.set_defaults(command="setup:make_up_prices")


def _add_codes(commands: Commands) -> None:
    code = commands.add_parser("code", help="ask residents to use less (code red) or more (code green)")
    actions = code.add_subparsers(required=True, metavar="ACTION")

    announce = actions.add_parser("announce", help="announce a window to all homes")
    announce.add_argument("code", choices=("red", "green"))
    announce.add_argument(
        "--from", dest="start", required=True, metavar="TIME", help="Dutch time, as 2026-11-25T17:00"
    )
    announce.add_argument("--to", dest="end", required=True, metavar="TIME", help="at most four hours later")
    announce.add_argument("--reason", default="", help="a sentence that residents get to read")
    announce.add_argument(
        "--expected-effect-kw",
        type=float,
        metavar="KW",
        help="the change of the village's load that is hoped for: below zero for code red",
    )
    add_clock(announce)
    announce.set_defaults(command="codes:announce")

    listed = actions.add_parser("list", help="show what is announced, and how many homes join")
    add_clock(listed)
    listed.set_defaults(command="codes:listed")

    withdraw = actions.add_parser("withdraw", help="take a window back")
    withdraw.add_argument("id")
    add_clock(withdraw)
    withdraw.set_defaults(command="codes:withdraw")


def _add_care(commands: Commands) -> None:
    backup = commands.add_parser("backup", help="copy the database, while the coordinator runs or not")
    backup.add_argument("file", type=Path, help="where the copy goes; a file that is there is never replaced")
    backup.add_argument(
        "--with-key", action="store_true", help="copy the key that signs plans too, as FILE.key.pem"
    )
    backup.set_defaults(command="care:backup")

    restore = commands.add_parser(
        "restore", help="put a backup in the place of the database, while no coordinator runs"
    )
    restore.add_argument(
        "file",
        type=Path,
        help="a backup, of this command's or from the pages (.zip); a FILE.key.pem beside it is put back too",
    )
    restore.set_defaults(command="care:restore")

    move = commands.add_parser(
        "move-database", help="copy the village to an empty PostgreSQL database, while no coordinator runs"
    )
    move.add_argument(
        "--to", metavar="URL", help="that database (default: --database-url, $BATTERY_COMMONS_DATABASE_URL)"
    )
    move.set_defaults(command="care:move_database")

    doctor = commands.add_parser("doctor", help="check everything, and say what to do")
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.add_argument("--language", choices=("en", "nl"), default="en")
    doctor.add_argument("--members-port", type=int, default=MEMBERS_PORT, help="where homes connect")
    add_clock(doctor)
    take_defaults(doctor)
    doctor.set_defaults(command="doctor:doctor")


def _add_why(commands: Commands) -> None:
    why = commands.add_parser("why", help="tell why a battery was asked what it was asked")
    why.add_argument("battery", metavar="HOME/BATTERY")
    why.add_argument("--at", metavar="TIME", help="Dutch time, as 2026-11-28T18:15 (default: now)")
    why.add_argument(
        "--replay", action="store_true", help="make that plan again, and say whether it is the same"
    )
    why.add_argument("--language", choices=("en", "nl"), default="en")
    add_clock(why)
    take_defaults(why)
    why.set_defaults(command="why:tell_why")

    token = commands.add_parser("metrics-token", help="show what Prometheus needs to read /metrics")
    token.set_defaults(command="setup:show_metrics_token")


def _add_vote(commands: Commands) -> None:
    vote = commands.add_parser("vote", help="count the published ballots of a vote again")
    actions = vote.add_subparsers(required=True, metavar="ACTION")
    counting = actions.add_parser("count", help="count the ballots of a file; no village is needed for it")
    counting.add_argument("file", type=Path, metavar="FILE", help="as pages and members' API hand it out")
    counting.add_argument("--ballot", metavar="NUMBER", help="say whether this ballot is among them")
    counting.set_defaults(command="vote:count_again")


def _add_proof(commands: Commands) -> None:
    proof = commands.add_parser(
        "proof", help="write what was delivered of an operator's event, as signed statements"
    )
    proof.add_argument("event", metavar="EVENT", help="its id, as the page of its activation shows it")
    proof.add_argument("--to", type=Path, metavar="FOLDER", required=True, help="where the files go")
    proof.add_argument("--language", choices=("en", "nl"), default="en", help="of the PDF file")
    add_clock(proof)
    take_defaults(proof)
    proof.set_defaults(command="proof:write_proof")


def _add_account(commands: Commands) -> None:
    account = commands.add_parser("account", help="write the community's account out, for anybody to check")
    actions = account.add_subparsers(required=True, metavar="ACTION")
    export = actions.add_parser(
        "export", help="write ledger, signatures and what every month rests on; homes go by numbers"
    )
    export.add_argument(
        "--to", type=Path, metavar="FILE", required=True, help="a .zip file or a folder, not there yet"
    )
    export.set_defaults(command="account:export")


def _add_run(commands: Commands) -> None:
    run = commands.add_parser(
        "run",
        help="run the coordinator until it is stopped",
        epilog="Options can be environment variables too: --pages-port is $BATTERY_COMMONS_PAGES_PORT.",
    )
    run.add_argument(
        "--members-host",
        default="0.0.0.0",  # noqa: S104 - homes are elsewhere
        help="where homes connect (default: everywhere)",
    )
    run.add_argument("--members-port", type=int, default=MEMBERS_PORT)
    run.add_argument(
        "--pages-host", default="127.0.0.1", help="the volunteer's pages (default: only this machine)"
    )
    run.add_argument("--pages-port", type=int, default=PAGES_PORT)
    run.add_argument(
        "--pages-tls",
        choices=("self", "off"),
        help="encrypt the pages, with a certificate of the village's own or the one that is given, or not "
        "(default: self, unless only this machine can connect or a trusted proxy is named)",
    )
    run.add_argument(
        "--pages-name",
        default="",
        metavar="NAMES",
        help="the names by which browsers reach the pages, with commas (default: only the machine's own)",
    )
    run.add_argument(
        "--announce",
        action=argparse.BooleanOptionalAction,
        help="tell the local network where homes connect (default: unless only this machine can)",
    )
    run.add_argument(
        "--tls",
        choices=("self", "off"),
        help="encrypt what homes say, with a certificate of the village's own, or not (default: self, "
        "unless only this machine can connect or homes have joined without)",
    )
    run.add_argument("--tls-certificate", type=Path, metavar="FILE", help="a certificate of your own (PEM)")
    run.add_argument("--tls-key", type=Path, metavar="FILE", help="the key of that certificate (PEM)")
    run.add_argument(
        "--trusted-proxy",
        default="",
        metavar="ADDRESSES",
        help="reverse proxies whose X-Forwarded-For is believed, as 192.0.2.1,10.0.0.0/8 (default: none)",
    )
    run.add_argument(
        "--model",
        type=ControlModel,
        choices=tuple(ControlModel),
        help="set the village to this control model (default: as chosen on the pages, at first M4)",
    )
    run.add_argument(
        "--tariff",
        choices=TARIFFS,
        help="set the village to this tariff (default: as chosen on the pages, at first by-date)",
    )
    add_clock(run)
    take_defaults(run)
    run.set_defaults(command="run:run")


def _add_app(commands: Commands) -> None:
    app = commands.add_parser("app", help="run as a Home Assistant app: only the Supervisor starts this")
    app.set_defaults(command="app:app")

    health = commands.add_parser("health", help="ask whether the coordinator on this machine is well")
    health.add_argument("--members-port", type=int, default=MEMBERS_PORT)
    take_defaults(health)
    health.set_defaults(command="health:health")
