"""A page as people write it, sorted: what it claims, what it says in words, and what cannot be read.

A line of plain text is cut at its words. What is left between them is mathematics if it says that two things are
equal; then it is read as a claim, or said to be unread, but never passed over. In formulas that the page sets apart
(``$…$``, ``\\\\[ … \\\\]``, environments) every letter is mathematics, save the words that LaTeX itself sets as text.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from autograd.derivation.tokens import LONGEST_LINE, Place
from autograd.notation.clauses import CONDITIONAL, clause
from autograd.notation.formulas import FormulaParser
from autograd.notation.regions import Region, regions, without_markup
from autograd.notation.symbols import Illegible, Lexer, Page, Symbol
from autograd.notation.syntax import Beside, Name, Range, Statement, Tree, Unread, WrittenPage
from autograd.notation.words import equation_in_words, mark_words, may_follow, may_precede

_RELATIONS = ("=", ":=", "←", "+=", "-=", "*=", "/=")
_BINARY = ("+", "-", "·", "*", "/", "⊙", "=", ":=", "←", "<=", ">=", "<", ">", "@", "==", "!=")
_MARK = re.compile(
    r"[ \t]*(?:>[ \t]?|(?:[-–—+*•‣◦▪▸►·○●■□✓✔✗✘➔➜][ \t]+|[•‣◦▪▸►○●■□✓✔])(?:\[[ xX]\][ \t]+)?|#{2,6}[ \t]+"
    r"|(?:⇒|=>|->|→|⟹|∴|⟶|➔|➜)[ \t]*|[①-⑳❶-❿][ \t]*"
    r"|\(?(?:\d{1,3}|[^\W\d_]|[ivxIVX]{2,5})[.)](?:[ \t]+(?![\s=≈*/<>×·⋅∗÷)\],#]|$))"
    r"|\(\d{1,2}(?:\.\d{1,2})*[a-z]?\)[ \t]+(?![\s=≈*/<>×·⋅∗÷)\],#]|$)"
    r"|\\item(?![A-Za-z])[ \t]*(?:\[[^\]\n]*\])?|\\noindent|\\section\*?\{[^}\n]*\}|\\paragraph\{[^}\n]*\})"
)
"""What begins a line without being mathematics: a bullet, a number, a quotation, a heading, an arrow."""
_EQUATION_NUMBER = re.compile(r"(?:[ \t]{2,}|\t)\(\d{1,3}(?:\.\d{1,3})*[a-z]?\)[ \t]*$")
_COMMENT = re.compile(r"#.*|(?:^|[ \t])//.*|[ \t](?:<--|<-{2,}|←-|<==).*|[ \t]--[ \t].*[^\W\d]{2}.*")
_RULE = re.compile(r"[ \t]*(?:[-=_*~#+|:][ \t]*){3,}$")
_TABLE = re.compile(r"[ \t]*\|.*\|.*\|[ \t]*$")
_MOST_LINES_OF_ONE_CLAIM = 30
_LOOK_AHEAD = 30
"""How many lines tell whether a program begins."""


@dataclass
class _Claim:
    """A claim that may still go on: its parts so far."""

    place: Place
    text: str
    parts: list[Tree]
    texts: list[str]
    sign: str
    trivial: bool
    ranges: tuple[Range, ...] = ()
    where: tuple[tuple[Tree, Tree], ...] = ()

    def statement(self) -> Statement:
        """The claim, as it is handed on."""
        return Statement(
            self.place, self.text, tuple(self.parts), tuple(self.texts), self.sign, self.ranges, self.where,
            trivial=self.trivial,
        )  # fmt: skip


@dataclass
class _Segment:
    """Symbols between two words or commas: the words before them, and the sign that stands there."""

    words: list[str]
    sign: str
    symbols: list[Symbol]
    after: list[str] = field(default_factory=list)
    """The words behind it, if none of , ; : . stands between."""
    apart: bool = False
    """Whether the page itself says where the formula begins and ends."""

    @property
    def relation(self) -> bool:
        """Whether it says that things are equal."""
        return bool(_relations(self.symbols))


def read_page(
    text: str,
    *,
    known: Callable[[str], bool],
    code: "Callable[[Sequence[str], int], Sequence[Statement | Unread]] | None" = None,
    is_code: Callable[[str], bool] = lambda line: False,
    code_length: Callable[[Sequence[str]], int] = lambda lines: 0,
) -> WrittenPage:
    """All lines of a page: statements, what is not read, and prose.

    Args:
        text: the page.
        known: whether a node, or a list of nodes, has this name.
        code: reads lines of a program, given the number of the first.
        is_code: whether a line is one of a program by its marks.
        code_length: how many of some lines are a program, from the first on.

    >>> page = read_page("So $\\\\frac{dL}{dw} = x$, which is:\\n- y = 2x", known={"L", "w", "x", "y"}.__contains__)
    >>> [statement.texts for statement in page.statements], page.unread, page.prose
    ([('\\\\frac{dL}{dw}', 'x'), ('y', '2x')], [], [])
    """
    return _PageReader(text, known, code, is_code, code_length).read()


class _PageReader:
    def __init__(
        self,
        text: str,
        known: Callable[[str], bool],
        code: "Callable[[Sequence[str], int], Sequence[Statement | Unread]] | None",
        is_code: Callable[[str], bool],
        code_length: Callable[[Sequence[str]], int],
    ) -> None:
        self._regions = regions(text)
        self._page = Page(text)
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
        self._code, self._is_code, self._code_length = code, is_code, code_length
        self._lexer, self._parser = Lexer(self._page, held), FormulaParser(held)
        self._found: list[_Claim | Statement] = []
        self._unread: list[Unread] = []
        self._prose: list[str] = []
        self._last: _Claim | None = None
        """The claim that a line beginning with = goes on with."""
        self._left: list[Symbol] | None = None
        """A formula that stands by itself, and may be the left side of what comes."""
        self._condition: tuple[tuple[Range, ...], tuple[tuple[Tree, Tree], ...]] | None = None
        """What an earlier line said by "If i = j:", for the next claims."""

    def read(self) -> WrittenPage:
        """Sort the page."""
        k = 0
        while k < len(self._regions):
            region = self._regions[k]
            if region.kind == "line":
                k = self._line(k)
                continue
            if region.kind == "display":
                self._display(region)
            elif region.kind == "fence":
                self._fence(region)
            elif region.kind == "unclosed":
                self._not_read(self._page.place(region.start), region.name)
            k += 1
        statements = [item if isinstance(item, Statement) else item.statement() for item in self._found]
        return WrittenPage(statements, sorted(self._unread, key=lambda unread: unread.number), self._prose)

    # What a page consists of

    def _display(self, region: Region) -> None:
        """A formula in lines of its own."""
        if self._lexed_rows(region.start, region.end) is None:
            return

    def _lexed_rows(self, start: int, end: int) -> bool | None:
        try:
            symbols = self._lexer.symbols(start, end, True)[:-1]
        except Illegible as refusal:
            self._refused(refusal, start, end)
            return None
        symbols = _unwrapped(symbols)
        rows = [row for row in _rows(symbols) if row]
        claims_before = len(self._found) + len(self._unread)
        for row in rows:
            self._row(row, plain=False)
        if len(self._found) + len(self._unread) == claims_before and self._last_row_went_on is False:
            self._say_prose(start, end)
        return True

    _last_row_went_on = False

    def _fence(self, region: Region) -> None:
        """A block between ``` marks: code, LaTeX, or lines like any other."""
        start = region.start
        first = self._page.place(start).line
        lines = self._original[region.start : region.end].split("\n")
        if lines and not lines[-1].strip():
            lines.pop()
        if region.name in ("math", "latex", "tex", "katex"):
            self._display(region)
            return
        if region.name in ("python", "py", "python3", "numpy", "torch", "julia", "matlab", "c", "cpp", "java") or any(
            self._is_code(line) for line in lines
        ):
            self._program(lines, first)
            return
        inner = [Region("line", a, b) for a, b in _line_spans(self._original, region.start, region.end)]
        kept, self._regions = self._regions, inner
        k = 0
        while k < len(inner):
            k = self._line(k)
        self._regions = kept

    def _program(self, lines: Sequence[str], first: int) -> None:
        self._last = self._left = None
        if self._code is None:
            for number, line in enumerate(lines, start=first):
                if "=" in line and not line.lstrip().startswith("#"):
                    self._unread.append(Unread(number, 1, line.strip(), "lines of a program are not read here"))
            return
        for item in self._code(lines, first):
            if isinstance(item, Statement):
                self._found.append(item)
            else:
                self._unread.append(item)

    def _program_length(self, k: int) -> int:
        """How many lines from here on are a program."""
        first = self._lines_of_text(k, _LOOK_AHEAD)
        return self._code_length(self._lines_of_text(k, len(self._regions))) if self._code_length(first) else 0

    def _lines_of_text(self, k: int, most: int) -> list[str]:
        """The lines from here to the next formula that the page sets apart."""
        found = []
        for region in self._regions[k : k + most]:
            if region.kind not in ("line", "blank") or any(span[0] == "latex" for span in region.spans):
                break
            found.append(self._original[region.start : region.end])
        return found

    def _line(self, k: int) -> int:
        """Read a line of text, with those that it goes on to; the number of the next."""
        region = self._regions[k]
        start, end = region.start, region.end
        source = self._original[start:end]
        if not source.strip():
            return k + 1
        if not any(character.isalnum() for character in source):
            self._prose.append(source.strip())
            return k + 1
        if count := self._program_length(k):
            lines = self._original[start : self._regions[k + count - 1].end].split("\n")
            self._program(lines, self._page.place(start).line)
            return k + count
        if _RULE.match(source) or re.match(r"[ \t]*#(?!#)", source):
            self._prose.append(source.strip())
            return k + 1
        try:
            symbols, marked = self._symbols_of(region)
            while k + 1 < len(self._regions) and self._goes_on(symbols, self._regions[k + 1]):
                k += 1
                more, _ = self._symbols_of(self._regions[k], continues=True)
                symbols += more
                end = self._regions[k].end
                if len(symbols) > 5 * LONGEST_LINE:
                    break
        except Illegible as refusal:
            self._refused(refusal, start, end)
            return k + 1
        if not symbols:
            if source.strip():
                self._prose.append(source.strip())
            return k + 1
        before = len(self._found) + len(self._unread)
        self._last_row_went_on = False
        self._row(symbols, plain=not marked)
        if len(self._found) + len(self._unread) == before and not self._last_row_went_on:
            self._say_prose(start, end)
        return k + 1

    def _say_prose(self, start: int, end: int) -> None:
        self._prose += [line.strip() for line in self._original[start:end].split("\n") if line.strip()]

    def _goes_on(self, symbols: list[Symbol], following: Region) -> bool:
        """Whether a line ends in the middle of a formula, which the next goes on with."""
        if following.kind != "line" or not symbols or symbols[-1].place.line + _MOST_LINES_OF_ONE_CLAIM < 0:
            return False
        if any(symbol.kind == "word" for symbol in symbols[-2:]):
            return False
        last = symbols[-1]
        if last.kind == "operator" and last.text in _BINARY:
            return len(symbols) > 1
        return _balance(symbols) > 0 and any(symbol.text in _RELATIONS for symbol in symbols) and len(symbols) < 2000

    def _symbols_of(self, region: Region, continues: bool = False) -> tuple[list[Symbol], bool]:
        """The symbols of a line, without the marks that begin it; and whether there were any, or spans or words."""
        start, end = region.start, region.end
        text = self._page.text
        if end - start > LONGEST_LINE and not region.spans:
            self._page.refuse(start + LONGEST_LINE, f"the line has {end - start} characters, over {LONGEST_LINE}")
        marked = bool(region.spans)
        at = start
        while match := _MARK.match(text, at, end):
            if match.end() == at or (region.spans and match.end() > region.spans[0][1]):
                break
            if continues and match.group().strip() in ("-", "+", "*", "·", "–", "•"):
                break
            at, marked = match.end(), True
        self._refuse_signs(at, start, end)
        limit = end
        if not region.spans:
            if comment := _COMMENT.search(text, at, end):
                limit = comment.start()
            if number := _EQUATION_NUMBER.search(text, at, limit):
                limit = number.start()
        table = bool(_TABLE.match(text, start, end)) and not re.match(r"[ \t]*\|[^|]*\|[ \t]*=", text[start:end])
        found: list[Symbol] = []
        latex_line = not region.spans and re.search(r"\\[a-zA-Z]{2,}", text[at:limit]) is not None
        outside: list[Symbol] = []
        for kind, outer, outer_end, inner, inner_end in [*region.spans, ("", limit, limit, limit, limit)]:
            if outer > at:
                outside = self._lexer.symbols(at, min(outer, limit), latex_line)[:-1]
                if table:
                    outside = [replace(s, kind="break", text="|") if s.text in ("|", "‖") else s for s in outside]
                found += mark_words(outside, self._known, spans=bool(region.spans), latex=latex_line)
            if kind:
                inside = _unwrapped(self._lexer.symbols(inner, inner_end, kind == "latex")[:-1])
                if kind == "ticks":
                    inside = mark_words(inside, self._known, spans=False, latex=False)
                border = Symbol("border", "", self._page.place(outer), outer, outer)
                found += [border, *inside, replace(border, start=outer_end, end=outer_end)]
            at = max(at, outer_end)
        return found, marked or latex_line

    def _refuse_signs(self, at: int, start: int, end: int) -> None:
        """Refuse a sign that begins a line and may be a bullet or a minus."""
        if match := re.compile(r"[ \t]*([−-]{2,}|−(?=[ \t])|[*•‣◦▪>]{2,}|\+{2,})").match(self._page.text, at, end):
            if _RULE.match(self._page.text, start, end):
                return
            self._page.refuse(
                match.start(1),
                f"{match[1]!r} begins the line, as a bullet may: leave the mark out, or write the sign right before what it "
                "belongs to, as in -dJ/dp",
            )

    # Rows: claims, clauses, and words between them

    def _row(self, row: list[Symbol], plain: bool) -> None:
        """Read one line of formulas, and what is said about them."""
        try:
            segments = _segments(row, self._known)
        except Illegible as refusal:
            self._refused(refusal, row[0].start, row[-1].end)
            return
        words = any(segment.words or segment.after for segment in segments)
        self._last_row_went_on = False
        if plain and not words and len(segments) == 1 and not segments[0].relation:
            self._lone(segments[0])
            return
        k = 0
        claims: list[_Claim] = []
        waiting: tuple[tuple[Range, ...], tuple[tuple[Tree, Tree], ...]] | None = self._condition
        said_condition = None
        made = False
        while k < len(segments):
            segment = segments[k]
            if not segment.symbols:
                k += 1
                continue
            if self._introduces_a_clause(segment, claims):
                until = k + 1
                while until < len(segments) and self._belongs_to_a_clause(segments[until]):
                    until += 1
                try:
                    if any(s.words[:1] == ["else"] for s in segments[until:]) and "if" in segment.words:
                        position = next(s for s in row if s.text == "if").place
                        raise Illegible(position, "'if' … 'else' is Python, not mathematics: write 'if … , otherwise …' as cases")
                    said = clause(
                        [(s.sign, s.words, s.symbols) for s in segments[k:until]], self._parser, self._known
                    )
                except Illegible as refusal:
                    if claims or any(s.relation for s in segments[until:]):
                        self._drop(claims)
                        self._refused(refusal, row[0].start, row[-1].end)
                        return
                    said = ((), ())
                if said != ((), ()):
                    if claims:
                        for claim in claims:
                            claim.ranges, claim.where, claim.trivial = claim.ranges + said[0], claim.where + said[1], False
                    else:
                        said_condition = said if said_condition is None else (said_condition[0] + said[0], said_condition[1] + said[1])
                k = until
                continue
            if segment.relation:
                conditional = k + 1 < len(segments) and self._introduces_a_clause(segments[k + 1], [])
                claim = self._claim(segment, plain and not words, said_condition or waiting, alone=conditional)
                if claim is not None:
                    claims.append(claim)
                made = True
            elif self._left_of_nothing(segment, words, plain):
                self._left = segment.symbols
            k += 1
        if made:
            self._condition = None
        elif said_condition is not None:
            self._condition = said_condition
            self._last_row_went_on = False

    def _drop(self, claims: list[_Claim]) -> None:
        for claim in claims:
            if claim in self._found:
                self._found.remove(claim)

    def _left_of_nothing(self, segment: _Segment, words: bool, plain: bool) -> bool:
        """Whether a formula without = may be the left side of the next line."""
        return not words and not plain

    def _lone(self, segment: _Segment) -> None:
        """A line that is a formula, and says nothing about it: the next may begin with =."""
        symbols = segment.symbols
        if not any(symbol.kind in ("operator", "command", "super", "sub") and symbol.text not in (",", ".", "(", ")", "…", "→", ":", "?", "!") for symbol in symbols):
            return
        if any(symbol.text in ("→", "⇒") for symbol in symbols):
            return
        self._left = symbols
        following = self._following_line(symbols[-1].place.line)
        if following is not None and re.match(r"[ \t>]*(?:=|≈|&=)(?!=)", following):
            self._last_row_went_on = True
            return
        equals = " (one =, not ==)" if any(symbol.text == "==" for symbol in symbols) else ""
        if not equals:
            try:
                self._parser.formula(_ended(symbols))
            except Illegible as refusal:
                self._refused(refusal, symbols[0].start, symbols[-1].end)
                return
        self._not_read(symbols[0].place, f"a claim says that two things are equal: put = between them{equals}")

    def _following_line(self, number: int) -> str | None:
        lines = self._page.lines
        return next((line for line in lines[number : number + 3] if line.strip()), None)

    def _introduces_a_clause(self, segment: _Segment, claims: list[_Claim]) -> bool:
        if not segment.symbols:
            return False
        if segment.symbols[0].text == "∀":
            return True
        words = [word for word in segment.words if word in CONDITIONAL]
        if not words:
            ranged = bool(claims) and (self._is_a_range(segment) or self._is_about_indices(segment, claims))
            return ranged and segment.sign in (",", ";", "wide", "(")
        word = words[-1]
        position = len(segment.words) - 1 - segment.words[::-1].index(word)
        behind = [w for w in segment.words[position + 1 :] if w not in ("all", "each", "every", "any", "the", "given", "we", "have", "example", "indices", "index", "weights", "neuron", "neurons", "layer", "unit", "example", "examples", "that", "values", "of", "both", "output", "hidden")]
        if behind:
            return False
        if word in ("where", "with", "here", "let", "at", "when", "assuming", "given", "since", "because"):
            if self._is_a_range(segment):
                return True
            if word in ("where", "here", "let", "since", "because"):
                return False
        if segment.relation:
            sides = _at_relations(segment.symbols)
            return len(sides) == 2 and len(sides[0][1]) <= 4 and all(s.kind not in ("command",) and s.text not in ("∂", "/") for s in sides[0][1]) and len(sides[1][1]) <= 8
        return _short(segment.symbols) or self._is_a_range(segment)

    def _is_a_range(self, segment: _Segment) -> bool:
        """i = 1, …, n; i ∈ {1, …, n}; j ≠ i."""
        symbols = segment.symbols
        texts = [symbol.text for symbol in symbols]
        if symbols[0].kind != "name" or len(symbols[0].text) > 2:
            return False
        if "∈" in texts:
            return True
        if self._known(symbols[0].text) and "…" not in texts:
            return False
        if "…" in texts and "=" in texts:
            return True
        return len(symbols) >= 3 and symbols[1].text in ("!=", "<", "<=", ">", ">=") and "=" not in texts

    def _is_about_indices(self, segment: _Segment, claims: list[_Claim]) -> bool:
        """Whether "i = j" behind a claim says for which of its indices it holds."""
        texts = [symbol.text for symbol in segment.symbols]
        if len(texts) != 3 or texts[1] != "=" or any(s.kind not in ("name", "number") for s in segment.symbols[::2]):
            return False
        return not self._known(texts[0]) and any(_indexed_by(claim.parts, texts[0]) for claim in claims)

    def _belongs_to_a_clause(self, segment: _Segment) -> bool:
        """Whether what comes after a comma still says for what a claim holds."""
        if segment.words and segment.words != ["and"] and segment.words != ["to"]:
            return False
        if not segment.symbols:
            return True
        if segment.sign in (":", ".", "⇒", "row", ";", "wide"):
            return False
        if segment.relation:
            sides = _at_relations(segment.symbols)
            return len(sides) == 2 and len(sides[0][1]) == 1 and len(sides[0][1][0].text) <= 2 and not self._known(sides[0][1][0].text)
        return _short(segment.symbols)

    # One claim

    def _claim(
        self,
        segment: _Segment,
        trivial: bool,
        condition: tuple[tuple[Range, ...], tuple[tuple[Tree, Tree], ...]] | None,
        alone: bool = False,
    ) -> _Claim | None:
        """The claim of a segment; one that goes on with the last stands `alone` if it holds under its own condition."""
        symbols = segment.symbols
        sides = _at_relations(symbols)
        if not sides[0][1]:
            return self._continued(segment, sides[1:], condition, alone)
        if not segment.apart:
            verdict = equation_in_words(segment.words, segment.after, sides, self._known, segment.sign)
            if verdict == "prose":
                return None
            if verdict:
                self._not_read(symbols[0].place, verdict)
                return None
        if not sides[-1][1]:
            last = symbols[-1]
            if segment.after and all(len(side) <= 1 for _, side in sides[:-1]):
                return None
            place = replace(last.place, column=last.place.column + len(last.text))
            self._not_read(place, "the line ends here, and something is missing")
            self._last = None
            return None
        self._last = None
        self._parser.trivial = trivial
        parts: list[Tree] = []
        texts: list[str] = []
        signs = [sign for sign, _ in sides[1:]]
        try:
            for _, side in sides:
                parts.append(self._parser.formula(_ended(side)))
                texts.append(self._text(side))
        except Illegible as refusal:
            self._refused(refusal, symbols[0].start, symbols[-1].end)
            self._remember_name(sides[0][1], parts)
            return None
        sign = self._sign(signs, parts)
        if sign is None:
            self._not_read(symbols[0].place, "a line updates one thing once: write w ← w - η*dL/dw")
            return None
        claim = _Claim(symbols[0].place, self._text(symbols), parts, texts, sign, self._parser.trivial and not condition)
        if condition is not None:
            claim.ranges, claim.where = condition
        self._remember_name(sides[0][1], parts)
        self._found.append(claim)
        self._last, self._left = claim, None
        return claim

    def _sign(self, signs: list[str], parts: list[Tree]) -> str | None:
        """What the line is: "=" for a claim, "←" for an update."""
        others = [sign for sign in signs if sign != "="]
        if not others:
            return "="
        if len(others) > 1 or signs[0] != others[0]:
            return None
        if others[0] == ":=":
            return "←" if isinstance(parts[0], Name) and _mentions(parts[1], parts[0].base) else "="
        return others[0]

    def _continued(
        self,
        segment: _Segment,
        sides: list[tuple[str, list[Symbol]]],
        condition: tuple[tuple[Range, ...], tuple[tuple[Tree, Tree], ...]] | None,
        alone: bool,
    ) -> _Claim | None:
        """A line that begins with =."""
        symbols = segment.symbols
        if segment.words and not segment.apart:
            if any(len(side) > 1 for _, side in sides):
                self._not_read(symbols[0].place, "the left side of = is in words: write a name or a derivative there")
            return None
        if self._left is not None:
            left, self._left = self._left, None
            joined = _Segment(segment.words, segment.sign, [*left, *symbols], segment.after, True)
            self._last_row_went_on = True
            return self._claim(joined, False, condition)
        claim = self._last
        if claim is None:
            self._not_read(symbols[0].place, "what stands left of = is missing, or was not read")
            return None
        parts: list[Tree] = []
        try:
            for _, side in sides:
                parts.append(self._parser.formula(_ended(side)))
        except Illegible as refusal:
            self._refused(refusal, symbols[0].start, symbols[-1].end)
            self._last_row_went_on = True
            return None
        texts = [self._text(side) for _, side in sides]
        self._last_row_went_on = True
        if condition is not None or alone:
            new = _Claim(
                symbols[0].place, f"{claim.texts[0]} {self._text(symbols)}", [claim.parts[0], *parts],
                [claim.texts[0], *texts], "=", False, *(condition or ((), ())),
            )  # fmt: skip
            self._found.append(new)
            self._last = new
            return new
        claim.parts += parts
        claim.texts += texts
        claim.text = f"{claim.text} {self._text(symbols)}"
        claim.trivial = False
        return claim

    def _remember_name(self, side: list[Symbol], parts: list[Tree]) -> None:
        """What a line defines has a meaning in those after it, even if the line was not read."""
        if parts and isinstance(parts[0], Name):
            name = parts[0]
            worded = any(isinstance(index, Name) and len(index.base) > 1 for index in name.subscripts)
            if not name.primes and not worded:
                self._defined.add(name.base)

    def _text(self, symbols: Sequence[Symbol]) -> str:
        """The symbols as they stand on the page, on one line."""
        text = self._original[symbols[0].start : symbols[-1].end]
        if "\n" in text or "&" in text:
            text = " ".join(re.sub(r"(?<!\\)&|\\\\(?:\[[^\]]*\])?\s*\n", " ", text).split())
        return text.strip()

    # What is not read

    def _not_read(self, place: Place, why: str) -> None:
        self._unread.append(Unread(place.line, place.column, place.source.strip(), why))

    def _refused(self, refusal: Illegible, start: int, end: int) -> None:
        self._not_read(refusal.place, refusal.why)


def _ended(symbols: Sequence[Symbol]) -> list[Symbol]:
    last = symbols[-1]
    width = last.end - last.start
    place = replace(last.place, column=last.place.column + width)
    return [*symbols, Symbol("end", "", place, last.end, last.end)]


def _mentions(tree: object, base: str) -> bool:
    """Whether a name occurs in a tree."""
    if isinstance(tree, Name) and tree.base == base:
        return True
    if isinstance(tree, tuple):
        return any(_mentions(part, base) for part in tree)
    if hasattr(tree, "__dataclass_fields__") and not isinstance(tree, Place):
        return any(_mentions(getattr(tree, name), base) for name in tree.__dataclass_fields__)
    return False


def _indexed_by(tree: object, letter: str) -> bool:
    """Whether a letter stands in a subscript, or above a name, somewhere in a tree."""
    if isinstance(tree, Name):
        above = tuple(superscript.tree for superscript in tree.superscripts)
        return _mentions((*tree.subscripts, *above), letter)
    if isinstance(tree, tuple | list):
        return any(_indexed_by(part, letter) for part in tree)
    if hasattr(tree, "__dataclass_fields__") and not isinstance(tree, Place):
        return any(_indexed_by(getattr(tree, name), letter) for name in tree.__dataclass_fields__)
    return False


def _without_lone_braces(symbols: list[Symbol]) -> list[Symbol]:
    """Without the { of "repeat {", whose } stands in another line or nowhere."""
    braces = [k for k, s in enumerate(symbols) if s.text in "()" and _is_brace(s)]
    rows = [0]
    for symbol in symbols:
        rows.append(rows[-1] + (symbol.kind == "row"))
    opened: list[int] = []
    lone: set[int] = set()
    for k in braces:
        if symbols[k].text == "(":
            opened.append(k)
        elif not opened:
            lone.add(k)
        elif rows[(start := opened.pop())] != rows[k]:
            lone |= {start, k}
    lone |= set(opened)
    return [replace(s, kind="break", text="{") if k in lone else s for k, s in enumerate(symbols)]


def _is_brace(symbol: Symbol) -> bool:
    written = symbol.place.source[symbol.place.column - 1 :]
    return written.startswith(("\\{", "\\}", "\\lbrace", "\\rbrace", "{", "}"))


def _depths(symbols: Sequence[Symbol]) -> list[int]:
    """How deep in brackets each symbol stands; a bracket itself stands inside."""
    found, depth = [], 0
    for symbol in symbols:
        change = 0
        if symbol.kind == "operator":
            change = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(symbol.text, 0)
        else:
            change = {"begin": 1, "close": -1}.get(symbol.kind, 0)
        depth += max(change, 0)
        found.append(depth)
        depth = max(0, depth + min(change, 0))
    return found


def _balance(symbols: Sequence[Symbol]) -> int:
    return sum({"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(s.text, 0) for s in symbols if s.kind == "operator")


def _relations(symbols: Sequence[Symbol]) -> list[int]:
    return [
        k
        for k, (symbol, depth) in enumerate(zip(symbols, _depths(symbols), strict=True))
        if depth == 0 and symbol.kind == "operator" and symbol.text in _RELATIONS
    ]


def _at_relations(symbols: Sequence[Symbol]) -> list[tuple[str, list[Symbol]]]:
    """The sides of a claim, each with the sign before it."""
    cuts = _relations(symbols)
    starts = [0, *(cut + 1 for cut in cuts)]
    ends = [*cuts, len(symbols)]
    signs = ["", *(symbols[cut].text for cut in cuts)]
    return [(sign, list(symbols[a:b])) for sign, a, b in zip(signs, starts, ends, strict=True)]


def _short(symbols: Sequence[Symbol]) -> bool:
    """Whether this may be a list of indices, or a bound."""
    return len(symbols) <= 7 and all(
        symbol.kind in ("name", "number", "sub", "super") or symbol.text in ("…", "∈", "!=", "<", ">", "<=", ">=", "-", "+", "∀", "{", "}", "(", ")", "_", "|")
        for symbol in symbols
    )


def _unwrapped(symbols: list[Symbol]) -> list[Symbol]:
    """Without the environments that only set formulas below each other."""
    laid_out = ("aligned", "align", "split", "gathered", "gather", "alignat", "alignedat", "equation", "array", "eqnarray", "flalign", "multline", "displaymath", "math", "subequations", "small", "center")
    found: list[Symbol] = []
    inner: list[bool] = []
    for symbol in symbols:
        if symbol.kind == "begin":
            dropped = symbol.text in laid_out and not any(not kept for kept in inner) and _depths_now(found) == 0
            inner.append(dropped)
            if dropped:
                continue
        elif symbol.kind == "close":
            dropped = inner.pop() if inner else symbol.text in laid_out
            if dropped:
                continue
        found.append(symbol)
    return found


def _depths_now(symbols: Sequence[Symbol]) -> int:
    return _balance(symbols)


def _rows(symbols: list[Symbol]) -> list[list[Symbol]]:
    """The lines of a display: cut at ``\\\\``, and joined where one goes on with the other; an & between two is a cut."""
    symbols = _without_lone_braces(symbols)
    rows: list[list[Symbol]] = [[]]
    for symbol, depth in zip(symbols, _depths(symbols), strict=True):
        if symbol.kind == "row" and depth == 0:
            rows.append([])
        else:
            rows[-1].append(symbol)
    found: list[list[Symbol]] = []
    for row in rows:
        cells = _without_alignment(row)
        first = next((s for s in cells if s.kind != "break"), None)
        if not cells or first is None:
            continue
        if found and (
            (first.kind == "operator" and first.text in ("+", "-", "·", "*", "/", "⊙"))
            or (found[-1][-1].kind == "operator" and found[-1][-1].text in _BINARY)
            or _balance(found[-1]) > 0
        ):
            found[-1] += cells
        else:
            found.append(cells)
    return found


def _without_alignment(row: list[Symbol]) -> list[Symbol]:
    """Drop each & that lines formulas up; one between two claims parts them."""
    cells: list[list[Symbol]] = [[]]
    for symbol, depth in zip(row, _depths(row), strict=True):
        if symbol.text == "&" and symbol.kind == "operator" and depth == 0:
            cells.append([])
        else:
            cells[-1].append(symbol)
    found: list[Symbol] = list(cells[0])
    for cell in cells[1:]:
        if not cell:
            continue
        beside = cell[0].text in _RELATIONS or (found and found[-1].text in _RELATIONS)
        if not beside and _relations(found) and _relations(cell):
            found.append(replace(cell[0], kind="break", text="wide", end=cell[0].start))
        found += cell
    return found


def _segments(row: list[Symbol], known: Callable[[str], bool]) -> list[_Segment]:
    """Cut a row at words, commas and arrows that stand in no brackets."""
    row = _without_worded_brackets(row)
    depths = _depths(row)
    found = [_Segment([], "", [])]
    borders = any(symbol.kind == "border" for symbol in row)
    for k, (symbol, depth) in enumerate(zip(row, depths, strict=True)):
        current = found[-1]
        if symbol.kind == "border":
            continue
        if depth and symbol.kind == "word":
            current.symbols.append(symbol)
            continue
        if symbol.kind == "word" or (symbol.kind == "name" and symbol.text == "and" and _joins_claims(row, k)):
            if symbol.kind == "word" and symbol.text in ("and", "or", "not") and not _joins_claims(row, k) and _within_logic(row, k):
                current.symbols.append(replace(symbol, kind="name"))
                continue
            if current.symbols:
                found.append(_Segment([symbol.text.lower()], "", []))
                current.after.append(symbol.text.lower())
            else:
                current.words.append(symbol.text.lower())
                if len(found) > 1 and found[-2].after and not current.sign:
                    found[-2].after.append(symbol.text.lower())
            continue
        sign = _parting(row, k, depth)
        if sign is not None:
            if current.symbols or current.words:
                found.append(_Segment([], sign, []))
            elif not current.sign:
                current.sign = sign
            continue
        if depth == 0 and symbol.gap == 2 and current.symbols and _relations(current.symbols) and _claims_follow(row, k):
            found.append(_Segment([], "wide", []))
            current = found[-1]
        elif depth == 0 and borders and k and current.symbols and _between_spans(row, k):
            found.append(_Segment([], "wide", []))
            current = found[-1]
        current.symbols.append(symbol)
    if borders:
        for segment in found:
            segment.apart = bool(segment.symbols) and _set_apart(row, segment.symbols)
    return [segment for segment in found if segment.symbols or segment.words]


def _set_apart(row: list[Symbol], symbols: list[Symbol]) -> bool:
    """Whether all of a segment stands between marks such as dollars."""
    inside = False
    first, last = symbols[0].start, symbols[-1].end
    for k, symbol in enumerate(row):
        if symbol.kind == "border":
            inside = not inside
        elif symbol.start >= first and symbol.end <= last and not inside and symbol.text not in _BINARY:
            return False
    return True


def _between_spans(row: list[Symbol], k: int) -> bool:
    """Whether two formulas in dollars meet here with nothing between them."""
    return row[k - 1].kind == "border" and k >= 2 and row[k - 2].kind == "border" and row[k].text not in _BINARY


def _joins_claims(row: list[Symbol], k: int) -> bool:
    """Whether an "and" stands between two claims, and not within a condition."""
    for symbol, depth in zip(row[k + 1 :], _depths(row[k + 1 :]), strict=True):
        if depth == 0 and (symbol.text in (",", ";", "and", "row") or symbol.kind == "word"):
            return False
        if depth == 0 and symbol.kind == "operator" and symbol.text in _RELATIONS:
            return True
    return False


def _within_logic(row: list[Symbol], k: int) -> bool:
    """Whether there is a comparison on both sides of an "and", or "not" begins one."""
    signs = ("<", "<=", ">", ">=", "==", "!=")
    before = any(symbol.text in signs for symbol in row[max(0, k - 12) : k])
    after = any(symbol.text in signs for symbol in row[k + 1 : k + 13])
    return after and (before or row[k].text == "not")


def _claims_follow(row: list[Symbol], k: int) -> bool:
    """Whether what begins here has an = of its own, and does not begin with a sign."""
    if row[k].kind == "operator" and row[k].text in (*_BINARY, ")", "]", "}"):
        return False
    for symbol, depth in zip(row[k:], _depths(row[k:]), strict=True):
        if symbol.kind == "word" or (depth == 0 and symbol.text in (",", ";")):
            return False
        if depth == 0 and symbol.kind == "operator" and symbol.text in _RELATIONS:
            return True
    return False


def _parting(row: list[Symbol], k: int, depth: int) -> str | None:
    """The sign by which a symbol parts two formulas, if it does."""
    symbol = row[k]
    if symbol.kind == "break":
        return symbol.text
    if symbol.kind == "row" and not depth:
        return "row"
    if depth or symbol.kind not in ("operator", "strange"):
        return None
    if symbol.kind == "strange" and unicodedata.category(symbol.text)[0] in "SC" and symbol.text not in "$`^~":
        return symbol.text
    if symbol.text in (",", ";", ":", "⇒", "⇔"):
        if symbol.text == "," and _decimal_comma(row, k):
            raise Illegible(symbol.place, "a comma within a number is not read: write a point, as in 0.75")
        return symbol.text
    if symbol.text == ".":
        after = row[k + 1] if k + 1 < len(row) else None
        if after is None or after.gap or after.kind in ("word", "border"):
            return "."
    if symbol.text in ("—", "?", "!", '"', "|"):
        return symbol.text if symbol.text != "|" else None
    return None


