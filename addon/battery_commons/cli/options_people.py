"""Which options the commands about people take: homes, administrators, and those who call over OpenADR."""

from pathlib import Path

from battery_commons.cli.clock import add_clock
from battery_commons.cli.subcommands import Commands
from battery_commons.domain.vtn import Role


def add_members(commands: Commands) -> None:
    """Add the commands about homes and invitations, and what was done about them."""
    home = commands.add_parser("home", help="see homes; suspend, resume, move or remove one")
    actions = home.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="show all homes").set_defaults(command="members:list_homes")
    for action, what in (
        ("suspend", "have a home take no part; its batteries are left to their own house"),
        ("resume", "let a suspended home take part again"),
        ("remove", "revoke a home's token and erase its data"),
        ("move", "put a home behind another transformer, with all that it reported"),
    ):
        one = actions.add_parser(action, help=what)
        one.add_argument("id")
        if action == "move":
            one.add_argument("--transformer", required=True)
        add_clock(one)
        one.set_defaults(command=f"members:{action}_home")

    invitation = commands.add_parser("invitation", help="see invitations; revoke one (invite makes one)")
    actions = invitation.add_subparsers(required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="show those that count, and those that ended lately")
    add_clock(listed)
    listed.set_defaults(command="members:list_invitations")
    revoke = actions.add_parser("revoke", help="take one back")
    revoke.add_argument("id")
    add_clock(revoke)
    revoke.set_defaults(command="members:revoke_invitation")

    audit = commands.add_parser(
        "audit", help="show what administrators did, the newest first; or check an account that was exported"
    )
    audit.add_argument(
        "file",
        nargs="?",
        type=Path,
        help="what `account export` wrote: each statement is computed again, without the village's database",
    )
    audit.add_argument(
        "--account", metavar="NUMBER", help="print what each month comes to for this account too"
    )
    audit.add_argument("--key", metavar="BASE64", help="the village's public key, as you know it")
    audit.set_defaults(command="audit:audit")


def add_operator_clients(commands: Commands) -> None:
    """Add the commands about those who are served over OpenADR."""
    below = commands.add_parser(
        "below", help="see who is served over OpenADR, as a village below a region is; add or remove one"
    )
    actions = below.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="show all clients").set_defaults(command="below:listed")
    add = actions.add_parser("add", help="let one call, and print the id and secret to do so with")
    add.add_argument("name", help="what it is called, such as a village")
    add.add_argument(
        "--role",
        choices=[role.value for role in Role],
        default=Role.VEN.value,
        help="ven: reads events and reports on them (the default); bl: makes programs and events",
    )
    add_clock(add)
    add.set_defaults(command="below:add")
    remove = actions.add_parser("remove", help="let one call no longer; what it made is gone with it")
    remove.add_argument("client_id", metavar="CLIENT", help="its id, as `list` shows")
    add_clock(remove)
    remove.set_defaults(command="below:remove")


def add_administrators(commands: Commands) -> None:
    """Add the commands about who may sign in to the pages."""
    administrator = commands.add_parser(
        "administrator", help="see who may sign in to the pages; add, invite or remove one"
    )
    actions = administrator.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="show all administrators").set_defaults(command="administrators:listed")
    for action, what in (
        ("invite", "make a code with which one person becomes administrator, on the pages, within a day"),
        ("add", "add one, and ask for the password"),
        ("reset-password", "give one another password, and sign them out everywhere"),
        ("remove", "remove one, also the last: then the pages on this machine need no login any more"),
    ):
        one = actions.add_parser(action, help=what)
        if action != "invite":
            one.add_argument("name")
        add_clock(one)
        one.set_defaults(command=f"administrators:{action.replace('-', '_')}")
