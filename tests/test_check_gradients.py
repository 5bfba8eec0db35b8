"""check_gradients: silent about what is right, and pointing at what is wrong."""

import math
import tracemalloc
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import examples, leaves

import autograd
from autograd import (
    Operation,
    Value,
    atan2,
    check_gradients,
    clip,
    dot,
    exp,
    explain,
    hypot,
    logsumexp,
    maximum,
    mean,
    minimum,
    no_grad,
    prod,
    relu,
    sigmoid,
    softmax,
    sqrt,
    tanh,
    where,
)
from autograd.graph import topological_order
from nn import MLP, SGD, Adam, binary_cross_entropy, cross_entropy, hinge, l2, squared_error


def wrong_of(report):
    """The node's operation and the operand of each line that is wrong, as far as lines speak of local gradients."""
    return [
        (line.node.op.name, line.operand)
        for line in report.lines
        if line.holds is False and getattr(line, "operand", None) is not None
    ]


def texts(report):
    return [f"{line.claim} {line.remark}" for line in report.lines]


# No false alarm


OPERATIONS = {
    "+": lambda a, b, c: a + b,
    "-": lambda a, b, c: a - b,
    "*": lambda a, b, c: a * b,
    "/": lambda a, b, c: a / (b * b + 0.5),
    "**2": lambda a, b, c: a**2,
    "**": lambda a, b, c: (abs(a) + 0.5) ** tanh(b),
    "abs": lambda a, b, c: abs(a),
    "sqrt": lambda a, b, c: sqrt(abs(a)),
    "log": lambda a, b, c: autograd.log(a * a + 0.25),
    "exp": lambda a, b, c: exp(tanh(a) * 3),
    "sin": lambda a, b, c: autograd.sin(a),
    "cos": lambda a, b, c: autograd.cos(a),
    "tanh": lambda a, b, c: tanh(a),
    "sigmoid": lambda a, b, c: sigmoid(a * 9),
    "softplus": lambda a, b, c: autograd.softplus(a),
    "log1p": lambda a, b, c: autograd.log1p(abs(a)),
    "expm1": lambda a, b, c: autograd.expm1(tanh(a)),
    "relu": lambda a, b, c: relu(a),
    "maximum": lambda a, b, c: maximum(a, b),
    "minimum": lambda a, b, c: minimum(a, b),
    "where": lambda a, b, c: where((a > b) & ~(b > c), a * c, b - c),
    "sum": lambda a, b, c: autograd.sum([a, b, a, c, b, a]),
    "mean": lambda a, b, c: mean([a, b, c]),
    "prod": lambda a, b, c: prod([tanh(a), b, tanh(c), tanh(b), tanh(a)]),
    "dot": lambda a, b, c: dot([a, b, c], [b, b, a], c),
    "logsumexp": lambda a, b, c: logsumexp([a, b, c]),
    "softmax": lambda a, b, c: softmax([a, b, c])[1],
}


@settings(max_examples=examples(300))
@given(
    st.lists(st.sampled_from([-20.0, -1.5, -1.0, -0.25, 0.0, 0.5, 1.0, 1.0, 3.0, 40.0]), min_size=3, max_size=3),
    st.lists(
        st.tuples(st.sampled_from(sorted(OPERATIONS)), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)),
        min_size=1,
        max_size=8,
    ),
)
def test_random_graphs_raise_no_false_alarm(numbers, program):
    nodes = leaves(*numbers)
    for name, *operands in program:
        try:
            node = OPERATIONS[name](*(nodes[k % len(nodes)] for k in operands))
        except ArithmeticError:
            continue
        if abs(node.data) < 1e6:
            nodes.append(node)
    report = check_gradients(nodes[-1])
    assert report or nodes[-1].op is None, report


@pytest.mark.parametrize("x", [-800.0, -40.0, -20.0, -1e-8, 0.0, 1e-300, 5e-324, 20.0, 300.0, 355.0, 700.0, 1000.0])
@pytest.mark.parametrize("function", [tanh, sigmoid, autograd.softplus, lambda x: logsumexp([x, 1.0, -x])])
def test_tails_raise_no_false_alarm(function, x):
    assert check_gradients(function(Value(x)) * 3 + 1)


