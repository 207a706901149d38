import time

import pytest

from memory.config import load_settings
from memory.errors import ConfigInvalid
from memory.texts.toml_text import read_toml

BOMBS = {
    "lists in lists": "ignore = " + "[" * 5_000,
    "tables in tables": "modules = " + "{a=" * 5_000,
    "a number that Python does not read": "history_limit = " + "1" * 5_000,
    "a key of many parts": ".".join(["a"] * 20_000) + " = 1",
    "quoted parts": " . ".join(['"a b"', "'c'"] * 10_000) + " = 1",
    "a table below many": f"[{'a.' * 20_000}b]",
    "in a table": f"x = {{{'a.' * 20_000}b = 1}}",
    "more than anybody writes": "# comment\n" * 200_000,
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_what_would_take_for_ever_or_too_deep_is_refused_with_the_reason(tmp_path, text):
    (tmp_path / "archmem.toml").write_text(text)
    began = time.process_time()

    with pytest.raises(ConfigInvalid):
        load_settings(tmp_path, {})

    assert time.process_time() - began < 2


def test_what_people_write_is_read():
    deep = ".".join(["a"] * 30)

    assert read_toml(f'{deep} = "{"1.2.3, " * 30}"')
    assert read_toml("# ................................................\nx = 1") == {"x": 1}


def test_the_mark_that_some_editors_put_first_says_nothing():
    assert read_toml('\ufeffmodel = "x"\n') == {"model": "x"}
