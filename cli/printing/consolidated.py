"""Proposals, what was applied, and what became of those that were named, as they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from cli.forms.screen import indented, line
from memory.texts.formatting import counted, minute
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.forms.screen import Screen
    from memory.models.consolidation import Application, Consolidated, Proposal


def print_consolidated(screen: Screen, consolidated: Consolidated) -> None:
    """Print all of it, for people."""
    for number, proposal in enumerate(consolidated.proposals):
        if number:
            screen.line("")
        _print_proposal(screen, proposal)
    if consolidated.proposals:
        count = counted(len(consolidated.proposals), "proposal")
        screen.note(f"{count}; nothing was changed. `archmem consolidate --apply ID` applies one.")
    for application in consolidated.applications:
        screen.line(one_line(_applied(application)))
    for outcome in consolidated.outcomes:
        screen.line(one_line(f"{outcome.id}: {outcome.said}"))


def consolidated_lines(consolidated: Consolidated) -> Iterator[dict[str, Any]]:
    """All of it for programs: `what` is proposal, application or outcome."""
    for proposal in consolidated.proposals:
        yield {"what": "proposal", **proposal.model_dump(mode="json")}
    for application in consolidated.applications:
        said = application.model_dump(mode="json", exclude={"steps", "proposal"})
        steps = [step.model_dump(mode="json", exclude={"wanted"}) for step in application.steps]
        proposal_said = application.proposal.model_dump(mode="json")
        yield {
            "what": "application",
            **proposal_said,
            **said,
            "state": application.state,
            "steps": steps,
        }
    for outcome in consolidated.outcomes:
        yield {"what": "outcome", **outcome.model_dump(mode="json")}


def _print_proposal(screen: Screen, proposal: Proposal) -> None:
    head = Text.assemble((proposal.type, "bold"), " · ", (proposal.id, "dim"))
    screen.console.print(head)
    for uid, title in zip(proposal.uids, proposal.titles, strict=True):
        screen.console.print(indented(Text.assemble(line(f"“{title}” "), (uid, "dim")), 2))
    for reason in proposal.reasons:
        screen.console.print(indented(line(f"because {reason}"), 2))
    screen.console.print(indented(line(f"then {proposal.consequence}"), 2))


def _applied(application: Application) -> str:
    proposal = application.proposal
    moment = f"undone {minute(application.undone_at)}" if application.undone_at else ""
    parts = [
        proposal.id,
        proposal.type,
        ", ".join(proposal.uids),
        moment or application.state,
        f"applied {minute(application.applied_at)}",
    ]
    return " · ".join(parts)
