"""Expressions of one level and kind, gathered into arrays; parameters laid out so that weights are matrices.

A `Group` is an array with a place for each of its members: (batch, members) if they differ from example to example,
else (members,); without the last axis if it has one member. The members of a group are computed in the same way from
the same groups, so that one line of array code computes them all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograd import ops
from autograd.lifting.normal_form import NONE, SHORT, Application, Constant, Input, NormalForm, Parameter, Sum
from autograd.numbers import Number
from autograd.operation import Operation

if TYPE_CHECKING:
    from autograd.lifting.ragged import RaggedRows

PARAMETERS = 0
"""The index of the group of all parameters: the flat array that a program is called with."""

FIXED = 1
"""The index of the group of the leaves that are read at each call and not differentiated by: a flat array, too."""

NO_GROUP = -1

WORTH = 3
"""How many groups have to be saved for arrays to be put together."""

RAGGED = 4
"""How many groups a level has at least of which some may be rows of unequal length."""

OVER_AN_AXIS = {ops.logsumexp, ops.entry, ops.prod, ops.largest, ops.smallest}
"""Operations that a line computes of however many operands."""

Matrix = list[list[int]]
"""A row for each member of a group, a column for each term."""


@dataclass
class Group:
    """An array of expressions, with a place for each member."""

    index: int
    batched: bool
    members: list[int]
    has_axis: bool
    argument: int | None = None
    """For the group of an input, which argument of the function it is."""


@dataclass
class Block:
    """The terms of a group of Sums that take their factors from the same two groups."""

    left: int
    """The group of the first factors: the unbatched one of the two, if only one is."""
    right: int
    """The group of the second factors; NO_GROUP for linear terms."""
    coefficients: list[list[float]]
    left_members: Matrix
    right_members: Matrix


@dataclass
class SumGroup(Group):
    decides: bool = False
    """Whether a truth may turn on a rounding of it: alone, an example must have the number that it has in a batch."""
    offsets: list[float] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


@dataclass
class ApplicationGroup(Group):
    operation: Number = None
    operands: list[list[int]] = field(default_factory=list)
    """For each operand of the operation, the expression that each member takes for it."""


class Groups:
    """All groups of some expressions, in the order in which they can be computed.

    Attributes:
        groups: those of the parameters and of fixed leaves, those of the inputs, then the computed ones.
        group_of: the group of each expression; NO_GROUP for a constant.
        place: the place of each expression in its group.
        masked: the groups of what is infinite where it does not count, and nowhere else.
        assembled: the groups that are put together of members of others, and whether in the order in which they are.
    """

    def __init__(self, expressions: NormalForm, shapes: Sequence[tuple[int, ...]]) -> None:
        self.expressions = expressions
        for fewest in (RAGGED, 2):
            self._gather(shapes, fewest)
            if self._ragged is None or self._ragged.saved < WORTH or fewest == 2:
                break
            self._ragged.undo()
        self._lay_out_parameters()
        self._arrange()

    # Forming groups

    def _gather(self, shapes: Sequence[tuple[int, ...]], fewest: int) -> None:
        expressions = self.expressions
        nodes = expressions.nodes
        self._fewest = fewest
        self.group_of: dict[int, int] = {}
        self.place: dict[int, int] = {}
        self.groups: list[Group] = []
        self.masked = set[int]()
        self.assembled: dict[int, bool] = {}
        self._ragged: RaggedRows | None = None
        leaves = [index for index in expressions.live if isinstance(nodes[index], Parameter)]
        parameters, fixed = (
            [index for index in leaves if (index in expressions.fixed) == is_fixed] for is_fixed in (False, True)
        )
        self._add(Group(PARAMETERS, batched=False, members=parameters, has_axis=True))
        self._add(Group(FIXED, batched=False, members=fixed, has_axis=True))
        self._add_inputs(shapes)
        self._level_by_level()

    def _add(self, group: Group) -> None:
        self.groups.append(group)
        for place, member in enumerate(group.members):
            self.group_of[member] = group.index
            self.place[member] = place

    def _add_inputs(self, shapes: Sequence[tuple[int, ...]]) -> None:
        by_argument: dict[int, dict[int, int]] = defaultdict(dict)
        for index in self.expressions.live:
            node = self.expressions.nodes[index]
            if isinstance(node, Input):
                by_argument[node.argument][node.position] = index
            elif isinstance(node, Constant):
                self.group_of[index] = NO_GROUP
        for argument, shape in enumerate(shapes):
            group = Group(len(self.groups), batched=True, members=[], has_axis=shape != (), argument=argument)
            self._add(group)
            # An input that nothing uses has a place all the same, so the places are the positions.
            for position, index in by_argument[argument].items():
                self.group_of[index] = group.index
                self.place[index] = position
            group.members = [by_argument[argument].get(position, NONE) for position in range(_size(shape))]

    def _level_by_level(self) -> None:
        """Group the computed expressions: those of one level and kind become one array."""
        expressions, level = self.expressions, dict.fromkeys(self.expressions.live, 0)
        levels: dict[int, list[int]] = defaultdict(list)
        for index in expressions.live:
            if isinstance(expressions.nodes[index], Sum | Application):
                level[index] = 1 + max([level[operand] for operand in expressions.operands[index]], default=0)
                levels[level[index]].append(index)
        for _, indices in sorted(levels.items()):
            kinds: dict[Number, list[int]] = defaultdict(list)
            for index in indices:
                kinds[self.kind(index)].append(index)
            if len(kinds) >= self._fewest:
                kinds = self._filled_up(kinds, levels, level)
            for kind, members in kinds.items():
                self._add_computed(kind, members)

    def _filled_up(self, kinds: dict[Number, list[int]], levels: dict[int, list[int]], level: dict[int, int]) -> Number:
        from autograd.lifting.ragged import RaggedRows

        self._ragged = self._ragged or RaggedRows(self, levels, level)
        return self._ragged.fill_up(kinds, self._fewest)

    def add_masked(self, kind: Number, members: list[int]) -> None:
        """Add a group of what is masked by an infinity that is not to count."""
        self.masked.add(len(self.groups))
        self._add_computed(kind, members)

    def add_assembled(self, members: list[int], *, in_order: bool) -> None:
        """Add an array that is put together of others, in this order or in theirs."""
        self.assembled[len(self.groups)] = in_order
        batched = any(self.expressions.batched[member] for member in members)
        operation = self.expressions.nodes[members[0]].operation  # type: ignore[union-attr]  # it is computed
        self._add(ApplicationGroup(len(self.groups), batched, members, has_axis=True, operation=operation))

    def add_to(self, group: int, index: int) -> None:
        """Add an expression to a group."""
        members = self.groups[group].members
        self.group_of[index], self.place[index] = group, len(members)
        members.append(index)
        self.groups[group].has_axis = True

    def kind(self, index: int) -> Number:
        """What makes computed expressions of one level a group."""
        expressions = self.expressions
        node, batched = expressions.nodes[index], expressions.batched[index]
        if isinstance(node, Application):
            return batched, node.operation, tuple([self.group_of[operand] for operand in node.operands])
        assert isinstance(node, Sum)
        sources = Counter([self.sources(a, b) for _, a, b in node.terms])
        return batched, tuple(sorted(sources.items())), index in expressions.deciding

    def sources(self, a: int, b: int) -> tuple[int, int]:
        """The groups of a term's factors, the unbatched one first."""
        left, right = self.group_of[a], self.group_of[b] if b != NONE else NO_GROUP
        if right != NO_GROUP and self._after(left, right):
            left, right = right, left
        return left, right

    def _after(self, left: int, right: int) -> bool:
        return (self.groups[left].batched, left) > (self.groups[right].batched, right)

    def _add_computed(self, kind: Number, members: list[int]) -> None:
        batched, index = kind[0], len(self.groups)
        if isinstance(kind[1], Operation):
            over_an_axis = kind[1].arity is not None or len(kind[2]) <= SHORT or kind[1] in OVER_AN_AXIS
            if not over_an_axis and len(members) > 1:
                for member in members:
                    self._add_computed(kind, [member])
                return
            self._add(ApplicationGroup(index, batched, members, has_axis=len(members) > 1, operation=kind[1]))
        else:
            self._add(SumGroup(index, batched, members, has_axis=len(members) > 1, decides=kind[2]))

    # Laying out the parameters

    def _lay_out_parameters(self) -> None:
        """Order the members of every group and the parameters, so that the parameters of a block of Sums are one run.

        Weights come first, a matrix with a row for each neuron, then what else is left: a parameter has one place only,
        and a matrix is worth most.
        """
        layouts: dict[int, dict[int, None]] = {PARAMETERS: {}, FIXED: {}}
        use = _uses_of(self, [group for group in self.groups if isinstance(group, SumGroup | ApplicationGroup)])
        for group in self.groups:
            if isinstance(group, SumGroup):
                first = {member: self._first_factor(member) for member in group.members}
                weights = {places[1] for places in first.values() if places[0] == 0}
                if len(weights) > 1:
                    # By the states, whose order stays: in a network that reads a sequence in both directions, the
                    # places of the inputs cross.
                    first = {member: (*places[:2], *places[:1:-1]) for member, places in first.items()}
                members = sorted(group.members, key=first.__getitem__)
                has_own_weights = len(weights) == len(members)
                self._reorder(group, _in_runs(members, use) if has_own_weights else members)
                self._fill_blocks(group)
                for block in group.blocks:
                    if (layout := layouts.get(block.left)) is not None:
                        # The kernel of a convolution is in the row of each window; once is enough.
                        run = [member for row in dict.fromkeys(map(tuple, block.left_members)) for member in row]
                        if len(set(run)) == len(run) and not any(member in layout for member in run):
                            layout.update(dict.fromkeys(run))
            elif group.index in self.assembled:
                if not self.assembled[group.index]:
                    self._reorder(group, sorted(group.members, key=self._place_of_part))
            elif isinstance(group, ApplicationGroup) and group.batched:
                self._reorder(group, sorted(group.members, key=self._operand_places))
                self._lay_out_table(group, layouts)
        for index, layout in layouts.items():
            rest = [member for member in self.groups[index].members if member not in layout]
            self._reorder(self.groups[index], [*layout, *rest])

    def _lay_out_table(self, group: ApplicationGroup, layouts: dict[int, dict[int, None]]) -> None:
        """The rows of a table are what is taken of it at one index."""
        if group.operation is ops.entry:
            operands = self.expressions.operands
            columns = dict.fromkeys(tuple(operands[member][1:]) for member in group.members)
            run = [member for row in zip(*columns, strict=True) for member in row]
            layout = layouts.get(self.group_of[run[0]])
            if layout is None or len({self.group_of[member] for member in run}) > 1:
                return
            if len(set(run)) == len(run) and not any(member in layout for member in run):
                layout.update(dict.fromkeys(run))

    def _arrange(self) -> None:
        """Order what is computed from parameters alone by their final places, and list all operands."""
        for group in self.groups:
            if isinstance(group, ApplicationGroup):
                if not group.batched and group.index not in self.assembled:
                    self._reorder(group, sorted(group.members, key=self._operand_places))
                operands = [self.expressions.operands[member] for member in group.members]
                group.operands = [list(column) for column in zip(*operands, strict=True)]
            elif isinstance(group, SumGroup):
                self._fill_blocks(group)

    def _reorder(self, group: Group, members: Iterable[int]) -> None:
        group.members = list(members)
        for place, member in enumerate(group.members):
            self.place[member] = place

    def _first_factor(self, index: int) -> tuple[int, ...]:
        """Sums with parameters go by their first parameter and window, others by the place of their first factor."""
        node = self.expressions.nodes[index]
        assert isinstance(node, Sum)
        least: dict[int, int] = {}
        for x in [x for _, a, b in node.terms for x in (a, b) if x != NONE]:
            source, place = max(self.group_of[x], FIXED), self.place[x]
            least[source] = min(least.get(source, place), place)
        leaf = least.pop(FIXED, None)
        places = [least[source] for source in sorted(least)]
        if leaf is None:
            return (1, *(*places, 0)[:2])
        return (0, leaf, *(places[:: len(places) - 1] if len(places) > 1 else places * 2))

    def _operand_places(self, index: int) -> tuple[int, ...]:
        return tuple([self.place.get(operand, NONE) for operand in self.expressions.operands[index]])

    def _place_of_part(self, index: int) -> tuple[int, int]:
        [x] = self.expressions.operands[index]
        return self.group_of[x], self.place.get(x, NONE)

    def _fill_blocks(self, group: SumGroup) -> None:
        """Sort the terms of each member into blocks, columns in the order of the places of the later factor."""
        blocks: dict[tuple[int, int], Block] = {}
        group.offsets = []
        place = self.place
        for member in group.members:
            node = self.expressions.nodes[member]
            assert isinstance(node, Sum)
            group.offsets.append(node.offset)
            rows: dict[tuple[int, int], list[tuple[int, int, float, int, int]]] = defaultdict(list)
            for coefficient, a, b in node.terms:
                sources = self.sources(a, b)
                if b != NONE and (self.group_of[a] != sources[0] or (sources[0] == sources[1] and place[b] < place[a])):
                    a, b = b, a
                rows[sources].append((place[b] if b != NONE else place[a], place[a], coefficient, a, b))
            for sources, row in rows.items():
                row.sort()
                block = blocks.setdefault(sources, Block(*sources, [], [], []))
                block.coefficients.append([term[2] for term in row])
                block.left_members.append([term[3] for term in row])
                block.right_members.append([term[4] for term in row])
        # Products first, then linear terms, then what all examples share: as a person writes W x + b + λ p².
        group.blocks = [blocks[key] for key in sorted(blocks, key=lambda key: (self._rank(group, key[1]), key))]

    def _rank(self, group: SumGroup, right: int) -> int:
        if right == NO_GROUP:
            return 1
        return 2 if group.batched and not self.groups[right].batched else 0

    def places(self, members: Iterable[int]) -> list[int]:
        return [self.place[member] for member in members]


