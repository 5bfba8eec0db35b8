"""The engines of `fit`, by their names."""

from nn.array_engine import Arrays
from nn.device_engine import OnDevices
from nn.eager_engine import Eager
from nn.engine import Engine

ENGINES: dict[str, type[Engine]] = {"numpy": Arrays, "eager": Eager, "jax": OnDevices}
