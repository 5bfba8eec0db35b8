"""The lifted program: generated source, compiled, and called on batches."""

from collections.abc import Iterable, Mapping, Sequence
from contextvars import Context
from functools import cached_property, partial
from math import isfinite

import numpy as np

from autograd.derivatives import values_in
from autograd.lifting.batches import Batches
from autograd.lifting.compilation import Compiled
from autograd.lifting.each_example import Lifted, by_columns, repeated, with_parameters_as_inputs
from autograd.lifting.emission import Emission
from autograd.lifting.examples import like_the_example
from autograd.lifting.groups import FIXED, PARAMETERS, Groups
from autograd.lifting.normal_form import NormalForm
from autograd.lifting.one_by_one import OneByOne
from autograd.lifting.pure_function import PureFunction
from autograd.lifting.tracing import Trace
from autograd.lifting.under_jax import JaxFunction
from autograd.text import printable
from autograd.untyped import AnyArray, AnyFunction, Anything
from autograd.value import Value


def _quiet() -> AnyFunction:
    """A function (f, *arguments) that calls f with NumPy's warnings off: what a branch not taken divides by 0 is
    nobody's concern.

    From NumPy 2 on they are switched by a context variable, and a context that has them off is entered for a tenth of
    what ``np.errstate`` costs, which a call of a short program would feel.
    """
    context = Context()
    with np.errstate():  # before NumPy 2 the next line would switch them off for good
        context.run(partial(np.seterr, all="ignore"))
    if context.run(np.geterr)["divide"] == "ignore":
        return lambda f, *arguments: context.copy().run(f, *arguments)

    def call(f: AnyFunction, *arguments: Anything) -> Anything:
        with np.errstate(all="ignore"):
            return f(*arguments)

    return call


quietly = _quiet()

Flat = tuple[AnyArray, ...]
"""The flat arrays of leaves that generated code takes."""


