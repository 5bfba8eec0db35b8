"""A lifted program as a function of arrays alone, for any array library that computes as NumPy does."""

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

import numpy

from autograd.lifting.array_helpers import helpers
from autograd.lifting.compilation import Compiled
from autograd.lifting.loops_in_jax import functions_of, with_scans
from autograd.untyped import AnyArray, AnyFunction, Anything
from autograd.value import Value


class PureFunction:
    """``(theta, *columns) -> (value, gradient)``: the mean of the output, and its gradient by the flat parameters.

    It checks nothing and changes nothing, so that `jax.jit`, `jax.lax.scan` and the like take it. The arrays may be
    those of NumPy, JAX or CuPy; what comes is of their library, and of theta's type.

    Args:
        compiled: the two passes.
        count: how many parameters there are, and how many of them the passes use.
        fixed: the leaves that are read beside them, when it is called.
        batched: for each output whether it differs from example to example.
        structure: the shape of the outputs of an example.
    """

    def __init__(
        self,
        compiled: Compiled,
        count: tuple[int, int],
        fixed: Sequence[Value],
        batched: Sequence[bool],
        structure: tuple[int, ...],
    ) -> None:
        self._compiled = compiled
        self._count, self._used = count
        self._fixed = fixed
        self._batched = batched
        self._structure = structure
        self._passes: dict[tuple[str, str], tuple[AnyFunction, AnyFunction]] = {}

    def __call__(self, theta: AnyArray, *columns: AnyArray) -> tuple[AnyArray, AnyArray]:
        np, (forward, backward), flat, arrays = self._prepared(theta, columns)
        (output,), saved = forward(*flat, *arrays)
        gradient = backward(*flat, *arrays, saved)
        if self._used < self._count:
            gradient = np.concatenate((gradient, np.zeros(self._count - self._used, gradient.dtype)))
        return (output.mean() if self._batched[0] else output), gradient

    def outputs(self, theta: AnyArray, *columns: AnyArray) -> AnyArray:
        """What the function gives for each example: (batch, *shape of its outputs)."""
        np, (forward, _), flat, arrays = self._prepared(theta, columns)
        found, _ = forward(*flat, *arrays)
        batch = len(arrays[0])
        if len(found) < len(self._batched):
            own = np.broadcast_to(found[0], (batch, len(self._batched)))
        else:
            own = np.stack([np.broadcast_to(output, (batch,)) for output in found], axis=1)
        return own.reshape(batch, *self._structure)

    def _prepared(
        self, theta: AnyArray, columns: Sequence[AnyArray]
    ) -> tuple[ModuleType, tuple[AnyFunction, AnyFunction], list[AnyArray], list[AnyArray]]:
        """The array library, the two passes, and the flat arrays and the columns that they take."""
        np = namespace_of(theta)
        theta = np.asarray(theta)
        arrays = [np.asarray(column).astype(theta.dtype) for column in columns]
        arrays = [array.reshape(len(array), -1) if array.ndim > 2 else array for array in arrays]
        flat = [theta[: self._used]]
        if self._fixed:
            flat.append(np.asarray([leaf.data for leaf in self._fixed], theta.dtype))
        return np, self._passes_for(np, theta.dtype), flat, arrays

    def _passes_for(self, np: ModuleType, dtype: Anything) -> tuple[AnyFunction, AnyFunction]:
        key = np.__name__, str(dtype)
        if key not in self._passes:
            constants = {
                name: array if array.dtype.kind == "i" else array.astype(dtype)
                for name, array in self._compiled.constants.items()
            }
            library, source = {"np": np, **helpers(np)}, None
            if np.__name__.startswith("jax"):
                library |= functions_of(import_module("jax.lax"))
                source = with_scans(self._compiled.source)
            names = self._compiled.functions(library, dtype, constants, source=source)
            self._passes[key] = names["forward"], names["backward" if "backward" in names else "forward"]
        return self._passes[key]

    def __getstate__(self) -> dict[str, Anything]:
        return {**vars(self), "_passes": {}}


def namespace_of(array: AnyArray) -> ModuleType:
    """The library of an array, with NumPy's names; a TypeError if it is not one of those."""
    root = type(array).__module__.partition(".")[0]
    if isinstance(array, list | tuple) or root == "numpy":
        return numpy
    if root in ("jax", "jaxlib"):
        return import_module("jax.numpy")
    if root == "cupy":
        return import_module("cupy")
    raise TypeError(f"theta must be an array of NumPy, JAX or CuPy, not {type(array).__name__} of {root}")
