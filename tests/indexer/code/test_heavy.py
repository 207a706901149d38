"""A file that would take for ever is named, and all others are read."""

from __future__ import annotations

import pytest

from indexer.code.project_code import CodeProject, assemble
from indexer.code.registry import read_file


@pytest.mark.slow
@pytest.mark.parametrize("size", [20_000, 300_000], ids=["here", "in the other process"])
def test_a_file_whose_text_is_one_error_is_named_and_the_rest_is_read(size):
    deep = read_file("java", b"class Deep { int x = " + b"(" * size + b"1;\n}\n")
    plain = read_file("java", b"class Plain {}\n" + b"// said\n" * (size // 8))

    code = assemble(CodeProject({"Deep.java": deep, "Plain.java": plain}), {}, {}, {})

    assert code.unread == {"Deep.java": "is not understood by the grammar of its language"}
    assert [one.name for one in plain.definitions] == ["Plain"]
