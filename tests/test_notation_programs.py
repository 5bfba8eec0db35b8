"""Programs of Python, NumPy and PyTorch are read into statements, and never run."""

import time

import pytest

from autograd.notation.code_lines import is_code
from autograd.notation.programs import read_code, read_program
from autograd.notation.syntax import (
    Addition,
    Attribute,
    Call,
    Differential,
    Item,
    Listed,
    Logic,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Ratio,
    Relation,
    Slice,
    Transposed,
    Unread,
)


def written(tree):
    """A tree as text, with brackets around every sum, product and quotient."""
    match tree:
        case Number(text=text):
            return text
        case Name(base=base):
            return base
        case Item(of=of, indices=indices):
            return f"{written(of)}[{', '.join(map(written, indices))}]"
        case Slice(start=start, stop=stop):
            return ":".join(written(bound) if bound else "" for bound in (start, stop))
        case Attribute(of=of, name=name):
            return f"{written(of)}.{name}"
        case Addition(terms=terms):
            return f"({' + '.join(map(written, terms))})"
        case Negative(of=of):
            return f"-{written(of)}"
        case Product(factors=factors, sign=sign):
            return f"({f' {sign} '.join(map(written, factors))})"
        case Ratio(above=above, below=below):
            return f"({written(above)} / {written(below)})"
        case Power(base=base, exponent=exponent):
            return f"{written(base)}**{written(exponent)}"
        case Transposed(of=of):
            return f"{written(of)}'"
        case Call(function=function, arguments=arguments, keywords=keywords):
            named = [f"{key}={written(value)}" for key, value in sorted(keywords.items())]
            return f"{function}({', '.join([*map(written, arguments), *named])})"
        case Differential(of=of, by=by):
            return f"d{written(of)}/d{written(by)}"
        case Relation(trees=trees, signs=signs):
            return written(trees[0]) + "".join(
                f" {sign} {written(t)}" for sign, t in zip(signs, trees[1:], strict=True)
            )
        case Logic(word=word, trees=trees):
            return f"{word}({', '.join(map(written, trees))})"
        case Listed(items=items):
            return f"[{', '.join(map(written, items))}]"
    raise AssertionError(tree)


def read(text):
    """Each statement as text, or the reason why it is not read."""
    return [
        one.why if isinstance(one, Unread) else f"{written(one.parts[0])} {one.sign} {written(one.parts[1])}"
        for one in read_program(text.split("\n"))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dZ2 = A2 - Y", "dZ2 = (A2 + -Y)"),
        ("dW2 = dZ2 @ A1.T / m", "dW2 = ((dZ2 @ A1') / m)"),
        ("dW2 = 1/m * np.dot(dZ2, A1.T)", "dW2 = ((1 / m) * (dZ2 @ A1'))"),
        ("dW2 = (a1.T).dot(delta3)", "dW2 = (a1' @ delta3)"),
        ("g = a - b - c", "g = (a + -b + -c)"),
        ("g = -a**2", "g = -a**2"),
        ("db = np.sum(dZ, axis=1, keepdims=True) / m", "db = (sum(dZ, axis=1, keepdims=1) / m)"),
        ("db = dZ.sum(0, keepdim=True)", "db = sum(dZ, axis=0, keepdims=1)"),
        ("db = dZ.sum(dim=-1)", "db = sum(dZ, axis=-1)"),
        ("dh = (1 - np.power(h, 2)) * g", "dh = ((1 + -h**2) * g)"),
        ("dh = torch.mul(g, h.pow(2))", "dh = (g * h**2)"),
        ("dlogits[range(n), Y] -= 1", "dlogits[range(n), Y] -= 1"),
        ("dh[h <= 0] = 0", "dh[h <= 0] = 0"),
        ("dh = g * (h > 0).astype(float)", "dh = (g * copy(h > 0))"),
        ("dx = np.where(x > 0, g, 0.01*g)", "dx = where(x > 0, g, (0.01 * g))"),
        ("g = 1.0 if y > 0 else 0.0", "g = where(y > 0, 1.0, 0.0)"),
        ("dW[1:, :] += g", "dW[1:, :] += g"),
        ("db = g.sum(0)[None, :]", "db = expand_dims(sum(g, axis=0), axis=0)"),
        ("m = X.shape[1]", "m = size(X, 1)"),
        ("n = len(X)", "n = size(X, 0)"),
        ("dA = self.W2.T @ self.dZ", "dA = (W2' @ dZ)"),
        ('dA = params["W2"].T @ cache["dZ"]', "dA = (W2' @ dZ)"),
        ("grads['W1'] = g", "grad_W1 = g"),
        ("grads['db1'] = g", "db1 = g"),
        ("w.grad = x.data * y.grad", "w.grad = (x * y.grad)"),
        ("z = scipy.special.expit(x)", "z = sigmoid(x)"),
        ("z = F.softmax(x, dim=1)", "z = softmax(x, axis=1)"),
        ("z = F.sum(0)", "z = sum(F, axis=0)"),
        ("z = x.clamp(min=0)", "z = maximum(x, 0)"),
        ("z = np.maximum(0, x)", "z = maximum(0, x)"),
        ("z = max(0, x)", "z = maximum(0, x)"),
        ("z = x.max(1, keepdim=True).values", "z = max(x, axis=1, keepdims=1)"),
        ("v = x.var(0, unbiased=False)", "v = var(x, axis=0, ddof=0)"),
        ("v = np.var(x, axis=0)", "v = var(x, axis=0, ddof=0)"),
        ("v = torch.var(x, dim=0)", "v = var(x, axis=0, ddof=1)"),
        ("d = np.zeros_like(x); d[y] = 1", ["d = zeros_like(x)", "d[y] = 1"]),
        ("d = np.zeros(x.shape)", "d = zeros_like(x)"),
        ("dw, db = x*g, g", ["dw = (x * g)", "db = g"]),
        ("N, D = x.shape", ["N = size(x, 0)", "D = size(x, 1)"]),
        ("w.sub_(lr * w.grad)", "w -= (lr * w.grad)"),
        ("w.add_(dw, alpha=-lr)", "w += (-lr * dw)"),
        ("dw = dJ/dp * dp/dn * x", "dw = (dJ/dp * dp/dn * x)"),
        ("dx = [w[0]*g, w[1]*g]", "dx = [(w[0] * g), (w[1] * g)]"),
        ("demb = dcat.view(emb.shape)", "demb = reshape_as(dcat, emb)"),
        ("z = np.transpose(x)", "z = x'"),
        ("z = torch.transpose(x, 0, 1)", "z = x'"),
        ("x **= 2", "x = x**2"),
    ],
)
def test_a_line_is_read_as(text, expected):
    assert read(text) == ([expected] if isinstance(expected, str) else expected)


