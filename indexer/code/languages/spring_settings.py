"""Settings of Spring: the files of an application that declare what its classes are filled with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.languages import Language, Resolver
from indexer.code.syntax import SourceFile
from memory.code.facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Mapping


class SpringSettings(Language):
    """`application.yml` and its like; what they say is kept only as far as a framework asks."""

    name = "spring settings"
    endings = ()
    files = re.compile(r"(?:^|/)(?:application|bootstrap)(?:-[\w-]{1,99})?\.(?:ya?ml|properties)$")

    def read(self, content: bytes) -> SourceFile:
        """Nothing is defined in them."""
        lines = content.count(b"\n") + (content[-1:] not in {b"", b"\n"})
        return SourceFile(content, None, FileFacts(self.name, lines))

    def resolver(
        self,
        files: Mapping[str, FileFacts],  # noqa: ARG002
        configs: Mapping[str, str],  # noqa: ARG002
    ) -> Resolver:
        """No name of them means anything elsewhere."""
        return Resolver()
