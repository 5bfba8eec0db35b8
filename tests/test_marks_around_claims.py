"""What stands around a claim and is none of it: ends of proofs, marks, remarks, what is set above an =.

For a = σ(z) and L = ½(a − y)² the chain rule gives dL/da = a − y and dL/dz = (a − y)·a·(1 − a).
"""

import pytest

from autograd import Value, check_derivation, sigmoid

LINES = [
    r"$$LEFT \overset{(1)}{=} RIGHT$$",
    r"$$LEFT \stackrel{\text{chain}}{=} RIGHT$$",
    r"$$LEFT \overset{\text{chain rule}}{=} RIGHT$$",
    r"$$LEFT = RIGHT \quad (2)$$",
    r"$$LEFT = RIGHT \qquad \square$$",
    r"$$LEFT = RIGHT. \blacksquare$$",
    r"$$LEFT = \frac{1}{\cancel{2}} \cancel{2} RIGHT$$",
    r"\[\begin{aligned}[t] LEFT &= RIGHT \end{aligned}\]",
    r"$LEFT = RIGHT$\footnote{By the chain rule, 2 of it.}",
    r"$$LEFT = RIGHT \label{eq:1}$$ See \eqref{eq:1}.",
    r"\begin{align*} LEFT &= RIGHT && \text{power rule} \\ \frac{da}{dz} &= a(1-a) && \text{sigmoid} \end{align*}",
    r"\begin{align*} LEFT &= RIGHT, & (\text{power rule}) \\ \frac{da}{dz} &= a(1-a) & (\text{sigmoid}) \end{align*}",
    r"\begin{align*} \frac{da}{dz} &= a(1-a) \\ \intertext{Therefore} LEFT &= RIGHT \end{align*}",
    r"\begin{aligned} LEFT &= a - 1 \cdot y &&\text{(chain rule)}\\ &= RIGHT && \text{(simplified)} \end{aligned}",
    "[latex]LEFT = RIGHT[/latex]",
    ":<math>LEFT = RIGHT</math>",
    "dL/da = RIGHT   <- chain rule",
    "dL/da = RIGHT --> ok",
    "dL/da = RIGHT (*)",
    "dL/da = RIGHT [2 marks]",
    "dL/da = RIGHT (2 pts)",
    "dL/da = RIGHT (QED)",
    "dL/da = RIGHT :)",
    "'dL/da = RIGHT'",
    "“dL/da = RIGHT”",
    "« dL/da = RIGHT »",
    "==> dL/da = RIGHT",
    "---> dL/da = RIGHT",
    "da/dz = a(1 - a) ==> dL/da = RIGHT",
    "Q2 (4 pts.) dL/da = RIGHT",
    "~~dL/da = a + 2y~~\ndL/da = RIGHT",
]


@pytest.fixture
def nodes():
    w, y = Value(-0.18), Value(1.0)
    z = w * 1
    a = sigmoid(z)
    return {"w": w, "y": y, "z": z, "a": a, "L": (a - y) ** 2 / 2}


def written(line, right):
    return line.replace("LEFT", r"\frac{\partial L}{\partial a}").replace("RIGHT", right)


@pytest.mark.parametrize("line", LINES)
def test_what_stands_around_a_claim_leaves_it_as_it_is(nodes, line):
    report = check_derivation(written(line, "(a - y)"), nodes)
    assert report, str(report)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("wrong", ["(a + y)", "2(a - y)", "(a - y)/2"])
def test_a_wrong_claim_is_wrong_whatever_stands_around_it(nodes, line, wrong):
    report = check_derivation(written(line, wrong), nodes)
    assert any(each.holds is False for each in report.lines), str(report)


@pytest.mark.parametrize(
    "line",
    [
        "dL/da = a - y <- w",
        "dL/da = a - y -> 2w",
        "dL/da = a - y (2)",
        "dL/da = a - y (w)",
        r"$$\frac{dL}{da} \overset{2w}{\to} a - y$$",
        r"$$\frac{dL}{da} = a - y \square w$$",
        r"\begin{align} \frac{dL}{da} &= a - y & w \end{align}",
    ],
)
def test_what_may_be_mathematics_is_not_left_out_in_silence(nodes, line):
    assert not check_derivation(line, nodes)