@pytest.mark.parametrize("scale", [1e-150, 1e-75, 1e-20, 1e20, 1e75, 1e150])
def test_huge_and_tiny_scales_raise_no_false_alarm(scale):
    a, b, c = leaves(3 * scale, -1.7 / scale, 0.3)
    assert check_gradients(a * b + a / scale + c / b / scale + (a / scale).tanh() - dot([a, c, b, 2.0], [b, c, a, c]))


def test_rounding_that_is_magnified_raises_no_false_alarm():
    x = Value(0.3)
    assert check_gradients(((x + 1e16) - 1e16) ** 2)
    assert check_gradients((((x + 1e8) - 1e8) * 1e12).sin())
    assert check_gradients(1e200 * (1e-200 * (1e-200 * x)) * 1e200)


def test_sums_that_cancel_raise_no_false_alarm():
    x, y = leaves(1 / 3, 0.7)
    assert check_gradients(1e17 * x * y + x - 1e17 * y * x)
    assert check_gradients(autograd.sum([x * (-1) ** k * 10.0 ** (k % 17) for k in range(400)]))


def test_a_chaotic_iteration_raises_no_false_alarm():
    x = y = Value(0.2)
    for _ in range(200):
        y = 4 * y * (1 - y)
    assert check_gradients(y, [x])


def test_a_ladder_of_two_to_the_sixty_paths_raises_no_false_alarm():
    y = Value(1.0)
    for _ in range(60):
        y = y + y
    assert check_gradients(y)


def test_a_chain_of_a_hundred_thousand_nodes_is_checked():
    y = Value(1.0)
    for _ in range(100_000):
        y = -y
    report = check_gradients(y)
    assert report
    assert "-: 100000 local gradients" in report.lines[0].claim


def test_a_sum_of_very_many_operands_is_checked_in_linear_time():
    xs = leaves(*(0.001 * k for k in range(20_000)))
    assert check_gradients(dot(xs[:10_000], xs[10_000:]))


def test_second_derivatives_are_checked_too():
    x = Value(0.7, "x")
    [slope] = autograd.gradients(tanh(x * x).exp(), [x])
    assert check_gradients(slope, [x])


# Models


MODELS = {
    "squared error": lambda m, x: squared_error(m(x), [0.3, -0.2]),
    "cross entropy": lambda m, x: cross_entropy(m(x), [0, 1]) + l2(m.parameters(), 1e-3),
    "hinge": lambda m, x: hinge(m(x)[0], -1) + binary_cross_entropy(m(x)[1], 1),
}


@pytest.mark.parametrize("activation", [relu, tanh, sigmoid, autograd.softplus])
@pytest.mark.parametrize("loss", MODELS)
def test_models_raise_no_false_alarm_before_a_step_and_after_it(activation, loss):
    model = MLP(3, [4, 2], activation, seed=1)
    optimizer = Adam(model.parameters(), lr=0.01)
    for _ in range(2):
        output = MODELS[loss](model, [0.5, -1.0, 0.0])
        assert check_gradients(output, model.parameters())
        optimizer.zero_grad()
        output.backward()
        optimizer.step()


def test_a_graph_from_before_the_step_is_refused_by_the_name_of_the_leaf():
    w, x = leaves(3.0, 2.0, names="w x")
    loss = (w * x) ** 2
    loss.backward()
    SGD([w], lr=0.1).step()
    with pytest.raises(ValueError, match=r"name='w'.* was written to"):
        check_gradients(loss)
    assert check_gradients((w * x) ** 2)


# It can fail: rules


def wrong(name, slope):
    """a · sin(b) with other local gradients than it has."""
    return Operation(name, value=lambda m, a, b: a * m.sin(b), local=lambda m, y, a, b: slope(m, a, b))