def _size(shape: Sequence[int]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


def _uses_of(groups: Groups, computed: Sequence[Group]) -> dict[int, int]:
    """A number for each computed expression, equal for those that are used alike; groups come in order.

    The gates of a cell are computed alike, and each is used for something else.
    """
    expressions, group_of = groups.expressions, groups.group_of
    of_group = {group.index for group in computed}
    found: dict[int, set[Number]] = defaultdict(set)
    numbers: dict[frozenset[Number], int] = {}
    use: dict[int, int] = {}
    for output in expressions.outputs:
        found[output].add("output")
    for group in reversed(computed):
        reads = not of_group.isdisjoint([group_of[x] for x in expressions.operands[group.members[0]]])
        for member in group.members:
            use[member] = number = numbers.setdefault(frozenset(found.pop(member, ())), len(numbers))
            if reads:
                node = expressions.nodes[member]
                if isinstance(node, Sum):
                    for _, a, b in node.terms:
                        partner = group_of[b] if b != NONE else NONE
                        if group_of[a] in of_group:
                            found[a].add((group.index, number, partner))
                        if partner in of_group:
                            found[b].add((group.index, number, group_of[a]))
                else:
                    several = node.operation.arity is not None  # type: ignore[union-attr]  # it is computed
                    for position, operand in enumerate(node.operands):  # type: ignore[union-attr]  # it is computed
                        if group_of[operand] in of_group:
                            found[operand].add((group.index, number, position if several else 0))
    return use


def _in_runs(members: Sequence[int], use: Mapping[int, int]) -> list[int]:
    """The members, those of one use after those of another if as many have each; else as they are.

    Units whose uses take turns, as f, i, o, f, i, o, …, are better read as runs: f, f, …, i, i, …, o, o, …
    """
    runs: dict[int, list[int]] = {}
    for member in members:
        runs.setdefault(use[member], []).append(member)
    alike = len({len(run) for run in runs.values()}) == 1
    return [member for run in runs.values() for member in run] if alike else list(members)
