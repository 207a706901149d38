"""A decision as a record file, in the form that another record has."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from indexer.formats.decision_records import part_of, read_page_of
from indexer.formats.document import Document
from indexer.formats.entries.json_fields import label
from indexer.formats.record_metadata import title_section
from indexer.formats.record_titles import clean_title, number_in_name, title_of_name
from indexer.wording.dates import read_date
from indexer.wording.mentions import record_name
from indexer.wording.statuses import status_word
from indexer.writers.facets import RELATION_NAMES, cased
from indexer.writers.markdown_entry import prose_of
from memory.kinds.vocabulary import LinkType, Status
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from indexer.markup.page import Page
    from memory.models.memory import Draft

#: What a field of a record is called anywhere, folded, and what it says.
_FIELDS: dict[str, str] = {
    name: field
    for field, names in read_lexicon("records")["fields"].items()
    if field in {"status", "date", "created", "deciders", "tags", "modules", "number"}
    for name in names
} | {"title": "title"}
_PEOPLE = frozenset(
    name
    for names in read_lexicon("labels")["decision"]["deciders"].values()
    for name in ([names] if isinstance(names, str) else names)
)
OWN_NUMBER = "#"
_LABEL = re.compile(
    r"(?P<lead>\s*(?:[-*+]\s+)?[*_]{0,3}|\s*\|\s*[*_]*)(?P<name>[^\W\d_][\w() /-]{0,40}?)"
    r"(?P<between>[*_]{0,3}\s*:[*_]{0,3}\s*|[*_]*\s*\|\s*)(?P<value>.*?)(?P<end>\s*\|?\s*)$"
)
_RULE = re.compile(r"[\s|:+-]+$")
_FRONT = re.compile(r"(?P<name>[\w-]++(?: ++[\w-]++)*+)(?P<between>\s*+:\s*+)(?P<value>.*)$")
_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d %B %Y", "%B %d, %Y",
            "%d %b %Y", "%b %d, %Y", "%Y%m%d")  # fmt: skip
#: Parts of a record in the order of a decision, with the heading of those that a form lacks.
_HEADINGS = {
    "context": "Context",
    "alternatives": "Considered options",
    "decision": "Decision",
    "consequences": "Consequences",
    "review_triggers": "Review triggers",
}
NYGARD = """# 1. Title

Date: 2020-01-31

## Status

Accepted

## Context

Text.

## Decision

Text.

## Consequences

