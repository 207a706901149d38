"""Settings of Spring: the files of an application that declare what its classes are filled with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.languages import Language

if TYPE_CHECKING:
    from indexer.code.syntax import SourceFile


class SpringSettings(Language):
    """`application.yml` and its like, and Sureness's rules.

    What they say is kept only as far as a framework asks.
    """

    name = "spring settings"
    endings = ()
    files = re.compile(
        r"(?:^|/)(?:(?:application|bootstrap)(?:-[\w-]{1,99})?\.(?:ya?ml|properties)"
        r"|src/main/resources/sureness\.ya?ml)$"
    )

    def read(self, content: bytes) -> SourceFile:
        """Nothing is defined in them."""
        return self.opened(content)
