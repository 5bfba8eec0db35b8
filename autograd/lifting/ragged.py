"""Rows of unequal length, as those of causal attention and of neighbourhoods in a graph, filled up to one length.

Each length would be a group of its own, with a line of its own. What is filled in counts for nothing: operands are
masked, as scores by −∞ in a softmax, and terms of sums have the coefficient 0. Where the rows are the beginnings of the
rows of a table, as the scores of each token with those before it, the table is computed whole: the product of two
matrices is faster than the half of it that is needed.
"""

from collections import defaultdict
from collections.abc import Iterable
from math import inf
from typing import TYPE_CHECKING

from autograd import ops
from autograd.lifting.mixtures import Kinds, Mixtures
from autograd.lifting.normal_form import NONE, Application, Constant, Subexpression, Sum
from autograd.numbers import Number
from autograd.operation import Operation

if TYPE_CHECKING:
    from autograd.lifting.groups import Groups

NEUTRAL = {ops.logsumexp: -inf, ops.largest: -inf, ops.smallest: inf, ops.prod: 1.0}
"""What changes nothing among the operands of an operation."""

FEWEST = 4
"""How many lengths are filled up at least: a line for each of a few is easier to read."""

WASTE = 3
"""How many times as many terms there may be. Rows that differ more are filled up to powers of two."""

DEEP = 4
"""How many operations a number of a table may be away from those that it has in common with its row."""


