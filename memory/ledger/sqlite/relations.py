"""Links, and the modules that memories concern, in SQLite."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from memory.kinds.vocabulary import Kind, LinkType
from memory.ledger.interface.relations import (
    Labels,
    LinkedMemories,
    Links,
    ReferenceTarget,
    Referral,
)
from memory.ledger.sqlite.memory_rows import state_of
from memory.ledger.sqlite.repository import SqliteRepository
from memory.ledger.sqlite.selecting import (
    UNFILED,
    any_of,
    is_derived,
    seen_through,
    titled_with,
)
from memory.ledger.sqlite.upkeep import FINDINGS, freshness_of
from memory.models.memory import Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from memory.models.assessment import Freshness
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


_FORMER = "(name >= 'was ' AND name < 'was!')"  # names by paths that a memory's file had


class SqliteLabels(SqliteRepository, Labels):
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
        return self._values(sql)

    def modules_of_agents(self) -> list[str]:
        sql = """
            SELECT DISTINCT l.value FROM memories AS m JOIN revisions AS r ON r.id = m.newest
            JOIN labels AS l ON l.revision_id = r.id
            WHERE l.name = 'module' AND r.removed = 0 AND m.kind = 'note'
            AND json_extract(r.draft, '$.details.topic') = 'definition' ORDER BY 1
        """
        return self._values(sql)

    def named_by(self, memory_ids: Iterable[int]) -> set[str]:
        sql = """
            SELECT value FROM labels WHERE name = 'module' AND revision_id IN (
                SELECT id FROM revisions WHERE memory_id IN (SELECT value FROM json_each(?))
            )
        """
        return set(self._values(sql, [json.dumps(list(memory_ids))]))

    def spelling(self, module: str) -> str | None:
        found: str | None = self._value(_FIRST.format("?"), [module])
        return found

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
            JOIN memories AS m ON m.id = s.memory_id JOIN labels AS l ON l.revision_id = s.text_id
            WHERE s.removed = 0 AND l.name IN ('module', 'mention')
            AND l.value IN (SELECT value FROM json_each(?)) GROUP BY 1, 2 ORDER BY 1, 2
        """
        for module, kind, count in self._db.execute(sql, [*values, json.dumps(wanted)]):
            counts[module.casefold()][kind] = count
        for module in (one for one in wanted if not counts[one.casefold()]):
            entitled, names = titled_with([module])
            sql = f"""
                SELECT m.kind, count(*) FROM ({seen}) AS s JOIN memories AS m ON m.id = s.memory_id
                WHERE s.removed = 0 AND s.text_id IN ({entitled}) GROUP BY 1
            """
            counts[module.casefold()] = dict(self._db.execute(sql, [*values, *names]))
        return {module: counts[module.casefold()] for module in wanted}

    def _unlabelled(self, test: str, value: str) -> list[tuple[int, str, str]]:
        sql = f"""
            SELECT r.id, r.title || ' ' || ifnull(json_extract(r.draft, '$.tags'), ''),
            json_extract(r.draft, '$.body') FROM memories AS m
            JOIN revisions AS r ON r.id = m.newest WHERE {test} AND r.removed = 0
            AND NOT EXISTS (SELECT 1 FROM labels WHERE revision_id = r.id AND name = 'module')
        """
        return self._db.execute(sql, [value]).fetchall()


