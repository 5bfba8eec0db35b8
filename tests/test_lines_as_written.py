"""Lines as people write them, each right one beside a wrong one: the right one holds, the wrong one never does.

What is right was worked out by hand, or by sympy where it says so; every graph here has a page of derivatives in any
textbook.
"""

import math

import pytest
import sympy

from autograd import Value, check_derivation, log, sigmoid, softmax, tanh
from autograd import sum as total


def values(numbers):
    """Numbers, or nested lists of them, as Values."""
    return list(map(values, numbers)) if isinstance(numbers, list) else Value(numbers)


def times(rows, vector):
    return [total([a * b for a, b in zip(row, vector, strict=True)]) for row in rows]


def neuron():
    """a = wx + b, L = ½(a − y)²: dL/dw = (a − y)x, dL/db = a − y."""
    x, w, b, y = Value(0.8), Value(-0.6), Value(0.3), Value(1.0)
    a = w * x + b
    return {"x": x, "w": w, "b": b, "y": y, "a": a, "L": 0.5 * (a - y) ** 2}


def holds(text, nodes, **options):
    report = check_derivation(text, nodes, **options)
    assert report, str(report)
    return report


def refused(text, nodes, **options):
    """A wrong page: some line of it is said to be wrong."""
    report = check_derivation(text, nodes, **options)
    assert any(not line.holds for line in report.lines), str(report)
    return report


def unread(text, nodes, **options):
    """A page that is not judged, and that says so: nothing of it is wrong, and it is not true."""
    report = check_derivation(text, nodes, **options)
    assert report.unread, str(report)
    assert not report
    assert all(line.holds for line in report.lines), str(report)
    return report.unread[0].why


# Marks and letters


@pytest.mark.parametrize(
    "line",
    [
        r"$\huge \frac{dL}{dw} = FORMULA$",
        r"$\LARGE\displaystyle \frac{dL}{dw} = FORMULA$",
        r"$\because \frac{dL}{dw} = FORMULA$",
        "∵ dL/dw = FORMULA",
        r"$\frac{dL}{dw} = FORMULA$。",
        "// dL/dw = FORMULA",
        "  //  dL/dw = FORMULA",
        "==dL/dw = FORMULA==",
        "dL/dw = FORMULA /* by the chain rule */",
        "* `dw = np.multiply(FORMULA_IN_CODE)`",
        "**Code:** `dw = np.multiply(FORMULA_IN_CODE)`, as above",
        "∇w L = FORMULA",
        "dL/dw&nbsp;=&nbsp;FORMULA",
        "&part;L/&part;w = FORMULA",
    ],
)
def test_marks_and_letters_leave_a_claim_as_it_is(line):
    right = line.replace("FORMULA_IN_CODE", "a - y, x").replace("FORMULA", "(a-y)x")
    wrong = line.replace("FORMULA_IN_CODE", "y - a, x").replace("FORMULA", "(y-a)x")
    holds(right, neuron())
    refused(wrong, neuron())


def test_entities_and_scripts_of_html_are_what_they_show():
    holds("dL/db = a &#8722; y\ndL/dw = (a &minus; y)x\nL = (a &minus; y)<sup>2</sup>/2", neuron())
    refused("dL/db = y &#8722; a", neuron())
    refused("L = (a - y)<sup>3</sup>/2", neuron())
    w = values([1.5, 2.5])
    nodes = {"w1": w[0], "w2": w[1], "L": w[0] ** 2 * w[1]}
    holds("dL/dw<sub>1</sub> = 2w<sub>1</sub>w<sub>2</sub>", nodes)
    refused("dL/dw<sub>2</sub> = w<sub>1</sub><sup>3</sup>", nodes)


def test_a_claim_in_a_comment_is_judged():
    report = check_derivation("// dL/da = y - a\ndL/db = a - y", neuron())
    assert [line.holds for line in report.lines] == [False, True]
    report = check_derivation("dL/db = a - y // dL/dw = y - a", neuron())
    assert [line.holds for line in report.lines] == [True, False]
    assert holds("dL/db = a - y // as above", neuron())


@pytest.mark.parametrize("tail", ["or x", "and x", "not x", "else x", "times x", "if x"])
def test_words_of_programs_behind_a_claim_are_not_cut_off_it(tail):
    assert tail.split()[0] in unread(f"dL/dw = (a - y)*x {tail}", neuron())


