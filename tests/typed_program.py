"""A program of a user who types everything: `test_types` has mypy and pyright read it, strictly."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from autograd import (
    Condition,
    DerivationReport,
    Drawing,
    Explanation,
    Operation,
    Program,
    Report,
    Value,
    check_derivation,
    check_gradients,
    clip,
    dot,
    draw,
    equal,
    erf,
    exact_gradients,
    exp,
    explain,
    grad,
    gradients,
    hessian,
    maximum,
    mean,
    no_grad,
    relu,
    sigmoid,
    softmax,
    sum,  # noqa: A004  (the mathematics' name)
    take,
    tanh,
    vectorize,
    where,
)
from nn import MLP, SGD, Adam, History, Module, Optimizer, cross_entropy, fit, hinge, l2, load, save, squared_error

square = Operation("square", value=lambda m, a: a * a, local=lambda m, y, a: (2 * a,))


class Line(Module):
    """A model of the user's own."""

    def __init__(self) -> None:
        self.slope, self.offset = Value(2.0), Value(1.0)

    def __call__(self, x: Value | float) -> Value:
        return self.slope * x + self.offset


def energy(x: Value, y: Value) -> Value:
    z: Value = exp(-x) * 2 + 3 / y - (x**2) ** y + abs(x) + square(y)
    positive: Condition = x > 0
    half: Condition = y == 0.5
    either: Condition = ~half | equal(x, y) | (x != 2)
    z = clip(z, -5, 5.0)
    z += np.exp(x) + np.float64(2) * y + take([x, y], 1)
    z = maximum(z, x, 1.0) + maximum([z, y]) + erf(x).atan()
    bend: float = grad(grad(erf))(0.5)
    z = z * bend
    side: Value = where(positive & (y < 1.5) & either, maximum(z, 0.0), relu(z).tanh())
    return mean([side, x, 1.0]) + sum([x, y], start=0.5) + dot([x, y], [1.0, 2.0], bias=0.5) + sum(softmax([x, y]))


def of_numpy_scalars(x: Value, single: np.float32, whole: np.int64) -> Value:
    y: Value = x * single + single * x - (whole - x) / whole + whole / x**whole + np.float32(2) ** x
    above: Condition = (x > single) & (x <= whole) & (x != single)
    y += where(above, maximum(y, single), Value(single)) + sum([x, whole], start=single) + Fraction(1, 2) * x
    number: float = exp(single) + maximum(whole, single) + mean([single])
    x.data = single
    y.backward(whole)
    return y + number if single < x else y


@no_grad()
def report(model: Line, points: Sequence[float]) -> list[float]:
    return [model(point).data for point in points]


def main(path: str) -> float:
    x, y = Value(1.5, "x"), Value(0.5, "y")
    J = energy(x, y)
    J.backward()
    slope: float = x.grad if x.grad is not None else 0.0
    [by_x, by_y] = gradients(J, [x, y])
    curvature: float = hessian(by_x * by_y, [x, y])[0][1].data
    exact: list[Fraction] = exact_gradients(x / y, [x, y])
    checked: Report = check_gradients(J)
    derived: DerivationReport = check_derivation("dJ/dx = 1", {"J": J, "x": x})
    wrong = [line.claim for line in derived.lines if not line.holds]
    paths: Explanation = explain(J, x)
    picture: Drawing = draw(J, direction="TB")
    model = MLP(2, [3, 2], tanh, seed=0)
    optimizer: Optimizer = Adam(model.parameters(), lr=0.01)
    history: History = fit(model, [[0.0, 1.0]], [[1.0, 0.0]], loss=cross_entropy, optimizer=optimizer, epochs=1)
    program: Program = vectorize(lambda a, b: squared_error(model(a), b), [0.0, 0.0], [0.0, 0.0])
    penalty: Value = hinge(sigmoid(x), 1) + l2(model.parameters(), 0.01) + squared_error([x, y], [1.0, 2.0])
    SGD([x, y], lr=0.1, momentum=0.9).step()
    save(model, path)
    again: MLP = load(MLP(2, [3, 2], tanh), path)
    sizes = [len(wrong), paths.count, len(picture.source), len(program.source), len(exact), len(again.layers)]
    return (
        slope
        + curvature
        + max(sizes)
        + history.losses[-1]
        + bool(checked)
        + penalty.data
        + exp(1.0)
        + sum(report(Line(), [0.0]))
    )
