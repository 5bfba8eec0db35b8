"""Small trainings of a linear neuron, and the same in NumPy."""

import math

import numpy as np
import pytest

from nn import SGD, Perceptron, fit, squared_error

ENGINES = pytest.mark.parametrize("engine", ["numpy", "eager"])
RNG = np.random.default_rng(5)
X = RNG.standard_normal((12, 3))
Y = X @ [1.0, -2.0, 0.5] + 0.25
BITS = (X[:, 0] > 0).astype(float)
WEIGHTS = [0.5, 2, 0, 1, 1, 3, 0.25, 0, 1, 1, 2, 4]


def train(model, inputs=X, targets=Y, engine="numpy", **arguments):
    settings = {"loss": squared_error, "epochs": 3, "seed": None, "progress": False}
    if "optimizer" not in arguments:
        settings["optimizer"] = SGD(model.parameters(), 0.1)
    return fit(model, inputs, targets, engine=engine, **settings | arguments)


def linear():
    return Perceptron(3, activation=None, seed=0)


def numbers(model):
    return np.array([parameter.data for parameter in model.parameters()])


def least_squares(steps, *, lr=lambda epoch: 0.1, weights=None, clip=math.inf):
    """Gradient descent on ½ (w·x + b − y)² in NumPy: the losses, and the parameters at the end."""
    theta, columns, losses = numbers(linear()), np.column_stack([X, np.ones(len(X))]), []
    weights = np.ones(len(X)) if weights is None else np.asarray(weights, float)
    for epoch in range(1, steps + 1):
        errors = columns @ theta - Y
        losses.append(float((weights * errors**2).sum() / weights.sum() / 2))
        gradient = columns.T @ (weights * errors) / weights.sum()
        gradient *= min(1.0, clip / np.linalg.norm(gradient))
        theta = theta - lr(epoch) * gradient
    return losses, theta


def sum_of(terms):
    total = 0.0
    for term in terms:
        total = total + term
    return total
