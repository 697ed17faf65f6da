"""A real Home Assistant in a process of its own, set up and asked over its own HTTP and WebSocket API."""

import asyncio
import json
import math
import sys
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

from aiohttp import ClientError, ClientSession, ClientTimeout

from demo.process import Child, DemoError

INTEGRATION = Path(__file__).parents[1] / "custom_components" / "battery_commons"
USER, PASSWORD = "dorp", "batterij"
START_WITHIN_S = 120.0
DASHBOARD = "battery-commons"
UNAVAILABLE = "unavailable"

_CONFIGURATION = """\
# Named one by one instead of default_config, which would reach for the internet and compile.
homeassistant:
  name: {name}
  latitude: 52.82
  longitude: 6.42
  elevation: 15
  unit_system: metric
  time_zone: Europe/Amsterdam
  country: NL
  currency: EUR
  language: {language}
  internal_url: http://127.0.0.1:{port}
http:
  server_host: 127.0.0.1
  server_port: {port}
recorder:
  commit_interval: 1
api:
config:
frontend:
history:
logbook:
energy:
logger:
  default: warning
  logs:
    custom_components.battery_commons: info
"""
_ONBOARDING_LEFT_OUT = ["core_config", "integration", "analytics"]
"""Steps of the welcome that would set up services on the internet; the person is made over the API."""


