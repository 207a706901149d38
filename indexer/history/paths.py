"""What sort of file a path names: code, or what stands beside it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from indexer.wording.naming import names

_CODE = names(
    """
    .bash .c .cc .clj .cljs .cpp .cs .cts .cu .cxx .dart .elm .erl .ex .exs .f90 .fs .go .gql
    .graphql .groovy .h .hcl .hh .hpp .hrl .hs .hxx .java .jl .js .jsx .kt .kts .lua .m .mjs .ml
    .mli .mm .mts .nim .nix .php .pl .pm .pp .proto .ps1 .py .pyi .pyx .r .rb .rs .scala .sh .sol
    .sql .svelte .swift .tf .thrift .ts .tsx .v .vb .vue .zig
    """
)
_TEST_FOLDERS = names(
    "test tests testing spec specs __tests__ __mocks__ e2e testdata fixtures testutil testutils "
    "mocks mock benchmarks benches"
)
_TEST_NAME = re.compile(
    r"^(?:test_.*|conftest\.py|.*(?:_test|_spec|\.test|\.spec|\.stories|tests?))\.\w+$|"
    r"^.*(?<=[a-z])(?:Test|Tests|TestCase|Spec|IT)\.\w+$"
)
_ASIDE_FOLDERS = names(
    "doc docs documentation adr example examples sample samples demo demos tutorial tutorials "
    "changelog changelogs vendor node_modules third_party thirdparty external dist build generated "
    "gen __generated__ snapshots __snapshots__ static assets locale locales i18n migrations "
    "versions archive"
)
_MADE = re.compile(
    r"(?:\.pb\.(?:\w+\.)?\w+|_pb2(?:_grpc)?\.pyi?|\.gen\.\w+|\.g\.dart|_generated\.\w+|"
    r"generated_\w+\.\w+|\.min\.js|\.d\.ts|_gen\.go|\.sql\.go|-lock\.\w+|\.lock)$"
)


def is_test(path: str) -> bool:
    """Whether a file is there to test others."""
    *folders, name = path.split("/")
    return not {folder.lower() for folder in folders}.isdisjoint(_TEST_FOLDERS) or bool(
        _TEST_NAME.match(name)
    )


def is_code(path: str) -> bool:
    """Whether people work on a file as part of the program: no test, document or made thing."""
    *folders, name = path.split("/")
    if any(folder.startswith(".") for folder in folders) or _MADE.search(name):
        return False
    if not {folder.lower() for folder in folders}.isdisjoint(_ASIDE_FOLDERS) or is_test(path):
        return False
    return PurePosixPath(name).suffix.lower() in _CODE
