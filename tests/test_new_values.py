"""A step of gradient descent, with the names that pages give a weight before and after it."""

import pytest

from autograd import Value, check_derivation


@pytest.fixture
def nodes():
    """L = ½(wx − y)², so that ∂L/∂w = (wx − y)x = −0.5·0.5 = −0.25 and w − 0.1·(−0.25) = 1.025."""
    x, w, y = Value(0.5), Value(1.0), Value(1.0)
    return {"x": x, "w": w, "y": y, "L": (w * x - y) ** 2 / 2}


STEPS = [
    r"w_{t+1} = w_t - 0.1 \frac{\partial L}{\partial w_t}",
    r"w_{t+1} = w_t - 0.1 \frac{\partial L}{\partial w}",
    r"w_{n+1} \leftarrow w_n - 0.1 \frac{\partial L}{\partial w_n}",
    r"w^{(t+1)} = w^{(t)} - 0.1 \frac{\partial L}{\partial w}",
    r"w^{(1)} = w^{(0)} - 0.1 \frac{\partial L}{\partial w}",
    r"w_{new} = w_{old} - 0.1 \frac{\partial L}{\partial w}",
    r"w^{new} = w^{old} - 0.1 \frac{\partial L}{\partial w}",
    r"w_{\text{new}} = w_{\text{old}} - 0.1 \frac{\partial L}{\partial w}",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("number", "holds"), [("", True), (" = 1.025", True), (" = 0.975", False)])
def test_a_step_is_an_update_whose_number_is_checked(nodes, step, number, holds):
    report = check_derivation(f"dL/dw = (wx - y)x\n\n${step}{number}$", nodes)
    assert not report.unread, str(report)
    assert bool(report) == holds, str(report)


def test_a_recurrence_of_nodes_is_a_claim():
    h = [Value(0.5)]
    for _ in range(3):
        h.append(h[-1] + h[-1] * 2)
    nodes = {"h": h, "L": h[-1] * 1}
    assert check_derivation("$h_{t+1} = h_t + 2 h_t$", nodes)
    assert not check_derivation("$h_{t+1} = h_t - 2 h_t$", nodes)


def test_a_vector_of_weights_is_updated_as_a_whole():
    w, x = [Value(0.5), Value(-1.0)], [Value(2.0), Value(3.0)]
    nodes = {"w": w, "x": x, "L": w[0] * x[0] + w[1] * x[1]}
    report = check_derivation("$\\frac{\\partial L}{\\partial w} = x$\n\n$w_{t+1} = w_t - 0.1 \\nabla_w L$", nodes)
    assert report, str(report)
    assert not report.unread


@pytest.mark.parametrize(("error", "holds"), [("wx - y", True), ("y - wx", False)])
@pytest.mark.parametrize("sign", [":=", "=:"])
def test_a_claim_may_end_in_the_name_of_what_it_comes_to(nodes, sign, error, holds):
    nodes["p"] = nodes["w"] * nodes["x"]
    nodes["L"] = (nodes["p"] - nodes["y"]) ** 2 / 2
    page = rf"$$\frac{{dL}}{{dp}} = {error} {sign} \epsilon$$" + "\n$$\\frac{dL}{dw} = \\epsilon x$$"
    report = check_derivation(page, nodes)
    assert not report.unread, str(report)
    assert bool(report) == holds, str(report)
