"""Kinds of scalar programs, each beside the array code that a person would have written for one example.

An entry of `KINDS` makes, for a size, a loss of scalars, the same `by_hand`, and arrays of examples. `by_hand` takes an
array namespace, the parameters as arrays by their names (that of `w.0`, `w.1`, … is `w`), and an example: it runs on
NumPy, where its slopes come of a complex step, and on JAX.
"""

import numpy as np

BATCH = 3
KINDS = {}
GROWING = {"attention to an encoder", "contrast within a batch"}
"""Those that have more lines for a larger size."""


def kind(make):
    KINDS[make.__name__.replace("_", " ")] = make
    return make


def inputs(*shape, seed=7):
    return np.random.default_rng(seed).normal(size=(BATCH, *shape))


def indices(size, *shape):
    """Places of a table of `size` entries."""
    return np.random.default_rng(7).integers(0, size, (BATCH, *shape))


def arrays_by_name(xp, parameters, theta):
    """The numbers of a flat array as arrays, whose entry i, j is that of the parameter named `array.i.j`."""
    places = {}
    for place, parameter in enumerate(parameters):
        name, *index = parameter.name.split(".")
        places.setdefault(name, {})[tuple(map(int, index))] = place
    shaped = {}
    for name, entries in places.items():
        shape = tuple(max(indices) + 1 for indices in zip(*entries, strict=True))
        order = np.full(shape, -1)
        for index, place in entries.items():
            order[index] = place
        shaped[name] = theta[order] if shape else theta[entries[()]]
    return shaped


# What the array code calls. Each is of one example, along the last axis.


def softmax(xp, z):
    e = xp.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def logsumexp(xp, z):
    top = z.max(axis=-1, keepdims=True)
    return (xp.log(xp.exp(z - top).sum(axis=-1, keepdims=True)) + top)[..., 0]


def sigmoid(xp, z):
    return 1 / (1 + xp.exp(-z))


def relu(xp, z):
    return xp.where(z > 0, z, 0 * z)


def normalized(xp, x, axis=-1):
    centred = x - x.mean(axis=axis, keepdims=True)
    return centred / xp.sqrt((centred * centred).mean(axis=axis, keepdims=True) + 1e-5)


def erf(xp, z):
    if xp is np:
        from scipy.special import erf

        return erf(z)
    from jax.scipy.special import erf

    return erf(z)
