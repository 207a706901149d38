"""The tokens of a file by its syntax tree, for finding code that stands twice.

Left out are comments, what documents a definition, and imports: nobody extracts them. A table of
data (a list or mapping of nothing but literals) is one token, so it is no clone by itself.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from indexer.apart import TooHeavy
from indexer.code.generated import is_bundle, is_generated, is_minified
from indexer.code.registry import languages
from memory.code.clone_tokens import NAME, NUMBER, TEXT, token, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node
    from memory.code.clone_tokens import FileTokens

VERSION = 5
LEAST_OF_TABLE = 20  # leaves; a shorter one is part of the code around it

_LEFT_OUT = frozenset(
    "comment line_comment block_comment html_comment import_statement import_from_statement "
    "future_import_statement import_declaration package_declaration package_clause "
    "namespace_use_declaration include_expression include_once_expression require_expression "
    "require_once_expression".split()
)
_TEXTS = frozenset(
    "string template_string encapsed_string heredoc nowdoc interpreted_string_literal text "
    "raw_string_literal rune_literal string_literal character_literal regex jsx_text".split()
)
_NAMES = frozenset(
    "identifier name type_identifier property_identifier field_identifier "
    "package_identifier private_property_identifier shorthand_property_identifier label_name "
    "shorthand_property_identifier_pattern statement_identifier".split()
)
_BETWEEN_TAGS = frozenset({"jsx_text", "text"})
_QUOTES = b"'\"`"  # of which several may be used for one text
_KEYS = frozenset({"property_identifier", "field_identifier"})  # name what is in a table
_NUMBERS = re.compile(r"number|integer|float|(?:int|float|imaginary|integer|point)_literal")
_TABLES = frozenset(
    "list dictionary set tuple array object array_creation_expression array_initializer "
    "literal_value".split()
)
_DECLARED = frozenset({"lexical_declaration", "variable_declaration"})
_REQUIRED = re.compile(rb"(?:const|let|var)\s[^=]+=\s*require\([^()]*\)[\w.]*;?\s*")
_SKIP, _WORD, _INNER, _TABLE, _ASK = range(4, 9)


def tokenizer(language: str) -> str:
    """What tokens of a language depend on beside the bytes."""
    return f"tokens:{VERSION} {language}"


def read_tokens(language: str, content: bytes) -> FileTokens | None:
    """The tokens of a file; None without a grammar, of a bundle, and of what cannot be parsed."""
    spoken = languages().get(language)
    if spoken is None or spoken.syntax is None or is_bundle(language, content):
        return None
    try:
        source = spoken.opened(content)
        root = source.root
    except TooHeavy:
        return None
    texts, lines = [], []
    content = source.content
    for node, kind in _leaves(root, content):
        said = content[node.start_byte : node.end_byte]
        if kind == TEXT:
            said = b" ".join(said.strip(_QUOTES).split())
            if not said and node.type in _BETWEEN_TAGS:
                continue
        texts.append(token(said, kind))
        lines.append(node.start_point[0] + 1)
    generated = is_generated(content) or is_minified(language, content)
    return tokens_of(texts, lines, generated=generated)


def _leaves(root: Node, content: bytes) -> Iterator[tuple[Node, int]]:
    """Each token with its kind: a leaf of the tree, or a node that counts as one."""
    cursor = root.walk()
    while True:
        node = cursor.node
        assert node is not None  # noqa: S101 - a cursor stands on one
        role = _role(node.type)
        if role == _ASK:
            role = _SKIP if _says_nothing(node, content) else _INNER
        elif role == _TABLE:
            role = TEXT if _is_table(node) else _INNER
        if role <= NUMBER:
            yield node, role
        elif role != _SKIP:
            if cursor.goto_first_child():
                continue
            if role == _WORD and node.end_byte > node.start_byte:
                yield node, 0
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


@cache
def _role(kind: str) -> int:
    for role, kinds in (
        (_SKIP, _LEFT_OUT),
        (TEXT, _TEXTS),
        (NAME, _NAMES),
        (_TABLE, _TABLES),
        (_ASK, {"expression_statement", "export_statement", *_DECLARED}),
    ):
        if kind in kinds:
            return role
    return NUMBER if _NUMBERS.fullmatch(kind) or kind.endswith("_point_literal") else _WORD


def _says_nothing(node: Node, content: bytes) -> bool:
    """Whether a statement only documents, or only takes from another file or gives on."""
    if node.type == "export_statement":
        return node.child_by_field_name("source") is not None
    if node.type in _DECLARED:
        return _REQUIRED.fullmatch(content, node.start_byte, node.end_byte) is not None
    first = node.named_child(0) if node.named_child_count == 1 else None
    return first is not None and (first.type == "string" or first.type in _LEFT_OUT)


def _is_table(node: Node) -> bool:
    """Whether a list or mapping holds nothing but literals and their keys, and enough of them."""
    cursor, leaves = node.walk(), 0
    while True:
        kind = cursor.node.type if cursor.node else ""
        role = _role(kind)
        if role == NAME and kind not in _KEYS:
            return False
        is_leaf = role <= NUMBER or role == _SKIP
        if not is_leaf and cursor.goto_first_child():
            continue
        leaves += 1
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return leaves >= LEAST_OF_TABLE
