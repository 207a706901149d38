from memory.code.cochange import MOST_FILES, CoChange


def test_a_sweep_counts_as_a_commit_of_each_part_and_couples_none():
    sweep = [f"a/{number}.py" for number in range(MOST_FILES)] + ["b/x.py"]
    changes = CoChange([["a/0.py"], sweep])
    part = {path: path.partition("/")[0] for path in sweep}

    assert changes.commits_of_parts(part) == {"a": 2, "b": 1}
    assert changes.of_parts(part) == {}
