"""How the source tree is cut: lines, modules imported by one other, names that stand twice.

    python benchmarks/structure.py [--names]

Lines are those of the product's packages, docstrings and blanks included. An importer counts once,
whether it imports at its top, in a function or for the type checker.
"""

from __future__ import annotations

import argparse
import ast
from collections import Counter, defaultdict
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent
PACKAGES = tuple(name for name in ("archmem", "memory", "indexer", "cli") if (ROOT / name).is_dir())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--names", action="store_true", help="list the modules and names meant")
    options = parser.parse_args()
    files = sorted(file for name in PACKAGES for file in (ROOT / name).rglob("*.py"))
    lines = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    modules = [file for file in files if file.name != "__init__.py"]
    once = imported_once()
    print(f"lines           {sum(lines.values()):,}")
    for name in PACKAGES:
        print(f"  {name:13} {sum(n for f, n in lines.items() if (ROOT / name) in f.parents):,}")
    print(f"modules         {len(modules)}")
    sizes = sorted(lines[file] for file in modules)
    print(f"  median, most  {sizes[len(sizes) // 2]}, {sizes[-1]}")
    print(f"imported once   {len(once)} ({len(once) / len(modules):.0%})")
    names = Counter(file.name for file in modules)
    twice = {name: n for name, n in names.items() if n > 1}
    print(f"file names that stand more than once  {len(twice)}")
    classes = public_classes(modules)
    double = {name: where for name, where in classes.items() if len(where) > 1}
    print(f"public class names that stand more than once  {len(double)}")
    if options.names:
        for module, importer in sorted(once.items()):
            print(f"once  {module}  <- {importer}")
        for name, n in sorted(twice.items()):
            print(f"file  {name} x{n}")
        for name, where in sorted(double.items()):
            print(f"class  {name}  {', '.join(where)}")


def imported_once() -> dict[str, str]:
    """The modules that exactly one other imports, with that one."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    found = {}
    for module in graph.modules:
        path = ROOT / Path(*module.split(".")).with_suffix(".py")
        if not path.exists():
            continue  # a package
        importers = graph.find_modules_that_directly_import(module)
        if len(importers) == 1:
            found[module] = next(iter(importers))
    return found


def public_classes(files: list[Path]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(file.relative_to(ROOT)))
    return found


if __name__ == "__main__":
    main()
