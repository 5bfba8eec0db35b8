"""A recorded graph as straight-line Python on floats: `tape`.

The modules in the order in which to read them:

- `tapes`: what `tape` gives; it calls the steps below, and runs what they wrote.
- `given_numbers`: what a tape is called with, and results shaped like it.
- `graph_lines`: the graph as lines, forward and backward, by the table as `autograd.numbers.python_lines` computes it.
- `line_names`: what the lines call leaves and functions.
- `straight_line`: the lines as compiled functions.
- `eager_replay`: the same graph, recorded anew by the engine, for its errors and its infinities.
- `second_order`: the graph of the second derivatives as lines.

The function is traced as `vectorize` traces it, by `autograd.lifting.tracing`.
"""

import gc
from collections.abc import Iterable
from typing import TYPE_CHECKING

from autograd.lifting import see_to_the_example
from autograd.untyped import AnyFunction, Anything
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.taping.tapes import Tape


def tape(
    function: AnyFunction, *example: Anything, parameters: Iterable[Value] | None = None, **named: Anything
) -> "Tape":
    """Record a scalar function once, and replay it as straight-line Python on floats: one example at a time, fast.

    For graphs in which `vectorize` finds no arrays, or where there is one example and no batch: a robot's arm, steps of
    time, a function for an optimizer. The function is called once, on placeholders shaped like the example. Each node
    that it records becomes a line; equal lines are one, and what depends on constants alone is a number. Values,
    gradients and second derivatives are the engine's to the last bit, and so are its errors. (Only at an entry that
    `take` takes twice, by indices of the example, may gradients be added in another order.) The function is not called
    again: a number that it draws at random, or counts, stays what it was.

    Args:
        function: plain scalar code on Values that returns a Value (or lists of Values, for values only).
        example, named: for each argument of the function, a number, nested sequences of numbers, or a dict, a
            namedtuple or a dataclass of such: only the shape counts.
        parameters: the leaves that `Tape.value_and_gradients` differentiates by, in this order; by default all that
            were there before the function ran, in the order in which the graph meets them. Others that were there are
            read anew at each call, too; those born inside are constants.

    Returns:
        A `Tape`.

    Raises:
        TypeError: if the function needs the number of a placeholder: an ``if``, ``==`` of two, ``float()``, ``.data``;
            the error names its line and what to write instead.

    >>> k = Value(3.0, "k")
    >>> def energy(x):
    ...     return k * (x[1] - x[0]) ** 2 / 2 + x[0].cos()
    >>> spring = tape(energy, [0.0, 0.0])
    >>> value, gradient = spring.value_and_gradients_by_inputs([0.0, 2.0])
    >>> value, gradient.tolist()
    (7.0, [-6.0, 6.0])
    >>> print(spring.source.rpartition("def ")[2].strip())
    value_and_gradient_by_inputs(numbers):
        [x_0, x_1, k] = numbers
    <BLANKLINE>
        # forward
        v3 = x_1 - x_0
        v4 = pow(v3, 2.0)
        v5 = k * v4
        v6 = v5 / 2.0
        v7 = cos(x_0)
        v8 = v6 + v7
    <BLANKLINE>
        # backward
        d9 = sin(x_0)
        d10 = -d9
        g_v4 = k * 0.5
        d14 = 2.0 * v3
        g_v3 = g_v4 * d14
        gradient = [d10 - g_v3, g_v3]
        return v8, gradient
    """
    from autograd.taping.tapes import Tape

    collecting = gc.isenabled()
    gc.disable()  # a graph of a million nodes is built, with no cycle in it
    try:
        return Tape(function, example, parameters, named)
    except TypeError:
        see_to_the_example("tape", function, example, named)
        raise
    finally:
        if collecting:
            gc.enable()
