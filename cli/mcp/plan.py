"""The tool that keeps plans of phases and follows them: one for all that is done with a plan."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import Field, JsonValue

from cli.fencing import QUOTED, fenced
from cli.mcp.arguments import AsOf, Budget, Expected, MaxTokens, Next, agent_named
from cli.mcp.checked import Steps, checked_steps
from cli.mcp.code import short_row, told_row
from cli.mcp.items import page
from cli.mcp.paging import one_page
from cli.mcp.tool import answered, make_tool
from cli.mcp.values import Planned
from cli.printing.directives import directive_page
from memory.texts.shortening import json_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from memory.models.planning import (
        ClosedPlan,
        Directives,
        HeldPlan,
        NewPlan,
        PlanProgress,
        ShownPlan,
    )

Action: TypeAlias = Literal[
    "new", "show", "status", "check", "assign", "begin", "done", "back", "close"
]
Row: TypeAlias = dict[str, Any]
_SHAPE = "phases[{name, steps[{text, modules[], agent, files[], after[]}], gates[], way_back}]"


def plan_tool(caller: "Caller") -> "Tool":
    """The tool `memory_plan`."""

    def memory_plan(
        action: Action = "check",
        uid: str = "",
        steps: Steps = [],  # noqa: B006
        as_of: AsOf = "",
        query: str = "",
        plan: Annotated[dict[str, JsonValue], Field(description=_SHAPE)] = {},  # noqa: B006
        phase: int = 0,
        step: int = 0,
        because: str = "",
        author: str = "",
        result: dict[str, JsonValue] = {},  # noqa: B006
        expected: Expected = 0,
        budget: Budget = 1000,
        max_tokens: MaxTokens = 3000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, Planned]:
        """Plans: without uid the open one.

        check: steps, or a kept plan, against decisions, lessons, reverts, flags, code: conflict,
        governed, unknown, ok. new: phases, or a query planned from facts. status: gates measured
        now. assign: directives. begin, done, back: a phase or step; because: past an open gate.
        close: result as of memory_run.
        """
        if action == "check" and steps:
            return checked_steps(caller, steps, as_of, max_tokens, next)
        by = agent_named(author) if author else None
        asked = {"query": query, "author": by} | ({"plan": plan} if plan else {})
        read = {"expected": expected or None}
        where = {"number": phase, "step": step or None, "because": because}
        if action == "new":
            found, rows = _new(caller.call("plan_new", **asked))
        elif action == "show":
            found, rows = _shown(caller.call("plan_show", uid=uid))
        elif action == "check":
            found, rows = _held(caller.call("plan_check", uid=uid))
        elif action == "assign":
            said = caller.call("plan_assign", uid=uid, budget=budget, author=by, **read)
            found, rows = _told(said)
        elif action == "close":
            closed = caller.call("plan_close", uid=uid, result=result, author=by, **read)
            found, rows = _closed(closed)
        elif action == "status":
            found, rows = _followed(caller.call("plan_status", uid=uid).plans)
        else:
            if not phase:
                raise ToolError(f"memory_plan: {action} needs the number of a phase.")
            how = {"action": action, "anyway": bool(because), "author": by, **read}
            changed = caller.call("plan_phase", uid=uid, **where, **how)
            found, rows = _followed((changed.plan,))
        listed = list(rows)
        shown, following = one_page(
            listed,
            lambda row, _: short_row(row),
            lambda row: json_bytes(row) + 2,
            about=(action, uid, phase, step),
            cursor=next,
            max_tokens=max_tokens,
        )
        whole = found.model_copy(update={"rows": shown, "next": following})
        head = f"{whole.uid} {whole.verdict}".strip()
        quoted = fenced("\n".join(map(told_row, shown)), {"kind": "plan"}) if shown else ""
        text = fenced(whole.text, {"kind": "directive"}) if whole.text else ""
        return answered(whole, page([head, quoted, text], QUOTED, next_page=following))

    return make_tool(memory_plan, title="Plans", writes=True)


def _new(said: "NewPlan") -> tuple[Planned, "Iterable[Row]"]:
    rows: list[Row] = [{"recorded": said.recorded.is_new, "file": said.recorded.path}]
    rows += _phases(said.plan.phases)
    rows += [{"gate that cannot be told": one} for one in said.untold]
    return Planned(uid=said.recorded.uid), rows


def _shown(said: "ShownPlan") -> tuple[Planned, "Iterable[Row]"]:
    runs = [{"step": step, "runs": list(some)} for step, some in said.runs.items()]
    about = {"title": said.title, "status": str(said.plan.status), "citation": said.citation}
    found = Planned(uid=said.uid, revision=said.revision)
    return found, [about, *_phases(said.plan.phases), *runs]


def _phases(phases: "Iterable[Any]") -> "Iterator[Row]":
    number = 0
    for at, phase in enumerate(phases, start=1):
        fields = {"name", "status", "gates", "integration_points", "way_back"}
        yield {"phase": at, **phase.model_dump(mode="json", include=fields)}
        for step in phase.steps:
            number += 1
            said = step.model_dump(mode="json", exclude={"citations"}, exclude_defaults=True)
            yield {"step": number, **said}


def _followed(plans: "Sequence[PlanProgress]") -> tuple[Planned, "Iterable[Row]"]:
    only = plans[0] if len(plans) == 1 else None
    found = Planned(uid=only.uid, revision=only.revision) if only else Planned()
    return found, (row for one in plans for row in _progress(one))


def _progress(plan: "PlanProgress") -> "Iterator[Row]":
    """Each phase, and each of its gates."""
    for phase in plan.phases:
        told = phase.model_dump(mode="json", exclude={"gates", "number"})
        yield {"plan": plan.uid, "phase": phase.number, **told, "share": round(phase.share, 2)}
        for gate in phase.gates:
            fields = {"gate", "answer", "words", "lost", "citations"}
            said = gate.model_dump(mode="json", include=fields, exclude_defaults=True)
            yield {"phase": phase.number, **said}
    if plan.raised or plan.resolved:
        yield {"flags raised": list(plan.raised), "resolved": list(plan.resolved)}


def _held(said: "HeldPlan") -> tuple[Planned, "Iterable[Row]"]:
    """What speaks against it, then what is known of each step that conflicts or is governed."""
    rows: list[Row] = [one.model_dump(mode="json", exclude_defaults=True) for one in said.doubts]
    for step in said.steps.steps:
        rows += [
            {
                "step": step.number,
                "verdict": str(step.verdict),
                "ground": str(one.ground),
                "uid": one.cited.uid,
                "title": one.cited.title,
                "citation": one.cited.citation,
                "reason": one.reason,
                "instead": [f"{each.uid} {each.title}" for each in one.instead],
            }
            for one in step.findings
            if one.conflicts or str(one.ground) in {"governs", "bears on it", "blocking flag"}
        ]
    checked = said.steps
    found = Planned(
        uid=said.uid,
        verdict=str(said.verdict),
        complete=checked.complete,
        reason=checked.reason,
    )
    return found, rows


def _told(said: "Directives") -> tuple[Planned, "Iterable[Row]"]:
    rows = [
        {"agent": one.agent, "steps": [todo.step for todo in one.todo], "tokens": one.tokens}
        for one in said.directives
    ]
    return Planned(uid=said.uid, text=directive_page(said)), rows


def _closed(said: "ClosedPlan") -> tuple[Planned, "Iterable[Row]"]:
    lessons = said.learned.lessons if said.learned else ()
    rows = [
        {"lesson": one.uid, "what": one.what, "form": one.form, "title": one.title}
        for one in lessons
    ]
    rows += [{"left": one} for one in said.left]
    return Planned(uid=said.uid, verdict=str(said.status)), rows
