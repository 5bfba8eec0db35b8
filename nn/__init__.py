"""Networks of `autograd.Value`: perceptrons, layers, losses, optimizers, the training loop, and files.

>>> from nn import MLP
>>> model = MLP(3, [4, 1], seed=0)
>>> model
MLP(3 -> 4 relu -> 1 linear, 21 parameters)
>>> f"{model([0.5, -1.0, 2.0]):.4f}"
'0.6412'
"""

from typing import TYPE_CHECKING

import nn.beneath  # isort: skip  # noqa: F401  (first: what follows needs the right autograd)

from autograd import __version__ as __version__
from autograd.advice import missing_names
from nn.draws import dropout, noise
from nn.habits import OF_NN
from nn.history import History
from nn.layers import MLP, Layer, Perceptron
from nn.losses import binary_cross_entropy, cross_entropy, hinge, l2, squared_error
from nn.module import Module
from nn.optimizers import SGD, Adam, Optimizer
from nn.storage import load, save
from nn.training import fit

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "History",
    "Layer",
    "Module",
    "Optimizer",
    "Perceptron",
    "binary_cross_entropy",
    "cross_entropy",
    "dropout",
    "fit",
    "hinge",
    "l2",
    "load",
    "noise",
    "save",
    "squared_error",
]


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


if not TYPE_CHECKING:  # or checkers would take `nn.Lniear` for a name of it
    __getattr__ = missing_names.answer(__name__, __all__, OF_NN)
