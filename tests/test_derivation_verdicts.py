"""What each verdict of check_derivation means: proved, at n points, here, wrong, paths left out, follows, no effect."""

import pickle
import re
from copy import copy, deepcopy
from html.parser import HTMLParser

import pytest

import autograd
from autograd import (
    Operation,
    Value,
    check_derivation,
    cos,
    exp,
    log,
    maximum,
    no_grad,
    relu,
    sigmoid,
    sin,
    softmax,
    softplus,
    sqrt,
    tanh,
    where,
)
from autograd import sum as add
from autograd.derivation import MISTAKES
from autograd.report import Line, Report
from nn import MLP, cross_entropy


@pytest.fixture
def neuron():
    """p = σ(n), n = w·x, J = ½(p − a)², and a leaf q beside it all."""
    x, w, a, q = Value(1.5), Value(0.8), Value(1.0), Value(4.0)
    n = w * x
    p = sigmoid(n)
    J = (p - a) ** 2 / 2
    return {"x": x, "w": w, "a": a, "q": q, "n": n, "p": p, "J": J}


def line_of(claim, nodes):
    [line] = check_derivation(claim, nodes).lines
    return line


# Right lines


def test_a_formula_is_proved_in_the_names_on_the_page(neuron):
    line = line_of("dJ/dw = dJ/dp*p*(1 - p)*x", neuron)
    assert (line.verdict, line.holds, line.proved, line.evidence) == ("proved", True, True, "proved")
    assert line.claimed == line.correct == pytest.approx(-0.0617672312)
    assert (line.correct_formula, line.mistakes) == (None, ())


@pytest.mark.parametrize(
    "leaky",
    [
        Operation("leaky", lambda m, a: a if a > 0 else a / 10, lambda m, y, a: (m.divide(1, 1 if a > 0 else 10),)),
        Operation("leaky", lambda m, a: max(float(a), float(a) / 10), lambda m, y, a: (1.0 if float(a) > 0 else 0.1,)),
    ],
    ids=["chooses", "floats alone"],
)
@pytest.mark.parametrize("a", [0.3, -0.3])
def test_a_rule_for_one_number_at_a_time_is_evaluated_point_by_point(leaky, a):
    x = Value(a)
    y = leaky(x * x - 0.2 + x)
    J = y * y
    report = check_derivation(
        f"dJ/dy = 2*y\ndJ/dx = 2*y*(2*x + 1)*{1 if y.data > 0 else 0.1}", {"x": x, "y": y, "J": J}
    )
    assert [line.verdict for line in report.lines] == ["proved", "at 5 points"]


def test_a_node_is_a_real_number_to_the_proof():
    x = Value(0.7)
    assert line_of("y = x", {"x": x, "y": log(exp(x))}).proved


def test_what_sympy_has_no_form_for_holds_at_points():
    cube = Operation("cube", lambda m, a: float(a) ** 3, lambda m, y, a: (3 * float(a) ** 2,))
    x = Value(0.7)
    y = cube(x)
    line = line_of("dy/dx = 3*x**2", {"x": x, "y": y})
    assert (line.verdict, line.holds, line.proved) == ("at 5 points", True, False)


def test_a_number_holds_here_to_its_digits(neuron):
    line = line_of("dJ/dw = -0.0617672", neuron)
    assert (line.verdict, line.evidence, line.proved) == ("here", "here, to 6 digits", False)


def test_numerals_that_stand_for_leaves_hold_at_this_point_only(neuron):
    line = line_of("dJ/dw = (p - 1)*p*(1 - p)*1.5", neuron)
    assert (line.verdict, line.holds) == ("here", True)
    assert "at this point only" in line.evidence


def neuron_at(x):
    """A neuron of weight 0.5 and target 0.3, at an input such as homework has."""
    x, w, a = Value(x), Value(0.5), Value(0.3)
    n = w * x
    p = sigmoid(n)
    J = (p - a) ** 2 / 2
    return {"x": x, "w": w, "a": a, "n": n, "p": p, "J": J}


@pytest.mark.parametrize(
    ("x", "claim"),
    [
        (1.0, "dJ/dw = (p - a)*p*(1 - p)"),
        (1.0, "dJ/dw = (p - a)*p*(1 - p)*x**7"),
        (1.0, "dJ/dw = (p - a)*(p - p*p)"),
        (1.0, "dJ/dw = (p - 0.3)*p*(1 - p)"),
        (2.0, "dJ/dx = (p - a)*p*(1 - p)/2"),
    ],
)
def test_a_numeral_that_equals_a_leaf_excuses_no_mistake_elsewhere(x, claim):
    line = line_of(claim, neuron_at(x))
    assert (line.verdict, line.holds) == ("wrong", False)
    assert "coincidence" in line.evidence


@pytest.mark.parametrize(
    ("x", "claim", "where"),
    [
        (2.0, "dJ/dw = 2*(p - a)*p*(1 - p)", "2 stands for x"),
        (1.0, "dJ/dw = (p - a)*p*(1 - p)*1", "1 stands for x"),
        (2.0, "dJ/dw = (p - 0.3)*p*(1 - p)*2", "0.3 stands for a and 2 stands for x"),
        (2.0, "2*dJ/dw = 4*(p - a)*p*(1 - p)", "4 stands for 2*x"),
        (-2.0, "dJ/dw = -2*(p - a)*p*(1 - p)", "2 stands for -x"),
        (5.0, "3*dJ/dw = 15*(p - a)*p*(1 - p)", "15 stands for 3*x"),
    ],
)
def test_a_numeral_stands_for_a_leaf_if_the_formula_holds_with_the_leaf_in_its_place(x, claim, where):
    line = line_of(claim, neuron_at(x))
    assert (line.verdict, line.holds) == ("here", True)
    assert line.evidence.startswith(f"at this point only, where {where}, to ")


def test_a_reading_need_hold_only_where_it_has_a_value():
    """Of the points nearby some are below 0.27, where the logarithm ends."""
    x, c = Value(0.3), Value(2.0)
    line = line_of("dy/dx = 2*exp(log(x - 0.27) - log(x - 0.27))", {"x": x, "c": c, "y": c * x})
    assert line.evidence.startswith("at this point only, where 2 stands for c")


def test_a_numeral_stands_for_a_product_of_two_leaves():
    x, w, q = Value(2.0), Value(3.0), Value(1.5)
    line = line_of("dy/dq = 6*q", {"x": x, "w": w, "q": q, "y": q * q * x * w / 2})
    assert line.evidence.startswith("at this point only, where 6 stands for x*w")


def test_a_numeral_stands_for_half_a_leaf():
    x, w, a = Value(3.0), Value(0.4), Value(0.3)
    p = sigmoid(w * x)
    nodes = {"x": x, "w": w, "a": a, "p": p, "J": (p - a) ** 2 / 2}
    line = line_of("dJ/dw/2 = 1.5*(p - a)*p*(1 - p)", nodes)
    assert line.evidence.startswith("at this point only, where 1.5 stands for 0.5*x, to ")


def test_a_numeral_in_a_definition_stands_for_a_leaf_as_well():
    report = check_derivation("k = 2\ndJ/dw = k*(p - a)*p*(1 - p)", neuron_at(2.0))
    assert [line.verdict for line in report.lines] == ["defined", "here"]


def test_numerals_in_a_sum_that_cancels_stand_for_their_leaves():
    """Σ(pₖ − yₖ) is 0, so with equal weights the right value is 0 but for the last of fifty digits."""
    h, V = Value(0.7), [Value(0.5), Value(0.5), Value(0.5)]
    z = [v * h for v in V]
    J = cross_entropy(z, y := [Value(0.0), Value(1.0), Value(0.0)])
    nodes = {"h": h, "V": V, "z": z, "y": y, "J": J}
    assert line_of("dJ/dh = dJ/dz[0]*0.5 + dJ/dz[1]*0.5 + dJ/dz[2]*0.5", nodes).verdict == "here"


def test_many_leaves_of_one_hide_no_forgotten_factor():
    x, w = [Value(1.0) for _ in range(8)], [Value(0.1 * k - 0.3) for k in range(8)]
    y = sum(a * b for a, b in zip(x, w, strict=True)) ** 2 / 2
    nodes = {"x": x, "w": w, "y": y}
    for_y = " + ".join(f"w[{k}]*{'1' if k % 2 else f'x[{k}]'}" for k in range(8))
    assert line_of(f"dy/dw[2] = ({for_y})*x[2]", nodes).verdict == "here"
    assert line_of(f"dy/dw[2] = ({for_y})*1*1/1", nodes).verdict == "here"
    assert line_of(f"dy/dw[2] = {for_y} + 1 - 1", nodes).verdict == "wrong"


@pytest.mark.parametrize("claim", ["x*x", "x + x", "x**2", "x**x"])
def test_a_formula_that_is_right_by_coincidence_is_wrong(claim):
    """At x = 2 the slope of x² is 2·2, but x·x is not 2x."""
    x = Value(2.0)
    y = x * x
    line = line_of(f"dy/dx = {claim}", {"x": x, "y": y})
    assert line.holds == (claim == "x + x")
    assert ("coincidence" in line.evidence) != line.holds


