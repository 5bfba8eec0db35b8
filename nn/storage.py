"""save and load: the parameters of a Module as arrays in a safetensors file."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from autograd import Value
from autograd.advice.advised import with_advice
from autograd.untyped import AnyArray, Anything
from nn.files import file_at, listed, read_file, replace_file, shown
from nn.layers import Layer, Perceptron
from nn.module import Module, is_parameter, parts

FORMAT = "scalar_autograd_format"
"""The entry of a file's metadata that says how its arrays are named; files of other libraries have none."""

VERSION = "1"

CHECKPOINT = "scalar_autograd_checkpoint"
"""The entry of the metadata of a checkpoint of `fit`."""

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
"""The types of a file's arrays that are read, as NumPy calls them; bfloat16 it does not know."""

AnyModule = TypeVar("AnyModule", bound=Module)


@with_advice({})
def save(model: Module, path: str | os.PathLike[str]) -> None:
    """Write the parameters of a model to a safetensors file, which PyTorch, JAX and NumPy read as well.

    Every `Layer` is two arrays of float64, ``weight`` (n_out, n_in) and ``bias`` (n_out,), under the path that leads
    to it: ``layers.0.weight`` in an `MLP`, plain ``weight`` for a Layer alone. A `Perceptron` outside a Layer is a
    layer of one. Elsewhere in a Module of your own, a list of parameters is an array, nested lists of equal lengths a
    matrix, a single parameter a 0-dimensional array, each under its path; lists that make no array have one for each
    entry (``ragged.0``). A Module that stands in several places is stored once, under its first path; a parameter that
    stands in several arrays is stored in each.

    The file is replaced as a whole once the new one is on the disk: whatever happens on the way, there is the old file
    or the new one, and nothing beside it.

    Args:
        model: the Module. Its activations are not stored: `load` takes a model that is built as this one was.
        path: of the file, a string or a `Path`, with whatever ending you like; usual is ``.safetensors``.

    Raises:
        TypeError: if `model` is not a Module, or `path` not a path.
        ValueError: if the model has no parameters, if a parameter stands where it has no path, if two arrays would have
            one name, or if `path` is there and no file.
        OSError: if the file cannot be written, as `FileNotFoundError` if its folder is not there.

    >>> from tempfile import TemporaryDirectory
    >>> from nn import MLP
    >>> from safetensors.numpy import load_file
    >>> with TemporaryDirectory() as folder:
    ...     save(MLP(3, [4, 1]), f"{folder}/model.safetensors")
    ...     arrays = load_file(f"{folder}/model.safetensors")
    >>> for name in sorted(arrays):
    ...     print(name, arrays[name].shape)
    layers.0.bias (4,)
    layers.0.weight (4, 3)
    layers.1.bias (1,)
    layers.1.weight (1, 4)
    """
    import numpy
    from safetensors.numpy import save as serialized

    contents = {
        array.name: numpy.array([parameter.data for parameter in array.parameters]).reshape(array.shape)
        for array in arrays_of(model)
    }
    replace_file(file_at(path), serialized(contents, metadata={FORMAT: VERSION}))


@with_advice({})
def load(model: AnyModule, path: str | os.PathLike[str]) -> AnyModule:
    """Give the parameters of a model the numbers of a safetensors file, and return the model.

    The file is one that `save` wrote from a model of the same build, or another library under the same names, in
    float64, float32, float16 or bfloat16. All of it is checked first: the model takes every number, or none. Each is
    taken to the bit, NaN and infinities too; gradients stay as they are.

    Args:
        model: the Module, built as the one that was saved.
        path: of the file, a string or a `Path`.

    Raises:
        TypeError: if `model` is not a Module, or `path` not a path.
        FileNotFoundError: if there is no such file; OSError if it cannot be read.
        ValueError: if it is a damaged file or not a safetensors file; if its arrays are not those of the model, each
            named with what is expected and what was found; if it is of a later format; for a model that `save` refuses.

    >>> from tempfile import TemporaryDirectory
    >>> from nn import MLP
    >>> model = MLP(3, [4, 1], seed=0)
    >>> with TemporaryDirectory() as folder:
    ...     save(model, f"{folder}/model.safetensors")
    ...     again = load(MLP(3, [4, 1]), f"{folder}/model.safetensors")
    >>> again([0.5, -1.0, 2.0]).data == model([0.5, -1.0, 2.0]).data
    True
    """
    arrays = arrays_of(model)
    file = file_at(path)
    tensors, metadata = read_file(file, room=8 * sum(len(array.parameters) for array in arrays))
    if CHECKPOINT in metadata:
        raise ValueError(f"{file} is a checkpoint of fit: go on from it by fit(..., checkpoint=path, resume=True)")
    if (version := metadata.get(FORMAT, VERSION)) != VERSION:
        raise ValueError(f"{file} is in format {shown(version)}, and this version reads format {VERSION}")
    problems = [*mismatches(arrays, tensors)]
    numbers: dict[Value, float] = {}
    if not problems:
        for array in arrays:
            for parameter, number in zip(array.parameters, floats_of(tensors[array.name]), strict=True):
                # Compared as text, where -0.0 is not 0.0 and NaN is NaN.
                if repr(other := numbers.setdefault(parameter, number)) != repr(number):
                    problems.append(f"{array.name} has {number} where an array before has {other}: one parameter")
    if problems:
        raise ValueError(f"{file} does not fit {model!r}:\n" + listed(problems))
    for parameter, number in numbers.items():
        parameter.data = number
    return model


