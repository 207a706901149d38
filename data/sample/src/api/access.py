"""Who calls: a token, or nobody (ADR 17)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Header, HTTPException, Request

from auth.introspection import introspect


def require_grant(request: Request, authorization: Annotated[str, Header()]) -> Any:
    state = request.app.state
    grant = introspect(state.db, state.tokens, authorization.removeprefix("Bearer "))
    if grant is None:
        raise HTTPException(401)
    return grant


Grant = Annotated[Any, Depends(require_grant)]
