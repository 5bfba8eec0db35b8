"""Functions of functions: the derivatives of a function, as functions.

What is differentiated by is a number, or lists of numbers in lists; a tuple or a dict is as good as a list. Of floats
the derivative is floats; of Values, or where the function reads Values from outside, it is Values: a graph, to be
differentiated by them in its turn.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import wraps
from operator import attrgetter

from autograd import nodes
from autograd.advice.advised import with_advice
from autograd.derivatives import gradients
from autograd.errors import described, is_real, quoted, real_number, whole_number
from autograd.graph import contributions, depending_on, topological_order
from autograd.recorder import current, resumed
from autograd.untyped import AnyFunction, Anything
from autograd.value import Value


@with_advice({})
def grad(function: AnyFunction, argnum: int = 0) -> AnyFunction:
    """The gradient of a function that returns one Value: ∂f/∂x for each number in x, the argument number `argnum`.

    Args:
        function: plain scalar code on Values, of a number or of lists of numbers in lists, and of whatever else.
        argnum: which argument it is differentiated by, from 0; the others reach the function as they are.

    Returns:
        A function of the same arguments that gives the gradient in the form of x: floats for floats, else Values.

    Raises:
        TypeError: as the gradient is called, if the function returns anything but one Value.

    >>> from autograd import exp
    >>> grad(lambda x: x**3)(2.0), grad(grad(lambda x: x**3))(2.0)
    (12.0, 12.0)
    >>> grad(lambda w, x: w[0] * x + w[1][0] * x * x)([1.0, [2.0]], 3.0)
    [3.0, [9.0]]
    >>> x = Value(4.0)
    >>> y = x * grad(lambda t: x * t)(1.0)          # the inner derivative is x, and a Value: y = x²
    >>> y.backward()
    >>> x.grad
    8.0
    """
    derivative = value_and_grad(function, argnum)

    @wraps(function, updated=())
    def gradient(*arguments: Anything, **named: Anything) -> Anything:
        return derivative(*arguments, **named)[1]

    return gradient


@with_advice({})
def value_and_grad(function: AnyFunction, argnum: int = 0) -> Callable[..., tuple[Anything, Anything]]:
    """A function that gives (value, gradient) of a function that returns one Value; see `grad`.

    >>> value_and_grad(lambda x: x**2)(3.0)
    (9.0, 6.0)
    """
    _callable(function, "the function to differentiate")
    if not hasattr(argnum, "__index__"):
        raise TypeError(f"argnum must be a whole number, not {described(argnum)}: call the gradient, as grad(f)(x)")
    place = whole_number("argnum", argnum, least=0)

    @wraps(function, updated=())
    def both(*arguments: Anything, **named: Anything) -> tuple[Anything, Anything]:
        if place >= len(arguments):
            raise TypeError(f"argnum is {place}, but there are {len(arguments)} arguments to count: the first is 0")
        run = _Call(arguments[place], lambda x: function(*arguments[:place], x, *arguments[place + 1 :], **named))
        slopes = run.pulled([run.output()], [1])
        return run.finished(run.returned), run.in_the_form_of(run.x, slopes)

    return both


@with_advice({})
def jvp(function: Callable[[Anything], Anything], x: Anything, v: Anything) -> Anything:
    """The derivative of f along v at x, J v, by forward mode: in the form of what the function returns.

    Args:
        function: code on Values, which returns a Value, or lists of Values in lists.
        x: a number, or lists of numbers in lists.
        v: the direction, in the form of x.

    >>> jvp(lambda x: [x[0] * x[1], x[0] ** 2], [2.0, 3.0], [1.0, 0.0])
    [3.0, 4.0]
    """
    run = _Call(x, function)
    outputs = run.outputs()
    return run.in_the_form_of(run.returned, run.pushed(outputs, run.like(x, v, "v", "x")))


@with_advice({})
def vjp(function: Callable[[Anything], Anything], x: Anything, u: Anything) -> Anything:
    """The gradient of u · f(x), uᵀ J, by reverse mode: in the form of x.

    Args:
        function: code on Values, which returns a Value, or lists of Values in lists.
        x: a number, or lists of numbers in lists.
        u: the weight of each output, in the form of what the function returns.

    >>> vjp(lambda x: [x[0] * x[1], x[0] ** 2], [2.0, 3.0], [1.0, 10.0])
    [43.0, 2.0]
    """
    run = _Call(x, function)
    outputs = run.outputs()
    return run.in_the_form_of(x, run.pulled(outputs, run.like(run.returned, u, "u", "what the function returns")))


@with_advice({})
def hvp(function: Callable[[Anything], Anything], x: Anything, v: Anything) -> Anything:
    """The Hessian times v, H v, by forward mode over reverse: in the form of x, without the Hessian.

    Args:
        function: code on Values, which returns one Value.
        x: a number, or lists of numbers in lists.
        v: the direction, in the form of x.

    >>> hvp(lambda x: x[0] ** 2 * x[1], [2.0, 5.0], [1.0, 0.0])
    [10.0, 4.0]
    """
    run = _Call(x, function)
    output = run.output()
    with resumed():
        slopes = gradients(output, run.inputs)
    return run.in_the_form_of(x, run.pushed(slopes, run.like(x, v, "v", "x")))


class _Call:
    """A function, called once on Values of its own in the place of the numbers of x.

    Attributes:
        inputs: these Values, flat. One that stands for a Value is computed from it, so that the function may read the
            Value itself too, and the two are told apart.
        returned: what the function returned.
    """

    def __init__(self, x: Anything, function: Callable[[Anything], Anything]) -> None:
        _callable(function, "the function to differentiate")
        self.x = x
        self.inputs: list[Value] = []
        self._values = any(isinstance(entry, Value) for entry in _entries(x))
        self._start = nodes.writes
        nodes.writes += 1  # so that a leaf made from now on is younger than all that were there
        with resumed():
            self.returned = function(_formed(x, map(self._input, _entries(x))))

    def _input(self, entry: Anything) -> Value:
        found = entry * 1 if isinstance(entry, Value) else Value(_float(entry))
        self.inputs.append(found)
        return found

    def output(self) -> Value:
        """What the function returned, which is to be one Value."""
        if _parts(self.returned) is not None:
            raise TypeError(
                f"the function must return one Value, not {quoted(self.returned)}: take one output or a sum, or "
                "the derivative of all by jvp or vjp"
            )
        return self.outputs()[0]

    def outputs(self) -> list[Value]:
        """What the function returned, flat."""
        found = list(_entries(self.returned))
        for output in found:
            if not isinstance(output, Value):
                advice = "if it is a constant, Value(…)" if is_real(output) else "look for a missing return"
                raise TypeError(f"the function must return Values, and {quoted(output)} is none: {advice}")
        self._values = self._values or self._reads_others(found)
        return found

    def _reads_others(self, outputs: Iterable[Value]) -> bool:
        """Whether the outputs depend on Values that were there before the call."""
        leaves = (node for node in topological_order(*outputs) if node.op is None)
        return any(not leaf.constant and leaf.written <= self._start for leaf in leaves)

    def like(self, model: Anything, given: Anything, name: str, of: str) -> list[Anything]:
        """The numbers of an argument, which is to have the form of something."""
        if _shape(model) != _shape(given):
            raise ValueError(f"{name} must have the form of {of}, {_shape(model)}, not {_shape(given)}")
        entries = list(_entries(_ordered(model, given)))
        self._values = self._values or any(isinstance(entry, Value) for entry in entries)
        return [entry if isinstance(entry, Value) else real_number(entry, f"an entry of {name}") for entry in entries]

    # The chain rule, back and forth

    def pulled(self, outputs: Sequence[Value], weights: Sequence[Anything]) -> list[Anything]:
        """Σ weight · ∂output/∂input, for each input."""
        order = topological_order(*outputs)
        found: dict[Anything, Anything] = {}
        for output, weight in zip(outputs, weights, strict=True):
            found[output] = found[output] + weight if output in found else weight
        among = depending_on(order, self.inputs)
        rule = _in_values if self._values else attrgetter("local_grads")
        for _ in contributions(order, found, rule, among):
            pass
        return [found.get(node, 0) for node in self.inputs]

    def pushed(self, outputs: Sequence[Value], direction: Sequence[Anything]) -> list[Anything]:
        """Σ ∂output/∂input · v, for each output."""
        from autograd.numbers.duals import Dual, Duals
        from autograd.numbers.extended import extended
        from autograd.numbers.values import values

        m = Duals(values if self._values else extended)
        order = topological_order(*outputs)
        among = depending_on(order, self.inputs)
        moved = zip(self.inputs, direction, strict=True)
        # An input that does not move is a plain number: its 0 · ∞ would be NaN in the derivative by another.
        found: dict[Anything, Anything] = {
            node: Dual(self._primal(node), v, m) if isinstance(v, Value) or v != 0 else self._primal(node)
            for node, v in moved
        }
        for node in order:
            if node not in found:
                y = self._primal(node)
                found[node] = m.pushed(node.op, y, [found[p] for p in node.parents]) if node in among else y
        return [found[output].tangent if isinstance(found[output], Dual) else 0 for output in outputs]

    def _primal(self, node: Value) -> Anything:
        return node if self._values else node._scalar

    # What is given back

    def in_the_form_of(self, model: Anything, numbers: Iterable[Anything]) -> Anything:
        return _formed(model, map(self.finished, numbers))

    def finished(self, number: Anything) -> Anything:
        """A Value or a float, as this run gives them."""
        if not self._values:
            return float(number._scalar if isinstance(number, Value) else number)
        if isinstance(number, Value):
            return number.detach() if current.get().paused and number.op is not None else number
        return Value(number)


def _in_values(node: Value) -> Anything:
    from autograd.numbers.values import values

    return node.op.local(values, node, *node.parents)  # type: ignore[union-attr]  # it is no leaf


def _callable(function: Anything, role: str) -> None:
    if not callable(function):
        of_values = "; of a Value by others, gradients(output, inputs)" if isinstance(function, Value) else ""
        raise TypeError(f"{role} must be a function, not {quoted(function)}: grad(f)(x), jvp(f, x, v){of_values}")


def _parts(thing: Anything) -> Collection[Anything] | None:
    """What a list, tuple or dict holds; None of anything else."""
    return thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list | tuple) else None


DEEPEST = 100
"""How many lists may be one in the other."""


def _entries(thing: Anything, depth: int = 0) -> Iterator[Anything]:
    """The numbers of a number, or of lists in lists."""
    if (parts := _parts(thing)) is None:
        yield thing
    elif depth == DEEPEST:
        raise ValueError(f"what is differentiated by has over {DEEPEST} lists one in the other, or a list in itself")
    else:
        for part in parts:
            yield from _entries(part, depth + 1)


def _formed(model: Anything, entries: Iterable[Anything]) -> Anything:
    """Entries in the form of a number, or of lists in lists."""
    following = iter(entries)

    def formed(thing: Anything) -> Anything:
        if (parts := _parts(thing)) is None:
            return next(following)
        made = list(map(formed, parts))
        if isinstance(thing, dict):
            return dict(zip(thing, made, strict=True))
        named = getattr(thing, "_make", None)  # that of a named tuple
        return made if isinstance(thing, list) else named(made) if named else tuple(made)

    return formed(model)


def _ordered(model: Anything, thing: Anything) -> Anything:
    """A thing of the model's shape, with the keys of dicts in the order that they have there."""
    if isinstance(model, dict):
        return [_ordered(part, thing[key]) for key, part in model.items()]
    return thing if _parts(model) is None else list(map(_ordered, model, thing))


def _shape(thing: Anything, depth: int = 0) -> str:
    """The form of something, as errors show it: [·, [·, ·]]."""
    if isinstance(thing, dict):
        return f"{{{', '.join(sorted(f'{key!r}: {_shape(part, depth + 1)}' for key, part in thing.items()))}}}"
    if not isinstance(thing, list | tuple):
        return "·"
    return f"[{', '.join(_shape(part, depth + 1) for part in thing)}]" if depth < DEEPEST else "[…]"


def _float(thing: Anything) -> float:
    """A number that is differentiated by, or the error that says how to write it."""
    role = "what is differentiated by"
    if is_real(thing) or isinstance(thing, str):
        return real_number(thing, role)
    if hasattr(thing, "tolist"):
        advice = "write x.tolist() for an array x"
    elif hasattr(thing, "parameters"):
        advice = "by the parameters of a model differentiate its output, by gradients(output, model.parameters())"
    elif hasattr(thing, "__iter__"):
        advice = "write list(x)"
    else:
        return real_number(thing, role)
    raise TypeError(f"{role} must be a number, or lists, tuples or dicts of numbers, not {described(thing)}: {advice}")
