import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.texts.numbers import number, plain_number


@pytest.mark.parametrize(
    ("value", "said"),
    [(1234568.0, "1234568"), (0.0000001, "0.0000001"), (430.0, "430"), (0.1 + 0.2, "0.3")],
)
def test_a_number_keeps_its_digits_and_has_no_exponent(value, said):
    assert number(value) == said


def test_only_what_is_read_by_people_has_a_true_minus_sign():
    assert (number(-5.5), plain_number(-5.5)) == ("−5.5", "-5.5")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_what_somebody_wrote_is_read_again(written):
    assert float(plain_number(float(written))) == float(written)
