"""Django: which files of patterns are served, by the settings that name them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory.code.testing import is_test

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject

NOT_REACHED = "nothing that ROOT_URLCONF names includes it"


class UrlRoots:
    """What ROOT_URLCONF and its like name: `PUBLIC_SCHEMA_URLCONF`, several settings."""

    def __init__(self, project: CodeProject) -> None:
        self._roots = {
            project.module(path, mark.name)
            for path, mark in project.marks("django", "root")
            if not is_test(path)
        }
        self._taken = _imported(project) if self._roots else set()

    def __contains__(self, path: str) -> bool:
        """Whether a setting names the file; a test may include it all the same."""
        return path in self._roots

    def serve(self, path: str) -> bool:
        """Whether a file is a root, or some other takes its lists; True if no root is known."""
        is_known = bool(self._roots) and all(self._roots)
        return not is_known or path in self._roots or path in self._taken


def _imported(project: CodeProject) -> set[str]:
    """The files of patterns from which others take something by a name."""
    return {
        place.path
        for path, facts in project.files.items()
        if not is_test(path)
        for one in facts.imports
        if re.search("url|pattern", f"{one.target} {one.names}")
        for name in one.local
        if (place := project.locate(path, name)) and place.path != path
    }
