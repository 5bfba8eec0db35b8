"""The chain rule, path by path: published sums, exponential numbers of paths, text and LaTeX."""

import re
from itertools import product as choices
from math import inf, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import exactly, examples, leaves

from autograd import (
    Value,
    dot,
    explain,
    gradients,
    maximum,
    minimum,
    relu,
    sigmoid,
    sqrt,
    sum,  # noqa: A004  (the mathematics' name)
    tanh,
    where,
)
from autograd.graph import topological_order
from autograd.paths import count_paths, largest_paths, product, routes, ways
from nn import SGD, squared_error


def named(node, name):
    node.name = name
    return node


@pytest.fixture
def mazur():
    """The network of Mazur's step by step example, as a dict of its nodes (conformance E1)."""
    numbers = [0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55]
    nodes = {f"w{k}": Value(w, f"w{k}") for k, w in enumerate(numbers, 1)}
    w1, w2, w3, w4, w5, w6, w7, w8 = nodes.values()
    i1, i2, b1, b2 = leaves(0.05, 0.10, 0.35, 0.60, names="i1 i2 b1 b2")
    h1 = named(sigmoid(named(dot([w1, w2], [i1, i2], b1), "net_h1")), "h1")
    h2 = named(sigmoid(named(dot([w3, w4], [i1, i2], b1), "net_h2")), "h2")
    o1 = named(sigmoid(named(dot([w5, w6], [h1, h2], b2), "net_o1")), "o1")
    o2 = named(sigmoid(named(dot([w7, w8], [h1, h2], b2), "net_o2")), "o2")
    E = named(squared_error([o1, o2], [0.01, 0.99]), "E")
    return {**nodes, "h1": h1, "o1": o1, "o2": o2, "E": E, "b1": b1, "net_o1": named(o1.parents[0], "net_o1")}


# The sums of the literature


def test_mazurs_gradient_is_the_sum_of_a_path_over_each_output(mazur):
    found = explain(mazur["E"], mazur["w1"])
    via = {("o1" if mazur["o1"] in path.nodes else "o2"): path.product for path in found.paths}
    assert via == {"o1": exactly(6.68396021144373e-4), "o2": exactly(-2.2982828667002627e-4)}
    assert (found.count, found.total) == (2, exactly(4.3856773447434674e-4))


def test_mazurs_sum_at_the_branch_is_that_of_his_page(mazur):
    [branch] = explain(mazur["E"], mazur["w1"]).branches
    assert branch.node is mazur["h1"]
    assert branch.terms == exactly((0.055399424651422786, -0.019049118258278108))
    assert branch.total == exactly(0.036350306393144675)
    assert [consumer.name for consumer in branch.consumers] == ["net_o1", "net_o2"]


def test_a_weight_of_the_output_layer_has_one_path(mazur):
    found = explain(mazur["E"], mazur["w5"])
    assert (found.count, found.total) == (1, exactly(0.08216704056423078))
    assert found.branches == ()


def test_a_bias_that_is_shared_has_a_path_through_each_neuron(mazur):
    found = explain(mazur["E"], mazur["b1"])
    assert (found.count, found.total) == (4, exactly(0.018725609394704135))


def test_the_lectures_net_has_a_path_over_each_z():
    W1, W2, W3 = ([Value(0.1 * (k - 3)) for k in range(n)] for n in (12, 8, 2))
    x = [0.9, 0.1, 0.5]
    y = [sigmoid(dot(W1[j::4], x)) for j in range(4)]
    z = [sigmoid(dot(W2[k::2], y)) for k in range(2)]
    p = sigmoid(dot(W3, z))
    J = squared_error(p, 1.0)

    def by_hand(i, j, k):
        """(p − a) p(1 − p) · W3[k] z[k](1 − z[k]) W2[j][k] · y[j](1 − y[j]) · x[i]"""
        slope = [node.data * (1 - node.data) for node in (p, z[k], y[j])]
        return (p.data - 1) * prod(slope) * W3[k].data * W2[2 * j + k].data * x[i]

    for i, j in choices(range(3), range(4)):
        found = explain(J, W1[4 * i + j])
        terms = sorted((by_hand(i, j, k) for k in range(2)), key=abs, reverse=True)
        assert [path.product for path in found.paths] == exactly(terms)


