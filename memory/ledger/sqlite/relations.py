"""Links, and the modules that memories concern, in SQLite."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from memory.kinds.vocabulary import Kind, LinkType
from memory.ledger.interface.relations import Known, Labels, Links, Referral
from memory.ledger.sqlite.repository import Repository
from memory.ledger.sqlite.selecting import (
    UNFILED,
    any_of,
    is_derived,
    seen_through,
)
from memory.models.memory import Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from memory.models.memory import Reference
    from memory.models.selection import Lens


MANY = 200  # memories from which on all links are read at once, rather than each one's

#: The spelling of a module by the first revision that names it and still holds.
_FIRST = f"""
SELECT l.value FROM labels AS l JOIN memories AS m ON m.newest = l.revision_id
JOIN revisions AS r ON r.id = m.newest
WHERE l.name = 'module' AND l.value = {{}} AND r.removed = 0 AND NOT {is_derived("r")}
ORDER BY l.revision_id LIMIT 1
"""


class SqliteLabels(Repository, Labels):
    """`Labels` in SQLite."""

    def modules(self) -> list[str]:
        sql = f"""
            WITH RECURSIVE named(value) AS (  -- each once, from one to the next by the index
                SELECT min(value) FROM labels WHERE name = 'module'
                UNION ALL SELECT (
                    SELECT min(value) FROM labels WHERE name = 'module' AND value > named.value
                ) FROM named WHERE value IS NOT NULL
            )
            SELECT ({_FIRST.format("named.value")}) AS spelling FROM named
            WHERE spelling IS NOT NULL
        """
        return [value for (value,) in self._db.execute(sql)]

    def named_by(self, memory_ids: Iterable[int]) -> set[str]:
        sql = """
            SELECT value FROM labels WHERE name = 'module' AND revision_id IN (
                SELECT id FROM revisions WHERE memory_id IN (SELECT value FROM json_each(?))
            )
        """
        return {value for (value,) in self._db.execute(sql, [json.dumps(list(memory_ids))])}

    def spelling(self, module: str) -> str | None:
        row = self._db.execute(_FIRST.format("?"), [module]).fetchone()
        return str(row[0]) if row else None

    def unlabelled(self, memory_ids: Iterable[int]) -> list[tuple[int, str, str]]:
        test = "m.id IN (SELECT value FROM json_each(?))"
        return self._unlabelled(test, json.dumps(list(memory_ids)))

    def unlabelled_with(self, module: str) -> list[tuple[int, str, str]]:
        test = "r.id IN (SELECT rowid FROM revisions_text WHERE revisions_text MATCH ?)"
        return self._unlabelled(test, any_of([module]))

    def forget_mentions(self, modules: Iterable[str]) -> None:
        sql = """
            DELETE FROM labels WHERE name = 'mention' AND value = ?
            AND revision_id IN (SELECT newest FROM memories)
        """
        self._db.conn.executemany(sql, [(module,) for module in modules])

    def add_mentions(self, mentions: Iterable[tuple[int, str]]) -> None:
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO labels (revision_id, name, value) VALUES (?, 'mention', ?)",
            list(mentions),
        )

    def modules_of(self, revision_ids: Iterable[int]) -> dict[int, list[str]]:
        sql = """
            SELECT revision_id, value FROM labels WHERE name IN ('module', 'mention')
            AND revision_id IN (SELECT value FROM json_each(?)) ORDER BY revision_id, value
        """
        found: dict[int, list[str]] = {}
        for revision_id, module in self._db.execute(sql, [json.dumps(list(revision_ids))]):
            found.setdefault(revision_id, []).append(module)
        return found

    def counts(self, lens: Lens, modules: Iterable[str]) -> dict[str, dict[str, int]]:
        wanted = list(modules)
        counts: dict[str, dict[str, int]] = {module.casefold(): {} for module in wanted}
        seen, values = seen_through(lens)
        sql = f"""
            SELECT l.value, m.kind, count(DISTINCT s.id) FROM ({seen}) AS s
            JOIN memories AS m ON m.id = s.memory_id JOIN labels AS l ON l.revision_id = s.id
            WHERE s.removed = 0 AND l.name IN ('module', 'mention')
            AND l.value IN (SELECT value FROM json_each(?)) GROUP BY 1, 2 ORDER BY 1, 2
        """
        for module, kind, count in self._db.execute(sql, [*values, json.dumps(wanted)]):
            counts[module.casefold()][kind] = count
        return {module: counts[module.casefold()] for module in wanted}

    def _unlabelled(self, test: str, value: str) -> list[tuple[int, str, str]]:
        sql = f"""
            SELECT r.id, r.title, json_extract(r.draft, '$.body') FROM memories AS m
            JOIN revisions AS r ON r.id = m.newest WHERE {test} AND r.removed = 0
            AND NOT EXISTS (SELECT 1 FROM labels WHERE revision_id = r.id AND name = 'module')
        """
        return self._db.execute(sql, [value]).fetchall()


class SqliteLinks(Repository, Links):
    """`Links` in SQLite."""

    def add(self, revision_id: int, references: Iterable[Reference]) -> None:
        self._db.conn.executemany(
            """
            INSERT INTO links (revision_id, type, inverse, partial, target, evidence)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                (revision_id, ref.type, ref.inverse, ref.partial, ref.target, ref.evidence)
                for ref in references
            ],
        )

    def newest(self, *, after: int = 0) -> list[Referral]:
        return self._referrals("l.revision_id > ?", after)

    def point(self, targets: Iterable[tuple[int, str | None]]) -> None:
        self._db.conn.executemany(
            "UPDATE links SET target_id = (SELECT id FROM memories WHERE uid = ?) WHERE id = ?",
            [(uid, link_id) for link_id, uid in targets],
        )

    def point_at_uids(self, uid: str) -> None:
        sql = """
            UPDATE links SET target_id = (SELECT id FROM memories WHERE uid = links.target)
            WHERE revision_id = (SELECT newest FROM memories WHERE uid = ?)
        """
        self._db.execute(sql, [uid])

    def chains(
        self, lens: Lens, uids: Iterable[str], types: Sequence[LinkType]
    ) -> tuple[set[str], list[Link]]:
        wanted = set(uids)
        if len(wanted) > MANY:
            return wanted, _reached(wanted, self.fetch(lens, types=types))
        seen, values = seen_through(lens)
        sql = f"""
            WITH RECURSIVE bound (near, far, type, inverse, partial, evidence) AS NOT MATERIALIZED (
                SELECT s.memory_id, l.target_id, l.type, l.inverse, l.partial, l.evidence
                FROM links AS l JOIN ({seen}) AS s ON s.id = l.revision_id
                WHERE s.removed = 0 AND l.target_id != s.memory_id
                AND l.type IN ({", ".join("?" * len(types))})
            ), reached (id) AS (
                SELECT id FROM memories WHERE uid IN (SELECT value FROM json_each(?))
                UNION SELECT far FROM reached JOIN bound ON near = reached.id
                UNION SELECT near FROM reached JOIN bound ON far = reached.id
            )
            SELECT a.uid, b.uid, type, inverse, partial, evidence
            FROM bound JOIN memories AS a ON a.id = near JOIN memories AS b ON b.id = far
            WHERE near IN reached
        """
        links = _links(self._db.execute(sql, [*values, *types, json.dumps(sorted(wanted))]))
        return wanted | {end for link in links for end in (link.source, link.target)}, links

    def fetch(
        self, lens: Lens, uids: Iterable[str] | None = None, *, types: Sequence[LinkType] = ()
    ) -> list[Link]:
        seen, values = seen_through(lens)
        sql = f"""
            SELECT a.uid, b.uid, l.type, l.inverse, l.partial, l.evidence
            FROM links AS l JOIN ({seen}) AS s ON s.id = l.revision_id
            JOIN memories AS a ON a.id = s.memory_id
            JOIN memories AS b ON b.id = l.target_id
            WHERE a.id != b.id
        """
        if uids is not None:
            # As one JSON value, since there may be more of them than SQLite can bind; each end
            # by itself, since no index serves an OR over two tables.
            sql = f"""
                WITH wanted AS (
                    SELECT id FROM memories WHERE uid IN (SELECT value FROM json_each(?))
                )
                {sql} AND l.id IN (
                    SELECT id FROM links WHERE target_id IN wanted
                    UNION SELECT l.id FROM revisions AS r JOIN links AS l ON l.revision_id = r.id
                    WHERE r.memory_id IN wanted
                )
            """
            values = [json.dumps(sorted(set(uids))), *values]
        if types:
            sql += f" AND l.type IN ({', '.join('?' * len(types))})"
            values = [*values, *types]
        return _links(self._db.execute(sql, values))

    def known(self, memory_ids: Iterable[int]) -> dict[int, Known]:
        return self._known("SELECT value FROM json_each(?)", memory_ids)

    def named(self, names: Iterable[str]) -> list[Known]:
        ids = "SELECT memory_id FROM names WHERE name IN (SELECT value FROM json_each(?))"
        return list(self._known(ids, names).values())

    def names_of(self, memory_ids: Iterable[int]) -> dict[int, set[str]]:
        sql = (
            "SELECT memory_id, name FROM names WHERE memory_id IN (SELECT value FROM json_each(?))"
        )
        found: dict[int, set[str]] = {}
        for memory_id, name in self._db.execute(sql, [_json(memory_ids)]):
            found.setdefault(memory_id, set()).add(name)
        return found

    def save_names(self, names: Mapping[int, set[str]]) -> None:
        self._db.conn.executemany(
            "DELETE FROM names WHERE memory_id = ?", [(one,) for one in names]
        )
        self._db.conn.executemany(
            "INSERT INTO names (name, memory_id) VALUES (?, ?)",
            [(name, memory_id) for memory_id, all_ in names.items() for name in sorted(all_)],
        )

    def forget_names(self) -> None:
        self._db.execute("DELETE FROM names")
        self._db.execute("DELETE FROM link_names")

    def referrals_of(self, memory_ids: Iterable[int]) -> list[Referral]:
        return self._referrals("m.id IN (SELECT value FROM json_each(?))", _json(memory_ids))

    def referrals_to(self, names: Iterable[str], memory_ids: Iterable[int]) -> list[Referral]:
        held = "SELECT link_id FROM link_names WHERE name IN (SELECT value FROM json_each(?))"
        meant = "l.target_id IN (SELECT value FROM json_each(?))"
        return [
            *self._referrals(f"l.id IN ({held})", _json(names)),
            *self._referrals(meant, _json(memory_ids)),
        ]

    def save_link_names(self, names: Mapping[int, set[str]]) -> None:
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO link_names (name, link_id) VALUES (?, ?)",
            [(name, link_id) for link_id, all_ in names.items() for name in sorted(all_)],
        )

    def _known(self, ids: str, values: Iterable[int | str]) -> dict[int, Known]:
        sql = f"""
            SELECT m.id, m.uid,
            CASE WHEN {is_derived("r")} OR m.kind IN {UNFILED} THEN '' ELSE r.title END, m.path,
            json_extract(r.draft, '$.details.number'),
            CASE m.kind WHEN '{Kind.BASELINE}' THEN json_extract(r.draft, '$.details.metric')
            ELSE '' END, ifnull(substr(r.valid_from, 1, 10), ''),
            json_extract(r.draft, '$.details.value')
            FROM memories AS m JOIN revisions AS r ON r.id = m.newest
            WHERE m.id IN ({ids}) AND r.removed = 0 ORDER BY m.id
        """
        return {row[0]: Known(*row[1:]) for row in self._db.execute(sql, [_json(values)])}

    def _referrals(self, test: str, value: int | str) -> list[Referral]:
        sql = f"""
            SELECT l.id, l.target, m.uid, m.path, t.uid, ifnull(NOT tr.removed, 0) FROM links AS l
            JOIN memories AS m ON m.newest = l.revision_id
            LEFT JOIN memories AS t ON t.id = l.target_id
            LEFT JOIN revisions AS tr ON tr.id = t.newest
            WHERE {test} ORDER BY l.id
        """
        return [Referral(*row) for row in self._db.execute(sql, [value])]


