"""Sign and deliver webhooks."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any

TIMEOUT = 10.0


def sign(secret: bytes, body: bytes, now: int) -> str:
    digest = hmac.new(secret, f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={now},v1={digest}"


def deliver(http: Any, url: str, secret: bytes, body: bytes) -> bool:
    header = {"Tidewater-Signature": sign(secret, body, int(time.time()))}
    answer = http.post(url, body, headers=header, timeout=TIMEOUT, follow_redirects=False)
    return 200 <= answer.status < 300
