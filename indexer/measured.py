"""The names by which a text may mean measurements: a metric, perhaps with a day and a value."""

from __future__ import annotations

import re

_LEAD = re.compile(r"(?:the_)?(?:baselines?|measurements?)_(?:of_|for_)?")
#: What may stand behind the metric; with another word it would be the name of another metric.
_NEXT = re.compile(r"(?:baseline|measurement|of|from|on|at|as|measured|in|dated|\d{1,4})(?:_|$)")
_PARTS = re.compile(r"\s*;\s*|\s*(?:,|\band\b|,\s*and\b)\s*(?=(?:the\s+)?baselines?\b)")


def folded_metric(text: str) -> str:
    """A metric's name as it is compared with others."""
    return re.sub(r"[^\w%]+", "_", text.casefold()).strip("_")


def metrics_in(said: str) -> list[str]:
    """What a text that names a measurement may mean by its metric, folded, the longest first.

    Such as "baseline `checkout_latency_p95` of 2025-03-17 (905 ms)".
    """
    folded = _LEAD.sub("", folded_metric(said), count=1)
    ends = [end for end, one in enumerate(folded) if one == "_" and _NEXT.match(folded, end + 1)]
    return [folded[:end] for end in (len(folded), *reversed(ends)) if end]


def named_baselines(said: str) -> list[str]:
    """The parts of a text that each name a baseline."""
    parts = (part.strip() for part in _PARTS.split(said))
    return [part for part in parts if re.match(r"(?:the\s+)?baselines?\b", part, re.IGNORECASE)]