@pytest.mark.parametrize(
    "text",
    [
        r"\begin{align} \foo z &= 1 \\ \frac{\partial L}{\partial w} &= FORMULA \end{align}",
        r"$$ \frac{\partial L}{\partial w} = FORMULA \\ \foo{z} = 1 $$",
        r"\[\begin{aligned} \foo z &= 1 \\ \frac{\partial L}{\partial w} &= FORMULA \end{aligned}\]",
    ],
)
def test_a_row_that_cannot_be_cut_into_symbols_leaves_the_others(text):
    for formula, right in (("(a-y)x", True), ("(y-a)x", False)):
        report = check_derivation(text.replace("FORMULA", formula), neuron())
        assert [line.holds for line in report.lines] == [right]
        assert r"\foo" in report.unread[0].why
        assert not report


def test_a_row_below_one_that_is_not_read_does_not_go_on_with_the_one_above():
    report = check_derivation(r"\begin{align} \frac{dL}{db} &= a-y \\ \foo &= 1 \\ &= 2 \end{align}", neuron())
    assert [line.holds for line in report.lines] == [True]
    assert len(report.unread) == 2


# Words around a claim


@pytest.mark.parametrize(
    "line",
    [
        "it is false that dL/dw = (a-y)x",
        "It is not true that dL/dw = (a-y)x",
        r"It is wrong that $\frac{dL}{dw} = (a-y)x$.",
        "dL/dw = (a-y)x is wrong",
        "dL/dw = (a-y)x does not hold",
        "dL/dw = (a-y)x, which is wrong",
        r"$\frac{dL}{dw} = (a-y)x$ is not true.",
        "dL/dw = (a-y)x, plus 3",
        "dL/dw = (a-y)x, minus a constant",
        r"$\frac{dL}{dw} = (a-y)x$, plus 3",
        "dL/dw = (a-y)x → 2x",
        r"$\frac{dL}{dw} = (a-y)x \to 2x$",
        r"$\frac{dL}{dw} = (a-y)x \text{ - y}$",
    ],
)
def test_words_that_deny_a_claim_or_add_to_it_are_not_passed_over(line):
    unread(line, neuron())


@pytest.mark.parametrize(
    "line",
    [
        "it is not hard to see that dL/dw = (a-y)x",
        "dL/dw = (a-y)x, which is right",
        "dL/dy = y-a. For x only: dL/dx = w(a-y)",
        "So it is wrong. That is, dL/dw = (a-y)x",
    ],
)
def test_words_that_deny_nothing_leave_a_claim_as_it_is(line):
    holds(line, neuron())


@pytest.mark.parametrize("tail", [" - x is the input", " − x was given", " - a, b are scalars"])
def test_words_behind_a_dash_are_no_mathematics(tail):
    holds(f"dL/dw = (a-y)x{tail}", neuron())
    assert "dash" in unread(f"dL/dw = (y-a)x{tail}", neuron())


def test_what_is_taken_away_before_a_verb_is_taken_away():
    holds("dL/db = a - y is the error", neuron())
    refused("dL/dw = (a-y)x - y", neuron())


@pytest.mark.parametrize("line", ["dL/db = a - y or x", "dL/db = a - y and x > 0"])
def test_what_stands_behind_and_or_or_is_not_cut_off(line):
    assert "joins" in unread(line, neuron())
    holds("dL/db = a - y and dL/dw = (a - y)x", neuron())


def test_a_bracket_that_is_never_closed_does_not_make_prose():
    assert "never closed" in unread(r"$\frac{\partial L(w}{\partial w} = x$", neuron())


# Signs


def test_a_derivative_over_a_differential_can_be_read_two_ways():
    assert "d/du(dL/dv)" in unread("dL/dw/db = x", neuron())
    holds("dL/dw/x = a - y", neuron())


def test_a_point_between_factors_is_a_product():
    u = Value(0.9)
    nodes = {"x": u, "y": u * sigmoid(u)}
    holds("y = x . σ(x)\ndy/dx = y + σ(x) . (1 – y)", nodes)
    refused("dy/dx = y - σ(x) . (1 – y)", nodes)


def test_a_point_in_space_may_name_no_coordinates():
    x, y = Value(2.0), Value(3.0)
    nodes = {"x": x, "y": y, "f": x**2 * y}
    holds(r"$\left.\frac{\partial f}{\partial x}\right|_{(2,3)} = 2xy = 12$", nodes)
    holds(r"$\left.\frac{\partial f}{\partial x}\right|_{(x,y)=(2,3)} = 12$", nodes)
    refused(r"$\left.\frac{\partial f}{\partial x}\right|_{(2,3)} = 2xy + 1 = 13$", nodes)
    assert "only the recorded point" in unread(r"$\left.\frac{\partial f}{\partial x}\right|_{(3,2)} = 12$", nodes)
    assert "write |_{x=2" in unread(r"$\left.\frac{\partial f}{\partial x}\right|_{2} = 12$", nodes)


