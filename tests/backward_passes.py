"""Backward passes as they are written, and the networks that they belong to.

A network is a list of steps, so that it runs with floats, with steps changed, and with Values. What is right is known
without the engine: a page is run by NumPy, and each gradient that it comes to is compared with central differences.
"""

import math
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

import autograd
from autograd import Value


class OfValues:
    """The functions of a step, for arrays of Values."""

    def __getattr__(self, name):
        function = getattr(autograd, {"abs": "absolute"}.get(name, name))
        return lambda x: np.frompyfunc(function, 1, 1)(x) if isinstance(x, np.ndarray) else function(x)

    def maximum(self, x, low):
        larger = np.frompyfunc(lambda each: autograd.maximum(each, low), 1, 1)
        return larger(x) if isinstance(x, np.ndarray) else autograd.maximum(x, low)

    def sum(self, x, axis=None, keepdims=False):
        return np.add.reduce(x, axis=axis, keepdims=keepdims) if axis is not None else np.add.reduce(x, axis=None)


class OfFloats:
    """The functions of a step, for arrays of floats."""

    exp, log, tanh, sqrt, maximum, sum = map(staticmethod, (np.exp, np.log, np.tanh, np.sqrt, np.maximum, np.sum))

    @staticmethod
    def sigmoid(x):
        return 1 / (1 + np.exp(-x))


@dataclass
class Network:
    """Leaves, and steps that each give one name a value."""

    leaves: Mapping[str, Any]
    steps: Mapping[str, Callable[[Any, Any], Any]]
    output: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    """Sizes, classes: what is no Value."""

    def values(self, m, wrap=lambda x: x, changed=None):
        """What every name is; `changed` adds to one of them."""
        found = {name: wrap(value) for name, value in self.leaves.items()}
        if changed and changed[0] in found:
            found[changed[0]] = found[changed[0]] + changed[1]
        for name, step in self.steps.items():
            found[name] = step(m, _Names({**self.numbers, **found}))
            if changed and name == changed[0]:
                found[name] = found[name] + changed[1]
        return found

    def nodes(self):
        """The names of a derivation: Values, nested lists of them, and numbers."""
        found = self.values(OfValues(), _as_values)
        return {
            **{name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in found.items()},
            **self.numbers,
        }

    def slope(self, name, of=None):
        """∂output/∂name by central differences, or ∂of/∂name: the axes of what is differentiated come first."""

        def at(step):
            return np.asarray(self.values(OfFloats(), _as_floats, (name, step))[of or self.output], dtype=float)

        value = np.asarray(self.values(OfFloats(), _as_floats)[name], dtype=float)
        found = np.zeros(at(np.zeros(value.shape)).shape + value.shape)
        for place in np.ndindex(value.shape):
            step = np.zeros(value.shape)
            step[place] = 1e-5
            found[..., *place] = (at(step) - at(-step)) / 2e-5
        return found


class _Names(dict):
    __getattr__ = dict.__getitem__


def _as_values(x):
    return np.frompyfunc(Value, 1, 1)(np.asarray(x, dtype=float)) if isinstance(x, np.ndarray) else Value(float(x))


def _as_floats(x):
    return x if isinstance(x, np.ndarray) else np.float64(x)


def _random(*shape, seed=0):
    return np.round(np.random.default_rng(seed + 7 * len(shape) + sum(shape)).normal(size=shape), 2)


def _onehot(y, classes):
    return np.eye(classes)[y]


SHALLOW = Network(
    {
        "X": _random(2, 3, seed=1),
        "Y": np.array([[1.0, 0.0, 1.0]]),
        "W1": _random(4, 2, seed=2),
        "b1": _random(4, 1, seed=3),
        "W2": _random(1, 4, seed=4),
        "b2": _random(1, 1, seed=5),
        "learning_rate": 0.5,
    },
    {
        "Z1": lambda m, v: v.W1 @ v.X + v.b1,
        "A1": lambda m, v: m.tanh(v.Z1),
        "Z2": lambda m, v: v.W2 @ v.A1 + v.b2,
        "A2": lambda m, v: m.sigmoid(v.Z2),
        "J": lambda m, v: -m.sum(v.Y * m.log(v.A2) + (1 - v.Y) * m.log(1 - v.A2)) / 3,
    },
    "J",
    {"m": 3},
)
"""Two layers; each column is an example."""

CLASSIFIER = Network(
    {
        "X": _random(3, 2, seed=11),
        "W1": _random(2, 4, seed=12),
        "b1": _random(4, seed=13),
        "W2": _random(4, 3, seed=14),
        "b2": _random(3, seed=15),
        "reg": 0.125,
    },
    {
        "z1": lambda m, v: v.X @ v.W1 + v.b1,
        "h1": lambda m, v: m.maximum(v.z1, 0),
        "scores": lambda m, v: v.h1 @ v.W2 + v.b2,
        "probs": lambda m, v: m.exp(v.scores) / m.sum(m.exp(v.scores), axis=1, keepdims=True),
        "loss": lambda m, v: (
            -m.sum(_onehot([0, 2, 1], 3) * m.log(v.probs)) / 3
            + 0.5 * v.reg * m.sum(v.W1 * v.W1)
            + 0.5 * v.reg * m.sum(v.W2 * v.W2)
        ),
    },
    "loss",
    {"N": 3, "y": [0, 2, 1]},
)
"""Two layers with a softmax and regularisation; each row is an example."""

