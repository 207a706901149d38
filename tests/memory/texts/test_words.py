"""Words are those of the full text index: FTS5 itself is asked."""

import re
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.config import data_folder
from memory.texts.words import content_words, split_words, stem, stems


def words_of_the_index(texts):
    db = sqlite3.connect(":memory:")
    db.execute(
        "CREATE VIRTUAL TABLE texts USING fts5 "
        "(said, tokenize = 'porter unicode61 remove_diacritics 2')"
    )
    db.execute("CREATE VIRTUAL TABLE words USING fts5vocab (texts, instance)")
    db.executemany("INSERT INTO texts (rowid, said) VALUES (?, ?)", list(enumerate(texts)))
    found = [[] for _ in texts]
    for number, word in db.execute("SELECT doc, term FROM words ORDER BY doc, offset"):
        found[number].append(word)
    db.close()
    return found


def ours(text):
    return [stem(word) for word in split_words(text)]


@pytest.mark.slow
def test_every_word_of_the_sample_is_a_word_of_the_index():
    files = [*data_folder().glob("sample/**/*.md"), *data_folder().glob("sample/**/*.json*")]
    words = sorted({word for file in files for word in re.findall(r"\S+", file.read_text("utf-8"))})

    assert len(words) > 3_000
    assert [ours(word) for word in words] == words_of_the_index(words)


@pytest.mark.slow
@given(
    st.from_regex(
        r"([bcdfglmnprst][aeiou]){1,4}[bdglmnprt]?"
        r"(s|es|ies|ed|ing|ings|ly|bly|blies|able|ably|ology|ologies|ation|ational|ful|ness|ment|"
        r"ize|izer|izing|ous|iveness|al|ally|e|er|y)?",
        fullmatch=True,
    )
)
def test_made_up_words_have_the_stems_of_the_index(word):
    assert [ours(word)] == words_of_the_index([word])


@pytest.mark.parametrize(
    "text",
    ["İstanbul", "Istanbul café CAFÉ", "naïve Ångström", "snake_case and kebab-case",
     "日本語 한국어", "Ελλάδα й Й", "as js ay xs", "possibly technologies assembly", "x" * 65],
)  # fmt: skip
def test_words_of_other_languages_are_those_of_the_index(text):
    assert [ours(text)] == words_of_the_index([text])


def test_forms_of_a_word_have_one_stem():
    assert stems("Merging the merged worker") == stems("merge workers")
    assert stems("Größe") != stems("Grosse")


def test_words_without_meaning_are_left_out_unless_there_are_no_others():
    assert content_words("Why did we leave the queue, the Queue?") == ["leave", "queue"]
    assert content_words("who are we") == ["who", "are", "we"]
    assert content_words("") == []


@given(st.text(max_size=200))
def test_splitting_the_words_of_a_text_again_changes_nothing(text):
    words = split_words(text)
    assert split_words(" ".join(words)) == words
    assert stems(text) == {stem(word) for word in content_words(text)}
