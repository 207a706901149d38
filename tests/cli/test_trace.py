"""Where the requests of a route go."""

from __future__ import annotations

import pytest

from tests.cli.mcp.conftest import DirectCaller, call, server_of
from tests.indexer.code.conftest import write

FILES = {
    "shop/__init__.py": "",
    "shop/models.py": """
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base, relationship
Base = declarative_base()

class Customer(Base):
    __tablename__ = "customers"
    id = Column(Integer, primary_key=True)
    email = Column(String)

class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    customer_id = Column(Integer, ForeignKey("customers.id"))
    customer = relationship("Customer")
""",
    "shop/service.py": """
import requests
from shop.models import Customer, Order

def orders_of(session, emails):
    found = []
    for email in emails:
        found.append(session.query(Customer).filter_by(email=email).first())
    requests.post("https://mail.example/send")
    return found
""",
    "shop/app.py": """
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from shop.service import orders_of
app = FastAPI()
bearer = HTTPBearer()

@app.get("/orders/{order_id}", dependencies=[Depends(bearer)])
def show(order_id: int, session=None):
    return orders_of(session, [])

@app.post("/orders")
def create(): ...
""",
}


@pytest.fixture
def traced(shop):
    write(shop, FILES)
    return shop


@pytest.mark.slow
def test_a_trace_goes_from_the_route_to_tables_and_other_services(traced, objects):
    (said,) = objects("trace", "GET /orders/{id}", "--json")

    (found,) = said["traces"]
    handler = next(one for one in found["steps"] if one["what"] == "function")
    (called,) = handler["steps"]
    query, request = called["steps"]
    assert (handler["name"], handler["line"]) == ("shop.app.show", 8)
    assert (called["name"], called["grade"], called["line"]) == (
        "shop.service.orders_of",
        "call",
        10,
    )
    assert (query["does"], query["table"], query["columns"]) == ("read", "customers", ["email"])
    assert [note.partition(":")[0] for note in query["notes"]] == [
        "repeated-query",
        "missing-index",
    ]
    assert (request["what"], request["name"], request["line"]) == ("request", "requests.post", 9)
    assert (found["reads"], found["writes"]) == (["customers"], [])
    assert found["access"]["auth"].startswith("yes: Depends(bearer)")


@pytest.mark.parametrize(
    ("prefix", "asked"),
    [
        ("settings.PREFIX", "/orders/12"),
        ("settings.PREFIX", "POST /orders"),
        ("settings.PREFIX", "/api/v1/orders/12"),
        ("'/api/v1'", "/orders/{id}"),
    ],
)
def test_a_route_is_found_by_its_path_below_a_prefix(traced, objects, prefix, asked):
    app = FILES["shop/app.py"].replace("app = FastAPI()", "app = FastAPI()\nrouter = APIRouter()")
    app = app.replace("import Depends", "import APIRouter, Depends").replace("@app", "@router")
    app += f"\nfrom shop.core import settings\napp.include_router(router, prefix={prefix})\n"
    write(traced, {"shop/core.py": "settings = object()\n", "shop/app.py": app})

    (said,) = objects("trace", asked, "--json")

    (found,) = said["traces"]
    assert found["path"].endswith("/orders" if "POST" in asked else "/orders/{order_id}")


def test_what_is_told_of_access_reads_as_a_sentence(traced, objects):
    (said,) = objects("trace", "POST /orders", "--json")

    access = said["traces"][0]["access"]
    assert access["rate_limit"] == "no: nothing in code or settings is named like a limit"
    assert access["authorisation"].startswith("no: nobody is refused: ")


def test_a_trace_goes_on_to_who_hears_a_signal_that_is_sent(traced, objects):
    write(
        traced,
        {
            "shop/signals.py": "from django.dispatch import Signal\nasked = Signal()\n",
            "shop/heard.py": "from django.dispatch import receiver\n"
            "from shop.signals import asked\nfrom shop.models import Order\n"
            "@receiver(asked)\ndef count(sender, session, **kw):\n"
            "    session.query(Order).all()\n",
            "shop/service.py": "from shop.signals import asked\n"
            "def orders_of(session, emails):\n    asked.send(None, session=session)\n",
        },
    )

    (said,) = objects("trace", "GET /orders/{id}", "--json")

    handler = next(one for one in said["traces"][0]["steps"] if one["what"] == "function")
    (sender,) = handler["steps"]
    assert [(one["name"], one["grade"]) for one in sender["steps"]] == [
        ("shop.heard.count", "framework")
    ]
    assert said["traces"][0]["reads"] == ["orders"]


