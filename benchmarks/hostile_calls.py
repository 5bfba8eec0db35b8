"""What public functions do with arguments that no honest program gives: ``python -m benchmarks.hostile_calls``.

Each call is an honest one in which one argument is another thing. What comes of it is counted: *right* gives something,
*clear* is an error that the project raises itself, *unclear* one that Python raises somewhere inside, *crash* one that
no program should catch, *hang* takes more than five seconds, and *changed* leaves something changed behind.
"""

import argparse
import linecache
import signal
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from traceback import walk_tb
from typing import Any

import autograd
import nn
from autograd import Value, recorder
from autograd.users_lines import OURS

SECONDS = 5
KINDS = ("right", "clear", "unclear", "crash", "hang", "changed")


class WithoutRepr:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class Lying:
    """It says that it is a list, and is not."""

    def __len__(self) -> int:
        return 3

    def __iter__(self) -> Iterator[Any]:
        raise RuntimeError("no items")


def _nested(depth: int) -> list[Any]:
    inner: list[Any] = []
    for _ in range(depth):
        inner = [inner]
    return inner


def _itself() -> list[Any]:
    whole: list[Any] = []
    whole.append(whole)
    return whole


def things() -> dict[str, Any]:
    """What is given in place of an argument, by what it is called in the report."""
    import numpy as np

    return {
        "None": None,
        "True": True,
        "-1": -1,
        "0": 0,
        "1.5": 1.5,
        "nan": float("nan"),
        "inf": float("inf"),
        "10**400": 10**400,
        "10**5000": 10**5000,
        "1e308": 1e308,
        "1j": 1j,
        "''": "",
        "'text'": "text",
        "'\\x00'": "\0",
        "bytes": b"abc",
        "[]": [],
        "()": (),
        "{}": {},
        "set()": set(),
        "[None]": [None],
        "['a']": ["a"],
        "[[1.0], [1.0, 2.0]]": [[1.0], [1.0, 2.0]],
        "{'x': 1}": {"x": 1},
        "3,000 lists": _nested(3_000),
        "a list in itself": _itself(),
        "range(3)": range(3),
        "a generator": (number for number in [1.0, 2.0]),
        "a function": lambda *arguments: arguments[0],
        "a function of nothing": lambda: 1.0,
        "a function that raises": _raises,
        "a class": Value,
        "object()": object(),
        "a repr that raises": WithoutRepr(),
        "an iterator that raises": Lying(),
        "Fraction(1, 3)": Fraction(1, 3),
        "Fraction(10**400)": Fraction(10**400),
        "Decimal('nan')": Decimal("nan"),
        "Decimal('1e400')": Decimal("1e400"),
        "np.float32": np.float32(0.5),
        "np.longdouble": np.longdouble("1e400"),
        "np.complex64": np.complex64(1 + 2j),
        "np.timedelta64": np.timedelta64(3, "ns"),
        "np.datetime64": np.datetime64("2020-01-01"),
        "np.array(0.5)": np.array(0.5),
        "np.array([])": np.array([]),
        "np.array([['a']])": np.array([["a"]]),
        "np.array(object)": np.array([None, 1], dtype=object),
        "Value": Value(0.5, "given"),
        "[Value]": [Value(0.5, "given")],
        "Value(nan)": Value(float("nan"), "nan"),
        "a Condition": Value(1.0) > 0,
        "an Operation": autograd.tanh,
        "an MLP": nn.MLP(1, [1], seed=0),
        "a module": sys,
    }


def _raises(*arguments: Any) -> Any:
    raise ValueError("on purpose")


def _loss(prediction: Any, target: Any) -> Any:
    return (prediction - target) ** 2


