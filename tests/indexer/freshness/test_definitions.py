import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.freshness.definitions import defines, definitions, foremost

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
        ("a.java", "    public @NotNull Map<String, Money> payOut(Order order) {", "payOut"),
        ("a.java", "    <T> Paid<T> payOut(Order order) throws Late;", "payOut"),
        ("a.java", '    private static final String PAID_OUT = "x";', "PAID_OUT"),
        ("a.kt", "inline fun <reified T : Order> payOut(", "payOut"),
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


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.java", "class A {\n    void b() {\n        var total = 1;\n    }\n}\n"),
        ("a.rs", "fn b(\n    x: u8,\n) {\n    let total = 1;\n}\n"),
        ("a.ts", "it('adds', () => {\n  const total = 1\n})\n"),
    ],
)
def test_what_a_function_calls_a_value_is_no_definition(path, text):
    assert not definitions(path, text, "total")


def test_what_python_calls_a_class_inside_of_a_function_is_no_definition():
    model = "def migrate(apps):\n    if apps:\n        Order = apps.get_model('Order')\n"

    assert not definitions("a.py", model, "Order")
    assert definitions("a.py", "class Kind(Enum):\n    Order = 1\n", "Order")


def test_a_value_of_a_type_is_a_definition():
    text = "class Order(\n    val id: Int,\n) {\n    val total = 1\n}\n"

    assert definitions("a.kt", text, "total")


def test_a_type_that_a_method_returns_does_not_own_it():
    text = "class Cart {\n    Order total() {\n        return o;\n    }\n}\n"

    assert definitions("Cart.java", text, "Cart.total")
    assert not definitions("Cart.java", text, "Order.total")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.rb", "class Order\n  x = 1\nprivate\n  def total\n    1\n  end\nend\n"),
        ("a.cs", "class Order\n{\n    int a = 1;\n}\n"),
        ("a.rs", "fn Order<T>()\nwhere\n    T: Copy,\n{\n    go(1)\n}\n"),
    ],
)
def test_a_definition_goes_on_to_its_end(path, text):
    assert definitions(path, text, "Order") != definitions(path, text.replace("1", "2"), "Order")


def test_methods_of_one_name_in_different_types_are_several():
    text = "".join(f"class {name}:\n    def total(self):\n        pass\n\n" for name in "AB")

    assert definitions("a.py", text, "total").is_several
    assert not definitions("a.py", text, "A.total").is_several


def test_a_qualifier_in_small_letters_is_a_module():
    text = "def relay_once():\n    pass\n"

    assert definitions("src/outbox.py", text, "outbox.relay_once")
    assert definitions("src/outbox/__init__.py", text, "outbox.relay_once")
    assert not definitions("src/inbox.py", text, "outbox.relay_once")


@pytest.mark.slow
@given(st.lists(st.sampled_from(["", "x = 1", "def other():", "    y = 2"]), max_size=6))
def test_what_stands_around_a_definition_does_not_change_it(around):
    alone = "def pay_out(order):\n    return order\n"

    among = "\n".join([*around, alone, "z = 3", *around])

    assert definitions("a.py", among, "pay_out") == definitions("a.py", alone, "pay_out")


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("A.java", "class A {\n  B pay(C c,\n        D d) {\n    go(1);\n  }\n}\n", "A::pay"),
        ("a.ts", "class A {\n  pay(\n    c: C,\n  ): B {\n    go(1)\n  }\n}\n", "A.pay"),
        (
            "a.php",
            "<?php\nclass A\n{\n  function pay(\n    C $c\n  ) {\n    go(1);\n  }\n}\n",
            "A::pay",
        ),
        (
            "a.py",
            "class A:\n    @cached\n    def pay(\n        c,\n    ):\n        go(1)\n",
            "A.pay",
        ),
        ("a.go", "package a\n\nfunc (a *A) pay(\n\tc C,\n) {\n\tgo(1)\n}\n", "A.pay"),
    ],
)
def test_a_definition_whose_beginning_takes_several_lines_is_found_whole(path, text, name):
    assert defines(path, text, name)
    assert definitions(path, text, name) != definitions(path, text.replace("1", "2"), name)
    assert definitions(path, text, name) == definitions(path, f"{text}\n", name)
    assert not definitions(path, text, name.replace("A", "B"))


@pytest.mark.parametrize(
    ("path", "line"),
    [("a.go", "type Order = shop.Order"), ("a.ts", "export const Order = shop.Order;")],
)
def test_another_name_for_what_is_called_so_elsewhere_is_no_definition(path, line):
    assert not definitions(path, f"package a\n\n{line}\n", "Order")


def test_what_a_program_defines_counts_before_the_schema_that_it_speaks():
    bodies = {
        path: definitions(path, f"{kind} Order struct {{\n\tid int\n}}\n", "Order")
        for path, kind in (("a/order.go", "type"), ("proto/order.proto", "message"))
    }

    assert foremost(bodies).keys() == {"a/order.go"}
    assert foremost({"proto/order.proto": bodies["proto/order.proto"]})
