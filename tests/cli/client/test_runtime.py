from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from cli.client import runtime as runtime_module
from cli.client.errors import RuntimeFolderUnsafe
from cli.client.runtime import (
    EngineEndpoint,
    Runtime,
    ensure_runtime,
    find_address,
    find_description,
    find_runtime,
)


def test_the_folder_is_the_one_that_is_named(folder, monkeypatch):
    monkeypatch.setenv("ARCHMEM_RUNTIME", str(folder / "a" / "b"))

    assert ensure_runtime().folder == folder / "a" / "b"


def test_a_folder_named_from_here_is_meant_from_here(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ARCHMEM_RUNTIME", "run")

    assert find_runtime().folder == folder / "run"


def test_else_it_lies_where_the_session_keeps_its_sockets(folder, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))

    assert find_runtime().folder == folder / "archmem"


@pytest.mark.posix
def test_the_session_of_who_called_sudo_is_not_ours(folder, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(runtime_module.os, "getuid", lambda: 12345)

    assert find_runtime().folder == folder / "archmem-12345"


@pytest.mark.posix
def test_else_it_lies_among_temporary_files(folder, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder / "gone"))
    monkeypatch.setenv("TMPDIR", str(folder / "gone"))
    monkeypatch.setenv("TMP", str(folder))

    assert find_runtime().folder == folder / f"archmem-{os.getuid()}"


def test_looking_makes_nothing(folder, monkeypatch):
    monkeypatch.setenv("ARCHMEM_RUNTIME", str(folder / "run"))

    assert find_address(find_runtime()) is None
    assert not (folder / "run").exists()


@pytest.mark.posix
def test_a_folder_that_is_made_is_ours_alone(runtime):
    assert stat.S_IMODE(runtime.folder.stat().st_mode) == 0o700
    assert ensure_runtime() == runtime


@pytest.mark.posix
@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701])
@pytest.mark.parametrize("get", [find_runtime, ensure_runtime])
def test_a_folder_that_is_open_to_others_is_refused(runtime, mode, get):
    runtime.folder.chmod(mode)

    with pytest.raises(RuntimeFolderUnsafe, match=f"{runtime.folder}: .* its mode is 0{mode:o}"):
        get()


@pytest.mark.posix
def test_a_folder_of_another_user_is_refused(runtime, monkeypatch):
    monkeypatch.setattr(runtime_module.os, "getuid", lambda: 12345)

    with pytest.raises(RuntimeFolderUnsafe, match="belongs to another user"):
        find_runtime()


def test_a_link_is_refused_wherever_it_leads(folder, monkeypatch):
    (folder / "real").mkdir(mode=0o700)
    (folder / "link").symlink_to("real")
    monkeypatch.setenv("ARCHMEM_RUNTIME", str(folder / "link"))

    with pytest.raises(RuntimeFolderUnsafe, match="not a folder"):
        ensure_runtime()


def test_a_folder_that_cannot_be_made_is_refused(folder, monkeypatch):
    (folder / "file").touch()
    monkeypatch.setenv("ARCHMEM_RUNTIME", str(folder / "file" / "a" / "run"))

    with pytest.raises(RuntimeFolderUnsafe, match="Not a directory"):
        ensure_runtime()


@pytest.mark.posix
def test_a_path_too_long_for_a_socket_is_replaced_by_a_short_one(folder, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(folder))
    named = set()
    for letter in "ab":
        monkeypatch.setenv("ARCHMEM_RUNTIME", f"/{letter * 90}")
        named.add(ensure_runtime())

    assert len(named) == 2
    for runtime in named:
        assert runtime.folder.parent == folder
        assert len(os.fsencode(runtime.socket)) <= runtime_module.LONGEST_SOCKET_PATH


@pytest.mark.posix
def test_the_engine_finds_the_short_folder_by_its_own_name(folder, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("ARCHMEM_RUNTIME", "/" + "a" * 90)
    runtime = ensure_runtime()

    monkeypatch.setenv("ARCHMEM_RUNTIME", str(runtime.folder))

    assert find_runtime() == runtime


@pytest.mark.posix
def test_a_long_folder_for_temporary_files_is_passed_over(folder, monkeypatch):
    long = folder / ("t" * 90)
    long.mkdir()
    monkeypatch.setenv("TMPDIR", str(long))

    assert find_runtime().folder.parent == Path("/tmp")


def test_an_engine_without_a_socket_is_reached_by_its_port(runtime):
    runtime.description.write_text('{"port": 4711, "token": "secret", "pid": 1}')

    assert find_address(runtime) == EngineEndpoint(None, 4711, "secret")


@pytest.mark.posix
def test_a_socket_is_better_than_a_port(runtime):
    runtime.description.write_text('{"port": 4711, "token": "secret", "pid": 1}')
    runtime.socket.touch()

    assert find_address(runtime) == EngineEndpoint(str(runtime.socket))


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b'{"pid": 1}', b'{"port": null}'])
def test_an_unreadable_description_leads_nowhere(runtime, text):
    runtime.description.write_bytes(text)

    assert find_address(runtime) is None


def test_without_a_description_nothing_is_said(folder):
    assert find_description(Runtime(folder)) is None
