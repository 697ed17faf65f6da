"""The OpenAPI 3.1 document of the members' API, made from its list of calls and its messages."""

import inspect
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from battery_commons import __version__
from battery_commons.web.members.calls import Answering, Asking, Call, Caller
from battery_commons.wire.messages import Envelope, Problem

API_VERSION = "1"
_REFUSALS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What every call may be answered with: 400 also by a server that makes nothing of a request's head."""
_REFUSALS_OF_MESSAGES = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
_BEARER = "bearer"

type Json = dict[str, Any]


def openapi_document(served: Mapping[Call, Answering]) -> Json:
    """Return the document of the calls that are `served`, each described by what answers it."""
    schemas = _Schemas(served)
    paths: dict[str, Json] = {}
    for call, answering in served.items():
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, answering, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Battery Commons: the members' API of a village",
            "version": f"{API_VERSION} ({__version__})",
            "description": "What homes and meters call. docs/protocol.md says what it means.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas.definitions,
            "securitySchemes": {_BEARER: {"type": "http", "scheme": "bearer"}},
        },
    }


class _Schemas:
    """The messages as JSON schemas, each by its name."""

    def __init__(self, served: Mapping[Call, Answering]) -> None:
        asked = {call.asks for call in served if isinstance(call, Asking)}
        answered: set[type[BaseModel]] = {Envelope, Problem}
        answered.update(*(call.answers for call in served))
        wanted = [*_by_name(asked, "validation"), *_by_name(answered, "serialization")]
        self._references, document = models_json_schema(wanted, ref_template="#/components/schemas/{model}")
        self.definitions: Json = document["$defs"]

    def asked(self, model: type[BaseModel]) -> Json:
        return self._references[model, "validation"]

    def answered(self, model: type[BaseModel]) -> Json:
        return self._references[model, "serialization"]


def _by_name(
    models: Iterable[type[BaseModel]], mode: JsonSchemaMode
) -> list[tuple[type[BaseModel], JsonSchemaMode]]:
    return [(model, mode) for model in sorted(models, key=lambda each: each.__name__)]


def _operation(call: Call, answering: Answering, schemas: _Schemas) -> Json:
    summary = inspect.getdoc(answering) or ""
    operation: Json = {
        "operationId": call.name,
        "summary": summary.partition("\n")[0],
        "responses": _responses(call, schemas),
    }
    if parameters := _parameters(call):
        operation["parameters"] = parameters
    if isinstance(call, Asking):
        schema = schemas.asked(call.asks)
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if call.caller is not Caller.ANYONE:
        operation["security"] = [{_BEARER: []}]
        operation["description"] = f"With the token of a {call.caller}."
    return operation


def _parameters(call: Call) -> list[Json]:
    in_path = re.findall(r"{(\w+)}", call.path)
    return [
        *(
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
            for name in in_path
        ),
        *(
            {
                "name": name,
                "in": "query",
                "description": meaning,
                "schema": {"type": "string", "format": "date"},
            }
            for name, meaning in call.query.items()
        ),
    ]


def _responses(call: Call, schemas: _Schemas) -> Json:
    refusals = {*_REFUSALS, *call.refusals}
    if isinstance(call, Asking):
        refusals |= {*_REFUSALS_OF_MESSAGES}
    if call.caller is not Caller.ANYONE:
        refusals.add(HTTPStatus.UNAUTHORIZED)
    responses = {
        str(status.value): {
            "description": status.phrase,
            "content": _json(schemas.answered(Problem)),
        }
        for status in refusals
    }
    responses[str(HTTPStatus.TOO_MANY_REQUESTS.value)]["headers"] = {
        "Retry-After": {"description": "In seconds.", "schema": {"type": "string", "pattern": "^[0-9]+$"}}
    }
    responses[str(call.status.value)] = _answer(call, schemas)
    return dict(sorted(responses.items()))


def _answer(call: Call, schemas: _Schemas) -> Json:
    answer: Json = {"description": call.status.phrase}
    if call.is_sealed:
        (inside,) = call.answers
        sealed = schemas.answered(Envelope)
        payload = {"contentMediaType": "application/json", "contentSchema": schemas.answered(inside)}
        answer["content"] = _json({"allOf": [sealed, {"properties": {"payload": payload}}]})
    elif call.answers:
        shapes = [schemas.answered(model) for model in call.answers]
        answer["content"] = _json(shapes[0] if len(shapes) == 1 else {"anyOf": shapes})
    elif call.status is HTTPStatus.OK:
        answer["content"] = _json({"type": "object"})
    return answer


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}
