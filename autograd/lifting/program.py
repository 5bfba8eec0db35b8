"""The lifted program: generated source, compiled, and called on batches."""

import itertools
import linecache
from collections.abc import Iterable, Sequence
from contextvars import Context
from functools import cached_property, partial
from math import isfinite

import numpy as np

from autograd.derivatives import values_in
from autograd.lifting.array_helpers import HELPERS
from autograd.lifting.emission import Emission
from autograd.lifting.groups import PARAMETERS, Groups
from autograd.lifting.normal_form import NormalForm
from autograd.lifting.one_by_one import OneByOne
from autograd.lifting.tracing import Trace
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

_numbers = itertools.count(1)


class Program:
    """A scalar function, lifted to array code over a batch of examples. `vectorize` makes them.

    Where the numbers of the arrays are not finite, those of the scalar engine are given, if it has any; NumPy warns of
    what it has not, as of log 0. For that a program keeps the graph that was recorded.

    Attributes:
        source: the generated forward and backward pass, as Python.
        parameters: the leaves that the program reads at each call, in the order of the flat array.
        dtype: the type of its arrays.
        constants: the arrays that the source names: the places that are read, coefficients that differ.
    """

    def __init__(
        self,
        function: AnyFunction,
        examples: Sequence[Anything],
        parameters: Iterable[Value] | None,
        dtype: Anything,
    ) -> None:
        self.dtype = np.dtype(dtype)
        if self.dtype.kind != "f":
            raise ValueError(f"dtype must be a floating-point type, such as float32, not {self.dtype}")
        listed = None if parameters is None else _leaves(parameters)
        trace = Trace(function, examples)
        expressions = NormalForm(trace, None if listed is None else set(listed))
        groups = Groups(expressions, trace.shapes)
        emission = Emission(expressions, groups, trace.names, _name(function))
        self.shapes = trace.shapes
        self._names = trace.names
        self._structure = _output_shape(trace.structure)
        self._differentiable = len(trace.outputs) == 1
        self._batched = [expressions.batched[index] for index in expressions.outputs]
        found = [expressions.leaves[index] for index in groups.groups[PARAMETERS].members]
        known = set(found)
        unused = [parameter for parameter in (*expressions.leaves.values(), *(listed or ())) if parameter not in known]
        self.parameters: list[Value] = [*found, *dict.fromkeys(unused)]
        self._used = len(found)
        self._left_out = expressions.left_out
        self._one_by_one = OneByOne(expressions, trace.outputs, self.parameters)
        self.source = emission.source
        self.constants = {
            name: np.array(numbers, np.intp if integer else self.dtype)
            for name, (numbers, integer) in emission.constants.items()
        }
        self._forward, self._backward = _compile(self.source, self.constants, self.dtype)

    def __call__(self, *arrays: AnyArray, at: AnyArray = None) -> AnyArray:
        """The output for each example: an array (batch,); (batch, n) if the function returns a list of n Values.

        Args:
            arrays: for each argument of the function, an array of shape (batch, *shape of the example).
            at: the parameters as a flat array, in the order of `parameters`; by default what they hold.

        Raises:
            TypeError, ValueError: for an array of another shape or type, or an empty batch, before anything runs.
        """
        columns, batch = self._columns(arrays)
        theta = self._at(at)
        outputs, total = quietly(self._outputs, theta, columns, batch)
        if self._missed(total, at):
            with np.errstate(all="ignore"):
                rows = outputs.reshape(batch, -1)
                self._one_by_one.correct(rows, columns, self._all(at), everything=self._left_out)
            if self._one_by_one.refused and not np.isfinite(outputs).all():
                self._forward(theta, *columns)  # for NumPy to warn of it, as the caller wants
        return outputs.reshape(batch, *self._structure) if self._structure else outputs

    def _outputs(self, theta: AnyArray, columns: Sequence[AnyArray], batch: int) -> tuple[AnyArray, float]:
        """The outputs for each example: an array of its own, even where they are inputs or the same for all.

        And a number that is finite only if all of them are.
        """
        outputs, _ = self._forward(theta, *columns)
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

    def value_and_gradients(self, *arrays: AnyArray, at: AnyArray = None) -> tuple[float, AnyArray]:
        """The mean of the output over the batch, and its gradient as one flat array in the order of `self.parameters`.

        That is not the order in which `vectorize` was given them: ``dict(zip(program.parameters, gradient))`` has the
        slope by each.

        Args, Raises: as calling the program; also TypeError if the function returns more than one Value.
        """
        if not self._differentiable:
            raise TypeError("value_and_gradients needs a function that returns one Value, such as a loss")
        columns, batch = self._columns(arrays)
        theta = self._at(at)
        value, gradient, total = quietly(self._value_and_gradients, theta, columns, batch)
        if self._missed(total, at) and (self._left_out or not _finite(value, gradient)):
            with np.errstate(all="ignore"):
                corrected = self._one_by_one.value_and_gradient(columns, self._all(at))
            value, gradient = corrected or (value, gradient)
            if self._one_by_one.refused and not _finite(value, gradient):
                self._value_and_gradients(theta, columns, batch)  # for NumPy to warn of it, as the caller wants
        if len(gradient) < len(self.parameters):
            gradient = np.concatenate((gradient, np.zeros(len(self.parameters) - self._used, self.dtype)))
        elif gradient is theta or not (gradient.flags.owndata and gradient.flags.writeable):
            # The gradient of ½ Σ p² is p: the caller may write to it all the same.
            gradient = gradient.copy()
        return value, gradient

    def _value_and_gradients(
        self, theta: AnyArray, columns: Sequence[AnyArray], batch: int
    ) -> tuple[float, AnyArray, float]:
        """The two, and a number that is finite only if all of them are."""
        (output,), saved = self._forward(theta, *columns)
        # Before NumPy 2 a single float32 and a Python number made a float64.
        gradient = self._backward(theta, *columns, saved).astype(self.dtype, copy=False)
        value = float(np.add.reduce(output)) / batch if self._batched[0] else float(output)
        return value, gradient, value + gradient.dot(gradient)

    def backward(self, *arrays: AnyArray) -> float:
        """Add the gradient of the mean output to the `grad` of every parameter, as ``backward`` of a Value does.

        Returns:
            The mean output.
        """
        value, gradient = self.value_and_gradients(*arrays)
        for parameter, slope in zip(self.parameters, gradient.tolist(), strict=True):
            parameter.grad = slope if parameter.grad is None else parameter.grad + slope
        return value

    def read(self) -> AnyArray:
        """What the parameters hold, as a flat array in the order of `parameters`."""
        return np.fromiter((parameter.data for parameter in self.parameters), self.dtype, len(self.parameters))

    def write(self, at: AnyArray) -> None:
        """Set the parameters to the numbers of a flat array, all of them or, if it does not fit, none."""
        for parameter, number in zip(self.parameters, self._flat(at).tolist(), strict=True):
            parameter.data = number

    @cached_property
    def names(self) -> list[str]:
        """The names of the arguments, for people."""
        return [*map(printable, self._names)]

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}: (batch{''.join(f', {n}' for n in shape)}{',' * (not shape)})"
                              for name, shape in zip(self.names, self.shapes, strict=True))  # fmt: skip
        return printable(f"Program({arguments}; {len(self.parameters)} parameters, {self.dtype})")

    def _missed(self, total: float, at: AnyArray) -> bool:
        """Whether arrays may have missed what the engine gives: a number is not finite, or a parameter left out is."""
        return not isfinite(total) or (self._left_out and not isfinite(np.add.reduce(self._all(at))))

    def _at(self, at: AnyArray) -> AnyArray:
        theta = self._all(at)
        return theta[: self._used] if self._used < len(self.parameters) else theta

    def _all(self, at: AnyArray) -> AnyArray:
        return self.read() if at is None else self._flat(at)

    def _flat(self, at: AnyArray) -> AnyArray:
        theta = self._as_array("at", at)
        if theta.shape != (len(self.parameters),):
            raise ValueError(
                f"at must be a flat array of the {len(self.parameters)} parameters, not one of shape {theta.shape}"
            )
        return theta

    def _columns(self, arrays: Sequence[AnyArray]) -> tuple[list[AnyArray], int]:
        """The arrays as the generated code takes them: (batch,) or (batch, numbers of an example)."""
        if len(arrays) != len(self.shapes):
            raise TypeError(f"the program takes {len(self.shapes)} arrays ({', '.join(self.names)}), not {len(arrays)}")
        columns, batch = [], None
        for name, shape, array in zip(self.names, self.shapes, arrays, strict=True):
            column = self._as_array(name, array)
            if column.ndim != 1 + len(shape) or column.shape[1:] != shape:
                wanted = f"(batch, {', '.join(map(str, shape))})" if shape else "(batch,)"
                raise ValueError(f"{name} must have the shape {wanted}, not {column.shape}")
            batch = column.shape[0] if batch is None else batch
            if column.shape[0] != batch:
                raise ValueError(f"{name} has {column.shape[0]} examples, but {self.names[0]} has {batch}")
            columns.append(column.reshape(batch, -1) if len(shape) > 1 else column)
        if batch == 0:
            raise ValueError("the batch is empty: it must hold at least one example")
        return columns, 1 if batch is None else batch

    def _as_array(self, name: str, array: AnyArray) -> AnyArray:
        if type(array) is np.ndarray and array.dtype == self.dtype:
            return array
        if _is_masked(array):
            raise ValueError(f"{name} is a masked array, whose mask would be lost: fill it, as with array.filled(0)")
        try:
            column = np.asarray(array)
        except ValueError as error:
            raise ValueError(f"{name} must be a regular array: {error}") from None
        if column.dtype.kind not in "fiub":
            raise TypeError(f"{name} must be an array of real numbers, not of {column.dtype}")
        return column.astype(self.dtype, copy=False)


