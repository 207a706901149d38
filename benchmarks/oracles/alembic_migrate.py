"""Applies the revisions of a folder, in their order, to the database of a URL.

    python benchmarks/oracles/alembic_migrate.py FOLDER URL       (needs alembic and a driver)

One that fails is told, and what it did until then stays.
"""

import importlib.util
import sys
from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine


def main():
    folder, url = sys.argv[1:]
    revisions = {}
    for path in sorted(Path(folder).glob("*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except ImportError as error:
            print(f"{path.name}: {error}")
            continue
        if hasattr(module, "revision"):
            revisions[module.revision] = module
    done, failed = [], 0

    def apply(name):
        nonlocal failed
        if name in done or name not in revisions:
            return
        done.append(name)
        after = revisions[name].down_revision or ()
        for one in [after] if isinstance(after, str) else after:
            apply(one)
        try:
            with (
                engine.connect() as connection,
                Operations.context(MigrationContext.configure(connection)),
            ):
                revisions[name].upgrade()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            failed += 1
            print(f"{name}: {str(error)[:150]!r}")

    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    for name in revisions:
        apply(name)
    print(f"{len(done)} revisions, {failed} failed")


main()
