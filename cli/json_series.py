"""What `--json` prints of series of measurements; every field is explained here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.json_lines import Line
    from memory.models.answer import Recorded
    from memory.models.series import Series

SERIES_FIELDS = {
    "metric": "its name",
    "environment": "where it was measured",
    "unit": "of all its numbers",
    "better": "lower or higher; empty where nobody says",
    "better_because": "why, where no measurement says so itself",
    "modules": "modules that were measured",
    "points": "oldest first: uid, at, value, spread, threshold, is_violated, n, commit, note, "
    "citation, compared (with the point before)",
}
COMPARED_FIELDS = {
    "compared": "with the measurement before: movement (better, worse, noise, cannot tell or "
    "first), is_beyond, since, was, now, unit, noise, crossed, words, reason",
    "elsewhere": "of the first of a series: where else its metric is measured",
    "unsettled": "memories in force that rest on what has moved: uid, title, premise",
}


def series_line(series: Series) -> Line:
    """A series with its points: SERIES_FIELDS."""
    return series.model_dump(mode="json")


def compared_fields(recorded: Recorded) -> Line:
    """What a measurement says beside the others: COMPARED_FIELDS; nothing of other records."""
    if recorded.compared is None:
        return {}
    said = recorded.model_dump(mode="json", include=set(COMPARED_FIELDS))
    return {name: said[name] for name in COMPARED_FIELDS}
