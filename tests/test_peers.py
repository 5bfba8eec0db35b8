"""Gradients and second derivatives of random programs beside those of PyTorch, JAX and CasADi.

Where one of them is not installed (`pip install '.[peers]'`), its tests are skipped.
"""

from itertools import chain
from math import isfinite
from types import SimpleNamespace

import pytest
from hypothesis import assume, given, settings
from mpmath import mpf
from support import exactly, examples
from test_random_graphs import ON_DIGITS, ON_VALUES, OnAKink, programs, recorded, rounding, run, sixteenths

import autograd
from autograd import Value, gradients, hessian, hvp, jvp, vectorize, vjp
from autograd.lifting.array_helpers import helpers
from nn import MLP, cross_entropy


def on(m):
    """The operations of the programs, in the elementary functions of another engine."""
    return {
        "add": lambda a, b, c: a + b,
        "subtract": lambda a, b, c: a - b,
        "multiply": lambda a, b, c: a * b,
        "divide": lambda a, b, c: a / (b * b + 2),
        "square": lambda a, b, c: a * a,
        "cube": lambda a, b, c: a * a * a / 8,
        "power": lambda a, b, c: m.exp(m.tanh(b) * m.log(2 + m.sin(a))),
        "exponential": lambda a, b, c: m.exp(m.sin(a) * 0.6931471805599453),
        "negative": lambda a, b, c: 1 - a,
        "sin": lambda a, b, c: m.sin(a),
        "cos": lambda a, b, c: m.cos(a),
        "tanh": lambda a, b, c: m.tanh(a),
        "sigmoid": lambda a, b, c: 1 / (1 + m.exp(-a)),
        "softplus": lambda a, b, c: m.log(1 + m.exp(a)),
        "exp": lambda a, b, c: m.exp(-a * a),
        "expm1": lambda a, b, c: m.exp(m.tanh(a)) - 1,
        "log": lambda a, b, c: m.log(a * a + 0.5),
        "log1p": lambda a, b, c: m.log(1 + a * a),
        "sqrt": lambda a, b, c: m.sqrt(b * b + 1),
        "tan": lambda a, b, c: m.tan(m.tanh(a)),
        "asin": lambda a, b, c: m.asin(m.sin(a) * 0.5),
        "acos": lambda a, b, c: m.acos(m.sin(a) * 0.5),
        "atan": lambda a, b, c: m.atan(a),
        "atan2": lambda a, b, c: m.atan(a / (b * b + 0.5)),
        "sinh": lambda a, b, c: m.sinh(m.sin(a)),
        "cosh": lambda a, b, c: m.cosh(m.sin(a)),
        "asinh": lambda a, b, c: m.asinh(a),
        "acosh": lambda a, b, c: m.acosh(a * a + 1.5),
        "atanh": lambda a, b, c: m.atanh(m.tanh(a) * 0.5),
        "log2": lambda a, b, c: m.log(a * a + 0.5) / 0.6931471805599453,
        "log10": lambda a, b, c: m.log(a * a + 0.5) / 2.302585092994046,
        "xlogy": lambda a, b, c: a * m.log(b * b + 0.5),
        "cbrt": lambda a, b, c: m.exp(m.log(a * a + 0.5) / 3),
        "hypot": lambda a, b, c: m.sqrt(a * a + (b * b + 0.5) * (b * b + 0.5)),
        "erf": lambda a, b, c: m.erf(a),
        "erfc": lambda a, b, c: 1 - m.erf(a),
        "clip": lambda a, b, c: m.where(a > 0.75, 0 * a + 0.75, m.where(a > -1, a, 0 * a - 1)),
        "largest": lambda a, b, c: m.where(m.where(a > b, a, b) > c, m.where(a > b, a, b), c),
        "absolute": lambda a, b, c: m.where(a > 0, a, -a),
        "relu": lambda a, b, c: m.where(a > 0, a, 0 * a),
        "maximum": lambda a, b, c: m.where(a > b, a, b),
        "minimum": lambda a, b, c: m.where(a > b, b, a),
        "where": lambda a, b, c: m.where(a > b, b * c, c),
        "sum": lambda a, b, c: 2 * a + b + c,
        "mean": lambda a, b, c: (a + b + c) / 3,
        "prod": lambda a, b, c: a * b * c,
        "dot": lambda a, b, c: a * b + b * c + a,
        "logsumexp": lambda a, b, c: (s := (a + b + c) / 3) + m.log(m.exp(a - s) + m.exp(b - s) + m.exp(c - s)),
        "softmax": lambda a, b, c: 1 / (m.exp(a - b) + 1 + m.exp(c - b)),
    }


def in_torch(program, point):
    import torch

    at = torch.tensor(point, dtype=torch.float64)
    table = on(torch)

    def output(x):
        return run(program, list(x), table)[-1]

    gradient = torch.autograd.functional.jacobian(output, at)
    return gradient.tolist(), torch.autograd.functional.hessian(output, at).tolist()


