"""Where a project's memory lies, and the few things about it that can be set."""

from __future__ import annotations

import difflib
import os
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from memory.errors import ConfigInvalid, StoreHasLink, StoreHasPipe, StoreNotWritable
from memory.texts.plain_file import read_plain_text
from memory.texts.toml_text import LONGEST, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic_core import ErrorDetails

SETTINGS_FILE = "archmem.toml"
STORE_FOLDER = ".archmem"


class Exemption(BaseModel):
    """A finding of an audit that the project lives with."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    finding: str = Field(min_length=1)  # its id
    reason: str = Field(min_length=1)
    until: date  # the last day


class Settings(BaseModel):
    """What a project, or a user through the environment, may set."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    model: str | None = None  # a folder or a name in the hub's cache; None is the built-in one
    precision: Literal["fp32", "int8"] = "fp32"
    record_folders: tuple[str, ...] = ()  # folders of decision records beside the usual ones
    modules: dict[str, tuple[str, ...]] = Field({})  # their folders, by name; none for its own
    ignore: tuple[str, ...] = ()  # patterns as in .gitignore
    claude_auto_memory: bool | str = False  # whether Claude Code's own is read, or its folder
    exemptions: tuple[Exemption, ...] = ()  # findings of audits that are lived with
    history_limit: int = Field(1_000, ge=0)  # refactorings that a first look at git's history keeps

    @field_validator("modules", mode="before")
    @classmethod
    def _by_name(cls, said: object) -> object:
        """A list of names, or a table of names with a folder or several."""
        if isinstance(said, list) and all(isinstance(one, str) for one in said):
            return dict.fromkeys(said, ())
        if isinstance(said, dict):
            return {
                name: (folders,) if isinstance(folders, str) else folders
                for name, folders in said.items()
            }
        return said

    def with_model_of(self, other: Settings) -> Settings:
        """The same but for the model: what one store holds is embedded by one."""
        return self.model_copy(update={"model": other.model, "precision": other.precision})


def load_settings(root: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The project's `archmem.toml`, with `ARCHMEM_MODEL` and `ARCHMEM_PRECISION` above it.

    A model's folder is meant relative to the file that names it, whoever runs archmem where.

    Args:
        root: The worktree.
        environment: Where the variables stand; a server has those of whoever asks it.

    Raises:
        ConfigInvalid: the file is not TOML, or sets something that there is not.
    """
    path = root / SETTINGS_FILE
    said = _read(path)
    model = said.get("model")
    if isinstance(model, str) and model and (root / model).is_dir():
        said["model"] = str(root / model)
    places = dict.fromkeys(said, str(path))
    for name in ("model", "precision"):
        variable = f"ARCHMEM_{name.upper()}"
        if value := environment.get(variable):
            said[name], places[name] = value, variable
    try:
        return Settings.model_validate(said)
    except ValidationError as error:
        wrong = {str(one["loc"][0]): one for one in reversed(error.errors())}
        place = places.get(next(iter(wrong)), str(path)) if len(wrong) == 1 else str(path)
        raise ConfigInvalid(place, "; ".join(_refused(wrong.values()))) from error


#: How a value of each setting is written, where it is no number and no choice.
_EXAMPLES = {
    "model": '"models/small"',
    "record_folders": '["docs/adr"]',
    "modules": '["payments"], or a table with the folders of each',
    "ignore": '["drafts/"]',
    "exemptions": '[{finding = "…", reason = "…", until = 2030-01-31}]',
    "claude_auto_memory": "true, or a folder in quotes",
}


def _refused(errors: Iterable[ErrorDetails]) -> Iterator[str]:
    """What is wrong with settings, each in words that say what to write."""
    for error in errors:
        name = str(error["loc"][0])
        if error["type"] == "extra_forbidden":
            known = sorted(Settings.model_fields)
            alike = difflib.get_close_matches(name.replace("-", "_"), known, n=2, cutoff=0.75)
            meant = f"perhaps {' or '.join(alike)}" if alike else f"there are {', '.join(known)}"
            yield f"there is no setting {name!r}; {meant}"
        elif name in _EXAMPLES:
            yield f"{name} cannot be {error['input']!r:.80}; write {name} = {_EXAMPLES[name]}"
        else:
            yield f"{name} cannot be {error['input']!r:.80}: {error['msg'].lower()}"


def _read(path: Path) -> dict[str, Any]:
    try:
        return read_toml(read_plain_text(path, LONGEST))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ConfigInvalid(str(path), str(error)) from error
    except OSError as error:
        raise ConfigInvalid(str(path), f"cannot be read: {error.strerror}") from error


def store_folder(main_worktree: Path, named: Path | None = None) -> Path:
    """Where the memory of a project lies: as named, by `ARCHMEM_STORE`, or at its root."""
    if named is not None:
        return named
    if value := os.environ.get("ARCHMEM_STORE"):
        return Path(value).expanduser()
    return main_worktree / STORE_FOLDER


def ensure_store_folder(folder: Path) -> None:
    """Afterwards the folder exists, and git does not see it.

    Raises:
        StoreNotWritable: it cannot be made.
        StoreHasLink, StoreHasPipe: something in it is no file.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # others may read the project
        ensure_plain(folder)
        is_our_name = folder.name == STORE_FOLDER and not folder.is_symlink()
        if is_our_name and folder.stat().st_mode & 0o077 and os.name != "nt":
            folder.chmod(0o700)  # made by somebody else, as by a copy
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise StoreNotWritable(folder, error.strerror or str(error)) from error


def ensure_plain(folder: Path) -> None:
    """Return when a store has files and folders in it, and nothing else that an archive may bring.

    Raises:
        StoreHasLink: something is a link.
        StoreHasPipe: something is a FIFO or the like, which whoever opens it would wait for.
        OSError: it cannot be looked at.
    """
    left: list[str | Path] = [folder]
    while left:
        one = left.pop()
        with suppress(FileNotFoundError), os.scandir(one) as found:  # another process took it away
            for entry in found:
                if entry.is_symlink():
                    raise StoreHasLink(Path(entry.path))
                if entry.is_dir():
                    left.append(entry.path)
                elif not entry.is_file() and os.path.lexists(entry.path):
                    raise StoreHasPipe(Path(entry.path))


def state_folder() -> Path:
    """What archmem remembers for this user beyond a process; `ARCHMEM_STATE` moves it."""
    if named := os.environ.get("ARCHMEM_STATE"):
        return Path(named).expanduser().absolute()
    from platformdirs import user_state_path

    return user_state_path("archmem")


def ensure_private(folder: Path) -> None:
    """Afterwards the folder is there; those that were made for it are the user's alone.

    Raises:
        OSError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except FileNotFoundError:
        ensure_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def data_folder() -> Path:
    """What ships with archmem as data: inside the installed package, or beside the checkout's."""
    here = Path(__file__).parent
    installed = here / "_data"
    return installed if installed.is_dir() else here.parent / "data"