def honest(folder: Path) -> dict[str, tuple[Callable[..., Any], list[Any], dict[str, Any]]]:
    """Honest calls: function, arguments and keywords."""
    x, y = Value(0.5, "x"), Value(2.0, "y")
    z = (x * y).tanh()
    z.name = "z"
    model = nn.MLP(2, [2, 1], autograd.tanh, seed=0)
    text, nodes = "dz/dx = y*(1 - z**2)", {"x": x, "y": y, "z": z}
    a = autograd
    found: dict[str, tuple[Callable[..., Any], list[Any], dict[str, Any]]] = {
        "Value": (Value, [1.0, "v"], {}),
        "Value.backward": (lambda seed: Value(1.0).backward(seed), [1.0], {}),
        "Value.data": (lambda given: setattr(Value(1.0), "data", given), [1.0], {}),
        "Value.grad": (lambda given: setattr(Value(1.0), "grad", given), [1.0], {}),
        "Value.name": (lambda given: setattr(Value(1.0), "name", given), ["v"], {}),
        "+": (lambda other: x + other, [1.0], {}),
        "*": (lambda other: other * x, [1.0], {}),
        "**": (lambda other: x**other, [2], {}),
        "<": (lambda other: x < other, [1.0], {}),
        "gradients": (a.gradients, [z, [x, y]], {}),
        "hessian": (a.hessian, [z, [x, y]], {}),
        "jacobian": (a.jacobian, [[z], [x, y]], {}),
        "exact_gradients": (a.exact_gradients, [x * y, [x]], {}),
        "formula": (a.formula, [z, x], {"keep": [z]}),
        "explain": (a.explain, [z, x], {}),
        "check_gradients": (a.check_gradients, [z], {}),
        "check_derivation": (a.check_derivation, [text, nodes], {"output": z, "first": 1}),
        "mark": (a.mark, [{"page": text}, nodes], {"targets": ["dz/dx"], "output": z}),
        "draw": (a.draw, [z], {"detail": "nodes"}),
        "Drawing.save": (lambda path: a.draw(z).save(path), [str(folder / "z.dot")], {}),
        "first_nonfinite": (a.first_nonfinite, [z], {}),
        "no_grad": (lambda given: a.no_grad()(given), [_loss], {}),
        "grad": (lambda f, at: a.grad(f)(at), [lambda u: u * u, 1.0], {}),
        "value_and_grad": (lambda f, at: a.value_and_grad(f)(at), [lambda u: u * u, 1.0], {}),
        "jvp": (a.jvp, [lambda u: u * u, 1.0, 1.0], {}),
        "vjp": (a.vjp, [lambda u: u * u, 1.0, 1.0], {}),
        "hvp": (a.hvp, [lambda u: u * u, 1.0, 1.0], {}),
        "vectorize": (a.vectorize, [lambda u, v: _loss(x * u, v), 1.0, 2.0], {"parameters": [x]}),
        "program": (a.vectorize(lambda u: x * u, 1.0), [[1.0, 2.0]], {}),
        "program.value_and_gradients": (
            a.vectorize(lambda u: x * u, 1.0, parameters=[x]).value_and_gradients,
            [[1.0, 2.0]],
            {},
        ),
        "Operation": (
            a.Operation,
            ["twice", lambda m, u: u + u, lambda m, v, u: (2,)],
            {"domain": "a number"},
        ),
        "take": (a.take, [[x, y], 1], {}),
        "softmax": (a.softmax, [[x, y]], {}),
        "where": (a.where, [x > 0, x, y], {}),
        "clip": (a.clip, [x, 0.0, 1.0], {}),
        "dot": (a.dot, [[x, y], [1.0, 2.0]], {}),
        "Perceptron": (nn.Perceptron, [2, a.tanh], {"seed": 0}),
        "Layer": (nn.Layer, [2, 3, a.tanh], {"seed": 0}),
        "MLP": (nn.MLP, [2, [3, 1], a.tanh, None], {"seed": 0}),
        "model": (model, [[0.5, -1.0]], {}),
        "SGD": (nn.SGD, [model.parameters()], {"lr": 0.1, "momentum": 0.5}),
        "Adam": (nn.Adam, [model.parameters()], {"lr": 0.1, "beta1": 0.9}),
        "save": (nn.save, [model, str(folder / "model.safetensors")], {}),
        "load": (nn.load, [nn.MLP(2, [2, 1], seed=0), str(folder / "saved.safetensors")], {}),
        "cross_entropy": (nn.cross_entropy, [[x, y], 1], {}),
        "binary_cross_entropy": (nn.binary_cross_entropy, [x, 1], {}),
        "squared_error": (nn.squared_error, [[x, y], [1.0, 2.0]], {}),
        "fit": (
            _fit,
            [[[0.5, -1.0], [1.0, 2.0]], [1.0, 0.0]],
            {"loss": _loss, "epochs": 1, "batch_size": 1, "engine": "numpy", "seed": 0, "lr": 0.1},
        ),
    }
    for name in a.__all__:
        if isinstance(operation := getattr(a, name), a.Operation) and operation.arity in (1, 2):
            found.setdefault(name, (operation, [x, y][: operation.arity], {}))
    nn.save(model, folder / "saved.safetensors")
    return found


