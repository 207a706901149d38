"""Writes a brief as the response of a coordinator: JSON, a memory a line, `unknown` where it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from memory.briefs.layout import AGENT
from memory.briefs.render_memory import VIOLATED, say
from memory.kinds.spec import BriefSection
from memory.texts.quoting import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from memory.briefs.layout import Entry, Frame, Group, Omissions
    from memory.briefs.scoring import BriefPlace

UNKNOWN = "unknown"
_NAMES = {
    BriefSection.OPEN: "open",
    BriefSection.GOVERNS: "decisions",
    BriefSection.PROPOSED: "proposed",
    BriefSection.TRIED: "tried",
    BriefSection.LEARNED: "lessons",
    BriefSection.MEASURED: "baselines",
    BriefSection.KNOWN: "notes",
}
_SEVERITIES = ("critical", "high", "medium", "low")
MITIGATION = 300  # characters
#: What memory cannot answer; the reader is to find it out.
_CANNOT = ("breaking_changes", "effort_estimate", "migration_plan")


class Response:
    """See `Writer`."""

    def entry(self, entry: Entry) -> list[str]:
        """A memory, and the risk that comes of it, a line each."""
        return [f"    {_json(said)}," for said in (_memory(entry), _risk(entry)) if said]

    def heading(self, place: BriefPlace, *, is_first: bool) -> list[str]:
        """The name of a list, and its brackets, within those of the agent."""
        above = [' "agents": {', f"  {_agent(place.agent)}: {{", "  },", " },"]
        return [*(above if is_first else []), f'    "{_NAMES[place.section]}": [', "    ],"]

    def fact(self, line: str) -> str:
        """A text of a list."""
        return f"   {_json(line)},"

    def page(self, frame: Frame, groups: Sequence[Group], left: Omissions) -> str:
        """The whole response, laid out so that each memory has a line."""
        about: dict[str, Any] = {
            "from": "archmem",
            "task": frame.task,
            "complete": not frame.incomplete,
        }
        further = {
            "reason": frame.incomplete,
            "doubt": frame.doubt,
            "loaded": [one.removeprefix("- ") for one in frame.loaded],
            "as_of": frame.seen_from,
        }
        about |= {name: value for name, value in further.items() if value}
        impact = {
            "affected_modules": list(frame.affected) or UNKNOWN,
            "breaking_changes": UNKNOWN,
            "effort_estimate": UNKNOWN,
        }
        risks = [risk for group in groups for entry in group.entries if (risk := _risk(entry))]
        lines = [f" {_json(name)}: {_json(value)}," for name, value in about.items()]
        lines += [' "analysis": {', '  "current_state": {', *_lists(groups, ""), "  },"]
        lines += [f'  "impact_assessment": {_json(impact)},']
        lines += ['  "migration_plan": "unknown",']
        lines += ['  "risks": [', *_commas(f"   {_json(risk)}" for risk in risks), "  ]", " },"]
        if agents := dict.fromkeys(one.place.agent for one in groups if one.place.agent):
            slices = [[f"  {_agent(agent)}: {{", *_lists(groups, agent), "  }"] for agent in agents]
            lines += [' "agents": {', *_joined(slices), " },"]
        if frame.also:
            lines += [f' "may_bear_on_it": {_json(dict(frame.also))},']
        if frame.code:
            lines += [f' "code": {_json(list(frame.code))},']
        if frame.facts:
            facts = [
                [
                    f"  {_json(one.title)}: [",
                    *_commas(f"   {_json(line)}" for line in one.lines),
                    "  ]",
                ]
                for one in frame.facts
            ]
            lines += [' "facts": {', *_joined(facts), " },"]
        lines += [f' "coverage": {_json(dict(frame.coverage))},']
        omitted = _omitted(left) | {one.title: one.left for one in frame.facts if one.left}
        lines += [f' "omitted": {_json(omitted)},']
        lines += [f' "unknown": {_json([*_unknown(frame, groups, left)])}']
        return "\n".join(["{", *lines, "}"])


def _lists(groups: Sequence[Group], agent: str) -> list[str]:
    """The sections of everybody's part, or of an agent's slice."""
    return _joined(
        [
            f'   "{_NAMES[group.place.section]}": [',
            *_commas(f"    {_json(_memory(entry))}" for entry in group.entries),
            "   ]",
        ]
        for group in groups
        if group.place.agent == agent
    )


def _memory(entry: Entry) -> dict[str, Any]:
    told = entry.memory
    said: dict[str, Any] = {
        "status": told.standing,
        "date": told.date,
        "dated_by": told.dated_by,
        "citation": told.citation,
        "bearing": list(told.bearing),
        "relation": told.relation,
    }
    said = {"uid": told.uid, "title": told.title} | {name: one for name, one in said.items() if one}
    if entry.form == 0 or not told.fields:
        said["says"] = told.sentence
    else:
        said |= {name.lower().replace(" ", "_"): text for name, text in told.fields}
    if entry.form == 2:
        said["body"] = harmless(told.body)
    return said


def _risk(entry: Entry) -> dict[str, str] | None:
    """The risk that a memory tells of: what blocks, what failed before, what must not get worse."""
    told = entry.memory
    fields = dict(told.fields)
    risk, severity, mitigation = told.title, UNKNOWN, UNKNOWN
    if told.kind == "flag" and told.is_live:
        word = told.standing.removeprefix("BLOCKING, ").partition(",")[0]
        severity = word.upper() if word in _SEVERITIES else UNKNOWN
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


def _omitted(left: Omissions) -> dict[str, Any]:
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


def _unknown(frame: Frame, groups: Sequence[Group], left: Omissions) -> Iterator[str]:
    yield from _CANNOT
    told = {group.place.section for group in groups} | {*(left.by_section or {})}
    if BriefSection.MEASURED not in told:
        yield "performance: no baseline is to the point"
    for name in frame.gaps:
        yield f"{name}: nothing is known"


def _agent(name: str) -> str:
    return _json(say(name, AGENT))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _commas(lines: Iterable[str]) -> list[str]:
    kept = list(lines)
    return [*(f"{line}," for line in kept[:-1]), *kept[-1:]]


def _joined(blocks: Iterable[list[str]]) -> list[str]:
    """The lines of blocks, a comma behind each block but the last."""
    kept = list(blocks)
    ended = [[*block[:-1], f"{block[-1]},"] for block in kept[:-1]] + kept[-1:]
    return [line for block in ended for line in block]
