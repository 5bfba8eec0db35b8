"""Checkpoints: a training as a file, from which it goes on as if it had never ended.

A checkpoint is a safetensors file. Its arrays are the parameters of the model under the names that `save` gives them,
those of the optimizer with its states, the best weights, and the history; its metadata say the epoch, where the order
of the examples is, what the optimizer is set to, and the checksum of all that.
"""

import json
import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from autograd.untyped import AnyArray, Anything
from nn.draws import Chance
from nn.files import Tensors, file_at, listed, read_file, replace_file, shown
from nn.history import History
from nn.module import Module
from nn.optimizers import Optimizer, settings_of
from nn.sameness import Facts, differences
from nn.stopping import Stopping
from nn.storage import CHECKPOINT, ArrayOfParameters, arrays_of, floats_of, mismatches

if TYPE_CHECKING:
    import numpy as np

VERSION = "1"
ROOM = 2**30
"""Bytes of a history, the longest that is read."""
DTYPES = {"F64": "<f8", "I64": "<i8"}


class Checkpoint:
    """The file of a training, and what it holds.

    Args:
        path: of the file.
        resume: whether to go on from it, if it is there.
        model, optimizer, chance, history, stopping: what is written to the file, and read from it.

    Attributes:
        examples: how many examples are trained on.
        facts: what makes the training the one that it is.
        epoch: how many epochs were run.
        ended: whether a callback ended the training.

    Raises:
        FileExistsError: if the file is there, and not to be gone on from.
        FileNotFoundError: if its folder is not there.
        TypeError, ValueError: for a path that is none, or leads to no file; a model or an optimizer that has no arrays.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        resume: bool,
        model: Anything,
        optimizer: Optimizer,
        chance: Chance,
        history: History,
        stopping: Stopping | None,
        examples: int,
    ) -> None:
        self._file = file_at(path)
        if not self._file.parent.is_dir():
            raise FileNotFoundError(f"there is no folder {self._file.parent} for the checkpoint")
        self._is_there = self._file.exists()
        if self._is_there and not resume:
            raise FileExistsError(
                f"the checkpoint {self._file} is there: go on from it by resume=True, remove it, or give another path"
            )
        self._model = model
        self._optimizer = optimizer
        self._chance = chance
        self._history = history
        self._stopping = stopping
        self.examples = examples
        self.facts: Facts = {"shown": {}, "digests": {}}
        self._began = settings_of(optimizer)
        self.epoch = 0
        self.ended = False
        self._arrays()  # the error of what cannot be stored comes before the first step
        self._metadata()

    def save(self, epoch: int, *, ended: bool = False) -> None:
        """Write the file, after an epoch; the Values and the optimizer hold what was learnt.

        Raises:
            OSError: if it cannot be written, as on a full disk; the file of the epoch before is still there then.
        """
        from safetensors.numpy import save as serialized

        self.epoch, self.ended = epoch, ended
        arrays, metadata = self._arrays(), self._metadata()
        metadata["checksum"] = _checksum(((name, array.tobytes()) for name, array in arrays.items()), metadata)
        try:
            replace_file(self._file, serialized(arrays, metadata=metadata))
        except OSError as error:
            before = f", the one of epoch {epoch - 1} is as it was" if self._file.exists() else ""
            error.add_note(
                f"The checkpoint of epoch {epoch} could not be written to {self._file}{before}; the model and the "
                "optimizer hold what was learnt."
            )
            raise

    def go_on(self) -> bool:
        """Take everything from the file, or nothing; False where there is none, and the training begins.

        Raises:
            ValueError: if the file is damaged or no checkpoint, or if it is one of another training.
        """
        if not self._is_there:
            return False
        count = len(self._optimizer.parameters)
        tensors, metadata = read_file(
            self._file,
            [array.name for array in self._of_model()],
            room=64 * count + 16 * sum(map(_size, self._of_model())) + ROOM,
        )
        if metadata.get(CHECKPOINT) != VERSION:
            found = metadata.get(CHECKPOINT)
            what = "no checkpoint of fit" if found is None else f"a checkpoint in format {shown(found)}, not {VERSION}"
            raise ValueError(f"{self._file} is {what}")
        checksum = metadata.pop("checksum", "")
        if checksum != _checksum(((name, bytes(tensor["data"])) for name, tensor in tensors.items()), metadata):
            raise ValueError(f"{self._file} is damaged: its checksum is not that of what it holds")
        said = json.loads(metadata["training"])
        if problems := [*self._problems(tensors, said)]:
            raise ValueError(f"{self._file} is a checkpoint of another training:\n" + listed(problems))
        self._take(tensors, said)
        known = {name: digest for name, digest in self.facts["digests"].items() if digest is not None}
        self.facts["digests"] = said["facts"]["digests"] | known  # one engine does not know what another one will ask
        return True

    def _of_model(self) -> list[ArrayOfParameters]:
        return arrays_of(self._model) if isinstance(self._model, Module) and self._model.parameters() else []

    def _arrays(self) -> "dict[str, np.ndarray]":
        import numpy as np

        arrays = {
            f"model.{array.name}": np.array([p.data for p in array.parameters]).reshape(array.shape)
            for array in self._of_model()
        }
        arrays["parameters"] = np.array([parameter.data for parameter in self._optimizer.parameters])
        for index, column in enumerate(_columns(self._optimizer.states, self._optimizer)):
            arrays[f"state.{index}"] = np.array(column)
        if self._stopping is not None:
            arrays["best"] = np.array(self._stopping.state[1], float)
        arrays["losses"] = np.array(self._history.losses)
        arrays["validation_losses"] = np.array(self._history.validation_losses)
        for name, numbers in self._history.metrics.items():
            arrays[f"metrics.{name}"] = np.array(numbers, float)
        return arrays

    def _metadata(self) -> dict[str, str]:
        said = {
            "epoch": self.epoch,
            "ended": self.ended,
            "examples": self.examples,
            "facts": self.facts,
            "order": self._chance.state,
            "optimizer": type(self._optimizer).__name__,
            "began": self._began,
            "settings": settings_of(self._optimizer),
            "stopping": None if self._stopping is None else self._stopping.state[0],
        }
        return {CHECKPOINT: VERSION, "training": json.dumps(said, default=lambda array: array.tolist())}

    def _problems(self, tensors: Tensors, said: dict[str, Anything]) -> Iterator[str]:
        """What is not as the training has it, each in a line."""
        before = "model."
        stored = {name.removeprefix(before): t for name, t in tensors.items() if name.startswith(before)}
        yield from (f"of the model, {problem}" for problem in mismatches(self._of_model(), stored))
        count = len(self._optimizer.parameters)
        [found] = tensors["parameters"]["shape"]
        if found != count:
            yield f"its optimizer has {found} parameters, and this one has {count}"
        if said["optimizer"] != type(self._optimizer).__name__:
            yield f"its optimizer is {said['optimizer']}, and this one is {type(self._optimizer).__name__}"
        if said["examples"] != self.examples:
            yield f"it was trained on {said['examples']} examples, and there are {self.examples} now"
            return
        yield from differences(said["facts"], self.facts)

    def _take(self, tensors: Tensors, said: dict[str, Anything]) -> None:
        numbers = {name: _numbers(tensor) for name, tensor in tensors.items() if not name.startswith("model.")}
        for array in self._of_model():
            for parameter, number in zip(array.parameters, floats_of(tensors[f"model.{array.name}"]), strict=True):
                parameter.data = number
        for parameter, number in zip(self._optimizer.parameters, numbers["parameters"], strict=True):
            parameter.data = number
        columns = iter([numbers[f"state.{k}"] for k in range(sum(name.startswith("state.") for name in numbers))])
        self._optimizer.states[:] = _rows(self._optimizer.states[0], columns, len(self._optimizer.states))
        for name, began in said["began"].items():
            # What is set otherwise than at the beginning is meant to be another one from now on.
            if self._began.get(name) == began:
                setattr(self._optimizer, name, said["settings"][name])
        self._chance.state = said["order"]
        self._history.losses[:] = numbers["losses"]
        self._history.validation_losses[:] = numbers["validation_losses"]
        for name, entries in self._history.metrics.items():
            entries[:] = numbers.get(f"metrics.{name}", [])
        if self._stopping is not None and said["stopping"] is not None:
            self._stopping.state = said["stopping"], numbers["best"]
        self.epoch, self.ended = said["epoch"], said["ended"]


def _columns(states: Sequence[Anything], optimizer: Optimizer) -> Iterator[list[float]]:
    """The states of the parameters, which are numbers or tuples of them, by columns."""
    if all(isinstance(state, tuple) for state in states):
        for column in zip(*states, strict=True):
            yield from _columns(column, optimizer)
    elif {type(state) for state in states} <= {int} or {type(state) for state in states} <= {float, int}:
        yield list(states)
    else:
        raise TypeError(
            f"a checkpoint holds states that are floats, ints or tuples of them, for each parameter alike; "
            f"{optimizer!r} has {states[0]!r}"
        )


def _rows(like: Anything, columns: Iterator[list[float]], count: int) -> list[Anything]:
    """The inverse of `_columns`: states in the form of one."""
    if isinstance(like, tuple):
        return list(zip(*(_rows(part, columns, count) for part in like), strict=True))
    return next(columns)


def _numbers(tensor: dict[str, AnyArray]) -> list[float]:
    import numpy as np

    numbers: list[float] = np.frombuffer(tensor["data"], DTYPES[tensor["dtype"]]).tolist()
    return numbers


def _size(array: ArrayOfParameters) -> int:
    return len(array.parameters)


def _checksum(contents: Iterator[tuple[str, bytes]], metadata: dict[str, str]) -> str:
    digest = sha256(json.dumps(metadata, sort_keys=True).encode())
    for name, content in sorted(contents):
        digest.update(f"{name}: {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
