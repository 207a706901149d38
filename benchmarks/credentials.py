"""How many credentials are found, of which families, and how often one is seen where there is none.

Credentials are made at random by a fixed seed; one counts as found where no third of it in a row
can be read afterwards. Those of the `credential_samples*.toml` were written down before the rules
were read; no rule was made from those of `apart` and `third`. In the records of a folder there is
none, so that whatever is found is counted, by record, and shown.

    python benchmarks/credentials.py [FOLDER]
"""

from __future__ import annotations

import argparse
import random
import re
import string
import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.common import print_table
from benchmarks.credential_families import FAMILIES, Family, Maker
from memory.credentials.credential_rules import find_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SEED, EACH = 20261129, 20  # of each form of each family
SAMPLES = tuple(
    Path(__file__).with_name(f"credential_samples{which}.toml")
    for which in ("", "_apart", "_second", "_third")
)
_LETTERS = string.ascii_letters + string.digits
_ALPHABETS = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "an": _LETTERS,
    "low": string.ascii_lowercase + string.digits,
    "UP": string.ascii_uppercase + string.digits,
    "b32": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "url": _LETTERS + "-_",
    "b64": _LETTERS + "+/",
    "d": string.digits,
    "pw": _LETTERS + "!%^*+",
    "bech": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}


def recall(family: Family) -> float:
    """The share of a family's credentials of which nothing is left."""
    maker = Maker(f"{SEED} {family.name}")
    texts = [(form, family.secret(maker)) for form in family.said for _ in range(EACH)]
    return sum(not is_left(form.format(one), one) for form, one in texts) / len(texts)


def samples(file: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Family, text, and what must not be left of it, `EACH` times."""
    drawn = random.Random(SEED)

    def draw(match: re.Match[str]) -> str:
        return "".join(drawn.choice(_ALPHABETS[match[2]]) for _ in range(int(match[1])))

    for family, forms in tomllib.loads(file.read_text("utf-8")).items():
        for form in (form for form in forms for _ in range(EACH)):
            text = re.sub(r"\{(\d+):(\w+)\}", draw, form)
            secrets = re.findall(r"\[\[(.*?)\]\]", text, re.DOTALL)
            yield family, text.replace("[[", "").replace("]]", ""), secrets


def is_left(text: str, secret: str) -> bool:
    """Whether a third of a secret in a row can still be read."""
    for _, value in find_credentials(text):
        text = text.replace(value, " ")
    length = max(5, len(secret) // 3)
    return any(secret[at : at + length] in text for at in range(len(secret) - length + 1))


def false_alarms(paths: Sequence[Path]) -> None:
    """Print what is found in records that hold no credential, and how long a record takes."""
    texts = {path: path.read_text("utf-8", "replace") for path in paths}
    begun = time.process_time()
    found = {path: find_credentials(text) for path, text in texts.items()}
    each = (time.process_time() - begun) / max(1, len(texts))
    alarming = {path: some for path, some in found.items() if some}
    for path, some in alarming.items():
        for one in some:
            print(f"{path.name}: {one.kind}: {one.value[:60]}")
    kinds = Counter(one.kind for some in alarming.values() for one in some)
    print(f"{len(alarming)} of {len(texts)} records, {dict(kinds)}; {each * 1000:.1f} ms a record")


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    folder = parser.parse_args().folder
    shares = {family.name: recall(family) for family in FAMILIES}
    print_table({"family": name, "found": one} for name, one in shares.items() if one < 1)
    whole = sum(one == 1 for one in shares.values())
    print(f"{sum(shares.values()) / len(shares):.3f} of {len(shares)} families, {whole} whole")
    for file in SAMPLES:
        found: dict[str, list[bool]] = {}
        for family, text, secrets in samples(file):
            is_whole = not any(is_left(text, one) for one in secrets)
            found.setdefault(family, []).append(is_whole)
        each = {name: sum(some) / len(some) for name, some in found.items()}
        missed = ((name, one) for name, one in each.items() if one < 1)
        print_table({"sample": name, "found": round(one, 3)} for name, one in missed)
        print(f"{sum(each.values()) / len(each):.3f} of {len(each)} families of {file.name}")
    if folder:
        false_alarms(sorted(folder.rglob("*.md")))


if __name__ == "__main__":
    main()
