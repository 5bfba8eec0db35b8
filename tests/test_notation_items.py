"""Items of lists by numbers among the nodes, and parts of Modules: what they lead to, or what is said instead."""

import pytest

from autograd import Value, check_derivation, dot, sigmoid, softmax
from nn import MLP, squared_error


@pytest.fixture
def scores():
    """L = s₃² + 3 s₁ + s₂ s₄, so that the slopes are 3, s₄, 2 s₃ and s₂."""
    s = [Value(0.4), Value(-0.3), Value(0.9), Value(0.2)]
    return {"s": s, "L": s[2] * s[2] + 3 * s[0] + s[1] * s[3], "Y": [2, 0], "M": [[0, 1], [2, 3]]}


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("∂L/∂s_{Y_1} = 2 s_{Y_1}", True),
        ("∂L/∂s_{Y_2} = 3", True),
        ("∂L/∂s_{Y_2} = 4", False),
        ("∂L/∂s_j = 1[j = Y_1] 2 s_j for j = 3", True),
        ("∂L/∂s_j = 1[j = Y_1] s_j for j = 3", False),
    ],
)
def test_whole_numbers_of_the_nodes_are_indices_and_count_from_0(scores, claim, holds):
    report = check_derivation(claim, scores)
    assert not report.unread, report
    assert bool(report) == holds, report


@pytest.mark.xfail(reason="brackets within brackets are read as a factor, a list", raises=AssertionError)
@pytest.mark.parametrize("claim", ["∂L/∂s[2] = 2 s[Y[0]]", "∂L/∂s[3] = s[M[0][1]]", "∂L/∂s[Y[1]] = 3"])
def test_items_of_items_are_indices(scores, claim):
    assert check_derivation(claim, scores)


@pytest.mark.parametrize(
    ("claim", "column", "says"),
    [
        ("∂L/∂s_{2i} = 2 s_{2i}", 1, "nothing tells which values i takes: no list has it as an index"),
        ("∂L/∂s_{1.5} = 3", 5, "there is no s_{1.5}: s has 4 items, numbered from 1 in subscripts"),
    ],
)
def test_an_index_that_leads_nowhere_is_not_read(scores, claim, column, says):
    [unread] = check_derivation(claim, scores).unread
    assert unread.column == column
    assert says in unread.why


@pytest.fixture
def layers():
    """Two layers of two sigmoids each, with biases; L is the sum of the squares of the last ones."""
    nodes = {
        "x": [Value(0.3), Value(0.5)],
        "W1": [[Value(0.1), Value(0.2)], [Value(0.4), Value(-0.3)]],
        "W2": [[Value(0.6), Value(0.7)], [Value(-0.5), Value(0.8)]],
    }
    before = nodes["x"]
    for layer in ("1", "2"):
        nodes["z" + layer] = [dot(row, before) for row in nodes["W" + layer]]
        before = nodes["a" + layer] = [sigmoid(z) for z in nodes["z" + layer]]
    return nodes | {"L": before[0] ** 2 + before[1] ** 2}


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        (r"$\frac{\partial L}{\partial a^2_1} = 2 a^2_1$", True),
        (r"$\frac{\partial L}{\partial a_1^2} = 2 a_1^2$", True),
        (r"$\frac{\partial L}{\partial a_1^{(2)}} = 2 a_2^{(2)}$", False),
        (r"$\frac{\partial L}{\partial W^{(2)}_{12}} = \frac{\partial L}{\partial z^{(2)}_1} a^{(1)}_2$", True),
        (r"$\frac{\partial L}{\partial W_{12}^{[2]}} = \frac{\partial L}{\partial z_1^{[2]}} a_1^{[1]}$", False),
        (r"$\frac{\partial L}{\partial W^{(l)}_{12}} = \frac{\partial L}{\partial z^{(l)}_1} a^{(l-1)}_2$", True),
        (r"$\frac{\partial L}{\partial W^{(l)}_{12}} = \frac{\partial L}{\partial z^{(l)}_2} a^{(l-1)}_1$", False),
    ],
)
def test_a_number_above_is_that_of_the_layer_where_lists_of_that_number_are_layers(layers, claim, holds):
    report = check_derivation(claim, layers)
    assert not report.unread, report
    assert bool(report) == holds, report


def test_a_number_above_may_be_that_of_an_example_where_the_lists_are_no_layers():
    a1, a2 = [Value(0.4), Value(0.3)], [Value(0.7), Value(0.9)]
    nodes = {"a1": a1, "a2": a2, "L": a1[0] * a2[0] + a1[1] ** 2 * a2[1]}
    for claim in ("∂L/∂a^2_1 = 0.4", r"$\frac{\partial L}{\partial a_1^2} = 0.4$"):
        [unread] = check_derivation(claim, nodes).unread
        assert "may be a2[0] or a1[1]" in unread.why
    assert check_derivation("∂L/∂a^{[2]}_1 = a^{[1]}_1", nodes)


