"""What the value of a constant uses, it uses; not the file around it, nor another constant."""

from __future__ import annotations

import pytest

from memory.code.codebase import Grade

USES = {Grade.CALL, Grade.USE}

PYTHON = "from a import f\nSHOW = [\n    f(1),\n]\nOTHER = f\nf()\n\ndef run(x=f): ...\n"
TYPESCRIPT = (
    "import { f } from './a';\nexport const SHOW = wrap(async () => f(1));\nconst OTHER = [f];\n"
    "f();\nfunction run(x = f) {}\n"
)
GO = 'package b\n\nimport "shop/a"\n\nvar SHOW = a.F()\n'
GO += "var (\n\tOTHER = []any{\n\t\ta.F,\n\t}\n)\nfunc run() { a.F() }\n"


@pytest.mark.parametrize(
    ("files", "path", "target"),
    [
        ({"a.py": "def f(): ...", "b.py": PYTHON}, "b.py", "f"),
        ({"a.ts": "export function f() {}", "b.ts": TYPESCRIPT}, "b.ts", "f"),
        ({"go.mod": "module shop\n", "a/a.go": "package a\n\nfunc F() {}\n", "b/b.go": GO},
         "b/b.go", "F"),
    ],
)  # fmt: skip
def test_what_the_value_of_a_constant_uses_the_constant_uses(read, files, path, target):
    code = read(files)

    using = {
        one.source.symbol
        for one in code.edges
        if one.source.path == path and one.target.symbol == target and one.grade in USES
    }
    assert using == {"SHOW", "OTHER", "run"} | ({""} if path != "b/b.go" else set())


def test_an_import_in_the_value_of_a_constant_is_of_the_file(read):
    code = read({"a.js": "exports.f = () => {};\n", "b.js": "const a = require('./a');\n"})

    assert [one.source for one in code.edges if one.grade is Grade.IMPORT] == [("b.js", "")]
