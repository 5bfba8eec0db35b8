"""∂ as the direct partial: where a page shows that it is meant, and where it would hide a forgotten path.

The right verdicts are from calculus done by hand, or by sympy, on the formulas of each network.
"""

import math
from time import process_time

import pytest
import sympy

from autograd import Value, check_derivation, exp, log, mark, mean, sigmoid, sin, sqrt, tanh
from autograd import sum as total
from autograd.derivation.readings_of_partials import MOST_READINGS, ReadingsOfPartials


def verdicts(page, nodes, **settings):
    """Whether each line holds; all must be read."""
    report = check_derivation(page, nodes, **settings)
    assert not report.unread, str(report)
    return [line.holds for line in report.lines]


@pytest.fixture
def branch():
    """y = x sin u with u = x², so that the direct ∂y/∂x is sin u, and dy/dx has 2x² cos u in it as well."""
    x = Value(0.7)
    u = x**2
    y = sin(u) * x
    return {"x": x, "u": u, "y": y}


@pytest.fixture(params=["with a", "without a"])
def recurrent(request):
    """Three steps h_t = tanh(a_t), a_t = W h_{t-1} + U x_t, with a loss of its own at each; a_t has a name, or none."""
    W, U, x, h, a = Value(0.5), Value(0.3), [Value(0.3), Value(0.5), Value(0.9)], [Value(0.1)], [Value(0.0)]
    for each in x:
        a.append(W * h[-1] + U * each)
        h.append(tanh(a[-1]))
    loss = [Value(0.0), *((each - 0.3) ** 2 for each in h[1:])]
    nodes = {"W": W, "U": U, "x": x, "h": h, "ℓ": loss, "J": total(loss[1:])}
    return nodes | ({"a": a} if request.param == "with a" else {})


@pytest.fixture
def steps():
    """Three steps h_k = tanh(a_k), a_k = u x_k + w h_{k-1}, and a loss of the last alone; all have names."""
    w, u, nodes = Value(0.5), Value(0.3), {}
    h = nodes["h0"] = Value(0.1)
    for k, x in enumerate([Value(0.3), Value(0.5), Value(0.9)], 1):
        a = u * x + w * h
        h = tanh(a)
        nodes |= {f"x{k}": x, f"a{k}": a, f"h{k}": h}
    return nodes | {"w": w, "u": u, "L": (h - 0.3) ** 2}


@pytest.fixture
def gated():
    """Two steps of a gated unit h_k = (1 - z_k) h_{k-1} + z_k n_k, where z_k and n_k are of w and h_{k-1}."""
    w, nodes = Value(0.5), {}
    h = nodes["h0"] = Value(0.4)
    for k in (1, 2):
        s, q = w * h + 0.2, w * 0.7 + h
        z, n = sigmoid(s), tanh(q)
        h = (1 - z) * h + z * n
        nodes |= {f"s{k}": s, f"q{k}": q, f"z{k}": z, f"n{k}": n, f"h{k}": h}
    return nodes | {"w": w, "L": h**2}


@pytest.fixture
def batch_norm():
    """The paper's normalization of a batch of four, with a loss that weighs them differently."""
    x, γ, β, ε = [Value(0.5), Value(-1.2), Value(2.0), Value(0.3)], Value(1.3), Value(0.2), Value(0.001)
    μ = mean(x)
    σ2 = mean([(each - μ) ** 2 for each in x])
    normal = [(each - μ) / sqrt(σ2 + ε) for each in x]
    y = [γ * each + β for each in normal]
    loss = total([(k + 1) * each**2 / 2 + each**3 for k, each in enumerate(y)])
    return {"x": x, "μ": μ, "σ^2": σ2, "x̂": normal, "γ": γ, "β": β, "ε": ε, "y": y, "L": loss, "m": 4}


# The identities of textbooks


def test_the_total_derivative_is_the_direct_partial_and_the_path_through_u(branch):
    [line] = check_derivation("dy/dx = ∂y/∂x + ∂y/∂u·du/dx", branch).lines
    assert line.proved
    assert line.evidence == "proved, if ∂y/∂x holds u fixed"
    assert line.direct == ("∂y/∂x holds u fixed",)


