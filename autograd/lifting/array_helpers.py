"""The few functions that generated code calls besides those of the array library."""

from importlib import import_module
from types import ModuleType

import numpy

from autograd.untyped import AnyArray, AnyFunction


def helpers(np: ModuleType) -> dict[str, AnyFunction]:
    """The functions, for NumPy or an array library like it."""

    def place(gradient: AnyArray, index: AnyArray, size: int) -> AnyArray:
        """Zeros along a last axis of this size, with the gradient at the places of `index`, which are all different."""
        whole = np.zeros((*_outer_shape(gradient, index), size), gradient.dtype)
        if hasattr(whole, "at"):  # an array of JAX's, which is never written to
            return whole.at[..., index].set(gradient)
        whole[..., index] = gradient
        return whole

    def scatter(gradient: AnyArray, index: AnyArray, size: int) -> AnyArray:
        """As `place`, for an index with repetitions: what comes to one place adds up."""
        outer = _outer_shape(gradient, index)
        whole = np.zeros((*outer, size), gradient.dtype)
        if hasattr(whole, "at"):
            return whole.at[..., index].add(gradient)
        np.add.at(whole, (..., index), np.broadcast_to(gradient, (*outer, *index.shape)))
        return whole

    def add_rows(rows: AnyArray, places: AnyArray, count: int) -> AnyArray:
        """A table of zeros with so many rows, to which rows are added: each at its place."""
        rows, places = rows.reshape(places.size, *rows.shape[places.ndim :]), places.ravel()
        if not hasattr(rows, "at"):
            order = np.argsort(places, kind="stable")
            starts = np.flatnonzero(np.diff(places[order], prepend=-1))
            table = np.zeros((count, *rows.shape[1:]), rows.dtype)
            table[places[order[starts]]] = np.add.reduceat(rows[order], starts)
            return table
        return np.zeros((count, *rows.shape[1:]), rows.dtype).at[places].add(rows)

    def logsumexp(xs: AnyArray) -> AnyArray:
        """log Σ exp over the last axis. A finite largest is taken out first, so that nothing overflows.

        Its own exponential is 1 then, which would hide the others below 1e-16: log1p of these keeps log(1 + e⁻⁴⁰).
        """
        top = xs.max(axis=-1, keepdims=True)
        top = np.where(np.isfinite(top), top, 0)
        parts = np.partition(np.exp(xs - top), -1)
        return top[..., 0] + np.log1p(parts[..., :-1].sum(axis=-1) + (parts[..., -1] - 1))

    def normalized(weights: AnyArray) -> AnyArray:
        """The weights over their sum, along the last axis: they add up to 1, as the gradients of `logsumexp` do.

        As exp(xᵢ − y) they have the rounding of y in common, which at y = 1e12 is 1e-4.
        """
        return weights / weights.sum(axis=-1, keepdims=True)

    def expit(x: AnyArray) -> AnyArray:
        """The sigmoid, to full precision on both sides of 0: it takes the exponential of −|x|, which is at most 1."""
        small = np.exp(-np.abs(x))
        return np.where(x >= 0, 1, small) / (1 + small)

    def hypot(a: AnyArray, b: AnyArray) -> AnyArray:
        """√(a² + b²); unlike NumPy's, that of an infinity and NaN is NaN."""
        return np.maximum(np.hypot(a, b), np.maximum(np.abs(a), np.abs(b)))

    def erf(x: AnyArray) -> AnyArray:
        return _special(np, "erf")(x)

    def erfc(x: AnyArray) -> AnyArray:
        return _special(np, "erfc")(x)

    functions = (expit, place, scatter, add_rows, logsumexp, normalized, hypot, erf, erfc)
    return {function.__name__: function for function in functions}


def _special(np: ModuleType, name: str) -> AnyFunction:
    """A function that the array library does not have, from the library that goes with it."""
    library = "jax.scipy.special" if np.__name__.startswith("jax") else "scipy.special"
    try:
        return getattr(import_module(library), name)
    except ImportError as error:
        raise ImportError(
            f"{name} of arrays is that of {library}, which is not installed: pip install 'scalar-autograd[scipy]'"
        ) from error


def _outer_shape(gradient: AnyArray, index: AnyArray) -> tuple[int, ...]:
    """The shape of what is not indexed."""
    dimensions = 1 if isinstance(index, slice) else getattr(index, "ndim", 0)
    return tuple(gradient.shape[: gradient.ndim - dimensions])


HELPERS = helpers(numpy)
