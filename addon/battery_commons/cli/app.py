"""Running the coordinator as a Home Assistant app: the Supervisor says how, on the app's page."""

import argparse
import os

from battery_commons.cli.options import MEMBERS_PORT, PAGES_PORT
from battery_commons.cli.village import url_of
from battery_commons.coordinator.logs import log_as_json
from battery_commons.coordinator.run import coordinate
from battery_commons.coordinator.settings import Settings
from battery_commons.domain.time import WallClock
from battery_commons.supervisor.api import SupervisorAccess
from battery_commons.supervisor.options import read_options

EVERYWHERE = "0.0.0.0"  # noqa: S104 - a container's own addresses; who may connect to the pages is checked


def app(options: argparse.Namespace) -> None:
    """Run the coordinator until it is stopped. Raises ValueError where no Supervisor started it."""
    token = os.environ.get("SUPERVISOR_TOKEN")
    if not token:
        raise ValueError("no Supervisor started this: `battery-commons run` is the command elsewhere")
    chosen = read_options(options.data_dir / "options.json")
    settings = Settings(
        data_dir=options.data_dir,
        database_url=url_of(options.database_url),
        members_host=EVERYWHERE,
        members_port=MEMBERS_PORT,
        pages_host=EVERYWHERE,
        pages_port=PAGES_PORT,
        clock=WallClock(),
        # The container's address is nobody's to connect to: homes use the machine's.
        announce=False,
        certificate=chosen.certificate,
        trusted_proxies=chosen.trusted_proxies,
        supervisor=SupervisorAccess(token),
    )
    log_as_json()
    coordinate(settings)