@pytest.mark.parametrize(
    "line",
    [
        r"$\frac{dy}{dx} = \frac{\partial y}{\partial x} + \frac{\partial y}{\partial u}\frac{du}{dx}$",
        "∂y/∂x = ∂y/∂x + ∂y/∂u·∂u/∂x",
        "∂y/∂x = dy/dx - ∂y/∂u·du/dx",
        "dy/dx = ∂y/∂x + x*cos(u)*2*x",
        "dy/dx = ∂⁺y/∂x + dy/du·du/dx",
        r"$\frac{\partial y}{\partial x} = \frac{\partial^+ y}{\partial x} + \frac{\partial y}{\partial u} 2x$",
        "dy/dx = ∂y/∂x + ∂y/∂u·du/dx = sin(u) + 2*x**2*cos(u) = 1.33531",
    ],
)
def test_the_identity_holds_in_every_notation_of_it(line, branch):
    assert verdicts(line, branch) == [True]


def test_a_line_that_holds_with_total_derivatives_is_right_in_that_reading(branch):
    [line] = check_derivation("∂y/∂x = sin(u) + ∂y/∂u·∂u/∂x", branch).lines
    assert line.proved
    assert line.evidence == "proved"
    assert line.direct == ()


def test_d_is_never_direct(branch):
    [line] = check_derivation("dy/dx = dy/dx + dy/du·du/dx", branch).lines
    assert not line.holds


def test_a_direct_partial_is_what_sympy_finds_with_u_held(branch):
    x, u = sympy.symbols("x u")
    formula = sympy.diff(sympy.sin(u) * x, x)
    assert verdicts(f"∂⁺y/∂x = {formula}\n∂⁺y/∂u = {sympy.diff(sympy.sin(u) * x, u)}", branch) == [True, True]


def test_a_wrong_direct_partial_is_wrong_and_told_what_is_right(branch):
    [line] = check_derivation("∂⁺y/∂x = sin(u) + x*cos(u)*2*x", branch).lines
    assert not line.holds
    assert line.correct_formula == "∂⁺y/∂x = sin(u)"


def test_what_depends_on_x_through_u_alone_has_a_direct_partial_of_0():
    x = Value(0.7)
    u = x**2
    y = sin(u)
    assert verdicts("dy/dx = ∂y/∂x + ∂y/∂u·du/dx\n∂⁺y/∂x = 0", {"x": x, "u": u, "y": y}) == [True, True]


# Back-propagation through time


@pytest.mark.parametrize(
    "line",
    [
        "∂h_3/∂W = ∂h_3/∂W + ∂h_3/∂h_2 · ∂h_2/∂W",
        "∂h_t/∂W = ∂h_t/∂W + ∂h_t/∂h_{t-1} · ∂h_{t-1}/∂W for t = 1, …, 3",
        "∂J/∂W = Σ_{t=1}^3 ∂J/∂h_t ∂h_t/∂W",
        "∂J/∂W = Σ_{t=1}^3 ∂J/∂h_t ∂⁺h_t/∂W",
        r"$\frac{\partial J}{\partial W} = \sum_{t=1}^3 \frac{\partial J}{\partial h_t}"
        r"\frac{\partial^{+} h_t}{\partial W}$",
        "∂J/∂W = ∂J/∂h_1·∂h_1/∂W + ∂J/∂h_2·∂h_2/∂W + ∂J/∂h_3·∂h_3/∂W",
        "∂ℓ_3/∂W = Σ_{k=1}^3 ∂ℓ_3/∂h_3 · ∂h_3/∂h_k · ∂h_k/∂W",
        r"$\frac{\partial \ell_3}{\partial W} = \sum_{k=1}^{3} \frac{\partial \ell_3}{\partial h_3}"
        r" \left(\prod_{j=k+1}^{3} \frac{\partial h_j}{\partial h_{j-1}}\right) \frac{\partial h_k}{\partial W}$",
        "∂h_3/∂W = ∂h_3/∂W + ∂h_3/∂h_2 · (∂h_2/∂W + ∂h_2/∂h_1 · ∂h_1/∂W)",
        "∂⁺h_t/∂W = (1 - h_t^2) h_{t-1} for t = 1, …, 3",
    ],
)
def test_the_sums_of_back_propagation_through_time_hold(line, recurrent):
    assert verdicts(line, recurrent, first=0) == [True]


