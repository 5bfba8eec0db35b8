"""A lifted program as a function for JAX. JAX turns float64 into float32 unless it is told not to: here it is told."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import TYPE_CHECKING

from autograd.untyped import AnyArray, AnyFunction, Anything

if TYPE_CHECKING:
    import numpy


def import_jax(what: str) -> ModuleType:
    """JAX, for what is named; an ImportError that names the extra, without it."""
    try:
        import jax
    except ImportError as error:
        raise ImportError(f"{what} needs JAX, which is not installed: pip install 'scalar-autograd[jax]'") from error
    return jax


def with_float64(jax: ModuleType) -> AbstractContextManager[Anything]:
    """Inside it JAX has float64, whatever it has outside."""
    switched: AbstractContextManager[Anything] = jax.enable_x64(True)
    return switched


SWITCH = 'jax.config.update("jax_enable_x64", True)'
"""How float64 is switched on for a whole program."""


class JaxFunction:
    """``(theta, *columns) -> (value, gradient)`` in JAX, in the type of its program: `Program.jax` makes it.

    Args:
        pure: gives the same for arrays of any library, or an error for a function of several outputs.
        forward: the outputs alone, for arrays of any library.
        dtype: the type that the program computes in.
        parameters: how many numbers theta has.
        shapes: those of an example in each column.
    """

    def __init__(
        self,
        pure: AnyFunction,
        forward: AnyFunction,
        dtype: "numpy.dtype",
        parameters: int,
        shapes: Sequence[tuple[int, ...]],
    ) -> None:
        self._jax = import_jax("program.jax()")
        self._pure = pure
        self._forward = forward
        self._dtype = dtype
        self._parameters = parameters
        self._shapes = shapes

    def __call__(self, theta: AnyArray, *columns: AnyArray) -> tuple[AnyArray, AnyArray]:
        found: tuple[AnyArray, AnyArray] = self._call(self._pure(), theta, columns)
        return found

    def outputs(self, theta: AnyArray, *columns: AnyArray) -> AnyArray:
        """What the function gives for each example: (batch, *shape of its outputs)."""
        return self._call(self._forward, theta, columns)

    def _call(self, function: AnyFunction, theta: AnyArray, columns: tuple[AnyArray, ...]) -> AnyArray:
        self._see_to_types(theta, columns)
        self._see_to_shapes(theta, columns)
        with self._precision(theta, columns):
            return function(self._jax.numpy.asarray(theta, self._dtype), *columns)

    def _see_to_types(self, theta: AnyArray, columns: tuple[AnyArray, ...]) -> None:
        """Refuse what JAX cut to float32 before it came here: nobody was told of it."""
        suspects = [("theta", theta)]
        if not self._jax.config.jax_enable_x64:
            suspects += [(f"column {place}", column) for place, column in enumerate(columns, 1)]
        for name, array in suspects:
            kind = getattr(array, "dtype", self._dtype)
            narrower = (
                self._jax.numpy.issubdtype(kind, self._jax.numpy.floating) and kind.itemsize < self._dtype.itemsize
            )
            if narrower and (name == "theta" or isinstance(array, self._jax.Array)):
                raise TypeError(
                    f"{name} is {kind}, and the program computes in {self._dtype}: call {SWITCH} before the arrays are "
                    f'made, or lift the program with vectorize(..., dtype="{kind}")'
                )

    def _see_to_shapes(self, theta: AnyArray, columns: tuple[AnyArray, ...]) -> None:
        """Refuse what JAX would compute with all the same: an index beyond an array is its last one there."""
        from numpy import shape as shape_of

        if shape_of(theta) != (self._parameters,):
            raise ValueError(f"theta must have the shape ({self._parameters},), not {shape_of(theta)}")
        if len(columns) != len(self._shapes):
            raise TypeError(f"the program takes {len(self._shapes)} columns after theta, not {len(columns)}")
        rows = {shape_of(column)[:1] for column in columns}
        for place, (column, shape) in enumerate(zip(columns, self._shapes, strict=True), 1):
            if shape_of(column)[1:] != shape or shape_of(column)[:1] in ((), (0,)) or len(rows) > 1:
                wanted = ", ".join(["batch", *map(str, shape)]) + "," * (not shape)
                others = f" beside columns of {sorted(rows)} rows" if len(rows) > 1 else ""
                raise ValueError(
                    f"column {place} must have the shape ({wanted}), of an example or more, not {shape_of(column)}"
                    f"{others}"
                )

    def _precision(self, theta: AnyArray, columns: tuple[AnyArray, ...]) -> AbstractContextManager[Anything]:
        """Where JAX has float64 switched off, it is on for this call."""
        if self._dtype.itemsize < 8 or self._jax.config.jax_enable_x64:
            return nullcontext()
        if any(isinstance(array, self._jax.core.Tracer) for array in (theta, *columns)):
            # A transformation of JAX's that was begun without float64 cannot end with it.
            raise TypeError(
                f"the program computes in {self._dtype}, which JAX has switched off: call {SWITCH} first, "
                'or lift the program with vectorize(..., dtype="float32")'
            )
        return with_float64(self._jax)
