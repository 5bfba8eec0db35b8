"""The data of a training as arrays, seen to once: numbers throughout, finite, of one shape."""

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import NoReturn

from autograd import Value
from autograd.errors import quoted
from autograd.nodes import constant
from autograd.untyped import AnyArray, Anything
from nn.arguments import is_sequence

Example = tuple[Anything, Anything]
"""The inputs and the targets of an example: each a number, or lists of numbers; None for no targets."""

LARGEST_CLASS = 2**53
"""Up to which whole numbers are told apart as floats."""

ROWS = 65_536
"""How many rows are looked at together, where that needs room of its own."""


class Data(Sequence[Example]):
    """Examples, as arrays and one by one.

    Args:
        inputs, targets: as `fit` takes them; targets may be None.
        weights: of the examples, or None.
        which: what they are for, such as "validation ", for errors.

    Attributes:
        inputs: an array (examples, *shape of one) of float64.
        targets: the same, or None.
        weights: an array (examples,) of float64, the largest 1, or None.
        largest_weight: what the largest was as it was given.
        given_weights: the weights as they were given, or None.
    """

    def __init__(
        self,
        inputs: Iterable[Anything],
        targets: Iterable[Anything] | None,
        weights: Iterable[Anything] | None = None,
        which: str = "",
    ) -> None:
        self.inputs = as_array(inputs, f"{which}inputs")
        self.targets = None if targets is None else as_array(targets, f"{which}targets")
        if self.targets is not None and len(self.targets) != len(self.inputs):
            raise ValueError(
                f"there must be as many {which}targets as inputs, not {len(self.targets)} targets "
                f"for {len(self.inputs)} inputs"
            )
        self.weights = self.given_weights = None if weights is None else _weights(weights, len(self.inputs))
        self.largest_weight = 1.0
        if self.weights is not None:  # so that no sum of them is too large or too small for a float
            self.largest_weight = float(self.weights.max())
            self.weights = self.weights / self.largest_weight
        self._are_classes = self.targets is not None and _are_whole(self.targets)

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, index: Anything) -> Anything:
        if self.targets is None:
            return self.inputs[index].tolist(), None
        target = self.targets[index].tolist()
        return self.inputs[index].tolist(), int(target) if self._are_classes else target

    def __iter__(self) -> Iterator[Example]:
        return (self[index] for index in range(len(self)))

    @property
    def columns(self) -> list[AnyArray]:
        """The inputs, and the targets if there are any."""
        return [self.inputs] if self.targets is None else [self.inputs, self.targets]

    def distinct_targets(self, known: set[bytes]) -> Iterator[int]:
        """The first example of each target that is not among the `known` ones, which it becomes."""
        for start in range(0, len(self), ROWS):
            for place, key in enumerate(self._keys(slice(start, start + ROWS)), start):
                if key not in known:
                    known.add(key)
                    yield place

    def keys_of_targets(self, examples: Iterable[int]) -> set[bytes]:
        """The targets of some examples, as `distinct_targets` knows them."""
        indices = list(examples)
        return {key for start in range(0, len(indices), ROWS) for key in self._keys(indices[start : start + ROWS])}

    def extreme_targets(self) -> list[int]:
        """The examples with the smallest and the largest number in their targets."""
        targets: AnyArray = self.targets
        numbers = targets.reshape(len(self), -1)
        return [int(numbers.min(axis=1).argmin()), int(numbers.max(axis=1).argmax())]

    def _keys(self, indices: AnyArray) -> list[bytes]:
        import numpy as np

        targets: AnyArray = self.targets
        rows: AnyArray = np.ascontiguousarray(targets[indices].reshape(-1, targets[0].size))
        keys: list[bytes] = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).ravel().tolist()
        return keys


DEEPEST = 60
"""How many lists may be one in the other: NumPy has arrays of up to 64 axes."""


def as_array(data: Iterable[Anything], role: str, *, finite: bool = True) -> AnyArray:
    """The data as an array of float64, without a copy if it is one.

    Raises:
        TypeError, ValueError: with its place, for what is no number or not finite, and for examples of several shapes.
    """
    import numpy as np

    if not is_sequence(data):
        raise TypeError(f"{role} must be a list with an entry for each example, not {quoted(data)}")
    if not hasattr(data, "__array__"):
        data = list(data)
    elif hasattr(data, "detach") and hasattr(data, "cpu"):  # a tensor of PyTorch, which may be on its way to one
        data = data.detach().cpu()
    if len(data) == 0:  # type: ignore[arg-type]  # an array has a length, too
        raise ValueError(f"{role} must hold at least one example")
    array = None if _is_masked(data) else _regular(data)
    if array is None:
        array = np.array(_rows(data, role), float)
    if not array.size:
        raise ValueError(f"{role}[0] is empty")
    if finite and not _all_finite(array):
        place = np.argwhere(~np.isfinite(array))[0]
        number = array[tuple(place)]
        raise ValueError(
            f"{role}{''.join(f'[{k}]' for k in place)} must be finite, not {number}: clean the data before fitting"
        )
    return array


