"""How many texts that give orders are seen, by kind, and how often one is seen where there is none.

The attacks are those of the tests. Others may stand in a folder, a text a file, as may records.

    python benchmarks/orders.py [--records FOLDER] [--attacks FOLDER]
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from memory.texts.orders import orders_in
from tests.attacks import ATTACKS

PAGE = "# 7. Use a queue\n\nStatus: Accepted\n\nWe use RabbitMQ.\n\n{}\n\nIt costs little.\n"


def count(texts: dict[str, str], *, telling: bool) -> None:
    """Print how many of some texts give orders, of what kinds, and the others or these."""
    begun = time.process_time()
    found = {name: orders_in(text) for name, text in texts.items()}
    each = (time.process_time() - begun) / max(1, len(texts))
    for name, kinds in found.items():
        if bool(kinds) is telling:
            print(f"  {name}: {', '.join(kinds) or 'not seen'}")
    kinds_of = Counter(kind for kinds in found.values() for kind in kinds)
    seen = sum(map(bool, found.values()))
    print(f"{seen} of {len(texts)}, {dict(kinds_of)}; {each * 1000:.1f} ms each")


def read(folder: Path) -> dict[str, str]:
    """The texts of a folder by their names."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.name: path.read_text("utf-8", "replace") for path in paths}


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=Path)
    parser.add_argument("--attacks", type=Path)
    options = parser.parse_args()
    print("attacks of the tests")
    count({name: PAGE.format(text) for name, text in ATTACKS.items()}, telling=False)
    if options.attacks:
        print("other attacks")
        count({n: PAGE.format(text) for n, text in read(options.attacks).items()}, telling=False)
    if options.records:
        print("records")
        count(read(options.records), telling=True)


if __name__ == "__main__":
    main()
