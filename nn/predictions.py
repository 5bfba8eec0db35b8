"""predict: the outputs of a model for many examples, as an array."""

from collections.abc import Callable, Iterable

from autograd.untyped import AnyArray, Anything
from nn.data import as_array
from nn.targets import applied, numbers_in

PIECE = 8192
"""How many examples are computed at once: each needs room for all that is on the way to its outputs."""


def predict(model: Callable[[Anything], Anything], X: Iterable[Anything]) -> AnyArray:
    """What a model gives for each of many examples, as an array.

    Args:
        model: a `Module`, or any function from one example's inputs to its outputs.
        X: the inputs of each example, as for `fit`: numbers, rows or matrices.

    Returns:
        An array of float64: (examples,) for a model of one output, (examples, n) for one of n, as
        ``vectorize(model, X[0])(X)`` has it. A model that asks for the numbers of its inputs, as in ``if x > 0``, is
        called for each example.

    Raises:
        TypeError, ValueError: for inputs that are no numbers, of several shapes, or none.

    >>> from nn import MLP
    >>> predict(MLP(2, [4, 1], seed=0), [[1.0, -2.0], [0.0, 0.5]]).round(4).tolist()
    [-3.0402, 0.018]
    >>> predict(MLP(2, [4, 3], seed=0), [[1.0, -2.0], [0.0, 0.5]]).shape
    (2, 3)
    """
    import numpy as np

    from autograd.lifting import vectorize

    if not callable(model):
        raise TypeError(f"predict takes a model, or another function of an example's inputs, not {model!r}")
    inputs = as_array(X, "X", finite=False)
    try:
        program = vectorize(model, inputs[0].tolist())
    except TypeError:  # it asks for numbers, or is at fault, and then says so of an example
        return np.array([numbers_in(applied(model, x)) for x in inputs.tolist()])
    return in_pieces(program, [inputs])


def in_pieces(program: Callable[..., AnyArray], columns: list[AnyArray], **named: AnyArray) -> AnyArray:
    """What a program gives for all rows of some columns, computed piece by piece."""
    import numpy as np

    pieces = (slice(start, start + PIECE) for start in range(0, len(columns[0]), PIECE))
    found = [program(*(column[piece] for column in columns), **named) for piece in pieces]
    return found[0] if len(found) == 1 else np.concatenate(found)