# Paths


def test_a_plus_a_has_a_path_for_each_operand():
    a = Value(3.0, "a")
    found = explain(a + a, a)
    assert [(path.operands, path.local_grads, path.product) for path in found.paths] == [
        ((0,), (1,), 1),
        ((1,), (1,), 1),
    ]
    assert found.total == 2


def test_the_nodes_of_a_path_go_from_the_input_to_the_output():
    x = Value(2.0, "x")
    inner = x * 3
    output = inner.tanh()
    [path] = explain(output, x).paths
    assert path.nodes == (x, inner, output)
    assert path.local_grads == (3.0, output.local_grads[0])


def test_an_inner_node_may_be_the_input():
    x = Value(2.0)
    inner = x * x
    assert explain(inner * inner + x, inner).total == 8.0


def test_no_path_says_so_and_sums_to_zero():
    x, y = leaves(1.0, 2.0, names="x y")
    found = explain(named(y * 2, "z"), x)
    assert str(found) == "dz/dx = 0: no path leads from x to z, which does not depend on it"
    assert (found.paths, found.count, found.total) == ((), 0, 0.0)


def test_a_node_by_itself_has_the_derivative_one():
    x = Value(1.0, "x")
    found = explain(x, x)
    assert str(found) == "dx/dx = 1: the derivative of a node by itself"
    assert (found.count, found.total) == (1, 1.0)


def test_a_condition_and_the_branch_not_taken_are_no_paths():
    x = Value(0.0, "x")
    found = explain(where(x > 0, sqrt(x), 2 * x), x)
    assert (found.count, found.total) == (1, 2.0)
    assert explain(where(x > 0, x, 1.0), x).count == 0


def test_a_local_gradient_that_happens_to_be_zero_is_a_path():
    x = Value(0.0, "x")
    assert [path.product for path in explain(x**2, x).paths] == [0.0]


@pytest.mark.parametrize(
    ("function", "at"),
    [(relu, -1.0), (abs, 0.0), (lambda x: maximum(x, 1), -1.0), (lambda x: minimum(x, -2), -1.0)],
    ids=["relu", "abs", "maximum", "minimum"],
)
def test_the_path_through_a_gate_that_is_shut_is_a_path_of_product_zero(function, at):
    x = Value(at, "x")
    assert [path.product for path in explain(named(function(x), "y"), x).paths] == [0.0]


def test_the_path_through_a_relu_that_is_off_has_the_product_zero_whatever_lies_below():
    x = Value(0.0, "x")
    found = explain(named(relu(sqrt(x) - 1) + x, "y"), x)
    assert ([path.product for path in found.paths], found.total) == ([1.0, 0.0], 1.0)


def test_where_only_a_condition_leads_on_the_page_says_that_nothing_passes_and_not_that_nothing_depends():
    x = Value(-1.0, "x")
    found = explain(named(where(x > 0, 1.0, 2.0), "y"), x)
    assert str(found).startswith("dy/dx = 0: no gradient passes on any path from x to y")


def test_an_infinite_path_comes_first():
    x = Value(0.0, "x")
    assert explain(sqrt(x) + x, x).paths[0].product == inf


# As many paths as there may be


class Node:
    """A node that counts how often it is looked into."""

    visits = 0

    def __init__(self, *parents, local_grads=None):
        self._parents = parents
        self.local_grads = local_grads or (1.0,) * len(parents)

    @property
    def parents(self):
        Node.visits += 1
        return self._parents


def ladder(rungs, local_grads=(1.0, 1.0)):
    start = node = Node()
    for _ in range(rungs):
        node = Node(node, node, local_grads=local_grads)
    return node, start


