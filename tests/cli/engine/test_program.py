from __future__ import annotations

import os

from cli.engine import lifetime


def test_the_stamp_is_the_same_as_long_as_nothing_changes():
    assert lifetime.program_stamp() == lifetime.program_stamp()


def test_an_edited_file_changes_the_stamp(tmp_path, monkeypatch):
    source = tmp_path / "engine" / "one.py"
    source.parent.mkdir()
    source.write_text("one")
    monkeypatch.setattr(lifetime.cli, "__path__", [str(tmp_path)])
    before = lifetime.program_stamp()

    os.utime(source, (1, 1))

    assert lifetime.program_stamp() != before


def test_what_python_writes_for_itself_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(lifetime.cli, "__path__", [str(tmp_path)])
    before = lifetime.program_stamp()

    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "one.cpython-311.pyc").write_bytes(b"x")

    assert lifetime.program_stamp() == before


def test_a_program_that_is_gone_has_another_stamp(tmp_path, monkeypatch):
    before = lifetime.program_stamp()
    monkeypatch.setattr(lifetime.cli, "__path__", [str(tmp_path / "gone")])

    assert lifetime.program_stamp() != before
