"""A module of the project: a part of it that people name, and how we know of it."""

from __future__ import annotations

from enum import StrEnum

from memory.models.value import Value


class ModuleSource(StrEnum):
    """Why we take something for a module; the order is from most to least certain."""

    DECLARED = "declared"  # in archmem.toml
    RECORDED = "recorded"  # a record, note or flag names it as what it concerns
    AGENT = "agent"  # an agent's definition says that it owns it
    FOLDER = "folder"  # code lies in a folder of this name


class Module(Value):
    """One module, however many say that there is it."""

    name: str  # as it is spelled by the most certain source
    sources: tuple[ModuleSource, ...]
