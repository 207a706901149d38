"""Syntax trees."""

from __future__ import annotations

from indexer.code.registry import languages


def test_what_is_captured_comes_in_the_order_of_the_text():
    source = languages()["python"].read(b"\n".join(b"@a%d\ndef f(): a.b.c" % n for n in range(99)))

    for nodes in source.captures("(decorator) @one (attribute) @two (identifier) @three").values():
        spans = [(node.start_byte, node.end_byte) for node in nodes]
        assert spans == sorted(spans)
