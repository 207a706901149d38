import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.freshness.definitions import definitions

GO = """\
package a

func (o *Order) Total() int {
	return 1
}

func (c *Cart) Total() int {
	return 2
}
"""


@pytest.mark.parametrize(
    ("path", "line", "name"),
    [
        ("a.py", "def pay_out(order):", "pay_out"),
        ("a.py", "    async def pay_out(self):", "pay_out"),
        ("a.py", "class OrderBook(Base):", "OrderBook"),
        ("a.py", "MAX_RETRIES = 8", "MAX_RETRIES"),
        ("a.go", "func (k Keeper) PayOut(ctx Context) error {", "PayOut"),
        ("a.go", "type OrderBook struct {", "OrderBook"),
        ("a.rs", "pub(crate) async fn pay_out<T>(order: T) {", "pay_out"),
        ("a.ts", "export const payOut = async (order: Order) => {", "payOut"),
        ("a.ts", "  private async payOut(order: Order): Promise<void> {", "payOut"),
        ("a.java", "    public static Money payOut(Order order) throws Late {", "payOut"),
        ("a.rb", "  def self.pay_out(order)", "pay_out"),
        ("a.sql", "CREATE TABLE order_lines (", "order_lines"),
        ("a.proto", "message MsgPayOut {", "MsgPayOut"),
    ],
)
def test_many_languages_define_names(path, line, name):
    assert definitions(path, f"\n{line}\n", name)


@pytest.mark.parametrize(
    "line",
    [
        "    pay_out(order)",
        "x = pay_out(order)",
        "# def of pay_out",
        "return pay_out(o) {",
        "from a import pay_out",
    ],
)
def test_use_is_no_definition(line):
    assert not definitions("a.py", line, "pay_out")


def test_a_qualifier_tells_which_of_several_is_meant():
    order, cart = (definitions("a.go", GO, f"{owner}.Total") for owner in ("Order", "Cart"))

    assert order
    assert cart
    assert order != cart
    assert not definitions("a.go", GO, "Basket.Total")


def test_a_qualifier_in_small_letters_is_a_module():
    text = "def relay_once():\n    pass\n"

    assert definitions("src/outbox.py", text, "outbox.relay_once")
    assert definitions("src/outbox/__init__.py", text, "outbox.relay_once")
    assert not definitions("src/inbox.py", text, "outbox.relay_once")


@given(st.lists(st.sampled_from(["", "x = 1", "def other():", "    y = 2"]), max_size=6))
def test_what_stands_around_a_definition_does_not_change_it(around):
    alone = "def pay_out(order):\n    return order\n"

    among = "\n".join([*around, alone, "z = 3", *around])

    assert definitions("a.py", among, "pay_out") == definitions("a.py", alone, "pay_out")