def in_jax(program, point):
    import jax

    jax.config.update("jax_enable_x64", True)
    at = jax.numpy.array(point, dtype="float64")
    table = on(SimpleNamespace(**{**vars(jax.numpy), "erf": jax.scipy.special.erf}))

    def output(x):
        return run(program, list(x), table)[-1]

    return jax.grad(output)(at).tolist(), jax.hessian(output)(at).tolist()


def in_casadi(program, point):
    import casadi

    x = casadi.SX.sym("x", len(point))
    names = [
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "asinh",
        "acosh",
        "atanh",
        "exp",
        "log",
        "sqrt",
        "erf",
    ]
    functions = {name: getattr(casadi, name) for name in names}
    table = on(SimpleNamespace(where=casadi.if_else, **functions))
    second, first = casadi.hessian(run(program, casadi.vertsplit(x), table)[-1], x)
    gradient, rows = casadi.Function("derivatives", [x], [first, second])(point)
    return gradient.full().ravel().tolist(), rows.full().tolist()


PEERS = {"torch": (in_torch, 40), "jax": (in_jax, 15), "casadi": (in_casadi, 100)}
"""How each differentiates, and how many programs it is asked for: it should take seconds."""


@pytest.mark.parametrize("peer", PEERS)
def test_first_and_second_derivatives_are_those_of_other_engines(peer):
    pytest.importorskip(peer, reason=f"compares with {peer}, in the extra `peers`")
    differentiated, number_of_programs = PEERS[peer]

    @settings(max_examples=examples(number_of_programs))
    @given(program=programs(ON_VALUES), point=sixteenths)
    def agrees(program, point):
        try:
            run(program, [mpf(x) for x in point], ON_DIGITS)
        except OnAKink:
            assume(False)
        inputs, output = recorded(program, point)
        expected, rows = differentiated(program, point)
        assume(all(map(isfinite, [*expected, *chain.from_iterable(rows)])))  # where exp overflows they have nan
        slopes = gradients(output, inputs)
        output.backward()
        assert [node.data for node in slopes] == exactly(expected, relative=1e-9, absolute=rounding(output))
        for slope, found, row in zip(slopes, hessian(output, inputs), rows, strict=True):
            slope.backward()
            assert [entry.data for entry in found] == exactly(row, relative=1e-8, absolute=100 * rounding(slope))

    agrees()


def test_the_products_with_jacobian_and_hessian_are_those_of_torch():
    torch = pytest.importorskip("torch", reason="compares with torch, in the extra `peers`")
    table = on(torch)

    @settings(max_examples=examples(40))
    @given(program=programs(ON_VALUES), point=sixteenths)
    def agrees(program, point):
        try:
            run(program, [mpf(x) for x in point], ON_DIGITS)
        except OnAKink:
            assume(False)
        _, output = recorded(program, point)
        v = [1 - 0.75 * k for k in range(len(point))]
        at, along = torch.tensor(point, dtype=torch.float64), torch.tensor(v, dtype=torch.float64)

        def in_torch(x):
            return run(program, list(x), table)[-1] + 0 * x.sum()  # an output that reads no input has no gradient there

        def function(x):
            return run(program, x, ON_VALUES)[-1]

        torch_jvp = torch.autograd.functional.jvp(in_torch, at, along)[1]
        torch_vjp = torch.autograd.functional.vjp(in_torch, at, torch.tensor(2.0, dtype=torch.float64))[1]
        torch_hvp = torch.autograd.functional.hvp(in_torch, at, along)[1]
        assume(all(map(isfinite, [float(torch_jvp), *torch_vjp.tolist(), *torch_hvp.tolist()])))
        output.backward()
        assert jvp(function, point, v) == exactly(float(torch_jvp), relative=1e-9, absolute=10 * rounding(output))
        assert vjp(function, point, 2.0) == exactly(torch_vjp.tolist(), relative=1e-9, absolute=10 * rounding(output))
        assert hvp(function, point, v) == exactly(torch_hvp.tolist(), relative=1e-8, absolute=1e4 * rounding(output))

    agrees()


LIFTED = {
    **{
        name: lambda x, name=name: getattr(autograd, name)(x)
        for name in ("tan", "atan", "sinh", "cosh", "asinh", "cbrt")
    },
    **{name: lambda x, name=name: getattr(autograd, name)(x) for name in ("erf", "erfc", "floor", "ceil", "sign")},
    **{name: lambda x, name=name: getattr(autograd, name)(x / 4) for name in ("asin", "acos", "atanh")},
    **{name: lambda x, name=name: getattr(autograd, name)(1 + x * x) for name in ("acosh", "log2", "log10")},
    **{name: lambda x, name=name: getattr(autograd, name)(x, 0.5 + x * x) for name in ("atan2", "hypot", "xlogy")},
    "clip": lambda x: autograd.clip(x, -1, 0.5),
    "maximum": lambda x: autograd.maximum(x, 0.25, 1 - x),
}


