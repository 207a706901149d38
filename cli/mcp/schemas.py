"""Shortens JSON schemas: what costs a reader tokens and tells nothing is taken out.

All tools are listed to a model before it has asked anything, so each byte here is paid for in
every session. References are put in their place, since some clients do not follow them.
"""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_TEXT_OR_TEXTS = {"type": ["string", "array"], "items": _TEXT}
_NOISE = (("minLength", 1), ("additionalProperties", True))
_EMPTY: tuple[Any, ...] = ("", [], {}, False, None)


def input_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a tool's arguments, its defaults kept where they are more than empty."""
    return _slim(_resolved(schema), keep_defaults=True)


def output_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a tool's result: what of it is no plain text, and what is always there."""
    return _texts_as_the_rest(_slim(_resolved(schema), keep_defaults=False))


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


def _slim(schema: dict[str, Any], *, keep_defaults: bool) -> dict[str, Any]:
    """The schema without titles and without what says no more than its absence."""
    slim: dict[str, Any] = {}
    for name, said in schema.items():
        if name == "properties":
            slim[name] = {
                key: _slim(each, keep_defaults=keep_defaults) for key, each in said.items()
            }
        elif name in {"items", "additionalProperties"} and isinstance(said, dict):
            if inner := _slim(said, keep_defaults=keep_defaults):
                slim[name] = inner
        elif name == "default":
            if keep_defaults and said not in _EMPTY:
                slim[name] = said
        elif name != "title" and (name, said) not in _NOISE:
            slim[name] = said
    return slim


def _texts_as_the_rest(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with texts, and lists of them, told by one rule: what is not named is such."""
    if "items" in schema:
        return schema | {"items": _texts_as_the_rest(schema["items"])}
    if "properties" not in schema:
        return schema
    fields = schema["properties"]
    others = {
        name: _texts_as_the_rest(said)
        for name, said in fields.items()
        if said not in (_TEXT, _TEXTS)
    }
    rest = _TEXT_OR_TEXTS if _TEXTS in fields.values() else _TEXT
    return schema | {"properties": others, "additionalProperties": rest}