PLANTED = {
    "first": (wrong("first", lambda m, a, b: (m.cos(b), a * m.cos(b))), 0),
    "second": (wrong("second", lambda m, a, b: (m.sin(b), m.cos(b))), 1),
    "sign": (wrong("sign", lambda m, a, b: (m.sin(b), -a * m.cos(b))), 1),
    "factor": (wrong("factor", lambda m, a, b: (m.sin(b) * 1.000001, a * m.cos(b))), 0),
    "zero": (wrong("zero", lambda m, a, b: (0, a * m.cos(b))), 0),
    "nan": (wrong("nan", lambda m, a, b: (m.sin(b), nan)), 1),
    "inf": (wrong("inf", lambda m, a, b: (inf, a * m.cos(b))), 0),
}


@pytest.mark.parametrize("slip", PLANTED)
def test_a_wrong_rule_is_found_at_its_operand(slip):
    operation, operand = PLANTED[slip]
    a, b = leaves(1.5, 0.7, names="a b")
    planted = operation(tanh(a), b * 2)
    report = check_gradients(planted * a + b.sin() * planted)
    assert not report
    assert wrong_of(report) == [(slip, operand)]
    [line] = [line for line in report.failures if getattr(line, "node", None) is planted]
    right = (math.sin(1.4), tanh(1.5) * math.cos(1.4))[operand]
    assert line.correct == pytest.approx(right, rel=1e-12)
    assert line.claimed == planted.local_grads[operand] or slip == "nan"
    assert "operand" in line.remark


def test_a_rule_that_is_wrong_in_the_tail_only_is_found_there():
    clipped = Operation(
        "clipped", lambda m, a: m.tanh(a), lambda m, t, a: (m.where(m.less(a, 15), m.power(m.tanh(a), 2) * -1 + 1, 0),)
    )
    assert check_gradients(clipped(Value(0.5)))
    assert wrong_of(check_gradients(clipped(Value(16.0)))) == [("clipped", 0)]
    assert wrong_of(check_gradients(clipped(Value(300.0)))) == [("clipped", 0)]


def test_a_rule_that_floats_spoil_in_the_tail_is_told_from_a_wrong_one():
    textbook = Operation("textbook", lambda m, a: m.tanh(a), lambda m, t, a: (1 - t * t,))
    assert check_gradients(textbook(Value(8.0, "x")))
    [line] = [line for line in check_gradients(textbook(Value(20.0, "x"))).failures if line.remark != "wrong"]
    assert (line.claimed, line.correct) == (0.0, 1.6993417021166355e-17)
    assert "the rule is right, but floats lose its digits" in line.remark


def test_a_slip_in_the_accurate_form_alone_is_no_rounding():
    slip = Operation("slip", lambda m, a: m.exp(a), lambda m, y, a: (m.choose(lambda: y, lambda: y * 1.0000001),))
    [line] = [line for line in check_gradients(slip(Value(1.0))).failures if line.remark != "wrong"]
    assert line.remark == "wrong: operand 1 of slip"


@pytest.mark.parametrize("slips", [[7], [0, 3, 19], list(range(20))])
def test_wrong_operands_among_many_are_found_one_by_one(slips):
    def local(m, y, *xs):
        return tuple(x * (3 if i in slips else 2) for i, x in enumerate(xs))

    squares = Operation("squares", lambda m, *xs: m.sum(*(x * x for x in xs)), local)
    report = check_gradients(squares(leaves(*(0.5 + k for k in range(20)))))
    assert wrong_of(report) == [("squares", i) for i in slips][:8]


def test_a_wrong_operand_is_found_beside_one_that_is_larger_by_far():
    tilted = Operation(
        "tilted",
        lambda m, *xs: m.sum(*(x * m.power(m.number(10), 10 * i) for i, x in enumerate(xs))),
        lambda m, y, *xs: tuple(10.0 ** (10 * i) * (1.001 if i == 1 else 1) for i in range(len(xs))),
    )
    assert wrong_of(check_gradients(tilted(leaves(*[1.0] * 9)))) == [("tilted", 1)]