def test_a_logarithm_of_two_pi_is_one_of_both():
    s = Value(1.3)
    nodes = {"s": s, "F": s * math.log(2 * math.pi)}
    holds(r"$F = s \log 2\pi$", nodes)
    refused(r"$F = s \log 3\pi$", nodes)
    assert "two ways" in unread(r"$F = \log 2 s$", nodes)


def test_a_number_in_parentheses_above_a_name_is_no_power_in_silence():
    y = Value(2.0)
    for text in ("L = y^{(2)}", "$L = y^{(2)}$", "L = y⁽²⁾"):
        assert "may be a power, or number 2" in unread(text, {"y": y, "L": y**2})
    holds("L = y^2", {"y": y, "L": y**2})
    examples = values([1.0, 3.0])
    holds("L = 2y^{(2)}", {"y": examples, "L": 2 * examples[1]})


@pytest.mark.parametrize(
    "ones", ["1\\{Y=j\\}", "1\\left\\{Y = j\\right\\}", "I(Y=j)", "\\mathbb{I}(Y=j)", "\\mathbf{1}\\{Y=j\\}"]
)
def test_an_indicator_may_have_curly_braces(ones):
    z = values([0.4, -0.7])
    p = softmax(z)
    nodes = {"z": z, "p": p, "L": -log(p[1]), "Y": 1}
    holds(rf"$\frac{{\partial L}}{{\partial z_j}} = p_j - {ones}$", nodes)
    refused(rf"$\frac{{\partial L}}{{\partial z_j}} = p_j + {ones}$", nodes)


# Sums


def pairs():
    """L is the sum of the products of two of three, so that ∂L/∂x_i is the sum of the others."""
    x = values([1.5, -0.4, 0.7])
    return {"x": x, "L": x[0] * x[1] + x[0] * x[2] + x[1] * x[2]}


@pytest.mark.parametrize(
    "below",
    [
        r"s=1, s\neq i}^{3", r"s=1, s\neq i}^{n", r"s \neq i, s=1}^{3", r"s\neq i", r"s : s \neq i",
        r"\substack{s=1 \\ s \neq i}}^{3",
    ],
)  # fmt: skip
def test_an_item_that_a_sum_excludes_is_left_out(below):
    holds(rf"$\frac{{\partial L}}{{\partial x_i}} = \sum_{{{below}}} x_s$", pairs())
    refused(rf"$\frac{{\partial L}}{{\partial x_i}} = \sum_{{{below}}} x_s + x_i$", pairs())


@pytest.mark.parametrize("sign", [r"\sum_{i<j}", r"\sum_{1 \le i < j \le 3}", r"\sum_i \sum_{j>i}"])
def test_a_sum_binds_the_letters_that_are_compared_below_it(sign):
    holds(f"$L = {sign} x_i x_j$", pairs())
    refused(f"$L = {sign} x_i x_j + x_1$", pairs())
    refused(r"$L = \sum_{i \le j} x_i x_j$", pairs())


def convolution():
    """y_i = x_i w_0 + x_{i+1} w_1, counted from 0."""
    x, w = values([0.5, -1.0, 0.8, 1.4]), values([0.7, -0.2])
    y = [x[i] * w[0] + x[i + 1] * w[1] for i in range(3)]
    return {"x": x, "w": w, "y": y, "L": total([(k + 1) * v * v for k, v in enumerate(y)])}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"y_i = \sum_{k=0}^{1} x_{i+k} w_k", r"y_i = \sum_{k=0}^{1} x_{i+1} w_k"),
        (r"y_i = \sum_k x_{i+k} w_k", r"y_i = \sum_k x_{i-k} w_k"),
        (
            r"\frac{\partial L}{\partial w_k} = \sum_{i=0}^{2} \frac{\partial L}{\partial y_i} x_{i+k}",
            r"\frac{\partial L}{\partial w_k} = \sum_{i=0}^{2} \frac{\partial L}{\partial y_i} x_{i}",
        ),
        (
            r"\frac{\partial L}{\partial x_j} = \sum_{k=0}^{1} \frac{\partial L}{\partial y_{j-k}} w_k",
            r"\frac{\partial L}{\partial x_j} = \sum_{k=0}^{1} \frac{\partial L}{\partial y_{j+k}} w_k",
        ),
        (
            r"\frac{\partial L}{\partial x_j} = \sum_{i=0}^{2} \frac{\partial L}{\partial y_i} w_{j-i}",
            r"\frac{\partial L}{\partial x_j} = \sum_{i=0}^{2} \frac{\partial L}{\partial y_i} w_{i-j}",
        ),
    ],
)
def test_indices_add_up_as_in_a_convolution(right, wrong):
    holds(f"${right}$", convolution(), first=0)
    refused(f"${wrong}$", convolution(), first=0)


