"""What is written here can be checked out on any system, and what is read may come from one."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.code.coverage_reports import _own
from indexer.code.sarif_reader import _path
from indexer.formats.registry import format_for
from indexer.reading import document_of
from indexer.scanner import scan
from indexer.source_paths import path_from
from indexer.writers.place import folder_name

SAMPLE = Path(__file__).parents[2] / "data/sample"
RECORDS = [one for one in SAMPLE.rglob("*.*") if format_for(PurePosixPath(one.relative_to(SAMPLE)))]
NAMES = st.text(max_size=300) | st.sampled_from(
    [
        "CON",
        "nul.txt",
        "com¹",
        "LPT³.log",
        "aux ",
        "name.",
        "漢" * 99,
        "a" * 99 + ".b",
        "../x",
        "C:",
    ]
)
PARTS = st.lists(st.from_regex(r"[A-Za-z0-9_é]{1,8}(\.[a-z]{1,3})?", fullmatch=True), min_size=1)
DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"
}


@pytest.mark.slow
@given(NAMES)
def test_a_folder_for_an_agent_or_a_module_is_one_folder_everywhere(name):
    folder = folder_name(name)

    if folder:
        assert PureWindowsPath(folder).parts == PurePosixPath(folder).parts == (folder,)
        assert folder.partition(".")[0] not in DEVICES
        assert not folder.endswith((".", " "))
        assert not set(folder) & set('<>:"/\\|?*') | {c for c in folder if ord(c) < 32}
        assert len(folder.encode()) <= 100
        assert folder_name(folder) == folder


@given(NAMES)
@example("Zahlungé")
def test_names_that_a_system_may_take_for_one_are_one(name):
    forms = [unicodedata.normalize(form, name) for form in ("NFC", "NFD")]

    assert len({folder_name(each) for each in forms}) == 1
    assert len({folder_name(each) for each in (name, name.lower())}) == 1


@pytest.mark.slow
@given(st.sampled_from([PurePosixPath("/srv/shop"), PureWindowsPath(r"C:\Users\dana\shop")]), PARTS)
def test_a_place_is_told_from_the_root_with_forward_slashes(root, parts):
    assert path_from(root, root.joinpath(*parts)) == "/".join(parts)
    assert path_from(root, root.parent / "else") is None


def test_on_windows_a_root_is_the_same_in_other_case():
    assert path_from(PureWindowsPath("C:/Shop"), PureWindowsPath(r"c:\shop\Src\a.py")) == "Src/a.py"


@pytest.mark.slow
@given(PARTS)
def test_reports_that_were_made_on_windows_tell_places_here(parts):
    path = "/".join(parts)
    said = "\\".join(["C:", "agent", "shop", *parts])

    assert _own(said.replace("\\", "/"), "C:/agent/shop/", {parts[-1]: [path]}) == path
    assert _path(PureWindowsPath(r"C:\agent\shop"), f"file:///C:/agent/shop/{path}") == path
    assert _path(PurePosixPath("/srv/shop"), "\\".join(parts)) == path


@pytest.mark.parametrize("uri", ["file:///D:/other/a.py", r"D:\other\a.py", "/etc/a.py", "../a.py"])
def test_a_place_outside_of_the_project_is_none(uri):
    assert _path(PurePosixPath("/srv/shop"), uri) == ""


@pytest.mark.parametrize("names", [("0001-Queue.md", "0001-queue.md"), ("é.md", "é.md")])
def test_files_that_another_system_takes_for_one_are_each_found_where_there_are_two(
    tmp_path, names
):
    names = (names[0], unicodedata.normalize("NFD", names[1]))
    for name in names:
        (tmp_path / name).write_text("# One\n", encoding="utf-8")
    there = {file.name for file in tmp_path.iterdir()}

    assert {seen.path for seen in scan(tmp_path, lambda _: True).files} == there


@pytest.mark.parametrize("file", RECORDS, ids=lambda file: file.name)
def test_line_ends_of_windows_say_the_same(file):
    path, raw = file.relative_to(SAMPLE).as_posix(), file.read_bytes()
    form = format_for(PurePosixPath(path))

    here, there = (document_of(path, each) for each in (raw, raw.replace(b"\n", b"\r\n")))

    assert form.parse(there) == form.parse(here)
