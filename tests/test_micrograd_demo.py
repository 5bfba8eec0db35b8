"""The training loop of micrograd's demo, with only the import lines changed.

Moons, a network 2-16-16-1, the max-margin loss with a penalty on the weights, and gradient descent spelled out: all the
idioms of that notebook, on fewer points.
"""

import math
import random
from importlib import import_module

import numpy as np
import pytest
from support import exactly

from autograd import Value
from nn import MLP


def two_moons(count, seed):
    """Points on two half circles that reach into each other, and −1 or 1 for each."""
    noise = np.random.default_rng(seed).normal(scale=0.1, size=(count, 2))
    angles = np.linspace(0, math.pi, count // 2)
    upper = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    lower = np.stack([1 - np.cos(angles), 0.5 - np.sin(angles)], axis=1)
    return np.concatenate([upper, lower]) + noise, np.repeat([-1, 1], count // 2)


X, y = two_moons(30, seed=1337)


def loss_of(model, Value):
    """The demo's loss function: a sum by Python's own `sum`, NumPy's numbers on either side of an operator."""
    inputs = [list(map(Value, xrow)) for xrow in X]
    scores = list(map(model, inputs))
    losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    alpha = 1e-4
    reg_loss = alpha * sum(p * p for p in model.parameters())
    total_loss = data_loss + reg_loss
    accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores, strict=True)]
    return total_loss, sum(accuracy) / len(accuracy)


def descend(model, Value, steps):
    for k in range(steps):
        total_loss, accuracy = loss_of(model, Value)
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        yield total_loss.data, accuracy


def test_the_demo_has_as_many_parameters_as_micrograds():
    assert len(MLP(2, [16, 16, 1]).parameters()) == 337


def test_the_demo_learns_the_moons():
    steps = list(descend(MLP(2, [16, 16, 1], seed=1), Value, 40))
    (first_loss, first_accuracy), (last_loss, last_accuracy) = steps[0], steps[-1]
    assert last_loss < 0.25 * first_loss
    assert last_accuracy > max(0.9, first_accuracy)


def test_the_demo_draws_its_decision_from_new_points():
    """The last cell: a score for every point of a mesh, from .data."""
    model = MLP(2, [16, 16, 1], seed=1)
    mesh = np.array([[-1.0, 0.5], [2.0, -0.5]])
    scores = list(map(model, [list(map(Value, xrow)) for xrow in mesh]))
    assert np.array([s.data > 0 for s in scores]).shape == (2,)


def test_the_steps_are_those_of_micrograd_itself():
    engine, networks = pytest.importorskip("micrograd.engine"), import_module("micrograd.nn")
    random.seed(1337)
    theirs, ours = networks.MLP(2, [16, 16, 1]), MLP(2, [16, 16, 1])
    for their, our in zip(theirs.parameters(), ours.parameters(), strict=True):
        our.data = their.data

    pairs = zip(descend(theirs, engine.Value, 3), descend(ours, Value, 3), strict=True)
    for (their_loss, their_accuracy), (our_loss, our_accuracy) in pairs:
        assert our_loss == exactly(float(their_loss), relative=1e-12)
        assert our_accuracy == their_accuracy
        their_grads = [float(p.grad) for p in theirs.parameters()]
        assert [p.grad for p in ours.parameters()] == exactly(their_grads, relative=1e-9, absolute=1e-14)