def test_one_symbol_is_total_on_the_left_and_direct_on_the_right_and_the_report_says_so(recurrent):
    [line] = check_derivation("∂h_3/∂W = ∂h_3/∂W + ∂h_3/∂h_2 · ∂h_2/∂W", recurrent, first=0).lines
    assert line.evidence == "proved, if ∂h[3]/∂W on the right holds h[2] fixed"


def test_the_direct_partials_of_a_page_are_used_as_they_are_given(recurrent):
    page = """∂h_t/∂W = (1 - h_t^2) h_{t-1} for t = 1, …, 3
∂J/∂h_3 = 2(h_3 - 0.3)
∂J/∂h_2 = 2(h_2 - 0.3) + ∂J/∂h_3 (1 - h_3^2) W
∂J/∂h_1 = 2(h_1 - 0.3) + ∂J/∂h_2 (1 - h_2^2) W
∂J/∂W = Σ_{t=1}^3 ∂J/∂h_t ∂h_t/∂W"""
    assert verdicts(page, recurrent, first=0) == [True] * 5


def test_a_page_that_forgets_the_recurrence_in_both_factors_is_wrong(recurrent):
    page = """∂J/∂h_t = 2(h_t - 0.3) for t = 1, …, 3
∂h_t/∂W = (1 - h_t^2) h_{t-1} for t = 1, …, 3
∂J/∂W = Σ_{t=1}^3 ∂J/∂h_t ∂h_t/∂W"""
    assert not check_derivation(page, recurrent, first=0)


def test_of_two_lines_about_one_derivative_that_which_forgets_the_recurrence_is_wrong(recurrent):
    page = "∂h_3/∂W = (1 - h_3^2) h_2\n∂h_3/∂W = (1 - h_3^2) h_2 + ∂h_3/∂h_2 · ∂h_2/∂W"
    assert verdicts(page, recurrent, first=0) == [False, True]


# What a line does not speak of


@pytest.mark.parametrize(
    "line",
    [
        "dh3/dw = ∂h3/∂w + ∂h3/∂h2*dh2/dw",
        "∂h3/∂w = ∂h3/∂w + ∂h3/∂h2*∂h2/∂w",
        "dh3/dw = ∂h3/∂w + (1 - h3^2)*w*dh2/dw",
        "dL/dw = ∂L/∂h3*(∂h3/∂w + ∂h3/∂h2*(∂h2/∂w + ∂h2/∂h1*∂h1/∂w))",
        "∂L/∂w = ∂L/∂h1*∂h1/∂w + ∂L/∂h2*∂h2/∂w + ∂L/∂h3*∂h3/∂w",
        "∂L/∂w = Σ_{k=1}^3 ∂L/∂h_k ∂⁺h_k/∂w",
        r"$\frac{\partial L}{\partial w} = \sum_{k=1}^3 \frac{\partial L}{\partial h_k}"
        r"\frac{\partial^{+} h_k}{\partial w}$",
        "∂⁺h3/∂w = (1 - h3^2)*h2",
        "∂⁺h_k/∂w = (1 - h_k^2) h_{k-1} for k = 1, …, 3",
        "∂⁺h3/∂w = 0*a3",
        "∂L/∂w = ∂L/∂a1*∂a1/∂w + ∂L/∂a2*∂a2/∂w + ∂L/∂a3*∂a3/∂w",
    ],
)
def test_a_step_on_the_way_that_the_line_does_not_speak_of_is_not_held(line, steps):
    assert verdicts(line, steps) == [True]