REGRESSION = Network(
    {
        "x": _random(4, 3, seed=21),
        "y": _random(4, 2, seed=22),
        "w1": _random(3, 5, seed=23),
        "w2": _random(5, 2, seed=24),
    },
    {
        "h": lambda m, v: v.x @ v.w1,
        "h_relu": lambda m, v: m.maximum(v.h, 0),
        "y_pred": lambda m, v: v.h_relu @ v.w2,
        "loss": lambda m, v: m.sum((v.y_pred - v.y) ** 2),
    },
    "loss",
)

NEURON = Network(
    {"x1": 2.0, "x2": 0.5, "w1": -3.0, "w2": 1.0, "b": 6.88},
    {
        "x1w1": lambda m, v: v.x1 * v.w1,
        "x2w2": lambda m, v: v.x2 * v.w2,
        "x1w1x2w2": lambda m, v: v.x1w1 + v.x2w2,
        "n": lambda m, v: v.x1w1x2w2 + v.b,
        "o": lambda m, v: m.tanh(v.n),
    },
    "o",
)

STAGED = Network(
    {"x": 3.0, "y": -4.0},
    {
        "sigy": lambda m, v: m.sigmoid(v.y),
        "num": lambda m, v: v.x + v.sigy,
        "sigx": lambda m, v: m.sigmoid(v.x),
        "xpy": lambda m, v: v.x + v.y,
        "xpysqr": lambda m, v: v.xpy**2,
        "den": lambda m, v: v.sigx + v.xpysqr,
        "invden": lambda m, v: 1.0 / v.den,
        "f": lambda m, v: v.num * v.invden,
    },
    "f",
)

CIRCUIT = Network(
    {"w": np.array([2.0, -3.0, -3.0]), "x": np.array([-1.0, -2.0])},
    {
        "dot": lambda m, v: v.w[0] * v.x[0] + v.w[1] * v.x[1] + v.w[2],
        "f": lambda m, v: m.sigmoid(v.dot),
    },
    "f",
)

BATCH_NORM = Network(
    {
        "x": _random(4, 3, seed=31),
        "gamma": _random(3, seed=32),
        "beta": _random(3, seed=33),
        "R": _random(4, 3, seed=34),
        "eps": np.array([1e-3]),
    },
    {
        "mu": lambda m, v: m.sum(v.x, axis=0) / 4,
        "xmu": lambda m, v: v.x - v.mu,
        "sq": lambda m, v: v.xmu**2,
        "var": lambda m, v: m.sum(v.sq, axis=0) / 4,
        "sqrtvar": lambda m, v: m.sqrt(v["var"] + v.eps),
        "ivar": lambda m, v: 1.0 / v.sqrtvar,
        "xhat": lambda m, v: v.xmu * v.ivar,
        "gammax": lambda m, v: v.gamma * v.xhat,
        "out": lambda m, v: v.gammax + v.beta,
        "loss": lambda m, v: m.sum(v.out * v.R),
    },
    "loss",
    {"N": 4, "D": 3},
)

ATTENTION = Network(
    {
        "Q": _random(3, 4, seed=41),
        "K": _random(4, 4, seed=42),
        "V": _random(4, 2, seed=43),
        "R": _random(3, 2, seed=44),
    },
    {
        "S": lambda m, v: v.Q @ v.K.T / 2,
        "A": lambda m, v: m.exp(v.S) / m.sum(m.exp(v.S), axis=1, keepdims=True),
        "O": lambda m, v: v.A @ v.V,
        "L": lambda m, v: m.sum(v.O * v.R),
    },
    "L",
    {"d": 4},
)

MAKEMORE = Network(
    {
        "embcat": _random(4, 3, seed=51),
        "W1": _random(3, 3, seed=52),
        "b1": _random(3, seed=53),
        "bngain": _random(1, 3, seed=54),
        "bnbias": _random(1, 3, seed=55),
        "W2": _random(3, 3, seed=56),
        "b2": _random(3, seed=57),
    },
    {
        "hprebn": lambda m, v: v.embcat @ v.W1 + v.b1,
        "bnmeani": lambda m, v: m.sum(v.hprebn, axis=0, keepdims=True) / 4,
        "bndiff": lambda m, v: v.hprebn - v.bnmeani,
        "bndiff2": lambda m, v: v.bndiff**2,
        "bnvar": lambda m, v: m.sum(v.bndiff2, axis=0, keepdims=True) / 3,
        "bnvar_inv": lambda m, v: (v.bnvar + 1e-5) ** -0.5,
        "bnraw": lambda m, v: v.bndiff * v.bnvar_inv,
        "hpreact": lambda m, v: v.bngain * v.bnraw + v.bnbias,
        "h": lambda m, v: m.tanh(v.hpreact),
        "logits": lambda m, v: v.h @ v.W2 + v.b2,
        "counts": lambda m, v: m.exp(v.logits),
        "counts_sum": lambda m, v: m.sum(v.counts, axis=1, keepdims=True),
        "counts_sum_inv": lambda m, v: v.counts_sum**-1,
        "probs": lambda m, v: v.counts * v.counts_sum_inv,
        "logprobs": lambda m, v: m.log(v.probs),
        "loss": lambda m, v: -m.sum(_onehot([1, 0, 2, 1], 3) * v.logprobs) / 4,
    },
    "loss",
    {"n": 4, "Yb": [1, 0, 2, 1]},
)

