"""Statements of programs: loops, helpers, changes in place. What a gradient is in the end is what Python comes to."""

import numpy as np
import pytest
from formula_networks import are_equal, network

from autograd import check_derivation

NEURON = network(
    {
        "x": [0.6, -1.1, 0.4],
        "w": [0.3, 0.8, -0.5],
        "b": 0.1,
        "y": 0.7,
        "z": "w @ x + b",
        "a": "sigmoid(z)",
        "L": "0.5 * (a - y)**2",
    },
    {},
)
NODES = ("a", "b", "w", "x", "z")


def judged(program):
    return check_derivation(f"```python\n{program}\n```", NEURON.nodes())


def run(program):
    """The names of a program when Python has run it on the floats of the graph."""
    names = {"np": np} | {name: np.array(value) for name, value in NEURON.leaves.items()}
    names["z"] = names["w"] @ names["x"] + names["b"]
    names["a"] = 1 / (1 + np.exp(-names["z"]))
    names["x"], names["w"] = (names[name].astype(float) for name in "xw")
    exec(program, names)
    return names


@pytest.mark.parametrize(
    ("program", "holds"),
    [
        ("da = a - y; dz = da * a * (1 - a)", True),
        ("da = y - a; dz = da * a * (1 - a)", False),
        ("da, dz = a - y, (a - y) * a * (1 - a)", True),
        ("[da, dz] = [a - y, (a - y) * a]", False),
        ("dz: float = (a - y) * a * (1 - a)", True),
        ("dz = db = (a - y) * a * (1 - a)", True),
        ("dz = db = (a - y) * a", False),
        ("dz = (a - y)\ndz **= 1\ndz *= a * (1 - a)", True),
        ("dz = (a - y) * a\ndz *= (1 - a)\ndz /= 1\ndz -= 0", True),
        ("dz = (a - y) * a\ndz *= (1 - a)\ndz /= 2\ndz -= 0", False),
        ("dx = w * (a - y) * a * (1 - a)\ndx @= np.eye(3)", True),
        ("dx = w * (a - y) * a * (1 - a)\ndx @= 2 * np.eye(3)", False),
        ("dz = (a - y) * a * (1 - a) \\\n     * 1", True),
        ("dz = (\n    (a - y)\n    * a * (1 - a))", True),
        ("dw = np.zeros(3)\nfor k in range(3):\n    dw[k] = (a - y) * a * (1 - a) * x[k]", True),
        ("dw = np.zeros(3)\nfor k in range(3):\n    dw[k] = (a - y) * a * (1 - a) * w[k]", False),
        ("dw = np.zeros(3)\nfor k, q in [(0, x), (1, x), (2, x)]:\n    dw[k] += (a - y) * a * (1 - a) * q[k]", True),
        ("dw = np.zeros(3)\nfor k, j in zip([0, 1], [1, 0]):\n    dw[k] += (a - y) * a * (1 - a) * x[j]", False),
        ("for epoch in range(1000):\n    dz = (a - y) * a * (1 - a)", True),
        ("for epoch in range(1000):\n    dz = (a - y) * a", False),
        ("dw = np.zeros(3)\ndw[0] = (a - y) * a * (1 - a) * x[0]\ndw[[1, 2]] += (a - y) * a * (1 - a) * x[1:]", True),
        ("dw = np.zeros(3)\ndw[0] = 3\ndw[[1, 2]] += 3", False),
        ("dw = (a - y) * a * (1 - a) * x\ndw[w > 9] = 3", True),
        ("dw = (a - y) * a * (1 - a) * x\ndw[w > 0] = 3", False),
        ("def slope(q): return q * (1 - q)\ndz = (a - y) * slope(a)", True),
        ("def slope(q): return q * (1 + q)\ndz = (a - y) * slope(a)", False),
        ('def slope(q, c=1):\n    """Its slope."""\n    r = 1-q\n    return c * q * r\ndz = (a - y) * slope(a)', True),
        ("def slope(q, half=1):\n    r = 1 - q\n    return half * q * r\ndz = (a - y) * slope(a, half=0.5)", False),
        ("slope = lambda q, r=1: q * (r - q)\ndz = (a - y) * slope(a)", True),
        ("slope = lambda q: q * q\ndz = (a - y) * slope(a)", False),
        ("N, = x.shape\ndz = (a - y) * a * (1 - a) * N / 3", True),
        ("N, = x.shape\ndz = (a - y) * a * (1 - a) / N", False),
        ("grads = {}\ngrads['dz'] = (a - y) * a * (1 - a)\ndz = grads['dz']", True),
        ("grads = {'dz': (a - y) * a * (a - 1)}\ndz = grads['dz']", False),
        ("dz = a if y > 9 else (a - y) * a * (1 - a)", True),
        ("dz = a if y < 9 else (a - y) * a * (1 - a)", False),
        ("import os\ndz = (a - y) * a * (1 - a); print(a)", True),
    ],
)  # fmt: skip
def test_what_a_name_is_in_the_end_is_judged(program, holds):
    """A page is true if each gradient that the program comes to is that of finite differences."""
    found = run(program)
    right = [np.allclose(found[f"d{name}"], NEURON.slope(name), atol=1e-8) for name in NODES if f"d{name}" in found]
    assert all(right) == holds
    report = judged(program)
    assert not report.unread, report
    assert bool(report) == holds, report