@pytest.mark.parametrize(
    ("claim", "holds"),
    [("0.15", True), ("0.148", True), ("0.15000", False), ("0.1477", True), ("0.1478", False), ("0", False)],
)
def test_a_number_is_right_to_half_a_unit_of_its_last_digit(claim, holds):
    x = Value(0.14772)
    assert bool(check_derivation(f"dy/dx = {claim}", {"x": x, "y": x * x / 2})) == holds


@pytest.mark.parametrize(
    ("right", "holds"), [(0.0100, True), (0.0104, True), (0.0096, True), (0.0107, False), (0.0093, False)]
)
def test_rounded_numbers_excuse_a_twentieth_of_what_is_worked_out_with_them(right, holds):
    """Half a unit in each factor of 0.10*0.10 would be a tenth."""
    x = Value(1.0)
    assert bool(check_derivation("dy/dx = 0.10*0.10", {"x": x, "y": right * x})) == holds
    assert not check_derivation("dy/dx = 0.7514*0.2", {"x": x, "y": 0.151 * x})
    assert check_derivation("dy/dx = 0.7514*0.2", {"x": x, "y": 0.150288 * x})


@pytest.mark.parametrize(("claim", "holds"), [("2", True), ("2.0", True), ("3", False), ("1", False)])
def test_a_whole_number_is_meant_exactly(claim, holds):
    x = Value(1.9)
    y = 1.6 * x + 0.4 * x
    assert bool(check_derivation(f"dy/dx = {claim}", locals())) == holds


@pytest.mark.parametrize(
    ("claim", "holds"), [("0.333333333320000", True), ("0.33333333332000", False), ("0.333333333290000", False)]
)
def test_fifteen_digits_are_those_of_a_float(claim, holds):
    x = Value(1.0)
    assert bool(check_derivation(f"dy/dx = {claim}", {"x": x, "y": x / 3})) == holds


def test_rounding_never_refuses_a_right_claim():
    """In the tails p(1 − p) has no digit left in floats, and the contributions here cancel but for 1e-17."""
    n = Value(36.0)
    p = sigmoid(n)
    assert check_derivation("dp/dn = p*(1 - p)", {"n": n, "p": p})
    a = [Value(0.1), Value(0.2), Value(0.4)]
    mean = (a[0] + a[1] + a[2]) * (1 / 3)
    y = (a[0] - mean) + (a[1] - mean) + (a[2] - mean)
    assert check_derivation("dy/da[0] = 0", {"a": a, "y": y})


def test_contributions_that_cancel_are_zero():
    a, b = Value(0.6), Value(0.7)
    c = a / b
    y = c * b
    assert check_derivation("dy/db = dy/dc*(-a/b**2) + c\ndy/db = 0", locals())


# Kinks


def test_fresh_points_stay_on_the_same_side_of_every_kink():
    x, b = Value(0.3), Value(-0.2)
    n = x + b
    y = relu(n)
    z = maximum(y, x / 10) + where(x > 0.25, x, 0) + abs(b)
    report = check_derivation("dy/dn = 1\ndy/dx = (n > 0)\ndz/dx = 2\ndz/db = 0\ny = n", locals())
    assert report, str(report)
    assert report.lines[0].evidence == "proved, for n > 0"
    assert line_of("dz/dx = 2.0001", locals() | {"z": z * 1.00006}).evidence == "here, to 5 digits"


@pytest.mark.parametrize(
    ("a", "b", "side"), [(-2.0, 1.0, "a < 0"), (-2.0, -1.0, "a + b < 0"), (-1.0, -2.0, "b < a"), (1.0, 0.5, "a > b")]
)
def test_the_side_of_a_kink_is_told_without_minus_signs(a, b, side):
    a, b = Value(a), Value(b)
    y = {"a < 0": relu(-a), "a + b < 0": relu(-a - b), "b < a": relu(a - b), "a > b": relu(a - b)}[side]
    line = line_of(f"dy/da = {1 if 'b' in side and '+' not in side else -1}", {"a": a, "b": b, "y": y})
    assert line.evidence in (f"proved, for {side}", f"proved, for {side.replace('b < a', 'a > b')}")


def test_a_graph_recorded_on_a_kink_keeps_the_leaves_that_lead_to_it():
    x, w = Value(0.0), Value(0.7)
    r = relu(x)
    y = (r + w) * w
    report = check_derivation("dr/dx = 0\ndy/dw = r + 2*w", locals())
    assert report, str(report)


def test_a_coincidence_on_a_kink_is_found():
    x, w = Value(0.0), Value(2.0)
    y = (relu(x) + w) * w
    assert "coincidence" in line_of("dy/dw = w*w", {"x": x, "w": w, "y": y}).evidence


@pytest.mark.parametrize(("function", "name"), [(sigmoid, "sigmoid"), (softplus, "softplus")])
def test_a_kink_beyond_an_activation_is_told_by_its_name(function, name):
    x = Value(0.7)
    y = relu(function(x) - 0.5)
    slope = "sigmoid(x)*(1 - sigmoid(x))" if name == "sigmoid" else "sigmoid(x)"
    assert line_of(f"dy/dx = {slope}", locals()).evidence == f"proved, for 2*{name}(x) > 1"


def test_a_claim_with_a_kink_of_its_own_is_not_held_to_one_side():
    x = Value(0.2)
    y = x * x
    assert not check_derivation("dy/dx = 2*abs(x - 0.19) + 0.38", locals())
    assert line_of("dy/dx = 2*maximum(x, -x)", locals()).evidence == "proved, for x > 0"


def test_an_infinite_derivative_has_no_value_to_check():
    x = Value(0.0)
    y = sqrt(x)
    line = line_of("dy/dx = 3", locals())
    assert (line.verdict, line.holds) == ("no value", False)
    report = check_derivation("dy/dx = 1/(2*sqrt(x))", locals())
    assert (report.lines[0].verdict, report.first_wrong, bool(report)) == ("not checked", None, False)


def test_fresh_points_come_as_near_as_the_edge_of_a_domain_makes_them():
    x = Value(0.3)
    nodes = {"x": x, "y": log(x - 0.27)}
    assert line_of("dy/dx = 1/(x - 0.27)", nodes).proved
    assert "coincidence" in line_of("dy/dx = 0.03/(x - 0.27)**2", nodes).evidence
    nodes = {"x": x, "y": log(0.33 - x)}
    assert line_of("dy/dx = -1/(0.33 - x)", nodes).proved
    assert "coincidence" in line_of("dy/dx = -0.03/(0.33 - x)**2", nodes).evidence


def test_a_leaf_that_is_infinite_stays_so_at_fresh_points():
    x, w = Value(float("-inf")), Value(0.5)
    nodes = {"x": x, "w": w, "y": maximum(x, w * w)}
    assert line_of("dy/dw = 2*w", nodes).proved
    assert "coincidence" in line_of("dy/dw = 4*w*w", nodes).evidence
    x = Value(float("inf"))
    assert line_of("dy/dw = 2*w", {"x": x, "w": w, "y": w * w * (1 + exp(-x))}).holds


def test_a_formula_without_a_value_is_refused(neuron):
    assert line_of("dJ/dp = 1e308*10", neuron).verdict == "no value"
    assert line_of("dJ/dp = log(p - a)", neuron).verdict == "no value"
    assert line_of("dJ/dp = 1/(a - 1)", neuron).verdict == "no value"


# Labels


def test_a_softmax_at_a_one_hot_target_needs_the_sum_of_one():
    z, y = [Value(0.5), Value(-0.3), Value(1.2)], [Value(0.0), Value(1.0), Value(0.0)]
    p = softmax(z)
    J = -(y[0] * log(p[0]) + y[1] * log(p[1]) + y[2] * log(p[2]))
    report = check_derivation("dJ/dz[0] = p[0] - y[0]\ndJ/dz[1] = p[1] - y[1]\ndJ/dz[1] = p[1] - 1", locals())
    assert report, str(report)
    assert check_derivation("dJ/dz[0] = p[0]", locals()).lines[0].verdict == "here"
    assert not check_derivation("dJ/dz[0] = p[0] + y[0]", locals())


def classifier(*targets):
    """Softmax with cross-entropy, spelled out, with a name for each number."""
    z1, z2, z3, y1, y2, y3 = map(Value, (0.5, -0.3, 1.2, *targets))
    e1, e2, e3 = exp(z1), exp(z2), exp(z3)
    S = e1 + e2 + e3
    p1, p2, p3 = e1 / S, e2 / S, e3 / S
    L = -(y1 * log(p1) + y2 * log(p2) + y3 * log(p3))
    return locals()


@pytest.mark.parametrize("targets", [(0.0, 1.0, 0.0), (0.1, 0.8, 0.1)], ids=["one-hot", "soft"])
def test_targets_under_names_of_their_own_add_up_to_one(targets):
    report = check_derivation("dL/dz1 = p1 - y1\ndL/dz2 = p2 - y2\ndL/dp1 = -y1/p1", classifier(*targets))
    assert [line.evidence for line in report.lines] == [*["proved, for y1 + y2 + y3 = 1"] * 2, "proved"]