def test_the_gradients_of_the_convolution_are_those_of_sympy():
    x, w = sympy.symbols("x:4"), sympy.symbols("w:2")
    y = [x[i] * w[0] + x[i + 1] * w[1] for i in range(3)]
    loss = sum((k + 1) * v * v for k, v in enumerate(y))
    by_y = [2 * (k + 1) * v for k, v in enumerate(y)]
    for j in range(4):
        summed = sum(by_y[j - k] * w[k] for k in range(2) if 0 <= j - k < 3)
        assert sympy.expand(sympy.diff(loss, x[j]) - summed) == 0


def test_a_sum_of_letters_that_nothing_else_counts_is_not_read():
    assert "how far k runs" in unread("y_i = Σ_k x_{i+k} w_{k+1}", convolution(), first=0)


def outputs():
    """Nodes that are called E_o1 and E_o2, as in a network of two outputs."""
    e = values([0.3, 0.2])
    return {"E_o1": e[0], "E_o2": e[1], "E_total": e[0] + e[1]}


def test_a_sum_over_labels_has_a_term_for_each_node():
    holds(r"$E_{total} = \sum_o E_o$", outputs())
    holds(r"$E_{total} = \sum_{k=1}^{2} E_{ok}$", outputs())
    refused(r"$E_{total} = \sum_o 2E_o$", outputs())


# Vectors and matrices


@pytest.mark.parametrize("T", [2, Value(3.0)], ids=["a number", "a node"])
def test_a_T_among_the_nodes_leaves_transposition(T):
    W, x = values([[0.5, -0.2], [0.3, 0.8]]), values([0.7, -0.4])
    nodes = {"T": T, "W": W, "x": x, "L": total([v * v for v in times(W, x)])}
    holds("∂L/∂x = 2 W^T W x\n∂L/∂W = 2 W x x^T\nL = (Wx)^T (Wx)\n∂L/∂W^T = 2 x (W x)^T", nodes)
    for wrong in ("∂L/∂x = 2 W W x", "∂L/∂x = W^T W x", "∂L/∂W = 2 x (W x)^T"):
        refused(wrong, nodes)


def rows(weights):
    """s_k = w_k · v, J = ½ Σ s_k²: ∂J/∂v = Σ_k s_k w_k."""
    w, v = values(weights), values([0.4, -0.7])
    s = times(w, v)
    return {"w": w, "v": v, "s": s, "J": total([q * q for q in s]) / 2}


def test_a_subscript_behind_a_T_is_that_of_the_vector():
    nodes = rows([[0.5, 0.1], [-0.3, 0.8], [0.2, 0.9]])
    holds(r"$\frac{\partial J}{\partial v} = \sum_{k=1}^{3} (w^T_k v)\, w_k$", nodes)
    refused(r"$\frac{\partial J}{\partial v} = \sum_{k=1}^{3} (w^T_k w_k)\, v$", nodes)
    holds(r"$\frac{\partial J}{\partial v_j} = \sum_k w^T_{jk} s_k$", nodes)


def test_a_subscript_behind_the_T_of_a_square_matrix_can_be_read_two_ways():
    nodes = rows([[0.5, 0.1], [-0.3, 0.8]])
    holds("$s_k = w^T_k v$", nodes)
    assert "two ways" in unread(r"$\frac{\partial J}{\partial v_k} = w^T_k s$", nodes)
    refused(r"$\frac{\partial J}{\partial v_k} = 2w^T_k s$", nodes)


def linear():
    """z = Wx, L = Σ z²."""
    W, x = values([[0.5, -0.2], [0.3, 0.8]]), values([0.7, -0.4])
    z = times(W, x)
    return {"W": W, "x": x, "z": z, "L": total([v * v for v in z])}


