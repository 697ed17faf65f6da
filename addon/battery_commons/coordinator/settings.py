"""How one coordinator is run, and where its data are."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.settings import TariffChoice
from battery_commons.domain.time import Clock
from battery_commons.sense.meters.home_assistant import HomeAssistantAccess
from battery_commons.store.backup_folder import BackupFolder
from battery_commons.store.place import DATABASE, KEY, DatabaseUrl
from battery_commons.supervisor.api import SupervisorAccess
from battery_commons.web.door import Network
from battery_commons.web.tls import CertificateFiles, Tls


@dataclass(frozen=True, slots=True)
class Settings:
    """How one coordinator is run."""

    data_dir: Path
    members_host: str
    members_port: int
    pages_host: str
    pages_port: int
    clock: Clock
    model: ControlModel | None = None
    """What the village is set to at the start; None leaves what was chosen before."""
    tariff: TariffChoice | None = None
    """As with `model`."""
    database_url: DatabaseUrl | None = None
    """A database on a server; None for a file in the data folder."""
    announce: bool | None = None
    """Whether the local network is told where homes connect; None unless only this machine can connect."""
    tls: Tls | None = None
    """Whether homes call over TLS; None for what `default_tls` says."""
    certificate: CertificateFiles | None = None
    """A certificate for that from elsewhere."""
    trusted_proxies: Sequence[Network] = ()
    """Who is believed about where a call comes from."""
    pages_tls: Tls | None = None
    """Whether the pages are read over TLS; None for what `tls.py` says."""
    pages_names: Sequence[str] = ()
    """By which names the pages are reached, beside the machine's own."""
    supervisor: SupervisorAccess | None = None
    """Where this runs as a Home Assistant app: pages are then for its ingress alone."""

    @property
    def backup_folder(self) -> BackupFolder | None:
        """Where backups are kept; None for a database on a server."""
        if self.database_url is not None:
            return None
        return BackupFolder(self.data_dir / DATABASE, self.data_dir / KEY)


def own_home_assistant(supervisor: SupervisorAccess | None) -> HomeAssistantAccess | None:
    """Return the way to the Home Assistant that this is an app of: the Supervisor hands calls on to it."""
    return HomeAssistantAccess(f"{supervisor.url}/core/api", supervisor.token) if supervisor else None