LOGISTIC = Network(
    {
        "X": _random(5, 2, seed=61),
        "y": np.array([1.0, 0, 1, 1, 0]),
        "w": _random(2, seed=62),
        "b": np.array([0.3]),
        "lr": 0.1,
    },
    {
        "z": lambda m, v: v.X @ v.w + v.b,
        "p": lambda m, v: m.sigmoid(v.z),
        "J": lambda m, v: -m.sum(v.y * m.log(v.p) + (1 - v.y) * m.log(1 - v.p)) / 5,
    },
    "J",
    {"n": 5},
)

RECURRENT = Network(
    {
        "x": np.array([[0.0], [1.0], [0.0]]),
        "hprev": _random(2, 1, seed=71),
        "Wxh": _random(2, 3, seed=72),
        "Whh": _random(2, 2, seed=73),
        "bh": _random(2, 1, seed=74),
        "Why": _random(3, 2, seed=75),
        "by": _random(3, 1, seed=76),
    },
    {
        "hraw": lambda m, v: v.Wxh @ v.x + v.Whh @ v.hprev + v.bh,
        "h": lambda m, v: m.tanh(v.hraw),
        "y": lambda m, v: v.Why @ v.h + v.by,
        "p": lambda m, v: m.exp(v.y) / m.sum(m.exp(v.y), axis=0, keepdims=True),
        "loss": lambda m, v: -m.log(v.p[2, 0]),
    },
    "loss",
    {"target": 2},
)


@dataclass
class Program:
    """A page of code, the network that it is about, and what is wrong on it."""

    name: str
    network: Network
    text: str
    wrong: Sequence[str] = ()
    """The gradients that are wrong by a slip of their own."""
    scaled: Sequence[str] = ()
    """Those that are m times the gradient by the convention that leaves 1/m to the last step."""
    runs: str = ""
    """What NumPy runs, where it is not the page itself."""