def test_a_subscript_in_small_letters_is_not_read_where_both_w1_and_w_1_are_nodes():
    w1, w_1, x = Value(0.4), Value(0.7), Value(2.0)
    nodes = {"w1": w1, "w_1": w_1, "x": x, "L": w1 * x + w_1}
    [unread] = check_derivation("dL/dw₁ = 1", nodes).unread
    assert "may be w1 or w_1" in unread.why
    assert check_derivation("dL/dw_1 = 1\ndL/dw1 = x", nodes)


def softmax_of_three():
    z = [Value(0.4), Value(-0.3), Value(0.9)]
    return {"z": z, "s": softmax(z)}


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        (r"$$\frac{\partial s_k}{\partial z_i} = -s_k s_i \quad (k \neq i)$$", True),
        (r"$$\frac{\partial s_k}{\partial z_i} = s_k s_i \quad (k \neq i)$$", False),
        ("∂s_k/∂z_i = -s_k s_i (k ≠ i), and ∂s_i/∂z_i = s_i (1 - s_i)", True),
        (r"\begin{align} \frac{\partial s_k}{\partial z_i} &= -s_k s_i & (k \neq i) \end{align}", True),
    ],
)
def test_brackets_behind_a_claim_say_for_which_of_its_indices_it_holds(claim, holds):
    report = check_derivation(claim, softmax_of_three())
    assert not report.unread, report
    assert report.lines[0].entries[1] == 6
    assert bool(report) == holds, report


def test_what_marks_text_up_may_begin_before_a_formula_and_end_behind_it():
    text = "**For the others, $k \\neq i$**, we have\n**so $\\frac{\\partial s_1}{\\partial z_2} = -s_1 s_2$ holds**"
    assert check_derivation(text, softmax_of_three())


@pytest.mark.parametrize(("line", "holds"), [("∂L/∂h_T = w_T", True), ("∂L/∂h_T = w_1", False)])
def test_an_upper_bound_is_a_number_wherever_the_page_has_it(line, holds):
    h, w = [Value(0.2), Value(0.5), Value(-0.4)], [Value(0.7), Value(1.1), Value(0.6)]
    nodes = {"h": h, "w": w, "T": 3, "L": dot(w, h)}
    report = check_derivation(r"L = \sum_{t=1}^T w_t h_t" + "\n" + line, nodes)
    assert not report.unread, report
    assert bool(report) == holds, report


@pytest.fixture
def model():
    model = MLP(2, [3, 1], seed=1)
    x = [Value(0.4), Value(-0.2)]
    p = model(x)
    return {"m": model, "x": x, "p": p, "J": squared_error(p, 0.3), "names": ["a"], "settings": {"rate": 0.1}}


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("dJ/dm.layers[1].perceptrons[0].bias = p - 0.3", True),
        ("dJ/dm.layers[1].perceptrons[0].bias = p", False),
        ("J.grad = 1", True),
        ("p.grad = p - 0.3", True),
        ("p.grad = p", False),
    ],
)
def test_parameters_of_a_module_and_grad_are_read(model, claim, holds):
    """J = ½(p − 0.3)², and the last bias is added to p."""
    report = check_derivation(claim, model)
    assert not report.unread, report
    assert bool(report) == holds, report


@pytest.mark.parametrize(
    ("claim", "column", "says"),
    [
        ("dJ/dm = 3", 4, "m is a Module: go on to a parameter, as in m.layers"),
        ("dJ/dm.layers[0] = 3", 13, "m.layers[0] is a Module: go on to a parameter, as in m.layers[0].perceptrons"),
        ("dJ/dm.nothing = 3", 6, "m has no parameters under 'nothing', only layers"),
        ("dJ/dm.layers[7] = 3", 13, "m.layers has 2 items, numbered from 0: there is no [7] with a Value"),
        ("J = m", 5, "m is a Module: go on to a parameter, as in m.layers"),
        ("J = m[0]", 5, "m is a Module: go on to a parameter, as in m.layers"),
        ("J = names", 5, "there is no node names: nodes has names, but as list, not as a Value"),
        ("J = settings", 5, "there is no node settings: nodes has settings, but as dict, not as a Value"),
    ],
)
def test_what_is_no_value_is_said_with_where_to_go_on(model, claim, column, says):
    [unread] = check_derivation(claim, model).unread
    assert unread.column == column
    assert says in unread.why