def _is_masked(array: AnyArray) -> bool:
    """Whether an entry is masked: of a masked array, or of one in lists."""
    if isinstance(array, list | tuple):
        return any(_is_masked(part) for part in array if not isinstance(part, float | int))
    return getattr(array, "mask", None) is not None and bool(np.ma.is_masked(array))


def _finite(value: float, gradient: AnyArray) -> bool:
    return isfinite(value) and bool(np.isfinite(gradient).all())


def _leaves(parameters: Iterable[Value]) -> Sequence[Value]:
    listed = values_in(parameters, "parameters")
    for parameter in listed:
        if parameter.op is not None:
            raise ValueError(f"parameters must be leaves; {parameter!r} was computed ({parameter.op})")
    return listed


def _output_shape(structure: Anything) -> tuple[int, ...]:
    if not isinstance(structure, list):
        return ()
    shapes = {_output_shape(part) for part in structure}
    if len(shapes) != 1:
        raise TypeError("the function must return a Value or regular nested lists of Values")
    return len(structure), *shapes.pop()


def _name(function: AnyFunction) -> str:
    """What to call the output: the name of the function."""
    name = getattr(function, "__name__", "output")
    return name if name.isidentifier() else "output"


def _compile(source: str, constants: dict[str, AnyArray], dtype: Anything) -> tuple[AnyFunction, AnyFunction]:
    """The two functions. Tracebacks and `inspect` find their source under the file name."""
    file = f"<vectorize {next(_numbers)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    for array in constants.values():
        array.flags.writeable = False
    namespace: dict[str, Anything] = {"np": np, "dtype": dtype, **HELPERS, **constants}
    exec(compile(source, file, "exec"), namespace)
    return namespace["forward"], namespace["backward" if "backward" in namespace else "forward"]