def shape_of(array: AnyArray) -> str:
    """The shape of an example of an array, in words."""
    return shape_in_words(array.shape[1:])


def shape_in_words(shape: Sequence[int]) -> str:
    if not shape:
        return "a single number"
    return f"{shape[0]} numbers" if len(shape) == 1 else f"{' × '.join(map(str, shape))} numbers"


def _weights(weights: Iterable[Anything], count: int) -> AnyArray:
    found = as_array(weights, "sample_weights")
    if found.ndim != 1 or len(found) != count:
        given = f"{len(found)} of them" + f", {shape_of(found)} each" * (found.ndim > 1)
        raise ValueError(f"sample_weights must hold a number for each of the {count} examples, not {given}")
    if (found < 0).any():
        place = int((found < 0).argmax())
        raise ValueError(f"sample_weights[{place}] must be at least 0, not {found[place]}")
    if not found.any():
        raise ValueError("sample_weights must not be 0 throughout: no example would count")
    return found


def _are_whole(targets: AnyArray) -> bool:
    """Whether they are whole numbers throughout, as class numbers are."""
    if targets.ndim != 1:
        return False
    parts = (targets[start : start + ROWS] for start in range(0, len(targets), ROWS))
    return all(bool(((part % 1 == 0) & (abs(part) < LARGEST_CLASS)).all()) for part in parts)


def _all_finite(array: AnyArray) -> bool:
    import numpy as np

    rows = array.reshape(len(array), -1)
    size = max(1, ROWS // rows.shape[1])
    return all(bool(np.isfinite(rows[start : start + size]).all()) for start in range(0, len(rows), size))


def _is_masked(data: Anything) -> bool:
    """Whether it has entries behind a mask, of which an array would know nothing."""
    import numpy as np

    if isinstance(data, list | tuple):
        return any(getattr(entry, "mask", None) is not None for entry in data)
    return getattr(data, "mask", None) is not None and bool(np.ma.is_masked(data))


def _regular(data: Anything) -> AnyArray:
    """The array of numbers of Python or NumPy in one shape; None of others, which are looked at singly."""
    import numpy as np

    try:
        array = np.asarray(data)
    except (ValueError, TypeError, OverflowError):
        return None
    if array.dtype.kind not in "fiub":
        return None
    return array.astype(float, copy=False)


def _rows(data: Iterable[Anything], role: str) -> list[Anything]:
    """Each entry as plain floats, or lists of them in one shape; the error of the first that is not so."""
    rows = [_row(entry, f"{role}[{index}]") for index, entry in enumerate(data)]
    for index, row in enumerate(rows):
        if row == []:
            raise ValueError(f"{role}[{index}] is empty")
        if _shape(row) != _shape(rows[0]):
            _refuse_shapes(role, _shape(rows[0]), index, _shape(row))
    return rows


def _row(entry: Anything, role: str) -> Anything:
    if not is_sequence(entry):
        return _number(entry, role)
    if role.count("[") > DEEPEST:
        raise ValueError(f"{role.partition('[')[0]} has over {DEEPEST} lists one in the other, or a list in itself")
    row = [_row(part, f"{role}[{index}]") for index, part in enumerate(entry)]
    for index, part in enumerate(row):
        if _shape(part) != _shape(row[0]):
            _refuse_shapes(role, _shape(row[0]), index, _shape(part))
    return row


def _refuse_shapes(role: str, first: Sequence[int], index: int, other: Sequence[int]) -> NoReturn:
    raise ValueError(
        f"{role} must be of one length throughout: {role}[0] has {shape_in_words(first)}, "
        f"{role}[{index}] has {shape_in_words(other)}"
    )


def _shape(row: Anything) -> tuple[int, ...]:
    return (len(row), *(_shape(row[0]) if row else ())) if isinstance(row, list) else ()


def _number(number: Anything, role: str) -> float:
    if isinstance(number, Value):
        raise TypeError(f"{role} must be a plain number, not {number!r}: fit makes the Values itself")
    data = constant(number, role).data
    if not isfinite(data):
        raise ValueError(f"{role} must be finite, not {data}: clean the data before fitting")
    return data
