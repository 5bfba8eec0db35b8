"""The few functions that generated code calls besides those of the array library."""

from importlib import import_module
from math import prod
from types import ModuleType

import numpy

from autograd import ops
from autograd.untyped import AnyArray, AnyFunction


def helpers(np: ModuleType) -> dict[str, AnyFunction]:
    """The functions, for NumPy or an array library like it."""

    def place(gradient: AnyArray, index: AnyArray, size: AnyArray) -> AnyArray:
        """Zeros along a last axis of this size, with the gradient at the places of `index`, which are all different.

        With an index and a size for each of several last axes, along these.
        """
        several = isinstance(index, tuple)
        indices, sizes = (index, size) if several else ((index,), (size,))
        outer = gradient.shape[: gradient.ndim - sum(map(_dimensions, indices))]
        whole = np.zeros((*outer, *sizes), gradient.dtype)
        if hasattr(whole, "at"):  # an array of JAX's, which is never written to
            return whole.at[(..., *indices)].set(gradient)
        whole[(..., *indices)] = gradient
        return whole

    def scatter(gradient: AnyArray, index: AnyArray, size: int) -> AnyArray:
        """As `place`, for an index with repetitions: what comes to one place adds up."""
        outer = gradient.shape[: gradient.ndim - index.ndim]
        gradient = np.broadcast_to(gradient, (*outer, *index.shape)).reshape(*outer, -1)
        whole = np.zeros((*outer, size), gradient.dtype)
        if hasattr(whole, "at"):
            return whole.at[..., index.ravel()].add(gradient)
        places, order, starts = _sorted(index)
        whole[..., places] = np.add.reduceat(gradient[..., order], starts, axis=-1)
        return whole

    def windows(array: AnyArray, axis: int, size: int, step: int) -> AnyArray:
        """The windows along an axis, the places within them as a new last axis."""
        count = (array.shape[axis] - size) // step + 1
        places = np.arange(count)[:, None] * step + np.arange(size)
        if hasattr(array, "at"):
            return np.moveaxis(np.take(array, places, axis=axis), axis + 1, -1)
        every = (slice(None),) * axis
        return np.lib.stride_tricks.sliding_window_view(array, size, axis)[(*every, slice(None, None, step))]

    def add_windows(gradient: AnyArray, axis: int, length: int, step: int) -> AnyArray:
        """The gradient by an axis of this length from that by its windows: where they overlap, it adds up."""
        shape = gradient.shape
        whole = np.zeros((*shape[:axis], length, *shape[axis + 1 : -1]), gradient.dtype)
        every = (slice(None),) * axis
        for place in range(shape[-1]):
            run = (*every, slice(place, place + (shape[axis] - 1) * step + 1, step))
            if hasattr(whole, "at"):
                whole = whole.at[run].add(gradient[..., place])
            else:
                whole[run] += gradient[..., place]
        return whole

    def add_rows(rows: AnyArray, places: AnyArray, count: int) -> AnyArray:
        """A table of zeros with so many rows, to which rows are added: each at its place."""
        rows, places = rows.reshape(places.size, *rows.shape[places.ndim :]), places.ravel()
        if not hasattr(rows, "at"):
            found, order, starts = _sorted(places)
            table = np.zeros((count, *rows.shape[1:]), rows.dtype)
            table[found] = np.add.reduceat(rows[order], starts)
            return table
        return np.zeros((count, *rows.shape[1:]), rows.dtype).at[places].add(rows)

    def einsum(letters: str, a: AnyArray, b: AnyArray) -> AnyArray:
        """``np.einsum`` of two arrays, where each letter is in two of the three, by products of matrices."""
        if hasattr(a, "at") or hasattr(b, "at"):
            return np.einsum(letters, a, b)
        inputs, _, out = letters.partition("->")
        of_a, _, of_b = inputs.partition(",")
        summed = [letter for letter in of_a if letter in of_b and letter not in out]
        shared = [letter for letter in out if letter in of_a and letter in of_b]
        rows = [letter for letter in out if letter not in of_b]
        columns = [letter for letter in out if letter not in of_a]
        lengths = dict(zip(of_a + of_b, a.shape + b.shape, strict=True))

        def stacked(array: AnyArray, own: str, *axes: list[str]) -> AnyArray:
            moved = array.transpose([own.index(letter) for group in axes for letter in group])
            return moved.reshape([prod(lengths[letter] for letter in group) for group in axes])

        product = stacked(a, of_a, shared, rows, summed) @ stacked(b, of_b, shared, summed, columns)
        found = [*shared, *rows, *columns]
        return product.reshape([lengths[letter] for letter in found]).transpose([found.index(letter) for letter in out])

    def logsumexp(xs: AnyArray) -> AnyArray:
        """log Σ exp over the last axis. A finite largest is taken out first, so that nothing overflows.

        Its own exponential is 1 then, which would hide the others below 1e-16: log1p of these keeps log(1 + e⁻⁴⁰).
        """
        top = xs.max(axis=-1, keepdims=True)
        top = np.where(np.isfinite(top), top, 0)
        parts = np.exp(xs - top)
        if hasattr(parts, "at"):
            parts = np.partition(parts, -1)
            return top[..., 0] + np.log1p(parts[..., :-1].sum(axis=-1) + (parts[..., -1] - 1))
        place = parts.argmax(axis=-1)[..., None]
        largest = np.take_along_axis(parts, place, axis=-1)
        np.put_along_axis(parts, place, 0, axis=-1)
        return top[..., 0] + np.log1p(parts.sum(axis=-1) + (largest[..., 0] - 1))

    def normalized(weights: AnyArray) -> AnyArray:
        """The weights over their sum, along the last axis: they add up to 1, as the gradients of `logsumexp` do.

        As exp(xᵢ − y) they have the rounding of y in common, which at y = 1e12 is 1e-4.
        """
        return weights / weights.sum(axis=-1, keepdims=True)

    def products_of_others(xs: AnyArray) -> AnyArray:
        """For each factor along the last axis, the product of the others."""
        slopes = ops.prod.local(None, None, *np.moveaxis(xs, -1, 0))
        return np.stack([np.broadcast_to(slope, xs.shape[:-1]) for slope in slopes], axis=-1).astype(xs.dtype)

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

    functions: list[AnyFunction] = [
        expit,
        place,
        scatter,
        windows,
        add_windows,
        add_rows,
        einsum,
        logsumexp,
        normalized,
    ]
    functions += [products_of_others, hypot, erf, erfc]
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


def _dimensions(index: AnyArray) -> int:
    return 1 if isinstance(index, slice) else getattr(index, "ndim", 0)


def _sorted(index: AnyArray) -> tuple[AnyArray, AnyArray, AnyArray]:
    """The different places of an index in order, what order sorts it, and where each place begins in that order."""
    index = index.ravel()
    order = numpy.argsort(index, kind="stable")
    starts = numpy.flatnonzero(numpy.diff(index[order], prepend=-1))
    return index[order[starts]], order, starts


HELPERS = helpers(numpy)
