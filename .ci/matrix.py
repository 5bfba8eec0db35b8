#!/usr/bin/env python3
"""The core's tests on every Python that this machine has, and on the lowest versions that pyproject.toml allows.

The run mpmath-1.4 has the tests of the checks alone.

    python .ci/matrix.py              # all that is found
    python .ci/matrix.py 3.12 lowest  # these only
    python .ci/matrix.py --wheel FILE # of a wheel that is there, instead of one built first

Each run has an environment of its own, in a folder that is removed at the end. What is not found is said; nothing that
is found is left out, and one failure fails the whole.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
LOWEST, NEW_MPMATH = "lowest", "mpmath-1.4"
RUNS = (*PYTHONS, LOWEST, NEW_MPMATH)
CORE = (
    "backward", "beginners_mistakes", "conditions", "conformance_literature", "conformance_micrograd", "copies",
    "derivatives",
    "kinks_and_edges", "no_grad", "operation", "random_graphs", "rules_in_numbers", "rules_proved", "text", "value",
    "vectorize_networks", "vectorize_passes", "vectorize_random_programs", "vectorize_refusals",
)  # fmt: skip
"""The tests of the table, the graph, Values, derivatives and vectorize, for which the extra `test-core` serves."""
CHECKS = ("check_gradients", "oracle", "number_systems")
"""Those of what computes with mpmath. Pyodide pairs mpmath 1.4 with a sympy that asks for an older one, so pip would
not choose it."""


def output(*command: str | Path) -> str:
    """What a command prints; nothing if it is not there or fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def candidates(version: str) -> Iterator[str | Path]:
    """Where a Python of this version may be: on the path, or where pyenv, uv or the launcher of Windows put it."""
    yield sys.executable
    yield f"python{version}"
    for name in output("pyenv", "versions", "--bare").split():
        if name.startswith(f"{version}."):
            yield Path(output("pyenv", "prefix", name)) / "bin" / "python"
    if found := output("uv", "python", "find", "--no-python-downloads", version):
        yield found
    if found := output("py", f"-{version}", "-c", "import sys; print(sys.executable)"):
        yield found


def find(version: str) -> str | None:
    """A Python of this version that can make environments."""
    program = "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2], sys.executable)"
    for candidate in candidates(version):
        found, _, path = output(candidate, "-c", program).partition(" ")
        if found == version:
            return path
    return None


def lowest_pins() -> str:
    """The lowest version that pyproject.toml allows of each direct dependency, as constraints for pip."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test-core"]]
    return "".join(f"{line.replace('>=', '==')}\n" for line in wanted)


def run(name: str, python: str, wheel: Path, scratch: Path) -> bool:
    """Install the wheel in a new environment, and run the core's tests in a folder without the checkout's packages."""
    start = time.monotonic()
    here = scratch / name
    subprocess.run([python, "-m", "venv", here / "env"], check=True)
    inside = here / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = ["pip", "install", "-q", "--disable-pip-version-check", f"{wheel}[test-core]"]
    if name == LOWEST:
        (here / "pins.txt").write_text(lowest_pins(), encoding="utf-8")
        install += ["-c", here / "pins.txt"]
    installs = [install]
    if name == NEW_MPMATH:
        installs.append(["pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "mpmath==1.4.*"])
    shutil.copytree(ROOT / "tests", here / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", here)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    passed = all(
        subprocess.run([inside, *command], cwd=here, env=environment, check=False).returncode == 0
        for command in (
            *(["-m", *each] for each in installs),
            ["-c", "import autograd, sys; assert autograd.__file__.startswith(sys.prefix), autograd.__file__"],
            ["-m", "pytest", "-q", *(f"tests/test_{each}.py" for each in (CHECKS if name == NEW_MPMATH else CORE))],
        )
    )
    print(f"-- {name}: {'passed' if passed else 'FAILED'}, {time.monotonic() - start:.0f} s", flush=True)
    return passed


def main() -> int:
    """How many of the runs failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RUNS)}; default: all")
    parser.add_argument("--wheel", type=Path, help="the wheel to test; default: one that is built first")
    given = parser.parse_args()
    if unknown := set(given.names) - set(RUNS):
        parser.error(f"no such run: {', '.join(unknown)}; there are {', '.join(RUNS)}")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        scratch, wheel = Path(folder), given.wheel
        if wheel is None:
            subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", scratch, ROOT], check=True)
            [wheel] = scratch.glob("*.whl")
        for name in given.names or RUNS:
            version = name if name in PYTHONS else PYTHONS[0]
            if python := find(version):
                print(f"-- {name}: {python}", flush=True)
                failed += not run(name, python, wheel.resolve(), scratch)
            else:
                print(f"-- {name}: skipped, there is no Python {version} on this machine", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
