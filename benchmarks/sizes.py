"""What every feature makes of large graphs: ``python -m benchmarks.sizes``.

CPU seconds and peak memory of each feature, in a process of its own, on a chain (deep) and on a sum of products (wide)
of 10,000, 100,000 and 1,000,000 nodes; or the first words of the error by which the feature refuses the size. `growth`
is how the seconds grow from the first size to the last, per node: 1.0 is linear.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable
from typing import Any

SIZES = [10_000, 100_000, 1_000_000]
SECONDS = 300
"""For a feature at one size; then it is stopped."""


def deep(count: int, x: Any = None) -> tuple[Any, Any]:
    """A chain of operations, and the leaf that it begins with."""
    from autograd import Value

    x = Value(0.5, "x") if x is None else x
    y = x
    for step in range(count // 2):
        y = y * 0.999 + 0.001 if step % 2 else y.tanh() + x * 0.001 if step % 1000 == 0 else y * 1.0001 - 0.0001
    y.name = "y"
    return y, x


def wide(count: int, x: Any = None) -> tuple[Any, Any]:
    """A sum of products of leaves, and the first leaf."""
    from autograd import Value
    from autograd import sum as summed

    weights = [Value(1.0 / (index + 1), f"w{index}") for index in range(count // 3)]
    inputs = [Value(0.5) if x is None else x for _ in weights]
    y = summed([w * each for w, each in zip(weights, inputs, strict=True)])
    y.name = "y"
    return y, weights[0]


def _derivation(y: Any, x: Any) -> Any:
    from autograd import check_derivation, gradients

    [slope] = gradients(y, [x])
    return check_derivation(f"dy/d{x.name} = {slope.data!r}", {"y": y, x.name: x}).lines[0].holds


def _page(y: Any, x: Any) -> Any:
    from autograd import draw

    return len(draw(y).page().html)


def _lifted(y: Any, x: Any) -> Any:
    """The graph anew, by the program that built it, for all x."""
    from autograd import vectorize
    from autograd.graph import topological_order

    build = deep if y.op.name != "sum" else wide
    count = len(topological_order(y))
    return vectorize(lambda x: build(count, x)[0], 1.0)([1.0, 2.0])


def _exactly(y: Any, x: Any) -> Any:
    from autograd import exact_gradients

    return exact_gradients(y, [x])


def features() -> dict[str, Callable[[Any, Any], Any]]:
    """What is done with an output and one of its leaves."""
    import copy
    import pickle

    import autograd

    return {
        "backward": lambda y, x: y.backward(),
        "gradients": lambda y, x: autograd.gradients(y, [x]),
        "hessian, one row": lambda y, x: autograd.gradients(autograd.gradients(y, [x])[0], [x]),
        "first_nonfinite": lambda y, x: autograd.first_nonfinite(y),
        "explain": lambda y, x: str(autograd.explain(y, x)),
        "check_gradients": lambda y, x: bool(autograd.check_gradients(y)),
        "check_derivation": _derivation,
        "exact_gradients": _exactly,
        "formula": lambda y, x: autograd.formula(y),
        "draw": lambda y, x: len(autograd.draw(y).source),
        "draw, folded": lambda y, x: len(autograd.draw(y, detail="layers").source),
        "page": _page,
        "vectorize": _lifted,
        "pickle": lambda y, x: pickle.loads(pickle.dumps(y)),
        "deepcopy": lambda y, x: copy.deepcopy(y),
    }


def measured(feature: str, shape: str, count: int) -> str:
    """CPU seconds beyond those of the graph, and peak memory in megabytes; or the error."""
    import resource
    import time

    y, x = {"deep": deep, "wide": wide}[shape](count)
    begin = time.process_time()
    try:
        features()[feature](y, x)
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:90]}"
    seconds = time.process_time() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{seconds:.2f} {memory:.0f}"


def _in_a_process(feature: str, shape: str, count: int) -> str:
    command = [sys.executable, "-m", "benchmarks.sizes", "--one", feature, shape, str(count)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"longer than {SECONDS} s"
    return done.stdout.strip() or f"ended by {done.returncode}: {done.stderr.strip()[-90:]}"


def main(given: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sizes", description=__doc__)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("--features", nargs="+", default=None)
    options = parser.parse_args(given)
    if options.one:
        feature, shape, count = options.one
        print(measured(feature, shape, int(count)))
        return
    for feature in options.features or features():
        for shape in ("deep", "wide"):
            cells = [_in_a_process(feature, shape, count) for count in options.sizes]
            print(f"{feature}, {shape}: ", " | ".join(map(_cell, cells)), _growth(cells, options.sizes), flush=True)


def _cell(text: str) -> str:
    numbers = text.split()
    return f"{numbers[0]} s, {numbers[1]} MB" if len(numbers) == 2 and numbers[1].isdecimal() else text


def _growth(cells: list[str], sizes: list[int]) -> str:
    if any("s, " not in _cell(cell) or ":" in cell for cell in (cells[0], cells[-1])):
        return ""
    first, last = (max(float(cell.split()[0]), 1e-3) for cell in (cells[0], cells[-1]))
    return f"| growth {last / first / (sizes[-1] / sizes[0]):.2f}"


if __name__ == "__main__":
    main(sys.argv[1:])
