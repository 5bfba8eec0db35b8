"""The names of variables in generated code, made from the names of nodes and parameters."""

import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from operator import itemgetter

from autograd import ops
from autograd.lifting.array_helpers import HELPERS
from autograd.lifting.groups import FIXED, NO_GROUP, PARAMETERS, ApplicationGroup, Group, Groups, SumGroup
from autograd.lifting.loops_in_jax import FUNCTIONS
from autograd.lifting.normal_form import NONE, NormalForm

RESERVED = {
    *(
        "np",
        "parameters",
        "others",
        "batch",
        "dtype",
        "slice",
        "len",
        "int",
        "gradient",
        "saved",
        "forward",
        "backward",
        *("turn", "carry", "reversed", "range"),
    ),
    *FUNCTIONS,
    *HELPERS,
}

WORDS = {operation: word for word, operation in ops.OPERATIONS.items()} | {ops.divide: "quotient"}
"""What the result of an operation is called."""


class Variables:
    """A variable for each group and view, each its own.

    Attributes:
        arguments: the variables of the arguments.
    """

    def __init__(
        self, expressions: NormalForm, groups: Groups, argument_names: Sequence[str], output_name: str
    ) -> None:
        self._taken = set(RESERVED)
        self._counts: dict[str, int] = defaultdict(lambda: 1)
        self._expressions = expressions
        self._groups = groups
        self._names: dict[int, str] = {PARAMETERS: "parameters", FIXED: "others"}
        self._stems: dict[int, str] = {}
        for group in groups.groups:
            if group.argument is not None:
                self._names[group.index] = self.fresh(argument_names[group.argument])
        self.arguments = [self._names[group.index] for group in groups.groups if group.argument is not None]
        self._output_name = output_name
        outputs = expressions.outputs
        self._last = groups.group_of[outputs[0]] if len(outputs) == 1 else NO_GROUP

    def of(self, index: int) -> str:
        """The name of a group."""
        if index not in self._names:
            self._names[index] = self.fresh(self._describe(self._groups.groups[index]))
        return self._names[index]

    def of_parameters(self, members: Sequence[int], linear: bool) -> str:
        """The name of a part of the parameters."""
        return self.fresh(self._common_name(members) or ("bias" if linear else "weights"))

    def of_part(self, group: Group, members: Sequence[int], *, windows: bool) -> str:
        """What to call members of a group that are read by rows or windows."""
        own = self._common_name([member for member in members if member != NONE])
        whole = len(members) == len(group.members)
        if not own and not whole and isinstance(group, SumGroup):
            places = {member: place for place, member in enumerate(group.members)}
            rows = [group.blocks[0].left_members[places[member]] for member in members]
            own = self._common_name([x for row in rows for x in row]) if group.blocks[0].left <= FIXED else ""
        return f"{own or self.of(group.index)}_{'windows' if windows else 'rows'}"

    def fresh(self, wish: str) -> str:
        """A name close to the wish, that no other variable has, nor the gradient ``d_…`` of one."""
        safe = re.sub(r"\W+", "_", wish, flags=re.ASCII).strip("_")[:40] or "value"
        safe = f"v_{safe}" if safe[0].isdigit() or safe.startswith("d_") or keyword.iskeyword(safe) else safe
        name = safe
        while name in self._taken or f"d_{name}" in self._taken:
            self._counts[safe] += 1
            name = f"{safe}_{self._counts[safe]}"
        self._taken |= {name, f"d_{name}"}
        return name

    def _describe(self, group: Group) -> str:
        """What the members are called in common, else the layer that they belong to and how they are computed."""
        if name := self._common_name(group.members):
            return name
        if group.index == self._last:
            return self._output_name
        if group.index in self._groups.masked and isinstance(group, ApplicationGroup):
            return f"masked_{self.of(self._groups.group_of[group.operands[1][0]])}"
        if group.index in self._groups.assembled and isinstance(group, ApplicationGroup):
            largest = max(Counter(map(self._groups.group_of.__getitem__, group.operands[0])).items(), key=itemgetter(1))
            return f"{self.of(largest[0]) if largest[0] != NO_GROUP else 'numbers'}_whole"
        stem, what = self._stem(group), _what(group)
        return f"{stem}_{what}" if stem else "total" if what == "sum" else what

    def _stem(self, group: Group) -> str:
        """The layer: the name of the weights without its last word, or that of what the group is computed from."""
        if group.index not in self._stems:
            stem = ""
            if isinstance(group, SumGroup):
                for block in group.blocks:
                    if block.left <= FIXED and block.right != NO_GROUP:
                        members = [member for row in block.left_members for member in row]
                        stem = self._common_name(members).rpartition("_")[0]
                        break
            elif isinstance(group, ApplicationGroup):
                source = self._groups.group_of[group.operands[0][0]]
                stem = self._stem(self._groups.groups[source]) if source > FIXED else ""
            self._stems[group.index] = stem
        return self._stems[group.index]

    def _common_name(self, members: Sequence[int]) -> str:
        """``layers.0.perceptrons.{3}.weights.{1}`` as layers_0_weights; "" if a member has no name."""
        # A name is for reading: a few members of a hundred thousand tell what they have in common.
        few = members if len(members) <= 64 else [*members[:: len(members) // 62], members[1], members[-1]]
        names = [self._expressions.names.get(member) for member in few]
        if not names or None in names:
            return ""
        paths = [str(name).split(".") for name in names]
        if len({len(path) for path in paths}) > 1:
            return _prefix([str(name) for name in names])
        kept: list[str] = []
        columns = list(zip(*paths, strict=True))
        for position, column in enumerate(columns):
            index_follows = position + 1 < len(columns) and all(part.isdigit() for part in columns[position + 1])
            varies = len(set(column)) > 1
            if varies and not all(part.isdigit() for part in column):
                kept.append(_prefix(column))
            elif column[0].isdigit():
                if not varies and len(kept) == 1:
                    kept.append(column[0])
            elif not index_follows or not kept or all(later[0].isdigit() for later in columns[position + 1 :]):
                kept.append(column[0])
        return "_".join(part for part in kept if part)


def _what(group: Group) -> str:
    """One word for how the members are computed."""
    if isinstance(group, ApplicationGroup):
        name = group.operation.name
        return WORDS.get(group.operation) or re.sub(r"\*\*", "power_", name)
    return "square" if isinstance(group, SumGroup) and _is_square(group) else "sum"


def _is_square(group: SumGroup) -> bool:
    block = group.blocks[0]
    return len(group.blocks) == 1 and len(block.left_members[0]) == 1 and block.left_members == block.right_members


def _prefix(names: Sequence[str]) -> str:
    """What the names begin with in common, without the digits that tell them apart."""
    first, last = min(names), max(names)
    common = 0
    while common < min(len(first), len(last)) and first[common] == last[common]:
        common += 1
    return first[:common].rstrip("0123456789_[]. ") if first != last else first
