"""What check_derivation costs as the graph and the page grow: pages of claims about a network of two hidden layers."""

from random import Random
from statistics import median
from time import process_time
from typing import Any

from autograd import Value, check_derivation, sigmoid
from autograd.graph import topological_order
from benchmarks.framework import Measurement, cpu_time
from nn import MLP, squared_error

Page = tuple[str, dict[str, Any]]


def page(width: int, lines: int) -> Page:
    """A derivation, a quarter of it wrong, and its nodes: 10,558 in the graph for a width of 90."""
    random = Random(0)
    model = MLP(20, [width, width, 1], sigmoid, seed=1)
    x = [Value(k / 10) for k in range(20)]
    h1 = model.layers[0](x)
    h2 = model.layers[1](h1)
    p = model.layers[2](h2)
    nodes = {"m": model, "x": x, "h1": h1, "h2": h2, "p": p, "J": squared_error(p, 1.0)}
    claims = []
    for k in range(lines):
        i, j, l = (random.randrange(width) for _ in range(3))
        neuron = f"m.layers[1].perceptrons[{i}]"
        claims.append(
            [
                f"dJ/dh2[{i}] = dJ/dp*m.layers[2].perceptrons[0].weights[{i}]",
                f"dJ/d{neuron}.weights[{j}] = dJ/dh2[{i}]*h2[{i}]*(1 - h2[{i}])*h1[{j}]",
                f"dh2[{i}]/dh1[{j}] = h2[{i}]*(1 - h2[{i}])*{neuron}.weights[{j}]",
                f"dJ/d{neuron}.bias = dJ/dh2[{i}]*h2[{i}]*h2[{l}]",
            ][k % 4]
        )
    return "\n".join(claims), nodes


def seconds(width: int, lines: int) -> float:
    """CPU seconds for a page."""
    text, nodes = page(width, lines)
    start = process_time()
    check_derivation(text, nodes)
    return process_time() - start


def check_verdicts() -> None:
    text, nodes = page(20, 40)
    holds = [line.holds for line in check_derivation(text, nodes).lines]
    assert holds == [True, True, True, False] * 10, holds


def cost_of_size() -> float:
    """The time for 200 lines over 10,558 nodes, over that for 2,602 nodes."""
    check_verdicts()  # imports sympy, untimed
    assert [len(topological_order(page(width, 0)[1]["J"])) for width in (90, 39)] == [10_558, 2_602]
    return seconds(90, 200) / seconds(39, 200)


def cost_of_lines() -> float:
    """The time for 200 lines over that for 50, both over 10,558 nodes."""
    check_verdicts()
    return seconds(90, 200) / seconds(90, 50)


def cost_of_a_line() -> float:
    """The time for a line, of 200 over 10,558 nodes, over that for one backward through them."""
    check_verdicts()
    output = page(90, 0)[1]["J"]
    return median(seconds(90, 200) / 200 / cpu_time(output.backward) for _ in range(3))


WORKLOADS = [
    Measurement(
        work="check_derivation, 200 lines over 10,558 nodes: time for a line, over one backward of the graph",
        checked_by=check_verdicts,
        measured_by=cost_of_a_line,
        figure=5,
        at_most=True,
    ),
    Measurement(
        work="check_derivation, 200 lines: time over 10,558 nodes, over that for 2,602 (4.1 times fewer)",
        checked_by=check_verdicts,
        measured_by=cost_of_size,
        figure=5,
        at_most=True,
    ),
    Measurement(
        work="check_derivation, 10,558 nodes: time for 200 lines, over that for 50",
        checked_by=check_verdicts,
        measured_by=cost_of_lines,
        figure=5,
        at_most=True,
    ),
]
