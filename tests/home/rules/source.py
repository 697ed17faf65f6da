"""The files of the integration, read as the checks need them."""

import ast
import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import homeassistant.components as core
from homeassistant.util.yaml import parse_yaml

import custom_components.battery_commons as integration
from tests.home.words import INTEGRATION

REPOSITORY = INTEGRATION.parents[1]
CORE = Path(next(iter(core.__path__)))
MANIFEST = json.loads((INTEGRATION / "manifest.json").read_text())
ICONS = json.loads((INTEGRATION / "icons.json").read_text())
SERVICES: Any = parse_yaml((INTEGRATION / "services.yaml").read_text())
SOURCES = {path: ast.parse(path.read_text()) for path in INTEGRATION.rglob("*.py")}


def module_of_ours(name: str) -> ModuleType:
    return importlib.import_module(f"{integration.__name__}.{name}")


def calls_in(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))
