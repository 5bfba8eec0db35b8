"""What is remembered of a page while its rows are read: claims that may go on, and what was said of the next ones."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograd.derivation.tokens import Place
from autograd.notation.formula_parser import FormulaParser
from autograd.notation.regions import regions_of, without_markup
from autograd.notation.symbols import IllegibleError, Lexer, PageText, Symbol
from autograd.notation.syntax import Name, Range, Statement, Tree, Unread

if TYPE_CHECKING:
    from autograd.notation.clauses import Said
    from autograd.notation.rows import Segment


@dataclass
class WrittenClaim:
    """A claim that may still go on: its parts so far."""

    place: Place
    text: str
    parts: list[Tree]
    texts: list[str]
    sign: str
    trivial: bool
    ranges: tuple[Range, ...] = ()
    where: tuple[tuple[Tree, Tree], ...] = ()
    dashed: Tree | None = None
    in_a_comment: bool = False

    def statement(self) -> Statement:
        """The claim, as it is handed on."""
        return Statement(
            self.place, self.text, tuple(self.parts), tuple(self.texts), self.sign, self.ranges, self.where,
            trivial=self.trivial, dashed=self.dashed, in_a_comment=self.in_a_comment,
        )  # fmt: skip


class PageMemory:
    """A page, and what was found in it so far."""

    def __init__(self, text: str, known: Callable[[str], bool]) -> None:
        self._regions = regions_of(text)
        self._page = PageText(text)
        self._page.text = without_markup(text, self._regions)
        self._original = text
        self._defined: set[str] = set()
        answers: dict[str, bool] = {}

        def held(name: str) -> bool:
            if name in self._defined:
                return True
            if name not in answers:
                answers[name] = known(name)
            return answers[name]

        self._known = held
        self._lexer, self._parser = Lexer(self._page, held), FormulaParser(held)
        self._found: list[WrittenClaim | Statement] = []
        self._unread: list[Unread] = []
        self._prose: list[str] = []
        self._last: WrittenClaim | None = None
        """The claim that a line beginning with = goes on with."""
        self._last_side: list[Symbol] = []
        """The symbols of its last part."""
        self._left: list[Symbol] | None = None
        """A formula that stands by itself, and may be the left side of what comes."""
        self._condition: Said | None = None
        """What an earlier line said by "If i = j:", for the claims below it."""
        self._condition_used = False
        self._condition_above: tuple[Said, str] | None = None
        """The condition of the last paragraph, and the left side of its claims: it holds as long as that stays."""
        self._case: Said = ((), ())
        """What a heading said of a label, for the claims up to the next heading or case."""
        self._said_last: Said | None = None
        """What was said last of where a claim holds: an "otherwise" means the opposite."""
        self._words: set[str] = set()
        """The words of the row that is read."""
        self._last_formula: Segment | None = None
        """The last formula of it."""
        self._last_row_went_on = False
        """Whether the last row belongs to the claim of an earlier one."""
        self._between: list[Segment] = []
        """What stands between the last claim and this: only words that lead on may, if a line begins with =."""

    def _drop(self, claims: list[WrittenClaim]) -> None:
        for claim in claims:
            if claim in self._found:
                self._found.remove(claim)

    def _remember_name(self, parts: list[Tree]) -> None:
        """What a line defines has a meaning in those after it, even if the line was not read."""
        if parts and isinstance(parts[0], Name):
            name = parts[0]
            worded = any(isinstance(index, Name) and len(index.base) > 1 for index in name.subscripts)
            if not name.primes and not worded:
                self._defined.add(name.base)

    def _text(self, symbols: Sequence[Symbol]) -> str:
        """The symbols as they stand on the page, on one line."""
        text = self._original[symbols[0].start : symbols[-1].end]
        head, begin, cases = text.partition("\\begin")  # cases and matrices need their & and \\\\
        if "\n" in head or "&" in head:
            head = re.sub(r"(?<!\\)&|\\\\(?:\[[^\]]*\])?\s*\n", " ", head)
        return " ".join(f"{head}{begin}{cases}".split()) if "\n" in text or "&" in text else text.strip()

    def _not_read(self, place: Place, why: str) -> None:
        self._unread.append(Unread(place.line, place.column, place.source.strip(), why))

    def _refused(self, refusal: IllegibleError) -> None:
        self._not_read(refusal.place, refusal.why)
