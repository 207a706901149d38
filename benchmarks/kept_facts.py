"""Facts of files, kept between runs of a benchmark: a file is read again by what reads otherwise.

What reads, a language or a reader, is known by its module's code and that of all of
`indexer.code` which this imports, not by its version, which is counted up when a change is done.
"""

from __future__ import annotations

import hashlib
import pickle
import re
from functools import cache
from pathlib import Path

from indexer.code.code_files import LARGEST
from indexer.code.registry import CONFIG, language_of, languages, readers

ROOT = Path(__file__).parents[1]
IMPORTED = re.compile(r"^ *from (indexer\.code[\w.]*) import", re.MULTILINE)


def known_facts(repository, commit, path):
    """Facts of a commit's files by blob and language, as `code_at` takes them; kept at `path`."""
    kept = pickle.loads(path.read_bytes()) if path.exists() else {}
    stale = {}
    for entry in repository.tree(commit):
        language = language_of(entry.path)
        if language and language != CONFIG:
            said = kept.get((entry.blob, language), {})
            codes = who_reads(language).items()
            if who := {one for one, code in codes if said.get(one, ("", ()))[0] != code}:
                stale[entry.blob, language] = who
    sizes = repository.sizes({blob for blob, _ in stale})
    contents = repository.blobs(blob for blob, size in sizes.items() if size <= LARGEST)
    for (blob, language), who in stale.items():
        if blob in contents:
            said = kept.setdefault((blob, language), {})
            said |= _said(language, contents[blob], who)
    if stale:
        path.write_bytes(pickle.dumps(kept))
    return {one: _whole(said) for one, said in kept.items()}


def _whole(said):
    """The facts of a file, with the marks of its readers in their order."""
    marks = (mark for one in readers() for mark in said.get(one.name, ("", ()))[1])
    return said[""][1]._replace(marks=tuple(marks))


@cache
def who_reads(language):
    """What reads files of a language, itself as "", each with a hash of its code."""
    both = {"": languages()[language]}
    both |= {one.name: one for one in readers() if language in one.languages}
    return {name: code_of(type(one).__module__) for name, one in both.items()}


def code_of(module):
    """A hash of the code of a module, and of what it imports of `indexer.code`."""
    modules, more = set(), {module, "memory.code.facts"}
    while more:
        modules |= more
        more = {other for one in more for other in IMPORTED.findall(_text(one))} - modules
    said = "".join(_text(one) for one in sorted(modules))
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


@cache
def _text(module):
    path = ROOT / module.replace(".", "/")
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return path.read_text("utf-8")


def _said(language, content, who):
    """What those who are named say of a file, each beside the hash of its code."""
    codes = who_reads(language)
    found = {name: (codes[name], ()) for name in who}
    asked = [one for one in readers() if one.name in who and one.hint.search(content)]
    if asked or "" in who:
        source = languages()[language].read(content)
        found |= {one.name: (codes[one.name], tuple(one.read(source))) for one in asked}
        found[""] = codes[""], source.facts
    return found
