"""Where the project is at home: who publishes it says so once, in pyproject.toml.

    [project]
    authors = [{name = "WHO"}]
    [project.urls]
    Repository = "https://github.com/ACCOUNT/NAME"

    python packaging/project_home.py    # ends with 1 while nobody has, and so does `make release`

From there the registry of MCP servers has its name, the plugin its author, and wheels their links.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
#: Below a domain that is nobody's and never will be (RFC 2606), so that no account is claimed.
NOBODYS = "invalid.archmem/archmem"
# An account is spelled as its owner does: the registry tells `io.github.Me` from `io.github.me`.
_ON_GITHUB = re.compile(r"https://github\.com/(?P<account>[A-Za-z0-9-]+)/[\w.-]+")


def project() -> dict[str, Any]:
    """The table `project` of the checkout's pyproject.toml."""
    said: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    return said["project"]


def repository(said: dict[str, Any]) -> str | None:
    """The address of the source, if it is known."""
    url: str | None = said.get("urls", {}).get("Repository")
    return url


def registry_name(said: dict[str, Any]) -> str:
    """What the registry of MCP servers calls it: below the account that it lets publish it."""
    found = _ON_GITHUB.fullmatch(repository(said) or "")
    return f"io.github.{found['account']}/archmem" if found else NOBODYS


def owner(said: dict[str, Any]) -> dict[str, str]:
    """Who made it, as the plugin and its marketplace say."""
    named: list[dict[str, str]] = said.get("authors", [])
    return {"name": named[0]["name"] if named else "The archmem authors"}


def readme(said: dict[str, Any]) -> str:
    """That of the wheels: the registry looks in it for the name that a package goes by."""
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    return f"{text}\n<!-- mcp-name: {registry_name(said)} -->\n"


def missing(said: dict[str, Any]) -> list[str]:
    """What a release would be without."""
    wanted = {
        'authors, such as [{name = "WHO"}] under [project]': bool(said.get("authors")),
        'Repository = "https://github.com/ACCOUNT/NAME" under [project.urls]': (
            registry_name(said) != NOBODYS
        ),
    }
    return [one for one, is_there in wanted.items() if not is_there]


if __name__ == "__main__":
    if lacks := missing(project()):
        sys.exit("Not to be released: pyproject.toml does not say\n  " + "\n  ".join(lacks))
