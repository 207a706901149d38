"""The folder that the engine and its clients share, one for each user, and the locks in it."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
from pathlib import Path
from typing import Any, NamedTuple, Self

from cli.client.errors import RuntimeFolderUnsafe

HAS_UNIX_SOCKETS = hasattr(socket, "AF_UNIX") and os.name != "nt"
LONGEST_SOCKET_PATH = 100  # bytes; the systems allow 104 to 108 with the final zero
_OURS_ALONE = 0o700
_TMP = Path("/tmp")  # noqa: S108  (a folder in it is checked like any other)


class Runtime(NamedTuple):
    """The folder that the engine and its clients share, one for each user."""

    folder: Path  # absolute

    @property
    def socket(self) -> Path:
        """Where the engine listens, on systems that have Unix sockets."""
        return self.folder / "engine.sock"

    @property
    def engine_lock(self) -> Path:
        """Locked by the engine as long as it lives."""
        return self.folder / "engine.lock"

    @property
    def start_lock(self) -> Path:
        """Locked by a client while it starts the engine."""
        return self.folder / "start.lock"

    @property
    def description(self) -> Path:
        """What the engine says of itself once it listens."""
        return self.folder / "engine.json"

    @property
    def log(self) -> Path:
        """Where the engine writes what nobody else is told."""
        return self.folder / "engine.log"

    @property
    def events(self) -> Path:
        """What the running engine logs: lines of JSON, which begin anew in time."""
        return self.folder / "engine.jsonl"


class EngineEndpoint(NamedTuple):
    """How the engine is reached: by a Unix socket, or by a port of this machine with a token."""

    socket: str | None
    port: int | None = None
    token: str | None = None


def find_runtime() -> Runtime:
    """The runtime folder that the environment names; it may not exist yet.

    Raises:
        RuntimeFolderUnsafe: it is there, but not this user's alone.
    """
    runtime = _named_runtime()
    _check(runtime.folder)
    return runtime


def ensure_runtime() -> Runtime:
    """The runtime folder; afterwards it exists, and is this user's alone.

    Raises:
        RuntimeFolderUnsafe: it cannot be made, or is there and not this user's alone.
    """
    runtime = _named_runtime()
    try:
        runtime.folder.parent.mkdir(parents=True, exist_ok=True)
        runtime.folder.mkdir(mode=_OURS_ALONE, exist_ok=True)
    except OSError as error:
        raise RuntimeFolderUnsafe(runtime.folder, error.strerror or str(error)) from error
    _check(runtime.folder)
    return runtime


def find_address(runtime: Runtime) -> EngineEndpoint | None:
    """Where the engine listens, or listened when it was killed; None if nowhere."""
    if HAS_UNIX_SOCKETS and runtime.socket.exists():
        return EngineEndpoint(str(runtime.socket))
    said = find_description(runtime)
    if said and isinstance(said.get("port"), int):
        return EngineEndpoint(None, said["port"], str(said.get("token") or ""))
    return None


def find_description(runtime: Runtime) -> dict[str, Any] | None:
    """What the engine said of itself when it began; None if nothing can be read."""
    try:
        said = json.loads(runtime.description.read_bytes())
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def _named_runtime() -> Runtime:
    """The folder by its name; one whose sockets no system could name is replaced by a short one."""
    folder = _named_folder()
    if not HAS_UNIX_SOCKETS or _is_short(folder):
        return Runtime(folder)
    from hashlib import blake2b

    digest = blake2b(os.fsencode(folder), digest_size=4).hexdigest()
    name = f"archmem-{os.getuid()}-{digest}"
    for parent in (_temporary(), _TMP):
        if _is_short(parent / name):
            return Runtime(parent / name)
    raise RuntimeFolderUnsafe(folder, "the path is too long for a socket")


def _named_folder() -> Path:
    if named := os.environ.get("ARCHMEM_RUNTIME"):
        return Path(named).expanduser().absolute()
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "archmem" / "run"
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    if session and _is_ours(session):  # after `sudo` it is still that of who called it
        return Path(session) / "archmem"
    return _temporary() / f"archmem-{os.getuid()}"


def _temporary() -> Path:
    # What tempfile.gettempdir() says but for odd systems; importing tempfile takes 6 ms.
    named = (os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP"))
    return next((Path(path).absolute() for path in named if path and Path(path).is_dir()), _TMP)


def _is_short(folder: Path) -> bool:
    return len(os.fsencode(Runtime(folder).socket)) <= LONGEST_SOCKET_PATH


def _is_ours(folder: str) -> bool:
    try:
        return Path(folder).stat().st_uid == os.getuid()
    except OSError:
        return False


def _check(folder: Path) -> None:
    """Who could write in the folder could listen in the engine's place."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise RuntimeFolderUnsafe(folder, error.strerror or str(error)) from error
    if not stat.S_ISDIR(found.st_mode):
        raise RuntimeFolderUnsafe(folder, "it is not a folder")
    if os.name == "nt":  # what lies in %LOCALAPPDATA% is the user's by inheritance
        return
    if found.st_uid != os.getuid():
        raise RuntimeFolderUnsafe(folder, "it belongs to another user")
    mode = stat.S_IMODE(found.st_mode)
    if mode & ~_OURS_ALONE:
        raise RuntimeFolderUnsafe(folder, f"it is open to others, its mode is {mode:04o}")


if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FileLock:
    """A lock on a file, held by one process at a time; the file stays."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def acquire(self) -> bool:
        """Take the lock if nobody has it; returns whether it is held now. It never waits.

        Raises:
            OSError: the file cannot be made, or cannot be locked here.
        """
        if self._file is not None:
            return True
        # Not inheritable, as Python opens files: a program started meanwhile does not hold it.
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(file)
        except (BlockingIOError, PermissionError):  # what Windows says is the second
            os.close(file)
            return False
        except OSError:
            os.close(file)
            raise
        self._file = file
        return True

    @property
    def is_in_place(self) -> bool:
        """Whether it is held, by the file that others see at its path."""
        if self._file is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._file), self._path.stat())
        except OSError:
            return False

    def release(self) -> None:
        """Let others have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock of this file; it is taken for an instant to find out."""
    if not path.exists():
        return True
    with FileLock(path) as lock:
        return lock.acquire()


def _lock(file: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
