"""What files say of routes, kept between runs of a benchmark; what reads otherwise reads again.

What reads, a language or a framework, is known by its module's code and that of all of
`indexer.code` which this imports, not by its version, which is counted up when a change is done.
Schemas and queries do not read, nor are tests read: no route comes of them.
"""

from __future__ import annotations

import hashlib
import pickle
import re
from functools import cache
from pathlib import Path

from indexer.code import registry
from indexer.code.code_files import LARGEST
from indexer.code.project_code import CodeProject, assemble
from indexer.code.registry import CONFIG, language_of, languages, read_file
from memory.code.testing import is_test

SPOKEN = frozenset({"python", "typescript", "php", "java", "go"})  # the languages of frameworks
ROOT = Path(__file__).parents[1]
IMPORTED = re.compile(r"^ *from (indexer\.code[\w.]*) import", re.MULTILINE)


def routes_of(repository, commit, path=None, spoken=SPOKEN):
    """The code base of a commit as far as routes need it, of files in some languages.

    The file at `path` holds their facts afterwards.
    """
    kept = pickle.loads(path.read_bytes()) if path and path.exists() else {}
    blobs = {}
    for entry in repository.tree(commit):
        language = language_of(entry.path)
        if language not in SPOKEN - spoken and language and not is_test(entry.path):
            blobs[entry.path] = (entry.blob, language)
    stale = {}
    for one in set(blobs.values()):
        said, codes = kept.get(one, {}), who_reads(one[1]).items()
        if who := {name for name, code in codes if said.get(name, ("", ()))[0] != code}:
            stale[one] = who
    sizes = repository.sizes({blob for blob, _ in stale})
    contents = repository.blobs(blob for blob, size in sizes.items() if size <= LARGEST)
    for one, who in stale.items():
        if one[0] in contents:
            kept.setdefault(one, {}).update(_said(one[1], contents[one[0]], who))
    if stale and path:
        path.write_bytes(pickle.dumps(kept))
    files = {name: _whole(kept[one]) for name, one in blobs.items() if one in kept}
    return assemble(CodeProject(files), {}, {name: blobs[name][0] for name in files}, {})


def _whole(said):
    """The facts of a file, with the marks of its readers in their order."""
    marks = (mark for one in readers() for mark in said.get(one.name, ("", ()))[1])
    return said[""][1]._replace(marks=tuple(marks))


@cache
def readers():
    """Those of frameworks."""
    return [one for one in registry.readers() if ".frameworks." in type(one).__module__]


@cache
def who_reads(language):
    """What reads files of a language, itself as "", each with a hash of its code."""
    if language == CONFIG:
        return {"": CONFIG}
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
    if language == CONFIG:
        return {"": (CONFIG, read_file(language, content))}
    codes = who_reads(language)
    found = {name: (codes[name], ()) for name in who}
    asked = [one for one in readers() if one.name in who and one.hint.search(content)]
    if asked or "" in who:
        source = languages()[language].read(content)
        found |= {one.name: (codes[one.name], tuple(one.read(source))) for one in asked}
        found[""] = codes[""], source.facts
    return found
