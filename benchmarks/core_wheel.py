"""Tries archmem-core as a stranger would get it: wheels, a fresh environment, no constraint.

    python benchmarks/core_wheel.py [PYTHON ...]    # interpreters; python3.11 to 3.13 if not named
    python benchmarks/core_wheel.py --uvx           # once more by uvx and pipx, where they are

`make wheels` has to have built dist/ before. For each interpreter: seconds until it is installed,
the same for what it depends on without it, which is what pip and other people's packages take,
MB of its packages without pip's own, that no package of nvidia's came along, seconds of the first
index of the sample, that nothing was compiled, what it says when asked for another model, and that
what is asked of it every day (`EVERYDAY`, a session of MCP, a file that is watched, a memory that
is erased) is answered by one engine to the end, with no other in its place, `kubernetes` being
uninstalled before. It ends with 1 if something is not as promised (`LIMITS`); seconds are promised
of an idle machine.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from email.parser import Parser
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from benchmarks.mcp_over_stdio import Session

PYTHONS = ("python3.11", "python3.12", "python3.13")
LIMITS = {"seconds to install": 45, "MB": 560, "seconds of the first index": 10}
SPLIT = "Extract payments into a service"
EVERYDAY = (
    ("index",), ("search", SPLIT), ("tried", SPLIT), ("brief", SPLIT), ("check", "plan.md"),
    ("coordinate", "--query", SPLIT), ("triage", SPLIT), ("map",), ("health",), ("decouple",),
    ("impact", "Money"), ("inventory", "routes"), ("audit",), ("audit", "--since", "HEAD"),
    ("drift", "module-cycle"), ("timeline", "payments"), ("verify",), ("lint",), ("harvest",),
    ("consolidate",), ("flag", "list"), ("backup",), ("doctor",), ("status",), ("watch", "--on"),
)  # fmt: skip
NOTED = "A note of this run"
BROUGHT_BY_VENV = ("pip", "pip-", "setuptools", "pkg_resources", "_distutils_hack", "wheel")


def main(arguments: list[str]) -> int:
    """Try each interpreter that there is; how many promises were broken."""
    wheels = sorted((CHECKOUT / "dist").glob("archmem_core-*.whl"))
    if not wheels:
        raise SystemExit("there is no wheel in dist/: run `make wheels`")
    wheel, size = wheels[-1], wheels[-1].stat().st_size / 1e6
    print(f"{wheel.name}: {size:.0f} MB")
    broken = size > 100
    named = [one for one in arguments if not one.startswith("--")] or PYTHONS
    for python in filter(shutil.which, named):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # an engine ends
            broken += _try_pip(python, wheel, Path(folder))
    if "--uvx" in arguments:
        for runner in (["uvx", "--from"], ["pipx", "run", "--spec"]):
            if shutil.which(runner[0]):
                with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                    broken += _try_runner([*runner, str(wheel), "archmem-core"], Path(folder))
            else:
                print(f"{runner[0]}: not here")
    return int(broken > 0)


def _try_pip(python: str, wheel: Path, folder: Path) -> int:
    if subprocess.run([python, "-m", "venv", folder / "venv"], check=False).returncode:
        print(f"{python}: does not run here")
        return 0
    binaries = folder / "venv" / "bin"
    start, before = time.perf_counter(), _processor()
    _run([binaries / "python", "-m", "pip", "install", "-q", wheel], folder)
    installing = time.perf_counter() - start
    busy = _processor() - before
    packages = next((folder / "venv" / "lib").glob("python*/site-packages"))
    others = [one for one in packages.iterdir() if one.name.startswith("nvidia")]
    measured = {"seconds to install": installing, "MB": _megabytes(packages)}
    broken = len(others)
    measured["seconds of the first index"] = _first_index([binaries / "archmem"], folder)
    floor, floor_busy = _install_others(python, wheel, folder)
    print(
        f"{python}: {busy:.0f} s of a processor to install, "
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()}"
    )
    print(f"{python}: {floor:.0f} s, {floor_busy:.0f} of a processor, for what it depends on alone")
    for what, limit in LIMITS.items():
        broken += measured[what] > limit
        print(f"{python}: {measured[what]:.0f} {what} (at most {limit})")
    _run([binaries / "python", "-m", "pip", "uninstall", "-q", "-y", "kubernetes"], folder)
    print(f"{python}: {_megabytes(packages):.0f} MB without kubernetes")
    print(f"{python}: {_use([binaries / 'archmem'], folder):.0f} s for what is asked every day")
    compiled = list((folder / "cache").glob("models/*/model.onnx"))
    print(f"{python}: {len(others)} packages of nvidia's, {len(compiled)} models compiled")
    said = _refused([binaries / "archmem", "model", "use", "BAAI/bge-small-en-v1.5"], folder)
    _run([binaries / "archmem", "stop"], folder)  # whatever that has started
    print(f"{python}: another model: {said}")
    return broken + len(compiled) + ("pip install archmem" not in said or "\n" in said)


def _install_others(python: str, wheel: Path, folder: Path) -> tuple[float, float]:
    """Seconds by the clock and of a processor to install what the wheel depends on, alone."""
    with zipfile.ZipFile(wheel) as packed:
        name = next(one for one in packed.namelist() if one.endswith(".dist-info/METADATA"))
        said = Parser().parsestr(packed.read(name).decode())
    needed = [one for one in said.get_all("Requires-Dist") or [] if "extra ==" not in one]
    _run([python, "-m", "venv", folder / "others"], folder)
    start, before = time.perf_counter(), _processor()
    _run([folder / "others" / "bin" / "python", "-m", "pip", "install", "-q", *needed], folder)
    return time.perf_counter() - start, _processor() - before


def _try_runner(command: list[str], folder: Path) -> int:
    start = time.perf_counter()
    _run([*command, "--version"], folder)
    print(f"{command[0]}: {time.perf_counter() - start:.0f} s to its first answer")
    print(f"{command[0]}: {_first_index(command, folder):.1f} s for the first index")
    return 0


def _first_index(archmem: list[object], folder: Path) -> float:
    """Seconds until the sample, a repository of its own, is indexed and can be searched."""
    sample = folder / "sample"
    shutil.copytree(CHECKOUT / "data" / "sample", sample)
    git = ["git", "-c", "user.name=sample", "-c", "user.email=sample@example.com"]
    for step in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "The sample project"]):
        _run([*git, "-C", sample, *step], folder)
    start = time.perf_counter()
    _run([*archmem, "--project", sample, "index"], folder)
    seconds = time.perf_counter() - start
    question = "where do we keep sessions of users?"
    found = _run([*archmem, "--project", sample, "search", question, "--json"], folder)
    _run([*archmem, "stop"], folder)
    assert "Issue opaque access tokens" in found, found
    return seconds


def _use(archmem: list[object], folder: Path) -> float:
    """Seconds for what is asked every day; the run ends where something fails or ends an engine."""
    sample = folder / "sample"
    ours = [*archmem, "--project", sample]
    (folder / "plan.md").write_text("- Rename a button\n")
    start = time.perf_counter()
    _run([*ours, "status"], folder)
    engine = _engine(folder)
    for command in EVERYDAY:
        _run([*ours, *command], folder)
    with Session([str(one) for one in (*ours, "mcp")], env=_environment(folder)) as session:
        session.initialize()
        session.call("memory_brief", {"task": SPLIT})
    record = [*ours, "record", "note", "--title", NOTED, "--topic", "patterns", "--body", "Kept."]
    uid = json.loads(_run([*record, "--json"], folder))["uid"]
    _run([*ours, "forget", uid, "--yes"], folder)
    new = sample / "docs" / "adr" / "0099-watched.md"
    new.write_text("# 99. Watch the files\n\n## Status\n\nAccepted\n\n## Decision\n\nBy inotify.\n")
    until = time.perf_counter() + 20
    while "Watch the files" not in _run([*ours, "list"], folder):
        assert time.perf_counter() < until, "a watched file was not taken in"
    seconds = time.perf_counter() - start
    assert _engine(folder) == engine, "an engine ended, and another took its place"
    return seconds


def _engine(folder: Path) -> int:
    """The process that answers, as it describes itself."""
    pid: int = json.loads((folder / "runtime" / "engine.json").read_bytes())["pid"]
    return pid


def _environment(folder: Path) -> dict[str, str]:
    """The user's, with no constraint of pip's, and with engine and cache of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARCHMEM_")}
    kept["PIP_CONSTRAINT"] = os.devnull  # that of a configuration file holds no longer either
    folders = {"RUNTIME": folder / "runtime", "CACHE": folder / "cache", "STATE": folder / "state"}
    return kept | {f"ARCHMEM_{name}": str(path) for name, path in folders.items()}


def _run(command: list[object], folder: Path) -> str:
    done = subprocess.run(
        [str(one) for one in command],
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        ended = f"{' '.join(map(str, command))}: ended with {done.returncode}"
        raise SystemExit(f"{ended}: {done.stdout}{done.stderr}")
    return done.stdout


def _refused(command: list[object], folder: Path) -> str:
    done = subprocess.run(
        [str(one) for one in command],
        cwd=folder / "sample",
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode, "it served a model that it cannot have"
    return done.stderr.strip()


def _processor() -> float:
    """Seconds that processes of ours had a processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _megabytes(packages: Path) -> float:
    """What lies in an environment's packages, in MB on the disk, but for what venv put there."""
    mine = [one for one in packages.iterdir() if not one.name.startswith(BROUGHT_BY_VENV)]
    done = subprocess.run(["du", "-scm", *mine], capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1].split()[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
