"""Trainings for tests of several devices and processes; as a program, one of these processes.

`python device_trainings.py PROCESS PROCESSES ADDRESS EXPRESSION` prints what the expression gives, as JSON.
"""

import json
import sys
from itertools import pairwise

import numpy as np

from autograd import tanh
from nn import MLP, SGD, Adam, fit, hinge, squared_error  # noqa: F401  (for expressions)
from nn.draws import dropout
from nn.metrics import accuracy

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(13, 3))
Y = np.where(X[:, 0] * X[:, 1] > 0, 1, -1)
WEIGHTS = np.arange(13) + 0.5

WHOLE = [
    {},
    {"weighted": True, "clip": 0.5},
    {"validated": True, "metrics": {"accuracy": accuracy}},
]
BATCHES = [
    {"batch_size": 4, "schedule": lambda epoch: 1 / epoch},
    {"batch_size": 6, "weighted": True, "drawn": True},
]


def training(
    rows=range(13),
    *,
    engine="jax",
    columns=3,
    drawn=False,
    weighted=False,
    validated=False,
    weights=0,
    labels=Y,
    momentum=None,
    **settings,
):
    """What five epochs on these rows come to: the weights, the losses, and whatever else is asked for."""
    model = MLP(columns, [5, 1], tanh, seed=weights)
    optimizer = Adam(model.parameters(), 0.05) if momentum is None else SGD(model.parameters(), 0.05, momentum)
    function = (lambda x: model([tanh(z) for z in dropout(x, 0.3)])) if drawn else model
    rows = list(rows)
    if weighted:
        settings["sample_weights"] = WEIGHTS[rows]
    if validated:
        settings["validation"] = (X[rows, :columns] + 0.5, Y[rows])
    settings = {"epochs": 5, "seed": None, "progress": False, "loss": hinge} | settings
    history = fit(function, X[rows, :columns], labels[rows], optimizer=optimizer, engine=engine, **settings)
    return [[p.data for p in model.parameters()], history.losses, history.validation_losses, *history.metrics.values()]


def refusal(**settings):
    """The error that a training ends with."""
    try:
        training(**settings)
    except (ValueError, ArithmeticError) as error:
        return str(error)
    raise AssertionError("it was not refused")


def part(process, processes, count=13):
    """The rows of a process: the first one has more, where they do not divide."""
    ends = [-(-count * k // processes) for k in range(processes + 1)]
    return range(*list(pairwise(ends))[process])


if __name__ == "__main__":
    process, processes = int(sys.argv[1]), int(sys.argv[2])
    if processes > 1:
        import jax

        jax.config.update("jax_cpu_collectives_implementation", "gloo")
        jax.distributed.initialize(sys.argv[3], processes, process, heartbeat_timeout_seconds=20)
    sys.stdout.write(json.dumps(eval(sys.argv[4])) + "\n")