def under_jax(program, columns):
    """The outputs and the mean gradients by a program's source, run on arrays of JAX's."""
    jax = pytest.importorskip("jax", reason="compares with jax, in the extra `peers`")
    jax.config.update("jax_enable_x64", True)
    namespace = {"np": jax.numpy, "dtype": "float64", **helpers(jax.numpy), **program.constants}
    exec(program.source, namespace)
    theta, arrays = jax.numpy.array(program.read()), [jax.numpy.array(column) for column in columns]
    (outputs,), saved = namespace["forward"](theta, *arrays)
    return outputs, namespace["backward"](theta, *arrays, saved)


@pytest.mark.parametrize("name", LIFTED)
def test_the_lifted_code_of_a_function_runs_under_jax(name):
    w = Value(1.25)
    program = vectorize(lambda x: LIFTED[name](w * x), 0.0)
    X = [-1.5, -0.25, 0.3, 2.0]
    outputs, slopes = under_jax(program, [X])

    nodes = [LIFTED[name](w * Value(x)) for x in X]
    for node in nodes:
        node.backward(1 / len(X))
    assert outputs.tolist() == exactly([node.data for node in nodes], relative=1e-14)
    assert program(X).tolist() == exactly([node.data for node in nodes], relative=1e-14)
    assert slopes.tolist() == exactly([w.grad], relative=1e-13)
    assert program.value_and_gradients(X)[1].tolist() == exactly([w.grad], relative=1e-13)


def parameters(*numbers):
    return [Value(number, f"p{k}") for k, number in enumerate(numbers)]


U = parameters(0.5, 0.7, -0.4, 1.3)
GATHERED = {
    "two of one input": lambda x: autograd.atan2(U[0] * x[0], U[1] * x[0]) + x[1],
    "two of two inputs": lambda x: autograd.hypot(x[0] * U[0], x[1] * U[1]),
    "some of many": lambda x: autograd.xlogy(U[0] * x[0], 1 + (U[1] * x[1]) ** 2) + U[2] * autograd.tanh(U[3] * x[2]),
    "one used in several places": lambda x: autograd.sum([(U[k % 2] * x[k] * x[k - 1]).sin() for k in range(3)]),
    "overlapping slices": lambda x: autograd.sum([autograd.relu(U[k] * x[0] + U[k + 1] * x[1]) for k in range(3)]),
    "a softmax": lambda x: autograd.softmax([U[0] * x[0], U[1] * x[1], U[2] * x[2]])[1],
    "log of a sum of exponentials": lambda x: autograd.logsumexp([U[0] * x[0], U[1] * x[1], x[2]]),
    "a product": lambda x: autograd.prod([U[0] * x[0], U[1] + x[1], U[2]]),
    "a maximum": lambda x: autograd.maximum(U[0] * x[0], U[1] * x[1]) + autograd.minimum(U[2] * x[2], U[3]),
}


@pytest.mark.parametrize("name", GATHERED)
def test_lifted_code_that_takes_some_of_the_parameters_runs_under_jax(name):
    X = [[0.5, -1.0, 2.0], [1.5, 0.25, -0.75], [-0.5, 1.0, 0.3]]
    program = vectorize(GATHERED[name], X[0])
    outputs, slopes = under_jax(program, [X])

    for parameter in U:
        parameter.grad = 0.0
    nodes = [GATHERED[name](list(map(Value, row))) for row in X]
    for node in nodes:
        node.backward(1 / len(X))
    assert outputs.tolist() == exactly([node.data for node in nodes], relative=1e-13)
    assert slopes.tolist() == exactly([p.grad for p in program.parameters], relative=1e-12, absolute=1e-15)


def test_the_lifted_code_of_a_network_runs_under_jax():
    model = MLP(3, [5, 4], activation=autograd.tanh, seed=2)
    program = vectorize(lambda x, y: cross_entropy(model(x), y), [0.0] * 3, [0.0] * 4)
    X, Y = [[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]], [[0, 1, 0, 0], [0, 0, 0, 1]]
    outputs, slopes = under_jax(program, [X, [[float(y) for y in row] for row in Y]])

    losses = [cross_entropy(model(x), y) for x, y in zip(X, Y, strict=True)]
    model.zero_grad()
    for loss in losses:
        loss.backward(1 / 2)
    assert outputs.tolist() == exactly([loss.data for loss in losses], relative=1e-13)
    assert slopes.tolist() == exactly([p.grad for p in program.parameters], relative=1e-12, absolute=1e-15)
