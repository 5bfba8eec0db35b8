"""Backward passes as they are written have the verdict that running them by NumPy, and differences, give them."""

import re

import numpy as np
import pytest
from backward_passes import CIRCUIT, CLASSIFIER, MAKEMORE, PROGRAMS, SHALLOW, STAGED, Network, run

from autograd import check_derivation

PAGES = [pytest.param(program, id=program.name) for program in PROGRAMS]


@pytest.mark.parametrize("program", PAGES)
def test_the_pages_are_what_they_are_said_to_be(program):
    """Of the pages, not of the engine: a gradient is right, m times too large, or wrong as its page says."""
    found = run(program)
    assert found
    wrong = {re.sub(r"^(?:grad_|dL_d|d_?)|\.grad$", "", name) for name in program.wrong}
    for name, value in found.items():
        slope = program.network.slope(name)
        numbers = program.network.numbers
        factor = numbers.get("m", numbers.get("n")) if f"d{name}" in program.scaled else 1
        right = value.size == slope.size and np.allclose(value.reshape(slope.shape), factor * slope, 1e-4, 1e-7)
        if name in wrong:
            assert not right, name
        elif not wrong:
            assert right, (name, value, slope)


def report_on(text, network=SHALLOW, **options):
    return check_derivation(text, network.nodes(), **options)


def verdicts(text, network=SHALLOW, **options):
    return [line.verdict for line in report_on(text, network, **options).lines]


@pytest.mark.parametrize("program", PAGES)
def test_a_page_has_the_verdicts_that_running_it_gives(program):
    report = report_on(program.text, program.network)
    assert not report.unread, str(report)
    wrong = {line.claim for line in report.lines if line.checks and not line.holds}
    expected = {
        line.claim
        for line in report.lines
        for name in program.wrong
        if re.match(rf"{name}\b|grads\['?\"?{name.removeprefix('grad_')}'?\"?\]", line.claim)
        and line.verdict != "defined"
    }
    assert wrong == expected, str(report)
    assert bool(report) == (not program.wrong)


def test_what_is_m_times_the_gradient_is_right_where_a_later_line_divides_by_m_and_says_so():
    report = report_on("dZ2 = A2 - Y\ndW2 = dZ2 @ A1.T / m")
    assert report
    assert report.lines[0].read_as == "3 times dJ/dZ2; line 2 makes up for the 3"


def test_the_2_of_a_square_may_be_left_to_the_last_step_as_well():
    network = Network(
        {
            "x": np.array([[1.0], [2.0], [-0.5], [0.25]]),
            "y": np.array([[2.0], [0.5], [1.0], [0.0]]),
            "w": np.array([[0.7]]),
        },
        {"p": lambda m, v: v.x @ v.w, "loss": lambda m, v: m.sum((v.p - v.y) ** 2) / 4},
        "loss",
        {"n": 4},
    )
    assert verdicts("dp = p - y\ndw = 2/n * x.T @ dp", network) == ["proved", "proved"]
    assert verdicts("dp = p - y\ndw = 1/n * x.T @ dp", network) == ["wrong", "wrong"]


def test_rows_and_columns_that_are_exchanged_are_named():
    [_, line] = report_on("dZ2 = (A2 - Y)/m\ndW2 = A1 @ dZ2.T").lines
    assert line.verdict == "wrong"
    assert "1×4" in line.evidence
    assert "4×1" in line.evidence
    assert [mistake.name for mistake in line.mistakes] == ["transposed indices"]


def test_a_value_that_another_replaces_is_a_step_and_the_last_one_is_judged():
    report = report_on("dx = dxpy\ndx = sigx*(1 - sigx)*dsigx + dnum\ndxpy = 2*xpy*dxpysqr", STAGED)
    assert [line.verdict for line in report.lines] == ["defined", "paths left out", "proved"]
    assert report.lines[0].evidence == "line 2 gives dx another value"
    assert "branch missing" in {mistake.name for mistake in report.lines[1].mistakes}


def test_a_wrong_gradient_that_no_line_uses_before_it_gets_another_value_is_wrong():
    first, rest = "dW2 = (A2 - Y) @ A1.T", "dZ2 = (A2 - Y)/m\ndb2 = dZ2.sum(1)\ndW2 = dZ2 @ A1.T"
    assert verdicts(f"{first}\n{rest}") == ["wrong", "proved", "proved", "proved"]
    assert verdicts(f"dW2 = A1 @ (A2 - Y).T / m\n{rest}") == ["wrong", "proved", "proved", "proved"]
    assert verdicts(f"dW2 = 2 * np.ones((1, 4))\n{rest}") == ["defined", "proved", "proved", "proved"]


@pytest.mark.parametrize(
    "text",
    [
        "dW2 = A2 - Y\ndW2 = dW2 @ A1.T / m",
        "dW2 = A2 - Y\ndZ2 = dW2 / m\ndW2 = dZ2 @ A1.T",
        "dW2 = A2 - Y\ndZ2 = (A2 - Y)/m\ndb2 = dW2.sum(1) / m\ndW2 = dZ2 @ A1.T",
        "dW2 = (A2[:, :1] - Y[:, :1]) @ A1[:, :1].T / m\ndW2 += (A2[:, 1:] - Y[:, 1:]) @ A1[:, 1:].T / m",
        "def one(dZ2):\n    dW2 = 7 * dZ2 @ A1.T\n    return dW2\ndef two(dZ2):\n    dW2 = dZ2 @ A1.T\n    return dW2",
        "for k in range(3):\n    dW2 = (A2[:, k:k+1] - Y[:, k:k+1]) @ A1[:, k:k+1].T\ndW2 = (A2 - Y) @ A1.T / m",
    ],
    ids=["goes on", "is used", "is used later", "adds up", "of another function", "in turns"],
)
def test_a_value_on_the_way_to_a_gradient_is_a_step(text):
    first, *_ = report_on(text).lines
    assert first.verdict == "defined", first


