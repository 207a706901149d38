"""What can go wrong between a command and the engine.

ArchMemError
├── RuntimeFolderUnsafe     others could put themselves in the engine's place
├── EngineUnavailable       it could not be started, or gave no proper answer
├── EngineEnding            it was told to stop before it was done
├── EngineOfOtherVersion    it is not of the version of this program
├── EngineWanted            nobody else can do what was asked
├── CannotServe             this process cannot be the engine
└── EngineRefused           it answered with an error of its own
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.errors import ArchMemError

if TYPE_CHECKING:
    from pathlib import Path


class RuntimeFolderUnsafe(ArchMemError):
    """The folder of the engine's socket is not this user's alone, or cannot be had."""

    hint = "Put that right, or name another folder with ARCHMEM_RUNTIME."

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"The engine cannot be reached through {folder}: {reason}.")
        self.folder, self.reason = folder, reason


class EngineUnavailable(ArchMemError):
    """The engine could not be started, or gave no proper answer."""

    hint = "`archmem --no-engine` does without it."

    def __init__(self, reason: str, log: Path) -> None:
        super().__init__(f"The engine {reason}; its log is {log}.")
        self.reason, self.log = reason, log


class EngineEnding(ArchMemError):
    """The engine was told to stop in the midst of what can be begun anew."""

    hint = "Run the command again."

    def __init__(self) -> None:
        super().__init__("The engine was told to stop before this was done.")


class EngineOfOtherVersion(ArchMemError):
    """The engine that runs is not of the version of this program."""

    hint = "Run `archmem stop`, then try again."

    def __init__(self, engine: str, ours: str, *, restarting: bool = False) -> None:
        super().__init__(f"The engine is archmem {engine}, this is archmem {ours}.")
        self.engine, self.ours = engine, ours
        self.restarting = restarting  # it ends by itself, so that the next one may be of ours


class EngineWanted(ArchMemError):
    """What was asked takes an engine, and none was to be used."""

    hint = "Leave out --no-engine and ARCHMEM_ENGINE=0."

    def __init__(self) -> None:
        super().__init__("Only the engine can do that.")


class CannotServe(ArchMemError):
    """This process cannot be the engine."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(f"The engine cannot serve: {reason}.")
        self.hint = hint


class EngineRefused(ArchMemError):
    """The engine answered with an error of its own, whose words these are."""

    def __init__(self, name: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.name = name  # of the error's class over there: "StoreNotFound"
        self.hint = hint
