"""Prompts that a person may choose: to recall before a change, and to record after one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.prompts import Prompt
from pydantic import Field

from cli.quoting import harmless_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from mcp_types import Prompt as ListedPrompt

_RECALL = """\
Before you plan this change, recall what the architectural memory knows of it.

Change: {task}
{modules}
1. memory_search: the change as a question, then its riskiest part as a second one.
2. For each module: memory_timeline, and memory_flags with the module as domain.
3. memory_get for each record that governs the change; memory_related for each you would replace.

Then write, each point with uid and citation:
- Decisions in force that govern this change, and where it would contradict them.
- What was tried before, and what came of it.
- Baselines at risk, with their values.
- Open flags, blocking ones first.
- What the memory does not know. Say so; do not guess.
"""
_RECORD = """\
Record what this work taught, so that the next one begins where it ended.
{task}{outcome}
1. memory_search for each point first. What is known already is not recorded again; what is no \
longer true is superseded by name.
2. memory_record, one record for each:
   - decision: what was chosen and why, alternatives, consequences, what should make us look again
   - refactoring: what moved where, intended and measured effect, commits
   - baseline: metric, value, unit, n, environment, commit
   - lesson: pattern, or antipattern with what works instead
   - flag: what another domain has to know, and by when
3. Say which uids were recorded, and what was left out because nothing supports it.
"""


def all_prompts() -> Iterator[Prompt]:
    """Every prompt."""
    yield Prompt.from_function(recall_before_change, title="Recall before a change")
    yield Prompt.from_function(record_what_we_learned, title="Record what we learned")


def prompt_refusal(
    prompts: Iterable[ListedPrompt], name: str, given: Collection[str]
) -> str | None:
    """Why a prompt cannot be had, on one line; None if it can.

    Args:
        prompts: Those there are.
        name: Of the one that is wanted.
        given: The names of the arguments that came with it.
    """
    known = {each.name: each.arguments or [] for each in prompts}
    if name not in known:
        return harmless_line(f"There is no prompt {name[:40]!r}. There are {', '.join(known)}.")
    takes = {each.name: bool(each.required) for each in known[name]}
    wrong = [f"{each} is required" for each in takes if takes[each] and each not in given]
    wrong += [f"there is no argument {each[:40]!r}" for each in given if each not in takes]
    return harmless_line(f"{name}: {wrong[0]}. It takes {', '.join(takes)}.") if wrong else None


def recall_before_change(
    task: Annotated[str, Field(description="The change that is to be made.")],
    modules: Annotated[str, Field(description="Modules it touches, with commas between.")] = "",
) -> str:
    """Gather decisions, attempts, baselines and flags before a change is planned."""
    return _RECALL.format(task=task, modules=f"Modules: {modules}\n" if modules else "")


def record_what_we_learned(
    task: Annotated[str, Field(description="What was done.")] = "",
    outcome: Annotated[str, Field(description="What came of it.")] = "",
) -> str:
    """Write down decisions, effects, measurements, lessons and flags after the work."""
    return _RECORD.format(
        task=f"\nTask: {task}\n" if task else "",
        outcome=f"\nOutcome: {outcome}\n" if outcome else "",
    )