Text.
"""


class RecordContent(NamedTuple):
    """What is to be written as a record."""

    draft: Draft
    path: str  # of its file
    number: int
    day: datetime  # on which it was decided


def shared_fields(texts: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """Front matter that belongs to the form: fields by name and value, the same in several records.

    A record's own number is `OWN_NUMBER`. What names people is of each record alone.

    Args:
        texts: Of records, by path; one tells nothing of what others have.
    """
    fields = []
    for at, text in texts.items():
        page, number = _page(at, text), number_in_name(record_name(at))
        found = [one for line in page.lines[: page.front.end] if (one := _FRONT.match(line))]
        pairs = ((one["name"], one["value"].strip()) for one in found)
        named = {(name, OWN_NUMBER if said == str(number) else said) for name, said in pairs}
        fields.append({one for one in named if one[0].casefold() not in _PEOPLE})
    return frozenset(set.intersection(*fields)) if len(fields) > 1 else frozenset()


def in_form_of(
    model: str, at: str, new: RecordContent, shared: Collection[tuple[str, str]] = ()
) -> str:
    """A record's text that says what a draft says, in the form of another one.

    Its front matter, its labels below the title and the headings of its parts are those of the
    other; what the draft does not say is left out, and what the other has no place for is added.
    Whether it is read back as it should be, is to be proved.

    Args:
        model: The text of the other record.
        at: Its path.
        new: What the new one says.
        shared: The fields of front matter that no draft says, and that it has all the same.
    """
    page = _page(at, model)
    said = _said(new)
    shown: set[str] = set()
    blocks = [
        *_front(page, said, shown, shared, new),
        *_head(page, said, shown, at, new),
        *_parts(page, said, shown),
    ]
    text = "\n\n".join(block for block in blocks if block)
    if not text.startswith("---\n"):
        text = text.lstrip("\n")
    return f"{text}\n"


def link_to(path: str, title: str, of: str) -> str:
    """A link from one record to another, by its number and title."""
    number = number_in_name(record_name(path))
    words = title or title_of_name(record_name(path))
    name = words if number is None else f"{number}. {words}"
    return f"[{name.replace('[', '(').replace(']', ')')}]({relative(path, of)})"


def relative(path: str, of: str) -> str:
    """A path as a link in another file has it."""
    here = PurePosixPath(of).parent.parts
    there = PurePosixPath(path).parts
    same = 0
    while same < min(len(here), len(there) - 1) and here[same] == there[same]:
        same += 1
    return "/".join([*[".."] * (len(here) - same), *there[same:]]).replace(" ", "%20")


def _page(at: str, text: str) -> Page:
    return read_page_of(Document(at, text.replace("\r\n", "\n")))


def _said(new: RecordContent) -> dict[str, str]:
    """What the record is to say, by field; "" where it says nothing."""
    draft, details = new.draft, new.draft.details.model_dump()
    listed = {"modules": draft.modules, "tags": draft.tags, "deciders": details["deciders"]}
    items = {name: details[name] for name in ("alternatives", "review_triggers")}
    checks = [f"**Check:** {one}" for one in details["checks"]]
    return {
        "title": draft.title,
        "status": "" if draft.details.status is Status.UNSTATED else str(draft.details.status),
        "date": new.day.date().isoformat(),
        **{name: ", ".join(some) for name, some in listed.items()},
        **{name: "\n".join(f"- {one}" for one in some) for name, some in items.items()},
        "context": details["context"].strip(),
        "decision": "\n\n".join(filter(None, [details["decision"].strip(), *checks])),
        "consequences": details["consequences"].strip(),
        "relations": "\n\n".join(_relations(new)),
        "prose": prose_of(draft),
    }


def _relations(new: RecordContent) -> Iterator[str]:
    for each in new.draft.references:
        if each.type is not LinkType.RELATES_TO:
            words = label(RELATION_NAMES[each.type, each.inverse])
            yield f"{words} {link_to(each.target, each.evidence, new.path)}"


def _front(
    page: Page,
    said: Mapping[str, str],
    shown: set[str],
    shared: Collection[tuple[str, str]],
    new: RecordContent,
) -> Iterator[str]:
    """The front matter; of fields that only the other has, those that are the form's."""
    lines = []
    for line in page.lines[: page.front.end]:
        found = _FRONT.match(line)
        field = _field(found["name"]) if found else ""
        if not found:
            lines += [line] if line.strip() == "---" else []
        elif field == "number" or (found["name"], OWN_NUMBER) in shared:
            lines.append(f"{found['name']}{found['between']}{new.number}")
        elif value := _value(field, found["value"], said):
            shown.add(field)
            is_list = found["value"].startswith("[") or not found["value"].strip()
            value = f"[{value}]" if field in {"deciders", "tags", "modules"} and is_list else value
            lines.append(f"{found['name']}{found['between'].rstrip()} {_quoted(value, field)}")
        elif not field and (found["name"], found["value"].strip()) in shared:
            lines.append(line)
    has_status = any(part_of(one.title) == "status" for one in page.sections)
    added = {
        "modules": f"[{said['modules']}]",
        "date": said["date"] if new.draft.valid_from else "",
    }
    added |= {} if has_status else {"status": said["status"]}
    for field, value in added.items():
        if lines and said[field] and value and field not in shown:
            shown.add(field)
            lines.insert(len(lines) - 1, f"{field}: {value}")
    yield "\n".join(lines)


