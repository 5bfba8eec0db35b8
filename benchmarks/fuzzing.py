"""Random programs, lifted to arrays and run on the scalar engine: ``python -m benchmarks.fuzzing --programs 15000``.

Each program is one of `tests/random_scalar_programs.py`, of a seed; the same seeds make the same programs. The lifted
values, outputs and gradients, every tenth time the slopes by inputs and by example too, must be the engine's, to 1e-9.
Where they are not, the engine itself is asked again, at the same numbers but for a few units in the last place:

* a tie: its own numbers move about as far, and it takes another side of a `maximum`, a comparison, a jump. Either side
  is right.
* conditioning: its own numbers move about as far. Sums in another order have another rounding.
* else it is a difference, which is printed with its seed, and the command ends with 1.
"""

import argparse
import sys
from collections import Counter
from itertools import chain
from random import Random
from typing import Any

import numpy as np

import autograd
from autograd import Value, gradients, vectorize
from benchmarks.framework import fix_threads
from tests.lifting import as_values
from tests.random_scalar_programs import KINDS

TOLERANCE = 1e-9
AGAIN = 20
"""How often the engine is asked again."""
SIDES = {"relu", "abs", "max", "min", "maximum", "minimum", "where", "clip", "step", "sign", "floor", "ceil"}
"""Operations that take a side, beside the comparisons."""

Numbers = dict[str, Any]
"""Arrays by what they are."""


def lifted(function: Any, arrays: list[Any], slopes: bool) -> tuple[Numbers, list[Value]]:
    """What the program gives, and its parameters in its order."""
    program = vectorize(function, *(array[0] for array in arrays), parameters=function.parameters)
    value, gradient = program.value_and_gradients(*arrays)
    found = {"value": np.array(value), "gradient": gradient, "outputs": program(*arrays)}
    if slopes:
        by_inputs = [each.reshape(len(each), -1) for each in program.gradients_by_inputs(*arrays)]
        found["by inputs"] = np.concatenate(by_inputs, axis=1)
        found["by example"] = program.gradients_by_example(*arrays)
    return found, program.parameters


def on_scalars(function: Any, arrays: list[Any], parameters: list[Value], slopes: bool) -> tuple[Numbers, list[Any]]:
    """The same of the scalar engine, and the sides it took."""
    examples = [list(map(as_values, example)) for example in zip(*(a.tolist() for a in arrays), strict=True)]
    losses = [function(*example) for example in examples]
    mean = autograd.mean(losses)
    found = {
        "value": np.array(mean.data),
        "gradient": np.array([slope.data for slope in gradients(mean, parameters)]),
        "outputs": np.array([loss.data for loss in losses]),
    }
    if slopes:
        leaves = [list(chain.from_iterable(np.ravel(np.array(x, object)) for x in example)) for example in examples]
        pairs = list(zip(losses, leaves, strict=True))
        found["by inputs"] = np.array([[s.data for s in gradients(y, xs)] for y, xs in pairs])
        found["by example"] = np.array([[s.data for s in gradients(y, parameters)] for y, _ in pairs])
    return found, sides(mean)


def sides(output: Value) -> list[Any]:
    """Which side each node took where there are two, in an order that is the same for the same program."""
    taken, seen, waiting = [], {output}, [output]
    while waiting:
        node = waiting.pop()
        if isinstance(node, autograd.Condition) or str(node.op) in SIDES:
            taken.append((str(node.op), node.data if isinstance(node, autograd.Condition) else node.local_grads))
            if str(node.op) in ("floor", "ceil", "sign", "step"):
                taken.append((str(node.op), node.data))
        for parent in node.parents:
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return taken


def apart(found: Numbers, expected: Numbers, spread: Numbers | None = None) -> dict[str, float]:
    """How far each array is off at most, beyond what is allowed, or what the arrays that are in `spread` are, too."""
    off = {}
    for name in expected if spread is None else spread:
        right, more = expected[name], 0.0 if spread is None else spread[name]
        with np.errstate(invalid="ignore"):  # ∞ − ∞
            error = np.abs(found[name] - right)
        beyond = error > TOLERANCE * np.abs(right) + TOLERANCE + more
        beyond |= np.isnan(found[name]) != np.isnan(right)
        if beyond.any():
            off[name] = float(np.nanmax(error[beyond], initial=0.0))
    return off


def verdict(function: Any, arrays: list[Any], slopes: bool) -> tuple[str, dict[str, float]]:
    """Whether the program is the engine's: "the same", "a tie", "conditioning" or "a difference", and how far off."""
    found, parameters = lifted(function, arrays, slopes)
    expected, sides_taken = on_scalars(function, arrays, parameters, slopes)
    off = apart(found, expected)
    if not off:
        return "the same", off
    random, held = np.random.default_rng(0), [p.data for p in parameters]
    spread, other_side = {name: np.zeros_like(expected[name]) for name in off}, False
    try:
        for _ in range(AGAIN):
            for parameter, number in zip(parameters, held, strict=True):
                parameter.data = number * (1 + random.uniform(-1, 1) * 2**-50)
            near = [a if a.dtype.kind == "i" else a * (1 + random.uniform(-1, 1, a.shape) * 2**-50) for a in arrays]
            moved, other_sides = on_scalars(function, near, parameters, slopes)
            other_side |= other_sides != sides_taken
            for name in off:
                spread[name] = np.fmax(spread[name], np.abs(moved[name] - expected[name]))
    finally:
        for parameter, number in zip(parameters, held, strict=True):
            parameter.data = number
    if apart(found, expected, {name: 10 * spread[name] for name in off}):
        return "a difference", off
    return "a tie" if other_side else "conditioning", off


def main() -> int:
    parser = argparse.ArgumentParser(description="Random programs, lifted to arrays and run on the scalar engine.")
    parser.add_argument("--programs", type=int, default=1000, help="how many")
    parser.add_argument("--seed", type=int, default=0, help="of the first; each further one has the next")
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    for seed in range(arguments.seed, arguments.seed + arguments.programs):
        kind = Random(seed).choice(list(KINDS))
        function, *arrays = KINDS[kind](seed)
        try:
            what, off = verdict(function, arrays, slopes=seed % 10 == 0)
        except Exception as error:  # a refusal is a difference, too
            what, off = "a difference", {f"{type(error).__name__}: {error}": float("nan")}
        counts[what] += 1
        if what == "a difference":
            print(f"KINDS[{kind!r}]({seed}) differs:", ", ".join(f"{name} by {by:.3g}" for name, by in off.items()))
        elif what != "the same":
            print(f"KINDS[{kind!r}]({seed}): {what}", file=sys.stderr)
    told = ", ".join(f"{counts[what]:,} {what}" for what in ("the same", "a tie", "conditioning"))
    print(f"{arguments.programs:,} programs from seed {arguments.seed}: {told}; {counts['a difference']:,} differences")
    return 1 if counts["a difference"] else 0


if __name__ == "__main__":
    fix_threads()
    sys.exit(main())
