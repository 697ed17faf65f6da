"""What errors of a PostgreSQL server, or on the way to it, mean for whoever keeps the database."""

import ssl

from battery_commons.store.errors import StoreError
from battery_commons.store.place import DatabaseUrl
from battery_commons.store.postgresql_driver import sqlstate, words

NOT_IN_TIME = "55P03"
"""The server's code for a lock that another kept for longer than was waited."""
_UNSAFE = (
    "cannot be reached safely. Give the server a certificate that is trusted here (sslrootcert), or, within "
    "a network that is yours alone, add ?sslmode=disable to its URL"
)


def store_error(url: DatabaseUrl, error: BaseException | None) -> StoreError:
    """Return an error in words, which never hold the password."""
    code, detail = sqlstate(error), words(error)
    match code:
        case "28P01" | "28000":
            advice = "does not let this user in. Check user and password, and the server's pg_hba.conf"
        case "3D000":
            advice = "does not exist. Make it first, as docs/operations.md says"
        case "42501" | "25006":
            advice = "may not be written by this user. Have the user own it, on a server that is no standby"
        case "53100":
            advice = "cannot grow: the disk of the server is full. Make room"
        case "53300":
            advice = "has no connection to spare. Raise the server's max_connections"
        case "55P03" | "57014":
            advice = "is being written by another program. Stop the other one, or try again"
        case "XX001" | "XX002":
            advice = "is damaged. Put back a backup"
        case "" if "refuses SSL" in detail or (error and isinstance(error.__cause__, ssl.SSLError)):
            advice = _UNSAFE
        case "":
            advice = "cannot be reached. Check that its server runs: this goes on when it does"
        case _:
            advice = "cannot be used"
    return StoreError(f"The database {url} {advice} ({detail}).")