@pytest.mark.parametrize(
    "line",
    [
        "dh3/dw = ∂h3/∂w + ∂h3/∂h1*dh1/dw",
        "dh3/dw = 2*∂h3/∂w + ∂h3/∂h2*dh2/dw",
        "dh3/dw = ∂h3/∂h2*dh2/dw",
        "dL/dw = ∂L/∂h3*(∂h3/∂w + ∂h3/∂h2*(∂h2/∂w + ∂h2/∂h1*∂h2/∂w))",
        "∂L/∂w = Σ_{k=2}^3 ∂L/∂h_k ∂⁺h_k/∂w",
        "∂L/∂w = ∂L/∂h3*∂⁺h3/∂w",
        "∂L/∂w = ∂L/∂h1*∂h1/∂w + ∂L/∂h3*∂h3/∂w",
        "dL/dw = ∂L/∂h1*∂h1/∂w + ∂L/∂h3*∂h3/∂w",
        "∂⁺h3/∂w = (1 - h3^2)*(h2 + w*(1 - h2^2)*h1)",
        "∂⁺h3/∂w = (1 - h3^2)*h1",
        "∂h3/∂w = (1 - h3^2)*h2",
        "∂L/∂w = ∂L/∂a2*∂⁺a2/∂w + ∂L/∂a3*∂⁺a3/∂w",
    ],
)
def test_a_term_that_is_forgotten_stays_wrong_though_less_is_held(line, steps):
    assert verdicts(line, steps) == [False]


def test_the_report_says_what_is_held_of_what_the_line_speaks_of(steps):
    [line] = check_derivation("dh3/dw = ∂h3/∂w + ∂h3/∂h2*dh2/dw", steps).lines
    assert line.evidence == "proved, if ∂h3/∂w holds h2 fixed"
    [line] = check_derivation("∂⁺h3/∂w = (1 - h3^2)*h2", steps).lines
    assert line.evidence == "proved, if ∂⁺h3/∂w holds h2 fixed"


def test_a_direct_partial_through_a_named_step_has_the_slope_of_finite_differences():
    """∂h3/∂w with h2 held, of h3 = tanh(u x3 + w h2): h2 is kept at a number, and w is moved."""
    w, u, x3, δ = 0.5, 0.3, 0.9, 1e-6
    h2 = math.tanh(u * 0.5 + w * 0.1)
    slope = (math.tanh(u * x3 + (w + δ) * h2) - math.tanh(u * x3 + (w - δ) * h2)) / (2 * δ)
    node = {"w": Value(w), "u": Value(u), "x3": Value(x3)}
    node["h2"] = tanh(node["u"] * 0.5 + node["w"] * 0.1)
    node["a3"] = node["u"] * node["x3"] + node["w"] * node["h2"]
    node["h3"] = tanh(node["a3"])
    assert verdicts(f"∂⁺h3/∂w = (1 - h3^2)*h2 = {slope:.7f}", node) == [True]
    assert verdicts(f"∂⁺h3/∂w = (1 - h3^2)*h2 = {slope * 1.001:.7f}", node) == [False]


