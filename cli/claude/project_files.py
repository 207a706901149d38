"""Reads and writes files of a project as text; nothing is written that nobody has seen."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cli.claude.strict_json import LeftAlone
from indexer.writers.files import write_file
from memory.errors import FileChangedMeanwhile, FileNotWritable

if TYPE_CHECKING:
    from pathlib import Path

    from cli.claude.plans import FileChange


def read_project_file(root: Path, path: str) -> str | None:
    """The text of a file, line ends as they are; None if there is no file.

    Raises:
        LeftAlone: It lies outside of the project, is no file, or cannot be read as UTF-8.
    """
    file = root / path
    if not file.resolve().is_relative_to(root.resolve()):
        raise LeftAlone("it is a link to something outside of the project")
    try:
        if file.exists() and not file.is_file():
            raise LeftAlone("it is not a file")
        return file.read_bytes().decode()
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise LeftAlone("a file stands where its folder should be") from None
    except UnicodeDecodeError as error:
        raise LeftAlone(f"byte {error.start} is not UTF-8") from None
    except OSError as error:
        raise LeftAlone(f"it cannot be read: {error.strerror}") from None


def carry_out(root: Path, change: FileChange) -> None:
    """Afterwards the file is as planned: the whole of it, with its mode, or nothing of it.

    Raises:
        LeftAlone: It is not what it was when the change was planned, or cannot be written.
    """
    try:
        if change.after is None:
            _delete(root, change)
        else:
            write_file(root, change.path, lambda text: _replace(text, change))
    except FileChangedMeanwhile:
        raise LeftAlone("it changed meanwhile; run the command again") from None
    except FileNotWritable as error:
        raise LeftAlone(error.reason) from None
    except OSError as error:
        raise LeftAlone(f"it cannot be written: {error.strerror}") from None


def _replace(text: str | None, change: FileChange) -> str:
    if text != change.before or change.after is None:
        raise FileChangedMeanwhile(change.path)
    return change.after


def _delete(root: Path, change: FileChange) -> None:
    """Delete a file, and the folders in which it was the last."""
    file = root / change.path
    if file.is_symlink():
        raise FileNotWritable(change.path, "it is a link, and nothing is left behind it")
    if read_project_file(root, change.path) != change.before:
        raise FileChangedMeanwhile(change.path)
    file.unlink()
    for folder in file.parents:
        if folder == root:
            break
        with contextlib.suppress(OSError):
            folder.rmdir()