@pytest.mark.parametrize(
    "text",
    [
        *("import numpy as np", "print(dW)", "dW1 = None", "optimizer.step()", "loss.backward()", "# dW = 3"),
        *("x, W = cache", "input, = ctx.saved_tensors", 'W1 = parameters["W1"]', "return dW, db", "grads = {}"),
        *("X = np.random.randn(3, 4)", "out = model(x)", 'grads = {"dW": dW}', "assert dW.shape == W.shape"),
        *("w.grad.zero_()", "for p in params:\n    p.grad = 0.0", "if i % 10 == 0:\n    print(loss)", '"""Text."""'),
    ],
)
def test_what_states_nothing_is_passed_over_and_listed(text):
    page = read_code(text.split("\n"))
    assert not page.statements
    assert not page.unread
    assert len(page.prose) == (0 if text.startswith("#") else len(text.split("\n")))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("dx = x ^ 2", "no power"),
        ("dx = elu_derivative(z)", "its formula"),
        ("dx = np.einsum('...j,j', a, b)", "is read with its letters"),
        ("dx = np.einsum('ii->ii', a)", "stands twice"),
        ("dx = np.einsum(spec, a, b)", "is read with its letters"),
        ("dx = conv2d(a, b)", "write the sums out"),
        ("dx = np.concatenate(parts)", "arrays written out"),
        ("dx = np.vstack((a, b), axis=1)", "arrays written out"),
        ("dx = conv2d(dout, w)", "convolutions"),
        ("dx = [g*v for v in w]", "cannot be told"),
        ("dx = x if", "not Python"),
        ("const dx = y;", "not Python"),
        ("dx = 'text' * x", "no number"),
        ("dx = 3j * y", "decimals"),
        ("dx = x.foo(3)", "no function that is read"),
        ("dx, dy = backward(g)", "several values"),
        ("a, b = b, a + 1", "write two"),
        ("for i in range(n):\n    dx[i] = g[i]", "a loop is not read"),
        ("while x > 0:\n    dx = 2*x", "a loop is not read"),
        ("if y == 1:\n    dx = x", "a condition is not read"),
        ("np.add(a, b, out=dx)", "out= is not read"),
        ("np.subtract.at(dC, X, g)", "at is not read"),
        ("dx = x.var(0)", "ddof=0 or unbiased=True"),
        ("dx = x.transpose(1)", "write .T"),
        ("dx = f(*args)", "arguments out"),
        ("dx = (yield)", "has no meaning"),
        ("dx = __import__('os').system('true')", "no function"),
        ("dx = x.__class__.__bases__[0]()", "no function"),
        ("return 2*x", "has no name"),
    ],
)
def test_what_cannot_be_read_says_why(text, why):
    found = read(text)
    assert len(found) == 1
    assert why in found[0]


