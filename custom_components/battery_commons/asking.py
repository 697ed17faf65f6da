"""Asking something of the village for a resident: what goes wrong is said in their language."""

from collections.abc import Iterator
from contextlib import contextmanager

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .community.client import CommunityError, NotOfferedError, UnauthorizedError, VillageRefusesError
from .const import DOMAIN


@contextmanager
def asking_village(not_offered: str) -> Iterator[None]:
    """Turn a refusal into one that Home Assistant shows.

    Args:
        not_offered: The key of the words for a village that does not know what is asked for.
    """
    try:
        yield
    except NotOfferedError as error:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key=not_offered) from error
    except UnauthorizedError as error:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="unauthorized") from error
    except CommunityError as error:
        refuses = isinstance(error, VillageRefusesError)
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="village_refuses" if refuses else "cannot_connect",
            translation_placeholders={"error": str(error)},
        ) from error
