"""Running the coordinator as a Home Assistant app: the Supervisor says how, on the app's page."""

import argparse
import asyncio
import os

from battery_commons.cli.options import MEMBERS_PORT, PAGES_PORT
from battery_commons.cli.run import TARIFFS
from battery_commons.coordinator import Settings, log_as_json, run_coordinator
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
        members_host=EVERYWHERE,
        members_port=MEMBERS_PORT,
        pages_host=EVERYWHERE,
        pages_port=PAGES_PORT,
        model=chosen.model,
        tariff_at=TARIFFS[chosen.tariff],
        clock=WallClock(),
        # The container's address is nobody's to connect to: homes use the machine's.
        announce=False,
        supervisor=SupervisorAccess(token),
    )
    log_as_json()
    asyncio.run(run_coordinator(settings))
