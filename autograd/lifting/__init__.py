"""Scalar code in, array code out: `vectorize`.

The modules in the order in which to read them:

- `program`: what `vectorize` gives; it calls the steps below, and runs what they wrote.
- `examples`: arguments as arrays; `batches` sees to what a program is called with.
- `tracing`: the function runs once on placeholders, and what it records is its graph.
- `normal_form`: the graph as sums of products, each subexpression once.
- `groups`: subexpressions of one level and kind become arrays, and parameters matrices. Where rows differ in length,
  `ragged` fills them up, and where they read now one array and now another, `mixtures` puts one together of these;
  `expressions_added` is what both do to the normal form.
- `repetition` finds what comes again and again, as the steps of time; `time_loops` writes it down, with
  `moving_leaves` for the parameters that each step has of its own.
- `emission`: a line of code for each group, forward and backward, by `products` and `contractions` for groups of sums,
  by `elementwise` for those of other operations, and by `many_operands` for those over an axis.
- `draft` holds the lines while they are written, reads arrays, by `views` where the places go by loops (`strides`), and
  brings gradients back (`arrivals` are those that are more than an array); `naming` chooses the variables, `unbounded`
  tells where 0 · ∞ has to be kept out, and `source_text` makes two functions of the lines.
- `compilation` makes functions of the source, with `array_helpers`, those that it calls besides the array library's;
  `pure_function` does for other libraries than NumPy, `loops_in_jax` rewrites the loops for JAX, and `under_jax` sees
  that it computes in the type of the program.
- `each_example`: the slopes of each example's own output.
- `one_by_one`: the same graph example by example, for numbers that the arrays have as infinite or NaN.
"""

import gc
from collections.abc import Iterable
from contextlib import suppress
from inspect import signature
from typing import TYPE_CHECKING

from autograd.errors import described
from autograd.untyped import AnyFunction, Anything
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.lifting.program import Program


def vectorize(
    function: AnyFunction,
    *example: Anything,
    parameters: Iterable[Value] | None = None,
    dtype: Anything = "float64",
    **named: Anything,
) -> "Program":
    """Lift a scalar function to NumPy code over a whole batch, forward and backward.

    The function is called once, on placeholders shaped like the example. What it records is lifted: equal
    subexpressions are merged, constants folded, weighted sums of the same inputs become matrix products. It is not
    called again: a number that it draws at random, or counts, stays what it was.

    Sums are added in another order than the scalar engine's, like terms of one sign are merged, and factors multiplied
    out: the results agree to a rounding of the largest term, and a kink may be passed on the other side. Where a
    comparison, `step`, `sign`, `floor` or `ceil` decides, sums of up to 8 terms that are spelled out keep their order,
    and an example has the same sum alone as in a batch; longer ones, and those of a whole layer, are matrix products.

    Args:
        function: plain scalar code on Values that returns a Value (or lists of Values, for a forward pass only).
        example, named: for each argument of the function, a number, nested sequences of numbers, or a dict, a
            namedtuple or a dataclass of such: only the shape counts.
        parameters: the leaves that the program differentiates by; by default all that were there before the function
            ran. Others that were there are read anew at each call, too; those born inside are constants. The program
            has an order of its own for them, `Program.parameters`, so that a matrix of weights is one piece of the flat
            array.
        dtype: the floating-point type to compute in.

    Returns:
        A `Program`.

    Raises:
        TypeError: if the function needs the number of a placeholder: an ``if``, ``==`` of two, ``float()``, ``.data``;
            the error names its line and what to write instead.

    >>> w, b = [Value(0.5, "w1"), Value(-1.0, "w2")], Value(0.25, "b")
    >>> def neuron(x):
    ...     return (w[0] * x[0] + w[1] * x[1] + b).tanh()
    >>> program = vectorize(neuron, [0.0, 0.0])
    >>> print(program.source.split("def backward")[0].strip())
    def forward(parameters, x):
        w = parameters[0:2]
        b = parameters[2]
        total = x @ w + b
        neuron = np.tanh(total)
        return (neuron,), (neuron,)
    >>> program([[1.0, 2.0], [0.0, 1.0]]).round(4).tolist()
    [-0.8483, -0.6351]
    """
    from autograd.lifting.program import Program

    if not callable(function):
        see_to_the_example("vectorize", function, example, named)
    # A graph of a million nodes is built and taken apart, with no cycle in it: the collector would only go over it
    # again and again.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return Program(function, example, parameters, dtype, named)
    except TypeError:
        see_to_the_example("vectorize", function, example, named)
        raise
    finally:
        if collecting:
            gc.enable()


def see_to_the_example(
    name: str, function: AnyFunction, example: tuple[Anything, ...], named: dict[str, Anything]
) -> None:
    """A TypeError that says how to call `vectorize`, or `tape`, if it got no function, or no example."""
    how = f"write {name}(f, 0.0) for a function of a number, {name}(f, [0.0, 0.0]) for one of two in a list"
    if not callable(function):
        raise TypeError(f"{name} takes a function, not {described(function)}: {how}") from None
    with suppress(ValueError):  # a function of C may have no signature
        try:
            signature(function).bind(*example, **named)
        except TypeError as error:
            raise TypeError(f"{name} takes an example of each argument of the function ({error}): {how}") from None
