"""Reads sessions of Claude Code and Codex: answers to questions with options, and what was said.

Claude Code keeps a session as `projects/FOLDER/SESSION.jsonl` below its configuration, the folder
being named after the path of the project; Codex as `sessions/YYYY/MM/DD/rollout-….jsonl`, whose
first line says in which folder it ran. Neither promises its form: a line of another one is passed
over.
"""

from __future__ import annotations

import contextlib
import os
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from memory.texts.safe_text import read_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

MOST = 500  # sessions, the latest ones
LONGEST_REMARK = 900  # characters that a person types; what is longer was pasted
LARGEST = 100_000_000  # bytes of one
_ASKING = ("AskUserQuestion", "request_user_input")  # tools of Claude Code and of Codex
_ANSWERED = re.compile(r'"(?P<question>[^"]+)"="(?P<answer>[^"]*)"')  # as the agent is told


#: As Claude Code is told that a person refused what it was about to do, and why.
_REFUSED = re.compile(
    r"^The user doesn't want to proceed with .*?the user said:(?P<said>.*?)(?:\nNote: |\Z)",
    re.DOTALL,
)
_NO_WORDS = ("<", "[Request interrupted", "Caveat:", "Base directory for this skill", "# ")
_SUMMARY_OF_WORDS = re.compile(r"^[ \t]*+\d++\.[^\w\n]*+All user messages", re.MULTILINE)


class SaidWords(NamedTuple):
    """What a person or an agent said in a session, as text of Markdown."""

    text: str
    by_person: bool
    at: datetime | None
    session: str  # "claude session 2ff46cd5"
    line: int  # of the session, 1-based


class ChosenAnswer(NamedTuple):
    """What a person chose."""

    question: str
    header: str  # a word or two that the agent calls it; "" for none
    chosen: tuple[str, ...]  # labels of options
    because: str  # what the option says of itself
    others: tuple[str, ...]  # options, with what they say of themselves
    at: datetime | None
    session: str  # "claude session 2ff46cd5"
    line: int  # of the session, 1-based


def session_files(roots: Collection[Path], since: datetime | None = None) -> list[Path]:
    """The sessions that ran in these folders or below them, the latest first.

    Args:
        roots: Of a project's worktrees, resolved.
        since: Sessions that were last written to before then are left out.
    """
    claude = Path(os.environ.get("CLAUDE_CONFIG_DIR") or "~/.claude").expanduser() / "projects"
    codex = Path(os.environ.get("CODEX_HOME") or "~/.codex").expanduser() / "sessions"
    folders = [claude / re.sub(r"[^A-Za-z0-9]", "-", str(root)) for root in roots]
    found = [file for folder in folders for file in folder.glob("*.jsonl")]
    found += [file for file in codex.rglob("rollout-*.jsonl") if _ran_in(file, roots)]
    stats: dict[Path, os.stat_result] = {}
    for file in found:
        with contextlib.suppress(OSError):
            stats[file] = file.stat()
    first = since.timestamp() if since else 0.0
    kept = [one for one, at in stats.items() if at.st_size <= LARGEST and at.st_mtime >= first]
    return sorted(kept, key=lambda one: (-stats[one].st_mtime, one))[:MOST]


def answers_in(file: Path) -> Iterator[ChosenAnswer]:
    """The answers of a session, in their order."""
    session = _name(file)
    asked: dict[str, dict[str, Any]] = {}  # by the question, and by the id that Codex gives it
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not any(word in line for word in (*_ASKING, "answer")):
                continue
            entry = _read(line)
            for question in _questions(entry):
                names = (question.get("question"), question.get("id"))
                asked |= {name: question for name in names if isinstance(name, str)}
            for name, said in _answers(entry, asked):
                if answer := _answer(asked[name], said):
                    at = _moment(entry.get("timestamp"))
                    yield answer._replace(at=at, session=session, line=number)


def words_in(file: Path) -> Iterator[SaidWords]:
    """What was said in a session, in its order; not what tools answered, nor what was pasted."""
    session = _name(file)
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            entry = _read(line)
            at = _moment(entry.get("timestamp"))
            for text, by_person in _said(entry):
                yield SaidWords(text, by_person, at, session, number)