class SqliteLinks(SqliteRepository, Links):
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

    def bound(
        self,
        lens: Lens,
        uids: Iterable[str],
        types: Sequence[LinkType],
        *,
        only_bound: bool = False,
    ) -> LinkedMemories:
        wanted = set(uids)
        if len(wanted) > MANY:
            links = _reached(wanted, self.fetch(lens, types=types))
            ends = {end for link in links for end in (link.source, link.target)}
            return _bound(links, self._stand(lens, ends if only_bound else wanted | ends))
        seen, values = seen_through(lens)
        told = "SELECT near FROM found UNION SELECT far FROM found"
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
            ), found AS MATERIALIZED (SELECT * FROM bound WHERE near IN reached)
            SELECT 1, a.uid, b.uid, type, inverse, partial, evidence
            FROM found JOIN memories AS a ON a.id = near JOIN memories AS b ON b.id = far
            UNION ALL
            SELECT 0, m.uid, s.status, s.valid_from, s.valid_to, s.removed, n.title
            FROM ({told if only_bound else "SELECT id FROM reached"}) AS told
            JOIN memories AS m ON m.id = {"told.near" if only_bound else "told.id"}
            JOIN revisions AS n ON n.id = m.newest
            LEFT JOIN ({seen}) AS s ON s.memory_id = m.id
        """
        given = [*values, *types, json.dumps(sorted(wanted)), *values]
        rows = self._db.execute(sql, given).fetchall()
        links = links_of(row[1:] for row in rows if row[0])
        return _bound(links, [row[1:] for row in rows if not row[0]])

    def _stand(self, lens: Lens, uids: Iterable[str]) -> list[Any]:
        """How these memories stand by their own words, and what they are called today."""
        seen, values = seen_through(lens)
        sql = f"""
            SELECT m.uid, s.status, s.valid_from, s.valid_to, s.removed, n.title
            FROM json_each(?) AS w JOIN memories AS m ON m.uid = w.value
            JOIN revisions AS n ON n.id = m.newest LEFT JOIN ({seen}) AS s ON s.memory_id = m.id
        """
        return self._db.execute(sql, [json.dumps(sorted(uids)), *values]).fetchall()

    def bearing(
        self,
        lens: Lens,
        uids: Iterable[str],
        *,
        onward: Sequence[LinkType],
        outward: Sequence[LinkType],
        inward: Sequence[LinkType],
    ) -> tuple[list[Link], dict[str, Freshness]]:
        wanted = json.dumps(sorted(set(uids)))
        seen, values = seen_through(lens)
        followed, told, against = (
            ", ".join("?" * len(some)) for some in (onward, [*onward, *outward], inward)
        )
        # Each end and direction by itself, since no index serves an OR over two tables.
        sql = f"""
            WITH RECURSIVE shown (id, near, far, type, inverse, partial, evidence)
            AS NOT MATERIALIZED (
                SELECT l.id, s.memory_id, l.target_id, l.type, l.inverse, l.partial, l.evidence
                FROM links AS l JOIN ({seen}) AS s ON s.id = l.revision_id
                WHERE l.target_id != s.memory_id
            ), reached (id) AS (
                SELECT id FROM memories WHERE uid IN (SELECT value FROM json_each(?))
                UNION SELECT far FROM reached JOIN shown ON near = reached.id
                WHERE NOT inverse AND type IN ({followed})
                UNION SELECT near FROM reached JOIN shown ON far = reached.id
                WHERE inverse AND type IN ({followed})
            ), found AS MATERIALIZED (
                SELECT * FROM shown WHERE near IN reached AND NOT inverse AND type IN ({told})
                UNION SELECT * FROM shown WHERE far IN reached AND inverse AND type IN ({told})
                UNION SELECT * FROM shown WHERE far IN reached AND NOT inverse
                AND type IN ({against})
                UNION SELECT * FROM shown WHERE near IN reached AND inverse
                AND type IN ({against})
            )
            SELECT a.uid, b.uid, type, inverse, partial, evidence, NULL, NULL, NULL
            FROM found JOIN memories AS a ON a.id = near JOIN memories AS b ON b.id = far
        """
        out = [*onward, *outward]
        given = [*values, wanted, *onward, *onward, *out, *out, *inward, *inward]
        if lens.is_now:
            sql += f" UNION ALL {FINDINGS} WHERE m.uid IN (SELECT value FROM json_each(?))"
            given.append(wanted)
        rows = self._db.execute(sql, given).fetchall()
        return (
            links_of(row[:6] for row in rows if row[7] is None),  # a link has no reason
            freshness_of(row for row in rows if row[7] is not None),
        )

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
        return links_of(self._db.execute(sql, values))

    def known(self, memory_ids: Iterable[int]) -> dict[int, ReferenceTarget]:
        return self._known("SELECT value FROM json_each(?)", memory_ids)

    def named(self, names: Iterable[str]) -> list[ReferenceTarget]:
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
            f"DELETE FROM names WHERE memory_id = ? AND NOT {_FORMER}", [(one,) for one in names]
        )
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO names (name, memory_id) VALUES (?, ?)",
            [(name, memory_id) for memory_id, all_ in names.items() for name in sorted(all_)],
        )

    def add_former(self, uid: str, names: Iterable[str]) -> None:
        own = "SELECT ?, id FROM memories WHERE uid = ?"
        sql = f"INSERT OR IGNORE INTO names (name, memory_id) {own}"
        self._db.conn.executemany(sql, [(name, uid) for name in sorted(names)])

    def forget_names(self) -> None:
        self._db.execute(f"DELETE FROM names WHERE NOT {_FORMER}")
        self._db.execute("DELETE FROM link_names")

    def referrals_of(self, memory_ids: Iterable[int]) -> list[Referral]:
        return self._referrals("m.id IN (SELECT value FROM json_each(?))", _json(memory_ids))

    def referrals_from(self, uids: Iterable[str]) -> list[Referral]:
        return self._referrals("m.uid IN (SELECT value FROM json_each(?))", _json(uids))

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

    def _known(self, ids: str, values: Iterable[int | str]) -> dict[int, ReferenceTarget]:
        sql = f"""
            SELECT m.id, m.uid,
            CASE WHEN {is_derived("r")} OR m.kind IN {UNFILED} THEN '' ELSE r.title END, m.path,
            json_extract(r.draft, '$.details.number'),
            CASE m.kind WHEN '{Kind.BASELINE}' THEN json_extract(r.draft, '$.details.metric')
            ELSE '' END, ifnull(substr(r.valid_from, 1, 10), ''),
            json_extract(r.draft, '$.details.value'),
            (SELECT group_concat(name, char(0)) FROM names WHERE memory_id = m.id AND {_FORMER})
            FROM memories AS m JOIN revisions AS r ON r.id = m.newest
            WHERE m.id IN ({ids}) AND r.removed = 0 ORDER BY m.id
        """
        return {
            id_: ReferenceTarget(*said)._replace(
                former=frozenset(former.split("\0") if former else ())
            )
            for id_, *said, former in self._db.execute(sql, [_json(values)])
        }

    def _referrals(self, test: str, value: int | str) -> list[Referral]:
        sql = f"""
            SELECT l.id, l.target, m.uid, m.path, t.uid, ifnull(NOT tr.removed, 0) FROM links AS l
            JOIN memories AS m ON m.newest = l.revision_id
            LEFT JOIN memories AS t ON t.id = l.target_id
            LEFT JOIN revisions AS tr ON tr.id = t.newest
            WHERE {test} ORDER BY l.id
        """
        return [Referral(*row) for row in self._db.execute(sql, [value])]


def links_of(rows: Iterable[tuple[str, str, str, int, int, str]]) -> list[Link]:
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


def _bound(links: list[Link], stand: Iterable[Sequence[Any]]) -> LinkedMemories:
    """What is bound, of rows with a uid, how it stands by its own words, and its title."""
    rows = list(stand)
    return LinkedMemories(
        links,
        {uid: state_of(*said) for uid, *said, _ in rows if said[0] is not None},
        {uid: title for uid, *_, title in rows},
    )


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
