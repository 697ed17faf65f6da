"""The manifest, and the files that go with it."""

import ast
import json
import re
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from awesomeversion import AwesomeVersion
from homeassistant.const import Platform
from homeassistant.const import __version__ as running_version
from homeassistant.util.yaml import parse_yaml

import custom_components.battery_commons as integration
from tests.home.rules.source import CORE, MANIFEST, REPOSITORY, SOURCES, module_of_ours
from tests.home.words import INTEGRATION

MANIFEST_KEYS = {
    "after_dependencies",
    "bluetooth",
    "codeowners",
    "config_flow",
    "dependencies",
    "dhcp",
    "disabled",
    "documentation",
    "domain",
    "homekit",
    "import_executor",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "loggers",
    "mqtt",
    "name",
    "requirements",
    "single_config_entry",
    "ssdp",
    "usb",
    "version",
    "zeroconf",
}
HACS_KEYS = {
    "content_in_root",
    "country",
    "filename",
    "hacs",
    "hide_default_branch",
    "homeassistant",
    "name",
    "persistent_directory",
    "render_readme",
    "zip_release",
}
ALWAYS_THERE = {"frontend", "homeassistant", "persistent_notification", "system_health", "websocket_api"}
"""Components that hassfest lets every integration import without naming them."""


def test_the_manifest_is_sorted_and_has_no_key_that_is_unknown() -> None:
    keys = list(MANIFEST)

    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])
    assert set(keys) <= MANIFEST_KEYS


def test_the_manifest_says_what_a_custom_integration_must_say() -> None:
    assert MANIFEST["domain"] == INTEGRATION.name
    assert AwesomeVersion(MANIFEST["version"]).valid
    assert MANIFEST["codeowners"]
    assert all(owner.startswith("@") for owner in MANIFEST["codeowners"])
    assert MANIFEST["documentation"].startswith("https://")
    assert MANIFEST["issue_tracker"].startswith("https://")
    assert MANIFEST["integration_type"] in {"device", "hub", "service"}
    assert MANIFEST["iot_class"] in {
        "assumed_state",
        "calculated",
        "cloud_polling",
        "cloud_push",
        "local_polling",
        "local_push",
    }
    assert MANIFEST["requirements"] == []
    for service_type in MANIFEST["zeroconf"]:
        assert re.fullmatch(r"_[a-z-]{1,15}\._(tcp|udp)\.local\.", service_type)


def test_what_the_manifest_depends_on_is_part_of_core_and_sorted() -> None:
    for key in ("dependencies", "after_dependencies"):
        assert MANIFEST[key] == sorted(MANIFEST[key])
        assert all((CORE / name / "manifest.json").exists() for name in MANIFEST[key])


def test_every_component_that_is_imported_is_depended_on() -> None:
    """A platform such as `repairs.py` may import the component that loads it."""
    named = {*MANIFEST["dependencies"], *MANIFEST["after_dependencies"], *ALWAYS_THERE, *list(Platform)}
    missing = {
        (path.name, component)
        for path, tree in SOURCES.items()
        for component in _imported_components(tree)
        if component not in named and component != path.stem
    }

    assert not missing


def test_hacs_finds_one_integration_and_what_it_needs() -> None:
    hacs = json.loads((REPOSITORY / "hacs.json").read_text())

    assert set(hacs) <= HACS_KEYS
    assert hacs["name"] == MANIFEST["name"]
    assert AwesomeVersion(hacs["homeassistant"]) <= AwesomeVersion(running_version)
    assert [path.name for path in INTEGRATION.parent.iterdir() if (path / "manifest.json").exists()] == [
        MANIFEST["domain"]
    ]
    assert (REPOSITORY / "README.md").exists()


def test_the_brand_has_a_square_icon() -> None:
    header = (INTEGRATION / "brand" / "icon.png").read_bytes()[:24]

    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", header[16:24]) == (256, 256)


def test_what_is_declared_has_its_file() -> None:
    assert MANIFEST["config_flow"]
    for name in ("config_flow", "diagnostics", "repairs", "system_health", *integration.PLATFORMS):
        assert (INTEGRATION / f"{name}.py").exists()
    assert hasattr(integration, "CONFIG_SCHEMA")


@pytest.mark.parametrize("platform", integration.PLATFORMS)
def test_every_platform_says_how_many_updates_it_makes_at_once(platform: Platform) -> None:
    assert isinstance(module_of_ours(platform).PARALLEL_UPDATES, int)


def test_the_quality_scale_names_every_rule_of_core_and_nothing_is_left_to_do() -> None:
    scale: Any = parse_yaml((INTEGRATION / "quality_scale.yaml").read_text())
    rules = scale["rules"]
    of_core: set[str] = set()
    for path in CORE.glob("*/quality_scale.yaml"):
        of_core |= parse_yaml(path.read_text())["rules"].keys()  # type: ignore[index, call-overload, union-attr]

    assert rules.keys() == of_core
    for rule, answer in rules.items():
        if answer != "done":
            assert answer["status"] == "exempt", rule
            assert answer["comment"].strip(), rule


def _imported_components(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "homeassistant.components":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("homeassistant.components."):
            yield str(node.module).split(".")[2]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("homeassistant.components."):
                    yield alias.name.split(".")[2]
