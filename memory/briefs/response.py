"""Writes a brief as the response of a coordinator: JSON, a memory a line, `unknown` where it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from memory.briefs.markdown import NAME
from memory.briefs.sections import Section
from memory.briefs.telling import VIOLATED
from memory.briefs.wording import say
from memory.texts.quoting import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory.briefs.page import Entry, Frame, Group, Left

UNKNOWN = "unknown"
_NAMES = {
    Section.OPEN: "open",
    Section.GOVERNS: "decisions",
    Section.TRIED: "tried",
    Section.LEARNED: "lessons",
    Section.MEASURED: "baselines",
    Section.KNOWN: "notes",
}
_SEVERITY = {"critical": "CRITICAL", "high": "HIGH", "medium": "MEDIUM", "low": "LOW"}
MITIGATION = 300  # characters
#: What memory cannot answer; the reader is to find it out.
_CANNOT = ("breaking_changes", "effort_estimate", "migration_plan")


class Response:
    """See `Writer`."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}

    def entry(self, entry: Entry) -> list[str]:
        """A memory, and the risk that comes of it, a line each."""
        lines = [_line(self._memory(entry))]
        if risk := _risk(entry):
            lines.append(_line(risk))
        return lines

    def heading(self, agent: str, section: Section, *, is_first: bool) -> list[str]:
        """The name of a list, and its brackets, within those of the agent."""
        above = [' "agents": {', f"  {_text(say(agent, NAME))}: {{", "  },", " },"]
        return [*(above if is_first else []), f'    "{_NAMES[section]}": [', "    ],"]

    def page(self, frame: Frame, groups: Sequence[Group], left: Left) -> str:
        """The whole response, laid out so that each memory has a line."""
        everybody = [group for group in groups if not group.agent]
        risks = [risk for group in groups for entry in group.entries if (risk := _risk(entry))]
        body: dict[str, Any] = {
            "from": "archmem",
            "task": frame.task,
            "complete": not frame.incomplete,
        }
        if frame.incomplete:
            body["reason"] = frame.incomplete
        if frame.loaded:
            body["loaded"] = [line.removeprefix("- ") for line in frame.loaded]
        if frame.seen_from:
            body["as_of"] = frame.seen_from
        lines = [f" {_text(name)}: {_text(value)}," for name, value in body.items()]
        lines += [' "analysis": {', '  "current_state": {', *self._lists(everybody), "  },"]
        lines += [f'  "impact_assessment": {_text(_impact(frame))},']
        lines += ['  "migration_plan": "unknown",']
        lines += ['  "risks": [', *_commas(f"   {_text(risk)}" for risk in risks), "  ]", " },"]
        if agents := dict.fromkeys(group.agent for group in groups if group.agent):
            lines += [' "agents": {']
            slices = [
                [
                    f"  {_text(say(agent, NAME))}: {{",
                    *self._lists([group for group in groups if group.agent == agent]),
                    "  }",
                ]
                for agent in agents
            ]
            lines += [line for each in _joined(slices) for line in each]
            lines += [" },"]
        lines += [f' "coverage": {_text(dict(frame.coverage))},']
        lines += [f' "omitted": {_text(_omitted(left))},']
        lines += [f' "unknown": {_text([*_unknown(frame, groups, left)])}']
        return "\n".join(["{", *lines, "}"])

    def _lists(self, groups: Sequence[Group]) -> list[str]:
        lists = [
            [
                f'   "{_NAMES[group.section]}": [',
                *_commas(f"    {_text(self._memory(entry))}" for entry in group.entries),
                "   ]",
            ]
            for group in groups
        ]
        return [line for each in _joined(lists) for line in each]

    def _memory(self, entry: Entry) -> dict[str, Any]:
        told = entry.telling
        said: dict[str, Any] = {"uid": told.uid, "title": told.title}
        said |= {
            name: text
            for name, text in (
                ("status", told.standing),
                ("date", told.date),
                ("citation", told.citation),
                ("bearing", list(told.bearing)),
                ("relation", told.relation),
            )
            if text
        }
        if entry.form == 0 or not told.fields:
            said["says"] = told.sentence
        else:
            said |= {name.lower().replace(" ", "_"): text for name, text in told.fields}
        if entry.form == 2:
            said["body"] = harmless(told.body)
        return said


def _risk(entry: Entry) -> dict[str, str] | None:
    """The risk that a memory tells of: what blocks, what failed before, what must not get worse."""
    told = entry.telling
    fields = dict(told.fields)
    risk, severity, mitigation = told.title, UNKNOWN, UNKNOWN
    if told.kind == "flag" and told.is_live:
        words = told.standing.removeprefix("BLOCKING, ").partition(",")[0]
        severity = _SEVERITY.get(words, UNKNOWN)
        mitigation = fields.get("Do", UNKNOWN)
    elif told.kind == "lesson" and told.standing.startswith("antipattern") and told.is_live:
        mitigation = fields.get("Instead", UNKNOWN)
    elif told.kind == "refactoring" and told.standing == "reverted":
        pass
    elif told.kind == "baseline" and VIOLATED in told.sentence:
        risk, severity = f"{told.title}, past its threshold", "HIGH"
    elif not (told.kind == "decision" and any("premise changed" in one for one in told.bearing)):
        return None
    return {
        "risk": risk,
        "mitigation": say(mitigation, MITIGATION),
        "severity": severity,
        "citation": told.citation,
        "uid": told.uid,
    }


def _impact(frame: Frame) -> dict[str, Any]:
    return {
        "affected_modules": list(frame.affected) or UNKNOWN,
        "breaking_changes": UNKNOWN,
        "effort_estimate": UNKNOWN,
    }


def _omitted(left: Left) -> dict[str, Any]:
    said: dict[str, Any] = {"count": left.count}
    if left.blocking:
        said["blocking"] = list(left.blocking)
    if left.count:
        said |= {"by_section": dict(left.by_section or {}), "command": left.command.strip("`.")}
        said["first"] = dict(left.titles)
    if left.shortened:
        said["told_in_short"] = left.shortened
    if left.others:
        said["others"] = left.others
    return said


def _unknown(frame: Frame, groups: Sequence[Group], left: Left) -> Iterator[str]:
    yield from _CANNOT
    told = {group.section for group in groups} | {*(left.by_section or {})}
    if Section.MEASURED not in told:
        yield "performance: no baseline is to the point"
    for name in frame.gaps:
        yield f"{name}: nothing is known"


def _line(said: dict[str, Any]) -> str:
    return f"    {_text(said)},"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _commas(lines: Iterator[str]) -> list[str]:
    kept = list(lines)
    return [*(f"{line}," for line in kept[:-1]), *kept[-1:]]


def _joined(blocks: list[list[str]]) -> list[list[str]]:
    """Blocks of lines, a comma behind each but the last."""
    return [[*block[:-1], f"{block[-1]},"] for block in blocks[:-1]] + blocks[-1:]
