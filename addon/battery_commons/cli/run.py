"""Running the coordinator."""

import argparse
import asyncio
from collections.abc import Callable
from datetime import datetime

from battery_commons.cli.clock import clock_of
from battery_commons.coordinator import Settings, log_as_json, run_coordinator
from battery_commons.domain.tariff import AFTER_NET_METERING, NET_METERING, Tariff, tariff_at

TARIFFS: dict[str, Callable[[datetime], Tariff]] = {
    "by-date": tariff_at,
    "net-metering": lambda _: NET_METERING,
    "after-net-metering": lambda _: AFTER_NET_METERING,
}


def run(options: argparse.Namespace) -> None:
    """Run the coordinator until it is stopped."""
    options.data_dir.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        data_dir=options.data_dir,
        members_host=options.members_host,
        members_port=options.members_port,
        pages_host=options.pages_host,
        pages_port=options.pages_port,
        model=options.model,
        tariff_at=TARIFFS[options.tariff],
        clock=clock_of(options),
        announce=options.announce,
    )
    log_as_json()
    asyncio.run(run_coordinator(settings))