def test_a_line_shows_that_another_holds_what_both_speak_of(steps):
    page = "∂h3/∂w = (1 - h3^2)*h2\ndh3/dw = ∂h3/∂w + ∂h3/∂h2*dh2/dw"
    assert verdicts(page, steps) == [True, True]
    assert verdicts(page.replace("*h2\n", "*h1\n"), steps) == [False, True]


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("dh2/dw = ∂h2/∂w + ∂h2/∂h1*dh1/dw", True),
        ("∂L/∂w = Σ_{k=1}^2 ∂L/∂h_k ∂⁺h_k/∂w", True),
        ("∂L/∂w = ∂L/∂h2*∂⁺h2/∂w", False),
        ("dh2/dw = ∂h2/∂w + (1 - z2)*dh1/dw", False),
        ("dh2/dw = ∂h2/∂w + ∂h2/∂z2*dz2/dw", False),
    ],
)
def test_the_gates_of_a_unit_are_no_variables_of_a_line_about_its_states(line, holds, gated):
    assert verdicts(line, gated) == [holds]


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("dc2/dw = ∂c2/∂w + f2*dc1/dw + ∂c2/∂h1*dh1/dw", True),
        ("dh2/dw = ∂h2/∂w + ∂h2/∂h1*dh1/dw + ∂h2/∂c1*dc1/dw", True),
        ("dc2/dw = ∂c2/∂w + f2*dc1/dw", False),
        ("dc2/dw = ∂c2/∂w + ∂c2/∂h1*dh1/dw", False),
        ("dh2/dw = ∂h2/∂w + ∂h2/∂c1*dc1/dw", False),
    ],
)
def test_the_two_states_of_a_cell_are_what_its_lines_speak_of(line, holds):
    """c_k = f_k c_{k-1} + g_k and h_k = o_k tanh(c_k), with gates of w and h_{k-1}."""
    w, c, h, nodes = Value(0.5), Value(0.2), Value(0.1), {}
    for k in (1, 2):
        f, g, o = sigmoid(w * h + 0.3), tanh(w * 0.9 + h), sigmoid(w * 0.4 - h)
        c = f * c + g
        t = tanh(c)
        h = o * t
        nodes |= {f"f{k}": f, f"g{k}": g, f"o{k}": o, f"c{k}": c, f"t{k}": t, f"h{k}": h}
    assert verdicts(line, nodes | {"w": w}) == [holds]


def test_a_path_beside_that_of_the_line_is_not_taken_into_its_direct_partial():
    """Of y = u v with u = x² and v = sin x, a line about u alone forgets v, however many steps lead there."""
    x = Value(0.7)
    u, v = x**2, sin(x)
    s, p, q = u * v, tanh(u), 2 * v
    for nodes in ({"y": s}, {"s": s, "y": tanh(s)}, {"p": p, "q": q, "y": p * q}):
        nodes |= {"x": x, "u": u, "v": v}
        assert verdicts("dy/dx = ∂y/∂x + ∂y/∂u·du/dx", nodes) == [False]
        assert verdicts("dy/dx = ∂y/∂u·du/dx + ∂y/∂v·dv/dx", nodes) == [True]


# Batch norm


def test_the_gradients_of_the_batch_norm_paper_hold(batch_norm):
    page = """
∂L/∂x̂_i = ∂L/∂y_i γ
∂L/∂σ² = Σ_i ∂L/∂x̂_i (x_i - μ) (-1/2) (σ²+ε)^{-3/2}
∂L/∂μ = Σ_i ∂L/∂x̂_i (-1/√(σ²+ε)) + ∂L/∂σ² · (1/m) Σ_i (-2)(x_i-μ)
∂L/∂x_i = ∂L/∂x̂_i · 1/√(σ²+ε) + ∂L/∂σ² · 2(x_i-μ)/m + ∂L/∂μ · 1/m
∂L/∂γ = Σ_i ∂L/∂y_i x̂_i
∂L/∂β = Σ_i ∂L/∂y_i"""
    assert verdicts(page, batch_norm) == [True] * 6


def test_its_chain_rule_and_the_direct_partials_in_it_hold(batch_norm):
    page = """
∂L/∂x_i = ∂L/∂x̂_i·∂x̂_i/∂x_i + ∂L/∂σ²·∂σ²/∂x_i + ∂L/∂μ·∂μ/∂x_i
∂x̂_i/∂x_i = 1/√(σ²+ε)
∂σ²/∂x_i = 2(x_i-μ)/m
∂μ/∂x_i = 1/m"""
    report = check_derivation(page, batch_norm)
    assert report, str(report)
    assert report.lines[1].direct == ("∂x̂[0]/∂x[0] holds σ^2 and μ fixed, and so on",)


@pytest.mark.parametrize("line", ["∂L/∂x_i = ∂L/∂x̂_i·∂x̂_i/∂x_i", "∂L/∂x_i = ∂L/∂x̂_i·∂x̂_i/∂x_i + ∂L/∂σ²·∂σ²/∂x_i"])
def test_a_path_that_its_chain_rule_forgets_is_missing_in_every_reading(line, batch_norm):
    assert verdicts(line, batch_norm) == [False]


# A direct partial that stands for itself