def test_a_slope_of_zero_is_not_believed_of_an_operation_that_forgets_the_imaginary_part():
    flat = Operation("flat", lambda m, a: abs(a) * 1, lambda m, y, a: (0.0,))
    assert wrong_of(check_gradients(flat(Value(2.0)))) == [("flat", 0)]


def test_an_operation_that_computes_in_floats_alone_is_checked_roughly_and_says_so():
    def erf(factor):
        def local(m, y, a):
            return (factor * 2 / math.sqrt(math.pi) * math.exp(-a * a),)

        return Operation("erf", lambda m, a: math.erf(a), local)

    report = check_gradients(erf(1)(Value(0.5)) * 2)
    assert report
    assert any("to 5 digits only: erf computes in floats alone" in text for text in texts(report))
    assert wrong_of(check_gradients(erf(1.001)(Value(0.5)) * 2)) == [("erf", 0)]


def end_to_end(report):
    return [line for line in report.lines if line.claim.startswith("end to end")]


@pytest.mark.parametrize("function", [math.exp, math.erf, math.atan])
@pytest.mark.parametrize("recorded", [0.0, 1.0, 1e-30, nan])
def test_a_wrong_rule_of_an_operation_in_floats_alone_is_found_with_the_slope(function, recorded):
    operation = Operation("z", value=lambda m, a: function(a), local=lambda m, y, a: (recorded,))
    report = check_gradients(operation(Value(2.0, "x")))
    assert wrong_of(report) == [("z", 0)]
    slope = (function(2 + 1e-4) - function(2 - 1e-4)) / 2e-4
    assert report.failures[0].correct == pytest.approx(slope, rel=1e-4)
    assert "to 5 digits" in report.failures[0].remark
    assert not end_to_end(report)
    assert ("z cannot be replayed" in report.summary) is (recorded == recorded)


def test_the_part_that_many_digits_see_of_a_slope_is_not_taken_for_the_whole():
    for x in (0.1, 0.5, 2.0):
        mixed = Operation("mixed", lambda m, a: a * math.exp(a), lambda m, y, a: (math.exp(a),))
        assert wrong_of(check_gradients(mixed(Value(x)))) == [("mixed", 0)]


def test_a_choice_made_in_floats_costs_no_digits():
    def gate(factor):
        return Operation("gate", lambda m, a: m.tanh(a) if float(a) > 1 else a, lambda m, y, a: ((1 - y * y) * factor,))

    assert check_gradients(gate(1)(Value(2.0)))
    assert wrong_of(check_gradients(gate(1 + 1e-8)(Value(2.0)))) == [("gate", 0)]


@pytest.mark.parametrize("x", [2.0, 2.5, 0.0, -1.0, 1e-9, 1e6, 1e6 + 0.5])
@pytest.mark.parametrize("function", [math.floor, round, np.floor, np.sign, lambda a: 3.0, lambda a: round(a, 2)])
def test_a_staircase_and_a_constant_have_the_slope_0(function, x):
    flat = Operation("flat", lambda m, a: function(a), lambda m, y, a: (0.0,))
    assert check_gradients(flat(Value(x)) * 2)
    tilted = Operation("tilted", lambda m, a: function(a), lambda m, y, a: (0.5,))
    assert not check_gradients(tilted(Value(x)) * 2)


@pytest.mark.parametrize("x", [-2.0, -0.3, 0.0, 1e-9, 2.0, 8.0])
def test_an_operation_that_uses_numpy_is_checked_by_the_complex_step(x):
    def numpy_tanh(local):
        return Operation("numpy_tanh", lambda m, a: np.tanh(a), local)(Value(x))

    right = check_gradients(numpy_tanh(lambda m, y, a: (1 - y * y,)))
    assert right
    wrong = check_gradients(numpy_tanh(lambda m, y, a: (1.0001 - y * y,)))
    assert wrong_of(wrong) == [("numpy_tanh", 0)]
    assert wrong.failures[0].correct == pytest.approx(1 / math.cosh(x) ** 2, rel=1e-14)
    for report in (right, wrong):
        assert not end_to_end(report)
        assert "numpy_tanh cannot be replayed" in report.summary


