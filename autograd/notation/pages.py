"""A page as people write it, sorted: what it claims, what it says in words, and what cannot be read.

A line of plain text is cut at its words. What is left between them is mathematics if it says that two things are
equal; then it is read as a claim, or said to be unread, but never passed over. In formulas that the page sets apart
(``$…$``, ``\\\\[ … \\\\]``, environments) every letter is mathematics, save the words that LaTeX itself sets as text.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from autograd.derivation.tokens import LONGEST_LINE, LONGEST_TEXT
from autograd.notation.case_headings import (
    case_in_a_comment,
    case_of,
    is_bullet,
    is_heading,
    is_label,
    speaks_of_all,
)
from autograd.notation.clauses import clause
from autograd.notation.displays import DisplayReader
from autograd.notation.regions import Region
from autograd.notation.rows import (
    BINARY,
    RELATIONS,
    balance,
    ended,
    line_spans,
    relations,
    unwrapped,
    without_alignment,
)
from autograd.notation.symbols import IllegibleError, Symbol
from autograd.notation.syntax import Statement, Unread, WrittenPage
from autograd.notation.tables import Tables, equated
from autograd.notation.words import doubtful_word, mark_words

_MARK = re.compile(
    r"[ \t]*(?:>[ \t]?|(?:[-–—+*•‣◦▪▸►·○●■□✓✔✗✘➔➜][ \t]+|[•‣◦▪▸►○●■□✓✔])(?:\[[ xX]\][ \t]+)?|#{1,6}[ \t]+"
    r"|(?:⇒|=+>|-+>|→|⟹|∴|∵|⟶|➔|➜|//+)[ \t]*|\[\d{1,2}\][ \t]+(?=[d∂∇])"
    r"|(?:Q\d{1,2}[a-z]?[ \t]*)?[(\[]\d{1,2}(?:\.\d)?[ \t]*(?:pts?\.?|points?|marks?)[)\]][ \t]*|[①-⑳❶-❿][ \t]*"
    r"|\(?(?:\d{1,3}|[^\W\d_]|[ivxIVX]{2,5})[.)](?:[ \t]+(?![\s=≈*/<>×·⋅∗÷)\],#]|$))"
    r"|\(\d{1,2}(?:\.\d{1,2})*[a-z]?\)[ \t]+(?![\s=≈*/<>×·⋅∗÷)\],#]|$)"
    r"|\\item(?![A-Za-z])[ \t]*(?:\[[^\]\n]*\])?|\\noindent|\\(?:sub)*(?:section|paragraph)\*?\{[^}\n]*\}"
    r"|\\(?:chapter|title|author|date|caption|usepackage|documentclass|maketitle)\*?(?:\[[^\]\n]*\])?(?:\{[^}\n]*\})?"
    r"|\\(?:begin|end)\{(?:document|itemize|enumerate|proof|solution|center|theorem|lemma|example)\}(?:\[[^\]\n]*\])?)"
)
"""What begins a line without being mathematics: a bullet, a number, a quotation, a heading, an arrow."""
_SIGN_OR_BULLET = re.compile(r"[ \t]*([−-]{2,}|−(?=[ \t])|[*•‣◦▪>]{2,}|\+{2,})")
_NUMBER_FIRST = re.compile(
    r"[ \t]*(\d+(?:\.\d+)*|\[\d+\])[ \t]+(?=[^\W\d]|[∂∇Σ∑√\\(])"
    r"|[ \t]*(\d+\.[ \t]*|\d+)[ \t]*[-–−/+*][ \t]+(?=[d∂∇\\])"
)
"""1.1 dL/dw = x, [1] dL/dw = x, 1. - x = y: a number that may count lines, or be a factor."""
_SIGN_FIRST = re.compile(r"[ \t]*([+\-−–*·×⋅/]|\\(?:cdot|times|odot)(?![A-Za-z]))(?![+\-*]|[ \t]*\[[ xX]\])")
_EQUATION_NUMBER = re.compile(
    r"(?:(?:[ \t]{2,}|\t)(?:\(\d{1,3}(?:\.\d{1,3})*[a-z]?\)|\[\d{1,3}(?:\.\d{1,3})*\])|[ \t]*[①-⑳❶-❿])[ \t]*$"
)
_DOUBTFUL_END = re.compile(r"[ \t]([—―]+)[ \t]*[\[(]?\d{1,3}[\])]?[ \t]*$|([①-⑳❶-❿])")
"""— (2) at the end of a line, and ② inside: what numbers lines, and looks like mathematics."""
_CHANGED_IN_PLACE = re.compile(r"(?<![*/<>=!])([*/]=)(?!=)")
_COMMENT = re.compile(r"#.*|(?:^|[ \t])//.*|[ \t](?:<--|<-{2,}|←-|<==).*|[ \t]--[ \t].*[^\W\d]{2}.*")
_TAIL = re.compile(
    r"[ \t]+(?:\(\*{1,3}\)|[\[(]\d{1,2}(?:\.\d)?[ \t]*(?:pts?\.?|points?|marks?)[\])]"
    r"|[\[(]?(?:QED|Q\.E\.D\.?|q\.e\.d\.?)[\])]?|[:;]-?\)|(?:<-|←|⟸|-+>|→)[ \t]*(?:[^\W\d_]{2,}[ \t,.!]*)+)[ \t]*$"
)
"""What stands behind a claim and is none of it: (*), [2 marks], QED, :), <- chain rule."""
_QUOTED = re.compile(r"[ \t]*(?:'(?=[^']*=[^']*'[.,;]?[ \t]*$)|“(?=[^“”]*”[.,;]?[ \t]*$)|«(?=[^«»]*»[.,;]?[ \t]*$))")
_CLAIM_IN_A_COMMENT = re.compile(r"(?:#+|//+)[ \t]*(?=(?:[d∂]\w*[ \t]*/[ \t]*\(?[d∂]\w|∇\w)[^=]*=(?!=))")
"""A comment that begins with a derivative, and says what it is: # dL/dz = a - y."""
_EQUATES = re.compile(r"[ \t]*#[ \t]+([^=≈]*[^=≈!<>+*/-])[=≈](?!=)[ \t]*(?=.*[^\W\d])")
_DERIVATIVE = re.compile(r"[d∂]\s?\w+\s*/\s*[d∂]|\\frac|\\partial|∇|\\nabla")
_RULE = re.compile(r"[ \t]*(?:[-=_*~#+|:][ \t]*){3,}$")
_TABLE = re.compile(r"[ \t]*\|.*\|.*\|[ \t]*$")
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$")
_MOST_LINES_OF_ONE_CLAIM = 30
_MOST_SPANS = 300
_LOOK_AHEAD = 30
"""How many lines tell whether a program begins."""