@pytest.fixture
def softmax_by_its_sum():
    """p_i = e_i / S of e_i = exp(z_i), with S their sum, and the loss -log p of the second."""
    z = [Value(0.3), Value(-0.5), Value(0.9)]
    e = [exp(each) for each in z]
    S = total(e)
    p = [each / S for each in e]
    return {"z": z, "e": e, "S": S, "p": p, "L": -log(p[1])}


def test_a_direct_partial_that_stands_for_itself_is_right_in_that_reading(softmax_by_its_sum, branch):
    [line] = check_derivation("∂p[0]/∂e[0] = 1/S", softmax_by_its_sum).lines
    assert line.proved
    assert line.evidence == "proved, if ∂p[0]/∂e[0] holds S fixed"
    [line] = check_derivation("∂y/∂x = sin(u) = 0.4706", branch).lines
    assert line.holds
    assert line.direct == ("∂y/∂x holds u fixed",)


def test_a_page_of_direct_partials_holds_with_the_chain_rule_that_uses_them(softmax_by_its_sum):
    page = """∂p_i/∂e_i = 1/S
∂p_i/∂S = -e_i/S²
∂p_i/∂z_i = ∂p_i/∂e_i e_i + ∂p_i/∂S e_i"""
    assert verdicts(page, softmax_by_its_sum) == [True] * 3


@pytest.mark.parametrize(
    ("page", "holds"),
    [
        ("∂p[0]/∂e[0] = 2/S", [False]),
        ("dp[0]/de[0] = 1/S", [False]),
        ("∂p[0]/∂e[1] = 0", [False]),  # e[1] stands in S alone
        ("∂p[0]/∂e[0] = 1/S\n∂p[0]/∂z[0] = ∂p[0]/∂e[0]*∂e[0]/∂z[0]", [False, True]),
        ("∂p[0]/∂e[0] = 1/S\n∂p[0]/∂e[0] = (1 - p[0])/S", [False, True]),
    ],
)
def test_a_partial_that_the_page_uses_as_the_total_one_has_all_paths(page, holds, softmax_by_its_sum):
    assert verdicts(page, softmax_by_its_sum) == holds


# What must stay wrong


def test_a_path_that_the_gradient_of_a_loss_forgets_may_have_been_meant_to_be_held():
    x = Value(0.7)
    u = x**2
    nodes = {"x": x, "u": u, "J": sin(u) * x}
    [line] = check_derivation("∂J/∂x = sin(u)", nodes).lines
    assert line.verdict == "paths left out"
    assert line.direct == ()
    assert line.notes == ("it is right if ∂J/∂x holds u fixed: if that is meant, write ∂⁺ for this ∂",)


@pytest.mark.parametrize(
    "evidence",
    ["dy/dx = ∂y/∂x + ∂y/∂u·du/dx", "dy/dx = sin(u) + 2*x**2*cos(u)", "dy/dx = sin(u) + ∂y/∂u·∂u/∂x"],
)
def test_a_direct_partial_is_right_where_another_line_tells_d_from_the_partial(evidence, branch):
    assert verdicts(f"∂y/∂x = sin(u)\n{evidence}", branch) == [True, True]
    assert verdicts(f"{evidence}\n∂y/∂x = sin(u)", branch) == [True, True]
    assert verdicts(f"∂y/∂x = 2*sin(u)\n{evidence}", branch) == [False, True]


def test_a_penalty_whose_loss_forgets_the_data_is_wrong():
    """Of J = ½(wx − a)² + λw² the direct ∂J/∂w is 2λw."""
    w, x, a, λ = Value(0.8), Value(1.5), Value(1.0), Value(0.1)
    p = w * x
    J = (p - a) ** 2 / 2 + λ * w**2
    nodes = {"w": w, "x": x, "a": a, "λ": λ, "p": p, "J": J}
    assert verdicts("∂J/∂p = p - a\n∂J/∂w = 2λw\n∂J/∂w = ∂J/∂p·x + 2λw", nodes) == [True, False, True]