def test_imaginary_parts_that_numpy_loses_are_missed_in_floats():
    lossy = Operation("lossy", lambda m, a: np.tanh(a) * abs(a), lambda m, y, a: ((1 - np.tanh(a) ** 2) * abs(a),))
    assert wrong_of(check_gradients(lossy(Value(2.0)))) == [("lossy", 0)]


def test_wrong_operands_among_many_are_found_in_floats_too():
    def local(m, y, *xs):
        return tuple(0.0 if i == 3 else math.exp(x) for i, x in enumerate(xs))

    summed = Operation("summed", lambda m, *xs: math.fsum(map(math.exp, xs)), local)
    assert wrong_of(check_gradients(summed(leaves(*(0.1 * k for k in range(10)))))) == [("summed", 3)]


def test_what_is_too_small_for_floats_is_not_said_to_be_wrong_nor_checked():
    erf = Operation("erf", lambda m, a: math.erf(a), lambda m, y, a: (2 / math.sqrt(math.pi) * math.exp(-a * a),))
    report = check_gradients(erf(Value(6.0)))
    assert not report
    assert not wrong_of(report)


@pytest.mark.parametrize("factor", [1.25, -1.0, 1.000001, 1 + 1e-9])
def test_a_tampered_local_gradient_is_found(factor):
    a, b = leaves(2.0, 3.0, names="a b")
    product = a * b
    product.local_grads = (3.0, 2.0 * factor)
    assert wrong_of(check_gradients(tanh(product) + a)) == [("*", 1)]


def test_a_bend_that_floats_cannot_resolve_hides_no_wrong_gradient():
    peak = logsumexp(leaves(1e120, 1e120, 1e120))
    peak.local_grads = (1 / 3, 0.5, 1 / 3)
    assert wrong_of(check_gradients(peak)) == [("logsumexp", 1)]


def test_a_gradient_through_a_condition_is_wrong():
    x = Value(2.0)
    condition = x > 1
    chosen = where(condition, x, 3.0)
    chosen.local_grads = (0.5, 1, 0)
    assert wrong_of(check_gradients(chosen)) == [("where", 0)]


# It can fail: sums


def test_a_wrong_sum_at_a_branch_is_found_at_the_branch(monkeypatch):
    def overwriting(self, seed=1.0):
        """The classic slip: a gradient is assigned where it should be added."""
        order = topological_order(self)
        self.grad = seed
        for node in reversed(order):
            for parent, local in zip(node.parents, node.local_grads, strict=True):
                parent.grad = node.grad * local

    monkeypatch.setattr(Value, "backward", overwriting)
    x = Value(0.5, "x")
    branch = tanh(x)
    branch.name = "branch"
    report = check_gradients(branch * 3 + branch.sin())
    [line] = [line for line in report.failures if hasattr(line, "node") and line.node.op is not None]
    assert (line.node, line.operand) == (branch, None)
    assert line.correct == pytest.approx(3 + math.cos(math.tanh(0.5)), rel=1e-12)
    assert "the sum of 2 products" in line.remark


@pytest.mark.parametrize("spoil", [lambda g: g * 1.000001, lambda g: -g, lambda g: None, lambda g: nan, lambda g: 0.0])
def test_a_spoiled_gradient_is_found_at_its_node(monkeypatch, spoil):
    x, w = leaves(0.5, 2.0, names="x w")
    backward = Value.backward

    def spoiled(self, seed=1.0):
        backward(self, seed)
        w.grad = spoil(w.grad)

    monkeypatch.setattr(Value, "backward", spoiled)
    report = check_gradients(tanh(w * x) + w)
    assert [line.node for line in report.failures if hasattr(line, "node")] == [w]


def test_the_end_to_end_direction_sees_what_backward_gets_wrong(monkeypatch):
    backward = Value.backward
    x = Value(0.5, "x")

    def spoiled(self, seed=1.0):
        backward(self, seed)
        x.grad *= 1.001

    monkeypatch.setattr(Value, "backward", spoiled)
    assert any(line.claim.startswith("end to end") for line in check_gradients(x * x).failures)