class RaggedRows(Mixtures):
    """Fills up the rows of one level after the other.

    Args:
        groups: those that are being formed.
        levels: the expressions of each level; those of levels to come are added to.
        level: the level of each expression.
    """

    def __init__(self, groups: "Groups", levels: dict[int, list[int]], level: dict[int, int]) -> None:
        super().__init__(groups)
        self._levels = levels
        self._level = level
        self._weights: dict[int, list[int]] = {}
        """The rows of softmaxes that were filled up, whose last entries are 0, by their first entries."""
        self._original: dict[int, int] = {}
        """The expressions that entries of arrays put together are."""
        self._of_group: dict[int, dict[Number, int]] = {}
        """The expressions of groups that were looked at, by what they are."""

    def fill_up(self, kinds: Kinds, fewest: int) -> Kinds:
        """The kinds of one level, those that differ in the lengths of their rows made one."""
        kinds = self._operands_put_together(self.put_together(kinds, count_only=fewest == FEWEST), fewest)
        families: dict[Number, list[Number]] = defaultdict(list)
        for kind in kinds:
            if (family := _family(kind)) is not None:
                families[family].append(kind)
        kept = dict(kinds)
        for family, alike in families.items():
            if len(alike) >= fewest:
                members = sorted(member for kind in alike for member in kept.pop(kind))
                if isinstance(family[1], Operation):
                    self._fill_up_operands(family[1], members)
                else:
                    self._fill_up_terms(members)
                for member in members:
                    kept.setdefault(self._groups.kind(member), []).append(member)
        return kept

    # Operations of any number of operands

    def _operands_put_together(self, kinds: Kinds, fewest: int) -> Kinds:
        """The kinds of a level, those of one operation that take operands from several arrays in turn made one."""
        alike: dict[Number, list[Number]] = defaultdict(list)
        for kind in kinds:
            if isinstance(kind[1], Operation) and kind[1] in NEUTRAL:
                alike[kind[:2]].append(kind)
        kept = dict(kinds)
        for (_, operation), some in alike.items():
            if len(some) < fewest or len({x for kind in some for x in kind[2] if x >= 0}) < 2:
                continue
            members = sorted(member for kind in some for member in kept.pop(kind))
            operands = {member: self._expressions.operands[member] for member in members}
            read = [*dict.fromkeys(x for each in operands.values() for x in each if self._groups.group_of[x] >= 0)]
            entries = dict(zip(read, self.array_of(read), strict=True))
            self._original |= {entry: x for x, entry in entries.items()}
            for member, each in operands.items():
                self.replace(member, Application(operation, tuple([entries.get(x, x) for x in each])))
                kept.setdefault(self._groups.kind(member), []).append(member)
        return kept

    def _fill_up_operands(self, operation: Operation, members: list[int]) -> None:
        group_of = self._groups.group_of
        operands = {member: list(self._expressions.operands[member]) for member in members}
        rows = {member: [x for x in each if group_of[x] >= 0] for member, each in operands.items()}
        numbers = {member: [x for x in each if group_of[x] < 0] for member, each in operands.items()}
        tables = self._tables(rows)
        lengths = _lengths([len(row) for row in rows.values()])
        whole = {
            member: self._row_of_table(row, tables[member], lengths[len(row)])
            or row + row[:1] * (lengths[len(row)] - len(row))
            for member, row in rows.items()
        }
        neutral = self.constant(Constant(NEUTRAL[operation]))
        truths = [self.constant(Constant(float(truth))) for truth in (False, True)]
        masked: dict[int, list[int]] = {}
        for member, row in whole.items():
            counts = len(rows[member])
            masked[member] = [
                self.new(Application(ops.where, (truths[place < counts], x, neutral)), like=member)
                for place, x in enumerate(row)
            ]
        everything = [x for row in masked.values() for x in row]
        self._groups.add_masked(self._groups.kind(everything[0]), everything)
        for member, row in masked.items():
            self.replace(member, Application(operation, (*row, *numbers[member])))
        if operation is ops.logsumexp:
            self._fill_up_softmaxes(rows, masked)

    def _fill_up_softmaxes(self, rows: dict[int, list[int]], masked: dict[int, list[int]]) -> None:
        """The weights exp(x − y) of each row, where y is the logsumexp of it: those that are filled in are 0."""
        nodes = self._expressions.nodes
        original = self._original
        wanted = {(original.get(x, x), y): place for y, row in rows.items() for place, x in enumerate(row)}
        differences: dict[tuple[int, int], int] = {}
        for index in (x for level in self._levels.values() for x in level):
            node = nodes[index]
            if isinstance(node, Sum) and node.offset == 0 and len(node.terms) == 2:
                found = {coefficient: a for coefficient, a, b in node.terms if b == NONE}
                pair = found.get(1.0, NONE), found.get(-1.0, NONE)
                if pair in wanted:
                    differences[pair] = index
        of_difference = {index: pair for pair, index in differences.items()}
        exponentials: dict[tuple[int, int], int] = {}
        for index in (x for level in self._levels.values() for x in level):
            node = nodes[index]
            if isinstance(node, Application) and node.operation is ops.exp and node.operands[0] in of_difference:
                exponentials[of_difference[node.operands[0]]] = index
        if len(exponentials) < len(wanted):
            return
        for (x, y), index in differences.items():
            self.replace(index, Sum(0.0, ((1.0, masked[y][wanted[x, y]], NONE), (-1.0, y, NONE))))
        for y, row in masked.items():
            own = [original.get(x, x) for x in rows[y]]
            first = exponentials[own[0], y]
            weights = [exponentials[x, y] for x in own]
            for x in row[len(weights) :]:
                difference = self.new(Sum(0.0, ((1.0, x, NONE), (-1.0, y, NONE))), like=first)
                self._later(difference, differences[own[0], y])
                weight = self.new(Application(ops.exp, (difference,)), like=first)
                self._later(weight, first)
                weights.append(weight)
            self._weights[first] = weights

    # Sums

    def _fill_up_terms(self, members: list[int]) -> None:
        nodes = self._expressions.nodes
        terms: dict[Number, dict[int, list[tuple[float, int, int]]]] = defaultdict(dict)
        for member in members:
            node = nodes[member]
            assert isinstance(node, Sum)
            for term in node.terms:
                terms[self._groups.sources(*term[1:])].setdefault(member, []).append(term)
        whole: dict[int, list[tuple[float, int, int]]] = defaultdict(list)
        for (_, right), block in terms.items():
            if right == NONE and (padded := self._padded(block)) is not None:
                for member, row in padded.items():
                    whole[member] += row
                continue
            lengths = _lengths([len(row) for row in block.values()])
            weighed = {member: self._weighed(row) for member, row in block.items()}
            longest: dict[int, list[int]] = {}
            for found in weighed.values():
                if found is not None and len(longest.get(found[1][0], ())) < len(found[1]):
                    longest[found[1][0]] = found[1]
            for member, row in block.items():
                missing = range(len(row), lengths[len(row)])
                found = weighed[member]
                if found is not None and len(found[0]) >= missing.stop and len(longest[found[1][0]]) >= missing.stop:
                    others = longest[found[1][0]]
                    pads = [(row[0][0], found[0][place], others[place]) for place in missing]
                else:
                    pads = [(0.0, *row[0][1:])] * len(missing)
                whole[member] += [*row, *pads]
        for member, found_terms in whole.items():
            node = nodes[member]
            assert isinstance(node, Sum)
            self.replace(member, Sum(node.offset, tuple(found_terms)))

    def _padded(self, block: dict[int, list[tuple[float, int, int]]]) -> dict[int, list[tuple[float, int, int]]] | None:
        """Rows of a stencil, those at a boundary of zeros with the zeros; None if they are no part of the longest row.

        u₂ − 2 u₁ at the boundary of the rows u₂ − 2 u₁ + u₀ has a zero in the place of u₀.
        """
        stencil = [term[0] for term in max(block.values(), key=len)]
        if len(set(stencil)) == 1:
            return None
        read: dict[int, list[int]] = {}
        for member, row in block.items():
            numbers = [term[0] for term in row]
            fits = [k for k in range(len(stencil) - len(row) + 1) if stencil[k : k + len(row)] == numbers]
            if len(fits) != 1:
                return None
            missing = [self.constant(Constant(0.0)) for _ in range(len(stencil) - len(row))]
            read[member] = [*missing[: fits[0]], *(term[1] for term in row), *missing[fits[0] :]]
        xs = [*dict.fromkeys(x for row in read.values() for x in row)]
        entries = dict(zip(xs, self.array_of(xs), strict=True))
        return {
            member: [(number, entries[x], NONE) for number, x in zip(stencil, row, strict=True)]
            for member, row in read.items()
        }

    def _weighed(self, row: list[tuple[float, int, int]]) -> tuple[list[int], list[int]] | None:
        """Of a sum with the weights of a softmax: all of its weights, and what the row weighs with them."""
        if len({term[0] for term in row}) > 1:
            return None
        weights = next((self._weights[x] for x in row[0][1:] if x in self._weights), None)
        if weights is None or len(row) > len(weights):
            return None
        others = []
        for weight, (_, a, b) in zip(weights, row, strict=False):
            if weight not in (a, b):
                return None
            others.append(b if weight == a else a)
        return weights, others

    # Tables of which rows are beginnings

    def _tables(self, rows: dict[int, list[int]]) -> dict[int, list[int] | None]:
        """For each row the longest one that is like it, from which its table goes on; None if it has no table."""
        longest = max(rows.values(), key=len)
        found = {member: self._is_of_table(row, longest) for member, row in rows.items()}
        return {member: longest if all(found.values()) else None for member in rows}

    def _is_of_table(self, row: list[int], longest: list[int]) -> bool:
        """Whether the last entry of a row is that of the longest row, as the first is of the first."""
        return len(row) == 1 or self._like(row[0], longest[0], longest[len(row) - 1], only=True) == row[-1]

    def _row_of_table(self, row: list[int], longest: list[int] | None, length: int) -> list[int] | None:
        if longest is None or length > len(longest):
            return None
        whole = list(row)
        for place in range(len(row), length):
            entry = self._like(row[0], longest[0], longest[place])
            if entry is None:
                return None
            whole.append(entry)
        return whole

    def _like(self, x: int, before: int, after: int, *, only: bool = False, deep: int = 0) -> int | None:
        """What x becomes as `before` becomes `after`: of q₁·k₁ it is q₁·k₂ as q₃·k₁ becomes q₃·k₂.

        An expression that is not there is made, unless those that are there are the `only` ones.
        """
        if x == before:
            return after
        if before == after:
            return x
        nodes = self._expressions.nodes
        node, old, new = nodes[x], nodes[before], nodes[after]
        group = self._groups.group_of[x]
        if deep == DEEP or not group == self._groups.group_of[before] == self._groups.group_of[after]:
            return None
        found: Subexpression
        if isinstance(node, Application):
            assert isinstance(old, Application)
            assert isinstance(new, Application)
            operands = [
                self._like(*each, only=only, deep=deep + 1)
                for each in zip(node.operands, old.operands, new.operands, strict=True)
            ]
            known = [operand for operand in operands if operand is not None]
            if len(known) < len(operands):
                return None
            found = Application(node.operation, tuple(known))
        elif isinstance(node, Sum):
            assert isinstance(old, Sum)
            assert isinstance(new, Sum)
            terms = []
            for term in zip(node.terms, old.terms, new.terms, strict=True):
                factors = self._factors_like(*(each[1:] for each in term), only=only, deep=deep + 1)
                if factors is None:
                    return None
                terms.append((term[0][0], *factors))
            found = Sum(new.offset, tuple(terms))
        else:
            return None
        return self._known(found, group, x, only=only)

    def _factors_like(
        self, x: tuple[int, int], before: tuple[int, int], after: tuple[int, int], *, only: bool, deep: int
    ) -> tuple[int, int] | None:
        if x[1] == NONE:
            a = self._like(x[0], before[0], after[0], only=only, deep=deep)
            return None if a is None else (a, NONE)
        for old in (before, before[::-1]):
            for new in (after, after[::-1]):
                pairs = [*zip(x, old, new, strict=True)]
                if all(p == q or q == r for p, q, r in pairs):
                    a, b = (r if p == q else p for p, q, r in pairs)
                    return (a, b) if a <= b else (b, a)
        return None

    def _known(self, node: Subexpression, group: int, like: int, *, only: bool) -> int | None:
        """The expression of a group, which is added to it if it is not there."""
        members = self._groups.groups[group].members
        if group not in self._of_group:
            nodes = self._expressions.nodes
            self._of_group[group] = {_without_offset(nodes[member]): member for member in members if member != NONE}
        table = self._of_group[group]
        key = _without_offset(node)
        if key not in table and not only:
            index = self.new(node, like=like)
            if self._groups.kind(index) != self._groups.kind(like):
                return None
            table[key] = index
            self._groups.add_to(group, index)
        return table.get(key)

    def _later(self, index: int, like: int) -> None:
        """Have a new expression grouped with one of a level to come."""
        self._level[index] = self._level[like]
        self._levels[self._level[like]].append(index)


def _family(kind: Number) -> Number | None:
    """What kinds have in common that differ in the lengths of their rows; None if there are none like it."""
    batched, what, *rest = kind
    if isinstance(what, Operation):
        sources = {source for source in rest[0] if source >= 0}
        numbers = sum(source < 0 for source in rest[0])
        return (batched, what, sources.pop(), numbers) if what in NEUTRAL and len(sources) == 1 else None
    [deciding] = rest
    return None if deciding else (batched, tuple(source for source, _ in what))


def _lengths(counts: Iterable[int]) -> dict[int, int]:
    """The length to which rows of each length are filled up."""
    counts = list(counts)
    longest = max(counts)
    if longest * len(counts) <= WASTE * sum(counts):
        return dict.fromkeys(counts, longest)
    return {count: min(longest, 1 << (count - 1).bit_length()) for count in counts}


def _without_offset(node: Subexpression) -> Number:
    return node.terms if isinstance(node, Sum) else node
