"""Graphs written as formulas, which run on Values and, for the independent calculus, on floats."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from backward_passes import Network, OfFloats


def functions(m: Any) -> dict[str, Any]:
    """What the formulas of a graph may call. A Value beside an array is refused, so that it stands in an array, too."""

    def softmax(x):
        powers = m.exp(x)
        return powers / m.sum(powers, axis=-1, keepdims=True)

    names = ("exp", "log", "tanh", "sqrt", "sigmoid", "sum")
    of_numpy = {name: getattr(np, name) for name in ("array", "diag", "einsum", "eye", "outer", "pi", "where")}
    own = {"softmax": softmax, "rectified": lambda x: m.maximum(x, 0)}
    return {name: getattr(m, name) for name in names} | of_numpy | own


def network(graph: Mapping[str, Any], numbers: Mapping[str, Any]) -> Network:
    """The network of a graph: leaves are numbers, what is computed from them is text, and the last is the output."""

    def step(formula):
        return lambda m, v: eval(formula, functions(m) | v | _as_arrays(numbers))

    leaves = {name: value for name, value in graph.items() if not isinstance(value, str)}
    steps = {name: step(formula) for name, formula in graph.items() if isinstance(formula, str)}
    return Network(_as_arrays(leaves), steps, next(reversed(graph)), numbers)


def are_equal(of: Network, left: str, right: str) -> bool:
    """Whether two formulas of NumPy have one value; ``slope('L', 'w')`` is a derivative by finite differences."""
    known = functions(OfFloats()) | {"np": np} | _as_arrays(of.numbers) | of.values(OfFloats(), np.asarray)
    known["slope"] = lambda output, by: of.slope(by, output)
    a, b = (np.asarray(eval(side, known), dtype=float) for side in (left, right))
    return a.shape == b.shape and np.allclose(a, b, rtol=2e-5, atol=1e-8)


def _as_arrays(numbers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.array(value) if isinstance(value, list) else value for name, value in numbers.items()}
