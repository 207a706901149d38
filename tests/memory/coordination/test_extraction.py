"""Services: what hangs together, in an order that the cheapest cuts allow, with what is used."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.code.codebase import CodePlace, Column, ForeignKey, Query, Route, Table
from memory.code.contexts import find_contexts
from memory.code.cuts import in_order
from memory.code.known import KnownCode
from memory.code.partitions import quality
from memory.coordination.extraction import extract, extraction_phases, parted_modules
from memory.models.coordination import TaskOwner


def table(name: str, file: str, *keys: ForeignKey) -> Table:
    columns = (Column("id", "int", nullable=False),)
    return Table(name, columns, ("id",), keys, (), (), name, file, 3, name.title())


@pytest.fixture
def layered(code):
    """Folders are layers; what hangs together are carts and mails, which one import connects."""
    base = code(
        [
            *(
                (f"{layer}/{one}.py:{one}", f"{other}/{one}.py:{one}", grade)
                for one in ("cart", "mail")
                for layer, other in (("views", "logic"), ("logic", "models"), ("views", "models"))
                for grade in ("import", "call")
            ),
            ("logic/cart.py:cart", "logic/mail.py:mail", "import"),
            ("logic/cart.py:cart", "logic/mail.py:mail", "call"),
            ("tests/test_mail.py:test_it", "views/cart.py:cart", "call"),
            ("models/migrations/0001.py", "models/cart.py"),
        ]
    )
    return replace(
        base,
        routes=(Route("POST", "/cart", "views.cart.cart", "views/cart.py", 7, symbol="cart"),),
        tables=(
            table("carts", "models/cart.py"),
            table("mails", "models/mail.py", ForeignKey(("cart_id",), "carts", line=9)),
        ),
        queries=(
            Query(CodePlace("logic/mail.py", "mail"), 4, "read", "carts", ""),
            Query(CodePlace("logic/mail.py", "mail"), 5, "write", "mails", ""),
        ),
    )


def asked(base, modules=(), files=(), named=None):
    known = KnownCode(base, None, None)
    return extract(
        known, modules, files, named or {}, lambda name: TaskOwner(agent=f"{name}-agent", reason="")
    )


def test_what_hangs_together_is_a_context_whatever_folders_say(layered):
    found = find_contexts(layered, parted_modules(layered), None)
    assert len(set(found.values())) == 2
    assert {
        path.rpartition("/")[2] for path, name in found.items() if name == found["logic/cart.py"]
    } == {"cart.py"}
    assert "tests/test_mail.py" not in found
    assert "models/migrations/0001.py" not in found


def test_a_service_has_routes_tables_and_names_that_others_use_with_their_places(layered):
    found = asked(layered)
    mail, cart = found.services
    assert [one.table for one in mail.tables] == ["mails"]
    assert [(one.name, one.places) for one in mail.published] == [
        ("logic.mail.mail", ("logic/cart.py:14",))
    ]
    assert (mail.needs, list(mail.needed_by)) == ({}, [cart.name])
    assert [one.text for one in cart.routes] == ["POST /cart -> views.cart.cart"]
    owned = cart.tables[0]
    assert [(one.text, one.citations) for one in (*owned.others, *owned.keys)] == [
        (f"carts is read by {mail.name}", ("logic/mail.py:4",)),
        (f"mails (cart_id) of {mail.name} points at carts", ("models/mail.py:9",)),
    ]
    assert [one.citations for one in mail.foreign_tables] == [("logic/mail.py:4",)]
    assert not found.cuts
    steps = [step for one in found.services for phase in one.phases for step in phase.steps]
    assert all(step.citations for step in steps)
    assert all(phase.way_back and phase.gates for one in found.services for phase in one.phases)


def test_a_table_of_which_no_use_is_known_is_of_no_service_and_no_zero_is_told(layered):
    lone = Table("logs", (), (), (), (), (), "", "models/schema.sql", 1)
    base = replace(layered, tables=(*layered.tables, lone))
    base = replace(base, files=base.files | {"models/schema.sql": base.files["models/mail.py"]})

    found = asked(base)

    assert not [
        one.table for service in found.services for one in service.tables if one.table == "logs"
    ]
    (migration,) = (one for one in extraction_phases(found) if one.name == "migration")
    assert not any(" 0 " in step.text for step in migration.steps)


def test_a_table_that_joins_models_is_of_the_service_that_has_the_model(layered):
    keys = (ForeignKey(("cart_id",), "carts"), ForeignKey(("mail_id",), "mails"))
    joining = Table("cart_mails", (), (), keys, (), (), "", "models/cart.py", 9)
    base = replace(layered, tables=(*layered.tables, joining))

    (one,) = asked(base, files=["models/cart.py"]).services

    assert [each.table for each in one.tables] == ["carts", "cart_mails"]


def test_a_module_that_is_named_is_the_service_and_is_told_what_else_hangs_with_it(layered):
    (one,) = asked(layered, modules=["logic"]).services
    assert (one.name, one.kind, one.modules) == ("logic", "library", {"logic": 2})
    assert set(one.near) <= {"models/cart.py", "models/mail.py", "views/cart.py", "views/mail.py"}
    assert one.near
    assert [phase.name for phase in one.phases] == [
        "preparation", "parallel run", "migration", "cleanup"]  # fmt: skip


def test_a_file_that_is_named_stands_for_its_context(layered):
    (one,) = asked(layered, files=["models/mail.py"]).services
    assert [each.table for each in one.tables] == ["mails"]


def test_files_that_are_called_like_it_are_the_service(layered):
    (one,) = asked(layered, named={"mailing": ["models/mail.py", "logic/mail.py"]}).services
    assert (one.name, one.files, [each.table for each in one.tables]) == ("mailing", 2, ["mails"])


def test_each_comes_after_what_it_needs_once_the_cheapest_cuts_are_made():
    costs = {("a", "b"): 3, ("b", "a"): 1, ("c", "a"): 2, ("c", "elsewhere"): 9}
    order, cuts = in_order(["a", "b", "c"], costs)
    assert (order, cuts.edges, cuts.exact) == (["b", "a", "c"], (("b", "a"),), True)


def test_measures_are_those_of_their_formulas(layered):
    by_name = {path: path.rpartition("/")[2] for path in parted_modules(layered)}
    found = quality(layered, by_name)
    assert (found.parts, found.calls_across, found.interfaces, found.not_extreme) == (
        2,
        1 / 7,
        0.5,
        0,
    )
    assert found.structural == pytest.approx(3 / 9 - 1 / (2 * 3 * 3))
    assert quality(layered, dict.fromkeys(by_name, "all")).calls_across == 0
    assert quality(layered, {}).structural is None


def test_what_fills_a_database_is_no_part_of_a_service_nor_calls_one(layered):
    seeds = layered.files["logic/cart.py"]._replace(path="seeds/mails.py", name="seeds.mails")
    base = replace(layered, files={**layered.files, "seeds/mails.py": seeds})
    assert "seeds/mails.py" not in parted_modules(base)


def test_who_is_to_call_a_service_is_told_with_its_own_imports(code):
    base = code(
        [
            ("a/one.py:f", "mail/send.py:send", "import"),
            ("a/one.py:f", "mail/send.py:send", "call"),
            ("b/two.py:g", "mail/send.py:send", "import"),
            ("b/two.py:g", "mail/send.py:send", "call"),
        ]
    )
    (found,) = (one for one in asked(base, modules=["mail"]).services if one.name == "mail")
    steps = {step.text: step.citations for phase in found.phases for step in phase.steps}
    (cited,) = (own for text, own in steps.items() if text.startswith("let b call"))
    assert [one.partition(":")[0] for one in cited] == ["b/two.py"]


@pytest.mark.parametrize("kind", ["constant", "enum", "interface", "type"])
def test_no_interface_is_put_before_what_has_no_behaviour(code, kind):
    base = code(
        [("a/one.py:f", "mail/send.py:send", "call"), ("a/one.py:f", "mail/send.py:MOST", "use")]
    )
    place = CodePlace("mail/send.py", "MOST")
    constant = base.symbols[place]._replace(kind=kind)
    base = replace(base, symbols={**base.symbols, place: constant})
    (found,) = (one for one in asked(base, modules=["mail"]).services if one.name == "mail")
    steps = [step.text for phase in found.phases for step in phase.steps]
    assert "put an interface before 1 definition that others use: mail.send.send" in steps


def test_a_method_that_stands_apart_from_its_type_is_published_by_itself(code):
    base = code([("a/one.go:f", "mail/send.go:Service.send", "call")])
    (found,) = (one for one in asked(base, modules=["mail"]).services if one.name == "mail")

    assert [one.name for one in found.published] == ["mail.send.go.Service.send"]