def _fit(inputs: Any, targets: Any, *, lr: Any, loss: Any, **named: Any) -> Any:
    model = nn.MLP(2, [2, 1], autograd.tanh, seed=0)
    optimizer = nn.SGD(model.parameters(), lr=lr)
    return nn.fit(model, inputs, targets, loss=loss, optimizer=optimizer, progress=False, **named)


def calls(folder: Path) -> list[tuple[str, str, Callable[[], Any]]]:
    """What is called, with what in which place, and the call."""
    return [
        (f"{name}, {f'argument {place + 1}' if isinstance(place, int) else f'{place}='}", what, call)
        for name, (function, arguments, named) in honest(folder).items()
        for what in things()
        for place in [*range(len(arguments)), *named]
        for call in [_call(function, arguments, named, place, what)]
    ]


def _call(function: Any, arguments: list[Any], named: dict[str, Any], place: int | str, what: str) -> Any:
    def call() -> Any:
        thing = things()[what]  # made anew: some are used up
        if isinstance(place, int):
            return function(*arguments[:place], thing, *arguments[place + 1 :], **named)
        return function(*arguments, **{**named, place: thing})

    return call


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """Where there are alarms; elsewhere a call may take its time."""

    def ring(*_: Any) -> None:
        raise TimeoutError("it hangs")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _state() -> tuple[Any, ...]:
    """What no call may leave changed."""
    import mpmath
    import numpy as np

    return recorder.current.get(), mpmath.mp.dps, np.geterr().copy(), sys.getrecursionlimit(), len(warnings.filters)


def outcome(call: Callable[[], Any]) -> tuple[str, str]:
    """Of which kind it is, and what is said."""
    before = _state()
    try:
        with _at_most(SECONDS), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call()
        kind, said = "right", ""
    except TimeoutError:
        kind, said = "hang", f"longer than {SECONDS} s"
    except (RecursionError, MemoryError, SystemError) as error:
        kind, said = "crash", f"{type(error).__name__}: {error}"
    except Exception as error:
        kind, said = ("clear" if _is_raised_by_us(error) else "unclear"), f"{type(error).__name__}: {error}"
    except BaseException as error:  # SystemExit, KeyboardInterrupt
        kind, said = "crash", f"{type(error).__name__}: {error}"
    return ("changed", f"{before} became {_state()}") if _state() != before else (kind, said)


def _is_raised_by_us(error: Exception) -> bool:
    """Whether a ``raise`` of the project raised it, or a line of the function that was given."""
    frame, line = list(walk_tb(error.__traceback__))[-1]
    file = frame.f_code.co_filename
    if file == __file__ or "things.<locals>" in str(error):  # it is called with what it does not take
        return str(error) != "no repr"
    return file.startswith(OURS) and linecache.getline(file, line).strip().startswith("raise ")


def main(given: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile_calls", description=__doc__)
    parser.add_argument("--sample", type=int, help="how many calls, drawn at random; by default all of them")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", default="unclear crash hang changed", help="the kinds of which each call is printed")
    options = parser.parse_args(given)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, chdir(folder):  # some give a path
        chosen = calls(Path(folder))
        if options.sample is not None:
            chosen = Random(options.seed).sample(chosen, min(options.sample, len(chosen)))
        for name, what, call in chosen:
            kind, said = outcome(call)
            counts[kind] += 1
            if kind in options.show.split():
                print(f"{kind}: {name} is {what}: {said[:200]}")
    print(f"{counts.total()} calls:", ", ".join(f"{counts[kind]} {kind}" for kind in KINDS))
    return 1 if any(counts[kind] for kind in KINDS[2:]) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