def test_soft_labels_in_a_list_add_up_to_one():
    z, y = [Value(0.5), Value(-0.3), Value(1.2)], [Value(0.1), Value(0.8), Value(0.1)]
    p = softmax(z)
    J = -(y[0] * log(p[0]) + y[1] * log(p[1]) + y[2] * log(p[2]))
    assert line_of("dJ/dz[1] = p[1] - y[1]", locals()).evidence == "proved, for y[0] + y[1] + y[2] = 1"


def test_the_targets_of_a_batch_add_up_to_one_each():
    first, second = classifier(0.0, 1.0, 0.0), classifier(0.0, 0.0, 1.0)
    nodes = first | {f"{name}_": node for name, node in second.items()} | {"J": first["L"] + second["L"]}
    assert check_derivation("dJ/dz1 = p1 - y1\ndJ/dz3_ = p3_ - y3_", nodes)


def test_a_mistake_under_targets_that_add_up_to_one_is_still_found():
    for claim in ("dL/dz1 = p1 - y3", "dL/dz1 = p1 + y1", "dL/dz2 = p2 + y2 - 2*y2**2", "dL/dp2 = -(y2 + y1)/p2"):
        assert not check_derivation(claim, classifier(0.0, 1.0, 0.0))
    line = line_of("dL/dz3 = 2*(p3 - y3)", classifier(0.1, 0.8, 0.1))
    assert [mistake.name for mistake in line.mistakes] == ["factor 2"]


def test_a_number_in_the_place_of_a_target_stands_for_it():
    assert "where 1 stands for y2" in line_of("dL/dz2 = p2 - 1", classifier(0.0, 1.0, 0.0)).evidence
    assert "where 0.8 stands for y2" in line_of("dL/dz2 = p2 - 0.8", classifier(0.1, 0.8, 0.1)).evidence
    assert line_of("dL/dz1 = p1", classifier(0.0, 1.0, 0.0)).verdict == "here"


def test_a_coincidence_is_shown_at_a_point_where_it_ends():
    line = line_of("dy/dx = x*x", {"x": (x := Value(2.0)), "y": x * x})
    [shown, *_] = line.explanation()
    at, claimed, right = re.fullmatch(r"at x = (\S+) it says (\S+); right is (\S+)", shown).groups()
    assert (float(claimed), float(right)) == (pytest.approx(float(at) ** 2, 1e-4), pytest.approx(2 * float(at), 1e-4))


def test_the_probability_alone_is_named():
    z, y = [Value(0.5), Value(-0.3), Value(1.2)], [0, 1, 0]
    p, J = softmax(z), cross_entropy(z, y)
    line = line_of("dJ/dz[1] = p[1]", {"z": z, "p": p, "J": J})
    assert "softmax's p for p - onehot" in [mistake.name for mistake in line.mistakes]


@pytest.mark.parametrize(
    ("claim", "detail"),
    [
        ("dJ/dh1*h1*(1 - h1)*x + dJ/dh2*h2*(1 - h2)*x", "it is the sum of dJ/dw over w = w1, w2"),
        ("dJ/dh1*h1*(1 - h1)*(x + b)", "it is the sum of dJ/dw over w = w1, v1"),
    ],
    ids=["those that see the same input", "those of the same neuron"],
)
def test_a_sum_over_weights_in_no_list_is_named(claim, detail):
    x, b, w1, w2, v1, v2 = map(Value, (1.5, 0.7, 0.8, -0.4, 0.3, 0.6))
    h1, h2 = sigmoid(w1 * x + v1 * b), sigmoid(w2 * x + v2 * b)
    J = h1 * h1 + 3 * h2
    nodes = {"x": x, "b": b, "w1": w1, "w2": w2, "v1": v1, "v2": v2, "h1": h1, "h2": h2, "J": J}
    [mistake] = line_of(f"dJ/dw1 = {claim}", nodes).mistakes
    assert (mistake.name, mistake.detail) == ("sum where one term belongs", detail)


# Wrong lines


def test_a_wrong_line_says_what_is_claimed_what_is_right_and_which_mistake_explains_it(neuron):
    line = line_of("dp/dn = n*(1 - n)", neuron)
    assert (line.verdict, line.holds, line.proved) == ("wrong", False, False)
    assert (line.claimed, line.correct) == (pytest.approx(-0.24), pytest.approx(0.177894441))
    assert line.correct_formula == "dp/dn = p*(1 - p)"
    [mistake] = line.mistakes
    assert mistake.name in MISTAKES
    assert str(mistake).startswith("activation's derivative at the input: ")


def test_a_mistake_is_text_as_it_is_printed_with_its_name_and_detail_apart(neuron):
    line = line_of("dJ/dp = a - p", neuron)
    assert line.mistakes == ("sign: it is dJ/dp with the other sign",)
    assert any("sign" in mistake for mistake in line.mistakes)
    assert ", ".join(line.mistakes) in str(check_derivation("dJ/dp = a - p", neuron))
    for mistake in (*line.mistakes, *map(pickle.loads, map(pickle.dumps, line.mistakes)), *deepcopy(line.mistakes)):
        assert (mistake.name, mistake.detail) == ("sign", "it is dJ/dp with the other sign")
        assert copy(mistake) == f"{mistake.name}: {mistake.detail}"


def test_a_line_offers_what_lines_of_every_report_do(neuron):
    report = check_derivation("k = 2\ndJ/dp = k*p - k*a", neuron)
    assert isinstance(report, Report)
    assert all(isinstance(line, Line) for line in report.lines)
    assert [line.mark for line in report.lines] == ["·", "✗"]
    line = report.failures[0]
    assert (line.claim, line.holds, line.proved) == ("dJ/dp = k*p - k*a", False, False)
    assert line.claimed == 2 * line.correct
    assert line.correct_formula == "dJ/dp = p - a"
    assert [mistake.name for mistake in line.mistakes] == ["factor 2"]


@pytest.mark.parametrize(
    ("claim", "about"),
    [
        ("dJ/dw = dJ/dp*p*(1 - p)*x", "w"),
        ("∂p/∂n = p", "n"),
        ("dJ/dq = 0", "q"),
        ("dJ/dp = dJ/dp", "p"),
        ("p = sigmoid(n)", "p"),
        ("-0.0618 = dJ/dw", "w"),
        ("2*dJ/dw = 2*dJ/dn*x", None),
        ("w_new = w - dJ/dw", None),
        ("2 = 2", None),
    ],
)
def test_a_line_knows_the_node_that_it_is_about(neuron, claim, about):
    assert line_of(claim, neuron).node is neuron.get(about)


def test_a_mapping_of_nodes_gives_lines_about_them(neuron):
    report = check_derivation({neuron["w"]: -0.0618, "n": "x"}, neuron, output=neuron["J"])
    assert [line.node for line in report.lines] == [neuron["w"], neuron["n"]]


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        ("dJ/dz[1] = p[1]", "dJ/dz[1] = p[1] - 1"),
        ("p[1] = z[1]", "p[1] = exp(z[1] - logsumexp(z[0], z[1], z[2]))"),
        ("z[1] = 3", None),
    ],
)
def test_the_right_formula_is_in_the_names_on_the_page(claim, right):
    z = [Value(0.5), Value(-0.3), Value(1.2)]
    p, J = softmax(z), cross_entropy(z, [0, 1, 0])
    last = check_derivation(f"J = 1\n{claim}", {"z": z, "p": p, "J": J}).lines[-1]
    assert last.correct_formula == right


def test_the_right_formula_takes_targets_for_what_they_are():
    line = line_of("dL/dz1 = p1 + y1", classifier(0.1, 0.8, 0.1))
    assert line.correct_formula == "dL/dz1 = p1 - y1, for y1 + y2 + y3 = 1"


def test_the_right_formula_says_on_which_side_of_a_kink_it_is_right():
    x, w1, w2 = Value(1.5), Value(0.8), Value(-0.4)
    n1, n2 = w1 * x, w2 * x
    h1, h2 = relu(n1), relu(n2)
    y = 3 * h1 + 2 * h2
    assert set(line_of("dy/dx = w1", locals()).correct_formula.split(", for ")[1].split(", ")) == {"n1 > 0", "n2 < 0"}
    assert line_of("dy/dw1 = x", locals()).correct_formula == "dy/dw1 = 3*x, for n1 > 0"
    assert line_of("y = 3", locals()).correct_formula == "y = 3*h1 + 2*h2"


def wave(t):
    """A long sum of t alone."""
    return add([sin(t * k + 0.1 * k * k) * cos(t + k) for k in range(1, 30)])


def test_the_right_formula_of_something_long_leads_to_the_next_name():
    x, u = Value(0.3), Value(0.2)
    t = tanh(x)
    J = wave(t)
    assert line_of("dJ/dx = 3", {"x": x, "t": t, "J": J}).correct_formula == "dJ/dx = dJ/dt*(1 - t**2)"
    t = u * x * x
    J = wave(t)
    assert line_of("dJ/dx = 3", {"x": x, "u": u, "t": t, "J": J}).correct_formula == "dJ/dx = dJ/dt*2*u*x"


def test_a_formula_too_long_to_read_is_not_shown():
    a, b = Value(2.0), Value(3.0)
    for length in (20, 80):
        nodes = {"a" * length: a, "b" * length: b, "y": a * b * b}
        assert (line_of(f"dy/d{'b' * length} = 1", nodes).correct_formula is None) == (length == 80)


