"""CPU seconds of `check_derivation` on large pages and networks: ``python -m benchmarks.checking [WORD …]``.

Each page is read, evaluated, proved and diagnosed in a process of its own, which is stopped after two minutes. Beside
the seconds stand how many lines hold, how many were not read, and the memory at its highest. With words, only those
pages run whose names hold one of them.
"""

import os
import resource
import sys
from collections.abc import Callable, Mapping
from random import Random
from time import process_time
from typing import Any

from autograd import Value, check_derivation, dot, log, sigmoid, softmax, tanh

MOST_SECONDS = 120
Page = tuple[str, Mapping[str, Any]]


def _numbers(random: Random, *lengths: int) -> Any:
    if not lengths:
        return Value(random.uniform(-0.5, 0.5))
    return [_numbers(random, *lengths[1:]) for _ in range(lengths[0])]


def _linear(W: Any, x: Any, b: Any) -> Any:
    return [dot(row, x, bias) for row, bias in zip(W, b, strict=True)]


def _layers(random: Random) -> dict[str, Any]:
    return {
        "x": _numbers(random, 64),
        "W1": _numbers(random, 32, 64),
        "b1": _numbers(random, 32),
        "W2": _numbers(random, 10, 32),
        "b2": _numbers(random, 10),
    }


def squares() -> dict[str, Any]:
    """64-32-10, sigmoids, squared error."""
    n = _layers(Random(1))
    n["y"] = _numbers(Random(2), 10)
    n["z1"] = _linear(n["W1"], n["x"], n["b1"])
    n["a1"] = [sigmoid(z) for z in n["z1"]]
    n["z2"] = _linear(n["W2"], n["a1"], n["b2"])
    n["a2"] = [sigmoid(z) for z in n["z2"]]
    n["L"] = sum(((a - y) ** 2 for a, y in zip(n["a2"], n["y"], strict=True)), start=Value(0.0)) / 2
    return n


def classifier() -> dict[str, Any]:
    """64-32-10, tanh, softmax, cross-entropy with a one-hot target."""
    n = _layers(Random(3))
    n["h"] = [tanh(z) for z in _linear(n["W1"], n["x"], n["b1"])]
    n["out"] = _linear(n["W2"], n["h"], n["b2"])
    n["p"] = softmax(n["out"])
    n["t"] = [Value(float(k == 3)) for k in range(10)]
    n["L"] = -sum((t * log(p) for t, p in zip(n["t"], n["p"], strict=True)), start=Value(0.0))
    return n


def batch(count: int = 4) -> dict[str, Any]:
    """64-32-10 with a relu, a batch of rows, squared error: arrays of NumPy's order, X @ W1 + b1."""
    random = Random(4)
    n: dict[str, Any] = {
        "X": _numbers(random, count, 64),
        "W1": _numbers(random, 64, 32),
        "b1": _numbers(random, 32),
        "W2": _numbers(random, 32, 10),
        "b2": _numbers(random, 10),
        "Y": _numbers(random, count, 10),
        "m": count,
    }

    def linear(rows: Any, W: Any, b: Any) -> Any:
        columns = list(zip(*W, strict=True))
        return [[dot(row, column, bias) for column, bias in zip(columns, b, strict=True)] for row in rows]

    n["Z1"] = linear(n["X"], n["W1"], n["b1"])
    n["A1"] = [[tanh(z) for z in row] for row in n["Z1"]]
    n["Z2"] = linear(n["A1"], n["W2"], n["b2"])
    n["J"] = sum(
        ((z - y) ** 2 for zs, ys in zip(n["Z2"], n["Y"], strict=True) for z, y in zip(zs, ys, strict=True)),
        start=Value(0.0),
    ) / (2 * count)
    return n


def matrix(size: int) -> dict[str, Any]:
    """L = ½ Σ z² for z = W x."""
    n = {"W": _numbers(Random(5), size, size), "x": _numbers(Random(6), size)}
    n["z"] = [dot(row, n["x"]) for row in n["W"]]
    n["L"] = dot(n["z"], n["z"]) / 2
    return n


_BACKWARD = """
dZ2 = (Z2 - Y) / m
dW2 = A1.T @ dZ2
db2 = dZ2.sum(axis=0)
dA1 = dZ2 @ W2.T
dZ1 = dA1 * (1 - A1**2)
dW1 = X.T @ dZ1
db1 = dZ1.sum(axis=0)
"""
_INDICES = """
∂L/∂W1_{ij} = ∂L/∂z1_i x_j
∂L/∂W2_{ij} = (a2_i - y_i) a2_i (1 - a2_i) a1_j
∂L/∂z1_j = Σ_i W2_{ij} ∂L/∂z2_i a1_j (1 - a1_j)
∂L/∂x_k = Σ_j W1_{jk} ∂L/∂z1_j
∂L/∂b1_j = ∂L/∂z1_j
"""


