from payments.money import Money, allocate


def test_what_remains_goes_to_the_first_shares():
    parts = allocate(Money(100, "EUR"), [1, 1, 1])

    assert [part.amount for part in parts] == [34, 33, 33]