BY_Z = "(a - y) * a * (1 - a)"


@pytest.mark.parametrize(
    ("program", "by", "comes_to", "holds"),
    [
        (f"for p, q in [(w, x), (x, w)]:\n    q.grad = {BY_Z} * p", "x", f"w * {BY_Z}", True),
        (f"for p, q in zip([w, x], [x, w]):\n    p.grad = {BY_Z} * p", "x", f"x * {BY_Z}", False),
        (f"w.grad = x * {BY_Z}", "w", f"x * {BY_Z}", True),
        (f"self.dw = w * {BY_Z}", "w", f"w * {BY_Z}", False),
        (f"with torch.no_grad():\n    dz = {BY_Z}", "z", BY_Z, True),
        (f"w.grad.zero_()\ndz = {BY_Z}", "z", BY_Z, True),
        (f"if __name__ == '__main__':\n    dz = {BY_Z}", "z", BY_Z, True),
        ("dz = a - y\ndz.mul_(a * (1 - a))", "z", BY_Z, True),
        ("dz = a - y\ndz.add_(a, alpha=-1)", "z", "a - y - a", False),
        (f"dw = w.clone()\ndw.zero_()\ndw.add_(x, alpha=3)\ndw.copy_(x * {BY_Z})", "w", f"x * {BY_Z}", True),
        ("dw = w.clone()\ndw.zero_()\ndw.add_(x, alpha=3)", "w", "3 * x", False),
        ("dw = w.clone()\ndw.fill_(2)", "w", "2 + 0 * w", False),
        (f"def backward(a, y):\n    dz = {BY_Z}\n    return dz", "z", BY_Z, True),
        (f"def backward(a, y):\n    dz = {BY_Z}\n    return {{'dw': dz * x, 'db': dz}}", "w", f"x * {BY_Z}", True),
        (f"def backward(a, y):\n    dz = {BY_Z}\n    return {{'dw': dz * w, 'db': dz}}", "w", f"w * {BY_Z}", False),
        (f"grads = {{'w': {BY_Z} * x, 'b': db, n: 4}}", "w", f"x * {BY_Z}", True),
        (f"grads['w'] = {BY_Z} * w", "w", f"w * {BY_Z}", False),
        (f"cache['dz'] = {BY_Z}", "z", BY_Z, True),
        (
            "class Sigmoid:\n    def forward(self, z):\n        return a\n"
            f"    def backward(self, grad_a):\n        return {BY_Z}",
            "z", BY_Z, True,
        ),
        (
            "class Sigmoid:\n    def forward(self, z):\n        return a\n"
            "    def backward(self, grad_a):\n        return (a - y) * a",
            "z", "(a - y) * a", False,
        ),
        (
            "class Neuron(Function):\n    @staticmethod\n    def forward(ctx, w, b):\n        return a\n"
            f"    @staticmethod\n    def backward(ctx, grad_output):\n        grad_z = {BY_Z}\n"
            "        if ctx.needs_input_grad[0]:\n            grad_w = grad_z * x\n        return grad_w, grad_z",
            "w", f"x * {BY_Z}", True,
        ),
    ],
)  # fmt: skip
def test_gradients_of_pytorch_and_of_methods_are_judged(program, by, comes_to, holds):
    assert are_equal(NEURON, f"slope('L', '{by}')", comes_to) == holds
    report = judged(program)
    assert not report.unread, report
    assert bool(report) == holds, report