def test_a_gradient_is_of_the_node_behind_it():
    holds(r"$\nabla_{W} L = \nabla_z L x^T$" + "\n" + r"$\nabla_{W} L = \nabla_z L\, x^T = 2 z x^T$", linear())
    refused(r"$\nabla_{W} L = x (\nabla_z L)^T$", linear())


@pytest.mark.parametrize("ones", [r"$\mathbb{1}^T x$", r"$\mathbf{1}^\top x$", "1ᵀ x", "1^T x"])
def test_a_row_of_ones_is_as_long_as_what_it_sums(ones):
    end = "$" if ones.startswith("$") else ""
    text = ones.strip("$")
    holds(f"{end}{text} = x_1 + x_2{end}", linear())
    refused(f"{end}{text} = x_1{end}", linear())


@pytest.mark.parametrize("said", ["for i ∈ {1, …, 2}", "for i ∈ {1, 2}", "for i = 1, 2"])
def test_a_range_may_be_a_set(said):
    holds(f"∂L/∂z_i = 2z_i {said}", linear())
    refused(f"∂L/∂z_i = z_i {said}", linear())


def test_a_vector_is_called_u_o_before_o_is_an_index():
    u, v = values([0.3, 0.4, 0.5]), values([0.1, -0.2, 0.6])
    nodes = {"u_o": u, "v_c": v, "J": -log(sigmoid(total([a * b for a, b in zip(u, v, strict=True)])))}
    holds(r"$\frac{\partial J}{\partial u_o} = -(1-\sigma(u^T_ov_c))v_c$", nodes)
    refused(r"$\frac{\partial J}{\partial u_o} = -(1-\sigma(u^T_ov_c))u_o$", nodes)


def test_a_star_between_square_matrices_works_item_by_item_if_that_is_right():
    z = values([[0.5, -0.2], [0.3, 0.8]])
    a = [[tanh(v) for v in row] for row in z]
    nodes = {"Z": z, "A": a, "L": a[0][0] * a[1][1] + a[0][1] ** 2 * a[1][0]}
    report = holds("dL/dZ = dL/dA * (1 - A^2)", nodes)
    assert "* works item by item" in report.lines[0].read_as
    refused("dL/dZ = dL/dA * (1 + A^2)", nodes)
    refused(r"$$\frac{dL}{dZ} = \frac{dL}{dA}\cdot\text{sech}(A)$$", nodes)


def test_a_square_of_the_step_t_is_no_item_of_a_list():
    a = values([[0.5, -0.2], [0.3, 0.8], [0.1, 0.4]])
    h = [[tanh(v) for v in row] for row in a]
    nodes = {"a": a, "h": h, "L": total([v * v for row in h for v in row])}
    holds(r"$\frac{\partial L}{\partial a_t} = \frac{\partial L}{\partial h_t} \odot (1 - h_t^2)$", nodes)
    refused(r"$\frac{\partial L}{\partial a_t} = \frac{\partial L}{\partial h_t} \odot (1 + h_t^2)$", nodes)


# Error terms


def layers():
    """Three hidden neurons and two outputs, C = Σ a²; z2 and z3 are the weighted inputs of the layers."""
    x, w2 = values([0.5, -0.3]), values([[0.1, 0.4], [-0.2, 0.3], [0.7, -0.5]])
    w3 = values([[0.3, -0.6, 0.2], [0.5, 0.1, -0.4]])
    z2 = times(w2, x)
    a2 = [sigmoid(v) for v in z2]
    z3 = times(w3, a2)
    a3 = [sigmoid(v) for v in z3]
    return {
        "w2": w2, "w3": w3, "z2": z2, "z3": z3, "a1": x, "a2": a2, "a3": a3, "C": total([v * v for v in a3]),
    }  # fmt: skip


BP1 = r"$\delta^3_j = \frac{\partial C}{\partial a^3_j} \sigma'(z^3_j)$"
BP2 = r"$\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k \sigma'(z^l_j)$"
BP3 = r"$\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j$"


def test_error_terms_may_be_defined_from_the_last_layer_down():
    last = r"$\delta^{(3)}_i = \frac{\partial C}{\partial z^{(3)}_i}$"
    first = r"$\delta^{(2)}_i = \frac{\partial C}{\partial z^{(2)}_i}$"
    use = r"$\frac{\partial C}{\partial w^{(2)}_{ij}} = \delta^{(2)}_i a^{(1)}_j$"
    holds(f"{last}\n{first}\n{use}\n" + use.replace("(2)", "(3)").replace("(1)", "(2)"), layers())
    refused(f"{last}\n{first}\n" + use.replace(r"\delta^{(2)}_i", r"2\delta^{(2)}_i"), layers())