def test_a_value_that_is_right_and_replaced_by_another_right_one_is_claimed_twice():
    text = "dh = dlogits @ W2.T\ndlogits = (probs - np.eye(3)[Yb]) / n\ndh = (W2 @ dlogits.T).T"
    assert verdicts(text, MAKEMORE) == ["proved"] * 3


def test_an_array_that_two_names_share_is_not_used_after_it_was_changed():
    report = report_on("dz1 = dh1\ndz1[z1 < 0] = 0\ndx = dh1 @ W1.T", CLASSIFIER, output=None)
    [unread] = report.unread
    assert "dz1 and dh1 are one array in Python" in unread.why
    assert not report_on("dz1 = dh1.copy()\ndz1[z1 < 0] = 0\ndW2 = h1.T @ dh1", CLASSIFIER).unread


def test_items_of_a_gradient_may_be_claimed_one_by_one():
    assert verdicts("ddot = (1 - f)*f\ndx[0] = w[0]*ddot\ndx[1] = w[0]*ddot", CIRCUIT) == ["proved", "proved", "wrong"]


def test_a_gradient_that_is_changed_before_it_has_a_value_is_not_read():
    [unread] = report_on("dW2 += 0.5*W2").unread
    assert "does not say what it was before" in unread.why


def test_without_a_single_output_a_gradient_is_not_checked_and_the_page_is_not_right():
    nodes = SHALLOW.nodes()
    nodes["other"] = nodes["A2"][0][0] * 2
    report = check_derivation("dZ2 = (A2 - Y)/m", nodes)
    assert not report
    assert [line.verdict for line in report.lines] == ["not checked"]
    assert check_derivation("dZ2 = (A2 - Y)/m", nodes, output=nodes["J"])


def test_what_follows_an_update_uses_the_new_value():
    text = "dZ2 = (A2 - Y)/m\nW2 -= learning_rate * (dZ2 @ A1.T)\ndA1 = W2.T @ dZ2"
    report = report_on(text)
    assert [line.verdict for line in report.lines] == ["proved", "at 5 points", "wrong"]
    assert "weights already updated" in {mistake.name for mistake in report.lines[2].mistakes}


def test_a_code_fence_of_python_is_read_as_a_program():
    assert verdicts("The last layer:\n```python\ndZ2 = (A2 - Y)/m\ndb2 = dZ2.sum(1)\n```\nand $dJ/dA2_{11} = 0$") == [
        *("proved", "proved", "wrong")
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("dZ2 = np.linalg.inv(A2)", "inv is no function"),
        ("dZ2 = A2 @ A2.T @ nothing", "no node nothing"),
        ("dZ2 = A2[7]", "there is no [7]"),
        ("dZ2 = np.exp(A2", "not Python"),
        ("dZ2 = eval('A2 - Y')", "no function"),
    ],
)
def test_what_of_a_program_is_not_read_says_why_and_the_rest_is_read(text, why):
    report = report_on(f"{text}\ndb2 = (A2 - Y).sum(1)/m")
    assert not report
    [unread] = report.unread
    assert why in unread.why
    assert [line.verdict for line in report.lines] == ["proved"]


def test_a_formula_beside_a_program_speaks_of_the_nodes_as_they_were_recorded():
    program = "dZ2 = (A2 - Y)/m\nW2 -= learning_rate * (dZ2 @ A1.T)\nW2 *= 0.5\n"
    text = program + r"and $\frac{\partial J}{\partial A1} = W2^T \frac{\partial J}{\partial Z2}$"
    assert verdicts(text) == ["proved", "at 5 points", "defined", "proved"]


def test_a_gradient_may_go_on_through_the_activation_under_its_old_name():
    """dh1 is ∂loss/∂h1 before its mask, and ∂loss/∂z1 behind it: so real programs have it."""
    text = "dh1 = (probs - np.eye(3)[y])/N @ W2.T\ndh1[h1 <= 0] = 0\nb1 -= dh1.sum(0)\ndb1 = dh1.sum(0)"
    report = report_on(text, CLASSIFIER)
    assert report, str(report)
    assert [line.checks for line in report.lines] == [False, True, True, True]
    assert verdicts(text.replace("= 0", "= 1"), CLASSIFIER)[1] == "wrong"


def test_a_loop_that_is_written_out_gives_a_name_a_value_of_its_own_in_each_turn():
    text = "s = f*1\nfor k in range(2):\n    s = s*(1 - f)\nddot = s/(1 - f)"
    assert verdicts(text, CIRCUIT) == ["defined", "defined", "defined", "proved"]


@pytest.mark.parametrize(
    "text",
    [
        *("dZ2 = np.eye(1000000)", "dZ2 = np.zeros((100000, 100000))", "dZ2 = np.outer(np.ones(5000), np.ones(5000))"),
        "x = np.copy(A2)\n" + "x = np.multiply(x, x)\n" * 300 + "dZ2 = x",
    ],
)
def test_what_would_fill_the_memory_is_not_read(text):
    assert report_on(text).unread
