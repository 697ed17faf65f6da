"""The Supervisor's security rating of an app, from 1 to 8.

After developers.home-assistant.io/docs/apps/presentation#security, and `rating_security` in
home-assistant/supervisor's `apps/utils.py`, as of 2026. Signing counted once; nothing can be signed any more.
"""

from collections.abc import Mapping
from typing import Any

_LOWEST, _BASE, _HIGHEST = 1, 5, 8
_STRONG_PRIVILEGES = {
    "BPF",
    "CHECKPOINT_RESTORE",
    "DAC_READ_SEARCH",
    "NET_ADMIN",
    "NET_RAW",
    "PERFMON",
    "SYS_ADMIN",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
}
_ROLES = {"manager": -1, "admin": -2}


def security_rating(config: Mapping[str, Any], *, own_profile: bool) -> int:
    """Return how the Supervisor rates an app with this config.yaml.

    Args:
        config: What config.yaml says.
        own_profile: Whether an apparmor.txt is beside it.
    """
    if config.get("docker_api") or config.get("full_access"):
        return _LOWEST
    privileges = set(config.get("privileged", ()))
    changes = [
        _apparmor(config, own_profile=own_profile),
        _way_in(config),
        -1 if privileges & _STRONG_PRIVILEGES or config.get("kernel_modules") else 0,
        _ROLES.get(config.get("hassio_role", "default"), 0),
        -1 if config.get("host_network") else 0,
        -2 if config.get("host_pid") else 0,
        -1 if config.get("host_uts") and "SYS_ADMIN" in privileges else 0,
    ]
    return max(_LOWEST, min(_HIGHEST, _BASE + sum(changes)))


def _apparmor(config: Mapping[str, Any], *, own_profile: bool) -> int:
    if config.get("apparmor", True) is False:
        return -1
    return 1 if own_profile else 0


def _way_in(config: Mapping[str, Any]) -> int:
    """Return what ingress, no open port at all, or Home Assistant's own users are worth."""
    open_ports = [port for port in config.get("ports", {}).values() if port is not None]
    if config.get("ingress") or not (config.get("host_network") or open_ports):
        return 2
    return 1 if config.get("auth_api") else 0