PROGRAMS = [
    Program(
        "two layers, as in a well-known course",
        SHALLOW,
        """
def backward_propagation(parameters, cache, X, Y):
    '''The gradients of a network with one hidden layer.'''
    m = X.shape[1]
    W1 = parameters["W1"]
    W2 = parameters["W2"]
    A1 = cache["A1"]
    A2 = cache["A2"]

    dZ2 = A2 - Y
    dW2 = (1/m) * np.dot(dZ2, A1.T)
    db2 = (1/m) * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = (1/m) * np.dot(dZ1, X.T)
    db1 = (1/m) * np.sum(dZ1, axis=1, keepdims=True)
    grads = {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
    return grads
""",
        scaled=("dZ2", "dZ1"),
    ),
    Program(
        "two layers, one bias without 1/m",
        SHALLOW,
        """
dZ2 = A2 - Y
dW2 = dZ2 @ A1.T / m
db2 = dZ2.sum(axis=1, keepdims=True) / m
dZ1 = W2.T @ dZ2 * (1 - A1**2)
dW1 = dZ1 @ X.T / m
db1 = np.sum(dZ1, axis=1, keepdims=True)
""",
        wrong=("db1",),
        scaled=("dZ2", "dZ1"),
    ),
    Program(
        "two layers, 1/m twice",
        SHALLOW,
        """
dZ2 = (A2 - Y) / m
dW2 = dZ2 @ A1.T / m
db2 = dZ2.sum(axis=1, keepdims=True)
dA1 = W2.T @ dZ2
dZ1 = dA1 * (1 - A1 ** 2)
dW1 = dZ1 @ X.T
""",
        wrong=("dW2",),
    ),
    Program(
        "two layers, no 1/m at all",
        SHALLOW,
        "dZ2 = A2 - Y\ndW2 = dZ2 @ A1.T\ndb2 = np.sum(dZ2, axis=1, keepdims=True)\n",
        wrong=("dZ2",),
    ),
    Program(
        "softmax with regularisation",
        CLASSIFIER,
        """
# compute the gradient on scores
dscores = probs
dscores[range(N), y] -= 1
dscores /= N

# backpropagate the gradient to the parameters
dW2 = np.dot(h1.T, dscores)
db2 = np.sum(dscores, axis=0, keepdims=True)
# next backprop into hidden layer
dh1 = np.dot(dscores, W2.T)
dz1 = dh1.copy()
# backprop the ReLU non-linearity
dz1[h1 <= 0] = 0
# finally into W1, b1
dW1 = np.dot(X.T, dz1)
db1 = np.sum(dz1, axis=0, keepdims=True)
# add regularization gradient contribution
dW2 += reg * W2
dW1 += reg * W1
""",
    ),
    Program(
        "softmax, regularisation twice too large",
        CLASSIFIER,
        """
dscores = probs.copy()
dscores[np.arange(N), y] -= 1.0
dscores = dscores / N
grads = {}
grads["W2"] = h1.T @ dscores + 2 * reg * W2
grads["b2"] = dscores.sum(axis=0)
dh1 = dscores @ W2.T
dz1 = dh1 * (z1 > 0)
grads["W1"] = X.T @ dz1 + reg * W1
grads["b1"] = dz1.sum(0)
""",
        wrong=("grad_W2",),
    ),
    Program(
        "squared error, in a training loop",
        REGRESSION,
        """
for t in range(500):
    # Forward pass
    h = x.dot(w1)
    h_relu = np.maximum(h, 0)
    y_pred = h_relu.dot(w2)
    loss = np.square(y_pred - y).sum()
    # Backprop
    grad_y_pred = 2.0 * (y_pred - y)
    grad_w2 = h_relu.T.dot(grad_y_pred)
    grad_h_relu = grad_y_pred.dot(w2.T)
    grad_h = grad_h_relu.copy()
    grad_h[h < 0] = 0
    grad_w1 = x.T.dot(grad_h)
""",
    ),
    Program(
        "a neuron, by hand",
        NEURON,
        """
o.grad = 1.0
n.grad = 1 - o.data**2
x1w1x2w2.grad = n.grad
b.grad = n.grad
x1w1.grad = x1w1x2w2.grad; x2w2.grad = x1w1x2w2.grad
x2.grad = w2.data * x2w2.grad
w2.grad = x2.data * x2w2.grad
x1.grad = w1.data * x1w1.grad
w1.grad = x1.data * x1w1.grad
""",
    ),
    Program(
        "a staged computation",
        STAGED,
        """
dnum = invden
dinvden = num
dden = (-1.0 / (den**2)) * dinvden
dsigx = (1) * dden
dxpysqr = (1) * dden
dxpy = (2 * xpy) * dxpysqr
dx = (1) * dxpy
dy = (1) * dxpy
dx += ((1 - sigx) * sigx) * dsigx
dx += (1) * dnum
dsigy = (1) * dnum
dy += ((1 - sigy) * sigy) * dsigy
""",
    ),
    Program(
        "a staged computation, overwritten",
        STAGED,
        """
dnum = invden
dinvden = num
dden = (-1.0 / (den**2)) * dinvden
dsigx = (1) * dden
dxpysqr = (1) * dden
dxpy = (2 * xpy) * dxpysqr
dx = (1) * dxpy
dy = (1) * dxpy
dx = ((1 - sigx) * sigx) * dsigx
dx += (1) * dnum
dsigy = (1) * dnum
dy = ((1 - sigy) * sigy) * dsigy
""",
        wrong=("dx", "dy"),
    ),
    Program(
        "a sigmoid neuron",
        CIRCUIT,
        """
ddot = (1 - f) * f # gradient on dot variable
dx = [w[0] * ddot, w[1] * ddot] # backprop into x
dw = [x[0] * ddot, x[1] * ddot, 1.0 * ddot] # backprop into w
""",
    ),
    Program(
        "batch norm, step by step",
        BATCH_NORM,
        """
dbeta = np.sum(dout, axis=0)
dgammax = dout
dgamma = np.sum(dgammax * xhat, axis=0)
dxhat = dgammax * gamma
divar = np.sum(dxhat * xmu, axis=0)
dxmu1 = dxhat * ivar
dsqrtvar = -1. / (sqrtvar**2) * divar
dvar = 0.5 * 1. / np.sqrt(var + eps) * dsqrtvar
dsq = 1. / N * np.ones((N, D)) * dvar
dxmu2 = 2 * xmu * dsq
dx1 = dxmu1 + dxmu2
dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
dx2 = 1. / N * np.ones((N, D)) * dmu
dx = dx1 + dx2
""",
    ),
    Program(
        "batch norm in one line",
        BATCH_NORM,
        "dx = (1./N) * gamma / np.sqrt(var + eps) * (N*dout - dout.sum(0) - xhat*(dout*xhat).sum(0))\n",
    ),
    Program(
        "batch norm in one line, without the paths over the variance",
        BATCH_NORM,
        "dx = (1./N) * gamma / np.sqrt(var + eps) * (N*dout - dout.sum(0))\n",
        wrong=("dx",),
    ),
    Program(
        "attention",
        ATTENTION,
        """
dV = A.T @ dO
dA = dO @ V.T
dS = A * (dA - (dA * A).sum(axis=-1, keepdims=True))
dQ = dS @ K / np.sqrt(d)
dK = dS.T @ Q
""",
        wrong=("dK",),
    ),
    Program(
        "a language model, tensor by tensor",
        MAKEMORE,
        """
dlogprobs = torch.zeros_like(logprobs)
dlogprobs[range(n), Yb] = -1.0/n
dprobs = (1.0 / probs) * dlogprobs
dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
dcounts = counts_sum_inv * dprobs
dcounts_sum = (-counts_sum**-2) * dcounts_sum_inv
dcounts += torch.ones_like(counts) * dcounts_sum
dlogits = counts * dcounts
dh = dlogits @ W2.T
dW2 = h.T @ dlogits
db2 = dlogits.sum(0)
dhpreact = (1.0 - h**2) * dh
dbngain = (bnraw * dhpreact).sum(0, keepdim=True)
dbnraw = bngain * dhpreact
dbnbias = dhpreact.sum(0, keepdim=True)
dbndiff = bnvar_inv * dbnraw
dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
dbnvar = (-0.5*(bnvar + 1e-5)**-1.5) * dbnvar_inv
dbndiff2 = (1.0/(n-1)) * torch.ones_like(bndiff2) * dbnvar
dbndiff += (2*bndiff) * dbndiff2
dhprebn = dbndiff.clone()
dbnmeani = (-dbndiff).sum(0)
dhprebn += 1.0/n * (torch.ones_like(hprebn) * dbnmeani)
dembcat = dhprebn @ W1.T
dW1 = embcat.T @ dhprebn
db1 = dhprebn.sum(0)
""",
    ),
]


