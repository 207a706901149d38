"""Reads the JSON object that describes a record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from memory.errors import InvalidRecord

if TYPE_CHECKING:
    from typing import TextIO


def read_object(source: TextIO) -> dict[str, Any]:
    """The one JSON object that a file holds.

    Raises:
        InvalidRecord: it holds something else.
    """
    try:
        said = json.load(source)
    except UnicodeDecodeError as error:
        raise InvalidRecord(f"{source.name} is not UTF-8.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise InvalidRecord(f"{source.name} is not JSON: {error.msg}, {where}.") from error
    except RecursionError as error:
        raise InvalidRecord(f"{source.name} is nested too deeply.") from error
    if not isinstance(said, dict):
        raise InvalidRecord(f"{source.name} should hold one JSON object.")
    return said
