"""Names and formulas as mathematics: what a notebook shows."""

import re

import pytest
from formulas import CALLS, INFIX, leaves_of, nodes
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser
from support import leaves

import autograd
from autograd import Operation, Value, dot, explain, log, maximum, ops, relu, sigmoid, sqrt, tanh, where
from autograd.latex import LatexWriter, NamesInLatex, labels_in_latex, name_in_latex, number_in_latex
from autograd.text import Cut

MINE = Operation("a_b", lambda m, a: a, lambda m, y, a: (1,))


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("E", "E"),
        ("w1", "w_{1}"),
        ("w_1", "w_{1}"),
        ("w12", "w_{12}"),
        ("a_b", "a_{b}"),
        ("W1_2", "W_{1,2}"),
        ("W_out", r"W_{\mathrm{out}}"),
        ("x_i", "x_{i}"),
        ("loss", r"\mathrm{loss}"),
        ("net_h1", r"\mathrm{net}_{h1}"),
        ("theta", r"\theta"),
        ("theta_1", r"\theta_{1}"),
        ("θ₁", r"\theta_{1}"),
        ("λ", r"\lambda"),
        ("Δ", r"\Delta"),
        ("sigma_xi", r"\sigma_{\xi}"),
        ("yhat", r"\hat{y}"),
        ("ŷ", r"\hat{y}"),
        ("x̄2", r"\bar{x}_{2}"),
        ("thetahat", r"\hat{\theta}"),
        ("chat", r"\hat{c}"),
        ("threshold", r"\mathrm{threshold}"),
        ("crossbar", r"\mathrm{crossbar}"),
        ("logical", r"\mathrm{logical}"),
        ("layers.0.weights.1", r"\mathrm{layers.0.weights.1}"),
        ("a__b", r"\mathrm{a\_\_b}"),
        ("_x", r"\mathrm{\_x}"),
        ("{x}", r"\mathrm{\{x\}}"),
        ("$x$", r"\mathrm{\$x\$}"),
        ("x²", r"\mathrm{x²}"),
        ("损失", r"\mathrm{损失}"),
        ("a\nb", r"\mathrm{a\backslash nb}"),
        ("", r'\mathrm{""}'),
    ],
)
def test_a_name_that_is_spelt_like_a_symbol_is_one_and_any_other_stands_upright(name, latex):
    assert name_in_latex(name) == latex


@pytest.mark.parametrize(
    ("number", "latex"),
    [
        (3.0, "3"),
        (-0.25, "-0.25"),
        (1e-30, r"1 \times 10^{-30}"),
        (float("-inf"), r"-\infty"),
        (float("nan"), r"\mathrm{NaN}"),
    ],
)
def test_a_number_is_written_in_powers_of_ten(number, latex):
    assert number_in_latex(number) == latex


@pytest.mark.parametrize(
    ("build", "latex"),
    [
        (lambda w, x, b: w * x + b, r"w \cdot x + b"),
        (lambda w, x, b: (w + x) * b, r"\left(w + x\right) \cdot b"),
        (lambda w, x, b: w / (x + b), r"\frac{w}{x + b}"),
        (lambda w, x, b: w * (x / b), r"w \cdot \frac{x}{b}"),
        (lambda w, x, b: w - x / b, r"w - \frac{x}{b}"),
        (lambda w, x, b: (w / x) ** 2, r"\left(\frac{w}{x}\right)^{2}"),
        (lambda w, x, b: w**0.5, "w^{0.5}"),
        (lambda w, x, b: (w**x) ** b, r"\left(w^{x}\right)^{b}"),
        (lambda w, x, b: w ** (x + b), "w^{x + b}"),
        (lambda w, x, b: w**-x, "w^{-x}"),
        (lambda w, x, b: 1e-5**x, r"\left(1 \times 10^{-5}\right)^{x}"),
        (lambda w, x, b: 2 * x**2, r"2 \cdot x^{2}"),
        (lambda w, x, b: w - -2, r"w - \left(-2\right)"),
        (lambda w, x, b: w * -x, r"w \cdot \left(-x\right)"),
        (lambda w, x, b: w - (-x) * b, r"w - \left(-x \cdot b\right)"),
        (lambda w, x, b: -w * x, r"-w \cdot x"),
        (lambda w, x, b: -(w * x), r"-\left(w \cdot x\right)"),
        (lambda w, x, b: -ops.negate(w), r"-\left(-w\right)"),
        (lambda w, x, b: w - (x - b), r"w - \left(x - b\right)"),
        (lambda w, x, b: tanh(w * x), r"\tanh\left(w \cdot x\right)"),
        (lambda w, x, b: tanh(w) ** 2, r"\tanh\left(w\right)^{2}"),
        (lambda w, x, b: sigmoid(log(w)), r"\sigma\left(\log\left(w\right)\right)"),
        (lambda w, x, b: abs(w - x) ** 2, r"\left|w - x\right|^{2}"),
        (lambda w, x, b: sqrt(w + x), r"\sqrt{w + x}"),
        (lambda w, x, b: maximum(w, x), r"\max\left(w, x\right)"),
        (lambda w, x, b: maximum(w, x, b), r"\max\left(w, x, b\right)"),
        (lambda w, x, b: relu(w), r"\operatorname{relu}\left(w\right)"),
        (
            lambda w, x, b: dot([w, 1.0], [x, 2.0], b),
            r"\operatorname{dot}\left(\left[w, 1\right], \left[x, 2\right], b\right)",
        ),
        (
            lambda w, x, b: autograd.sum([w, x, b, w, x]),
            r"\operatorname{sum}\left(\left[w, \ldots, x\right]\right)",
        ),
        (lambda w, x, b: where(w <= x, w, b), r"\operatorname{where}\left(w \leq x, w, b\right)"),
        (lambda w, x, b: ~(w > x) & (x >= 2), r"\neg \left(w > x\right) \wedge x \geq 2"),
        (lambda w, x, b: ops.either(ops.equal(w, 2), x < b) * b, r"\left(w = 2 \vee x < b\right) \cdot b"),
        (
            lambda w, x, b: Operation("a_b", lambda m, a: a, lambda m, y, a: (1,))(w),
            r"\operatorname{a\_b}\left(w\right)",
        ),
    ],
)
def test_an_operation_is_written_as_mathematics(build, latex):
    assert LatexWriter().operation(build(*leaves(1.0, 2.0, 3.0, names="w x b"))).text == latex