class _Scalar:
    """A float with a gradient, as programs by hand use it."""

    def __init__(self, data):
        self.data, self.grad = data, 0.0


class _Tensor(np.ndarray):
    """An array with the methods of PyTorch that the pages use."""

    mm, t, clone = np.ndarray.dot, np.ndarray.transpose, np.ndarray.copy

    def pow(self, exponent):
        return self**exponent

    def clamp(self, min):  # noqa: A002  (its name in PyTorch)
        return np.maximum(self, min)


def _softmax(x, axis):
    return np.exp(x) / np.sum(np.exp(x), axis, keepdims=True)


def run(program: Program) -> dict[str, np.ndarray]:
    """What NumPy makes of a page: its gradients, by the name of what they are gradients of."""
    values = program.network.values(OfFloats(), _as_floats)
    text = textwrap.dedent(program.runs or program.text)
    text = re.sub(r"(?m)^(\s*)(?:def backward\w*\(.*|for .*):$", r"\1if True:", text)
    text = re.sub(r"(?m)^(\s*)return (?:grads|dW1, .*)$", r"\1pass", text)
    for torch, numpy in (("torch.", "np."), ("keepdim=", "keepdims="), ("dim=", "axis=")):
        text = text.replace(torch, numpy)
    space: dict[str, Any] = {name: np.array(value).view(_Tensor) for name, value in values.items()}
    for name in ("out", "O", "output", "next_h"):
        if name in values:
            space |= dict.fromkeys((f"d{name}", f"d_{name}", f"grad_{name}"), program.network.slope(name).view(_Tensor))
    given = set(space)
    space |= {"np": np, "math": math, "parameters": values, "cache": values, **program.network.numbers}
    space |= {"F": SimpleNamespace(softmax=_softmax), "sigmoid": OfFloats.sigmoid}
    if ".grad" in text:
        space |= {name: _Scalar(value) for name, value in values.items() if np.ndim(value) == 0}
    exec(text, space)
    output, found = program.network.output, {}
    for name in values:
        names = (f"d{name}", f"d_{name}", f"grad_{name}", f"dL_d{name}", f"d{output}d{name}")
        spelled = [space[each] for each in names if each in space and each not in given]
        if isinstance(grads := space.get("grads"), dict) and name in grads:
            spelled.append(grads[name])
        if isinstance(space.get(name), _Scalar) and f"{name}.grad" in text:
            spelled.append(space[name].grad)
        if spelled:
            found[name] = np.asarray(spelled[0])
    return found


TANH_CLASSIFIER = Network(
    {
        "X": _random(3, 2, seed=81),
        "W1": _random(2, 4, seed=82),
        "b1": _random(1, 4, seed=83),
        "W2": _random(4, 2, seed=84),
        "b2": _random(1, 2, seed=85),
        "reg_lambda": 0.25,
    },
    {
        "z1": lambda m, v: v.X @ v.W1 + v.b1,
        "a1": lambda m, v: m.tanh(v.z1),
        "z2": lambda m, v: v.a1 @ v.W2 + v.b2,
        "probs": lambda m, v: m.exp(v.z2) / m.sum(m.exp(v.z2), axis=1, keepdims=True),
        "loss": lambda m, v: (
            -m.sum(_onehot([0, 1, 1], 2) * m.log(v.probs)) + v.reg_lambda / 2 * (m.sum(v.W1**2) + m.sum(v.W2**2))
        ),
    },
    "loss",
    {"num_examples": 3, "y": [0, 1, 1]},
)
"""The loss is the sum over the examples."""

DIGITS = Network(
    {
        "X": _random(3, 4, seed=91),
        "W1": _random(2, 3, seed=92),
        "b1": _random(2, 1, seed=93),
        "W2": _random(3, 2, seed=94),
        "b2": _random(3, 1, seed=95),
        "one_hot_Y": _onehot([2, 0, 1, 2], 3).T,
    },
    {
        "Z1": lambda m, v: v.W1 @ v.X + v.b1,
        "A1": lambda m, v: m.maximum(v.Z1, 0),
        "Z2": lambda m, v: v.W2 @ v.A1 + v.b2,
        "A2": lambda m, v: m.exp(v.Z2) / m.sum(m.exp(v.Z2), axis=0, keepdims=True),
        "J": lambda m, v: -m.sum(v.one_hot_Y * m.log(v.A2)) / 4,
    },
    "J",
    {"m": 4},
)

TINY = Network(
    {"x": -2.0, "y": 5.0, "z": -4.0},
    {"q": lambda m, v: v.x + v.y, "f": lambda m, v: v.q * v.z},
    "f",
)

