import pytest

from indexer.freshness.removals import decides_removal


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("# Remove the `OrderBook`", "OrderBook"),
        ("# Remove the order book\n\nIt was slow.", "OrderBook"),
        ("`OrderBook` will be removed, and `Ledger` does its work.", "OrderBook"),
        ("We replace the old `OrderBook` with `Ledger`.", "OrderBook"),
        (
            "The `OrderBook` and its single implementation\n`MemoryOrderBook` are deleted.",
            "OrderBook",
        ),
        ("These will be removed:\n\n- `Cart`\n- `OrderBook`, which nobody uses", "OrderBook"),
        ("- `OrderBook` interface (`core`), replaced by direct calls to `Ledger`", "OrderBook"),
        ("We delete `src/book.py`.", "src/book.py"),
        (
            "Its files (`src/book.py`, `src/cart.py`) are removed; calls go elsewhere.",
            "src/book.py",
        ),
        ("Remove `src/cart.py` and `src/book.py`.", "src/book.py"),
        ("This also removes the need for an `OrderBook`, as we have a ledger.", "OrderBook"),
    ],
)
def test_a_text_decides_that_something_goes(text, name):
    assert decides_removal(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We remove the lock from `OrderBook`.", "OrderBook"),
        ("We replace `Cart` with `OrderBook`.", "OrderBook"),
        ("`OrderBook` will not be removed.", "OrderBook"),
        ("We keep it rather than removing `OrderBook`.", "OrderBook"),
        ("`OrderBook` holds what is open. `Cart` is removed.", "OrderBook"),
        ("Orders removed by `OrderBook` are kept.", "OrderBook"),
        ("We keep `src/book.py`, and lines of `src/cart.py` are removed.", "src/book.py"),
        ("We keep `src/book.py`, and `src/cart.py` is removed.", "src/book.py"),
        ("There is no need for `src/cart.py` to be an `OrderBook`.", "OrderBook"),
    ],
)
def test_what_something_else_goes_from_stays(text, name):
    assert not decides_removal(text, name)