# What is written is what was computed

SIGNS = {r"\cdot": "*", r"\leq": "<=", r"\geq": ">=", r"\neq": "!=", "=": "==", "<": "<", ">": ">", "+": "+", "-": "-"}
FUNCTIONS = {
    r"\sigma": sigmoid,
    r"\max": maximum,
    r"\min": ops.minimum,
    r"\log_{2}": ops.log2,
    r"\log_{10}": ops.log10,
    r"\arcsin": ops.asin,
    r"\arccos": ops.acos,
    r"\arctan": ops.atan,
    **{rf"\operatorname{{ar{name}}}": ops.OPERATIONS[f"a{name}"] for name in ("sinh", "cosh", "tanh")},
}


class Mathematics:
    """Computes what mathematics in LaTeX says: signs bind as on paper, from the left, and braces are parentheses."""

    TOKEN = re.compile(
        r"\\operatorname\{\w+\}|\\log_\{\w+\}|\\sqrt\[3\]|\\left\\l\w+|\\right\\r\w+|\\left[(|[]|\\right[)|\]]"
        r"|\\[A-Za-z]+|\d+\.?\d*|\S"
    )

    def __init__(self, latex, names):
        self.tokens = [*self.TOKEN.findall(latex), ""]
        self.names = names
        self.place = 0

    def taken(self, *tokens):
        """The next token, if it is one of these."""
        token = self.tokens[self.place]
        self.place += token in tokens
        return token if token in tokens else None

    def demanded(self, token):
        assert self.taken(token), f"{token} expected at {self.tokens[self.place :]}"

    def number(self):
        found = self.disjunction()
        assert self.tokens[self.place] == "", f"{self.tokens[self.place :]} left over"
        return found

    def joined(self, part, *signs):
        found = part()
        while sign := self.taken(*signs):
            found = self.computed(SIGNS.get(sign, sign), found, part())
        return found

    def computed(self, sign, a, b):
        name = {r"\vee": "or", r"\wedge": "and"}.get(sign, sign)
        return next(operation for operation in INFIX if operation.name == name).record(a, b)

    def disjunction(self):
        return self.joined(self.conjunction, r"\vee")

    def conjunction(self):
        return self.joined(self.comparison, r"\wedge")

    def comparison(self):
        return self.joined(self.total, "<", ">", "=", r"\leq", r"\geq", r"\neq")

    def total(self):
        return self.joined(self.product, "+", "-")

    def product(self):
        return -self.product() if self.taken("-") else self.joined(self.power, r"\cdot")

    def power(self):
        if self.taken(r"\neg"):
            return 1 - self.power()
        base = self.piece()
        return self.computed("**", base, self.group()) if self.taken("^") else base

    def group(self):
        self.demanded("{")
        found = self.disjunction()
        self.demanded("}")
        return found

    def piece(self):
        token = self.tokens[self.place]
        self.place += 1
        if token[0].isdigit():
            if self.taken(r"\times"):
                self.demanded("10")
                self.demanded("^")
                self.demanded("{")
                sign, exponent = self.taken("-") or "", self.piece()
                self.demanded("}")
                return float(f"{token}e{sign}{int(exponent)}")
            return float(token)
        if token == r"\left(":
            found = self.disjunction()
            self.demanded(r"\right)")
            return found
        if token == r"\left|":
            found = abs(self.disjunction())
            self.demanded(r"\right|")
            return found
        for name in ("floor", "ceil"):
            if token == rf"\left\l{name}":
                found = ops.OPERATIONS[name](self.disjunction())
                self.demanded(rf"\right\r{name}")
                return found
        if token == r"\sqrt[3]":
            return ops.cbrt(self.group())
        if token == r"\frac":
            return self.computed("/", self.group(), self.group())
        if token == r"\sqrt":
            return sqrt(self.group())
        if token in self.names:
            return self.names[token]
        name = re.sub(r"\\operatorname\{(\w+)\}", r"\1", token).removeprefix("\\")
        function = FUNCTIONS.get(token) or next(operation for operation in CALLS if operation.name == name)
        self.demanded(r"\left(")
        arguments = self.enumerated()
        self.demanded(r"\right)")
        return function(*arguments)

    def enumerated(self):
        found = [self.argument()]
        while self.taken(","):
            found.append(self.argument())
        return found

    def argument(self):
        if not self.taken(r"\left["):
            return self.disjunction()
        found = [] if self.tokens[self.place] == r"\right]" else self.enumerated()
        self.demanded(r"\right]")
        return found


