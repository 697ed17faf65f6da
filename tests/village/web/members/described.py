"""Holds every answer of the members' API against the OpenAPI document that it serves."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

from aiohttp import ClientSession, TraceConfig, TraceRequestEndParams
from jsonschema_rs import Draft202012Validator


class Described:
    """Knows from the document what each call may answer."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._paths = {
            re.compile(re.sub(r"{\w+}", "[^/]+", path) + "$"): operations
            for path, operations in document["paths"].items()
        }

    def check(self, method: str, path: str, status: int, body: bytes) -> None:
        """Fail where this is not what a call may answer; what is no call is answered as an error."""
        operation = self._operation(method, path)
        if operation is None:
            assert status in {404, 405}, (method, path, status)
            self._validate({"$ref": "#/components/schemas/Problem"}, body)
            return
        assert str(status) in operation["responses"], (method, path, status)
        content = operation["responses"][str(status)].get("content")
        if content is None:
            assert not body
        else:
            self._validate(content["application/json"]["schema"], body)

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        for pattern, operations in self._paths.items():
            if pattern.match(path) and method.lower() in operations:
                operation: dict[str, Any] = operations[method.lower()]
                return operation
        return None

    def _validate(self, schema: Mapping[str, Any], body: bytes) -> None:
        message = json.loads(body)
        Draft202012Validator({**schema, "components": self._document["components"]}).validate(message)
        payload = message.get("payload") if isinstance(message, dict) else None
        for part in schema.get("allOf", []):
            inside = part.get("properties", {}).get("payload", {}).get("contentSchema")
            if inside is not None:
                self._validate(inside, str(payload).encode())

    def tracing(self) -> TraceConfig:
        """Return what has a client hold every answer that it gets against the document."""

        async def ended(_session: ClientSession, _: SimpleNamespace, answer: TraceRequestEndParams) -> None:
            response = answer.response
            # What is sent piece by piece may have no end, and is read by who asked for it: test_openapi.py
            # holds that against the document.
            is_whole = response.content_length is not None or response.status == HTTPStatus.NO_CONTENT
            if response.method != "HEAD" and is_whole:
                body = await response.read()
                self.check(response.method, response.url.raw_path, response.status, body)

        config = TraceConfig()
        config.on_request_end.append(ended)
        return config
