"""Which of the two listeners speak TLS, and with which certificate."""

from battery_commons.coordinator.settings import Settings
from battery_commons.store import Store
from battery_commons.web.access.reach import is_loopback
from battery_commons.web.tls import MembersTls, Tls, default_tls, make_certificate


def members_tls(settings: Settings, store: Store) -> MembersTls | None:
    """Return how the members' listener speaks TLS, if it does. Raises StoreError."""
    if settings.certificate is not None:
        return MembersTls(settings.certificate)
    chosen = settings.tls or default_tls(
        settings.data_dir, settings.members_host, has_homes=bool(store.homes())
    )
    return MembersTls(make_certificate(settings.data_dir)) if chosen is Tls.SELF else None


def pages_tls(settings: Settings, members: MembersTls | None) -> MembersTls | None:
    """Return how the pages' listener speaks TLS, if it does: always, but on loopback or behind a proxy.

    Raises StoreError, and ValueError where passwords would be sent in the clear.
    """
    if settings.supervisor is not None:
        return None
    needed = not (is_loopback(settings.pages_host) or settings.trusted_proxies)
    wanted = needed or (settings.certificate is not None and not is_loopback(settings.pages_host))
    chosen = settings.pages_tls or (Tls.SELF if wanted else Tls.OFF)
    if chosen is Tls.OFF:
        if needed:
            raise ValueError(
                "the pages would be sent in the clear, with passwords: leave --pages-tls off away, name the "
                "reverse proxy in front of them with --trusted-proxy, or keep them on 127.0.0.1"
            )
        return None
    if settings.certificate is not None:
        return members
    return members or MembersTls(make_certificate(settings.data_dir))
