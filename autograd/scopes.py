"""Which module each node of a graph belongs to, as the names of the parameters tell."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from autograd.graph import Node
from autograd.text import ParameterName

Scope = tuple[str, ...]
"""The modules around a node, from the outermost: ``("layers.0", "layers.0.perceptrons.3")``."""


def scopes_of(order: Sequence[Node]) -> dict[Node, Scope]:
    """The modules around each node of a topological order; nodes in none are left out.

    A parameter's name holds the path of its module, and an operation on parameters is part of the module that they
    have in common. Of the operations after it, those belong to it too that are computed from this module alone and
    lead to parameters again, as the activation of a hidden layer, and a single function of its result, as the
    activation of the last one. A loss belongs to no module.
    """
    scopes = {node: modules for node in order if (modules := _modules_of_leaf(node))}
    reach: dict[Node, Scope] = {}
    on_parameters = set()
    uses: dict[Node, int] = {}
    for node in order:
        if node.op is None:
            continue
        for parent in node.parents:
            uses[parent] = uses.get(parent, 0) + 1
        if any(_is_parameter(parent) for parent in node.parents):
            on_parameters.add(node)
            reach[node] = _common(scopes.get(parent, ()) for parent in node.parents if _is_parameter(parent))
        else:
            reach[node] = _common(reach[parent] for parent in node.parents if parent.op is not None)
    leads_to_parameters = set()
    for node in reversed(order):
        if node.op is None:
            continue
        if node in on_parameters or node in leads_to_parameters:
            leads_to_parameters.update(node.parents)
            belongs = True
        else:
            belongs = len(node.parents) == 1 and node.parents[0] in on_parameters and uses[node.parents[0]] == 1
        if belongs and reach[node]:
            scopes[node] = reach[node]
    return scopes


def heights_of(scopes: Iterable[Scope]) -> dict[str, int]:
    """How many levels of modules each module holds, itself included: 1 for a perceptron, 2 for a layer of them."""
    heights: dict[str, int] = {}
    for scope in dict.fromkeys(scopes):
        for inside, module in enumerate(reversed(scope)):
            heights[module] = max(heights.get(module, 0), inside + 1)
    return heights


DEEPEST = 20
"""How many modules may be around one; those further inside are not told apart. A name may be any text, and clusters are
written one inside the other: a name with a thousand dots would exceed Python's recursion limit."""


@lru_cache(maxsize=4096)
def modules_in(path: str) -> Scope:
    """The modules that a parameter's path goes through.

    >>> modules_in("layers.0.perceptrons.3.weights.1")
    ('layers.0', 'layers.0.perceptrons.3')
    >>> modules_in("bias")
    ()
    """
    keys = path.split(".")
    # An index belongs to the attribute before it: weights.1 is one step, and the last one is the parameter itself.
    steps = [position for position, key in enumerate(keys) if position and not key.isdecimal()]
    return tuple(".".join(keys[:step]) for step in steps[:DEEPEST])


def last_step(module: str, around: Scope) -> str:
    """The last step of a module's path, seen from the modules around it.

    >>> last_step("layers.0.perceptrons.3", ("layers.0",))
    'perceptrons.3'
    """
    return module.removeprefix(f"{around[-1]}.") if around else module


def _is_parameter(node: Node) -> bool:
    return node.op is None and isinstance(node.name, ParameterName)


def _modules_of_leaf(node: Node) -> Scope:
    return modules_in(node.name) if _is_parameter(node) else ()


def _common(scopes: Iterable[Scope]) -> Scope:
    """The modules that all of them are in."""
    distinct = list(dict.fromkeys(scopes))
    if not distinct:
        return ()
    shared = 0
    for modules in zip(*distinct, strict=False):
        if len(set(modules)) > 1:
            break
        shared += 1
    return distinct[0][:shared]
