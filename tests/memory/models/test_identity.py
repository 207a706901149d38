"""What is a uid, and what is only written like one."""

import re

import pytest

from memory.kinds.vocabulary import Kind
from memory.models.memory import UID, uid_for


@pytest.mark.parametrize("kind", list(Kind))
def test_every_uid_is_known_for_one(kind):
    assert re.fullmatch(UID, uid_for(kind, "anything"))


@pytest.mark.parametrize("word", ["pre-existing", "non-blocking", "low-risk", "dec-k3f9"])
def test_a_hyphenated_word_is_none(word):
    assert not re.fullmatch(UID, word)
