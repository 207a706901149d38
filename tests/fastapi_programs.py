"""Small programs of FastAPI, and what is told of their routes."""

from __future__ import annotations

APP = """from fastapi import APIRouter, Depends, FastAPI, HTTPException, Security
from fastapi.security import OAuth2PasswordBearer, HTTPBearer
{head}
app = FastAPI({app})
router = APIRouter(prefix="/orders"{router})

@router.get("/{{order_id:int}}"{route})
def show(order_id: int{parameters}):
    return order_id

app.include_router(router, prefix="/v1"{include})
"""
CURRENT = """
def current_user(token: str):
    if not token:
        raise HTTPException(status_code=401)
"""


def program(**parts: str) -> str:
    places = ("head", "app", "router", "route", "parameters", "include")
    return APP.format(**(dict.fromkeys(places, "") | parts))


def served(code) -> list[tuple[str, str, str]]:
    return [(one.method, one.path, one.auth.answer) for one in code.routes]
