"""Ask whether a token holds, and remember a yes for thirty seconds (ADR 17, 22)."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from typing import Any


class TokenCache:
    def __init__(self, lifetime: float = 30.0, size: int = 50_000) -> None:
        self.lifetime, self.size = lifetime, size
        self._entries: OrderedDict[str, tuple[float, Any]] = OrderedDict()

    def get(self, digest: str) -> Any | None:
        found_at, grant = self._entries.get(digest, (0.0, None))
        if time.monotonic() - found_at >= self.lifetime:
            return None
        if digest in self._entries:
            self._entries.move_to_end(digest)
        return grant

    def put(self, digest: str, grant: Any) -> None:
        self._entries[digest] = (time.monotonic(), grant)
        if len(self._entries) > self.size:
            self._entries.popitem(last=False)


def introspect(db: Any, cache: TokenCache, token: str) -> Any | None:
    digest = hashlib.sha256(token.encode()).hexdigest()
    if (grant := cache.get(digest)) is None and (grant := db.find_grant(digest)):
        cache.put(digest, grant)
    return grant
