"""Views that are classes, as Django and Flask route them."""

from __future__ import annotations


def without_as_view(said: str) -> str:
    """The class of `Class.as_view(...)`; what else is routed stays as it is."""
    return said.partition(".as_view(")[0] if said.endswith(")") else said
