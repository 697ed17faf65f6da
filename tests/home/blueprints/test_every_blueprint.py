"""What holds for every blueprint."""

from pathlib import Path

import pytest
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.core import HomeAssistant

from tests.home.blueprints.automations import FOLDER

BLUEPRINTS = sorted((FOLDER / "battery_commons").glob("*.yaml"))


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
async def test_every_blueprint_explains_itself_in_both_languages_and_says_where_it_is_kept(
    hass: HomeAssistant, path: Path
) -> None:
    blueprint = await async_get_blueprints(hass).async_get_blueprint(f"battery_commons/{path.name}")
    assert blueprint.validate() is None
    english, dutch = str(blueprint.metadata["description"]).strip().split("\n\n")
    assert " the " in english
    assert " het " in dutch or " de " in dutch
    assert blueprint.metadata["source_url"].endswith(
        f"/main/blueprints/automation/battery_commons/{path.name}"
    )
    for key, field in blueprint.inputs.items():
        assert field["name"], key
        assert "selector" in field, key