def test_a_value_is_called_nowhere_and_a_handler_that_is_one_is(traced, objects):
    """`log.info()` calls a method of a value; what stands in a call has no name but its own."""
    write(
        traced,
        {
            "shop/log.py": "class Log:\n    def info(self, said): ...\n\nlog = Log()\n",
            "shop/service.py": "from shop.log import log\nfrom shop.models import Order\n"
            "def orders_of(session, emails):\n    log.info('asked')\n"
            "    return each(session)\n\n"
            "each = wrapped(lambda session: session.query(Order).all())\n",
        },
    )

    (said,) = objects("trace", "GET /orders/{id}", "--json")

    handler = next(one for one in said["traces"][0]["steps"] if one["what"] == "function")
    (called,) = handler["steps"]
    assert [one["name"] for one in called["steps"]] == ["shop.service.each"]
    assert said["traces"][0]["reads"] == ["orders"]


EXPRESS = """import express from 'express';
import { load } from './load.js';
import { guard } from './guard.js';
const app = express();
app.get('/seen', guard(), async (req, res) => {
  res.json(await load(req.params.id));
});
app.get('/unseen', (req, res) => res.json(1));
app.get('/handed', express.static('public'));
"""


@pytest.fixture
def express(traced):
    load = "export async function load(id) {\n  return fetch('https://rates.example/' + id);\n}\n"
    guard = "export function guard() { return (req, res, next) => next(); }\n"
    write(traced, {"web/app.js": EXPRESS, "web/load.js": load, "web/guard.js": guard})
    return traced


def test_what_a_handler_without_a_name_calls_is_followed(express, objects):
    (said,) = objects("trace", "GET /seen", "--json")

    handler = next(one for one in said["traces"][0]["steps"] if one["what"] == "function")
    assert (handler["name"], handler["line"]) == ("web/app.js:GET /seen", 5)
    assert [(one["name"], one["line"]) for one in handler["steps"]] == [("web/load.js:load", 6)]
    assert said["traces"][0]["requests"] == ["fetch (web/load.js:2)"]


def test_what_stands_before_a_route_is_told_once(express, answer):
    assert answer("trace", "GET /seen").count("passes guard()") == 1


def test_a_handler_that_is_not_followed_is_told_as_that(express, answer):
    assert "its handler is not followed" in answer("trace", "GET /handed")
    assert "its handler is not followed" not in answer("trace", "GET /unseen")


def test_files_that_a_route_does_not_go_through_are_no_doubt_of_it(traced, objects):
    write(traced, {"web/App.vue": "<template></template>\n"})

    (said,) = objects("trace", "GET /orders/{id}", "--json")

    assert said["doubts"]["unread"] == {}


@pytest.mark.parametrize("route", ["/orders/12", "show", "get /orders/{order_id}"])
def test_a_route_is_meant_by_what_one_would_ask_for_or_by_its_handler(traced, objects, route):
    (said,) = objects("trace", route, "--json")

    assert [f"{one['method']} {one['path']}" for one in said["traces"]] == [
        "GET /orders/{order_id}"
    ]


def test_a_trace_is_printed_as_a_tree(traced, answer):
    said = answer("trace", "GET /orders/1")

    assert "    shop.service.orders_of (call)  shop/app.py:10" in said
    assert "      reads customers by email, in the loop at line 7  shop/service.py:8" in said
    assert "  asks: requests.post (shop/service.py:9)" in said


def test_a_route_that_is_not_there_says_what_comes_near(traced, run):
    refused = run("trace", "GET /order/{order_id}")

    assert refused.exit_code == 1
    assert "near: GET /orders/{order_id}" in refused.stderr


@pytest.mark.slow
def test_baselines_of_a_route_say_how_long_it_takes(traced, objects, run):
    run("record", "baseline", "--metric", "GET /orders/{id} p95", "--value", "120", "--unit", "ms")
    run("record", "baseline", "--metric", "POST /orders p95", "--value", "80", "--unit", "ms")

    (said,) = objects("trace", "GET /orders/1", "--json")

    assert [(one["value"], one["unit"]) for one in said["traces"][0]["times"]] == [(120, "ms")]


@pytest.mark.slow
def test_an_agent_asks_for_a_trace(traced):
    caller = DirectCaller(traced)
    try:
        server = server_of(caller, results="both")
        said = call(server, "memory_code", ask="trace", target="GET /orders/1").structured_content
    finally:
        caller.close()

    assert said["rows"][0]["path"] == "/orders/{order_id}"


def test_a_method_and_a_path_need_no_quotes(traced, objects):
    assert objects("trace", "POST", "/orders", "--json") == objects(
        "trace", "POST /orders", "--json"
    )
