"""Networks of `autograd.Value`: perceptrons, layers, losses, optimizers, the training loop, and files.

The modules in the order in which to read them:

- `module`, `layers`, `activations`: what has parameters; `losses`; `optimizers`.
- `training`: `fit`, its loop over the epochs. `data` sees to what it is given, `draws` has the orders and the draws of
  `dropout` and `noise`, `schedules` the learning rates, `metrics`, `stopping` and `checkpoint` what is done after an
  epoch; `sameness` tells the checkpoint of another training. `history` is what it gives, `watching` what it shows
  meanwhile.
- `engine`: what the loop asks of an engine; `engines`: there are `eager_engine` and `array_engine`. `targets` asks the
  loss about all targets, `recorded_loss` and `kept` see to it that a recorded loss stays what it is, and `finite` says
  where a number was lost.
- `predictions`: `predict`. `storage` and `files`: `save` and `load`.
- `arguments`, `habits` and `beneath`: checks of arguments, what other libraries call things, and the right `autograd`.
- `teaching`: the lecture's demo, which ``python -m nn`` runs.

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
from nn.activations import elu, gelu, leaky_relu, silu
from nn.draws import dropout, noise
from nn.habits import OF_NN
from nn.history import History
from nn.layers import MLP, Layer, Perceptron
from nn.losses import absolute_error, binary_cross_entropy, cross_entropy, hinge, huber, l2, squared_error
from nn.metrics import accuracy
from nn.module import Module
from nn.optimizers import SGD, Adam, AdamW, Optimizer, RMSprop
from nn.predictions import predict
from nn.schedules import cosine_decay, step_decay, warm_up
from nn.storage import load, save
from nn.training import fit

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "AdamW",
    "History",
    "Layer",
    "Module",
    "Optimizer",
    "Perceptron",
    "RMSprop",
    "absolute_error",
    "accuracy",
    "binary_cross_entropy",
    "cosine_decay",
    "cross_entropy",
    "dropout",
    "elu",
    "fit",
    "gelu",
    "hinge",
    "huber",
    "l2",
    "leaky_relu",
    "load",
    "noise",
    "predict",
    "save",
    "silu",
    "squared_error",
    "step_decay",
    "warm_up",
]


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


if not TYPE_CHECKING:  # or checkers would take `nn.Lniear` for a name of it
    __getattr__ = missing_names.answer(__name__, __all__, OF_NN)
