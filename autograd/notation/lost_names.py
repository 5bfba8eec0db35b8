"""Names whose last definition was not read: what uses them afterwards must not get an older meaning in silence.

After ``δ_k = …`` a page defines ``δ_h = …``. If that line is not read, or may be another claim about the first δ, then
``∂E/∂v_{hi} = -δ_h x_i`` hangs on it: it is neither right nor wrong with the δ of the first line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograd.notation.indices import everything_in
from autograd.notation.lookup import PageDefinition, written_name
from autograd.notation.named import Consequence
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import Name, Statement


@dataclass(frozen=True)
class _Lost:
    """A name that the line with this number gives another meaning, and the definition that it has without that."""

    line: int
    letter: str
    before: PageDefinition
    meanings: int
    """How many definitions told apart by letters the name had then: a later one ends it."""
    certain: bool
    """Whether the line is not read for sure; else that is known when the page is judged."""


@dataclass
class LostNames:
    """Those of one page, so far. `definitions` are what the page has defined, by the plain form of the name."""

    definitions: Mapping[str, PageDefinition]
    _lost: dict[str, list[_Lost]] = field(default_factory=dict)

    def loses(self, name: Name, line: int, *, certain: bool) -> None:
        """Remember that a line would give a name that is defined already another meaning."""
        key = self._key(name)
        if key and not name.superscripts:
            before = self.definitions[key]
            self._lost.setdefault(key, []).append(_Lost(line, name.joined, before, len(before.by_letter), certain))

    def used_in(self, statement: Statement) -> tuple[int, ...]:
        """The lines on which a statement hangs if they turn out not to be read.

        Raises:
            Consequence: if it hangs on one that is not read for sure.
        """
        if statement.code:
            return ()
        found: dict[int, None] = {}
        defined, *others = statement.parts
        for tree in everything_in(*([] if isinstance(defined, Name) else [defined]), *others):
            if not isinstance(tree, Name):
                continue
            for lost in self._lost.get(self._key(tree), ()):
                if not self._is_meant(tree, lost):
                    continue
                if lost.certain:
                    raise Consequence(
                        tree.place, f"{written_name(tree)} is what line {lost.line} makes of it, which is not read"
                    )
                found[lost.line] = None
        return tuple(found)

    def _key(self, name: Name) -> str:
        """Under which name it is defined; empty if under none."""
        return next(
            (key for text in (written_name(name), name.base) if (key := plain_name(text)) in self.definitions), ""
        )

    def _is_meant(self, name: Name, lost: _Lost) -> bool:
        now = self.definitions[self._key(name)]
        if now is not lost.before or len(now.by_letter) != lost.meanings:
            return False
        letter = lost.before.letter
        return not letter or lost.letter == letter or name.joined != letter
