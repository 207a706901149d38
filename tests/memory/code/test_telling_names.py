"""How much shared names tell: by all files of the project that is asked about, and no other."""

from __future__ import annotations

from indexer.code.token_reader import read_tokens
from memory.code.findings.telling_names import telling_names


def tokens(**files):
    return {f"{name}.py": read_tokens("python", text.encode()) for name, text in files.items()}


OURS = tokens(a="settle = request\n", b="settle = save\n", c="request.save()\n")
THEIRS = tokens(**{f"m{at}": f"settle = request{at}\n" for at in range(40)})


def test_a_name_counts_by_how_few_files_have_it():
    ours, theirs = telling_names(OURS), telling_names(THEIRS)

    rare = ours.telling([OURS["a.py"].texts, OURS["b.py"].texts])
    common = theirs.telling([THEIRS["m0.py"].texts, THEIRS["m1.py"].texts])

    assert rare > common == 0


def test_another_project_asked_about_in_between_changes_nothing():
    first = telling_names(OURS).counts
    telling_names(THEIRS)

    again = telling_names(OURS).counts

    assert +again == +first