def test_a_rule_for_all_layers_begins_at_the_one_that_is_defined():
    report = holds("\n".join([BP1, BP2, BP3]), layers())
    assert report.lines[-1].entries == (12, 12)
    for slip in (BP2.replace("_{kj}", "_{jk}"), BP2.replace(r"\sum_k", r"2\sum_k")):
        refused("\n".join([BP1, slip, BP3]), layers())


def test_error_terms_are_compared_with_what_they_are_said_to_be():
    where = r"where $\delta^l_j \equiv \frac{\partial C}{\partial z^l_j}$"
    holds("\n".join([BP1, where, BP2, BP3]), layers())
    report = refused("\n".join([BP1.replace(r"\sigma'", r"2\sigma'"), where]), layers())
    assert [line.holds for line in report.lines] == [True, False]


def test_an_error_term_that_no_line_uses_is_the_gradient_of_its_layer():
    term = r"$\delta^{(2)}_i = \sum_j w^{(3)}_{ji} \frac{\partial C}{\partial z^{(3)}_j} \sigma'(z^{(2)}_i)$"
    report = holds(term, layers())
    assert report.lines[0].entries == (3, 3)
    assert not check_derivation(term.replace(r"\sum_j", r"2\sum_j"), layers())


def test_a_capital_L_above_a_name_is_the_last_layer():
    nodes = layers()
    report = holds(r"$\frac{\partial C}{\partial a^L_j} = 2 a^L_j$" + "\n" + r"$a^{(L)}_j = \sigma(z^{(L)}_j)$", nodes)
    assert "L is the last layer, 3" in report.lines[0].read_as
    assert report.lines[0].entries == (2, 2)
    refused(r"$\frac{\partial C}{\partial a^L_j} = a^L_j$", nodes)
    refused(r"$\frac{\partial C}{\partial a^l_j} = 2 a^l_j$", nodes)
    last = r"$\delta^L_j = \frac{\partial C}{\partial a^L_j} \sigma'(z^L_j)$"
    holds("\n".join([last, BP2, BP3]), nodes)
    refused("\n".join([last, BP2.replace("_{kj}", "_{jk}"), BP3]), nodes)


def test_what_a_line_uses_may_be_defined_below_it():
    holds("dL/dw = δ x where δ = a - y", neuron())
    holds(r"$$\frac{dL}{dw} = \delta x, \qquad \frac{dL}{db} = \delta$$ where $\delta = a - y$.", neuron())
    assert "define names before" in unread("dL/dw = δ x where δ = y - a", neuron())


# The mean over a batch


def batch():
    """Three examples in the columns of X, J their mean cross-entropy: ∂J/∂W = (A − Y)Xᵀ/3."""
    X, W, b = values([[0.5, -1.0, 0.8], [0.1, 0.2, -0.3]]), values([[0.7, 0.4]]), Value(0.1)
    Z = [[W[0][0] * X[0][i] + W[0][1] * X[1][i] + b for i in range(3)]]
    A, Y = [[sigmoid(v) for v in Z[0]]], [[1, 0, 1]]
    J = total([-log(a) if y else -log(1 - a) for a, y in zip(A[0], Y[0], strict=True)]) / 3
    return {"X": X, "W": W, "b": b, "Z": Z, "A": A, "Y": Y, "J": J, "m": 3}


def test_formulas_may_leave_the_mean_to_the_last_step_as_programs_do():
    report = holds("$dZ = A - Y$\n$dW = \\frac1m dZ X^T$\n$db = \\frac1m \\sum_i dZ_{1i}$", batch())
    assert "3 times dJ/dZ; line 2 makes up for the 3" in report.lines[0].read_as
    holds("$dZ = \\frac1m (A - Y)$\n$dW = dZ X^T$", batch())
    holds("dZ = A - Y\ndW = 1/m * dZ @ X.T\ndb = 1/m * np.sum(dZ)", batch())


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("$dZ = A - Y$", [False]),
        ("$dZ = A - Y$\n$dW = dZ X^T$", [False, True]),
        ("$dZ = \\frac1m (A - Y)$\n$dW = \\frac1m dZ X^T$", [True, False]),
        ("$dZ = A - Y$\n$dW = \\frac1m dZ X^T$\n$db = \\sum_i dZ_{1i}$", [True, True, False]),
        ("$dZ = A - Y$\n$dW = \\frac1m dZ X^T$\n$\\frac{\\partial J}{\\partial Z} = A - Y$", [True, True, False]),
    ],
)
def test_a_mean_that_is_left_out_or_taken_twice_is_wrong(text, verdicts):
    assert [line.holds for line in check_derivation(text, batch()).lines] == verdicts


