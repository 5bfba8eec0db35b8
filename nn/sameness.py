"""What makes a training the one that it is: facts that a checkpoint keeps, and that are looked at when it goes on."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from autograd import Operation
from autograd.untyped import AnyArray, Anything
from nn.data import ROWS, Data
from nn.engine import Engine
from nn.module import Module, parts

Facts = dict[str, dict[str, Anything]]
"""What can be shown, under ``"shown"``, and digests of the rest; of what JSON can hold. None: not known."""

OTHERWISE = {
    "inputs": "the inputs are not those that it was trained on",
    "targets": "the targets are not those that it was trained on",
    "sample_weights": "the sample_weights are not those that it was trained with",
    "validation": "the validation examples are not those that it had",
    "parameters": "the optimizer holds the parameters in another order",
    "operations": "the model or the loss computes something else",
    "numbers": "the model or the loss computes with other numbers",
}
"""What is wrong where a digest is another one."""

BY_ARRAYS_ALONE = ("operations", "numbers")
"""Unknown in the scalar engine, which runs any code."""


class Arguments(NamedTuple):
    """Arguments of `fit` that an engine does not have."""

    seed: Anything
    metrics: Iterable[str]
    patience: int | None
    has_callback: bool


def facts_of(arguments: Arguments, examples: Data, engine: Engine) -> Facts:
    """The facts of a training before it begins. Where several processes train, each takes part.

    Not among them is what may change on the way: the number of epochs, the learning rate and its schedule, how long the
    patience is, the engine.
    """
    model, loss = engine.loss.functions
    held_out = engine.held_out
    weights, recorded = examples.given_weights, engine.recorded
    in_order = not engine.of_one_step  # the order of the rows makes the batches
    columns = examples.columns

    def rows(columns: list[AnyArray]) -> str:
        return _digest_of_rows(columns, engine, in_order=in_order)

    return {
        "shown": {
            "seed": _shown_seed(arguments.seed),
            "batch_size": None if engine.of_one_step else engine.batch_size,
            "clip": engine.clip,
            "patience": None if arguments.patience is None else "given",
            "validation": None if held_out is None else "given",
            "sample_weights": None if weights is None else "given",
            "metrics": ", ".join(arguments.metrics) or None,
            "loss": _name_of(loss),
            **dict(_functions_in(model, "model")),
        },
        "digests": {
            "inputs": rows(columns[:1]),
            "targets": rows(columns),
            "sample_weights": None if weights is None else rows([*columns, weights]),
            "validation": None if held_out is None else _digest_of_rows(held_out.columns, engine, in_order=False),
            "parameters": _digest(_places_of_parameters(model, engine)),
            "operations": None if recorded is None else _digest(recorded.operations(engine.optimizer.parameters)),
            # A callback may change them.
            "numbers": None if recorded is None or arguments.has_callback else _digest(recorded.constants),
        },
    }


def differences(theirs: Facts, own: Facts) -> Iterator[str]:
    """What is not as it was, each in a line."""
    before, now = theirs["shown"], own["shown"]
    for name in {**before, **now}:
        was, is_now = (_or_none(facts.get(name)) for facts in (before, now))
        if was != is_now:
            yield f"{name} was {was}, and is {is_now} now"
    for name, digest in own["digests"].items():
        found = theirs["digests"].get(name)
        if None not in (found, digest) and found != digest:
            yield OTHERWISE[name]
            if name == "inputs":
                return  # with other rows all that follows is another


def _or_none(fact: Anything) -> str:
    return "not given" if fact is None else str(fact)


def _shown_seed(seed: Anything) -> str:
    """A whole number, or what kind of generator goes on."""
    if hasattr(seed, "__index__"):
        number = seed.__index__()
        return str(number) if number.bit_length() < 64 else hex(number)
    bits = getattr(seed, "bit_generator", None)
    return "None" if seed is None else type(seed if bits is None else bits).__name__


def _name_of(function: Anything) -> str:
    known = function.name if isinstance(function, Operation) else getattr(function, "__name__", None)
    return known or type(function).__name__


def _functions_in(thing: Anything, path: str, seen: "set[int] | None" = None) -> Iterator[tuple[str, str]]:
    """What the modules of a model compute by, such as activations, with their paths."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return
    if isinstance(thing, Module | dict | list | tuple):
        seen.add(id(thing))
        for key, part in parts(thing) or ():
            yield from _functions_in(part, f"{path}.{key}", seen)
    elif path != "model" and callable(thing):
        yield path, _name_of(thing)


def _places_of_parameters(model: Anything, engine: Engine) -> list[Anything]:
    """Where in the model each parameter of the optimizer is; the names of those that are in none."""
    paths = {p: path for path, p in model.named_parameters()} if isinstance(model, Module) else {}
    return [paths.get(parameter, parameter.name) for parameter in engine.optimizer.parameters]


def _digest(things: Iterable[Anything]) -> str:
    digest = sha256()
    for thing in things:
        digest.update(f"{thing!r}\n".encode())
    return digest.hexdigest()[:16]


def _mixed(words: AnyArray) -> AnyArray:
    """Each bit of a word spread over all of it, as splitmix64 does (Steele, Lea and Flood 2014).

    After one product alone the sign of a number would be in the highest bit, and the signs of two rows cancel in a sum.
    """
    import numpy as np

    words = words + np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def _digest_of_rows(columns: list[AnyArray], engine: Engine, *, in_order: bool) -> str:
    """Of the rows of all processes; where their order does not matter, the same in any, and for any number of them."""
    import numpy as np

    total = np.zeros(1, np.uint64)
    for start in range(0, len(columns[0]), ROWS):
        mixed = np.zeros(len(columns[0][start : start + ROWS]), np.uint64)
        if in_order:
            mixed += np.arange(start, start + len(mixed), dtype=np.uint64)
        for column in columns:
            # 0.0 and -0.0 are one number.
            words = np.ascontiguousarray(column[start : start + ROWS].reshape(len(mixed), -1) + 0.0).view(np.uint64)
            for word in words.T:
                mixed = _mixed(mixed ^ word)
        total += mixed.sum(dtype=np.uint64)
    of_processes = engine.from_all(total)
    return " ".join(f"{part:016x}" for part in (of_processes if in_order else [of_processes.sum(dtype=np.uint64)]))
