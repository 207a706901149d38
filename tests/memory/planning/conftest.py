"""The code bases of `tests.memory.code`."""

from tests.memory.code.conftest import code

__all__ = ["code"]
