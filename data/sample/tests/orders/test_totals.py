from orders.models import Order, OrderLine
from orders.totals import order_total


def test_the_total_adds_up_the_lines():
    order = Order(currency="EUR", lines=[OrderLine(amount=300), OrderLine(amount=95)])

    assert order_total(order).decimal_string() == "3.95"
