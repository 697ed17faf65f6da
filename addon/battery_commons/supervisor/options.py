"""What the volunteer chose on the app's page in Home Assistant (addon/config.yaml)."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from battery_commons.domain.plan import ControlModel


class AppOptions(BaseModel):
    """The app's options. The Supervisor has checked them, and leaves options of former versions in."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    model: ControlModel = ControlModel.M4
    tariff: Literal["by-date", "net-metering", "after-net-metering"] = "by-date"


def read_options(file: Path) -> AppOptions:
    """Read what the Supervisor wrote. Raises ValueError, in words, where that is no set of options."""
    try:
        return AppOptions.model_validate_json(file.read_bytes())
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise ValueError(f"{file} holds no options of this app: {wrong}") from error
