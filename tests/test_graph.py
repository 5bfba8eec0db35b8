"""The order of a graph, what depends on a node, and the chain rule, against every path written out."""

import random

import pytest

from autograd import Value
from autograd.graph import contributions, depending_on, topological_order


def random_graph(seed):
    """The nodes of a graph in which they share operands and take some twice, in the order they were made."""
    draw = random.Random(seed)
    nodes = [Value(1.0) for _ in range(3)]
    for _ in range(9):
        nodes.append(draw.choice(nodes) + draw.choice(nodes))
    return nodes


def paths(node, start):
    """Every path from one node to another, as the tuple of its nodes."""
    if node is start:
        return [(node,)]
    return [(*path, node) for parent in dict.fromkeys(node.parents) for path in paths(parent, start)]


each_graph = pytest.mark.parametrize("nodes", [random_graph(seed) for seed in range(20)], ids=range(20))


@each_graph
def test_a_topological_order_has_each_node_once_and_after_its_parents(nodes):
    order = topological_order(nodes[-1], nodes[-2])
    assert set(order) == {node for node in nodes if paths(nodes[-1], node) or paths(nodes[-2], node)}
    for k, node in enumerate(order):
        assert set(node.parents) <= set(order[:k])
        assert node not in order[:k]


@each_graph
def test_nodes_that_were_seen_are_left_out_and_the_others_count_as_seen(nodes):
    inner, output = nodes[-2:]
    seen = set(topological_order(inner))
    rest = topological_order(output, seen=seen)
    assert rest == [node for node in topological_order(output) if not paths(inner, node)]
    assert seen == {*topological_order(inner), *rest}


@each_graph
def test_a_node_depends_on_an_input_if_a_path_leads_there(nodes):
    inputs = nodes[1:5:3]
    assert depending_on(nodes, inputs) == {node for node in nodes if any(paths(node, start) for start in inputs)}


# The chain rule


def slope(of, by):
    """∂of/∂by as the number of paths, for sums have the slope 1; one that takes a node twice counts twice."""
    return 1 if of is by else sum(slope(parent, by) for parent in of.parents)


@each_graph
def test_the_chain_rule_gives_each_node_the_sum_over_its_paths(nodes):
    output = nodes[-1]
    order = topological_order(output)
    gradients = {output: 1}
    for _ in contributions(order, gradients):
        pass
    assert gradients == {node: slope(output, node) for node in order}


@each_graph
def test_among_some_nodes_the_chain_rule_touches_no_other(nodes):
    output, start = nodes[-1], nodes[1]
    order = topological_order(output)
    among = {node for path in paths(output, start) for node in path}
    gradients = {output: 1}
    steps = list(contributions(order, gradients, among=among))
    assert gradients == {output: 1} | {node: slope(output, node) for node in among}
    assert len(steps) == sum(parent in among for node in among for parent in node.parents)


def test_each_step_of_the_chain_rule_is_already_in_the_gradient():
    x = Value(3.0)
    y = x * x
    gradients = {y: 1}
    seen = [(node, operand, passed, gradients[x]) for node, operand, passed in contributions([x, y], gradients)]
    assert seen == [(y, 0, 3.0, 3.0), (y, 1, 3.0, 6.0)]