def factors():
    """e = r − p qᵀ for a rating of each of two users of each of three films."""
    p, q = values([[0.5, 0.1], [-0.3, 0.8]]), values([[0.2, 0.9], [0.4, -0.7], [0.6, 0.3]])
    r = [[1.0, 0.5, 0.2], [0.3, -0.4, 0.8]]
    e = [[r[i][j] - total([a * b for a, b in zip(p[i], q[j], strict=True)]) for j in range(3)] for i in range(2)]
    return {"p": p, "q": q, "r": r, "e": e, "L": total([v * v for row in e for v in row])}


def test_what_is_differentiated_may_be_the_square_of_an_item():
    holds(r"$\frac{\partial}{\partial p_{ik}} e_{ij}^2 = -2 e_{ij} q_{jk}$", factors())
    refused(r"$\frac{\partial}{\partial p_{ik}} e_{ij}^2 = -e_{ij} q_{jk}$", factors())
    refused(r"$\frac{\partial}{\partial p_{ik}} e_{ij}^2 = 2 e_{ij} q_{jk}$", factors())


def test_the_norm_of_frobenius_has_its_letter_below_the_square_or_before_it():
    holds("$L = \\|e\\|^2_F$\n$L(\\ldots) = \\|e\\|_F^2$\n$L(...) = \\|e\\|^{2}_{F}$", factors())
    refused("$L = 2\\|e\\|^2_F$", factors())


@pytest.mark.parametrize("text", ["dZ = A - Y\ndW = X @ dZ.T / m", "$dZ = A - Y$\n$dW = \\frac1m X dZ^T$"])
def test_a_transposed_matrix_that_takes_the_mean_is_the_only_wrong_line(text):
    report = check_derivation(text, batch())
    assert [line.holds for line in report.lines] == [True, False]
    assert [mistake.name for mistake in report.lines[1].mistakes] == ["transposed indices"]
    assert "is 1×2, and" in report.lines[1].evidence


# Functions and numbers


@pytest.mark.parametrize(
    ("lemma", "slip"),
    [
        ("tanh' = 1 - tanh^2", "tanh' = 1 + tanh^2"),
        ("tanh′ = 1 − tanh²", "tanh′ = 2 − tanh²"),
        (r"$\sigma' = \sigma(1-\sigma)$", r"$\sigma' = \sigma(1+\sigma)$"),
        (r"$\frac{d\sigma}{dx} = \sigma(1-\sigma)$", r"$\frac{d\sigma}{dx} = \sigma(\sigma-1)$"),
        (r"$\sigma'(x) = \sigma(x)(1-\sigma(x))$", r"$\sigma'(x) = \sigma(x)(1-x)$"),
        (r"$\sigma(x) = \frac{1}{1+e^{-x}}$", r"$\sigma(x) = \frac{1}{1-e^{-x}}$"),
        (r"$\frac{d}{dx}\ln x = \frac1x$", r"$\frac{d}{dx}\ln x = x$"),
        (r"$\frac{d}{dx}e^x = e^x$", r"$\frac{d}{dx}e^x = x e^x$"),
    ],
)
def test_a_lemma_about_a_function_is_proved_for_any_operand(lemma, slip):
    z = Value(0.4)
    nodes = {"z": z, "a": tanh(z)}
    [line] = holds(lemma, nodes).lines
    assert line.verdict == "proved"
    assert "for any" in line.read_as
    refused(slip, nodes)


def test_a_function_with_a_kink_has_no_lemma_for_all_operands():
    z = Value(0.4)
    unread(r"$\text{relu}'(x) = 1$", {"z": z, "a": tanh(z)})


def test_floats_among_the_nodes_are_numbers_and_the_report_says_so():
    x = Value(0.8)
    nodes = {"x": x, "lam": 0.3, "lr": 0.1, "L": x * x * 0.15}
    report = holds("dL/dx = lam*x\nx ← x - lr dL/dx = 0.776", nodes)
    assert "lam is 0.3" in report.lines[0].read_as
    refused("dL/dx = 2*lam*x", nodes)
    refused("dL/dx = lam", nodes)
    refused("lam = 0.5\ndL/dx = lam*x", nodes)
    holds(r"$\frac{dL}{dx} = \lambda x$", {"x": x, r"\lambda": 0.3, "L": nodes["L"]})
    assert "only recorded nodes" in unread("dL/dlam = x", nodes)


