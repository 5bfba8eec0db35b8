"""What a graph costs and how it is freed: small nodes, no cycles, no recursion."""

import gc
import sys
import tracemalloc
from contextlib import contextmanager

from autograd import Value, gradients, logsumexp, tanh


@contextmanager
def no_collector():
    """Without the cyclic garbage collector: what is freed, is freed by reference counts."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_a_recorded_node_of_two_values_takes_at_most_three_hundred_bytes():
    a, b = Value(3.0), Value(5.0)
    nodes = [None] * 10_000
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for i in range(len(nodes)):
            nodes[i] = a * b
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown / len(nodes) <= 300


def work():
    x = Value(0.5)
    y = x
    for _ in range(200):
        y = tanh(y * x + 1) / logsumexp([x, y, 2.0])
    y.backward()
    [slope] = gradients(y, [x])
    slope.backward()


def test_a_graph_holds_no_reference_cycle():
    work()  # what is made once, like caches, is made here
    with no_collector():
        work()
        assert gc.collect() == 0


def living_values():
    return sum(issubclass(type(thing), Value) for thing in gc.get_objects())


def test_a_dropped_graph_is_freed_without_the_collector():
    with no_collector():
        before = living_values()
        work()
        assert living_values() == before


def test_a_chain_of_a_million_nodes_is_built_differentiated_and_freed():
    x = y = Value(0.0)
    depth = sys.getrecursionlimit()
    with no_collector():
        for _ in range(1_000_000):
            y = y + 1
        assert y.data == 1_000_000
        y.backward()
        assert x.grad == 1.0
        before = sys.getallocatedblocks()
        del y
        assert before - sys.getallocatedblocks() > 2_000_000
    assert sys.getrecursionlimit() == depth


def test_a_long_chain_is_differentiated_symbolically_without_recursion():
    x = y = Value(0.0)
    for _ in range(19_999):
        y = y + x
    [slope] = gradients(y, [x])
    assert slope.data == 20_000
    del y, slope


def test_a_detached_result_keeps_nothing_of_its_graph():
    x = Value(0.5)
    with no_collector():
        y = x
        for _ in range(10_000):
            y = tanh(y)
        cut = y.detach()
        before = sys.getallocatedblocks()
        del y
        assert before - sys.getallocatedblocks() > 20_000
    assert cut.parents == ()
