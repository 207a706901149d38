"""Who writes a table, held against who owns it: over the readers of models and queries."""

import pytest

from memory.code.checks.check import Check
from memory.code.checks.check_sentences import read_check
from memory.code.checks.judging import judge_all, row
from memory.models.findings import Tristate

DJANGO = {
    "sales/__init__.py": "",
    "sales/models.py": "from django.db import models\nclass Order(models.Model):\n"
    "    class Meta:\n        db_table = 'orders'\n",
    "sales/views.py": "from sales.models import Order\ndef make():\n    Order.objects.create()\n",
    "billing/__init__.py": "",
}
READS = "from sales.models import Order\ndef f():\n    return Order.objects.filter(id=1)\n"
WRITES = "from sales.models import Order\ndef f():\n    Order.objects.filter(id=1).update(x=1)\n"
CALLS = "from sales.models import Order\ndef f(give):\n    give(Order())\n"
SQL = "def f(db):\n    db.execute('UPDATE orders SET paid = 1')\n"


@pytest.mark.parametrize(
    ("billing", "answer", "broken_by"),
    [
        (READS, Tristate.HOLDS, ()),
        (WRITES, Tristate.BROKEN, ("billing.pay.f writes orders (billing/pay.py:3)",)),
        (CALLS, Tristate.UNKNOWN, ()),
    ],
)
def test_only_the_owner_writes_a_table(read, billing, answer, broken_by):
    code = read(DJANGO | {"billing/pay.py": billing})
    said = "table orders is owned by sales"

    found = row(judge_all(code, [Check(said, read_check(said), "0001", "a.md", 1)])[0])

    assert (found.answer, found.broken_by) == (answer, broken_by)


def test_a_statement_in_a_string_writes_too_or_leaves_it_open(read):
    code = read(DJANGO | {"billing/pay.py": SQL})
    said = "table orders is owned by sales"

    (judged,) = judge_all(code, [Check(said, read_check(said), "0001", "a.md", 1)])

    assert judged.verdict.answer is not Tristate.HOLDS