class Program:
    """A scalar function, lifted to array code over a batch of examples. `vectorize` makes them.

    Where the numbers of the arrays are not finite, those of the scalar engine are given, if it has any; NumPy warns of
    what it has not, as of log 0. For that a program keeps the graph that was recorded.

    Attributes:
        parameters: the leaves that it differentiates by, read at each call, in the order of the flat array.
        dtype: the type of its arrays.
    """

    def __init__(
        self,
        function: AnyFunction,
        examples: Sequence[Anything],
        parameters: Iterable[Value] | None,
        dtype: Anything,
        named: Mapping[str, Anything] | None = None,
    ) -> None:
        self.dtype = np.dtype(dtype)
        if self.dtype.kind != "f":
            raise ValueError(f"dtype must be a floating-point type, such as float32, not {self.dtype}")
        listed = None if parameters is None else leaves_in(parameters)
        trace = Trace(function, examples, named)
        expressions = NormalForm(trace, None if listed is None else set(listed))
        groups = Groups(expressions, trace.shapes)
        self._name = _name(function)
        emission = Emission(expressions, groups, trace.names, self._name)
        self.shapes = trace.shapes
        indices = [(*expressions.nodes[index], count) for index, count in expressions.indices.items()]
        self._batches = Batches(trace.arguments, trace.columns, indices, self.dtype)
        self._structure = output_shape(trace.structure)
        self._differentiable = len(trace.outputs) == 1
        self._batched = [expressions.batched[index] for index in expressions.outputs]
        found, self._fixed = (
            [expressions.leaves[index] for index in groups.groups[flat].members] for flat in (PARAMETERS, FIXED)
        )
        known = set(found)
        all_parameters = expressions.leaves.values() if listed is None else listed
        unused = [parameter for parameter in all_parameters if parameter not in known]
        self.parameters: list[Value] = [*found, *dict.fromkeys(unused)]
        self._used = len(found)
        self._left_out = expressions.left_out
        fixed = map(expressions.leaves.__getitem__, expressions.leaves.keys() & expressions.fixed)
        self._one_by_one = OneByOne(expressions, trace.outputs, self.parameters, list(fixed))
        self._compiled = Compiled(emission.source, emission.arrays(self.dtype), self.dtype)
        self._trace = trace

    @property
    def source(self) -> str:
        """The generated forward and backward pass, as Python."""
        return self._compiled.source

    @property
    def constants(self) -> dict[str, AnyArray]:
        """The arrays that the source names: the places that are read, coefficients that differ."""
        return self._compiled.constants

    def __call__(self, *arrays: AnyArray, at: AnyArray = None, **named: AnyArray) -> AnyArray:
        """The output for each example: an array (batch,); (batch, n) if the function returns a list of n Values.

        Args:
            arrays, named: for each argument of the function, an array of shape (batch, *shape of the example); for one
                that is a dict, a namedtuple or a dataclass, the like of arrays, or a list of such examples.
            at: the parameters as a flat array, in the order of `parameters`; by default what they hold.

        Raises:
            TypeError, ValueError: for an array of another shape or type, or an empty batch, before anything runs.
        """
        columns, batch = self._batches.columns(arrays, named)
        theta = self._at(at)
        outputs, total = quietly(self._outputs, theta, columns, batch)
        if self._missed(total, at):
            with np.errstate(all="ignore"):
                rows = outputs.reshape(batch, -1)
                self._one_by_one.correct(rows, columns, self._all(at), everything=self._left_out)
            if self._one_by_one.refused and not np.isfinite(outputs).all():
                self._compiled.forward(*theta, *columns)  # for NumPy to warn of it, as the caller wants
        return outputs.reshape(batch, *self._structure) if self._structure else outputs

    def _outputs(self, theta: Flat, columns: Sequence[AnyArray], batch: int) -> tuple[AnyArray, float]:
        """The outputs for each example: an array of its own, even where they are inputs or the same for all.

        And a number that is finite only if all of them are.
        """
        outputs, _ = self._compiled.forward(*theta, *columns)
        if self._structure or not self._batched[0]:
            own: AnyArray = np.empty((batch, len(self._batched)), self.dtype)
            if len(outputs) < len(self._batched):
                own[:] = outputs[0]
            else:
                for place, output in enumerate(outputs):
                    own[:, place] = output
            own = own.ravel()
        else:
            own = np.array(outputs[0], self.dtype)
        return own, own.dot(own)

    def value_and_gradients(self, *arrays: AnyArray, at: AnyArray = None, **named: AnyArray) -> tuple[float, AnyArray]:
        """The mean of the output over the batch, and its gradient as one flat array in the order of `self.parameters`.

        That is not the order in which `vectorize` was given them: ``dict(zip(program.parameters, gradient))`` has the
        slope by each.

        Args, Raises: as calling the program; also TypeError if the function returns more than one Value.
        """
        self._need_one_output("value_and_gradients")
        columns, batch = self._batches.columns(arrays, named)
        value, gradient = self.differentiate(columns, batch, at)
        if self._one_by_one.refused and not _finite(value, gradient):
            self._value_and_gradients(self._at(at), columns, batch)  # for NumPy to warn of it, as the caller wants
        return value, gradient

    def columns(self, *arrays: AnyArray) -> list[AnyArray]:
        """The arrays of many examples as `differentiate` takes them, seen to once for all batches of their rows."""
        return self._batches.columns(arrays, {})[0]

    def differentiate(self, columns: Sequence[AnyArray], batch: int, at: AnyArray = None) -> tuple[float, AnyArray]:
        """`value_and_gradients` of rows of `columns`, as many as `batch`, not seen to again; NumPy warns of nothing."""
        theta = self._at(at)
        value, gradient, total = quietly(self._value_and_gradients, theta, columns, batch)
        if self._missed(total, at) and (self._left_out or not _finite(value, gradient)):
            with np.errstate(all="ignore"):
                corrected = self._one_by_one.value_and_gradient(columns, self._all(at))
            value, gradient = corrected or (value, gradient)
        if len(gradient) < len(self.parameters):
            gradient = np.concatenate((gradient, np.zeros(len(self.parameters) - self._used, self.dtype)))
        elif gradient is theta[0] or not (gradient.flags.owndata and gradient.flags.writeable):
            # The gradient of ½ Σ p² is p: the caller may write to it all the same.
            gradient = gradient.copy()
        return value, gradient

    def _value_and_gradients(
        self, theta: Flat, columns: Sequence[AnyArray], batch: int
    ) -> tuple[float, AnyArray, float]:
        """The two, and a number that is finite only if all of them are."""
        (output,), saved = self._compiled.forward(*theta, *columns)
        # Before NumPy 2 a single float32 and a Python number made a float64.
        gradient = self._compiled.backward(*theta, *columns, saved).astype(self.dtype, copy=False)
        value = float(np.add.reduce(output)) / batch if self._batched[0] else float(output)
        return value, gradient, value + gradient.dot(gradient)

    @cached_property
    def pure(self) -> PureFunction:
        """The program as ``(theta, *columns) -> (value, gradient)``, for `jax.jit`, optimizers and other libraries.

        It is what `value_and_gradients` gives at theta, in arrays of theta's library and type, and sees to nothing.

        Raises:
            TypeError: if the function returns more than one Value.

        >>> import numpy as np
        >>> from autograd import Value, vectorize
        >>> program = vectorize(lambda x, y, w=Value(2.0): (w * x - y) ** 2, 0.0, 0.0)
        >>> value, gradient = program.pure(np.array([1.0]), np.array([1.0, 2.0]), np.array([3.0, 4.0]))
        >>> float(value), gradient.tolist()
        (4.0, [-6.0])
        """
        self._need_one_output("pure")
        return self._function_of_arrays

    @cached_property
    def _function_of_arrays(self) -> PureFunction:
        count = len(self.parameters), self._used
        return PureFunction(self._compiled, count, self._fixed, self._batched, self._structure)

    def jax(self) -> JaxFunction:
        """`pure` for JAX: ``(theta, *columns) -> (mean value, gradient)``, to `jax.jit`, `jax.vmap`, shard or embed.

        It computes in the program's type. Where JAX has float64 switched off, a call switches it on for itself; inside
        a transformation of JAX's it cannot, and is refused. What a transformation has compiled keeps the numbers of
        leaves that are no parameters. ``program.jax().outputs(theta, *columns)`` is the output, or the outputs, of each
        example.

        Raises:
            ImportError: without JAX; ``pip install 'scalar-autograd[jax]'`` brings it.
            TypeError: when it is called, for a function that returns more than one Value, a theta of a narrower type
                than the program's, or float64 inside a `jax.jit` that has none.

        >>> import numpy as np
        >>> from autograd import Value, vectorize
        >>> program = vectorize(lambda x, y, w=Value(2.0): (w * x - y) ** 2, 0.0, 0.0)
        >>> value, gradient = program.jax()(np.array([1.0]), [1.0, 2.0], [3.0, 4.0])  # doctest: +SKIP
        >>> float(value), gradient.tolist()  # doctest: +SKIP
        (4.0, [-6.0])
        """
        return JaxFunction(
            lambda: self.pure, self._function_of_arrays.outputs, self.dtype, len(self.parameters), self.shapes
        )

    def gradients_by_inputs(self, *arrays: AnyArray, at: AnyArray = None, **named: AnyArray) -> tuple[Anything, ...]:
        """The slopes of each example's own output by its inputs: an array (batch, *shape) for each argument.

        Row i belongs to example i, with no mean over the batch. An argument that is a record gives a record of arrays.

        Args, Raises: as calling the program; also TypeError if the function returns more than one Value.

        >>> from autograd import vectorize
        >>> program = vectorize(lambda x, y: x**2 * y, 0.0, 0.0)
        >>> by_x, by_y = program.gradients_by_inputs([1.0, 3.0], [5.0, 2.0])
        >>> by_x.tolist(), by_y.tolist()
        ([10.0, 12.0], [1.0, 9.0])
        """
        self._need_one_output("gradients_by_inputs")
        columns, _ = self._batches.columns(arrays, named)
        theta = self._all(at)
        with np.errstate(all="ignore"):
            found = self._by_inputs.slopes(columns, self._numbers_at(self._by_inputs.fixed, theta))
            slopes = [np.array(each, self.dtype) for each in found]
            nodes: list[list[Value]] = [[] for _ in columns]
            for node, (place, _) in self._trace.positions.items():
                nodes[place].append(node)
            for example in self._rows_to_correct(slopes, theta):
                own = self._one_by_one.slopes(columns, theta, example, 0, [node for each in nodes for node in each])
                numbers = iter(own or ())
                for each, leaves in zip(slopes, nodes, strict=True):
                    if own is not None:
                        each[example] = np.reshape([next(numbers) for _ in leaves], each[example].shape)
        shaped = iter([each.reshape(-1, *shape) for each, shape in zip(slopes, self.shapes, strict=True)])
        return tuple([like_the_example(example, shaped) for example in self._trace.examples])

    def gradients_by_example(self, *arrays: AnyArray, at: AnyArray = None, **named: AnyArray) -> AnyArray:
        """The gradient of each example's own output by the parameters: an array (batch, parameters).

        Its mean over the batch is that of `value_and_gradients`.

        Args, Raises: as calling the program; also TypeError if the function returns more than one Value.

        >>> from autograd import Value, vectorize
        >>> w = Value(2.0)
        >>> vectorize(lambda x: (w * x) ** 2, 0.0).gradients_by_example([1.0, 3.0]).tolist()
        [[4.0], [36.0]]
        """
        self._need_one_output("gradients_by_example")
        return self.jacobian(*arrays, at=at, **named)

    def jacobian(self, *arrays: AnyArray, at: AnyArray = None, **named: AnyArray) -> AnyArray:
        """The slopes of each example's outputs by the parameters: an array (batch, *outputs, parameters).

        Args, Raises: as calling the program.

        >>> from autograd import Value, vectorize
        >>> w, b = Value(2.0), Value(1.0)
        >>> vectorize(lambda x: [w * x, w * w + b * x], 0.0).jacobian([3.0]).tolist()
        [[[3.0, 0.0], [4.0, 3.0]]]
        """
        columns, batch = self._batches.columns(arrays, named)
        theta = self._all(at)
        count, size = len(self._batched), len(self.parameters)
        lifted = self._by_example
        with np.errstate(all="ignore"):
            rows = repeated(columns, count)
            own = np.broadcast_to(theta, (batch * count, size))
            [found] = lifted.slopes([*rows, own], self._numbers_at(lifted.fixed, theta))
            slopes = np.array(np.broadcast_to(found, (batch * count, size)), self.dtype)
            for row in self._rows_to_correct([slopes], theta):
                numbers = self._one_by_one.slopes(columns, theta, row // count, row % count, self.parameters)
                if numbers is not None:
                    slopes[row] = numbers
        return slopes.reshape(batch, *self._structure, size)

    @cached_property
    def _by_inputs(self) -> Lifted:
        return by_columns(self._trace, range(len(self.shapes)), self._name, self.dtype)

    @cached_property
    def _by_example(self) -> Lifted:
        trace = with_parameters_as_inputs(self._trace, self.parameters)
        return by_columns(trace, [len(trace.columns) - 1], self._name, self.dtype)

    def _need_one_output(self, what: str) -> None:
        if not self._differentiable:
            raise TypeError(f"{what} needs a function that returns one Value, such as a loss; of several, jacobian")

    def _rows_to_correct(self, slopes: Sequence[AnyArray], theta: AnyArray) -> list[int]:
        """The examples whose slopes arrays may have missed."""
        if self._left_out and not np.isfinite(theta).all():
            return list(range(len(slopes[0])))
        finite = [np.isfinite(each.reshape(len(each), -1)).all(axis=1) for each in slopes]
        return [] if not finite else np.flatnonzero(~np.logical_and.reduce(finite)).tolist()

    def _numbers_at(self, leaves: Sequence[Value], theta: AnyArray) -> AnyArray:
        """The numbers of parameters, which are those of a flat array, and of fixed leaves."""
        place = {parameter: index for index, parameter in enumerate(self.parameters)}
        numbers = [theta[place[leaf]] if leaf in place else leaf.data for leaf in leaves]
        return np.array(numbers, self.dtype)

    def backward(self, *arrays: AnyArray, **named: AnyArray) -> float:
        """Add the gradient of the mean output to the `grad` of every parameter, as ``backward`` of a Value does.

        Returns:
            The mean output.
        """
        value, gradient = self.value_and_gradients(*arrays, **named)
        for parameter, slope in zip(self.parameters, gradient.tolist(), strict=True):
            parameter.grad = slope if parameter.grad is None else parameter.grad + slope
        return value

    def read(self) -> AnyArray:
        """What the parameters hold, as a flat array in the order of `parameters`."""
        return self._numbers_of(self.parameters)

    def write(self, at: AnyArray) -> None:
        """Set the parameters to the numbers of a flat array, all of them or, if it does not fit, none."""
        for parameter, number in zip(self.parameters, self._flat(at).tolist(), strict=True):
            parameter.data = number

    @property
    def names(self) -> list[str]:
        """The names of the arrays, for people."""
        return self._batches.names

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}: (batch{''.join(f', {n}' for n in shape)}{',' * (not shape)})"
                              for name, shape in zip(self.names, self.shapes, strict=True))  # fmt: skip
        return printable(f"Program({arguments}; {len(self.parameters)} parameters, {self.dtype})")

    def _missed(self, total: float, at: AnyArray) -> bool:
        """Whether arrays may have missed what the engine gives: a number is not finite, or a parameter left out is."""
        if not isfinite(total):
            return True
        return self._left_out and not all(isfinite(np.add.reduce(flat)) for flat in (self._all(at), *self._at(at)[1:]))

    def _at(self, at: AnyArray) -> Flat:
        """The flat arrays that the generated code takes: the parameters that it uses, and the fixed leaves, if any."""
        theta = self._all(at)
        used = theta[: self._used] if self._used < len(self.parameters) else theta
        return (used, self._numbers_of(self._fixed)) if self._fixed else (used,)

    def _numbers_of(self, leaves: Sequence[Value]) -> AnyArray:
        return np.fromiter((leaf.data for leaf in leaves), self.dtype, len(leaves))

    def _all(self, at: AnyArray) -> AnyArray:
        return self.read() if at is None else self._flat(at)

    def _flat(self, at: AnyArray) -> AnyArray:
        theta = self._batches.as_array("at", at)
        if theta.shape != (len(self.parameters),):
            raise ValueError(
                f"at must be a flat array of the {len(self.parameters)} parameters, not one of shape {theta.shape}"
            )
        return theta


def _finite(value: float, gradient: AnyArray) -> bool:
    return isfinite(value) and bool(np.isfinite(gradient).all())


def leaves_in(parameters: Iterable[Value]) -> Sequence[Value]:
    """The listed parameters; a ValueError if one of them is no leaf."""
    listed = values_in(parameters, "parameters")
    for parameter in listed:
        if parameter.op is not None:
            raise ValueError(f"parameters must be leaves; {parameter!r} was computed ({parameter.op})")
    return listed


def output_shape(structure: Anything) -> tuple[int, ...]:
    """The shape of what a function returns; a TypeError if it has none."""
    if not isinstance(structure, list):
        return ()
    shapes = {output_shape(part) for part in structure}
    if len(shapes) != 1:
        raise TypeError("the function must return a Value or regular nested lists of Values")
    return len(structure), *shapes.pop()


def _name(function: AnyFunction) -> str:
    """What to call the output: the name of the function."""
    name = getattr(function, "__name__", "output")
    return name if name.isidentifier() else "output"