def test_a_cell_state_depends_on_the_one_before_it_by_its_gate_alone_if_that_is_held():
    """c2 = f2 c1 + i2 with f2 = tanh(h1) and h1 = tanh(c1): the textbook's ∂c2/∂c1 = f2 holds f2 fixed."""
    c1, i2 = Value(0.4), Value(0.3)
    h1 = tanh(c1)
    f2 = tanh(h1)
    c2 = f2 * c1 + i2
    L = c2**2 + h1
    nodes = {"c1": c1, "i2": i2, "h1": h1, "f2": f2, "c2": c2, "L": L}
    assert verdicts("∂c2/∂c1 = f2", nodes) == [True]
    assert verdicts("∂⁺c2/∂c1 = f2", nodes) == [True]
    assert verdicts("∂c2/∂c1 = f2\n∂L/∂c1 = ∂L/∂h1·∂h1/∂c1 + ∂L/∂c2·∂c2/∂c1", nodes) == [True, True]


@pytest.mark.parametrize(
    "line",
    [
        "∂L/∂x = 2*∂L/∂y·∂y/∂x",
        "∂L/∂x = ∂L/∂y·∂y/∂x + ∂L/∂y·∂y/∂x",
        "dL/dx = 2*dL/dy·∂y/∂x",
        "dL/dx = dL/dy·∂y/∂x + dL/dy·∂y/∂x",
        "∂L/∂x = ∂L/∂y·u",
        "∂L/∂x = ∂L/∂y·∂y/∂x/2",
    ],
)
def test_a_factor_two_is_wrong_though_the_direct_partial_is_half_of_the_total_one(line):
    """Of y = u x with u = a x, the direct ∂y/∂x is u = a x, and dy/dx is 2 a x."""
    a, x = Value(1.3), Value(0.7)
    u = a * x
    y = u * x
    L = sin(y)
    report = check_derivation(line, {"a": a, "x": x, "u": u, "y": y, "L": L})
    assert not report, str(report)


def test_a_term_that_stands_twice_is_not_taken_for_0(branch):
    x = branch["x"]
    v = tanh(x)
    nodes = branch | {"v": v, "L": branch["y"] * v}
    right = "∂L/∂y·∂y/∂x + ∂L/∂v·∂v/∂x"
    assert verdicts(f"dL/dx = {right}", nodes) == [True]
    assert verdicts(f"dL/dx = {right} + ∂L/∂v·∂v/∂x", nodes) == [False]
    assert verdicts(f"dL/dx = {right} + ∂L/∂y·∂y/∂x", nodes) == [False]


def test_a_target_is_not_derived_by_its_direct_partial(branch):
    page = "∂y/∂x = sin(u)\ndy/dx = ∂y/∂x + ∂y/∂u·du/dx"
    nodes = branch
    assert [row.derived for row in mark({"a": page, "b": "∂⁺y/∂x = sin(u)"}, nodes, targets=["dy/dx"]).rows] == [
        ("dy/dx",),
        (),
    ]


# How many readings


@pytest.mark.parametrize("names", ["h", "ha"])
def test_a_line_of_many_partials_is_read_in_a_bounded_number_of_ways(names, monkeypatch):
    W, x, h, a = Value(0.5), Value(0.3), [Value(0.1)], [Value(0.0)]
    for _ in range(25):
        a.append(W * h[-1] + x)
        h.append(tanh(a[-1]))
    nodes = {"W": W, "J": total([each**2 for each in h[1:]])} | {name: {"h": h, "a": a}[name] for name in names}
    taken = []
    original = ReadingsOfPartials._taken
    monkeypatch.setattr(ReadingsOfPartials, "_taken", lambda *args: taken.append(1) or original(*args))
    began = process_time()
    terms = " + ".join(f"∂J/∂h_{{{t}}}·∂h_{{{t}}}/∂W" for t in range(1, 26))
    assert verdicts(f"∂J/∂W = 3*({terms})", nodes, first=0) == [False]
    assert len(taken) <= 2 * MOST_READINGS + 2
    assert process_time() - began < 60
    assert verdicts(f"∂J/∂W = {terms}", nodes, first=0) == [True]
