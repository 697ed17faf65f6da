"""Running the coordinator."""

import argparse
import asyncio
from collections.abc import Callable
from datetime import datetime

from battery_commons.cli.clock import clock_of
from battery_commons.coordinator import Settings, log_as_json, run_coordinator
from battery_commons.domain.tariff import AFTER_NET_METERING, NET_METERING, Tariff, tariff_at
from battery_commons.web.door import proxy_network
from battery_commons.web.tls import CertificateFiles, Tls

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
        tls=Tls(options.tls) if options.tls else None,
        certificate=_certificate(options),
        trusted_proxies=[proxy_network(text) for text in options.trusted_proxy.split(",") if text],
    )
    log_as_json()
    asyncio.run(run_coordinator(settings))


def _certificate(options: argparse.Namespace) -> CertificateFiles | None:
    """Return the certificate that is given. Raises ValueError for half of one, or beside `--tls`."""
    given = options.tls_certificate, options.tls_key
    if given == (None, None):
        return None
    if None in given:
        raise ValueError("--tls-certificate and --tls-key belong together")
    if options.tls:
        raise ValueError("give either --tls or a certificate")
    return CertificateFiles(*given)
