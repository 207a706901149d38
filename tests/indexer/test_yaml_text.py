import time

import pytest
import yaml

from indexer.code.frameworks.spring_settings import SpringSettingsReader
from indexer.code.languages.spring_settings import SpringSettings
from indexer.code.tables.changelog import read_changelog
from indexer.code.yaml_lines import read_yaml
from indexer.discovery.looks import _adr_folders
from indexer.markup.yaml_text import compose, load
from indexer.module_rules import declared_modules


def levels(first, each):
    """Forty levels, each with two of the one before: 2^40 nodes where aliases are written out."""
    return f"a0: &a0 {first}\n" + "".join(
        f"a{n}: &a{n} {each.replace('X', f'*a{n - 1}')}\n" for n in range(1, 40)
    )


BOMBS = {
    "lists": levels("[x, y]", "[X, X]"),
    "mappings": levels("{p: /x, q: /y}", "{p: X, q: X}"),
    "merges": levels("{p: x}", "{<<: [X, X]}"),
    "itself": "a: &a [*a]\n",
    "itself, deeper": "a: &a {b: {c: [*a]}}\n",
    "nesting": "a: " + "[" * 5_000,
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_what_grows_without_bound_is_not_read(text):
    for read in (load, compose):
        with pytest.raises(yaml.YAMLError):
            read(text)


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_whoever_reads_yaml_of_strangers_ends(text, tmp_path):
    began = time.process_time()
    (tmp_path / "deptrac.yaml").write_text(f"deptrac:\n  layers: []\n{text}")

    assert read_yaml(text) is None
    assert read_changelog(f"databaseChangeLog: []\n{text}".encode()) == []
    assert list(_adr_folders(text)) == []
    assert declared_modules(tmp_path, {}) == {}
    source = SpringSettings().read(text.encode())
    assert [mark.kind for mark in SpringSettingsReader().read(source)] == ["unread"]
    assert time.process_time() - began < 20  # 2^40 would not end


def test_aliases_as_people_write_them_are_read():
    text = "base: &base {a: 1, b: [2, 3]}\none: {<<: *base, c: *base}\n"

    assert load(text)["one"] == {"a": 1, "b": [2, 3], "c": {"a": 1, "b": [2, 3]}}
