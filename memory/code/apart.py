"""Which code nobody would mend as it stands: copies of other people's code, and migrations."""

from __future__ import annotations

import re

_MIGRATION = (
    r"(?:^|/)(?:migrations?|migrate)/"
    r"|\A(?>(?:.*?/)?(?:alembic|revisions)/)(?:[^/]+/)*versions/"
)
_SEED = r"(?:^|/)(?:seeds?|seeders?|database/factories)/"
#: What is called by a name on a command line, by tests too.
_COMMAND = re.compile(r"(?:^|/)(?:commands?|console|cli|management)/", re.IGNORECASE)
_COPIED = (
    r"(?:^|/)(?:vendors?|vendored|_vendor|third[_-]?party|bower_components|dist|\.mvn|\.yarn)/"
    r"|\.min\.[cm]?js$"
    r"|[.-](?=[a-f]*+\d)(?=\d*+[a-f])[\da-f]{8,40}\.[cm]?js$"  # built, with a hash of its bytes
)
_APART = re.compile(
    rf"""
    {_COPIED} | (?:^|/)externals?/
    | {_MIGRATION}
    | (?:^|/)(?:fixtures?|__generated__|generated|gen|stubs?|__snapshots__|snapshots)/
    | \A(?>(?:.*?/)?(?:public|static|assets|wwwroot|webroot|htdocs|www)/)(?:[\w.-]+/)*
      (?:plugins?|libs?|libraries)/
    | (?:^|/)jquery(?:[.-][\w.-]+)?\.js$ | -\d+\.\d+(?:\.\d+)?\.[cm]?js$
    | [._-]bundle\.js$ | \.d\.[cm]?ts$
    | \.(?:generated|gen|pb|pb\.gw)\.(?:go|[jt]sx?|py|php|java)$
    | _(?:pb2|pb2_grpc)\.py$ | _gen\.go$
    """,
    re.VERBOSE | re.IGNORECASE,
)


def is_migration(path: str) -> bool:
    """Whether a file is a step of a schema, by its folder."""
    return re.search(_MIGRATION, path, re.IGNORECASE) is not None


def is_seed(path: str) -> bool:
    """Whether a file fills a database once, or for tests: a seeder, a factory of rows."""
    return re.search(_SEED, path, re.IGNORECASE) is not None


def is_command(path: str) -> bool:
    """Whether a file is of what people run by a name on a command line."""
    return _COMMAND.search(path) is not None


def is_story(path: str) -> bool:
    """Whether a file only shows components, as Storybook has them."""
    return re.search(r"\.(?:stories|story)\.[cm]?[jt]sx?$", path) is not None


def is_copied(path: str) -> bool:
    """Whether a file was copied from elsewhere, by its folder or its name."""
    return re.search(_COPIED, path, re.IGNORECASE) is not None


def is_apart(path: str) -> bool:
    """Whether a file was copied, was generated, or is a step that was taken once."""
    return _APART.search(path) is not None