def _links(rows: Iterable[tuple[str, str, str, int, int, str]]) -> list[Link]:
    """Each link once, in its plain direction, by source, type and target."""
    links: dict[tuple[str, str, str], Link] = {}
    for near, far, type_, inverse, partial, evidence in rows:
        ends = (far, near) if inverse else (near, far)
        link = Link(
            type=LinkType(type_),
            source=ends[0],
            target=ends[1],
            partial=bool(partial),
            evidence=evidence,
            asserted_by=near,
        )
        known = links.get((type_, *ends))
        if known is None or (link.partial and not known.partial):
            links[(type_, *ends)] = link
    return sorted(links.values(), key=lambda link: (link.source, link.type, link.target))


def _reached(uids: set[str], links: Sequence[Link]) -> list[Link]:
    """Those of the links that chains lead to from the memories; their ends are added to `uids`."""
    beside: dict[str, list[str]] = {}
    for link in links:
        beside.setdefault(link.source, []).append(link.target)
        beside.setdefault(link.target, []).append(link.source)
    waiting = [uid for uid in beside if uid in uids]
    while waiting:
        fresh = {*beside[waiting.pop()]} - uids
        uids |= fresh
        waiting += fresh
    return [link for link in links if link.source in uids]


def _json(values: Iterable[int | str]) -> str:
    """As one value, since there may be more of them than SQLite can bind."""
    return json.dumps(list(values))
