"""Copies and pickles of a graph, however deep: what is shared stays shared, and nothing recurses along the graph.

Python's own way copies a node by copying its parents first, each in a call inside the last one, and a chain of some
hundred nodes ends at the recursion limit. Here the parents come first in topological order instead.
"""

import copy
import sys
import weakref
from copyreg import __newobj__ as new  # type: ignore[attr-defined]  # the function that a pickle names
from typing import SupportsIndex

from autograd import nodes
from autograd.graph import topological_order
from autograd.untyped import Anything


def deepcopy(node: Anything, memo: dict[int, Anything]) -> Anything:
    """A node's ``__deepcopy__``: each ancestor is copied when its parents are in the memo already."""
    copied = memo.setdefault(id(_COPIED), set())
    for ancestor in topological_order(node, seen=copied):
        if id(ancestor) not in memo:
            twin = memo[id(ancestor)] = object.__new__(type(ancestor))
            memo[id(ancestor.op)] = ancestor.op
            attributes = _attributes(ancestor).items()
            twin.__setstate__((None, {name: copy.deepcopy(thing, memo) for name, thing in attributes}))
    return memo[id(node)]


_COPIED = object()
"""Under its id a memo holds the set of the nodes copied so far, so that no graph is walked twice."""


def reduce(node: Anything, protocol: SupportsIndex) -> tuple[Anything, ...]:
    """A node's ``__reduce_ex__``: its class, and as its state its ancestors, then its attributes.

    What a pickle has written once, it refers to from then on. So with all ancestors before it, parents first, none of
    them finds a parent that is yet to be written.
    """
    ancestors = _Ancestors(node) if node.parents and node not in _announced else None
    return new, (type(node),), (ancestors, _attributes(node))


def restore(node: Anything, state: tuple[object, dict[str, Anything]]) -> None:
    """A node's ``__setstate__``. A later write must count as later, in the process that reads the pickle too."""
    for slot, content in state[1].items():
        setattr(node, slot, content)
    nodes.writes = max(nodes.writes, node.written)


def reduce_operation(operation: Anything) -> Anything:
    """An operation's ``__reduce__``: the name of the module-level variable that holds it."""
    module = vars(sys.modules[operation.__module__]) if operation.__module__ in sys.modules else {}
    for variable, thing in module.items():
        if thing is operation:
            return str(variable)
    raise TypeError(
        f"{operation!r} can be pickled or copied only while a variable of module {operation.__module__} holds it"
    )


def _attributes(node: Anything) -> dict[str, Anything]:
    state: Anything = object.__getstate__(node)
    instance, slots = state  # a subclass without __slots__ has a __dict__ too
    return {**(instance or {}), **slots}


_announced: set[Anything] = set()
"""The nodes in the ancestors of a node that is in a pickle being written: they need none of their own.

If this is out of date (a pickle was broken off, two are written at once), all that happens is some recursion."""


class _Ancestors:
    """The ancestors of a node, itself included, that no pickle being written holds yet; None when it is read.

    The pickler keeps every object that it wrote, this one too, until it has done: then the announcement ends.
    """

    def __init__(self, node: Anything) -> None:
        self.node = node

    def __reduce__(self) -> tuple[Anything, ...]:
        nodes = topological_order(self.node, seen=_announced)
        weakref.finalize(self, _announced.difference_update, nodes)
        return _read, tuple(nodes)


def _read(*nodes: Anything) -> None:
    """What the pickle of ancestors becomes: the nodes are there now, and the memo of the unpickler holds them."""
