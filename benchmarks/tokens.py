"""How well tokens are counted without a language model's tokenizer, and whether briefs keep to it.

    python benchmarks/tokens.py [--wheels FOLDER] [--json]

The wheels hold public tokenizers as package data, so that nothing is fetched from a hub:

    pip download --no-deps --dest FOLDER litellm 'anthropic==0.34.2' mistral-common tiktoken regex

`litellm` has OpenAI's cl100k_base and o200k_base and DeepSeek's, `anthropic` that of Claude 2,
`mistral-common` has tekken. Each is given the same texts: the sample project, the records of
../shared/eval, source code, JSON, the corpus's texts that are Chinese or Japanese, made runs of
digits, capitals and hashes, and briefs for every question of the sample under several budgets.
`ratio` is our count, with its margin, over theirs, by text: at its least it must not be below 1.
`over` counts the briefs that have more tokens than their budget by theirs; it must be 0.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.common import Row, print_table, quantile
from benchmarks.made_project import SAMPLE, questions, sample_project
from indexer.project import open_project
from memory.retrieval.embedding.tokens import count_tokens, with_margin

EVAL = ROOT.parent / "shared/eval"
EACH = 3  # every third question
RECORDS = 300
BUDGETS = (600, 1_000, 4_000, 16_000)
Count = Callable[[str], int]

_GPT = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
_O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+"
    r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def main() -> None:
    options = read_options()
    tokenizers = dict(public_tokenizers(options.wheels))
    if not tokenizers:
        raise SystemExit(f"no wheel with a tokenizer in {options.wheels}; see --help")
    corpora = {name: list(found) for name, found in texts().items()}
    with tempfile.TemporaryDirectory() as folder:
        briefs = made_briefs(Path(folder))
    rows = [
        accuracy(name, count, corpus, some)
        for name, count in tokenizers.items()
        for corpus, some in {**corpora, "briefs": [text for _, text in briefs]}.items()
        if some
    ]
    kept = [
        {
            "tokenizer": name,
            "briefs": len(briefs),
            "over": sum(count(text) > budget for budget, text in briefs),
            "fullest": max(count(text) / budget for budget, text in briefs),
        }
        for name, count in tokenizers.items()
    ]
    if options.json:
        print(json.dumps({"counts": rows, "briefs": kept}))
    else:
        print_table(rows)
        print()
        print_table(kept)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--wheels", type=Path, default=Path("wheels"), help="where they lie")
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


def accuracy(name: str, count: Count, corpus: str, some: list[str]) -> Row:
    """How our counts of some texts compare with a tokenizer's."""
    ratios = [with_margin(count_tokens(text)) / max(1, count(text)) for text in some]
    return {
        "tokenizer": name,
        "texts": corpus,
        "n": len(some),
        "least": min(ratios),
        "p05": quantile(ratios, 0.05),
        "median": quantile(ratios, 0.5),
        "most": max(ratios),
        "below 1": sum(ratio < 1 for ratio in ratios),
    }