class HomeAssistant:
    """One Home Assistant; an asynchronous context that starts it and stops it."""

    def __init__(
        self,
        session: ClientSession,
        directory: Path,
        port: int,
        name: str,
        *,
        language: str = "en",
        extra_configuration: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare a home called `name` in `directory`, to listen on `port` of the loopback."""
        self.name = name
        self.url = f"http://127.0.0.1:{port}"
        self._session = session
        self._token: str | None = None
        self._entry_id: str | None = None
        self._settings = {"name": name, "port": port, "language": language}
        self._extra_configuration = extra_configuration
        self._environment = {"PYTHONPATH": ""} | dict(environment or {})
        self.directory = directory
        self.process = Child(
            f"Home Assistant ({name})",
            # What is not installed already is not needed: nothing is fetched.
            [sys.executable, "-m", "homeassistant", "-c", directory, "--skip-pip"],
            directory / "demo.log",
        )

    async def __aenter__(self) -> Self:
        """Start it and make its first user."""
        self._lay_out()
        try:
            await self.start()
            await self._welcome()
        except BaseException:  # Interrupted half-way, nobody else would stop it.
            await self.process.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        await self.process.stop()

    async def start(self) -> None:
        """Start the process, and return once Home Assistant has set everything up."""
        await self.process.start(self._environment)
        await self.process.wait_until(f"{self.url} answers", self._answers, START_WITHIN_S)
        if self._token is not None:
            await self.process.wait_until("Home Assistant is running", self._is_running, START_WITHIN_S)

    async def restart(self) -> None:
        """Stop the process as a shutdown would, and start it again."""
        await self.process.stop()
        await self.start()

    # --- Setting up ---------------------------------------------------------------------------

    async def join(self, invitation: str) -> None:
        """Join a village through the integration's config flow, consent given."""
        flow = await self.post("/api/config/config_entries/flow", {"handler": "battery_commons"})
        path = f"/api/config/config_entries/flow/{flow['flow_id']}"
        step = await self.post(path, {"invitation": invitation})
        _expect(step, "confirm")
        done = await self.post(path, {"name": self.name, "consent": True})
        _expect(done, None)
        self._entry_id = done["result"]["entry_id"]

    async def joined_in_browser(self) -> None:
        """Take up the village that somebody had this Home Assistant join by hand."""
        [entry] = await self.command("config_entries/get", domain="battery_commons")
        self._entry_id = entry["entry_id"]

    async def add_battery(
        self, name: str, host: str, port: int, unit_id: int, *, self_test: bool = False
    ) -> str:
        """Add a SunSpec battery through its subentry flow and return its id, as the village knows it."""
        path = "/api/config/config_entries/subentries/flow"
        before = await self._subentries()
        flow = await self.post(path, {"handler": [self.entry_id, "battery"]})
        path = f"{path}/{flow['flow_id']}"
        _expect(await self.post(path, {"next_step_id": "modbus"}), "modbus")
        _expect(await self.post(path, {"map": "sunspec_der"}), "where")
        step = await self.post(path, {"name": name, "host": host, "port": port, "unit_id": unit_id})
        if not str(step.get("step_id")).startswith("confirm"):
            raise DemoError(f"the battery was not found: {step}")
        step = await self.post(path, {"self_test": self_test})
        while step["type"] == "progress":
            await asyncio.sleep(1)
            step = await self._get(path)
        _expect(step, "result_right" if self_test else "finish")
        _expect(await self.post(path, {}), None)
        (battery_id,) = await self._subentries() - before
        return battery_id

    @property
    def entry_id(self) -> str:
        """The id of the joined village's config entry. Raises DemoError before joining."""
        if self._entry_id is None:
            raise DemoError(f"{self.name} has not joined a village")
        return self._entry_id

    async def set_language(self, language: str) -> None:
        """Speak another language, to the household and in the browser."""
        await self.command("config/core/update", language=language)
        value = {"language": language, "number_format": "language", "time_format": "language"}
        await self.command("frontend/set_user_data", key="language", value=value)

    async def save_dashboard(self, title: str, config: Mapping[str, Any]) -> str:
        """Add a dashboard to the side bar and return its address."""
        await self.command(
            "lovelace/dashboards/create",
            url_path=DASHBOARD,
            title=title,
            icon="mdi:home-battery",
            show_in_sidebar=True,
            require_admin=False,
        )
        await self.command("lovelace/config/save", url_path=DASHBOARD, config=config)
        return f"{self.url}/{DASHBOARD}"

    # --- Asking -------------------------------------------------------------------------------

    async def states(self) -> dict[str, dict[str, Any]]:
        """Return every entity's state as the REST API tells it, by the integration's own unique id."""
        named = {entity_id: unique_id for unique_id, entity_id in (await self.entities()).items()}
        found = await self._get("/api/states")
        return {named[state["entity_id"]]: state for state in found if state["entity_id"] in named}

    async def state(self, entity_id: str) -> str:
        """Return the state of any entity: unavailable too where there is none, or not yet."""
        found = await self._get("/api/states")
        return next((str(each["state"]) for each in found if each["entity_id"] == entity_id), UNAVAILABLE)

    async def power_w(self, entity_id: str) -> float:
        """Return the state of a power sensor; not a number while it has none."""
        state = await self.state(entity_id)
        return math.nan if state in {UNAVAILABLE, "unknown"} else float(state)

    async def put_state(self, entity_id: str, state: str, **attributes: object) -> None:
        """Say how an entity stands that no integration of this Home Assistant keeps."""
        body = {"state": state, "attributes": attributes, "force_update": True}
        await self.post(f"/api/states/{entity_id}", body)

    async def entities(self) -> dict[str, str]:
        """Return the integration's entity ids, by its own unique ids."""
        listed = await self.command("config/entity_registry/list")
        return {e["unique_id"]: e["entity_id"] for e in listed if e["platform"] == "battery_commons"}

    async def call_service(self, domain: str, service: str, **data: object) -> None:
        """Perform an action."""
        await self.post(f"/api/services/{domain}/{service}", data)

    async def post(self, path: str, body: Mapping[str, object]) -> Any:  # noqa: ANN401 - the API's own JSON
        """Post to the REST API and return its answer. Raises DemoError when it is refused."""
        return await self._call("POST", path, body)

    async def command(self, kind: str, **data: object) -> Any:  # noqa: ANN401 - the API's own JSON
        """Send one WebSocket command and return its result. Raises DemoError when it is refused."""
        try:
            async with self._session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0) as socket:
                await socket.receive_json()
                await socket.send_json({"type": "auth", "access_token": self._token})
                await socket.receive_json()
                await socket.send_json({"id": 1, "type": kind, **data})
                answer = await socket.receive_json()
        except (ClientError, TimeoutError, TypeError) as error:  # TypeError: closed instead of answered.
            raise self._silent(kind) from error
        if not answer.get("success"):
            raise DemoError(f"{self.name} refused {kind}: {answer}")
        return answer["result"]

    # --- Inside -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        components = self.directory / "custom_components"
        storage = self.directory / ".storage"
        for folder in (components, storage):
            folder.mkdir(parents=True, exist_ok=True)
        (components / INTEGRATION.name).symlink_to(INTEGRATION)
        configuration = _CONFIGURATION.format(**self._settings) + self._extra_configuration
        (self.directory / "configuration.yaml").write_text(configuration)
        onboarding = {"version": 4, "minor_version": 1, "key": "onboarding"}
        content = onboarding | {"data": {"done": _ONBOARDING_LEFT_OUT}}
        (storage / "onboarding").write_text(json.dumps(content))

    async def _welcome(self) -> None:
        """Make the first user and log in as that user."""
        client_id = f"{self.url}/"
        person = {"name": "Dorp", "username": USER, "password": PASSWORD}
        body = person | {"client_id": client_id, "language": self._settings["language"]}
        code = (await self.post("/api/onboarding/users", body))["auth_code"]
        form = {"grant_type": "authorization_code", "code": code, "client_id": client_id}
        async with self._session.post(f"{self.url}/auth/token", data=form) as response:
            response.raise_for_status()
            self._token = (await response.json())["access_token"]
        await self.process.wait_until("Home Assistant is running", self._is_running, START_WITHIN_S)
        # The address and port are on trial until somebody confirms them; after five minutes Home Assistant
        # would take them back and restart.
        await self.command("http/config/promote")

    async def _answers(self) -> bool:
        try:
            async with self._session.get(f"{self.url}/api/", timeout=ClientTimeout(5)) as response:
                return response.status in {HTTPStatus.OK, HTTPStatus.UNAUTHORIZED}
        except ClientError, TimeoutError:
            return False

    async def _is_running(self) -> bool:
        return bool((await self._get("/api/config"))["state"] == "RUNNING")

    async def _subentries(self) -> set[str]:
        listed = await self.command("config_entries/subentries/list", entry_id=self.entry_id)
        return {subentry["subentry_id"] for subentry in listed}

    async def _get(self, path: str) -> Any:  # noqa: ANN401 - the API's own JSON
        return await self._call("GET", path, None)

    async def _call(self, method: str, path: str, body: Mapping[str, object] | None) -> Any:  # noqa: ANN401 - the API's own JSON
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            async with self._session.request(method, self.url + path, json=body, headers=headers) as response:
                if response.status >= HTTPStatus.BAD_REQUEST:
                    said = await response.text()
                    raise DemoError(f"{self.name} answered {path} with {response.status}: {said[:500]}")
                answered = await response.read()
                return json.loads(answered) if answered else None
        except (ClientError, TimeoutError) as error:
            raise self._silent(path) from error

    def _silent(self, question: str) -> DemoError:
        """Return the error for a question that got no answer, with what Home Assistant wrote last."""
        state = "runs" if self.process.is_running else f"ended with {self.process.returncode}"
        return DemoError(
            f"{self.name} does not answer {question}, and {state}. It wrote:\n{self.process.tail()}"
        )


def _expect(step: Mapping[str, Any], step_id: str | None) -> None:
    """Hold a flow's answer against the step that should come; None means that the flow is done."""
    if step.get("errors") or step.get("step_id") != step_id or step["type"] == "abort":
        raise DemoError(f"the flow went another way than to {step_id or 'its end'}: {step}")