@pytest.mark.parametrize("most", [1, 5])
def test_two_to_the_sixty_paths_are_counted_and_the_largest_found_by_few_visits_a_node(most):
    output, start = ladder(60)
    Node.visits = 0
    between = ways(output, start)
    assert count_paths(between) == 2**60
    assert len(largest_paths(between, most)) == most
    assert Node.visits <= 61 * (6 + most)


def test_the_largest_of_very_many_paths_are_the_largest():
    output, start = ladder(60, local_grads=(0.5, -0.75))
    found = largest_paths(ways(output, start), 61)
    assert [path.product for path in found[:2]] == exactly([0.75**60, -(0.75**59) * 0.5])
    # One path is largest, and one with the smaller factor at each of 60 rungs comes next.
    assert [abs(path.product) for path in found[1:]] == exactly([0.75**59 * 0.5] * 60)
    assert len({path.operands for path in found}) == 61


def test_the_sum_over_a_ladder_is_exact():
    x = y = Value(1.0, "x")
    for _ in range(60):
        y = y + y
    found = explain(y, x, most=2)
    assert (found.total, found.count, len(found.paths)) == (2.0**60, 2**60, 2)
    assert "the sum of 1152921504606846976 paths" in str(found)
    assert "and 1152921504606846974 more paths, which add up to 1.15292e+18" in str(found)
    assert "… and at 58 more branches" in str(found)


def test_a_chain_of_a_hundred_thousand_nodes_is_explained_by_its_ends():
    x = y = Value(1.0, "x")
    for _ in range(100_000):
        y = y + 1
    found = explain(y, x)
    assert (found.total, found.count, len(found.paths[0].nodes)) == (1.0, 1, 100_001)
    assert len(str(found)) < 2000
    assert len(found._repr_latex_()) < 2000


@settings(max_examples=examples(100))
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 20), st.integers(-3, 3)), min_size=1, max_size=3), max_size=7),
    st.integers(1, 6),
)
def test_counts_and_largest_paths_are_those_of_walking_all_paths(program, most):
    nodes = [Node()]
    for operands in program:
        parents = [nodes[k % len(nodes)] for k, _ in operands]
        nodes.append(Node(*parents, local_grads=tuple(float(local) for _, local in operands)))

    def walk(node):
        if node is nodes[0]:
            yield ()
        for i, parent in enumerate(node.parents):
            for path in walk(parent):
                yield (*path, (i, node.local_grads[i]))

    everything = sorted((abs(prod(local for _, local in path)) for path in walk(nodes[-1])), reverse=True)
    between = ways(nodes[-1], nodes[0])
    assert count_paths(between) == len(everything)
    assert [abs(path.product) for path in largest_paths(between, most)] == exactly(everything[:most])


@settings(max_examples=examples(50))
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.sampled_from("+*-t")), min_size=1, max_size=9))
def test_the_sum_over_all_paths_is_the_gradient(program):
    nodes = [Value(0.75, "x")]
    for i, j, operation in program:
        a, b = nodes[i % len(nodes)], nodes[j % len(nodes)]
        nodes.append({"+": a + b, "*": a * b, "-": a - b, "t": tanh(a)}[operation])
    found = explain(nodes[-1], nodes[0], most=600)
    [expected] = gradients(nodes[-1], [nodes[0]])
    assert found.total == exactly(expected.data, absolute=1e-12)
    if found.count <= 600:
        assert sum([path.product for path in found.paths]) == exactly(expected.data, absolute=1e-12)


def test_a_product_neither_overflows_nor_underflows_on_the_way():
    assert product((1e-200, 1e-200, 1e200, 1e200)) == exactly(1.0)
    assert product((1e200, -1e200)) == -inf
    assert product((0.1, 0.2, 0.3)) == 0.1 * 0.2 * 0.3
    assert product((1e300, 5e-324, 0.5)) == 1e300 * 5e-324 * 0.5


def test_the_product_of_a_path_through_the_smallest_float_is_the_gradient():
    x = Value(1.0, "x")
    y = named(((x * 0.5) * 5e-324) * 1e300, "y")
    y.backward()

    found = explain(y, x)

    assert [path.product for path in found.paths] == [found.total] == [x.grad] == exactly([1e300 * 5e-324 * 0.5])
    assert "= 1e+300 · 5e-324 · 0.5 = 2.47033e-24" in str(found)
    [route] = routes([y], topological_order(y), most=1)[x].largest
    assert route.product == x.grad


