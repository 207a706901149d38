import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.wording.anchors import MOST, find_anchors

FOLDERS = st.lists(st.from_regex(r"[a-z]{2,8}", fullmatch=True), min_size=1, max_size=3)
PROSE = st.text(
    st.sampled_from("abc ,;\n()*"), max_size=40
)  # no letters that make a path, a hash or a version


def named(text, **options):
    return [(one.type, one.name) for one in find_anchors(text, **options)]


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("In `src/payments/outbox.py:12` it is.", ("path", "src/payments/outbox.py")),
        ("In src/payments/outbox.py, it is.", ("path", "src/payments/outbox.py")),
        (r"In src\payments\outbox.py it is.", ("path", "src/payments/outbox.py")),
        ("In `./src/a.py`", ("path", "docs/src/a.py")),
        ("Run `python src/a.py --fast`", ("path", "src/a.py")),
        ("All of src/payments/ goes.", ("path", "src/payments")),
        ("See [the code](../src/a.py#L3-L9).", ("path", "src/a.py")),
        ("Build with `Dockerfile`.", ("path", "Dockerfile")),
        ("`confirm_checkout` decides", ("symbol", "confirm_checkout")),
        ("OrderService::processOrder decides", ("symbol", "OrderService::processOrder")),
        ("`Foo.bar()` decides", ("symbol", "Foo.bar")),
        ("It is confirm() that decides", ("symbol", "confirm")),
        ("`TokenCache` holds it", ("symbol", "TokenCache")),
        ("reverted in commit 1a2b3c4d5e", ("commit", "1a2b3c4d5e")),
        ("`1a2b3c4d5e` did it", ("commit", "1a2b3c4d5e")),
        ("`1a2b3c4d5e` (https://h.org/o/r/commits/1a2b3c4d5e)", ("commit", "1a2b3c4d5e")),
        ("the id of the commit is `1a2b3c4d5e`", ("commit", "1a2b3c4d5e")),
        ("on Postgres 15, for now", ("version", "Postgres 15")),
        ("on RabbitMQ 3.13.", ("version", "RabbitMQ 3.13")),
        ("of Go 1.7+ [subtests](x)", ("version", "Go 1.7+")),
        ("with `Node 18+`", ("version", "Node 18+")),
        ("wants Python 3.11 or newer.", ("version", "Python 3.11+")),
        ("Java 17, or later", ("version", "Java 17+")),
        ("with `python>=3.11`", ("version", "python>=3.11")),
        ("with `postgres:15-alpine`", ("version", "postgres:15-alpine")),
    ],
)
def test_what_names_a_place_is_found(text, anchor):
    assert named(text, path="docs/note.md") == [anchor]


@pytest.mark.parametrize(
    "text",
    [
        "and/or, client/server, 3.5 of 4, e.g. this",
        "`redis`, `true`, `p95`, `Node.js`",
        "`src/*.py` and `src/{a,b}.py`",
        "https://example.com/src/a.py and <https://github.com/o/r/blob/main/src/a.py>",
        "`application/json` and `text/html`",
        "confirm_checkout in plain words is a word",
        "1234567 orders and defaced walls; `ed25519` keys",
        "we waited 15 minutes for Postgres",
        "`https://x.org/form/51f5b6f7/a`, where the 8 characters `51f5b6f7` stand for it",
        "an id such as `51f5b6f7`; the token `51f5b6f8`; `51f5b6f9` (hex for 5)",
        "`GET /forms?form=51f5b6f7` shows `51f5b6f7`",
        "```\nsrc/a.py\nconfirm_checkout()\n```",
        "<!-- see src/a.py -->",
        "RabbitMQ 3 times faster".replace("3 times", "3 % more"),
    ],
)
def test_what_may_be_prose_names_nothing(text):
    assert named(text) == []


def test_a_record_does_not_name_itself():
    assert named("See `docs/adr/0001.md`.", path="docs/adr/0001.md") == []


def test_each_is_named_once_in_the_order_of_the_text_and_not_without_end():
    text = " ".join(f"`src/a{number}.py`" for number in [3, 1, 3, *range(100)])

    found = named(text)

    assert found[:2] == [("path", "src/a3.py"), ("path", "src/a1.py")]
    assert len(found) == len(set(found)) == MOST


@pytest.mark.slow
@given(FOLDERS, PROSE, PROSE)
def test_a_path_in_a_code_span_is_found_among_any_prose(folders, before, after):
    path = f"{'/'.join(folders)}/file.py"

    assert ("path", path) in named(f"{before}\n\nIn `{path}`.\n\n{after}")


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text):
    for anchor in find_anchors(text, path="docs/a.md"):
        assert anchor.name == anchor.name.strip() != ""
        assert not anchor.name.startswith(("/", "../"))
