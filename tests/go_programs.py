"""Small programs in Go with routes, and what is told of them."""

from __future__ import annotations

HEAD = """package main
import (
    "net/http"
    "github.com/gin-gonic/gin"
    "github.com/go-chi/chi/v5"
    "github.com/go-chi/chi/v5/middleware"
    "github.com/labstack/echo/v4"
    echojwt "github.com/labstack/echo-jwt/v4"
)
const api = "/api"
func show(w http.ResponseWriter, r *http.Request) { w.Write(nil) }
"""
REQUIRE = """
func require(next http.Handler) http.Handler {{
    return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {{
        {body}
        next.ServeHTTP(w, r)
    }})
}}
"""
REFUSES = 'if r.User == nil { http.Error(w, "no", http.StatusUnauthorized); return }'


def program(body: str, more: str = "") -> dict[str, str]:
    return {"go.mod": "module shop\n", "main.go": f"{HEAD}func main() {{\n{body}\n}}\n{more}"}


def paths(code) -> list[str]:
    return [f"{one.method} {one.path}" for one in code.routes]


def auths(code) -> list[str]:
    return [one.auth.answer for one in code.routes]