def test_of_paths_through_the_smallest_float_the_largest_comes_first():
    x = Value(1.0, "x")
    a, b = named(x * 5e-324, "a"), named(x * 1e-300, "b")

    found = explain(a * 1e300 + b * 0.25, x)

    assert [path.nodes[1].name for path in found.paths] == ["a", "b"]


# Text and LaTeX


def test_a_perceptron_reads_as_the_chain_rule():
    w, x, b = leaves(-3.0, 2.0, 6.5, names="w x b")
    n = named(w * x + b, "n")
    assert str(explain(named(tanh(n), "y"), w)).splitlines() == [
        "dy/dw = 1.57290, along the one path from w to y",
        "",
        "1.  w → w * x → n → y",
        "    ∂y/∂n · ∂n/∂(w * x) · ∂(w * x)/∂w",
        "    = 0.786448 · 1 · 2 = 1.57290",
    ]


def test_the_page_of_mazurs_gradient_shows_both_paths_and_the_sum(mazur):
    page = str(explain(mazur["E"], mazur["w1"]))
    assert "dE/dw1 = 0.000438568, the sum of 2 paths from w1 to E" in page
    assert "0.05 = 0.000668396" in page
    assert "0.05 = -0.000229828" in page
    assert "dE/dh1 = 0.0553994 via net_o1 + (-0.0190491) via net_o2 = 0.0363503" in page


def test_the_paths_of_a_plus_a_are_told_apart_in_the_text():
    a = Value(3.0, "a")
    page = str(explain(named(tanh(a + a), "y"), a)).splitlines()
    assert page[2] == "1.  a (as operand 1 of +) → a + a → y"
    assert page[5] == "2.  a (as operand 2 of +) → a + a → y"


def test_the_listed_paths_of_a_ladder_all_differ():
    x = y = Value(1.0, "x")
    for _ in range(60):
        y = y + y
    paths = re.findall(r"^\d+\. +(.*)$", str(explain(y, x)), re.MULTILINE)
    assert len(paths) == len(set(paths)) == 10


def test_an_operand_that_a_node_takes_once_is_not_numbered(mazur):
    assert "operand" not in str(explain(mazur["E"], mazur["w1"]))


def test_long_operations_without_a_name_get_symbols_that_are_explained():
    x, y = leaves(1.0, 2.0, names="x y")
    page = str(explain(tanh((x + y) * (x - y)) ** 2, x))
    assert re.search(r"where\n( +v\d = .+\n?)+", page)
    assert set(re.findall(r"v\d", page.split("where")[0])) == set(re.findall(r"(v\d) =", page.split("where")[1]))


def test_a_symbol_never_has_the_name_of_a_node():
    v1, w = leaves(1.0, 2.0, names="v1 w")
    page = str(explain(tanh((v1 + w) * (v1 - w)) ** 2, v1))
    assert "u1 = " in page


def test_latex_puts_the_numbers_in(mazur):
    text = explain(mazur["E"], mazur["w1"])._repr_latex_()
    assert text.startswith("$$\\begin{aligned}\n\\frac{dE}{dw_{1}} &= ")
    assert "0.186816 \\cdot 0.4 \\cdot 0.241301 \\cdot 0.05" in text
    assert "&= 0.000668396 + (-0.000229828) \\\\" in text
    assert "&= 0.000438568" in text


@pytest.mark.parametrize(("factor", "shown"), [(1.0, "= \\infty"), (-1.0, "= -\\infty")])
def test_an_infinite_derivative_in_latex_is_the_sign_of_infinity(factor, shown):
    x = Value(0.0, "x")
    assert shown in explain(factor * sqrt(x), x)._repr_latex_()


def test_powers_of_ten_in_latex_are_written_as_such():
    x = Value(1e-30, "x")
    assert "1 \\times 10^{-30}" in explain(x * x, x)._repr_latex_()


