"""Running the coordinator."""

import argparse

from battery_commons.cli.clock import clock_of
from battery_commons.cli.village import url_of
from battery_commons.coordinator.logs import log_as_json
from battery_commons.coordinator.run import coordinate
from battery_commons.coordinator.settings import Settings
from battery_commons.domain.settings import TariffChoice
from battery_commons.web.door import proxy_network
from battery_commons.web.tls import CertificateFiles, Tls


def run(options: argparse.Namespace) -> None:
    """Run the coordinator until it is stopped."""
    options.data_dir.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        data_dir=options.data_dir,
        database_url=url_of(options.database_url),
        members_host=options.members_host,
        members_port=options.members_port,
        pages_host=options.pages_host,
        pages_port=options.pages_port,
        model=options.model,
        tariff=TariffChoice(options.tariff) if options.tariff else None,
        clock=clock_of(options),
        announce=options.announce,
        tls=Tls(options.tls) if options.tls else None,
        certificate=_certificate(options),
        trusted_proxies=[proxy_network(text) for text in options.trusted_proxy.split(",") if text],
        pages_tls=Tls(options.pages_tls) if options.pages_tls else None,
        pages_names=[name for text in options.pages_name.split(",") if (name := text.strip())],
    )
    log_as_json()
    coordinate(settings)


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
