"""Whether the numbers in names are those of layers: all of the list a1 leads to each item of a2."""

import re
from collections.abc import Mapping
from itertools import pairwise

from autograd.graph import topological_order
from autograd.notation.spelling import plain_name
from autograd.untyped import Anything
from autograd.value import Value

_NUMBERED = re.compile(r"(.*\D)(\d+)")


def numbers_are_layers(trees: Mapping[str, Anything]) -> bool:
    """Whether some list of nodes depends on all of the one with the number before.

    Lists x1, x2 of what each example has do not: there a superscript is more likely the number of an example.

    >>> a1 = [Value(0.5), Value(0.25)]
    >>> a2 = [a1[0] + a1[1], a1[0] * a1[1]]
    >>> numbers_are_layers({"a1": a1, "a2": a2}), numbers_are_layers({"x1": a1, "x2": [a1[0] * 2, a1[1] * 2]})
    (True, False)
    """
    found: dict[str, dict[int, list[Value]]] = {}
    for key, tree in trees.items():
        match = _NUMBERED.fullmatch(plain_name(key))
        if match and isinstance(tree, list) and len(tree) > 1 and all(isinstance(each, Value) for each in tree):
            found.setdefault(match[1], {})[int(match[2])] = tree
    for lists in found.values():
        for before, after in pairwise(sorted(lists)):
            if after == before + 1 and set(topological_order(lists[after][-1])).issuperset(lists[before]):
                return True
    return False
