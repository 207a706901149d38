"""A code base in numbers whose trend tells something; each has its formula beside it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from memory.code.apart import is_copied
from memory.code.cycles import find_cycles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.code.codebase import CodeBase
    from memory.models.findings import Finding

METRICS = {
    "files": "files of code, tests and copies of other people's code apart",
    "lines": "their lines",
    "modules": "parts that the code has, declared or by folder; tests apart",
    "couplings": "ordered pairs of modules of which the first imports the second",
    "imports_across": "imports of another module, tests and type checking apart",
    "module_cycles": "strongly connected parts of the modules, by these imports",
    "modules_in_cycles": "modules that are in one",
    "files_in_cycles": "files that are in a cycle of files",
    "routes": "method and path",
    "routes_open": "routes that certainly have no authentication",
    "routes_unknown": "routes of which it cannot be told",
    "tables": "tables after all migrations",
    "findings": "of all rules that are shown unless one asks for more",
}


def measure(code: CodeBase, findings: Sequence[Finding]) -> dict[str, float]:
    """The numbers of `METRICS`, by name."""
    files = [one for path, one in code.files.items() if not one.is_test and not is_copied(path)]
    across = Counter(
        (code.files[edge.source.path].module, code.files[edge.target.path].module)
        for edge in code.imports_at_run_time
        if code.files[edge.source.path].module != code.files[edge.target.path].module
    )
    cycles = find_cycles(code, "module")
    answers = Counter(route.auth.answer for route in code.routes)
    return {
        "files": len(files),
        "lines": sum(one.lines for one in files),
        "modules": len({one.module for one in files}),
        "couplings": len(across),
        "imports_across": across.total(),
        "module_cycles": len(cycles),
        "modules_in_cycles": sum(len(one.members) for one in cycles),
        "files_in_cycles": sum(len(one.members) for one in find_cycles(code, "file")),
        "routes": len(code.routes),
        "routes_open": answers["no"],
        "routes_unknown": answers["unknown"],
        "tables": len(code.tables),
        "findings": sum(one.sure for one in findings),
    }