def _said(entry: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Texts of an entry, and whether a person said them."""
    payload = _dict(entry.get("payload"))
    who, content = str(entry.get("type")), _dict(entry.get("message")).get("content")
    if (told := str(payload.get("type"))) in {"agent_message", "user_message"}:  # of Codex
        who, content = told.partition("_")[0], payload.get("message")
    if entry.get("isMeta") or entry.get("isSidechain"):
        return
    by_agent = who in {"assistant", "agent"} or bool(entry.get("isCompactSummary"))
    for part in [{"text": content}] if isinstance(content, str) else _list(content):
        text = part.get("text")
        if refusal := _REFUSED.match(str(part.get("content"))):
            yield refusal["said"].strip(), True
        elif isinstance(text, str) and by_agent:
            yield _SUMMARY_OF_WORDS.split(text)[0], False
        elif isinstance(text, str) and who == "user" and _is_typed(text):
            yield text, True


def _is_typed(text: str) -> bool:
    return len(text) <= LONGEST_REMARK and not text.startswith(_NO_WORDS)


def _name(file: Path) -> str:
    """A session, without the path of whoever keeps it."""
    agent = "codex" if file.name.startswith("rollout-") else "claude"
    return f"{agent} session {file.stem.removeprefix('rollout-')[-36:][:8]}"


def _questions(entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    payload = _dict(entry.get("payload"))
    parts = _list(_dict(entry.get("message")).get("content"))
    put = [_dict(part.get("input")) for part in parts if part.get("name") in _ASKING]
    put.append(_dict(entry.get("toolUseResult")))
    if payload.get("name") in _ASKING:
        put.append(_read(payload.get("arguments")))
    for one in put:
        for question in _list(one.get("questions")):
            if question.get("options") and not question.get("isSecret"):
                yield question


def _answers(
    entry: Mapping[str, Any], asked: Collection[str]
) -> Iterator[tuple[str, str | list[str]]]:
    """Names of questions with what was said to them."""
    payload = _dict(entry.get("payload"))
    if payload.get("type") == "function_call_output":
        said = _dict(_read(payload.get("output")).get("answers"))
        found = [(name, _dict(one).get("answers")) for name, one in said.items()]
    elif said := _dict(_dict(entry.get("toolUseResult")).get("answers")):
        found = list(said.items())
    else:
        parts = _list(_dict(entry.get("message")).get("content"))
        told = " ".join(str(part.get("content")) for part in parts if part.get("tool_use_id"))
        found = [(one["question"], one["answer"]) for one in _ANSWERED.finditer(told)]
    yield from ((name, one) for name, one in found if name in asked and isinstance(one, str | list))


def _answer(question: dict[str, Any], said: str | list[str]) -> ChosenAnswer | None:
    """What was chosen of the options; None where a person said something else."""
    options = {
        str(one.get("label")): str(one.get("description") or "")
        for one in _list(question.get("options"))
    }
    chosen = [said] if isinstance(said, str) else [str(one) for one in said]
    if not options.keys() >= set(chosen) and isinstance(said, str) and question.get("multiSelect"):
        chosen = said.split(", ")
    if not chosen or not options.keys() >= set(chosen):
        return None
    others = tuple(
        ": ".join(filter(None, (plain(label), said)))
        for label, said in options.items()
        if label not in chosen
    )
    because = " ".join(filter(None, (options[label] for label in chosen)))
    asked, header = str(question.get("question")), str(question.get("header") or "")
    return ChosenAnswer(asked, header, tuple(map(plain, chosen)), because, others, None, "", 0)


def plain(label: str) -> str:
    """What an option is called, without the agent's recommendation."""
    return re.sub(r"\(recommended\)", "", label, flags=re.IGNORECASE).strip()


def _ran_in(file: Path, roots: Collection[Path]) -> bool:
    """Whether a session of Codex ran in one of the folders."""
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            said = _dict(_read(next(lines, "")).get("payload")).get("cwd")
    except OSError:
        return False
    return isinstance(said, str) and any(Path(said).is_relative_to(root) for root in roots)


def _read(text: Any) -> dict[str, Any]:
    try:
        return _dict(read_json(text))
    except (TypeError, ValueError, RecursionError):
        return {}


def _dict(said: Any) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def _list(said: Any) -> list[dict[str, Any]]:
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _moment(said: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(said))
    except ValueError:
        return None