def side_by_side(count):
    x = Value(0.3)
    w = [Value(0.1 * k + 0.2) for k in range(count)]
    h = [sigmoid(v * x) for v in w]
    return {"x": x, "w": w, "h": h, "y": add(h)}


@pytest.mark.parametrize(
    ("count", "named", "words"),
    [
        (2, True, "the derivative of sigmoid at h[1], h[0] is left out"),
        (6, True, "the derivative of sigmoid at h[5], h[4], h[3], h[2], h[1], h[0] is left out"),
        (8, True, "the derivative of sigmoid at h[7], h[6], h[5], h[4], h[3], h[2] and 2 more is left out"),
        (8, False, "sigmoid(w[3] * x), sigmoid(w[2] * x) and 2 more is left out"),
    ],
)
def test_up_to_six_neurons_are_named(count, named, words):
    nodes = side_by_side(count)
    if not named:
        del nodes["h"]
    line = line_of(f"dy/dx = {' + '.join(f'w[{k}]' for k in range(count))}", nodes)
    assert any(words in mistake.detail for mistake in line.mistakes)


def test_two_uses_in_one_node_are_told_apart_by_their_place():
    h = Value(0.7)
    z = h * h
    y = z * 2 + h
    line = line_of("dy/dh = 2*h + 1", {"h": h, "z": z, "y": y})
    assert line.evidence == "two paths of three; the path through the first h in z is left out"
    assert [mistake.detail for mistake in line.mistakes if mistake.name == "branch missing"] == [
        "two paths of three; the path through the first h in z is left out",
        "two paths of three; the path through the second h in z is left out",
    ]


def test_a_path_is_told_by_a_node_that_it_alone_passes():
    x, u = Value(0.7), Value(0.4)
    m = x * u + x
    y = sin(m) + x
    line = line_of("dy/dx = cos(m)*u + 1", {"x": x, "u": u, "m": m, "y": y})
    assert line.evidence == "two paths of three; the path straight from x into m is left out"
    h1, h2, h3 = tanh(x), sin(x), exp(x)
    nodes = {"x": x, "h1": h1, "h2": h2, "h3": h3, "y": h1 * h2 * h3}
    line = line_of("dy/dx = h2*h3*(1 - h1**2) + h1*h3*cos(x)", nodes)
    assert line.evidence == "two paths of three; the path via h3 is left out"
    k = exp(x) + sin(x)
    line = line_of("dy/dx = 6*k*exp(x)", {"x": x, "k": k, "y": k * k * 3})
    assert "via k" not in line.evidence


def test_one_path_of_many_that_is_kept_is_told_by_the_nodes_on_it():
    x = Value(0.7)
    h1, h2 = tanh(x), sin(x)
    k1, k2 = h1 * h2, h1 + 2 * h2
    y = k1 * k2
    nodes = {"x": x, "h1": h1, "h2": h2, "k1": k1, "k2": k2, "y": y}
    line = line_of("dy/dx = k2*h1*cos(x)", nodes)
    assert line.evidence == "one path of four; only the one via h2 and k1 is kept"


def test_a_path_by_way_of_nodes_without_names_is_told_by_a_formula():
    x, u = Value(0.7), Value(0.4)
    e = exp(x)
    line = line_of("dy/dx = u", {"x": x, "u": u, "y": e * sin(e) + x * u})
    details = [mistake.detail for mistake in line.mistakes]
    assert "one path of three; the two paths through exp(x) are left out" in details
    assert not any("None" in detail for detail in details)


def test_a_formula_that_is_a_mistake_by_coincidence_is_not_named_for_it():
    """At x = 2 it is twice the slope of x², and nowhere else."""
    x = Value(2.0)
    nodes = {"x": x, "y": x * x}
    assert "factor 2" not in {mistake.name for mistake in line_of("dy/dx = x*x*x", nodes).mistakes}
    assert [mistake.name for mistake in line_of("dy/dx = 8", nodes).mistakes] == ["factor 2"]


def test_one_stands_for_no_product():
    x, w, q = Value(2.0), Value(0.5), Value(3.0)
    assert "coincidence" in line_of("dy/dq = 1*q", {"x": x, "w": w, "q": q, "y": q * q * x * w / 2}).evidence


def test_all_paths_via_a_node_may_be_lost_or_counted_twice_together():
    x, u = Value(0.7), Value(0.4)
    m = x * u + x
    y = sin(m) + x
    nodes = {"x": x, "u": u, "m": m, "y": y}
    twice = line_of("dy/dx = 2*cos(m)*(u + 1) + 1", nodes).mistakes
    assert "every path via m is counted twice" in [mistake.detail for mistake in twice]
    lost = line_of("dy/dx = 1", nodes).mistakes
    assert "every path via m is left out" in [mistake.detail for mistake in lost]


def test_a_line_is_wrong_if_any_of_its_parts_is(neuron):
    line = line_of("dJ/dp = p + a = p - a", neuron)
    assert (line.verdict, line.evidence) == ("wrong", "p + a is wrong")
    assert line_of("dJ/dp = p + a", neuron).evidence == "wrong"
    assert line_of("dJ/dp = p - a = 7", neuron).evidence == "7 is wrong"
    assert line_of("dJ/dp = log(p - a) = p - a", neuron).verdict == "no value"


def test_a_negation_is_a_sign_and_no_activation():
    x = Value(0.4)
    n = -x
    y = exp(n)
    assert [mistake.name for mistake in line_of("dy/dx = y", {"x": x, "n": n, "y": y}).mistakes] == ["sign"]


def test_the_gradient_of_the_weight_across_the_diagonal_is_said_to_be():
    x = [Value(0.5), Value(-1.2)]
    W = [[Value(0.3), Value(0.7)], [Value(-0.4), Value(0.9)]]
    h = [tanh(W[0][k] * x[0] + W[1][k] * x[1]) for k in range(2)]
    J = h[0] * 2 + h[1] * h[1]
    nodes = {"x": x, "W": W, "h": h, "J": J}
    for i, j, end in ((1, 0, "it is dJ/dW[1][0], with the indices swapped"), (1, 1, "it is dJ/dW[1][1]")):
        line = line_of(f"dJ/dW[0][1] = dJ/dW[{i}][{j}]", nodes)
        assert [mistake.detail for mistake in line.mistakes if mistake.name == "gradient of another weight"] == [end]


def test_what_no_mistake_explains_gets_no_name(neuron):
    assert line_of("dJ/dp = sin(p - a)", neuron).mistakes == ()
    assert line_of("dJ/dw = -0.0712", neuron).mistakes == ()


def test_few_digits_name_no_mistake_by_chance(neuron):
    """Twice the right value is -0.1235; -0.12 may be anything."""
    assert line_of("dJ/dw = -0.12", neuron).mistakes == ()
    assert [mistake.name for mistake in line_of("dJ/dw = -0.12353446", neuron).mistakes] == ["factor 2"]


def test_the_more_mistakes_are_tried_the_more_digits_it_takes_to_name_one(neuron):
    """Six are tried for one neuron, 28 for two side by side: a hundred times as many have three digits, or four."""
    assert [mistake.name for mistake in line_of("dJ/dw = -0.124", neuron).mistakes] == ["factor 2"]
    x, w, a, q = Value(1.5), Value(0.8), Value(1.0), Value(4.0)
    h, g = tanh(w * x), tanh(q * x * 0.1)
    p = sigmoid(h + g)
    nodes = {"x": x, "w": w, "a": a, "q": q, "h": h, "g": g, "p": p, "J": (p - a) ** 2 / 2}
    assert line_of("dJ/dx = -0.0346", nodes).mistakes == ()
    assert [mistake.name for mistake in line_of("dJ/dx = -0.03458", nodes).mistakes] == ["factor 2"]


def three_ways(claim):
    """The verdict on dy/dx where y = h² + r·x and h = w·x + r, at r = relu(b·x) = 0: three ways, of which one is 0."""
    x, w, b = Value(1.5), Value(0.8), Value(-2.0)
    r = relu(b * x)
    h = w * x + r
    y = h * h + r * x
    return line_of(f"dy/dx = {claim}", {"x": x, "w": w, "b": b, "h": h, "r": r, "y": y})


@pytest.mark.parametrize("claim", ["1.920000000077", "2*h*w*(1 + 4e-11)", "2*h*w + r + 1e-9"])
def test_a_slip_that_changes_nothing_explains_nothing(claim):
    """The right value is 1.92. That the ways which contribute 0 were lost, doubled or negated would be as right."""
    line = three_ways(claim)
    assert (line.verdict, line.mistakes) == ("wrong", ())


def test_a_slip_that_changes_less_than_what_is_wrong_explains_nothing():
    x, k = Value(1.0), Value(1e-10)
    y = 2 * x + k * x
    nodes = {"x": x, "k": k, "y": y}
    assert line_of("dy/dx = 2 - 5*k", nodes).mistakes == ()
    assert [mistake.name for mistake in line_of("dy/dx = 2", nodes).mistakes[:1]] == ["branch missing"]


