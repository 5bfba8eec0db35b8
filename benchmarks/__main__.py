"""Print the table: ``python -m benchmarks``, or ``python -m benchmarks moons`` for the rows of one module."""

import platform
import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from benchmarks.framework import Workload, collector_off, fix_threads

MODULES = [
    "moons",
    "nodes",
    "arrays",
    "epochs",
    "derivation",
    "moons_in_torch",
    "arrays_in_torch",
    "structures",
    "tapes",
    "epochs_in_jax",
]


def workloads(modules: Iterable[str] = MODULES) -> list[Workload]:
    """The rows of some modules of this package."""
    return [workload for name in modules for workload in import_module(f"benchmarks.{name}").WORKLOADS]


def main(modules: list[str]) -> None:
    threads = fix_threads()
    packages = ["micrograd", "scikit-learn", "torch", "numpy"]
    print(f"{platform.python_implementation()} {platform.python_version()},", ", ".join(map(_version, packages)))
    print(f"{threads}; each number is the median of paired runs (see benchmarks/framework.py)\n")
    rows, left_out = [["work", "gc on", "gc off", "figure (gc on)", ""]], []
    for workload in workloads(modules or MODULES):
        if missing := workload.missing():
            left_out.append(f"left out, without {' and '.join(missing)}: {workload.work}")
            continue
        rows.append(_row(workload))
        print("measured:", *rows[-1], sep=" | ", file=sys.stderr)
    _print_table(rows)
    print(*left_out, sep="\n")


def _row(workload: Workload) -> list[str]:
    workload.check()
    on = workload.measure()
    with collector_off():
        off = workload.measure()
    bound = "≤" if workload.at_most else "≥"
    figure = "—" if workload.figure is None else f"{bound} {workload.figure:g}{workload.unit}"
    return [workload.work, f"{on:.3g}{workload.unit}", f"{off:.3g}{workload.unit}", figure, workload.met(on)]


def _print_table(rows: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    for row in rows:
        print("|", " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)), "|")


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"


if __name__ == "__main__":
    main(sys.argv[1:])
