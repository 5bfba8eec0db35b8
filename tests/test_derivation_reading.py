"""What check_derivation reads, and how it refuses what is no claim: by line and column, and never by running it."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, check_derivation, dot, sigmoid, softmax, tanh
from nn import MLP, squared_error


@pytest.fixture
def neuron():
    """p = σ(n), n = w·x, J = ½(p − a)²."""
    x, w, a = Value(1.5), Value(0.8), Value(1.0)
    n = w * x
    p = sigmoid(n)
    J = (p - a) ** 2 / 2
    return {"x": x, "w": w, "a": a, "n": n, "p": p, "J": J}


@pytest.mark.parametrize(
    "claim",
    [
        "dJ/dp = p - a",
        "∂J/∂p = p − a",
        "dJ / dp = p - a",
        "dJ/dp=p-a # the delta",
        "dJ/dn = dJ/dp * dp/dn",
        "dJ/dn = dJ/dp · p × (1 − p)",
        "dJ/dw = x*dJ/dp*dp/dn",
        "dJ/dw = (p - a)*p*(1 - p)*x = -0.0618",
        "-0.0618 = dJ/dw",
        "J = ½*(p - a)² = 1/2*(p - a)**2 ≈ 0.0268",
        "J = ½(p − a)² = -½(p - a)²*(-1)",
        "dJ/dp = sin(pi/2)*(p - a) = -cos(π)*p - a",
        "p = sigmoid(n) = σ(n) = 1/(1 + exp(-n))",
        "dp/dn = p - p**2",
        "dp/dn = exp(-n)*sigmoid(n)**2",
        "dJ/dp*dp/dn = dJ/dn",
        "dJ/dp = maximum(p, a) + minimum(p, a) - 2*a",
        "dJ/dp = where(p > a, -1, 1)*abs(p - a)*(-1)",
        "dJ/dp = (p < 2)*(0 < p < 1)*(p - a)",
        "dJ/dp = (not (p > 2 or p < 0) and p != 7)*(p - a)",
        "dJ/dp = sum([p, -a])",
        "dJ/dn = prod(p - a, p, 1 - p)",
        "dJ/dp = +(-(-p)) - --a",
    ],
)
def test_a_right_claim_in_any_of_these_forms_holds(neuron, claim):
    report = check_derivation(claim, neuron)
    assert report, str(report)


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("dJ/dp = p.data", 1, 10, "attribute"),
        ("dJ/dp = p.__class__", 1, 10, "attribute"),
        ("dJ/dp = __import__('os')", 1, 20, "text"),
        ("dJ/dp = eval(p)", 1, 9, "function of autograd"),
        ("dJ/dp = sigmid(p)", 1, 9, "sigmoid"),
        ("dJ/dp = [p for p in x]", 1, 12, "Python"),
        ("dJ/dp = lambda p", 1, 9, "Python"),
        ("dJ/dp = p if p else a", 1, 11, "Python"),
        ("dJ/dp = {p}", 1, 9, "( )"),
        ("dJ/dp = 9**9**9", 1, 10, "power"),
        ("dJ/dp = p**9999", 1, 10, "power"),
        ("dJ/dp = ((p**500)**500)**500", 1, 18, "power"),
        ("k = p**900\ndJ/dp = k**900", 2, 10, "power"),
        ("dJ/dp = 1e999", 1, 9, "float"),
        ("dJ/dp = 1e-999999999", 1, 9, "float"),
        ("dJ/dp = (p - a", 1, 9, "closed"),
        ("dJ/dp = p - a)", 1, 14, "not expected"),
        ("dJ/dp = p -", 1, 12, "ends"),
        ("dJ/dp =", 1, 8, "ends"),
        ("dJ/dp", 1, 1, "="),
        ("dJ/dp == p - a", 1, 1, "one ="),
        ("\n\n  p - a", 3, 3, "="),
        ("dJ/dP = p - a", 1, 4, "did you mean p"),
        ("dJ/dp = P - a", 1, 9, "did you mean p"),
        ("dJ/dp = tnah", 1, 9, "no node tnah"),
        ("dJ/∂q = p", 1, 5, "no node q"),
        ("∂J = p", 1, 1, "∂J/∂w"),
        ("dJ/dp = x[0]", 1, 10, "not a list"),
        ("dJ/dp = sigmoid(p, a)", 1, 9, "takes 1"),
        ("dJ/dp = sum()", 1, 9, "operand"),
        ("eta = 0.5\ndeta/dp = 0", 2, 1, "defined"),
        ("exp = 3", 1, 1, "exp is a function"),
        ("dJ/dp = ln", 1, 9, "ln is a function"),
        ("d³J/dw³ = 3", 1, 1, "no node d"),
        ("d2J/dw2 = 3", 1, 1, "written ∂²u/∂v²"),
        ("∂³J/∂w³ = 3", 1, 2, "the first and the second are read"),
        ("J = 1/½(p - a)²", 1, 8, "*"),
        ("dJ/dp = '" + "x" * 300, 1, 9, "text"),
    ],
)
def test_what_is_no_claim_is_refused_by_line_and_column(neuron, text, line, column, says):
    with pytest.raises(ValueError) as refusal:
        check_derivation(text, neuron, strict=True)
    message = str(refusal.value)
    assert message.startswith(f"line {line}, column {column}: ")
    assert says in message
    assert text.split("\n")[line - 1][:40].rstrip() in message


MARKS = [
    "-",
    "–",
    "—",
    "−",
    "+",
    "*",
    "•",
    "·",
    "--",
    "**",
    "- [ ]",
    ">",
    "> -",
    "=>",
    "->",
    "⇒",
    "1.",
    "12)",
    "(1)",
    "(a)",
    "b)",
    "ii.",
]


@pytest.mark.parametrize("indent", ["", "    "])
@pytest.mark.parametrize(
    "claim", ["dJ/dp = a - p", "dJ/dp = p - a", "-0.0618 = dJ/dw", "(p - a)*p*(1 - p) = dJ/dn", "½ = p"]
)
@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_at_the_start_of_a_line_never_becomes_mathematics(neuron, mark, claim, indent):
    """Read as a minus sign, a bullet makes dJ/dp = a - p right."""
    bare = check_derivation(f"dJ/dn = dJ/dp*dp/dn\n{claim}", neuron)
    report = check_derivation(f"dJ/dn = dJ/dp*dp/dn\n{indent}{mark} {claim}", neuron)
    assert [line.holds for line in report.lines] == [True, bare.lines[1].holds][: 2 - len(report.unread)]
    assert bool(report) == (bool(bare) and not report.unread)
    assert not report.unread or mark in ("+", "−", "—", "--", "·", "**", "=>", "->")


@pytest.mark.parametrize(
    "claim",
    [
        "-dJ/dp = a - p",
        "−0.0618 = dJ/dw",
        "+dJ/dp = p - a",
        "(p) = sigmoid(n)",
        "(p) * x = x*p",
        "(p - a) = dJ/dp",
        "1.0 - p = 1 - p",
        "1 - p = -(p - 1)",
        "dp/dp = 1. # a number with a point",
        "J*0 = p > 2 and n > 0 or a > 3",
        "p < -2 = 0",
    ],
)
def test_signs_and_parentheses_at_the_start_of_a_line_are_mathematics(neuron, claim):
    report = check_derivation(claim, neuron)
    assert report, str(report)


def test_a_whole_number_before_a_full_stop_is_meant_exactly():
    """To the digits of 2., 1.6 would be as right."""
    x = Value(1.6)
    assert not check_derivation("dy/dx = 2.", {"x": x, "y": x * x / 2})
    x = Value(2.0)
    assert check_derivation("dy/dx = 2.", {"x": x, "y": x * x / 2})


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("dJ/dp = p - a and dJ/da = a - p", [True, True]),
        ("dp/dp = 1 and dJ/da = p - a", [True, False]),
        ("dJ/dp = p - a, dJ/da = a - p", [True, True]),
        ("dJ/dp = a - p, dJ/da = a - p", [False, True]),
        ("dJ/dp = p - a; dJ/da = p - a", [True, False]),
        ("dJ/dp = p - a => dJ/da = a - p", [True, True]),
        ("dJ/dp = p - a.", [True]),
        ("dJ/dw = -0.0618.  # so", [True]),
        ("`dJ/dp = p - a`", [True]),
        ("$dJ/dp = a - p$", [False]),
    ],
)
def test_what_holds_two_claims_together_or_ends_one_is_no_part_of_them(neuron, text, holds):
    report = check_derivation(text, neuron)
    assert [line.holds for line in report.lines] == holds
    assert not report.unread


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("dJ/dp = p ^ 2 - a^2 - (p - a)(p + a - 1)", True),
        ("dp/dn = p(1 - p)", True),
        ("dp/dn = p(1 - a)", False),
        ("2dJ/dp = 2p - 2a", True),
        ("dp/dw = p x (1 - p)", True),
        ("J = |p - a|²/2", True),
        ("p p⁻¹ = dp/dp", True),
        ("p = 1/(1 + e**(-n))", True),
        ("p = 1/(1 + e^{n})", False),
        ("dJ/dp = [p, a]", False),
    ],
)
def test_what_people_write_shortly_is_read(neuron, claim, holds):
    report = check_derivation(claim, neuron)
    assert not report.unread
    assert [line.holds for line in report.lines] == [holds]


def test_a_line_that_uses_what_an_unread_one_defines_says_so(neuron):
    text = "k = 2 ** ** p\ndJ/dp = p - a\ndJ/dw = k*x"
    report = check_derivation(text, neuron)
    assert [line.number for line in report.unread] == [1, 3]
    assert report.unread[1].why == "k is defined in line 1, which is not read"
    with pytest.raises(ValueError) as refusal:
        check_derivation(text, neuron, strict=True)
    assert "line 3" not in str(refusal.value)


def test_all_lines_that_cannot_be_read_are_named_at_once(neuron):
    text = "dJ/dp = p ** ** 2\nk = 2p\ndJ/dp = p - a\ndJ/dw = k*x*tnah(p)\ndJ/dn = q"
    with pytest.raises(ValueError) as refusal:
        check_derivation(text, neuron, strict=True)
    message = str(refusal.value)
    starts = ["line 1, column 14", "line 4, column 13: tnah is no function", "line 5, column 9: there is no node q"]
    told = [line for line in message.split("\n") if line.startswith("line ")]
    assert [line[: len(start)] for line, start in zip(told, starts, strict=True)] == starts
    assert message.endswith("3 lines cannot be read")
    report = check_derivation(text, neuron)
    assert [(line.number, line.column) for line in report.unread] == [(1, 14), (4, 13), (5, 9)]
    assert [line.number for line in report.lines] == [2, 3]
    assert report.lines[1].holds
    assert not report


def test_a_node_or_a_definition_may_be_named_as_a_number_or_a_letter_is():
    e, pi = Value(0.5), Value(2.0)
    y = e**2 * pi
    assert check_derivation("dy/dpi = e**2\ndy/de = 2*e*pi", locals())
    assert check_derivation("dy/dπ = e²", locals())
    assert check_derivation("π = 3\ndy/de = 2*e*s*π/3", {"e": e, "s": pi, "y": y})


def test_the_quoted_line_has_a_caret_under_the_column(neuron):
    with pytest.raises(ValueError) as refusal:
        check_derivation("dJ/dp = tnah(p)", neuron, strict=True)
    _, quoted, caret = str(refusal.value).split("\n")
    assert quoted[caret.index("^") :].startswith("tnah")


def test_deep_nesting_is_refused_without_recursion(neuron):
    for nest in ("(" * 3000 + "p" + ")" * 1000, "-" * 4000 + "p", "[" * 4000, "2**" * 1200 + "p", "not " * 900 + "p"):
        with pytest.raises(ValueError, match=r"nested more than 50 deep"):
            check_derivation(f"dJ/dp = {nest}", neuron, strict=True)


def test_long_sums_are_no_nesting(neuron):
    assert check_derivation("dJ/dp = p - a" + " + p - p" * 500, neuron)


def test_text_that_is_too_long_is_refused(neuron):
    with pytest.raises(ValueError, match="5000"):
        check_derivation("dJ/dp = " + "p + " * 2000 + "p", neuron, strict=True)
    with pytest.raises(ValueError, match="200000"):
        check_derivation("dJ/dp = p - a\n" * 100_000, neuron, strict=True)


@pytest.mark.parametrize("text", ["", "\n  \n", "# nothing but a comment"])
def test_an_empty_derivation_is_refused(neuron, text):
    with pytest.raises(ValueError, match="no claim"):
        check_derivation(text, neuron, strict=True)


def test_numbers_that_grow_without_end_cost_no_time(neuron):
    """Each would hang if it were worked out: exp exp exp 1000 has more digits than there are atoms."""
    start = perf_counter()
    for claim in (
        "exp(exp(exp(1000)))",
        "2**1000*exp(700)*exp(700)",
        "k**k**k",
        "(10**3)**x**99",
        "exp(p)**k**k",
    ):
        report = check_derivation(f"k = 999\ndJ/dp = {claim} + 0*k", neuron)
        assert not report
    assert perf_counter() - start < 5


@given(st.text(alphabet="dJpnxwa/*+-=()[]., 0123456789^∂·²<>#'\"_forlambdeiglu\n", max_size=60))
def test_any_text_is_judged_or_refused_with_a_value_error(text):
    x = Value(1.5)
    p = sigmoid(x)
    try:
        report = check_derivation(text, {"x": x, "p": p, "J": p * p})
    except ValueError:
        return
    assert str(report)


# Derivatives and divisions


def test_nodes_named_both_ways_are_an_error_that_says_so():
    p = Value(2.0)
    J = p * p
    dJ, dp = J * 3, p * 5
    with pytest.raises(ValueError, match=r"derivative of J by p, or dJ divided by dp"):
        check_derivation("dJ/dp = 2*p", locals(), strict=True)
    assert check_derivation("∂J/∂p = 2*p\n(dJ)/(dp) = 3*p/5", locals())


def test_names_that_begin_with_d_divide_when_nothing_else_is_meant():
    delta, den = Value(3.0), Value(2.0)
    q = delta / den
    assert check_derivation("q = delta/den\ndq/ddelta = 1/den\ndq/dden = -delta/den**2", locals())


def test_a_derivative_binds_closer_than_the_operators_around_it(neuron):
    assert check_derivation("dJ/dn = dJ/dp/(1/(p*(1 - p)))\n1/dJ/dp = 1/(p - a)\ndJ/dp**2 = (p - a)**2", neuron)


# Names


def test_nested_lists_are_addressed_by_subscripts():
    W = [[Value(0.1), Value(0.2)], [Value(0.3), Value(-0.4)]]
    x = (Value(1.0), Value(2.0))
    y = [tanh(dot(row, x)) for row in W]
    assert check_derivation("dy[1]/dW[1][0] = (1 - y[1]**2)*x[0]\ny[0] = tanh(dot(W[0], x))", locals())
    with pytest.raises(ValueError, match="2 items, numbered from 0"):
        check_derivation("y[2] = 1", locals(), strict=True)
    [line] = check_derivation("dy/dx = 1", locals()).lines
    assert line.evidence == "wrong: dy/dx is 2×2, and 1 is a number"


def test_the_parameters_of_modules_are_addressed_as_in_python():
    model = MLP(2, [3, 1], sigmoid, seed=0)
    x = [Value(0.5), Value(-1.0)]
    h = model.layers[0](x)
    p = model.layers[1](h)
    J = squared_error(p, 1.0)
    assert check_derivation(
        """
        dJ/dmodel.layers[1].perceptrons[0].weights[2] = (p - 1)*h[2]
        ∂J/∂model.layers[0].perceptrons[2].bias = (p - 1)*model.layers[1].perceptrons[0].weights[2]*h[2]*(1 - h[2])
        """,
        locals(),
    )
    with pytest.raises(ValueError, match="perceptrons"):
        check_derivation("J = model.layers[0].neurons[0]", locals(), strict=True)
    with pytest.raises(ValueError, match="activation"):
        check_derivation("J = model.layers[0].perceptrons[0].activation", locals(), strict=True)


def test_locals_will_do(neuron):
    x, text, number, nothing, names = neuron["x"], "a text", 3, None, ["a", "list"]
    p, also_p = neuron["p"], neuron["p"]
    assert check_derivation("dp/dx = also_p*(1 - p)*0.8", locals())


def test_an_entry_that_is_no_value_is_explained_when_asked_for(neuron):
    with pytest.raises(ValueError, match=r"nodes has eta, but as float.*Define it"):
        check_derivation("w - eta*dJ/dw = 0.8", neuron | {"eta": 0.5}, strict=True)


@pytest.mark.parametrize(
    ("nodes", "error"), [([Value(1.0)], TypeError), ({}, ValueError), ({"x": 1.0}, ValueError), (None, TypeError)]
)
def test_nodes_without_a_named_value_are_refused(nodes, error):
    with pytest.raises(error, match="nodes"):
        check_derivation("dJ/dx = 1", nodes)


def test_a_key_that_no_claim_can_write_is_refused():
    with pytest.raises(ValueError, match="'net h1'"):
        check_derivation("x = 1", {"net h1": Value(1.0)}, strict=True)


def test_a_derivation_that_is_no_text_is_refused(neuron):
    with pytest.raises(TypeError, match="text"):
        check_derivation(["dJ/dp = p - a"], neuron)


def test_softmax_is_a_list_of_its_probabilities():
    z = [Value(0.5), Value(-1.0), Value(2.0)]
    q = softmax(z)
    assert check_derivation("dq[0]/dz[1] = -softmax(z)[0]*softmax(z)[1]\nq[2] = softmax(z[0], z[1], z[2])[2]", locals())


# Mappings


def test_a_mapping_from_nodes_claims_the_derivatives_of_the_output(neuron):
    report = check_derivation({neuron["w"]: "(p - a)*p*(1 - p)*x", "x": -0.0329, "dp/dn": "p*(1 - p)"}, neuron)
    assert [line.claim.split(" = ")[0] for line in report.lines] == ["dJ/dw", "dJ/dx", "dp/dn"]
    assert report, str(report)


def test_a_mapping_takes_numbers_of_every_kind(neuron):
    numpy, fractions = pytest.importorskip("numpy"), pytest.importorskip("fractions")
    exact = neuron["p"].data - 1
    for number in (exact, numpy.float64(exact), numpy.float32(exact), Value(exact), fractions.Fraction(exact)):
        assert check_derivation({"dJ/dp": number}, neuron), number


@pytest.mark.parametrize(
    ("derivation", "error"),
    [
        ({}, ValueError),
        ({3: 1.0}, TypeError),
        ({"w": None}, TypeError),
        ({"w": True}, TypeError),
        ({"w": float("nan")}, ValueError),
        ({"w": "p\n= 3"}, ValueError),
        ({Value(1.0): 1.0}, ValueError),
    ],
)
def test_a_mapping_that_claims_nothing_is_refused(neuron, derivation, error):
    with pytest.raises(error):
        check_derivation(derivation, neuron)


def test_a_mapping_with_two_possible_outputs_asks_which(neuron):
    nodes = neuron | {"K": neuron["p"] * 2}
    with pytest.raises(ValueError, match=r"J and K.*output="):
        check_derivation({"w": 1.0}, nodes, strict=True)
    assert check_derivation({"p": 2}, nodes, output=nodes["K"])
