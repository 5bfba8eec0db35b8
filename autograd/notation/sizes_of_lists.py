"""What the letters of a page stand for that count the items of a list: m in Σ_{i=1}^m, and in 1/m Σ_i."""

from collections.abc import Iterator

from autograd.notation.indices import Ranges, everything_in, letters_of
from autograd.notation.lookup import Lookup, NoItem, written_name
from autograd.notation.matrices import ShapesDiffer
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import BigOperator, Name, Negative, Number, Product, Ratio, Statement, Tree


def learn_sizes(statement: Statement, lookup: Lookup) -> None:
    """Learn what unknown upper bounds stand for, such as m in Σ_{i=1}^m: the length of the list."""
    letters, bound = letters_of(statement, lookup)
    lookup.starts_a_line(letters, bound)
    ranges = Ranges(lookup)
    for tree in everything_in(*statement.parts):
        for size, big in _sizes_in(tree):
            name = plain_name(written_name(size))
            number = lookup.names.numbers.get(written_name(size))
            if big.high is size and isinstance(number, int) and not lookup.names.spelled(name).keys() - {name}:
                lookup.sizes.setdefault(name, number)  # T of Σ_{t=1}^T: h_T is the last one, for no T = 1..3
            if name in lookup.sizes or lookup.known(written_name(size)) or len(big.letters) != 1:
                continue
            try:
                known = ranges.of(big.letters[0], [big.body], {})
            except (ShapesDiffer, NoItem, ValueError):
                continue
            if known:
                lookup.sizes[name] = known[-1] + lookup.first if big.high is size else len(known)


def _sizes_in(tree: Tree) -> Iterator[tuple[Name, BigOperator]]:
    """The names that stand for how many terms a Σ has: m in Σ_{i=1}^m, and in 1/m Σ_i."""
    match tree:
        case BigOperator(high=Name() as size):
            yield size, tree
        case Product(factors=factors):
            for ratio in factors:
                if isinstance(ratio, Ratio) and isinstance(ratio.below, Name) and _is_one(ratio.above):
                    sums = (big for big in factors if isinstance(big, BigOperator) and big.high is None)
                    yield from ((ratio.below, big) for big in sums)
        case Ratio(above=BigOperator(high=None) as big, below=Name() as size):
            yield size, big


def _is_one(tree: Tree) -> bool:
    return tree.text == "1" if isinstance(tree, Number) else isinstance(tree, Negative) and _is_one(tree.of)