def texts() -> dict[str, Iterator[str]]:
    """What is counted, by what it is."""
    records = [path.read_text("utf-8", "replace") for path in sorted(EVAL.glob("corpus/**/*.md"))]
    some = [text for text in records[:: max(1, len(records) // RECORDS)] if len(text) > 200]
    return {
        "sample": (path.read_text("utf-8") for path in sorted(SAMPLE.rglob("*.md"))),
        "records": iter(some),
        "code": (
            path.read_text("utf-8")
            for path in sorted((ROOT / "memory").rglob("*.py"))
            if path.stat().st_size > 200
        ),
        "json": (path.read_text("utf-8") for path in sorted(SAMPLE.rglob("*.json"))),
        "cjk": iter(_CJK + [text for text in records if _is_cjk(text)][:100]),
        "made": made_texts(),
    }


_CJK = [
    "支払いサービスを独立したプロセスに分割する。注文の状態は一つのモジュールだけが書き込む。",
    "将支付服务拆分为独立进程；订单状态只能由一个模块写入。我们在三个月后撤回了第一次尝试。",
    "결제 서비스를 별도의 프로세스로 분리한다. 주문 상태는 한 모듈만 기록한다.",
    "Платёжный сервис вынесен в отдельный процесс; статус заказа пишет только один модуль.",
    "🚀🔥 déployé à 18 h — « réussi » naïve façade ½ ≤ ∑ → ⇒ 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
]


def _is_cjk(text: str) -> bool:
    return sum("\u3040" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" for char in text) > 50


def made_texts() -> Iterator[str]:
    """What tokenizers differ about most."""
    chance = random.Random(1)
    for _ in range(50):
        yield " ".join(str(chance.randrange(10**12)) for _ in range(40))
        yield " ".join(chance.randbytes(20).hex() for _ in range(20))
        yield base64.b64encode(chance.randbytes(400)).decode()
        yield " ".join(_word(chance, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 12) for _ in range(40))
        yield " ".join(_word(chance, "abcdefghijklmnopqrstuvwxyz", 9) for _ in range(40))
        yield "\n".join(" " * chance.randrange(40) + "x" for _ in range(40))
        yield "".join(chance.choice("{}[]()<>=!@#$%^&*-+_|\\/:;,.?~`'\"") for _ in range(300))


def _word(chance: random.Random, letters: str, length: int) -> str:
    return "".join(chance.choice(letters) for _ in range(length))


def made_briefs(folder: Path) -> list[tuple[int, str]]:
    """Briefs of the sample with their budgets."""
    briefs = []
    with open_project(sample_project(folder / "sample"), create=True) as memory:
        memory.index()
        for task in questions()[::EACH]:
            for budget in BUDGETS:
                for form in ("md", "json"):
                    brief = memory.brief(task, budget=budget, form=form)
                    briefs.append((budget, brief.text))
        for budget in (1_000, 10_000, 100_000):
            for form in ("md", "json"):
                brief = memory.brief("", everything=True, budget=budget, form=form)
                briefs.append((budget, brief.text))
    return briefs


def public_tokenizers(wheels: Path) -> Iterator[tuple[str, Count]]:
    """Those that are found, by name."""
    parts = {
        "claude 2": ("anthropic-*.whl", "anthropic/tokenizer.json", _huggingface),
        "deepseek": (
            "litellm-*.whl",
            "litellm/litellm_core_utils/tokenizers/deepseek_tokenizer.json",
            _huggingface,
        ),
        "cl100k": (
            "litellm-*.whl",
            "litellm/litellm_core_utils/tokenizers/9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
            _gpt(_GPT),
        ),
        "o200k": (
            "litellm-*.whl",
            "litellm/litellm_core_utils/tokenizers/fb374d419588a4632f3f557e76b4b70aebbca790",
            _gpt(_O200K),
        ),
        "tekken": ("mistral_common-*.whl", "mistral_common/data/tekken_240911.json", _tekken),
    }
    with tempfile.TemporaryDirectory() as name:
        for library in ("tiktoken", "regex"):
            for wheel in wheels.glob(f"{library}-*.whl"):
                zipfile.ZipFile(wheel).extractall(name)
        sys.path.insert(0, name)
        for title, (pattern, member, read) in parts.items():
            for wheel in sorted(wheels.glob(pattern))[-1:]:
                yield title, read(zipfile.ZipFile(wheel).read(member))


def _huggingface(data: bytes) -> Count:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(data.decode())
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def _gpt(pattern: str) -> Callable[[bytes], Count]:
    def read(data: bytes) -> Count:
        pairs = (line.split() for line in data.splitlines() if line)
        return _bytepairs(pattern, {base64.b64decode(token): int(rank) for token, rank in pairs})

    return read


def _tekken(data: bytes) -> Count:
    said = json.loads(data)
    ranks = {base64.b64decode(one["token_bytes"]): one["rank"] for one in said["vocab"]}
    special = said["config"]["default_num_special_tokens"]
    most = said["config"]["default_vocab_size"] - special
    kept = {token: rank for token, rank in ranks.items() if rank < most}
    return _bytepairs(said["config"]["pattern"], kept)


def _bytepairs(pattern: str, ranks: dict[bytes, int]) -> Count:
    import tiktoken

    encoding = tiktoken.Encoding(
        "public", pat_str=pattern, mergeable_ranks=ranks, special_tokens={}
    )
    return lambda text: len(encoding.encode_ordinary(text))


if __name__ == "__main__":
    main()
