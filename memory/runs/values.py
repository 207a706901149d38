"""Reads texts out of JSON values, and loses nothing of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.errors import InvalidResult

if TYPE_CHECKING:
    from pydantic import JsonValue


def as_text(name: str, value: JsonValue) -> str:
    """A field in words; the items of a list with semicolons between.

    Raises:
        InvalidResult: it is something else.
    """
    if isinstance(value, list):
        return "; ".join(as_texts(name, value))
    if isinstance(value, dict | bool) or value is None:
        found = "an object" if isinstance(value, dict) else "true or false"
        raise InvalidResult(f"{name}: should be a text, and is {found}.")
    return str(value).strip()


def as_texts(name: str, value: JsonValue) -> tuple[str, ...]:
    """A list of texts, empty ones left out; a single text counts as a list of one.

    Raises:
        InvalidResult: it is something else.
    """
    if isinstance(value, bool):
        raise InvalidResult(f"{name}: should be a list of texts.")
    items = value if isinstance(value, list) else [value]
    return tuple(said for item in items if (said := in_words(item)))


def in_words(value: JsonValue) -> str:
    """A value in words; nothing of it is left out."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {in_words(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(in_words(inner) for inner in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip()


def ensure_storable(value: JsonValue) -> None:
    """Return when every text in a value can be kept in a file.

    Raises:
        InvalidResult: one has a character that no text file can hold.
    """
    if isinstance(value, str):
        if "\0" in value:
            raise InvalidResult("There is a NUL character in it.")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise InvalidResult(f"There is half a character in it: {value[:40]!a}.") from error
    elif isinstance(value, dict):
        for name, inner in value.items():
            ensure_storable(name)
            ensure_storable(inner)
    elif isinstance(value, list):
        for inner in value:
            ensure_storable(inner)