@pytest.mark.parametrize(
    ("program", "line", "column", "says"),
    [
        ("da, dz = a - y, da * a", 1, 17, "it uses a name that is given a value in the same line: write two"),
        ("da, db = step(a)", 1, 10, "several values at once are not read: write a line for each"),
        ("da, db = (k for k in x)", 1, 10, "several values at once are not read: write a line for each"),
        ("for k in np.nditer(x):\n    dw[k] = a", 1, 1, "a loop is not read: write its lines with arrays"),
        ("for k in range(200):\n    for j in range(200):\n        dw[k] = j", 1, 1, "a loop is not read"),
        ("while True:\n    dz = a", 1, 1, "a loop is not read: write the lines for the case that was recorded"),
        ("if a > 0:\n    dz = a", 1, 1, "a condition is not read: write the lines for the case that was recorded"),
        ("try:\n    dz = a\nexcept E:\n    pass", 1, 1, "try is not read: write the lines for the case"),
        ("match a:\n    case 1:\n        dz = 3", 1, 1, "match is not read: write the lines for the case"),
        ("dz = (a - y) * a\ndz //= 2", 2, 1, "only += -= *= /= **= and @= are read"),
        ("(a - y) = dz", 1, 1, "this is not Python: of a program only what Python reads is read"),
        ("dz = a +* 3", 1, 1, "this is not Python: of a program only what Python reads is read"),
        ("for k in range(3):\n    dw[k] = = 3", 1, 1, "its lines are not all Python: mend them, or write them without"),
        ("dz = a - y\ndz.mul_(a).mul_(1 - a)", 2, 1, "what is given a value must be a name, or items of one"),
        ("dw = w.clone()\ndw.sub_(a, b)", 2, 1, "sub_ is read with one argument: write an assignment"),
        ("np.add.at(dw, [0], 3)", 1, 1, "at is not read: write an assignment"),
        ("dw.index_add_(0, [0], 3)", 1, 1, "index_add_ is not read: write an assignment"),
        ("np.sum(x, out=dz)", 1, 1, "out= is not read: write the result on the left of ="),
        ("def f(q, r=1):\n    return q\ndz = f(a, 1, 2)", 3, 6, "it is called with other arguments than (q, r)"),
        ("def f(q):\n    return q * 2, q\ndz = f(a)", 2, 12, "what is returned has no name: write it as dx = ..."),
        ("def f(q):\n    if q > 0:\n        return q\ndz = f(a)", 4, 6, "f is no function that is read here"),
        ("dz = torch.autograd.grad(L, z)", 1, 6, "grad is no function that is read here"),
        ("dw = np.zeros(3)\ndw[9] = 3", 2, 1, "a vector of 3 has no such item (they are numbered from 0)"),
        ("da = 3\nda[0] = 3", 2, 1, "da is one number, not a list: it has no items"),
        ("dq[0] += 3", 1, 1, "dq is changed here, but the program does not say what it was before: write dq = …"),
        ("q += 3", 1, 1, "q is changed here, but the program does not say what it was before: write q = …"),
        ("dz = a\ndb = yield", 2, 6, "Yield of Python has no meaning in a derivation: write a formula"),
        ("dz = a + '" + "a" * 5 + "'", 1, 10, "'aaaaa' is no number of a formula: write it in decimals"),
    ],
)  # fmt: skip
def test_a_statement_that_is_not_read_is_said_by_line_and_column(program, line, column, says):
    report = judged(program)
    unread = report.unread[0]
    assert (unread.number - 1, unread.column) == (line, column)
    assert says in unread.why
    assert not report


def test_of_a_function_that_is_not_all_python_the_other_lines_are_judged():
    report = judged(f"def f(q):\n    dz = {BY_Z}\n    db == = 3\n    dw = dz * x")
    assert [line.number - 1 for line in report.lines if line.holds] == [2, 4]
    assert [line.number - 1 for line in report.unread] == [3]


@pytest.mark.parametrize(
    "program",
    [
        "for epoch in range(10):\n    print(epoch)",
        "raise dz",
        "class Neuron:\n    def forward(self, w, b):\n        return a\n    def backward(self, g):\n        return",
    ],
)
def test_a_program_that_states_nothing_is_no_true_page(program):
    report = judged(program)
    assert not report
    assert not report.lines
    assert not report.unread
