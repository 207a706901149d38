"""How memories get their names."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from memory.kinds import SPECS

if TYPE_CHECKING:
    from memory.kinds.vocabulary import Kind

_DIGEST = 5  # bytes, 8 base32 digits: among 100,000 memories a clash has odds of 1 in 200

#: How a uid begins, and a whole one, as regular expressions; `pre-existing` is a word.
UID_PREFIX = f"(?:{'|'.join(sorted(spec.prefix for spec in SPECS.values()))})-"
UID = f"{UID_PREFIX}[a-z2-7]{{8}}"


def uid_for(kind: Kind, *origin: str) -> str:
    """A uid such as `dec-k3f9x2ab`, the same for the same origin.

    It is made once, from where and as what a memory was first seen, so that two machines
    that index the same history from its beginning agree; afterwards it is only looked up.
    """
    digest = hashlib.blake2b(
        "\0".join(origin).encode("utf-8", "surrogatepass"), digest_size=_DIGEST
    )
    return f"{SPECS[kind].prefix}-{base64.b32encode(digest.digest()).decode().lower()}"