class ArrayOfParameters(NamedTuple):
    """Parameters that are stored as one array, row by row."""

    name: str
    shape: tuple[int, ...]
    parameters: list[Value]


def arrays_of(model: Anything) -> list[ArrayOfParameters]:
    """The arrays of a model, each with a name of its own; together they hold every parameter."""
    if not isinstance(model, Module):
        raise TypeError(f"the model must be a Module of nn, not {model!r}")
    arrays = list(_arrays_in(model, "", set()))
    stored = {parameter for array in arrays for parameter in array.parameters}
    for parameter in model.parameters():
        if parameter not in stored:
            raise ValueError(f"{parameter!r} cannot be stored: no list, tuple, dict or Module of {model!r} leads to it")
    for name, count in Counter(array.name for array in arrays).items():
        if count > 1 or name == "__metadata__":
            whose = "of another array too" if count > 1 else "one that safetensors keeps for itself"
            raise ValueError(f"{name} of {model!r} cannot be stored: the name is {whose}")
    if not arrays:
        raise ValueError(f"{model!r} has no parameters to store")
    return arrays


def _arrays_in(thing: Anything, path: str, seen: set[AnyArray]) -> Iterator[ArrayOfParameters]:
    """What stands at a path. `seen` has the ids of what was searched, and (id, attribute) of what stands in a layer."""
    if (array := _array(path, thing)) is not None:
        yield array
        return
    inside = parts(thing)
    if inside is None or id(thing) in seen:
        return
    seen.add(id(thing))
    for perceptrons, attribute, name in _rows(thing, seen):
        array = _array(_join(path, name), [vars(perceptron).get(attribute) for perceptron in perceptrons])
        if array is not None:
            yield array
            seen.update((id(perceptron), attribute) for perceptron in perceptrons)
    for key, part in inside:
        if (id(thing), key) not in seen:
            yield from _arrays_in(part, _join(path, key), seen)


def _rows(thing: Anything, seen: set[AnyArray]) -> Iterator[tuple[list[AnyArray], str, str]]:
    """The perceptrons of a layer, an attribute of each to be a row of an array, and the array's name."""
    names = {"weights": "weight", "bias": "bias"}
    if isinstance(thing, Perceptron):
        yield from (
            ([thing], attribute, name) for attribute, name in names.items() if (id(thing), attribute) not in seen
        )
    if isinstance(thing, Layer) and all(isinstance(part, Perceptron) for part in thing.perceptrons):
        yield from ((thing.perceptrons, attribute, name) for attribute, name in names.items())


def _array(name: str, thing: Anything, above: tuple[int, ...] = ()) -> ArrayOfParameters | None:
    """A parameter, or lists of lists of them with equal lengths, as an array; None for anything else."""
    if is_parameter(thing):
        return ArrayOfParameters(name, (), [thing])
    if not isinstance(thing, list | tuple) or not thing or id(thing) in above:
        return None
    if all(is_parameter(part) for part in thing):
        return ArrayOfParameters(name, (len(thing),), list(thing))
    rows: list[ArrayOfParameters] = []
    for part in thing:
        row = _array(name, part, (*above, id(thing)))
        if row is None or row.shape != (rows or [row])[0].shape:
            return None
        rows.append(row)
    return ArrayOfParameters(
        name, (len(rows), *rows[0].shape), [parameter for row in rows for parameter in row.parameters]
    )


def _join(path: str, key: AnyArray) -> str:
    return f"{path}.{key}" if path else str(key)


def floats_of(tensor: dict[str, AnyArray]) -> list[float]:
    import numpy

    entries = numpy.frombuffer(tensor["data"], DTYPES[tensor["dtype"]])
    if tensor["dtype"] == "BF16":  # the upper half of a float32
        entries = (entries.astype(numpy.uint32) << 16).view(numpy.float32)
    numbers: list[float] = entries.tolist()
    return numbers


def mismatches(arrays: list[ArrayOfParameters], tensors: dict[str, dict[str, AnyArray]]) -> Iterator[str]:
    for name, shape, _ in arrays:
        if name not in tensors:
            yield f"{name} {shape} is expected and not there"
            continue
        found, dtype = tuple(tensors[name]["shape"]), tensors[name]["dtype"]
        if found != shape:
            yield f"{name} is expected with shape {shape}, and has {found}"
        if dtype not in DTYPES:
            yield f"{name} is expected as one of {', '.join(DTYPES)}, and is {dtype}"
    for name in sorted(tensors.keys() - {array.name for array in arrays}):
        yield f"{name} {tuple(tensors[name]['shape'])} is there and not expected"