def test_a_slip_that_changes_little_of_a_number_explains_it_only_if_it_is_nearer_by_far():
    """Of 1.2345 the last digit may be off by one: 1.23446 fits it as well as the slip that makes it 1.23460."""
    x, k = Value(1.0), Value(-0.00014)
    y = 1.2346 * x + k * x
    assert line_of("dy/dx = 1.2347", {"x": x, "k": k, "y": y}).mistakes == ()
    k = Value(-0.14)
    assert line_of("dy/dx = 1.2346", {"x": x, "k": k, "y": 1.2346 * x + k * x}).mistakes


@pytest.mark.parametrize("claim", ["0", "0.0", "h - h", "0*h"])
def test_a_claim_worth_0_names_no_path_by_accident(claim):
    """A slip in one of two equal terms, here a sign, leaves 0: and so does anything that forgets all else."""
    line = three_ways(claim)
    assert (line.verdict, line.mistakes) == ("wrong", ())


def test_what_follows_from_a_wrong_line_that_says_0_is_still_found(neuron):
    assert verdicts("dJ/dp = 0\ndJ/dn = dJ/dp*dp/dn = 0", neuron) == ["wrong", "follows from line 1"]


@pytest.mark.parametrize(
    ("claim", "shown"),
    [
        ("1.920000000077", "it says 1.9200000001; right is 1.9200000000"),
        ("1.92000000003", "it says 1.92000000003; right is 1.92000000000"),
        ("1.91", "it says 1.91; right is 1.92000000"),
    ],
)
def test_the_two_numbers_shown_differ_in_the_digits_shown(claim, shown):
    assert next(three_ways(claim).explanation()) == shown


def test_the_two_numbers_differ_elsewhere_too():
    x = Value(2.0)
    nodes = {"x": x, "y": x * x}
    [shown, *_] = line_of("dy/dx = 2*x + 1e-9*(x**3 - x - x - x - x)", nodes).explanation()
    claimed, right = re.search(r"it says (\S+); right is (\S+)", shown).groups()
    assert claimed != right


def test_the_report_goes_on_and_names_the_first_wrong_line(neuron):
    report = check_derivation("dJ/dp = p - a\ndJ/dn = p - a\ndp/dn = p\ndJ/dw = dJ/dn*x", neuron)
    assert [line.holds for line in report.lines] == [True, False, False, True]
    assert report.first_wrong.number == 2
    assert str(report).endswith("line 2 is the first wrong one: dJ/dn = p - a")


def test_paths_left_out_are_a_verdict_of_their_own():
    x = Value(0.4)
    h = tanh(x)
    y = h * x
    line = line_of("dy/dx = h", {"x": x, "h": h, "y": y})
    assert line.verdict == "paths left out"
    assert line.evidence == "one path of two; the path via h is left out"


def test_each_explanation_is_printed_once_and_every_name_kept():
    n = Value(0.4)
    q = n * n
    r = q * n
    [line] = check_derivation("dr/dn = q", locals()).lines
    assert {"branch missing", "branch overwritten", "sign"} <= {mistake.name for mistake in line.mistakes}
    printed = list(line.explanation())[2:]
    assert [text.partition(":")[0] for text in printed] == ["branch missing, or overwritten", "sign"]
    assert not any(line.evidence in text for text in printed)


def test_a_repeated_operand_counts_twice():
    a = Value(3.0)
    b = a + a
    line = line_of("db/da = 1", {"a": a, "b": b})
    assert {"branch missing", "branch overwritten", "factor 1/2"} <= {mistake.name for mistake in line.mistakes}
    assert line_of("db/da = 2", {"a": a, "b": b}).proved


def test_a_derivative_is_total_and_cut_free_at_an_inner_node():
    x = Value(0.4)
    h = exp(x)
    y = h * h + x
    nodes = {"x": x, "h": h, "y": y}
    assert check_derivation("dy/dh = 2*h\ndy/dx = 2*h*h + 1\ndy/dx = dy/dh*dh/dx + 1\ndx/dx = 1\ndy/dy = 1", nodes)


def test_on_the_right_a_derivative_is_the_true_one(neuron):
    report = check_derivation("dp/dn = p\ndJ/dn = dJ/dp*dp/dn", neuron)
    assert [line.holds for line in report.lines] == [False, True]


@pytest.mark.parametrize(
    "follower",
    [
        "dJ/dw = (p - a)*p*x",
        "dJ/dw = dJ/dp*dp/dn*x = -0.266842",
        "dJ/dn = -0.177894",
        "dJ/dx = -0.14231555",
    ],
)
def test_a_line_that_fits_only_a_wrong_earlier_one_follows_from_it(neuron, follower):
    report = check_derivation(f"dJ/dp = p - a\ndp/dn = p\ndJ/dn = (p - a)*p\n{follower}", neuron)
    assert [line.holds for line in report.lines] == [True, False, False, False]
    assert report.lines[3].verdict in ("follows from line 2", "follows from line 3")
    assert report.first_wrong.number == 2


def test_a_wrong_definition_is_followed_too(neuron):
    report = check_derivation("eta = 0.5\nw_new = w - eta*dJ/dw = 0.86\nn_new = w_new*x = 1.29", neuron)
    assert [line.verdict for line in report.lines] == ["defined", "wrong", "follows from line 2"]


def verdicts(text, nodes):
    return [line.verdict for line in check_derivation(text, nodes).lines]


def test_a_wrong_line_beside_it_is_no_source():
    nodes = neuron_at(2.0)
    assert verdicts("dJ/da = 0.5\ndJ/dx = 2*w\ndJ/dx = 1", nodes) == ["wrong", "wrong", "wrong"]


def test_a_line_that_needs_two_wrong_ones_follows_from_the_later():
    nodes = neuron_at(2.0)
    wrong = "dJ/dp = 3*(p - a)\ndJ/da = 7\ndp/dn = p + 1\ndJ/dx = 0.4\n"
    for follower in ("dJ/dn = 3*(p - a)*(p + 1)", "dJ/dn = dJ/dp*dp/dn = 2.238563", "dJ/dw = 4.477126"):
        assert verdicts(wrong + follower, nodes)[-1] == "follows from line 3", follower


def test_a_line_that_needs_three_wrong_ones_follows_from_the_last():
    x = Value(0.4)
    a = x * 1.5
    b = sin(a)
    c = exp(b)
    y = c * 0.7
    wrong = "dc/db = c + 1\ndb/da = a\ndy/dx = 100\nda/dx = x\ndy/dc = 2*x\n"
    assert verdicts(wrong + "dy/da = 2*x*(c + 1)*a", locals())[-1] == "follows from line 5"
    assert verdicts(wrong + "dc/dx = (c + 1)*a*x", locals())[-1] == "follows from line 4"


def test_a_wrong_line_said_twice_is_its_own_mistake_twice():
    n = Value(0.4)
    q = n * n
    r = q * n
    first, second = check_derivation("dr/dn = q\ndr/dn = q", locals()).lines
    assert first.verdict == second.verdict == "paths left out"
    assert first.notes == ()
    assert second.notes == ("line 1 says the same",)


def test_the_number_of_a_wrong_formula_about_the_same_is_said_to_be():
    report = check_derivation("dp/dn = p\ndJ/dw = 3*(p - a)\ndJ/dw = 1.29318", neuron_at(2.0))
    assert report.lines[2].notes == ("line 2 says the same",)


NAMED_AS_GRADIENTS = [
    *("dw", "d_w", "dL_dw", "dLdw", "dloss_dw", "df_by_dw", "dJ_dw", "dJdw", "grad_w", "gradw", "w_grad", "wgrad"),
    *("gradient_w", "dW1", "dL_dW1"),
]


def page_of_arrays(neuron):
    return neuron | {"w1": neuron["w"], "W1": [neuron["w"]], "b": [Value(0.5), Value(0.1)], "dot": neuron["n"]}


@pytest.mark.parametrize("name", NAMED_AS_GRADIENTS)
def test_a_name_that_is_spelled_as_a_gradient_claims_to_be_one(neuron, name):
    nodes = page_of_arrays(neuron)
    right, wrong, later = check_derivation(
        f"{name} = (p - a)*p*(1 - p)*x\n{name} = (p - a)*x\ndJ/dw = {name if 'W' not in name else 'dw'}", nodes
    ).lines
    assert (right.verdict, right.holds) == ("proved", True)
    assert not wrong.holds
    assert [mistake.name for mistake in wrong.mistakes] == ["activation's derivative left out"]
    assert later.verdict == "no effect"  # it is the true gradient, by another name


@pytest.mark.parametrize("name", ["dJ_dp", "dJdp", "dJ_by_dp", "dJ_over_dp"])
def test_each_way_to_name_a_derivative_is_known(neuron, name):
    first, line = check_derivation(f"{name} = p - a\ndJ/dn = {name}*dp/dn", neuron).lines
    assert (first.verdict, line.verdict) == ("proved", "proved")
    assert first.read_as == "dJ/dp = p - a"


def test_a_wrong_gradient_is_the_first_wrong_line_and_what_uses_it_follows(neuron):
    text = "dJ_dp = 2*(p - a)\ndJ_dn = 2*(p - a)*p*(1 - p)\ndJ/dw = dJ_dn*x"
    first, second, line = check_derivation(text, neuron).lines
    assert [mistake.name for mistake in first.mistakes] == ["factor 2"]
    assert second.verdict == "follows from line 1"
    assert line.holds  # dJ_dn stands for the true derivative, as dJ/dn does