EXPRESSION = Network(
    {"a": 2.0, "b": -3.0, "c": 10.0, "f": -2.0},
    {"e": lambda m, v: v.a * v.b, "d": lambda m, v: v.e + v.c, "L": lambda m, v: v.d * v.f},
    "L",
)

ONE_EXAMPLE = Network(
    {
        "x": _random(3, seed=101),
        "W1": _random(4, 3, seed=102),
        "b1": _random(4, seed=103),
        "W2": _random(2, 4, seed=104),
        "b2": _random(2, seed=105),
        "y": np.array([0.25, 0.5]),
    },
    {
        "z1": lambda m, v: v.W1 @ v.x + v.b1,
        "a1": lambda m, v: m.sigmoid(v.z1),
        "z2": lambda m, v: v.W2 @ v.a1 + v.b2,
        "a2": lambda m, v: m.sigmoid(v.z2),
        "L": lambda m, v: m.sum((v.a2 - v.y) ** 2) / 2,
    },
    "L",
)

LINEAR = Network(
    {
        "input": _random(3, 2, seed=111),
        "weight": _random(4, 2, seed=112),
        "bias": _random(4, seed=113),
        "R": _random(3, 4, seed=114),
    },
    {
        "output": lambda m, v: v.input @ v.weight.T + v.bias,
        "loss": lambda m, v: m.sum(v.output**2 * v.R),
    },
    "loss",
)

LAYER_NORM = Network(
    {
        "x": _random(2, 4, seed=121),
        "gamma": _random(4, seed=122),
        "beta": _random(4, seed=123),
        "R": _random(2, 4, seed=124),
    },
    {
        "mean": lambda m, v: m.sum(v.x, axis=1, keepdims=True) / 4,
        "var": lambda m, v: m.sum((v.x - v.mean) ** 2, axis=1, keepdims=True) / 4,
        "std": lambda m, v: m.sqrt(v["var"] + 1e-5),
        "x_hat": lambda m, v: (v.x - v.mean) / v.std,
        "out": lambda m, v: v.gamma * v.x_hat + v.beta,
        "loss": lambda m, v: m.sum(v.out**2 * v.R),
    },
    "loss",
    {"D": 4},
)

LINE = Network(
    {"X": _random(5, seed=131), "y": _random(5, seed=132), "a": np.array([0.5]), "b": np.array([0.1])},
    {"y_pred": lambda m, v: v.a * v.X + v.b, "loss": lambda m, v: m.sum((v.y_pred - v.y) ** 2) / 2},
    "loss",
)

