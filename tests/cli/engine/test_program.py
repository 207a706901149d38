from __future__ import annotations

import os

from cli.engine import program


def test_the_stamp_is_the_same_as_long_as_nothing_changes():
    assert program.program_stamp() == program.program_stamp()


def test_an_edited_file_changes_the_stamp(tmp_path, monkeypatch):
    source = tmp_path / "engine" / "one.py"
    source.parent.mkdir()
    source.write_text("one")
    monkeypatch.setattr(program.cli, "__path__", [str(tmp_path)])
    before = program.program_stamp()

    os.utime(source, (1, 1))

    assert program.program_stamp() != before


def test_what_python_writes_for_itself_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(program.cli, "__path__", [str(tmp_path)])
    before = program.program_stamp()

    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "one.cpython-311.pyc").write_bytes(b"x")

    assert program.program_stamp() == before


def test_a_program_that_is_gone_has_another_stamp(tmp_path, monkeypatch):
    before = program.program_stamp()
    monkeypatch.setattr(program.cli, "__path__", [str(tmp_path / "gone")])

    assert program.program_stamp() != before
