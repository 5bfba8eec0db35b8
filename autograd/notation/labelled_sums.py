"""Σ over labels: ``\\sum_o E_o`` over E_o1 and E_o2, which are nodes of their own and no items of a list."""

from collections.abc import Collection
from dataclasses import fields, is_dataclass, replace

from autograd.derivation.tokens import Place
from autograd.notation.indices import everything_in
from autograd.notation.lookup import Lookup
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import Addition, BigOperator, Name, Product, Tree
from autograd.untyped import Anything


def numbers_behind(name: Name, label: str, lookup: Lookup) -> set[str]:
    """The numbers for which there is a node such as E_o1: those behind the label o of E.

    >>> from autograd import Value
    >>> from autograd.derivation.names import PageNames
    >>> lookup = Lookup(PageNames({"E_o1": Value(1.0), "E_o2": Value(2.0), "E": Value(3.0)}))
    >>> sorted(numbers_behind(Name("E", Place(1, 1, "E_o")), "o", lookup))
    ['1', '2']
    """
    head = plain_name(f"{name.base}_{label}")
    found = (plain[len(head) :] for plain in lookup.names.plain_forms if plain.startswith(head))
    return {number for number in found if number.isdigit()}


def over_labels(tree: Anything, lookup: Lookup) -> Anything:
    """The tree with each Σ over a label written out."""
    if isinstance(tree, tuple):
        parts = tuple(over_labels(part, lookup) for part in tree)
        return parts if any(a is not b for a, b in zip(parts, tree, strict=True)) else tree
    if not is_dataclass(tree) or isinstance(tree, Place | type):
        return tree
    changed = {}
    for each in fields(tree):
        before = getattr(tree, each.name)
        if (after := over_labels(before, lookup)) is not before:
            changed[each.name] = after
    tree = replace(tree, **changed) if changed else tree
    return _written_out(tree, lookup) if isinstance(tree, BigOperator) else tree


def _written_out(tree: BigOperator, lookup: Lookup) -> Tree:
    if len(tree.letters) != 1 or tree.low is not None or tree.high is not None or tree.conditions:
        return tree
    [label] = tree.letters
    named = [name for name in everything_in(tree.body) if isinstance(name, Name) and _labelled(name, label)]
    numbers = [numbers_behind(name, label, lookup) for name in named]
    if not numbers or not numbers[0] or any(each != numbers[0] for each in numbers):
        return tree
    if any(lookup.known(name.base) for name in named):
        return tree
    terms = tuple(_with_label(tree.body, label, label + number) for number in sorted(numbers[0], key=int))
    if tree.kind == "prod":
        return Product(terms, "*", tree.place)
    return terms[0] if len(terms) == 1 else Addition(terms)


def _labelled(name: Name, label: str) -> bool:
    return len(name.subscripts) == 1 and name.joined == label


def _with_label(tree: Anything, label: str, put: str) -> Anything:
    if isinstance(tree, tuple):
        return tuple(_with_label(part, label, put) for part in tree)
    if isinstance(tree, Name) and _labelled(tree, label):
        return replace(tree, subscripts=(Name(put, tree.place),), joined=put)
    if not is_dataclass(tree) or isinstance(tree, Place | type):
        return tree
    return replace(tree, **{each.name: _with_label(getattr(tree, each.name), label, put) for each in fields(tree)})


def labels_in(parts: Collection[Tree], bound: Collection[str], lookup: Lookup) -> set[str]:
    """The letters that are labels and no indices: o of ``E_{ok}`` where there are E_o1 and E_o2."""
    found = set()
    for name in everything_in(*parts):
        if not isinstance(name, Name) or len(name.subscripts) != 2 or lookup.known(name.base):
            continue
        first = name.subscripts[0]
        if isinstance(first, Name) and first.base not in bound and numbers_behind(name, first.base, lookup):
            found.add(first.base)
    return found