PROGRAMS += [
    Program(
        "deltas, with regularisation",
        TANH_CLASSIFIER,
        """
        # Backpropagation
        delta3 = probs
        delta3[range(num_examples), y] -= 1
        dW2 = (a1.T).dot(delta3)
        db2 = np.sum(delta3, axis=0, keepdims=True)
        delta2 = delta3.dot(W2.T) * (1 - np.power(a1, 2))
        dW1 = np.dot(X.T, delta2)
        db1 = np.sum(delta2, axis=0)

        # Add regularization terms
        dW2 += reg_lambda * W2
        dW1 += reg_lambda * W1
""",
    ),
    Program(
        "deltas, a regularisation that replaces",
        TANH_CLASSIFIER,
        """
delta3 = probs
delta3[range(num_examples), y] -= 1
dW2 = np.matmul(a1.T, delta3)
db2 = np.sum(delta3, axis=0, keepdims=True)
delta2 = np.matmul(delta3, W2.T) * (1 - np.square(a1))
dW1 = np.dot(X.T, delta2)
db1 = np.sum(delta2, axis=0)
dW2 += reg_lambda * W2
dW1 = reg_lambda * W1
""",
        wrong=("dW1",),
    ),
    Program(
        "digits from scratch",
        DIGITS,
        """
def ReLU_deriv(Z):
    return Z > 0

def backward_prop(Z1, A1, Z2, A2, W1, W2, X, Y):
    m = X.shape[1]
    dZ2 = A2 - one_hot_Y
    dW2 = 1 / m * dZ2.dot(A1.T)
    db2 = 1 / m * np.sum(dZ2, axis=1)
    dZ1 = W2.T.dot(dZ2) * ReLU_deriv(Z1)
    dW1 = 1 / m * dZ1.dot(X.T)
    db1 = 1 / m * np.sum(dZ1, axis=1)
    return dW1, db1, dW2, db2
""",
        scaled=("dZ2", "dZ1"),
    ),
    Program(
        "digits from scratch, biases summed over everything",
        DIGITS,
        """
dZ2 = A2 - one_hot_Y
dW2 = 1 / m * dZ2.dot(A1.T)
db2 = 1 / m * np.sum(dZ2)
dZ1 = W2.T.dot(dZ2) * (Z1 > 0)
dW1 = 1 / m * dZ1.dot(X.T)
db1 = 1 / m * np.sum(dZ1)
""",
        wrong=("db2", "db1"),
        scaled=("dZ2", "dZ1"),
    ),
    Program(
        "a recurrent step",
        RECURRENT,
        """
dy = np.copy(p)
dy[target] -= 1 # backprop into y
dWhy = np.dot(dy, h.T)
dby = dy
dh = np.dot(Why.T, dy) # backprop into h
dhraw = (1 - h * h) * dh # backprop through tanh nonlinearity
dbh = dhraw
dWxh = np.dot(dhraw, x.T)
dWhh = np.dot(dhraw, hprev.T)
dhprev = np.dot(Whh.T, dhraw)
""",
    ),
    Program(
        "one example, with vectors",
        ONE_EXAMPLE,
        """
def sigmoid_derivative(a):
    return a * (1 - a)

dL_da2 = a2 - y
da2_dz2 = sigmoid_derivative(a2)
dL_dz2 = dL_da2 * da2_dz2
dL_dW2 = np.outer(dL_dz2, a1)
dL_db2 = dL_dz2
dL_da1 = np.dot(W2.T, dL_dz2)
dL_dz1 = dL_da1 * sigmoid_derivative(a1)
dL_dW1 = np.outer(dL_dz1, x)
dL_db1 = dL_dz1
W1 -= 0.01 * dL_dW1
""",
    ),
    Program(
        "one example, the derivative taken of the input",
        ONE_EXAMPLE,
        """
dL_dz2 = (a2 - y) * a2 * (1 - a2)
dL_dW2 = dL_dz2.reshape(-1, 1) @ a1.reshape(1, -1)
dL_da1 = dL_dz2 @ W2
dL_dz1 = dL_da1 * z1 * (1 - z1)
dL_dW1 = dL_dz1[:, None] * x[None, :]
""",
        wrong=("dL_dz1",),
    ),
    Program(
        "logistic regression",
        LOGISTIC,
        """
grad_w = X.T @ (p - y) / n
grad_b = (p - y).mean()
w -= lr * grad_w
b -= lr * grad_b
""",
    ),
    Program(
        "logistic regression, dz by the convention",
        LOGISTIC,
        "dz = p - y\ndw = np.dot(dz, X) / n\ndb = dz.sum() / n\n",
        scaled=("dz",),
    ),
    Program(
        "a line",
        LINE,
        """
y_pred = a * X + b
grad_a, grad_b = (y_pred - y).dot(X), (y_pred - y).sum()
""",
    ),
    Program(
        "batch norm, over the variance and the mean",
        BATCH_NORM,
        """
dgamma = (dout * xhat).sum(axis=0)
dbeta = dout.sum(axis=0)
dxhat = dout * gamma
dvar = np.sum(dxhat * (x - mu) * (-0.5) * (var + eps)**(-1.5), axis=0)
dmu = np.sum(dxhat * (-1. / np.sqrt(var + eps)), axis=0) + dvar * np.mean(-2. * (x - mu), axis=0)
dx = dxhat * (1 / np.sqrt(var + eps)) + dvar * 2.0 * (x - mu) / N + dmu / N
""",
    ),
    Program(
        "batch norm, the mean with the other sign",
        BATCH_NORM,
        """
dxhat = gamma * dout
dxmu = dxhat * ivar
dsqrtvar = -np.sum((dxhat * xmu) / (sqrtvar * sqrtvar), axis=0)
dvar = 0.5 * dsqrtvar / sqrtvar
dxmu += (2.0 / N) * xmu * dvar
dmu = np.sum(dxmu, axis=0)
dx = dxmu - dmu / N
""",
        wrong=("dmu",),
    ),
    Program(
        "layer norm",
        LAYER_NORM,
        """
dx_hat = dout * gamma
dgamma = np.sum(dout * x_hat, axis=0)
dbeta = np.sum(dout, axis=0)
dx = (1. / D) / std * (D * dx_hat - np.sum(dx_hat, axis=1, keepdims=True)
                       - x_hat * np.sum(dx_hat * x_hat, axis=1, keepdims=True))
""",
    ),
    Program(
        "attention, with the diagonal of the softmax alone",
        ATTENTION,
        """
d_V = np.matmul(A.transpose(), d_O)
d_A = np.matmul(d_O, V.transpose())
d_S = d_A * A * (1 - A)
d_Q = np.matmul(d_S, K) / np.sqrt(Q.shape[-1])
""",
        wrong=("d_S",),
    ),
    Program(
        "a linear layer of PyTorch",
        LINEAR,
        """
class LinearFunction(Function):
    @staticmethod
    def forward(ctx, input, weight, bias=None):
        ctx.save_for_backward(input, weight, bias)
        return input.mm(weight.t()) + bias

    @staticmethod
    def backward(ctx, grad_output):
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.mm(weight)
        if ctx.needs_input_grad[1]:
            grad_weight = grad_output.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]:
            grad_bias = grad_output.sum(0)
        return grad_input, grad_weight, grad_bias
""",
        runs="""
grad_input = grad_output.mm(weight)
grad_weight = grad_output.t().mm(input)
grad_bias = grad_output.sum(0)
""",
    ),
    Program(
        "a circuit of two gates",
        TINY,
        """
# perform the backward pass (backpropagation) in reverse order:
dfdz = q # df/dz = q, so gradient on z becomes 3
dfdq = z # df/dq = z
dqdx = 1.0
dqdy = 1.0
# now backprop through q = x + y
dfdx = dfdq * dqdx # The multiplication here is the chain rule!
dfdy = dfdq * dqdy
""",
    ),
    Program(
        "an expression by hand, one sign wrong",
        EXPRESSION,
        """
L.grad = 1.0
f.grad = d.data
d.grad = f.data
c.grad = d.grad * 1.0
e.grad = d.grad * 1.0
a.grad = e.grad * b.data
b.grad = -e.grad * a.data
""",
        wrong=("b.grad",),
    ),
    Program(
        "squared error with PyTorch's tensors",
        REGRESSION,
        """
h = x.mm(w1)
h_relu = h.clamp(min=0)
y_pred = h_relu.mm(w2)
loss = (y_pred - y).pow(2).sum().item()
grad_y_pred = 2.0 * (y_pred - y)
grad_w2 = h_relu.t().mm(grad_y_pred)
grad_h_relu = grad_y_pred.mm(w2.t())
grad_h = grad_h_relu.clone()
grad_h[h < 0] = 0
grad_w1 = x.t().mm(grad_h)
w1 -= 1e-6 * grad_w1
w2 -= 1e-6 * grad_w2
""",
    ),
    Program(
        "a language model, cross-entropy and batch norm in one line each",
        MAKEMORE,
        """
dlogits = F.softmax(logits, 1)
dlogits[range(n), Yb] -= 1
dlogits /= n
dh = dlogits @ W2.T
dW2 = h.T @ dlogits
db2 = dlogits.sum(0)
dhpreact = (1.0 - h**2) * dh
dbngain = (bnraw * dhpreact).sum(0, keepdim=True)
dbnbias = dhpreact.sum(0, keepdim=True)
dhprebn = bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))
dembcat = dhprebn @ W1.T
dW1 = embcat.T @ dhprebn
db1 = dhprebn.sum(0)
""",
    ),
]