def test_the_grads_are_as_they_were_before_the_check():
    x, w = leaves(0.5, 2.0)
    y = tanh(w * x)
    y.backward()
    w.grad = 17.0
    before = [node.grad for node in (x, w, y, y.parents[0])]
    check_gradients(y)
    assert [node.grad for node in (x, w, y, y.parents[0])] == before


def test_the_grads_are_put_back_when_backward_raises(monkeypatch):
    def broken(self, seed=1.0):
        raise RuntimeError("broken")

    monkeypatch.setattr(Value, "backward", broken)
    x = Value(2.0)
    x.grad = 5.0
    y = x * x
    with pytest.raises(RuntimeError, match="broken"):
        check_gradients(y)
    assert x.grad == 5.0


# Kinks


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda x: relu(x), "∂relu(x)/∂x kink: slope 0 on the left, slope 1 on the right; 0 is used"),
        (lambda x: abs(x), "∂abs(x)/∂x kink: slope -1 on the left, slope 1 on the right; 0 is used"),
        (
            lambda x: maximum(x, x * 2),
            "∂maximum(x, x * 2)/∂x kink: slope 0 on the left, slope 1 on the right; 0.5 is used",
        ),
        (lambda x: sqrt(x), "∂sqrt(x)/∂x kink: no real value on the left, slope inf on the right; inf is used"),
        (lambda x: where(x > 0, x + 1, x), "∂(x > 0)/∂x kink: the value jumps; 0 is used"),
    ],
)
def test_a_kink_is_named_with_the_slope_that_is_used(build, text):
    report = check_gradients(build(Value(0.0, "x")) * 3)
    assert report
    assert text in texts(report)


def test_a_slope_outside_of_those_at_a_kink_is_wrong():
    odd = Operation("odd", lambda m, a: m.absolute(a), lambda m, y, a: (m.where(m.equal(a, 0), 2, m.sign(a)),))
    assert check_gradients(odd(Value(1.0)))
    assert wrong_of(check_gradients(odd(Value(0.0)))) == [("odd", 0)]


def test_slopes_at_a_tie_that_do_not_add_up_are_wrong():
    greedy = Operation(
        "greedy", lambda m, a, b: m.maximum(a, b), lambda m, y, a, b: (m.less_equal(b, a), m.less_equal(a, b))
    )
    a, b = leaves(2.0, 2.0, names="a b")
    assert check_gradients(greedy(a, b + 1))
    report = check_gradients(greedy(a, b))
    assert not report
    assert "wrong: the slopes at the tie add up to 2, not to 1" in str(report)


def test_where_no_finite_gradient_leads_along_the_report_says_that_no_direction_was_taken():
    assert "no direction was taken" in str(check_gradients(sqrt(Value(0.0, "x"))))


# Nothing passes in silence


def test_a_leaf_alone_is_nothing_to_check():
    report = check_gradients(Value(1.0, "x"))
    assert not report
    assert "nothing to check: no operation was recorded" in str(report)


def test_what_was_not_recorded_is_nothing_to_check():
    with no_grad():
        y = Value(2.0) * 3
    assert not check_gradients(y)


def test_an_input_that_is_not_on_the_way_is_named():
    x, z = leaves(1.0, 2.0, names="x z")
    y = x * 2
    y.name = "y"
    report = check_gradients(y, [x, z])
    assert not report
    assert "z is not on the way to y: nothing to check" in str(report)


@pytest.mark.parametrize("number", [nan, inf])
def test_operands_that_are_not_finite_are_not_said_to_be_checked(number):
    x, n = leaves(2.0, number, names="x n")
    report = check_gradients(x * n)
    assert not report
    assert "not checked: n is not finite" in str(report)