def _through_softmax(i: int, j: int) -> str:
    errors = " + ".join(f"(p[{k}] - t[{k}])*W2[{k}][{i}]" for k in range(10))
    return f"dL/dW1[{i}][{j}] = ({errors})*(1 - h[{i}]**2)*x[{j}]"


def _wrong(count: int) -> Page:
    x, w, v, a = Value(1.5), Value(0.8), Value(-0.4), Value(1.0)
    h = sigmoid(w * x)
    p = v * h
    nodes = {"x": x, "w": w, "v": v, "a": a, "h": h, "p": p, "J": (p - a) ** 2 / 2}
    return "\n".join(f"dJ/dw = dJ/dp*v*h*(1 - h)*x + {k}*h" for k in range(1, count + 1)), nodes


PAGES: dict[str, Callable[[], Page]] = {
    "softmax 64-32-10: dL/dout[0] = p[0] - t[0]": lambda: ("dL/dout[0] = p[0] - t[0]", classifier()),
    "softmax 64-32-10: 10 lines of dL/dW2": lambda: (
        "\n".join(f"dL/dW2[{k}][{3 * k}] = (p[{k}] - t[{k}])*h[{3 * k}]" for k in range(10)),
        classifier(),
    ),
    "softmax 64-32-10: 100 lines of dL/dW1": lambda: (
        "\n".join(_through_softmax(k % 32, k % 64) for k in range(100)),
        classifier(),
    ),
    "softmax 64-32-10: 20 wrong lines of dL/dW2": lambda: (
        "\n".join(f"dL/dW2[{k % 10}][{k}] = p[{k % 10}]*h[{k}]**2 + {k}*t[1]" for k in range(20)),
        classifier(),
    ),
    "softmax 64-32-10: 20 lines that are right for these labels": lambda: (
        "\n".join(f"dL/dW2[{k % 10}][{k}] = p[{k % 10}]*h[{k}]" for k in range(20)),
        classifier(),
    ),
    "200 wrong lines, small net": lambda: _wrong(200),
    "3000 wrong lines, small net": lambda: _wrong(3000),
    "50 index claims, 64-32-10, squared error": lambda: (_INDICES * 10, squares()),
    "backward pass in NumPy, 64-32-10, batch of 4": lambda: (_BACKWARD, batch()),
    "dL/dW = z x^T, 100 by 100": lambda: ("∂L/∂W = z x^T\n∂L/∂x = W^T z", matrix(100)),
    "∂L/∂W_ij = z_i x_j, 100 by 100": lambda: ("∂L/∂W_{ij} = z_i x_j\n∂L/∂x_j = Σ_i W_{ij} z_i", matrix(100)),
    "Σ_k Σ_l δ_ik δ_jl z_k x_l, 30 by 30": lambda: ("∂L/∂W_{ij} = Σ_k Σ_l δ_{ik} δ_{jl} z_k x_l", matrix(30)),
    "two nested loops over 2 by 2": lambda: (
        "dW = np.zeros_like(W)\nfor i in range(2):\n    for j in range(2):\n        dW[i][j] = z[i]*x[j]",
        matrix(2),
    ),
    "40 definitions that use the one before twice": lambda: (
        "q0 = z[0]\n" + "\n".join(f"q{k + 1} = q{k} + q{k}" for k in range(40)) + "\ndL/dz[0] = q0",
        matrix(2),
    ),
    "40 such lines of a program": lambda: ("q = z\n" + "q = q + q\n" * 40 + "dz = z", matrix(2)),
    "four outer products of outer products": lambda: (
        "q = np.outer(W, W)\n" + "q = np.outer(q, q)\n" * 3 + "dz = z",
        matrix(2),
    ),
}


def main(words: list[str]) -> None:
    width = max(map(len, PAGES))
    for name, page in PAGES.items():
        if not words or any(word in name for word in words):
            print(name.ljust(width), _alone(page), flush=True)


def _alone(page: Callable[[], Page]) -> str:
    """What a page costs, in a process of its own."""
    read, write = os.pipe()
    if not (child := os.fork()):
        os.close(read)
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
        os.write(write, _cost(*page()).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        found = told.read()
    os.waitpid(child, 0)
    return found or f"over {MOST_SECONDS} s, or out of memory"


def _cost(text: str, nodes: Mapping[str, Any]) -> str:
    check_derivation("y = 2*x", {"x": (x := Value(1.0)), "y": 2 * x})  # imports sympy, untimed
    start = process_time()
    report = check_derivation(text, nodes)
    seconds = process_time() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    right = sum(bool(line.holds) for line in report.lines)
    proved = sum(bool(line.proved) for line in report.lines)
    return (
        f"{seconds:7.2f} s  {megabytes:5} MB  {right} of {len(report.lines)} lines hold, {proved} proved, "
        f"{len(report.unread)} not read"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
