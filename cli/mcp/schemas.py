"""Shortens JSON schemas: what costs a reader tokens and tells nothing is taken out.

All tools are listed to a model before it has asked anything, so each byte here is paid for in
every session. References are put in their place, since some clients do not follow them.
"""

from __future__ import annotations

from typing import Any

_NOISE = (  # what nobody would send otherwise, and is refused in words
    ("minLength", 1),
    ("minItems", 1),
    ("maxLength", 100),
    ("additionalProperties", True),
    ("additionalProperties", False),
)
_EMPTY: tuple[Any, ...] = ("", [], {}, False, None)


def input_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a tool's arguments, its defaults kept where they are more than empty."""
    return _slim(_resolved(schema))


def output_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a tool's result: an object, whose fields tell the rest themselves."""
    return {"type": schema["type"]}


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its definitions, which do not contain themselves, where they are used."""
    definitions = schema.get("$defs", {})

    def resolve(said: Any) -> Any:
        if isinstance(said, list):
            return [resolve(each) for each in said]
        if not isinstance(said, dict):
            return said
        if reference := said.get("$ref"):
            definition = definitions[reference.removeprefix("#/$defs/")]
            # Its description is a docstring for those who read the code.
            plain = {name: each for name, each in definition.items() if name != "description"}
            said = plain | {name: each for name, each in said.items() if name != "$ref"}
        return {name: resolve(each) for name, each in said.items()}

    top = {name: each for name, each in schema.items() if name not in {"$defs", "description"}}
    resolved: dict[str, Any] = resolve(top)
    return resolved


def _slim(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without titles and without what says no more than its absence."""
    slim: dict[str, Any] = {}
    for name, said in schema.items():
        if name == "properties":
            slim[name] = {key: _slim(each) for key, each in said.items()}
        elif name in {"items", "additionalProperties"} and isinstance(said, dict):
            if inner := _slim(said):
                slim[name] = inner
        elif name == "default":
            if said not in _EMPTY:
                slim[name] = said
        elif name != "title" and (name, said) not in _NOISE:
            slim[name] = said
    return slim