def test_an_operation_that_no_oracle_can_compute_is_not_said_to_be_checked():
    calls = []

    def once(m, a):
        calls.append(a)
        return a * 2 if len(calls) == 1 else 1 / 0

    report = check_gradients(Operation("once", once, lambda m, y, a: (2,))(Value(1.0)))
    assert not report
    assert "not checked: no oracle can compute once here" in str(report)


# Inputs


def test_inputs_restrict_the_check_to_what_lies_between():
    a, b = leaves(1.0, 2.0, names="a b")
    bad = PLANTED["first"][0](b, b)
    inner = tanh(a)
    output = inner * bad
    assert check_gradients(output, [a])
    assert check_gradients(output, [inner])
    assert wrong_of(check_gradients(output, [b])) == [("first", 0)]


def test_an_inner_node_may_be_an_input_beside_a_leaf_that_it_depends_on():
    x = Value(0.3, "x")
    inner = tanh(x)
    assert check_gradients(inner * x + inner**2, [x, inner])


@pytest.mark.parametrize(("output", "inputs"), [(1.0, None), (Value(1.0), [1.0]), (Value(1.0), Value(1.0))])
def test_what_is_no_value_is_refused(output, inputs):
    with pytest.raises(TypeError, match="Value"):
        check_gradients(output, inputs)


# The report


def test_the_same_graph_gives_the_same_page():
    def build():
        x, w = leaves(0.5, 2.0, names="x w")
        return check_gradients(PLANTED["factor"][0](x, w) * tanh(x))

    assert str(build()) == str(build())


def test_a_hostile_name_is_escaped_in_a_notebook():
    x = Value(0.0, "<img src=x onerror=alert(1)>")
    assert "<img" not in check_gradients(relu(x))._repr_html_()


def test_a_large_graph_has_a_short_report():
    model = MLP(8, [8, 8, 1], tanh, seed=0)
    assert len(str(check_gradients(model([0.1] * 8))).splitlines()) < 10


def test_memory_grows_with_the_graph_and_not_with_its_square():
    xs = leaves(*(0.001 * k for k in range(4000)))
    tracemalloc.start()
    check_gradients(dot(xs[:2000], xs[2000:]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4000 * 5000


def test_control_characters_in_names_do_not_reach_the_terminal():
    x = Value(3.0, "x\x1b[32m\ny")
    wrong_rule = Operation("f\x1b[2J", lambda m, a: m.log(a), lambda m, y, a: (1.0,), domain="a > 0")
    y = wrong_rule(x)
    pages = [str(check_gradients(y, [x, Value(1.0, "\x1b")])), str(explain(y * y + x, x))]
    with pytest.raises(ValueError, match=r"f\\x1b") as raised:
        wrong_rule(Value(-1.0, "\x1b"))
    with pytest.raises(TypeError, match=r"f\\x1b") as raised_by_type:
        wrong_rule("no")
    x.data = 4.0
    with pytest.raises(ValueError, match="was written to") as written_to:
        check_gradients(y)
    for page in (*pages, *(str(error.value) for error in (raised, raised_by_type, written_to))):
        assert all(character.isprintable() or character == "\n" for character in page), page


@pytest.mark.parametrize(
    "function",
    [
        lambda: atan2(Value(0.0, "y"), Value(-2.0, "x")),
        lambda: atan2(Value(-0.0, "y") * Value(-2.1, "x"), Value(-2.1)),
        lambda: atan2(Value(0.0, "y"), Value(0.0, "x")),
        lambda: Value(0.0, "a") ** Value(1e-5, "b"),
        lambda: clip(Value(1.0, "x"), 1, 1),
        lambda: clip(Value(1.0, "x"), Value(1.0, "low"), Value(1.0, "high")),
        lambda: hypot(maximum(Value(0.0, "x"), 0), Value(1e-300, "y")),
    ],
)
def test_a_slope_at_a_jump_an_edge_or_a_tiny_length_is_no_mistake(function):
    report = check_gradients(function())
    assert report
    assert not report.failures


def test_between_equal_bounds_clip_is_constant():
    x = Value(1.0, "x")
    clip(x, 1, 1).backward()
    assert x.grad is None or x.grad == 0