def test_data_may_be_plain_numbers():
    W, x = values([[0.1, -0.2], [0.4, 0.5]]), [1.5, -0.5]
    z = [row[0] * x[0] + row[1] * x[1] for row in W]
    nodes = {"W": W, "x": x, "z": z, "J": (z[0] * z[0] + z[1] * z[1]) / 2, "i": 0.5, "j": 3.0}
    holds(r"$\frac{\partial J}{\partial W_{ij}} = z_i x_j$" + "\n" + r"$\frac{\partial J}{\partial W} = z x^T$", nodes)
    refused(r"$\frac{\partial J}{\partial W_{ij}} = z_j x_i$", nodes)


def test_labels_of_the_nodes_are_checked():
    z = values([0.4, -0.7])
    p = softmax(z)
    nodes = {"z": z, "p": p, "L": -log(p[1]), "y": [0, 1], "m": 2}
    holds(r"$\sum_i y_i = 1$", nodes)
    refused(r"$\sum_i y_i = 2$", nodes)
    assert not check_derivation("1 + 1 = 2", nodes)


def test_a_condition_on_a_letter_that_a_claim_has_not_says_nothing_of_it():
    z = values([0.4, -0.7, 0.2])
    nodes = {"z": z, "p": softmax(z)}
    holds("If $i = j$,\n" + r"\[\frac{\partial p_j}{\partial z_j} = p_j - p_j^2\]", nodes)
    refused("If $i = j$,\n" + r"\[\frac{\partial p_j}{\partial z_j} = p_j + p_j^2\]", nodes)


def test_a_differential_of_an_accented_name_is_a_gradient():
    x = values([0.4, -0.7])
    nodes = {r"\hat{x}": x, "L": x[0] ** 2 + x[1] ** 2}
    holds(r"\[d\hat{x}_i = 2\hat x_i\]", nodes)
    refused(r"\[d\hat{x}_i = \hat x_i\]", nodes)


def test_an_epsilon_has_two_shapes():
    x = Value(2.0)
    nodes = {"x": x, r"\varepsilon": 0.5, "L": x * 0.5}
    holds(r"$\frac{dL}{dx} = \varepsilon$" + "\n" + r"$\frac{dL}{dx} = \epsilon$", nodes)
    refused(r"$\frac{dL}{dx} = 2\varepsilon$", nodes)


@pytest.mark.parametrize(
    ("head", "rows", "holds"),
    [
        ("| gradient | formula |\n|---|---|", ["| dL/da | a - y |", "| dL/dz | (a - y) a |"], [True, False]),
        ("| | |\n|:--|--:|", [r"| $\frac{\partial L}{\partial a}$ | $a - y$ |", "| ∂L/∂a | y - a |"], [True, False]),
        ("| step |\n|---|", ["| dL/da = a - y |", r"| $\frac{\partial L}{\partial a} = y - a$ |"], [True, False]),
    ],
)
def test_a_row_of_a_table_says_that_a_derivative_is_what_stands_beside_it(head, rows, holds):
    z, y = Value(0.4), Value(1.0)
    a = sigmoid(z)
    report = check_derivation("\n".join([head, *rows]), {"z": z, "a": a, "y": y, "L": (a - y) ** 2 / 2})
    assert not report.unread, report
    assert [line.holds for line in report.lines] == holds


@pytest.mark.parametrize(
    "page",
    [
        "| dL/da | a - y |",
        "| gradient | a common mistake |\n|---|---|\n| dL/da | a - y |",
        "| gradient | shape |\n|---|---|\n| dL/da | 2*3 |",
        "| gradient | by the chain rule | result |\n|---|---|---|\n| dL/da | dL/da | a - y |",
        "| a | b |\n|---|---|\n| minus dL/da | a - y |",
        "| a | b |\n|---|---|\n| 2 dL/da | a - y |",
    ],
)
def test_other_rows_of_tables_are_no_claims(page):
    a, y = Value(0.4), Value(1.0)
    report = check_derivation(page, {"a": a, "y": y, "L": (a - y) ** 2 / 2})
    assert not report.lines, report
    assert not report
