"""A weight before and after a step, as pages write both: ``w_{t+1} = w_t − …``, ``w^{new} = w^{old} − …``."""

from dataclasses import fields, is_dataclass, replace

from autograd.derivation.tokens import Place
from autograd.notation.lookup import Lookup, written_name
from autograd.notation.syntax import Addition, Beside, Name, Number, Statement
from autograd.untyped import Anything

_BEFORE = {
    "new": ("old", "", "current", "prev", "previous"),
    "next": ("", "current", "prev"),
    "updated": ("", "old", "current"),
    "1": ("0",),
    "+": ("", "-"),
}
"""What an old value is called where the new one is called so; that of t + 1 is called t."""


def as_update(statement: Statement, lookup: Lookup) -> Statement | None:
    """The line as an update of the node, ``w ← w − …``; None if it is none."""
    name, *others = statement.parts
    if statement.code or statement.sign not in ("=", "←") or not isinstance(others[0], Addition):
        return None
    new, old = _labelled(name), _labelled(others[0].terms[0])
    if new is None or old is None or new[0] != old[0] or not lookup.known(new[0]):
        return None
    letter, plus, one = new[1].partition("+")
    before: tuple[str, ...] = (letter, "") if plus and one == "1" and letter else _BEFORE.get(new[1], ())
    if old[1] not in before:
        return None
    bare = Name(new[0], statement.place)
    parts = tuple(_with_bare(part, old, bare) for part in others)
    return replace(statement, parts=(bare, *parts), sign="←", trivial=False)


def _labelled(tree: Anything) -> tuple[str, str] | None:
    """A name and what tells its values apart: w and t+1 of ``w_{t+1}``, ``w^{(t+1)}`` and ``w(t+1)``."""
    if isinstance(tree, Beside) and len(tree.inside) == 1 and isinstance(tree.name, Name):
        return tree.name.base, _text(tree.inside[0])
    if not isinstance(tree, Name) or tree.primes:
        return None
    scripts = [*tree.subscripts, *(above.tree for above in tree.superscripts)]
    if len(scripts) > 1:
        return None
    return tree.base, _text(scripts[0]) if scripts else ""


def _text(tree: Anything) -> str:
    match tree:
        case Name():
            return written_name(tree)
        case Number(text=text):
            return text
        case Addition(terms=terms):
            return "+".join(map(_text, terms))
    return "…"


def _with_bare(tree: Anything, old: tuple[str, str], bare: Name) -> Anything:
    """The tree with the old value, whatever it is called, as the node itself."""
    if isinstance(tree, tuple):
        return tuple(_with_bare(part, old, bare) for part in tree)
    if not is_dataclass(tree) or isinstance(tree, Place | type):
        return tree
    if isinstance(tree, Name | Beside) and _labelled(tree) == old:
        return bare
    parts = {each.name: _with_bare(getattr(tree, each.name), old, bare) for each in fields(tree)}
    return replace(tree, **parts)