@pytest.mark.parametrize("formula", ["2*(p - a)", "x*x", "log(q - 4.5)"])
def test_a_gradient_that_is_wrong_or_right_by_coincidence_is_wrong(formula):
    x = Value(2.0)
    nodes = {"x": x, "y": x * x, "p": x * 1, "a": Value(1.0), "q": Value(5.0)}
    report = check_derivation(f"dy_dx = {formula}\ndy/dx = 2*x", nodes)
    assert [line.holds for line in report.lines] == [False, True]


def test_a_gradient_that_has_no_value_is_not_right():
    x = Value(0.0)
    report = check_derivation("dy_dx = 3\ny = sqrt(x)", {"x": x, "y": sqrt(x)})
    assert [line.verdict for line in report.lines] == ["no value", "proved"]
    assert not report


@pytest.mark.parametrize(
    ("name", "meant"), [("dw", "a derivative by w"), ("grad_n", "a derivative by n"), ("dL_dx", "a derivative by x")]
)
@pytest.mark.parametrize("use", ["", "w*{0} = {0}*w"])
def test_a_gradient_of_which_no_output_can_be_told_is_not_checked_and_the_page_is_not_right(neuron, name, meant, use):
    nodes = neuron | {"K": neuron["w"] * neuron["n"] * neuron["x"]}  # the graph has two ends
    report = check_derivation(f"p = sigmoid(n)\n{name} = p - a\n{use.format(name)}", nodes)
    line = report.lines[1]
    assert not report
    assert (line.verdict, line.holds, line.mark) == ("not checked", False, "·")
    assert line.evidence.endswith(f"not checked; did you mean {meant}? If not, rename it")
    assert report.first_wrong is None
    assert check_derivation(f"{name} = p - a", nodes, output=nodes["J"]).lines[0].verdict == "wrong"


@pytest.mark.parametrize(
    "name",
    [
        *("delta", "delta_w", "delta1", "d", "d1", "dt", "den", "dx2", "diff", "decay", "dad", "divide_by_w", "dmodel"),
        *("grad", "gradient", "graded", "w_new", "w_old", "wd", "w_d", "D_w", "ds", "dL_ds", "s_grad", "grad_s"),
    ],
)
def test_other_definitions_are_as_free_as_before(neuron, name):
    """No node is called t or s; and where "model" is a module, dmodel is a number of dimensions."""
    nodes = neuron | {"model": MLP(2, [1], seed=0)}
    report = check_derivation(f"{name} = (p - a)*2\ndJ/dp = {name}/2", nodes)
    assert report, str(report)
    assert [line.verdict for line in report.lines] == ["defined", "proved"]


def test_a_gradient_may_be_said_to_be_a_derivative_with_its_number(neuron):
    report = check_derivation("dw = dJ/dw = -0.0618\nw - 0.1*dw = w - 0.1*dJ/dn*x", neuron)
    assert [line.holds for line in report.lines] == [True, True]
    assert not check_derivation("dw = dJ/dx", neuron)


def test_a_rounded_definition_is_calculated_on_with(neuron):
    assert check_derivation("dJ_dn = -0.041178\ndJ/dw = dJ_dn*x\ndJ/dx = w*dJ_dn", neuron)


# What checks nothing


@pytest.mark.parametrize(
    "claim", ["dJ/dp = dJ/dp", "p = p", "dJ/dp = 2*dJ/dp - dJ/dp", "2*dJ/dp = 2*dJ/dp", "2 = 2", "k = 3"]
)
def test_a_claim_with_no_effect_is_not_counted_as_right(neuron, claim):
    report = check_derivation(claim, neuron)
    assert report.lines[0].verdict == "no effect"
    assert not report
    assert "nothing" in report.lines[0].evidence


@pytest.mark.parametrize("claim", ["dJ/dp = 2*dJ/dp", "p = p*p", "dJ/dp = dJ/dp + 1"])
def test_a_claim_that_uses_its_subject_may_be_wrong(neuron, claim):
    assert line_of(claim, neuron).verdict == "wrong"


def test_a_claim_about_an_expression_that_uses_it_is_judged(neuron):
    assert line_of("2*dJ/dp = 2*dJ/dp*(p - a)/dJ/dp", neuron).proved


def test_a_misspelt_subject_is_not_taken_in_silence(neuron):
    report = check_derivation("dJ/dp = p - a\nJJ = 0.1", neuron)
    assert not report
    assert "did you mean J?" in report.lines[1].evidence


def test_a_wrong_line_about_a_derivative_upside_down_is_no_source_of_others(neuron):
    report = check_derivation("dp/dJ = 1\ndJ/dw = dJ/dn", neuron)
    assert [line.verdict for line in report.lines] == ["wrong", "wrong"]


def test_a_derivative_is_0_where_no_gradient_passes():
    floor = Operation("floor", lambda m, a: m.number(int(float(a))), lambda m, y, a: (0,))
    x = Value(2.5)
    y = floor(x) * 1
    J = y * y
    report = check_derivation("dJ/dy = y\ndJ/dx = dJ/dy", {"x": x, "y": y, "J": J})
    assert [(line.holds, line.correct) for line in report.lines] == [(False, 4.0), (False, 0.0)]


def test_a_node_off_the_way_is_said_to_be(neuron):
    line = line_of("dJ/dq = 0", neuron)
    assert line.holds
    assert "J does not depend on q" in line.notes[0]
    wrong = line_of("dJ/dq = p", neuron)
    assert not wrong.holds
    assert "J does not depend on q" in wrong.notes[0]
    assert "is dJ/dp meant?" in line_of("dp/dJ = 1", neuron).notes[1]


def test_definitions_alone_are_nothing_right(neuron):
    assert not check_derivation("a1 = 0.5\na2 = a1 + 1\na3 = a2*a1", neuron)


# Leaves and reports


def test_a_leaf_that_changed_since_recording_is_refused_by_name(neuron):
    neuron["w"].name = "w"
    neuron["w"].data = 0.9
    with pytest.raises(ValueError, match=r"name='w'.*was written to"):
        check_derivation("dJ/dp = p - a", neuron, strict=True)


def test_nothing_is_left_behind_in_the_graph(neuron):
    check_derivation("dJ/dw = dJ/dn*x", neuron)
    assert all(node.grad is None and node.name is None for node in neuron.values())


def test_it_works_where_nothing_is_recorded(neuron):
    with no_grad():
        assert check_derivation("dJ/dw = dJ/dn*x", neuron)


def test_a_graph_deeper_than_the_stack_is_checked():
    x = Value(0.5)
    y = x
    for _ in range(5000):
        y = y + 0.001
    assert check_derivation("dy/dx = 1 = 1.0", {"x": x, "y": y})


def test_two_to_the_sixty_paths_are_counted_and_not_walked():
    x = Value(1.01)
    y = x
    for _ in range(60):
        y = y + y
    report = check_derivation("dy/dx = 2**60\ndy/dx = 2**59", {"x": x, "y": y})
    assert [line.holds for line in report.lines] == [True, False]
    assert report.lines[1].evidence.startswith(f"{2**59} paths of {2**60}")


class Cells(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):  # noqa: ARG002  (the parser's signature)
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


def test_the_report_is_a_table_in_a_notebook_with_everything_escaped(neuron):
    report = check_derivation("dJ/dp = p - a\ndJ/dp = (0 < p)*(p < 2)", neuron)
    cells = Cells()
    cells.feed(report._repr_html_())
    page = {"table", "tbody", "tr", "td", "code", "p", "span", "div", "style", "dl", "dt", "dd"}
    assert set(cells.tags) <= page | {"math", "mi", "mo", "mn", "mrow", "mfrac"}
    assert "dJ/dp = (0 < p)*(p < 2)" in cells.text
    assert "✗" in cells.text


@pytest.fixture(scope="module")
def penalised():
    x, w1, w2, v1, v2, a, lam = map(Value, (1.5, 0.8, -0.4, 0.5, 1.2, 1.0, 0.1))
    h1, h2 = tanh(w1 * x), sigmoid(w2 * x)
    p = v1 * h1 + v2 * h2
    J = (p - a) ** 2 / 2 + lam * w1**2
    u, q = Value(0.9), [Value(0.5), Value(-1.2), Value(0.7)]
    L = autograd.mean([(u * each) ** 2 for each in q])
    return {
        "x": x, "w1": w1, "w2": w2, "v1": v1, "v2": v2, "a": a, "lam": lam, "h1": h1, "h2": h2, "p": p, "J": J,
        "u": u, "q": q, "L": L,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "named"),
    [
        ("dJ/dv1 = p - a", "a factor is missing: h1 = ∂p/∂v1"),
        ("dJ/dv1 = (p - a)*h1*x", "a factor too many: x"),
        ("dJ/dv1 = (p - a)*w1", "another factor: w1 where h1 belongs"),
        ("dJ/dw2 = 3*(p - a)*v2*h2*(1 - h2)*x", "a factor too many: 3"),
        ("dJ/dw2 = (p - a)*v1*h2*(1 - h2)*x", "another factor: v1 where v2 belongs"),
        ("dJ/dw2 = (p - a)*v2*(1 - h1**2)*x", "another factor: 1 - h1 ** 2 where sigmoid's slope at h2 belongs"),
        ("dJ/dw1 = (p - a)*v1*h1*(1 - h1)*x + 2*lam*w1", "another factor: sigmoid's slope where tanh's belongs at h1"),
        (
            "dJ/dw1 = (p - a)*v1*(1 - h1**2) + 2*lam*w1",
            "inner derivative left out: x = ∂(w1 * x)/∂w1",
        ),
        ("dJ/dw2 = (p - a)*v2*h2*(1 - h2)*x + 2*lam*w1", "an extra term: 2 * lam * w1"),
        ("dJ/dlam = w1", "a factor is missing: w1"),
        ("p = v1*h1", "a term is missing: h2 * v2"),
        ("p = v1*h1 - v2*h2", "sign: the term -(v2 * h2) has the other sign"),
        ("dL/du = 2*u*(q[0]**2 + q[1]**2 + q[2]**2)", "1/m missing: 1/3 is missing, the mean over 3"),
    ],
)
def test_a_line_that_is_off_by_a_factor_or_a_term_is_told_which(penalised, claim, named):
    line = line_of(claim, penalised)
    assert not line.holds
    assert named in line.mistakes


