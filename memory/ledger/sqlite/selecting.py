"""The SQL that says which revisions a selection means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.kinds import SPECS
from memory.kinds.vocabulary import Status, Trust
from memory.ledger.times import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.models.selection import Lens, Selection

Sql = tuple[str, list[str]]

_NEWEST = """
SELECT r.*, r.id AS text_id FROM memories AS m JOIN revisions AS r ON r.id = m.newest
"""
#: Of what only git tells nothing is searched: a later revision stands for it there, by `text_id`.
_AT = """
SELECT r.*, CASE WHEN r.number > 0 THEN r.id ELSE (
    SELECT max(id) FROM revisions WHERE memory_id = r.memory_id AND number > 0 AND removed = 0
) END AS text_id FROM revisions AS r WHERE r.id IN (
    SELECT id FROM (
        SELECT id, max(ifnull(place, number)) FROM revisions
        WHERE recorded_at <= ? AND (valid_from IS NULL OR valid_from <= ?)
        AND (since IS NULL OR place = 0 OR since <= ?) GROUP BY memory_id
    )
)
"""
_SUPERSEDED = """
SELECT target_id FROM links WHERE type = 'supersedes' AND NOT inverse
UNION SELECT r.memory_id FROM links AS l JOIN revisions AS r ON r.id = l.revision_id
WHERE l.type = 'supersedes' AND l.inverse
"""
_FOREVER = "9999"
_LABELLED = "SELECT revision_id FROM labels WHERE name IN ('module', 'mention') AND value IN ({})"


def _sql_of(kinds: Iterable[str]) -> str:
    quoted = (f"'{kind}'" for kind in kinds)
    return f"({', '.join(quoted)})"


_SAY_TRUST = _sql_of(kind for kind, spec in SPECS.items() if spec.says_trust)
#: The kinds that no file says, and those that may name what should make us look at them again.
UNFILED = _sql_of(kind for kind, spec in SPECS.items() if not spec.in_files)
REVIEWED = _sql_of(kind for kind, spec in SPECS.items() if "review_triggers" in spec.recorded)
CHECKED = _sql_of(kind for kind, spec in SPECS.items() if "checks" in spec.recorded)


def is_derived(revision: str) -> str:
    """A test of whether archmem worked a revision out itself, and no file says it.

    A lesson that people keep may have no more trust than that, and is still theirs.

    Args:
        revision: The SQL name of a revision in the outer statement.
    """
    return (
        f"(json_extract({revision}.source, '$.trust') = '{Trust.DERIVED}' "
        f"AND json_extract({revision}.draft, '$.details.kind') NOT IN {_SAY_TRUST})"
    )


def seen_through(lens: Lens) -> Sql:
    """Of each memory the one revision that the lens shows, tombstones among them.

    A revision is shown when it had been recorded, had begun to hold, and its file said so in git;
    the first one may have held before its file was there. One whose source gives no date is taken
    to have held always, since nothing says that it did not.
    """
    if lens.is_now:
        return _NEWEST, []
    known_at = to_text(lens.known_at) if lens.known_at else _FOREVER
    as_of = to_text(lens.as_of) if lens.as_of else _FOREVER
    return _AT, [known_at, as_of, as_of]


def selected(selection: Selection, *, as_text: bool = False) -> Sql:
    """The ids of the revisions that a selection means, tombstones left out.

    `as_text` gives those by whose text they are searched.
    """
    where, values = _selected(selection)
    return f"SELECT {'s.text_id' if as_text else 's.id'} FROM {where}", values


def is_selected(selection: Selection, revision_id: str) -> Sql:
    """A test of one revision: where few are in question, far cheaper than all selected ids.

    Args:
        selection: What is selected.
        revision_id: The SQL that names it, as a column of the outer statement; one that is
            searched.
    """
    where, values = _selected(selection)
    test = f"s.text_id = {revision_id}"
    if not selection.lens.is_now:  # else every revision that the lens shows would be looked at
        test += f" AND s.memory_id = (SELECT memory_id FROM revisions WHERE id = {revision_id})"
    return f"EXISTS (SELECT 1 FROM {where} AND {test})", values


def _selected(selection: Selection) -> Sql:
    seen, values = seen_through(selection.lens)
    tests = ["s.removed = 0"]
    if selection.kinds:
        tests.append(f"m.kind IN ({_places(selection.kinds)})")
        values += [str(kind) for kind in selection.kinds]
    if selection.without:
        tests.append(f"m.kind NOT IN ({_places(selection.without)})")
        values += [str(kind) for kind in selection.without]
    if selection.statuses:
        test, wanted = _may_stand(selection.statuses)
        tests.append(test)
        values += wanted
    if selection.derived is not None:
        tests.append(f"({is_derived('s')}) = {int(selection.derived)}")
    if selection.agents:
        tests.append(f"s.agent COLLATE NOCASE IN ({_places(selection.agents)})")
        values += selection.agents
    if selection.modules:
        entitled, names = titled_with(selection.modules)
        labelled = _LABELLED.format(_places(selection.modules))
        tests.append(f"(s.text_id IN ({labelled} UNION {entitled}))")
        values += [*selection.modules, *names]
    if selection.tags:
        tests.append(
            "s.text_id IN (SELECT revision_id FROM labels "
            f"WHERE name = 'tag' AND value IN ({_places(selection.tags)}))"
        )
        values += selection.tags
    where = " AND ".join(tests)
    return f"({seen}) AS s JOIN memories AS m ON m.id = s.memory_id WHERE {where}", values


def titled_with(modules: Sequence[str]) -> Sql:
    """The ids of revisions with one of these modules in their title, where nothing is labelled so.

    A name that nobody has recorded or declared finds what is evidently about it all the same.
    """
    one = (
        "SELECT rowid FROM revisions_text WHERE revisions_text MATCH ? "
        "AND NOT EXISTS (SELECT 1 FROM labels WHERE name IN ('module', 'mention') AND value = ?)"
    )
    values = [word for module in modules for word in (f"title : ({any_of([module])})", module)]
    return " UNION ".join([one] * len(modules)), values


def _may_stand(statuses: Sequence[Status]) -> Sql:
    """What may have one of these statuses once it is known what supersedes it.

    Which of them do, only `memory.models.standing` can tell: this leaves out as many as SQL can.
    """
    said = {str(status) for status in statuses}
    if Status.ACCEPTED in said:
        said.add(Status.SUPERSEDED)  # by something that has not begun to hold
    if Status.EXPIRED in said:
        said |= {Status.OPEN, Status.ACKNOWLEDGED}  # whose time is over
    test = f"s.status IN ({_places(sorted(said))})"
    if Status.SUPERSEDED in statuses:
        test = f"({test} OR s.memory_id IN ({_SUPERSEDED}))"
    return test, sorted(said)


def _places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def any_of(words: Sequence[str]) -> str:
    """The FTS5 query for texts that have any of these words, whatever characters they hold.

    Its parser stops at a NUL, in quotes or not.
    """
    return " OR ".join('"{}"'.format(word.replace('"', '""').replace("\0", " ")) for word in words)
