"""The browser gets our card and our dashboard, in one version at a time."""

import json
import shutil
import subprocess
from http import HTTPStatus
from pathlib import Path

import pytest
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.battery_commons import dashboard
from custom_components.battery_commons.const import DOMAIN
from custom_components.battery_commons.dashboard import ENTRY, FOLDER, async_offer_dashboard

TESTS_OF_MODULES = Path(__file__).parents[1] / "frontend"
NODE = shutil.which("node")


@pytest.fixture
async def _frontend(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "frontend", {})


def offered(hass: HomeAssistant) -> list[str]:
    return [url for url in hass.data[DATA_EXTRA_MODULE_URL].urls if url.startswith(f"/{DOMAIN}/")]


@pytest.mark.usefixtures("_frontend")
async def test_every_page_loads_one_module_and_all_of_them_are_served_to_keep(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    (entry,) = offered(hass)
    client = await hass_client_no_auth()
    for module in FOLDER.glob("*.js"):
        response = await client.get(entry.replace(ENTRY, module.name))
        assert response.status == HTTPStatus.OK
        assert "javascript" in response.headers["Content-Type"]
        assert "max-age" in response.headers["Cache-Control"]
        assert await response.text() == module.read_text(encoding="utf-8")


@pytest.mark.usefixtures("_frontend")
async def test_the_modules_are_offered_once(hass: HomeAssistant) -> None:
    await async_offer_dashboard(hass)
    await async_offer_dashboard(hass)
    assert len(offered(hass)) == 1


async def test_a_home_without_a_frontend_is_offered_none(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    assert DATA_EXTRA_MODULE_URL not in hass.data


async def test_another_content_has_another_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dashboard, "FOLDER", tmp_path)
    addresses = set()
    for name, content in [("a.js", "1"), ("a.js", "2"), ("b.js", "2")]:
        (tmp_path / name).write_text(content)
        addresses.add(dashboard._fingerprint())
    assert len(addresses) == 3


def test_the_frontend_is_set_up_first_where_there_is_one() -> None:
    manifest = json.loads((FOLDER.parent / "manifest.json").read_text())
    assert "frontend" in manifest["after_dependencies"]
    assert "http" in manifest["dependencies"]


def test_what_the_browser_fetches_is_small() -> None:
    assert (FOLDER / ENTRY).stat().st_size < 8_000
    assert sum(module.stat().st_size for module in FOLDER.iterdir()) < 100_000


@pytest.mark.skipif(NODE is None, reason="there is no Node.js on this machine")
def test_the_modules_hold_their_own_tests() -> None:
    tests = sorted(str(path) for path in TESTS_OF_MODULES.glob("*.test.mjs"))
    assert tests
    done = subprocess.run([str(NODE), "--test", *tests], capture_output=True, text=True, check=False)  # noqa: S603 - our own files
    assert done.returncode == 0, done.stdout
