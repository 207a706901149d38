"""Small programs of Express."""

from __future__ import annotations

APP = """const express = require('express');
const passport = require('passport');
const { expressjwt } = require('express-jwt');
const elsewhere = require('elsewhere');
const own = require('./own');
const router = express.Router();
%(head)s
router.get('/:id', %(before)s%(handler)s);
const app = express();
%(uses)s
app.use('/orders', %(mount)srouter);
app.listen(3000);
"""


def project(own: str = "", **parts: str) -> dict[str, str]:
    plain = dict.fromkeys(("head", "before", "uses", "mount"), "")
    handler = {"handler": "(req, res) => res.json(1)"}
    return {"app.js": APP % (plain | handler | parts), "own.js": f"module.exports = {own};\n"}


def middleware(body: str) -> str:
    return f"(req, res, next) => {{ {body} }}"