def read_page(
    text: str,
    *,
    known: Callable[[str], bool],
    code: "Callable[[Sequence[str], int], WrittenPage] | None" = None,
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
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"the derivation has {len(text)} characters; {LONGEST_TEXT} are read")
    return _PageReader(text, known, code, is_code, code_length).read()


class _PageReader(DisplayReader):
    def __init__(
        self,
        text: str,
        known: Callable[[str], bool],
        code: "Callable[[Sequence[str], int], WrittenPage] | None",
        is_code: Callable[[str], bool],
        code_length: Callable[[Sequence[str]], int],
    ) -> None:
        super().__init__(text, known)
        self._code, self._is_code, self._code_length = code, is_code, code_length
        self._tables = Tables(self._page.lines)
        self._claims_in_comments: list[tuple[int, int]] = []
        """Where claims stand in comments behind other claims that are being read: these come after them."""
        self._case_ends_at_a_blank = False
        """Whether the case is that of a list of bullets, which ends with it."""

    def read(self) -> WrittenPage:
        """Sort the page."""
        k = 0
        while k < len(self._regions):
            region = self._regions[k]
            if region.kind == "line":
                k = self._line(k)
                self._read_comments()
                continue
            if region.kind == "display":
                self._display(region.start, region.end)
            elif region.kind == "fence":
                self._fence(region)
            elif region.kind == "blank":
                if self._condition_used and self._condition is not None and self._last is not None:
                    self._condition_above = self._condition, self._last.texts[0]
                self._condition = None if self._condition_used else self._condition
                if self._case_ends_at_a_blank and self._condition_used:
                    self._case, self._case_ends_at_a_blank = ((), ()), False
            elif region.kind == "unclosed":
                self._not_read(self._page.place(region.start), region.name)
            k += 1
        statements = [item if isinstance(item, Statement) else item.statement() for item in self._found]
        return WrittenPage(statements, sorted(self._unread, key=lambda unread: unread.number), self._prose)

    def _fence(self, region: Region) -> None:
        """A block between ``` marks: code, LaTeX, or lines like any other."""
        start = region.start
        first = self._page.place(start).line
        lines = self._original[region.start : region.end].split("\n")
        if lines and not lines[-1].strip():
            lines.pop()
        if region.name in ("math", "latex", "tex", "katex"):
            self._display(region.start, region.end)
            return
        if region.name in ("python", "py", "python3", "numpy", "torch", "julia", "matlab", "c", "cpp", "java") or any(
            self._is_code(line) for line in lines
        ):
            self._program(lines, first)
            return
        inner = [Region("line", a, b) for a, b in line_spans(self._original, region.start, region.end)]
        kept, self._regions = self._regions, inner
        k = 0
        while k < len(inner):
            k = self._line(k)
            self._read_comments()
        self._regions = kept

    def _read_comments(self) -> None:
        """Read the claims in comments as lines of their own; a line that begins with = goes on with what is before."""
        while self._claims_in_comments:
            start, end = self._claims_in_comments.pop(0)
            kept = self._regions, self._last, self._last_side, self._left
            self._regions = [Region("line", start, end)]
            before = len(self._found)
            self._line(0)
            for claim in self._found[before:]:
                if not isinstance(claim, Statement):
                    claim.in_a_comment = True
            self._regions, self._last, self._last_side, self._left = kept

    def _program(self, lines: Sequence[str], first: int) -> None:
        self._last = self._left = None
        if self._code is None:
            for number, line in enumerate(lines, start=first):
                if "=" in line and not line.lstrip().startswith("#"):
                    self._unread.append(Unread(number, 1, line.strip(), "lines of a program are not read here"))
            return
        page = self._code(lines, first)
        comments = [*self._comments_that_claim(lines, first)]
        for statement in page.statements:
            while comments and comments[0][0] < statement.place.line:
                self._claims_in_comments.append(comments.pop(0)[1])
                self._read_comments()
            self._found.append(statement)
        self._claims_in_comments += [span for _, span in comments]
        self._read_comments()
        self._unread += page.unread
        passed_over = [line for line in lines if re.match(r"\s*#", line) and not _CLAIM_IN_A_COMMENT.search(line)]
        self._prose += [*page.prose, *passed_over]

    def _comments_that_claim(self, lines: Sequence[str], first: int) -> Iterator[tuple[int, tuple[int, int]]]:
        """The numbers of a program's lines in whose comments a derivative is said to be something, and where."""
        for number, line in enumerate(lines, start=first):
            if claim := _CLAIM_IN_A_COMMENT.search(line):
                start = self._page.starts[number - 1] + self._page.lines[number - 1].index(line)
                yield number, (start + claim.end(), start + len(line))

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
        if self._heads_a_case(k):
            self._prose.append(source.strip())
            self._condition_above = None
            return k + 1
        if _RULE.match(source) or (re.match(r"[ \t]*#(?!#)", source) and not self._claims_in_a_heading(k)):
            self._prose.append(source.strip())
            self._condition_above = None
            return k + 1
        if self._goes_on_with_a_sign(region) or self._code_between_words(region):
            return k + 1
        try:
            symbols, marked = self._symbols_of(region)
            first = k
            while (
                k + 1 < len(self._regions)
                and k - first < _MOST_LINES_OF_ONE_CLAIM
                and self._goes_on(symbols, self._regions[k + 1])
            ):
                k += 1
                more, _ = self._symbols_of(self._regions[k], continues=True)
                symbols += more
                end = self._regions[k].end
        except IllegibleError as refusal:
            self._refused(refusal)
            return k + 1
        if not symbols:
            if source.strip():
                self._prose.append(source.strip())
            return k + 1
        before = len(self._found) + len(self._unread)
        self._last_row_went_on = False
        if doubtful_word(symbols, self._known) and any(symbol.text in RELATIONS for symbol in symbols):
            word = symbols[0].text
            why = f"{word!r} is a node here, or a word: write {word}*…, or leave the word out"
            self._not_read(symbols[0].place, why)
            return k + 1
        if (match := _NUMBER_FIRST.match(self._page.text, start, end)) and _claims_at_once(symbols):
            number = match[match.lastindex or 1]
            place = self._page.place(match.start(match.lastindex or 1))
            self._not_read(place, f"{number!r} begins the line, as its number may: leave it out, or write * behind it")
            return k + 1
        self._row(symbols, plain=not marked)
        silent = len(self._found) + len(self._unread) == before and not self._last_row_went_on
        if silent and not (marked and self._hides_a_claim([s for s in symbols if s.kind != "border"])):
            self._say_prose(start, end)
        return k + 1

    def _claims_in_a_heading(self, k: int) -> bool:
        """Whether "# dL/dz = a - y" is a heading that claims something, and no comment above a line of a program."""
        region = self._regions[k]
        source = self._original[region.start : region.end]
        following = self._lines_of_text(k + 1, 1)
        if any(self._is_code(line) for line in following) or (match := _EQUATES.match(source)) is None:
            return False
        left = match[1].strip(" $`*:")
        return _DERIVATIVE.search(left) is not None or self._known(left.partition("(")[0].strip())

    def _heads_a_case(self, k: int) -> bool:
        """Whether a line is a heading over the lines of a case, "Case y = 0"; other headings end the case."""
        region = self._regions[k]
        source = self._original[region.start : region.end]
        if (span := case_of(source)) is None:
            if is_heading(source) or speaks_of_all(source):
                self._case = ((), ())
            return False
        try:
            symbols = self._lexer.symbols(region.start + span[0], region.start + span[1], False)[:-1]
            self._case = clause([("", ["for"], symbols)], self._parser, self._known)
        except IllegibleError:
            return False
        self._condition, self._condition_used = None, False
        following = self._regions[k + 1] if k + 1 < len(self._regions) else region
        listed = following.kind == "line" and is_bullet(self._original[following.start : following.end])
        self._case_ends_at_a_blank = listed and not is_heading(source)
        return True

    def _code_between_words(self, region: Region) -> bool:
        """Read **Code:** `dA = np.dot(Y, X.T)`: code that the line sets apart, and beside it words alone."""
        at, beside = region.start, ""
        for kind, start, end, inner, inner_end in region.spans:
            if kind != "ticks" or not self._is_code(self._original[inner:inner_end]):
                return False
            beside += self._page.text[at:start]
            at = end
        if not region.spans or any(sign in beside + self._page.text[at : region.end] for sign in "=/^_∂\\"):
            return False
        for _, _, _, inner, inner_end in region.spans:
            self._program([self._original[inner:inner_end]], self._page.place(inner).line)
        return True

    def _goes_on_with_a_sign(self, region: Region) -> bool:
        """Read "+ b", if it stands below the right side of a claim, as its end; refuse what may be a bullet as well."""
        match = _SIGN_FIRST.match(self._page.text, region.start, region.end)
        claim, place = self._last, self._page.place(region.end)
        if match is None or claim is None or self._last_side[-1].place.line != place.line - 1 or region.spans:
            return False
        try:
            symbols = self._lexer.symbols(match.start(1), region.end, False)[:-1]
        except IllegibleError:
            return False
        marked = mark_words(symbols, self._known, spans=False, latex=False)
        if relations(symbols) or any(symbol.kind == "word" or symbol.text in (":", ",") for symbol in marked):
            return False
        sign = symbols[0]
        if sign.place.column < self._last_side[0].place.column - 2:
            self._not_read(sign.place, "this may end the line above, or be a bullet: put the whole claim on one line")
            return True
        try:
            claim.parts[-1] = self._parser.formula(ended([*self._last_side, *symbols]))
        except IllegibleError as refusal:
            self._refused(refusal)
            return True
        claim.texts[-1] = f"{claim.texts[-1]} {self._text(symbols)}"
        claim.text = f"{claim.text} {self._text(symbols)}"
        claim.trivial = False
        self._last_side += symbols
        return True

    def _goes_on(self, symbols: list[Symbol], following: Region) -> bool:
        """Whether a line ends in the middle of a formula, which the next goes on with."""
        if following.kind != "line" or not symbols or len(symbols) > LONGEST_LINE:
            return False
        if any(symbol.kind == "word" for symbol in symbols[-2:]):
            return False
        last = symbols[-1]
        if last.kind == "operator" and last.text in BINARY:
            return len(symbols) > 1
        if "=" in self._page.text[following.start : following.end]:
            return False
        return any(symbol.text in RELATIONS for symbol in symbols) and balance(symbols) > 0

    def _symbols_of(self, region: Region, continues: bool = False) -> tuple[list[Symbol], bool]:
        """The symbols of a line, without the marks that begin it; and whether there were any, or spans or words."""
        start, end = region.start, region.end
        text = self._page.text
        if end - start > LONGEST_LINE * (4 if region.spans else 1) or len(region.spans) > _MOST_SPANS:
            raise self._page.refusal(
                start + LONGEST_LINE, f"the line has {end - start} characters, over {LONGEST_LINE}"
            )
        marked = bool(region.spans)
        at = start
        while match := _MARK.match(text, at, end):
            if match.end() == at or (region.spans and match.end() > region.spans[0][1]):
                break
            if continues and match.group().strip() in ("-", "+", "*", "·", "–", "•"):
                break
            at, marked = match.end(), True
        self._refuse_signs(at, start, end)
        limit, said = end, None
        if not region.spans:
            if comment := _COMMENT.search(text, at, end):
                limit = comment.start()
                said = case_in_a_comment(comment.group())
                if claim := _CLAIM_IN_A_COMMENT.search(text, comment.start(), end):
                    self._claims_in_comments.append((claim.end(), end))
            if quoted := _QUOTED.match(text, at, limit):
                at, limit = quoted.end(), at + len(text[at:limit].rstrip(" \t.,;")) - 1
            if number := _EQUATION_NUMBER.search(text, at, limit):
                limit = number.start()
            tail = _TAIL.search(text, at, limit) if "=" in text[at:limit] else None
            if tail and not any(map(self._known, re.findall(r"[^\W\d_]{2,}", tail.group()))):
                limit = tail.start()
            if mark := _DOUBTFUL_END.search(text[:limit], at):
                raise self._page.refusal(
                    mark.start(mark.lastindex or 0),
                    "this may be the number of the line: leave it out, or write − for minus",
                )
        self._refuse_frames(at, end)
        if changed := _CHANGED_IN_PLACE.search(text, at, limit):
            raise self._page.refusal(
                changed.start(1), f"{changed[1]} says that a number changes: write what it is then"
            )
        below_a_head = text.startswith("|", at) and self._page.place(start).line - 1 in self._tables.rows
        table = bool((_ROW if below_a_head else _TABLE).match(text, start, end)) and not re.match(
            r"[ \t]*\|[^|]*\|[ \t]*=", text[start:end]
        )
        found: list[Symbol] = []
        latex_line = not region.spans and re.search(r"\\[a-zA-Z]{2,}", text[at:limit]) is not None
        outside: list[Symbol] = []
        # In "when $y = 1$, dL/da = -1/a" the dollars set no claim apart.
        set_apart = not all(is_label(self._lexer.symbols(a, b, True)[:-1]) for _, _, _, a, b in region.spans)
        for kind, outer, outer_end, inner, inner_end in [*region.spans, ("", limit, limit, limit, limit)]:
            if outer > at:
                outside = self._lexer.symbols(at, min(outer, limit), latex_line)[:-1]
                if table:
                    outside = [replace(s, kind="break", text="|") if s.text in ("|", "‖") else s for s in outside]
                if latex_line or "&" in text[at:limit]:  # a line out of an align
                    outside = without_alignment(outside)
                found += mark_words(outside, self._known, spans=set_apart, latex=latex_line)
            if kind:
                inside = unwrapped(self._lexer.symbols(inner, inner_end, kind == "latex")[:-1])
                if kind == "ticks":
                    inside = mark_words(inside, self._known, spans=False, latex=False)
                border = Symbol("border", "", self._page.place(outer), outer, outer)
                found += [border, *inside, replace(border, start=outer_end, end=outer_end)]
            at = max(at, outer_end)
        if table and below_a_head:
            found = equated(found)
        if said is not None and comment is not None and any(symbol.text in RELATIONS for symbol in found):
            equation = self._lexer.symbols(comment.start() + said[0], comment.start() + said[1], False)[:-1]
            equation = [replace(each, text="=") if each.text == "==" else each for each in equation]
            found += [Symbol("word", "for", equation[0].place, equation[0].start, equation[0].start), *equation]
        return found, marked or latex_line

    def _refuse_signs(self, at: int, start: int, end: int) -> None:
        """Refuse what begins a line and may be a mark of the text as well as mathematics."""
        text = self._page.text
        if (match := _SIGN_OR_BULLET.match(text, at, end)) and not _RULE.match(text, start, end):
            raise self._page.refusal(
                match.start(1),
                f"{match[1]!r} begins the line, as a bullet may: leave the mark out, or write the sign right before "
                "what it belongs to, as in -dJ/dp",
            )


def _claims_at_once(symbols: Sequence[Symbol]) -> bool:
    """Whether a line says that things are equal before there is a word."""
    first = next((symbol for symbol in symbols if symbol.kind in ("word", "border") or symbol.text in RELATIONS), None)
    return first is not None and first.text in RELATIONS
