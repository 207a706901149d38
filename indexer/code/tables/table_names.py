"""How frameworks call a table or column that is named by a class or a property alone."""

from __future__ import annotations

import re

_ODD = {"person": "people", "child": "children", "man": "men", "woman": "women", "foot": "feet"}
_ODD |= {"medium": "media", "criterion": "criteria", "datum": "data", "index": "indices"}


def of_laravel(name: str) -> str:
    """`App\\\\Models\\\\OrderLine` as `order_line`, `APIKey` as `a_p_i_key`: `Str::snake`."""
    return re.sub(r"(.)(?=[A-Z])", r"\1_", name.rpartition("\\")[2]).lower()


def of_spring(name: str) -> str:
    """`orderLine` as `order_line`, `userID` as `userid`: `CamelCaseToUnderscoresNamingStrategy`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z0-9])", "_", name).lower()


def of_typeorm(name: str) -> str:
    """`OrderLine` as `order_line`, `APIKey` as `api_key`: `snakeCase` of its `StringUtils`."""
    parted = re.sub(r"([A-Z])([A-Z])([a-z])", r"\1_\2\3", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", parted).lower()


def plurals(name: str) -> list[str]:
    """How several of it may be called, the likeliest first: `person`, `category`, `sheep`."""
    stem, _, last = name.rpartition("_")
    before = f"{stem}_" if stem else ""
    regular = f"{last}s"
    if re.search(r"(?:s|x|z|ch|sh)$", last):
        regular = f"{last}es"
    elif re.search(r"[^aeiou]y$", last):
        regular = f"{last[:-1]}ies"
    found = [_ODD[last]] if last in _ODD else []
    if re.search(r"(?:f|fe)$", last):
        found.append(re.sub(r"fe?$", "ves", last))
    return [before + one for one in (*found, regular, f"{last}s", f"{last}es", last)]
