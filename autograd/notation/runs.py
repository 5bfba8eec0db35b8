"""The lines about one name of a program: each run of them works out one value of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograd.notation.indices import everything_in
from autograd.notation.syntax import Attribute, Item, Name, Number, Statement, Tree

if TYPE_CHECKING:
    from autograd.notation.page_lines import PageLine


@dataclass
class RunOfLines:
    """The lines of a program that work out one value of a name."""

    key: str
    lines: list[int] = field(default_factory=list)
    """Their places among the statements."""
    next: "RunOfLines | None" = None
    """The run that gives the name another value."""
    before_last: "PageLine | None" = None
    """What the last line but one would claim."""


def runs_of_lines(statements: Sequence[Statement]) -> list[RunOfLines]:
    """For each statement the run that it belongs to."""
    latest: dict[str, RunOfLines] = {}
    found = []
    for k, statement in enumerate(statements):
        key = key_of(statement.parts[0])
        run = latest.get(key)
        in_place = statement.text.startswith(f"{statement.texts[0]}.")  # dw.copy_(x), into what is there
        begins = statement.sign == "=" and not isinstance(statement.parts[0], Item) and not in_place
        if run is None or (begins and key not in keys_in(statement.parts[1])):
            new = RunOfLines(key)
            if run is not None:
                run.next = new
            latest[key] = run = new
        run.lines.append(k)
        found.append(run)
    return found


def key_of(tree: Tree) -> str:
    """What a line is about: the name itself, without the items of it; of ``w.grad`` that."""
    while isinstance(tree, Item):
        tree = tree.of
    match tree:
        case Name(base=base):
            return base
        case Attribute(of=Item(of=of, indices=(Number(text=place),)), name=name):
            return f"{key_of(of)}[{place}].{name}"
        case Attribute(of=of, name=name):
            return f"{key_of(of)}.{name}"
    return ""


def keys_in(tree: Tree) -> set[str]:
    """What a formula uses, in the same form."""
    return {key_of(each) for each in everything_in(tree)}
