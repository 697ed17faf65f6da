"""What the volunteer chose on the app's page in Home Assistant (addon/config.yaml)."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from battery_commons.container import CERTIFICATES
from battery_commons.web.door import Network, proxy_network
from battery_commons.web.tls import CertificateFiles


def _within_ssl(name: str) -> str:
    """Return a file's name. Raises ValueError for one that leads out of the folder."""
    if Path(name).name != name:
        raise ValueError("this is no name of a file in /ssl")
    return name


type FileName = Annotated[str, AfterValidator(_within_ssl)]
type Proxy = Annotated[Network, BeforeValidator(proxy_network)]


class AppOptions(BaseModel):
    """The app's options. The Supervisor has checked them, and leaves options of former versions in."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    ssl: bool = False
    """Whether homes are shown a certificate that another app keeps."""
    certfile: FileName = "fullchain.pem"
    keyfile: FileName = "privkey.pem"
    trusted_proxies: list[Proxy] = []

    @property
    def certificate(self) -> CertificateFiles | None:
        """Return where the program may read that certificate and its key; None where none is used."""
        if not self.ssl:
            return None
        return CertificateFiles(CERTIFICATES / self.certfile, CERTIFICATES / self.keyfile)


def read_options(file: Path) -> AppOptions:
    """Read what the Supervisor wrote. Raises ValueError, in words, where that is no set of options."""
    try:
        return AppOptions.model_validate_json(file.read_bytes())
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise ValueError(f"{file} holds no options of this app: {wrong}") from error
