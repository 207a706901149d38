"""Tables as archmem tells them beside those that a database has.

    python benchmarks/tables.py postgres FOLDER SCHEMA_OR_MIGRATIONS ... [--psql "psql -h /tmp"]
    python benchmarks/tables.py database FOLDER NAME [--psql "psql -h /tmp"]
    python benchmarks/tables.py sqlite FOLDER DATABASE

FOLDER is the clone of a project. For `postgres` its files of SQL, or all below its folders in the
order of their names, are loaded into a new database, which is asked for its catalogue and dropped;
DATABASE and the database NAME were made by the project's own command (`manage.py migrate`,
`create_all`), or by its migrations (`benchmarks/oracles/laravel_migrate.php`). With
`--only REGEX`, tables of other names are left out (those of packages that are not in the folder);
with `--by READER`, one way of defining tables is looked at alone (migrations beside models).
What is compared: `found` is the part of what the oracle has that is told, `right` the part of what
is told that the oracle has; of columns, keys and indexes in the tables that both have.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table
from indexer.code.code_files import LARGEST, select_code
from indexer.code.code_reader import rebuild
from indexer.code.project_code import CodeProject
from indexer.code.registry import language_of, read_file, readers
from memory.code.codebase import Table, Unresolved

SORTS = ("columns", "nullable", "primary key", "foreign keys", "indexes", "unique")
CATALOGUE = r"""
SELECT json_agg(t) FROM (
  SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS table,
    (SELECT json_agg(json_build_array(attname, NOT attnotnull)) FROM pg_attribute
      WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
    (SELECT json_agg(json_build_array(contype,
        (SELECT json_agg(attname ORDER BY at) FROM unnest(conkey) WITH ORDINALITY AS k(key, at)
          JOIN pg_attribute ON attrelid = conrelid AND attnum = key),
        CASE fn.nspname WHEN 'public' THEN '' ELSE fn.nspname || '.' END || f.relname))
      FROM pg_constraint LEFT JOIN pg_class f ON f.oid = confrelid
        LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
      WHERE conrelid = c.oid AND contype IN ('p', 'f')) AS keys,
    (SELECT json_agg(json_build_array(indisunique AND indpred IS NULL,
        (SELECT json_agg(pg_get_indexdef(indexrelid, at, true)) FROM generate_series(1, indnkeyatts)
          AS at))) FROM pg_index WHERE indrelid = c.oid AND NOT indisprimary) AS indexes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
) t
"""


def in_postgres(psql, root, paths):
    """The tables of a new database after these files."""
    name = "archmem_tables"
    subprocess.run([*psql, "-qc", f"DROP DATABASE IF EXISTS {name}"], check=True)
    subprocess.run([*psql, "-qc", f"CREATE DATABASE {name}"], check=True)
    files = [
        each
        for path in paths
        for each in (
            [root / path] if path.endswith(".sql") else sorted((root / path).rglob("*.sql"))
        )
        if "down" not in each.name
    ]
    load = [arg for file in files for arg in ("-f", str(file))]
    run = subprocess.run(
        [*psql, "-q", "-d", name, *load], capture_output=True, text=True, check=False
    )
    refused = run.stderr.count("ERROR:")
    found = in_catalogue(psql, name)
    subprocess.run([*psql, "-qc", f"DROP DATABASE {name}"], check=True)
    print(f"{len(files)} files loaded, {refused} statements refused")
    return found


def in_catalogue(psql, name):
    """The tables of a database of PostgreSQL."""
    command = [*psql, "-At", "-d", name, "-c", CATALOGUE]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {one["table"]: _of_catalogue(one) for one in json.loads(said)}


def _of_catalogue(one):
    indexes = one["indexes"] or []
    return {
        "columns": dict(one["columns"]),
        "primary key": {tuple(columns) for kind, columns, _ in one["keys"] or [] if kind == "p"},
        "foreign keys": {
            (tuple(columns), to) for kind, columns, to in one["keys"] or [] if kind == "f"
        },
        "indexes": {_index(columns) for is_unique, columns in indexes if not is_unique},
        "unique": {_index(columns) for is_unique, columns in indexes if is_unique},
    }


def _index(columns):
    """Expressions as far as both ways of writing them agree."""
    return tuple(re.sub(r"::\w+|[\s\"()]", "", one.lower()) for one in columns)


def in_sqlite(path):
    """The tables of a SQLite database."""
    db = sqlite3.connect(path)
    names = [
        name
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith("sqlite_")
    ]
    found = {}
    for name in names:
        columns = db.execute(f'PRAGMA table_info("{name}")').fetchall()
        keys = {}
        for row in db.execute(f'PRAGMA foreign_key_list("{name}")'):
            keys.setdefault(row[0], (row[2], []))[1].append(row[3])
        indexes = {True: set(), False: set()}
        for _, index, is_unique, origin, is_partial in db.execute(f'PRAGMA index_list("{name}")'):
            if origin != "pk":
                said = tuple(row[2] or "" for row in db.execute(f'PRAGMA index_info("{index}")'))
                indexes[bool(is_unique and not is_partial)].add(_index(said))
        primary = tuple(row[1] for row in sorted(columns, key=lambda row: row[5]) if row[5])
        found[name] = {
            "columns": {row[1]: not (row[3] or row[5]) for row in columns},
            "primary key": {primary} if primary else set(),
            "foreign keys": {(tuple(columns), to) for to, columns in keys.values()},
            "indexes": indexes[False],
            "unique": indexes[True],
        }
    return found


def told(root, under, by):
    """The tables that archmem tells, or one of its readers; prints what was not understood."""
    if by:
        found = list(alone(root, by))
        tables = [one for one in found if isinstance(one, Table)]
        missed = [one for one in found if isinstance(one, Unresolved)]
    else:
        code = rebuild(root)
        tables = [one for one in code.tables if not under or one.file.startswith(tuple(under))]
        missed = [one for one in code.unresolved if one.what == "table"]
    for one in missed:
        print(f"  not understood: {one.path}:{one.line} {one.name}: {one.reason}")
    print(f"{len(tables)} tables told, {sum(not one.whole for one in tables)} of them not as whole")
    return {
        one.table: {
            "columns": {column.name: column.nullable for column in one.columns},
            "primary key": {one.primary_key} if one.primary_key else set(),
            "foreign keys": {(key.columns, key.references) for key in one.foreign_keys},
            "indexes": {_index(columns) for columns in one.indexes},
            "unique": {_index(columns) for columns in one.unique},
        }
        for one in tables
    }


def alone(root, name):
    """What one reader tells."""
    files = {}
    for path in select_code(root).paths:
        if (root / path).is_file() and (root / path).stat().st_size <= LARGEST:
            files[path] = read_file(language_of(path), (root / path).read_bytes())
    (reader,) = (one for one in readers() if one.name == name)
    return reader.assemble(CodeProject(files))


def compare(oracle, ours, *, shows):
    """A row for the tables, and one for each sort of part of those that both have."""
    pairs = {"tables": (set(oracle), set(ours))}
    both = sorted(set(oracle) & set(ours))
    for sort in SORTS:
        is_of_columns = sort in {"columns", "nullable"}
        sides = (oracle, ours)
        pairs[sort] = tuple(
            {
                (table, *((part, side[table]["columns"][part]) if sort == "nullable" else (part,)))
                for table in both
                for part in side[table]["columns" if is_of_columns else sort]
                if sort != "nullable" or all(part in each[table]["columns"] for each in sides)
            }
            for side in sides
        )
    for sort, (theirs, own) in pairs.items():
        if shows:
            for word, some in (("lacks", theirs - own), ("wrong", own - theirs)):
                for one in sorted(some, key=str):
                    print(f"  {word} {sort}: {one}")
        common = len(theirs & own)
        yield {
            "what": sort,
            "oracle": len(theirs),
            "told": len(own),
            "found": common / max(len(theirs), 1),
            "right": common / max(len(own), 1),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("oracle", choices=["postgres", "database", "sqlite"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("source", nargs="+")
    parser.add_argument("--psql", default="psql", help="how the server is asked")
    parser.add_argument("--only", default="", help="a pattern of the names of tables")
    parser.add_argument("--under", action="append", help="only tables told from below this folder")
    parser.add_argument("--by", default="", help="only what this reader tells: alembic")
    parser.add_argument("--shows", action="store_true", help="each difference")
    said = parser.parse_args()
    if said.oracle == "postgres":
        oracle = in_postgres(shlex.split(said.psql), said.folder.resolve(), said.source)
    elif said.oracle == "database":
        oracle = in_catalogue(shlex.split(said.psql), said.source[0])
    else:
        oracle = in_sqlite(said.source[0])
    ours = told(said.folder.resolve(), said.under, said.by)
    oracle, ours = (
        {name: one for name, one in side.items() if re.search(said.only, name)}
        for side in (oracle, ours)
    )
    print_table(list(compare(oracle, ours, shows=said.shows)))


if __name__ == "__main__":
    main()