@pytest.mark.parametrize(
    "name", ["_a_b", "50%", "R&D", "#1", "$x$", "{", "}", "\\input{/etc}", "a^b", "~", "a b", "<i>"]
)
def test_names_are_escaped_in_latex(name):
    x = Value(2.0, name)
    text = explain(named(tanh(x), "y"), x)._repr_latex_()
    inside = re.search(r"\{\\partial \\mathrm\{((?:[^{}]|\\[{}])*)\}\}", text)
    assert inside, text
    assert not re.search(r"(?<!\\)[_%&#$^~]", inside[1])
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0


def test_math_mode_is_neither_left_nor_entered_by_a_name():
    x = Value(2.0, "$x$")
    assert explain(x * x, x)._repr_latex_().replace("\\$", "").count("$") == 4


# Before and after an optimizer's step


def test_after_a_step_the_recorded_numbers_are_explained_with_a_note():
    w, x = leaves(3.0, 2.0, names="w x")
    loss = named((w * x) ** 2, "loss")
    loss.backward()
    before = explain(loss, w)
    assert "note" not in str(before)
    SGD([w], lr=0.1).step()
    after = explain(loss, w)
    assert after.total == before.total == 24.0
    assert "note: w was written to since" in str(after)


# Refusals


@pytest.mark.parametrize(("output", "input"), [(1.0, Value(1.0)), (Value(1.0), "x"), (Value(1.0), None)])
def test_what_is_no_value_is_refused(output, input):  # noqa: A002
    with pytest.raises(TypeError, match="output and input must hold Values"):
        explain(output, input)


def test_fewer_than_one_path_is_refused():
    with pytest.raises(ValueError, match="1 or more, not 0"):
        explain(Value(1.0), Value(1.0), most=0)


def test_a_local_gradient_by_one_of_two_equal_operands_says_by_which():
    n = Value(-1.0, "n")
    explanation = explain(n * n * 3, n)
    assert "∂(n * n)/∂n (operand 1)" in str(explanation)
    assert "∂(n * n)/∂n (operand 2)" in str(explanation)
    assert explanation._repr_latex_().count("\\mathrm{operand\\ ") == 2
    assert "operand" not in str(explain(n * 3, n))


def test_a_product_through_a_shut_gate_says_that_nothing_passes():
    x = Value(0.0, "x")
    shut, number = explain(relu(sqrt(x) - 1) + x, x), explain(0 * sqrt(x) + x, x)
    assert "= 1 · 0 · 1 · inf = 0: nothing passes relu\n" in str(shut)
    assert r"\underbrace{1 \cdot 0 \cdot 1 \cdot \infty}_{\mathrm{nothing\ passes\ relu}}" in shut._repr_latex_()
    assert "= 1 · 0 · inf = nan\n" in str(number)
    assert "nothing" not in number._repr_latex_()


def test_two_leaves_of_one_name_are_told_apart_in_every_formula():
    a, other = leaves(1.0, 5.0, names="a a")
    product = a * other
    assert "1.  a → a * (a #2)\n" in str(explain(product, a))
    assert "d(a * (a #2))/d(a #2) = 1" in str(explain(product, other))
    assert r"a \cdot a\,\#2" in explain(product, a)._repr_latex_()


def test_a_leaf_without_a_name_that_was_written_to_is_called_after_its_number_of_now():
    x, w = Value(2.0, "x"), Value(3.0)
    y = w * x
    w.data = 7.0
    assert "d((7 now) * x)/dx = 3" in str(explain(y, x))


def test_a_path_that_backward_loses_on_the_way_is_told():
    b = Value(1.0, "b")
    y = b * 1e300 * 1e300 * 1e-300 * 1e-300
    y.backward()
    explanation = explain(y, b)
    assert (explanation.total, explanation.paths[0].product) == (b.grad, pytest.approx(1.0)) == (0, 1)
    assert "0 is what backward gives" in str(explanation)
    assert "backward" not in str(explain(y, y.parents[0]))