def _decimal_comma(row: list[Symbol], k: int) -> bool:
    """0,75: digits on both sides, and no gap."""
    if not 0 < k < len(row) - 1:
        return False
    before, after = row[k - 1], row[k + 1]
    return before.kind == after.kind == "number" and not row[k].gap and not after.gap and "." not in before.text


def _without_worded_brackets(row: list[Symbol]) -> list[Symbol]:
    """Brackets around words, or around a claim of its own, part what stands inside from what stands outside."""
    opened: list[int] = []
    parting: set[int] = set()
    for k, symbol in enumerate(row):
        if symbol.kind != "operator":
            continue
        if symbol.text in ("(", "["):
            opened.append(k)
        elif symbol.text in (")", "]"):
            if not opened:
                continue
            start = opened.pop()
            inside = row[start + 1 : k]
            words = any(s.kind == "word" and s.text not in ("and", "or", "not") for s in inside)
            before = row[start - 1] if start else None
            script = before is not None and before.text in ("_", "^")
            if words and before is not None and before.text in _BINARY:
                continue  # an operand: it is not read, and must not vanish
            equation = symbol.text == ")" and bool(_relations(inside)) and not script
            if (words or equation) and not (before is not None and before.kind == "name" and before.text == "𝟙"):
                parting |= {start, k}
    return [
        replace(symbol, kind="break", text="(" if symbol.text in "([" else ")") if k in parting else symbol
        for k, symbol in enumerate(row)
    ]


def _line_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    while start < end:
        newline = text.find("\n", start, end)
        stop = end if newline < 0 else newline
        found.append((start, stop))
        start = stop + 1
    return found