AFFINE = Network(
    {
        "x": _random(3, 2, seed=141),
        "W": _random(2, 4, seed=142),
        "b": _random(4, seed=143),
        "R": _random(3, 4, seed=144),
    },
    {"out": lambda m, v: v.x @ v.W + v.b, "loss": lambda m, v: m.sum(v.out**2 * v.R)},
    "loss",
)

HINGE = Network(
    {"X": _random(4, 3, seed=151), "W": _random(3, 3, seed=152), "reg": 0.125},
    {
        "scores": lambda m, v: v.X @ v.W,
        "correct": lambda m, v: np.array([[v.scores[i, k]] for i, k in enumerate(v.y)], dtype=v.scores.dtype),
        "margins": lambda m, v: m.maximum(v.scores - v.correct + 1, 0) * (1 - _onehot(v.y, 3)),
        "loss": lambda m, v: m.sum(v.margins) / 4 + v.reg * m.sum(v.W * v.W),
    },
    "loss",
    {"num_train": 4, "y": [0, 2, 1, 1]},
)

GATES = Network(
    {
        "x": _random(2, 3, seed=161),
        "prev_c": _random(2, 2, seed=162),
        "Wi": _random(3, 2, seed=163),
        "Wf": _random(3, 2, seed=164),
        "Wo": _random(3, 2, seed=165),
        "Wg": _random(3, 2, seed=166),
        "R": _random(2, 2, seed=167),
    },
    {
        "a_i": lambda m, v: v.x @ v.Wi,
        "a_f": lambda m, v: v.x @ v.Wf,
        "a_o": lambda m, v: v.x @ v.Wo,
        "a_g": lambda m, v: v.x @ v.Wg,
        "i": lambda m, v: m.sigmoid(v.a_i),
        "f": lambda m, v: m.sigmoid(v.a_f),
        "o": lambda m, v: m.sigmoid(v.a_o),
        "g": lambda m, v: m.tanh(v.a_g),
        "next_c": lambda m, v: v.f * v.prev_c + v.i * v.g,
        "tc": lambda m, v: m.tanh(v.next_c),
        "next_h": lambda m, v: v.o * v.tc,
        "L": lambda m, v: m.sum(v.next_h * v.R),
    },
    "L",
)

PROGRAMS += [
    Program(
        "an affine layer as a class",
        AFFINE,
        """
class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.x = None
        self.dW = None

    def forward(self, x):
        self.x = x
        out = np.dot(x, self.W) + self.b
        return out

    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)

        return dx
""",
        runs="dx = np.dot(dout, W.T)\ndW = np.dot(x.T, dout)\ndb = np.sum(dout, axis=0)",
    ),
    Program(
        "a support vector machine",
        HINGE,
        """
binary = margins.copy()
binary[margins > 0] = 1
row_sum = np.sum(binary, axis=1)
binary[np.arange(num_train), y] = -row_sum.T
dW = np.dot(X.T, binary)

# Average
dW /= num_train

# Regularize
dW += reg * 2 * W
""",
    ),
    Program(
        "the gates of an LSTM, in place",
        GATES,
        """
do = dnext_h * tc
dnext_c = dnext_h * o * (1 - tc**2)
dprev_c = dnext_c * f
di = dnext_c * g
do *= o * (1 - o)
di *= i * (1 - i)
dWo = x.T @ do
dWi = x.T @ di
""",
        runs="""
dprev_c = dnext_h * o * (1 - tc**2) * f
dWo = x.T @ (dnext_h * tc * o * (1 - o))
dWi = x.T @ (dnext_h * o * (1 - tc**2) * g * i * (1 - i))
""",
    ),
]
