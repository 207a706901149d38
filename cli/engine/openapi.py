"""What can be asked of the engine by HTTP, as OpenAPI 3.1 has it: made of the verbs themselves."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter, create_model
from pydantic.json_schema import GenerateJsonSchema

from cli.engine.calls import HookCall, MessageCall, PrintCall, VerbCall
from cli.engine.requests import ORDERS
from cli.verbs import all_verbs
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cli.verb import Verb

_REFS = "#/components/schemas/{model}"
_JSON, _LINES, _PLAIN = "application/json", "application/x-ndjson", "text/plain"
#: Only a client of our own version is answered where the answer's form is ours.
_OURS = {
    "name": "archmem-version",
    "in": "header",
    "required": True,
    "schema": {"const": VERSION},
}


class _Schemas(GenerateJsonSchema):
    """Of a union any member may fit: what tells them apart stands beside it, as a memory's kind."""

    def tagged_union_schema(self, schema: Any) -> Any:
        said = super().tagged_union_schema(schema)
        return {"anyOf": said["oneOf"]} if "oneOf" in said else said


class ErrorBody(BaseModel):
    """Why a call is not done, and what to do about it."""

    name: str
    message: str
    hint: str


class ErrorResponse(BaseModel):
    """What is answered instead."""

    error: ErrorBody


@cache
def describe() -> dict[str, Any]:
    """A path for each verb, for programs and for terminals, and for what the engine has beside."""
    verbs = all_verbs()
    calls: dict[str, TypeAdapter[Any]] = {
        "refused": TypeAdapter(ErrorResponse),
        "hook": TypeAdapter(HookCall),
        "message": TypeAdapter(MessageCall),
        "order": TypeAdapter(PrintCall),
        **{f"call {name}": TypeAdapter(_call_of(verb, VerbCall)) for name, verb in verbs.items()},
        **{f"print {name}": TypeAdapter(_call_of(verb, PrintCall)) for name, verb in verbs.items()},
    }
    given = [(key, "validation", one) for key, one in calls.items()]
    given += [(f"response {name}", "serialization", verb.response) for name, verb in verbs.items()]
    made, shared = TypeAdapter.json_schemas(given, ref_template=_REFS, schema_generator=_Schemas)  # type: ignore[arg-type]
    schemas = {key: schema for (key, _), schema in made.items()}
    paths = {}
    for name, verb in verbs.items():
        about = {"summary": (type(verb).__doc__ or "").partition("\n")[0]}
        answer = {
            "type": "object",
            "properties": {"response": schemas[f"response {name}"]},
            "required": ["response"],
        }
        paths[f"/verbs/{name}"] = _post(schemas[f"call {name}"], _JSON, answer, about)
        paths[f"/printed/{name}"] = _post(schemas[f"print {name}"], _LINES, _TEXT, about)
    for name, order in ORDERS.items():
        about = {"summary": (order.__doc__ or "").partition("\n")[0]}
        paths[f"/printed/{name}"] = _post(schemas["order"], _LINES, _TEXT, about)
    following = {"summary": "Tell what is learned of a project, a line each, until one hangs up."}
    paths["/followed"] = _post(schemas["order"], _LINES, _TEXT, following)
    hook = {
        "summary": "Answer a hook of an agent.",
        "parameters": [{"name": "event", "in": "path", "required": True, "schema": _TEXT}],
    }
    paths["/hooks/{event}"] = _post(schemas["hook"], _JSON, {"type": "object"}, hook)
    message = _post(schemas["message"], _JSON, {"type": "object"}, {"summary": "One of MCP's."})
    del message["post"]["parameters"]  # a session outlives an upgrade of ours
    paths["/mcp/messages"] = message
    paths["/health"] = _get("Tell how the engine is.", _JSON, {"type": "object"})
    paths["/metrics"] = _get("Tell it in Prometheus' text format.", _PLAIN, _TEXT)
    paths["/openapi.json"] = _get("This description.", _JSON, {"type": "object"})
    paths["/stop"] = {"post": _get("End the engine.", _JSON, {"type": "object"})["get"]}
    return {
        "openapi": "3.1.0",
        "info": {"title": "archmem", "version": VERSION},
        "paths": paths,
        "security": [{"token": []}],
        "components": {
            "schemas": {**shared.get("$defs", {}), "ErrorResponse": schemas["refused"]},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


_TEXT: dict[str, Any] = {"type": "string"}


def _call_of(verb: Verb, kind: type[VerbCall]) -> type[VerbCall]:
    """A call whose request is this verb's; it may be left out where all its fields may."""
    is_needed = any(field.is_required() for field in verb.request.model_fields.values())
    request: Any = (verb.request, ... if is_needed else {})
    return create_model(f"{kind.__name__}_{verb.name}", __base__=kind, request=request)


def _post(
    body: Mapping[str, Any], form: str, answer: Mapping[str, Any], about: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "post": {
            **about,
            "parameters": [_OURS, *about.get("parameters", ())],
            "requestBody": {"required": True, "content": {_JSON: {"schema": body}}},
            "responses": _responses(form, answer),
        }
    }


def _get(summary: str, form: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    return {"get": {"summary": summary, "responses": _responses(form, answer)}}


def _responses(form: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    refused = {"schema": {"$ref": _REFS.format(model="ErrorResponse")}}
    return {
        "200": {"description": "Done.", "content": {form: {"schema": answer}}},
        "4XX": {"description": "Not done.", "content": {_JSON: refused}},
    }