def test_a_line_that_goes_on_with_an_earlier_wrong_number_follows_from_it(neuron):
    """dp/dn = p(1 - p) is 0.1779 here, dJ/dp is -0.2315; the first line has p alone."""
    report = check_derivation("dp/dn = 0.7685\ndJ/dn = -0.2315*0.7685\ndJ/dw = -0.2315*0.7685*1.5*2", neuron)
    assert [line.follows for line in report.lines] == [None, 1, None]


@pytest.fixture
def softmax_of_scores():
    s = [Value(0.3), Value(-0.8), Value(0.5)]
    v = [Value(0.9), Value(-1.2), Value(0.7)]
    a = softmax(s)
    return {"s": s, "v": v, "a": a, "o": a[0] * v[0] + a[1] * v[1] + a[2] * v[2]}


def test_of_a_softmax_the_diagonal_alone_is_told_in_the_names_of_the_page(softmax_of_scores):
    line = line_of("do/ds[0] = v[0]*a[0]*(1 - a[0])", softmax_of_scores)
    detail = "a[0]*(1 - a[0]) alone is kept; the other outputs depend on this score too"
    assert line.mistakes == (f"softmax's diagonal alone: {detail}",)


def test_a_skip_connection_is_a_direct_path():
    x, w = Value(0.7), Value(1.3)
    f = w * tanh(x)
    nodes = {"x": x, "w": w, "f": f, "r": x + f}
    line = line_of("dr/dx = w*(1 - tanh(x)**2)", nodes)
    assert line.evidence == "one path of two; the direct path x → r is left out"


@pytest.mark.parametrize(
    ("claim", "named"),
    [
        ("dL/dw = 2*e[0]*x[0]/3", "one example only: of the 3 examples only that of e[0] is kept"),
        (
            "dL/dw = 2*(e[0]*x[0] + e[1]*x[1] + e[2]*x[2])/2",
            "m - 1 for m: it is divided by m - 1 = 2 where m = 3 belongs",
        ),
        (
            "dL/dw = (e[0] + e[1] + e[2])*(x[0] + x[1] + x[2])*2/3",
            "product of sums: the product of the sums e[0] + e[1] + e[2] and x[0] + x[1] + x[2] "
            "where the sum of the products belongs",
        ),
        ("dL/dw = 2*(p[0]*x[0] + p[1]*x[1] + p[2]*x[2])/3", "another factor: p[0] where e[0] belongs, and so on"),
        ("dL/de[0] = 2*e[0]", "1/m missing: 1/3 is missing, the mean over 3"),
        ("dL/de[1] = -0.760667", "digits swapped: 60 where 06 belongs"),
    ],
)
def test_a_slip_in_a_batch_is_told_as_one(claim, named):
    x, y, w = [Value(0.5), Value(-1.1), Value(1.8)], [Value(1.2), Value(0.4), Value(-0.7)], Value(0.6)
    p = [w * each for each in x]
    e = [a - b for a, b in zip(p, y, strict=True)]
    nodes = {"x": x, "y": y, "w": w, "p": p, "e": e, "L": add([each**2 for each in e]) / 3}
    assert named in line_of(claim, nodes).mistakes


def test_a_layer_before_its_activation_is_told_as_a_whole():
    Z1 = [[Value(0.3), Value(-0.8)], [Value(1.1), Value(0.5)], [Value(-0.4), Value(0.9)]]
    A1 = [[tanh(z) for z in row] for row in Z1]
    W2, Y = [Value(0.7), Value(-1.2)], [Value(0.2), Value(1.0), Value(-0.3)]
    P = [row[0] * W2[0] + row[1] * W2[1] for row in A1]
    J = add([(p - y) ** 2 for p, y in zip(P, Y, strict=True)]) / 6
    nodes = {"Z1": Z1, "A1": A1, "W2": W2, "P": P, "Y": Y, "J": J}
    line = line_of("dW2 = Z1.T @ (P - Y)/3", nodes)
    assert line.mistakes == ("another factor: Z1[0][0] where A1[0][0] belongs, and so on",)


def test_m_less_one_is_told_of_a_line_that_divides_by_it():
    # E[1] is read twice of three times: what is left out is 2/3, and the line divides by nothing.
    E, w = [Value(0.5), Value(-0.2)], Value(0.6)
    h = (E[1] + E[0] + E[1]) / 3
    p = sigmoid(w * h)
    nodes = {"E": E, "w": w, "h": h, "p": p, "L": -log(p)}
    [first, *_] = line_of("dL/dE[1] = (p - 1)*w", nodes).mistakes
    assert first.name == "branch counted twice"
    assert line_of("dh/dE[0] = 1/2", nodes).mistakes[0].name == "m - 1 for m"


@pytest.fixture
def batch_norm():
    x, c = [Value(0.9), Value(-0.5), Value(1.7), Value(0.2)], [Value(0.3), Value(-0.8), Value(1.1), Value(0.6)]
    gamma, eps, m = Value(1.3), Value(0.01), 4
    mu = add(x) / m
    var = add([(each - mu) ** 2 for each in x]) / m
    xhat = [(each - mu) / sqrt(var + eps) for each in x]
    y = [gamma * each for each in xhat]
    L = add([(a - b) ** 2 for a, b in zip(y, c, strict=True)]) / 2
    return {"x": x, "c": c, "gamma": gamma, "eps": eps, "m": m, "mu": mu, "var": var, "xhat": xhat, "y": y, "L": L}


@pytest.mark.parametrize(
    ("claim", "named"),
    [
        ("dvar = np.sum(dxhat*(x - mu)*-0.5*var**-1.5)", "a term is missing: eps, beside var"),
        (
            "dx = gamma/(m*np.sqrt(var))*(m*dy - dy.sum() - xhat*(dy*xhat).sum())",
            "a term is missing: eps, beside var",
        ),
        (
            "dx = gamma/np.sqrt(var + eps)*(m*dy - dy.sum() - xhat*(dy*xhat).sum())",
            "1/m missing: 1/4 is missing, the mean over 4",
        ),
    ],
)
def test_of_a_batch_norm_a_forgotten_eps_and_a_forgotten_mean_are_told(batch_norm, claim, named):
    assert line_of(claim, batch_norm).mistakes == (named,)


def test_items_in_the_other_order_are_told():
    x, k = [Value(0.9), Value(-0.5), Value(1.7), Value(0.2)], [Value(0.3), Value(-0.8), Value(1.1)]
    y = [add([x[i + j] * k[j] for j in range(3)]) for i in range(2)]
    nodes = {"x": x, "k": k, "y": y, "L": y[0] ** 2 + sin(y[1])}
    line = line_of("dL/dx[1] = dL/dy[0]*k[0] + dL/dy[1]*k[1]", nodes)
    assert line.mistakes == ("another factor: k[0] where k[1] belongs, and so on",)


def test_a_right_formula_has_logarithms_decimals_and_means_as_a_book_has_them():
    q = Value(1.3)
    bits = log(q + 5) / log(2)
    assert line_of("dbits/dq = 1/(q + 5)", {"q": q, "bits": bits}).correct_formula == "dbits/dq = 1/(log(2)*(q + 5))"
    x = [Value(0.3), Value(1.2), Value(-0.7)]
    mu = sum(x) / 3
    var = sum([(each - mu) ** 2 for each in x]) / 3
    y = log(var + 1e-5)
    nodes = {"x": x, "mu": mu, "var": var, "y": y}
    assert line_of("dvar/dx[0] = x[0] - mu", nodes).correct_formula == "dvar/dx[0] = 2*(x[0] - mu)/3"
    assert line_of("dy/dvar = 1/var", nodes).correct_formula == "dy/dvar = 1/(1e-05 + var)"


def test_an_update_by_hand_that_goes_up_is_told():
    x, w, y = Value(1.5), Value(0.8), Value(1.0)
    a = sigmoid(w * x)
    nodes = {"x": x, "w": w, "y": y, "a": a, "L": -(y * log(a) + (1 - y) * log(1 - a))}
    up = check_derivation("eta = 0.1\nw := w - eta*(y - a)*x", nodes).lines[1]
    down = check_derivation("eta = 0.1\nw := w - eta*(a - y)*x", nodes).lines[1]
    assert [note.partition(":")[0] for note in up.notes] == ["this step goes up"]
    assert down.notes == ()


