"""Whether the coordinator on this machine runs and can read its database."""

import argparse
import http.client
import ssl
from http import HTTPStatus

from battery_commons.cli.say import say

_HERE = "127.0.0.1"
_TIMEOUT_S = 5


def health(options: argparse.Namespace) -> None:
    """Ask the members' API. Raises OSError where it does not answer, or is not well."""
    ask_health(options.members_port)
    say("The coordinator is well.")


def ask_health(port: int) -> None:
    """Ask the members' API on this machine. Raises OSError where it does not answer, or is not well."""
    # The certificate names another host, and on this machine there is nobody to mistake it for.
    believing = ssl.create_default_context()
    believing.check_hostname, believing.verify_mode = False, ssl.CERT_NONE
    try:
        try:
            status = _status(http.client.HTTPSConnection(_HERE, port, timeout=_TIMEOUT_S, context=believing))
        except ssl.SSLError:
            status = _status(http.client.HTTPConnection(_HERE, port, timeout=_TIMEOUT_S))
    except http.client.HTTPException as error:
        raise OSError(f"no coordinator answers at port {port}: {type(error).__name__}") from error
    if status != HTTPStatus.OK:
        raise OSError(f"the coordinator is not well: it answers {status}")


def _status(connection: http.client.HTTPConnection) -> int:
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status
    finally:
        connection.close()