class WholeLatexWriter(LatexWriter):
    """Writes formulas of any length."""

    def operation(self, node):
        return self.applied(node, Cut(100, many=10**6))


@settings(max_examples=300)
@given(nodes())
def test_mathematics_computes_from_the_latex_the_number_of_the_node_to_the_bit(node):
    found = float(Mathematics(WholeLatexWriter().label(node).text, leaves_of(node)).number())
    assert found.hex() == node.data.hex()


@settings(max_examples=100)
@given(nodes())
def test_no_sign_of_a_program_is_in_mathematics(node):
    assert not set(WholeLatexWriter().label(node).text) & set("*!&")


ALIKE = ["w1", "w_1", "alpha", "α", "theta1", "theta_1", "θ₁", "W_0_1", "W0_1", "W[0][1]", "ŷ", "yhat", "a\n", "a␊"]


@settings(max_examples=100)
@given(st.lists(st.sampled_from(ALIKE), min_size=3, max_size=3, unique=True))
def test_names_that_differ_are_written_differently_in_one_formula(names):
    a, b, c = (Value(2.0, name) for name in names)
    writer = LatexWriter()
    formulas = {writer.operation(x - y * z).text for x in (a, b, c) for y in (a, b, c) for z in (a, b, c)}
    assert len(formulas) == 27


def test_a_name_that_no_other_is_spelt_like_stands_as_mathematics():
    a, b, c = leaves(1.0, 2.0, 3.0, names="w_1 w1 theta")
    assert LatexWriter().operation(a * b * c).text == r"w_{1} \cdot \mathrm{w1} \cdot \theta"


def test_names_that_differ_are_written_differently_on_one_page():
    w, also_w = leaves(1.0, 2.0, names="w1 w_1")
    page = explain((w * also_w + also_w * w * 3) ** 2, w)._repr_latex_()
    assert r"\partial w_{1}" in page
    assert r"w_{1} \cdot \mathrm{w\_1}" in page


def test_labels_that_look_alike_are_told_apart_and_formulas_have_parentheses():
    w, also_w, third = leaves(1.0, 2.0, 3.0, names="w1 w_1 w1")
    assert list(labels_in_latex([w, also_w, third, w * 2, Value(-2.0)], NamesInLatex()).values()) == [
        "w_{1}",
        r"\mathrm{w\_1}",
        r"w_{1}\,\#2",
        r"\left(w_{1} \cdot 2\right)",
        r"\left(-2\right)",
    ]


def test_an_explanation_writes_formulas_as_mathematics():
    x, w = leaves(4.0, 2.0, names="x w")
    y = x / (w + 2)
    page = explain(y * y, w)._repr_latex_()
    assert r"\frac{\partial \left(\frac{x}{w + 2}\right)}{\partial \left(w + 2\right)}" in page
    assert "*" not in page


def test_a_symbol_stands_for_a_long_formula_and_is_explained_as_mathematics():
    x, y = leaves(1.0, 2.0, names="x y")
    page = explain(tanh((x + y) * (x - y)) ** 2, x)._repr_latex_()
    assert r"v_{1} &= \left(x + y\right) \cdot \left(x - y\right)" in page
    assert r"v_{2} &= \tanh\left(v_{1}\right)" in page


# It can be typeset

# matplotlib's mathtext knows neither these nor letters that its font has no glyph for.
NAMES = st.text(
    st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"#&<>`') | st.sampled_from("αβΔθλσ₁₂…"),
    min_size=1,
    max_size=6,
).filter(str.strip)


@settings(max_examples=100)
@given(nodes(), NAMES, NAMES)
def test_every_formula_and_name_can_be_typeset(node, name, other):
    writer = LatexWriter()
    for latex in (writer.label(node).text, writer.operation(node + Value(1.0, name) ** Value(1.0, other)).text):
        MathTextParser("path").parse(f"${latex}$")


@given(nodes(), st.text(max_size=6))
def test_braces_and_the_parentheses_that_grow_are_in_pairs_on_every_page(node, name):
    page = explain(node * 2, Value(1.0, name) if node.op is None else node.parents[0])._repr_latex_()
    open_ones = []
    for token in re.findall(r"\\left|\\right|(?<!\\)[{}]", page):
        if token in ("{", "\\left"):
            open_ones.append(token)
        else:
            assert open_ones.pop() == {"}": "{", "\\right": "\\left"}[token]
    assert not open_ones