@pytest.mark.parametrize(
    ("update", "goes_up"),
    [
        ("w <- w - 0.1*(r - t)*dr/dw", False),
        ("w <- w - 0.1*(t - r)*dr/dw", True),
        ("w <- w + 0.1*(t - r)*dr/dw", False),
        ("w <- w + 0.1*(r - t)*dr/dw", True),
        ("w_new = w - 0.1*dL/dr*dr/dw", False),
        ("w_new = w + 0.1*dL/dr*dr/df*df/dw", True),
        ("eta = 0.1\nw_new = w - eta*dL/dr*v*dh/dw", False),
        ("w <- w + 0.1*dr/dw", True),
        ("w <- w + 0.1*dL/dw/sqrt(1e-8 + (dL/dw)**2)", True),
    ],
)
def test_a_step_by_the_chain_rule_goes_the_way_of_its_product(update, goes_up):
    x, t, w, v = Value(0.7), Value(0.5), Value(0.4), Value(-1.2)
    h = tanh(w * x)
    f = v * h
    r = x + f
    nodes = {"x": x, "t": t, "w": w, "v": v, "h": h, "f": f, "r": r, "L": (r - t) ** 2 / 2}
    notes = check_derivation(update, nodes).lines[-1].notes
    assert [note.partition(":")[0] for note in notes if note.startswith("this step")] == ["this step goes up"] * goes_up


@pytest.mark.parametrize(
    ("update", "goes_up"),
    [
        (r"\theta_j := \theta_j + \alpha \frac{1}{3} \sum_i (h_i - y_i) x_{ij}", True),
        (r"\theta_j := \theta_j + \alpha \sum_i (h_i - y_i) x_{ij}", True),
        (r"\theta_j := \theta_j - \alpha \frac{1}{3} \sum_i (y_i - h_i) x_{ij}", True),
        (r"\theta_1 := \theta_1 + 0.1 \sum_i (h_i - y_i) x_{i1}", True),
        (r"\theta_j := \theta_j - \alpha \frac{1}{3} \sum_i (h_i - y_i) x_{ij}", False),
        (r"\theta_j := \theta_j + \alpha \frac{1}{3} \sum_i (y_i - h_i) x_{ij}", False),
        (r"\theta_j := \theta_j - \alpha \sum_i (h_i - y_i)", False),
    ],
)
def test_an_update_over_an_index_that_goes_up_is_told_as_that_of_one_weight(update, goes_up):
    x = [list(map(Value, row)) for row in ([1.0, 0.5], [1.0, -1.0], [1.0, 2.0])]
    theta, y = [Value(0.3), Value(-0.4)], [Value(1.0), Value(0.0), Value(1.0)]
    h = [sigmoid(theta[0] * a + theta[1] * b) for a, b in x]
    J = -sum(t * log(p) + (1 - t) * log(1 - p) for p, t in zip(h, y, strict=True)) / 3
    nodes = {"theta": theta, "x": x, "y": y, "h": h, "alpha": Value(0.1), "J": J}
    notes = check_derivation(update, nodes).lines[0].notes
    assert [note.partition(":")[0] for note in notes] == ["this step goes up"] * goes_up


@pytest.mark.parametrize("claim", ["w[0]", "E[0][0]*w[0]", "0.3", "-E[1][1]"])
def test_of_what_the_output_does_not_depend_on_that_is_said_and_no_term_is_named(claim):
    E, w = [[Value(0.5), Value(-0.2)], [Value(0.1), Value(0.9)]], [Value(0.6), Value(-1.1)]
    L = (w[0] * E[0][0] + w[1] * E[0][1]) ** 2
    [line] = check_derivation(f"dL/dE[1][0] = {claim}", {"E": E, "w": w, "L": L}).lines
    assert (line.holds, line.mistakes, line.correct_formula) == (False, (), "dL/dE[1][0] = 0")
    assert line.notes == ("L does not depend on E[1][0]: no path leads from E[1][0] to L, and dL/dE[1][0] is 0",)


@pytest.mark.parametrize(
    ("claim", "named"),
    [
        ("dL/dmu = -z", "a factor is missing: 1/s"),
        ("dE/dw2 = (y - t)*x", "another factor: x where a1 belongs"),
        ("dE/dw1 = (y - t)*w2*z1", "another factor: z1 where x belongs"),
        ("dM/dA[0] = (A[0] - B[0])/9", "1/m twice: it is divided by 3 once more than the mean asks"),
        ("dM/dA[0] = A[0] - B[0]", "1/m missing: 1/3 is missing, the mean over 3"),
        ("dg/dn = u", "another factor: u where 1 - u belongs"),
        ("dE/dy = 1.3", ""),
    ],
)
def test_a_slip_is_named_by_what_stands_on_the_page(claim, named):
    x, mu, s, t, w1, w2, u, n = map(Value, (0.8, 0.1, 0.7, 0.2, 0.6, 0.9, 0.35, 0.5))
    z = (x - mu) / s
    z1 = w1 * x
    a1 = relu(z1)
    y = w2 * a1
    A, B = [Value(0.1), Value(0.5), Value(0.7)], [Value(0.3), Value(0.2), Value(0.8)]
    M = add([(a - b) ** 2 for a, b in zip(A, B, strict=True)]) / 6
    nodes = {"x": x, "mu": mu, "s": s, "t": t, "w1": w1, "w2": w2, "z": z, "z1": z1, "a1": a1, "y": y, "A": A, "B": B}
    nodes |= {"L": z**2 / 2, "E": (y - t) ** 2 / 2, "M": M, "u": u, "n": n, "g": (1 - u) * n}
    [line] = check_derivation(claim, nodes).lines
    assert [*map(str, line.mistakes)] == [named] * bool(named)


def test_without_a_cross_entropy_there_is_no_target_that_was_forgotten():
    e = [exp(Value(x)) for x in (0.3, 0.7, -0.2)]
    S = add(e)
    p = [each / S for each in e]
    [line] = check_derivation("dp[0]/de[0] = -e[0]/S**2", {"e": e, "S": S, "p": p}).lines
    assert line.verdict == "paths left out"
    assert not any("target" in str(mistake) for mistake in line.mistakes)


def test_of_two_classes_a_slope_that_is_there_twice_has_its_own_sign():
    z = [Value(0.3), Value(-0.4)]
    e = [exp(each) for each in z]
    p = [each / add(e) for each in e]
    y = [Value(1.0), Value(0.0)]
    L = -add([a * log(b) for a, b in zip(y, p, strict=True)])
    [line] = check_derivation("dL/dz[0] = (p[0] - y[0])*p[0]*(1 - p[0])", {"z": z, "p": p, "y": y, "L": L}).lines
    assert [*map(str, line.mistakes)] == ["a factor too many: ∂p[0]/∂z[0]"]


def test_a_short_number_in_an_update_is_the_gradient_of_no_other_weight_by_chance():
    eta, x, w, y = Value(0.1), Value(1.0), Value(0.8), Value(0.2)
    n = w * x
    L = (n - y) ** 2 / 2
    nodes = {"eta": eta, "x": x, "w": w, "y": y, "n": n, "L": L}
    [line] = check_derivation("w ← w + eta ∂L/∂w = 0.7", nodes).lines
    assert (line.holds, line.mistakes) == (False, ())


@pytest.mark.parametrize("index", ["Σ_i", "Σ_{i=1}^m", "Σ_{i=1}^3"])
def test_a_number_that_an_index_runs_to_is_a_definition(index):
    b, Y = Value(0.2), [Value(1.0), Value(0.0), Value(1.0)]
    A = [sigmoid(b + x) for x in (0.3, 0.7, -0.2)]
    J = add([(a - y) ** 2 for a, y in zip(A, Y, strict=True)]) / 6
    report = check_derivation(f"m = 3\ndJ/db = 1/m {index} (A_i - Y_i) A_i (1 - A_i)", {"A": A, "Y": Y, "b": b, "J": J})
    assert report, str(report)
    assert [line.remark for line in report.lines] == ["defined: 3", "proved"]
    assert not check_derivation("3 = 3", {"b": b, "J": J})


def test_the_sign_of_a_term_is_told_in_the_words_of_the_page():
    """Between p and z of a softmax stand steps without names: the page's own -t[0] says more than a path by these."""
    z, t = [Value(0.3), Value(-0.5), Value(0.9)], [Value(1.0), Value(0.0), Value(0.0)]
    p = softmax(z)
    L = -add([label * log(q) for label, q in zip(t, p, strict=True)])
    [line] = check_derivation("dL/dz[0] = p[0] + t[0]", {"z": z, "t": t, "p": p, "L": L}).lines
    assert line.mistakes == ("sign: the term t[0] has the other sign",)


def test_a_node_above_the_line_that_belongs_below_is_named():
    x = Value(0.7)
    bottom = x**2 + 1
    [line] = check_derivation("dr/dx = x*r", {"x": x, "bottom": bottom, "r": sqrt(bottom)}).lines
    assert line.mistakes == ("another factor: r where 1/r belongs",)
