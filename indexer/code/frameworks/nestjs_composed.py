"""Decorators of NestJS that a function of the project puts together from others."""

from __future__ import annotations

import re
from typing import Any

KEYS = re.compile(r"SetMetadata\(\s*([\w.]+|'[^']*'|\"[^\"]*\")")
#: What is put into a list under one condition: `if (secured) all.push(Auth());`
_CONDITION = re.compile(
    r"\bif\s*+\(\s*+(!?)(\w++)\s*+\)\s*+\{?\s*+(?:\w++\.push\(([^;]{0,999}?)\);?)\s*+\}?"
)
_PARAMETERS = re.compile(r"\b(\w++)\??\s*+(?::[^,=]+)?(?:=\s*([^,]+))?(?:,|$)")
_APPLIED = re.compile(r"\bapplyDecorators\(((?:[^()]|\([^()]*\))*)\)")
_BARE = re.compile(r"(?:^|,)\s*([a-zA-Z_]\w*)\s*(?=,|$)")
_COMMAS = re.compile(r",(?![^(\[{]{0,499}[)\]}])")
_NAME = re.compile(r"(?<![.\w'\"`])(\w+)(?![\w'\"`(])")
_CALL = re.compile(r"(?<![.\w])([A-Z]\w*)\(")


def composed(said: str) -> dict[str, Any]:
    """What a function that makes a decorator puts together: guards, metadata, other decorators."""
    before = said.partition("{")[0]
    is_function = "function" in before or "=>" in before
    head, _, body = said.partition("=>" if "=>" in before else "{" if is_function else "=")
    listed = re.search(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)", head)
    parameters = _PARAMETERS.findall(listed[1] if listed and is_function else "")
    under = [[name, not sign, pushed.strip()] for sign, name, pushed in _CONDITION.findall(body)]
    rest = _CONDITION.sub("", body)
    guards, is_given = _spread(given_guards(rest), rest)
    return {
        "guards": guards,
        "is_given": is_given,  # whether what it is called with may replace them
        "keys": KEYS.findall(rest),
        "calls": [one for one in calls(rest) if not one.startswith(("UseGuards(", "SetMetadata("))]
        + [f"{name}()" for one in _APPLIED.findall(rest) for name in _BARE.findall(one)],
        "parameters": [[name, default.strip()] for name, default in parameters],
        "under": under,
        "is_plain": not re.search(r"\bif\s*\(|\?[^.:?]", rest),
    }


def _spread(guards: list[str], body: str) -> tuple[list[str], bool]:
    """Guards, with `...options.guards` as the list that the function itself puts there."""
    found: list[str] = []
    is_given = False
    for one in guards:
        listed = re.search(rf"\b{one.rpartition('.')[2]}:\s*\[([^\]]{{0,999}})\]", body)
        if one.startswith("...") and listed:
            found += [each.strip() for each in listed[1].split(",") if each.strip()]
            is_given = True
        else:
            found.append(one)
    return found, is_given


def calls(said: str) -> list[str]:
    """The calls of names with a capital, as they are written, the inner ones left out."""
    found, end = [], 0
    for one in _CALL.finditer(said):
        if one.start() < end:
            continue
        depth, end = 1, one.end()
        while depth and end < len(said):
            depth += (said[end] in "([{") - (said[end] in ")]}")
            end += 1
        found.append(" ".join(said[one.start() : end].split()))
    return found


def as_called(data: dict[str, Any], said: str) -> dict[str, Any]:
    """What a decorator is made of where it is called so: parameters and conditions put in."""
    inner = said.partition("(")[2][:-1]
    given = [" ".join(one.split()) for one in _COMMAS.split(inner)] if inner else []
    values = {
        name: (given[index] if index < len(given) else default)
        for index, (name, default) in enumerate(data["parameters"])
    }

    def put(text: str) -> str:
        return _NAME.sub(lambda one: values.get(one[1]) or one[1], text)

    found = data | {one: [put(each) for each in data[one]] for one in ("guards", "calls", "keys")}
    if data["is_given"] and given:
        found["is_plain"] = False
    for name, wanted, pushed in data["under"]:
        value = values.get(name, "")
        is_told = value in {"true", "false"}
        if not is_told or (value == "true") == wanted:
            found["calls"] += calls(put(pushed))
            found["guards"] += given_guards(pushed)
        found["is_plain"] = found["is_plain"] and is_told
    return found


def given_guards(said: str) -> list[str]:
    """What is given to each `UseGuards` in a text."""
    found = []
    for start in (one.end() for one in re.finditer(r"\bUseGuards\(", said)):
        depth, current = 1, ""
        for letter in said[start:]:
            depth += (letter in "([{") - (letter in ")]}")
            if depth == 0 or (letter == "," and depth == 1):
                found.append(" ".join(current.split()))
                current = ""
            else:
                current += letter
            if depth == 0:
                break
    return [one for one in found if one]
