"""Lines of floats as a compiled function, or as several that hand numbers on where there are many lines."""

import itertools
import linecache
import re
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from autograd.lifting.source_text import WIDTH, fold_line
from autograd.numbers.python_lines import NAMES, Statement
from autograd.untyped import AnyFunction, Anything

LONGEST_PART = 2000
"""How many statements one function has at most: all of its numbers are variables of its own."""

_numbers = itertools.count(1)
_PRODUCT = re.compile(r"(\w+) = ([\w.]+ \* [\w.]+)")
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


class StraightLine:
    """A function of a list of numbers.

    Args:
        name: what it is called.
        inputs: the variables of the numbers.
        statements: the lines; those that nothing needs are left out.
        value: the text of what it returns; "" if that is a list alone.
        listed: the texts of a list that it returns after it; None if there is none.
        functions: what the lines call beside `NAMES`.
        leaves_out: what `PythonLines` says of them.

    >>> line = StraightLine("double", ["x"], [Statement(("y",), ("y = x + x",))], "y", None, {})
    >>> print(line.text)
    def double(numbers):
        [x] = numbers
        y = x + x
        return y
    >>> line.run([2.0])
    4.0
    """

    run: AnyFunction

    def __init__(
        self,
        name: str,
        inputs: Sequence[str],
        statements: Sequence[Statement],
        value: str,
        listed: Sequence[str] | None,
        functions: Mapping[str, Anything],
        *,
        leaves_out: bool = False,
    ) -> None:
        self.name = name
        self.leaves_out = leaves_out
        self.functions = dict(functions)
        if listed is None:
            end = [f"return {value}"]
        else:
            found, returned = ("gradient", f"{value}, gradient") if value else ("found", "found")
            end = [f"{found} = [{', '.join(listed)}]", f"return {returned}"]
        needed = list(_needed([*statements, Statement((), tuple(end))]))
        if len(needed) <= LONGEST_PART:
            lines = [f"[{', '.join(inputs)}] = numbers", *(line for each in needed for line in each.lines)]
            self.parts = [_definition(name, "numbers", lines)]
            self.handed_on = 0
        else:
            self.parts, self.handed_on = _in_parts(name, inputs, needed)
        self._compile()

    @property
    def text(self) -> str:
        """The functions."""
        return "\n\n\n".join(self.parts)

    @property
    def names(self) -> set[str]:
        """The names of functions and numbers that stand in the lines and are not defined there."""
        return {name for part in self.parts for name in _NAME.findall(part)} & NAMES.keys()

    def _compile(self) -> None:
        namespace = {**NAMES, **self.functions}
        for part in self.parts:
            file = f"<tape {next(_numbers)}>"
            linecache.cache[file] = len(part), None, part.splitlines(keepends=True), file
            weakref.finalize(self, linecache.cache.pop, file, None)
            exec(compile(part, file, "exec"), namespace)
        if self.handed_on == 0:
            self.run = namespace[self.name]
            return
        parts = [namespace[f"{self.name}_{place}"] for place in range(len(self.parts))]
        room = [None] * self.handed_on

        def run(numbers: list[float]) -> Anything:
            numbers = [*numbers, *room]  # type: ignore[list-item]  # each is set before it is read
            for part in parts:
                found = part(numbers)
            return found

        self.run = run

    def __getstate__(self) -> dict[str, Anything]:
        return {name: thing for name, thing in vars(self).items() if name != "run"}

    def __setstate__(self, state: dict[str, Anything]) -> None:
        self.__dict__.update(state)
        self._compile()


def _needed(statements: Sequence[Statement]) -> Iterator[Statement]:
    """The statements without those that set what no later one reads, and remarks on none; products that one fsum reads
    stand in it.
    """
    reads: Counter[str] = Counter()
    summed: set[str] = set()
    kept: list[Statement] = []
    for statement in reversed(statements):
        if _is_remark(statement):
            if not _is_remark(kept[-1]):
                kept.append(statement)
        elif not statement.sets or not reads.keys().isdisjoint(statement.sets):
            kept.append(statement)
            reads.update(read := [*_read_by(statement)])
            summed.update(read if "fsum" in read and len(statement.lines) == 1 else ())
    products: dict[str, str] = {}
    for statement in reversed(kept):
        line = statement.lines[0]
        product = _PRODUCT.fullmatch(line)
        if product and reads[product[1]] == 1 and product[1] in summed:
            products[product[1]] = product[2]
        elif "fsum" in line and len(statement.lines) == 1:
            yield Statement(statement.sets, (_NAME.sub(lambda name: products.get(name[0], name[0]), line),))
        else:
            yield statement


def _is_remark(statement: Statement) -> bool:
    return statement.lines[0].startswith("#")


def _read_by(statement: Statement) -> Iterator[str]:
    for line in statement.lines:
        yield from _NAME.findall(line)


def _definition(name: str, argument: str, lines: Iterable[str]) -> str:
    body = [folded for line in lines for folded in _folded(line)]
    return "\n".join([f"def {name}({argument}):", *body])


def _folded(line: str) -> list[str]:
    """A line of the body; a remark stands below an empty line."""
    if line.startswith("#"):
        return ["", f"    {line}"]
    return [f"    {line}"] if len(line) + 4 <= WIDTH else fold_line(line)


def _in_parts(name: str, inputs: Sequence[str], statements: Sequence[Statement]) -> tuple[list[str], int]:
    """Functions of a list: each reads from it what it needs of those before it, and writes to it what others need."""
    part_of: dict[str, int] = dict.fromkeys(inputs, -1)
    places = {variable: place for place, variable in enumerate(inputs)}
    read: list[dict[str, None]] = []
    for index, statement in enumerate(statements):
        part = index // LONGEST_PART
        if part == len(read):
            read.append({})
        for variable in statement.sets:
            part_of[variable] = part
        for variable in _read_by(statement):
            if part_of.get(variable, part) != part:
                places.setdefault(variable, len(places))
                read[part][variable] = None
    parts = []
    for part, found in enumerate(read):
        own = statements[part * LONGEST_PART : (part + 1) * LONGEST_PART]
        lines = [f"{variable} = numbers[{places[variable]}]" for variable in found]
        lines += [line for each in own for line in each.lines]
        written = [variable for each in own for variable in each.sets if variable in places]
        lines += [f"numbers[{places[variable]}] = {variable}" for variable in written]
        parts.append(_definition(f"{name}_{part}", "numbers", lines))
    return parts, len(places) - len(inputs)
