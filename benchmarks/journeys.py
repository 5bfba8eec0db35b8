"""How far a question walks: ``python -m benchmarks.journeys`` counts how often the work on it goes from file to file.

A reader who follows a program has to open each file that it enters. A switch is a call or a return that leads from one
file of `autograd` and `nn` into another; library code on the way does not count, and the recorders that `nodes.py`
writes as text count as that file. Each journey is run twice, and the
second run is counted, when all that is imported or cached is there. The counts are the same on every machine.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import autograd
from autograd import Value, check_derivation, check_gradients, draw, explain, sigmoid, vectorize

ROOT = Path(autograd.__file__).parent.parent
PACKAGES = tuple(str(ROOT / package) for package in ("autograd", "nn"))


@dataclass
class Count:
    """What one run of a journey enters."""

    files: set[str] = field(default_factory=set)
    switches: int = 0
    calls: int = 0

    def see(self, frame: FrameType, event: str, _argument: object) -> None:
        """Told of every call and return, by `sys.setprofile`."""
        file = file_of(frame)
        if event not in ("call", "return") or file is None:
            return
        caller = frame.f_back
        while caller is not None and file_of(caller) is None:
            caller = caller.f_back
        self.files.add(file)
        self.calls += event == "call"
        self.switches += caller is not None and file_of(caller) != file


def file_of(frame: FrameType) -> str | None:
    """The project's file that runs in a frame; None where it is a library's."""
    file = frame.f_code.co_filename
    if file.startswith("<autograd/"):  # a text that is called after the file that writes it, and what it is
        file = str(ROOT / file[1:].partition(":")[0])
    return file if file.startswith(PACKAGES) else None


def count(journey: Callable[[], object]) -> Count:
    """The counts of the second of two runs."""
    journey()
    found = Count()
    sys.setprofile(found.see)
    try:
        journey()
    finally:
        sys.setprofile(None)
    return found


# The README's graphs


def two_neurons() -> dict[str, Any]:
    """Its network for `check_derivation`: one input, two hidden neurons, one output."""
    x, w1, w2, v1, v2, a = map(Value, (1.5, 0.8, -0.4, 0.5, 1.2, 1.0))
    h1, h2 = sigmoid(w1 * x), sigmoid(w2 * x)
    p = v1 * h1 + v2 * h2
    J = (p - a) ** 2 / 2
    return locals()


def neuron(x: Any) -> Any:
    """Its neuron for `vectorize`."""
    return (WEIGHTS[0] * x[0] + WEIGHTS[1] * x[1] + BIAS).tanh()


NODES = two_neurons()
J, W1, X = NODES["J"], NODES["w1"], NODES["x"]
WEIGHTS, BIAS = [Value(0.5, "w1"), Value(-1.0, "w2")], Value(0.25, "b")

JOURNEYS: dict[str, tuple[Callable[[], object], int | None]] = {
    "w * x": (lambda: W1 * X, None),
    "(w * x).backward()": ((W1 * X).backward, None),
    "a right claim": (lambda: check_derivation("dJ/dp = p - a", NODES), 360),
    "a wrong claim, printed": (lambda: str(check_derivation("dp/dx = v1*h1*(1 - h1)*w1", NODES)), 700),
    "vectorize one neuron": (lambda: vectorize(neuron, [0.0, 0.0]), 150),
    "draw(J)": (lambda: draw(J), 250),
    "draw(J).page()": (lambda: draw(J).page(), 900),
    "explain(J, w1)": (lambda: explain(J, W1), None),
    "check_gradients(J)": (lambda: check_gradients(J), None),
}
"""Each with how many switches it may take; None where no bound is set."""


def main() -> None:
    """Print the table."""
    print(f"{'journey':<24}{'files':>8}{'switches':>10}{'at most':>9}{'calls':>8}")
    for name, (journey, bound) in JOURNEYS.items():
        found = count(journey)
        print(f"{name:<24}{len(found.files):>8}{found.switches:>10}{bound or '—':>9}{found.calls:>8}")


if __name__ == "__main__":
    main()