def _quoted(value: str, field: str) -> str:
    needs = field == "title" and re.search(r"[:#\[\]{}\"'&*!|>%@`]", value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if needs else value


def _head(
    page: Page, said: Mapping[str, str], shown: set[str], at: str, new: RecordContent
) -> Iterator[str]:
    """The heading, and the labels below it."""
    titled = title_section(page)
    heading = titled.title if titled else ""
    if titled or "title" not in shown:
        level = titled.level if titled else 1
        yield f"{'#' * level} {_heading(heading, at, new)}"
    lines: list[str] = []
    form = ""
    for line in (titled.text if titled else "").split("\n"):
        found = _LABEL.match(line)
        field = _field(found["name"]) if found else ""
        if found and field:
            form = form or line
            if value := _value(field, found["value"], said):
                shown.add(field)
                between = found["between"] if found["value"] else found["between"].rstrip() + " "
                lines.append(f"{found['lead']}{found['name']}{between}{value}{found['end']}")
        elif (lines or "|" in line) and _RULE.match(line) and line.strip():
            lines.append(line)
        elif not line.strip() and lines and lines[-1]:
            lines.append("")
    has_status = any(part_of(one.title) == "status" for one in page.sections)
    has_date = any(part_of(one.title) == "date" for one in page.sections)
    dated = ("date",) if new.draft.valid_from and not has_date else ()
    stated = ("status",) if form and not has_status else ()
    for field in (*stated, *dated, "modules", "deciders", "tags"):
        if said[field] and field not in shown:
            shown.add(field)
            lines = [*_trimmed(lines), *_labelled(form, field, said[field], lines)]
    if said["relations"] and not has_status:
        shown.add("relations")
        lines = [*_trimmed(lines), "", *said["relations"].split("\n")]
    yield "\n".join(_trimmed(lines)).lstrip("\n")
    yield said["prose"]


def _labelled(form: str, field: str, value: str, lines: Sequence[str]) -> list[str]:
    found = _LABEL.match(form)
    name = label(field)
    if found is None:
        return ["", f"{name}: {value}"]
    apart = [] if re.match(r"\s*[-*+|]", found["lead"]) or not any(lines) else [""]
    return [*apart, f"{found['lead']}{name}{found['between'].rstrip()} {value}{found['end']}"]


def _trimmed(lines: Sequence[str]) -> list[str]:
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


def _heading(heading: str, at: str, new: RecordContent) -> str:
    """The title with what stands before and behind the other's, its number with as many digits."""
    number = number_in_name(record_name(at))
    title = clean_title(heading, number) if heading else ""
    before, found, behind = heading.partition(title) if title else ("", "", "")
    numbers = re.findall(r"\d+", before + behind)
    if not found or [int(one) for one in numbers] not in ([], [number]):
        return new.draft.title

    def with_number(said: str) -> str:
        return re.sub(r"\d+", lambda one: f"{new.number:0{len(one[0])}d}", said)

    return f"{with_number(before)}{new.draft.title}{with_number(behind)}"


def _parts(page: Page, said: Mapping[str, str], shown: set[str]) -> Iterator[str]:
    """The sections, in the order and under the headings of the other."""
    titled = title_section(page)
    order = list(_HEADINGS)
    parts = [(part_of(one.title), one) for one in page.sections if one is not titled and one.title]
    level = next((section.level for part, section in parts if part), 2)
    if said["status"] and "status" not in {part for part, _ in parts} | shown:
        yield f"{'#' * level} Status\n\n{said['status'].capitalize()}"
    for part, section in parts:
        if not part:
            continue
        if part in _HEADINGS:  # what comes before it and has no heading there
            for missing in order[: order.index(part)] if part in order else ():
                has_own = any(part_of(one.title) == missing for one in page.sections)
                if said[missing] and missing not in shown and not has_own:
                    shown.add(missing)
                    yield f"{'#' * level} {_HEADINGS[missing]}\n\n{said[missing]}"
        text = _part(part, section.text, said)
        if text and part not in shown:
            shown.add(part)
            yield f"{'#' * section.level} {section.title}\n\n{text}"
    for part, heading in _HEADINGS.items():
        if said[part] and part not in shown:
            yield f"{'#' * level} {heading}\n\n{said[part]}"


def _part(part: str, text: str, said: Mapping[str, str]) -> str:
    if part == "status":
        first = next((line for line in text.split("\n") if line.strip()), "")
        relations = said["relations"]
        return "\n\n".join(filter(None, [_value("status", first, said), relations]))
    if part in {"date", "deciders"}:
        return _value(part, text.strip(), said)
    return said.get(part, "") if part in _HEADINGS else ""


def _value(field: str, like: str, said: Mapping[str, str]) -> str:
    """What is said under a label, in the words and the form of another's value."""
    if field in {"date", "created"}:
        return _date(said["date"], like)
    if field == "status":
        word = status_word(like)
        said_like = like[word[0] : word[1]] if word else like.lstrip("*_`\"' ")
        return cased(said["status"], said_like) if said["status"] else ""
    return said.get(field, "")


def _date(day: str, like: str) -> str:
    """A day as another one is written; ISO 8601 where its form is not known."""
    stated, when = like.strip().strip("\"'"), read_date(day)
    other = read_date(stated)
    if other is None or when is None:
        return day
    for form in _FORMATS:
        for spelled in (form, form.replace("%d", "%-d").replace("%m", "%-m")):
            if other.strftime(spelled) == stated:
                return when.strftime(spelled)
    return day


def _field(name: str) -> str:
    return _FIELDS.get(" ".join(name.lower().replace("_", " ").replace("-", " ").split()), "")