def test_a_place_is_that_on_the_page():
    [found] = read_program(["", "    ŷ = d.sum(0) ;  dβ = ŷ * foo(3)"], 10)[1:]
    assert (found.number, found.column) == (11, 30)
    [statement, _] = read_program(["", "    ŷ = d.sum(0) ;  dβ = ŷ * foo(3)"], 10)
    assert (statement.place.line, statement.place.column, statement.text) == (11, 5, "ŷ = d.sum(0)")


def test_what_stands_around_a_line_that_is_not_python_is_read_all_the_same():
    found = read("The last layer:\n  dz = a - y\n  dw = x dz\n  db = dz")
    assert found == ["dz = (a + -y)", "this is not Python: of a program only what Python reads is read", "db = dz"]


def test_a_function_a_class_and_a_training_loop_are_gone_into():
    text = """
class Net:
    def backward(self, X, Y):
        '''The gradients.'''
        m = X.shape[0]
        for epoch in range(1000):
            dZ = self.A - Y
            if epoch % 100 == 0:
                print(epoch)
            with torch.no_grad():
                self.W -= 0.1 * X.T @ dZ
"""
    assert read(text) == ["m = size(X, 0)", "dZ = (A + -Y)", "W -= (0.1 * X' @ dZ)".replace("0.1 * X'", "(0.1 * X')")]


def test_what_a_backward_of_pytorch_returns_are_gradients_by_what_its_forward_takes():
    text = """
class Multiply(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b
    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return grad_output * b, grad_output * a
"""
    assert read(text) == ["grad_a = (grad_output * b)", "grad_b = (grad_output * a)"]


def test_a_function_that_the_program_defines_stands_for_its_formula():
    text = """
def slope(z):
    s = 1/(1 + np.exp(-z))
    return s*(1 - s)
square = lambda z, k=2: z**k
dz = slope(n) * square(g)
"""
    s = "(1 / (1 + exp(-n)))"
    assert read(text) == [f"dz = (({s} * (1 + -{s})) * g**2)"]


def test_a_loop_over_what_stands_there_is_written_out():
    assert read("for p, dp in zip([W, b], [dW, db]):\n    p += -lr * dp") == ["W += (-lr * dW)", "b += (-lr * db)"]
    assert read("for i in range(2):\n    dx[i] = g * w[i]") == ["dx[0] = (g * w[0])", "dx[1] = (g * w[1])"]


@pytest.mark.parametrize(
    "line",
    [
        *("dW2 = np.dot(dZ2, A1.T)", "dx += 2*y", "h = torch.tanh(z)", "dW = X.T @ dZ", "db = dZ.sum(0)"),
        *("dlogits[range(n), Y] -= 1", "grad_h = g[:, 0]", "ddot = (1 - f)*f", "w.grad = x.data * y.grad"),
        *("import numpy as np", "def backward(x):", "for i in range(3):", "x = x.reshape(", "w -= 0.1 * dw"),
        *("dx = [w[0] * ddot, w[1] * ddot]", "delta = (a - y) * a * (1 - a)"),
    ],
)
def test_marks_tell_code(line):
    assert is_code(line)


@pytest.mark.parametrize(
    "line",
    [
        *("dJ/dp = p - a = -0.191", "eta = 0.5", "w_new = w - eta*dJ/dw", "p = sigmoid(n)", "∂J/∂W[0][1] = d*x[0]"),
        *("dJ/dw = dJ/dp * dp/dn.", "We sum over i, i.e. dL/db = Σ_i d_i", r"\frac{dL}{dx} = y", "$dx += 2$", "a := b"),
        *("dJ_dn = dJ/dp * dp/dn", "model.layers[0].bias = 3", "for all i: p_i = a_i", "e.g. x = 3", "dW = X^T dZ"),
        "where z = w x + b and a = σ(z).",
    ],
)
def test_mathematics_and_prose_are_no_code(line):
    assert not is_code(line)


@pytest.mark.parametrize(
    "text",
    [
        *("(" * 5000, "x = " + "-" * 4900 + "1", "x = f(\n" * 3000, "\x00 = 1", "x = " + "9" * 4900),
        *("x = " + "**".join(["a"] * 1500), "for i in y:\n" * 2000, "x = '\\d' if 1 else 2"),
        "def f(x): return x*x*x*x\ny = " + "f(" * 40 + "x" + ")" * 40,
        "def f(x): return f(x) + f(x)\ny = f(2)",
    ],
)
def test_odd_text_ends_in_time_and_without_warnings(text):
    began = time.perf_counter()
    read_program(text.split("\n"))
    assert time.perf_counter() - began < 5
