"""What one recorded node costs: memory, and time in graphs of a thousand and of a million nodes."""

import gc
import tracemalloc
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

from autograd import Value
from benchmarks.framework import Measurement, collector_off, cpu_time


def chain(nodes: int) -> tuple[Value, Value, Value]:
    """y = 0, then ``y * a + b`` over and over, with a = b = 1; the output y, and a and b."""
    a, b = Value(1.0), Value(1.0)
    y = Value(0.0)
    for _ in range(nodes // 2):
        y = y * a + b
    return y, a, b


def check_chain() -> None:
    y, a, b = chain(2000)
    y.backward()
    assert (y.data, a.grad, b.grad) == (1000.0, 1000 * 999 / 2, 1000.0)


def cost_of_size() -> float:
    """The cost of a node (build and backward) among 10⁶ nodes over its cost among 10³."""

    def build_and_backward(nodes: int) -> None:
        y, _, _ = chain(nodes)
        y.backward()

    return median(
        cpu_time(lambda: build_and_backward(10**6)) / 1000 / cpu_time(lambda: build_and_backward(10**3))
        for _ in range(3)
    )


def backward_beside_micrograd(nodes: int = 400) -> float:
    """The time of a backward pass over a chain, over micrograd's. (Its own recursion ends at some thousand nodes.)"""
    import micrograd.engine

    def passes(scalar: Callable[[float], Any]) -> float:
        """Seconds of backward passes over new chains: micrograd adds to the gradients that inner nodes have."""
        total = 0.0
        for _ in range(50):
            a, b, y = scalar(1.0), scalar(1.0), scalar(0.0)
            for _ in range(nodes // 2):
                y = y * a + b
            start = process_time()
            y.backward()
            total += process_time() - start
        return total

    return median(passes(Value) / passes(micrograd.engine.Value) for _ in range(7))


def product_bytes(nodes: int = 10_000) -> float:
    """Bytes of a recorded product of two Values, with its number, its local gradients and its gradient."""
    a = Value(1.001)
    y = Value(1.0)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(nodes):
            y = y * a
        y.backward()
        return (tracemalloc.get_traced_memory()[0] - before) / nodes
    finally:
        tracemalloc.stop()


def check_no_cycles() -> None:
    """Dropping a graph frees all of its nodes, with the collector off."""

    def values_alive() -> int:
        return sum(type(thing) is Value for thing in gc.get_objects())

    with collector_off():
        before = values_alive()
        check_chain()
        left = values_alive() - before
    assert left == 0, f"a dropped graph leaves {left} nodes behind"


WORKLOADS = [
    Measurement(
        work="a recorded product of two Values after backward; freed without the collector",
        checked_by=check_no_cycles,
        measured_by=product_bytes,
        figure=300,
        at_most=True,
        unit=" bytes",
    ),
    Measurement(
        work="backward of a chain of products and sums: its time / micrograd's",
        checked_by=check_chain,
        measured_by=backward_beside_micrograd,
        figure=1,
        at_most=True,
        needs=("micrograd",),
    ),
    Measurement(
        work="cost of a node (build and backward) among 10⁶ nodes, over that among 10³",
        checked_by=check_chain,
        measured_by=cost_of_size,
        figure=4,
        at_most=True,
    ),
]
