"""From rows of symbols to claims: which formula is claimed, for what it holds, and what it goes on with."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from autograd.derivation.tokens import Place
from autograd.notation.case_headings import as_clauses, is_label
from autograd.notation.clauses import CONDITIONAL, Said, clause, compares_indices, opposite
from autograd.notation.formula_parser import FormulaParser
from autograd.notation.regions import regions_of, without_markup
from autograd.notation.rows import (
    Segment,
    derivative_like,
    doubtful_number,
    ended,
    indexed_by,
    mentions,
    relations,
    segments_of,
    short,
    sides_of,
)
from autograd.notation.symbols import IllegibleError, Lexer, PageText, Symbol
from autograd.notation.syntax import Cases, Name, Range, Relation, Statement, Tree, Unread
from autograd.notation.words import (
    DENIED,
    dash_before_words,
    denied,
    denied_behind,
    equation_in_words,
    sets_to_zero,
    takes_back,
)

_CUTS = (",", ".", ":", ";", "wide", "—")
"""What may part two claims, and must not cut one."""
_EQUALITY_IN_WORDS = (
    ["is"], ["equals"], ["becomes"], ["is", "equal", "to"], ["equal", "to"], ["is", "just"], ["is", "simply"],
    ["simplifies", "to"], ["reduces", "to"], [":"],
)  # fmt: skip
_LEADS_ON = re.compile(
    r"(?:[:,$)]|\b(?:then|get|have|obtain|gives?|yields?|find|case|is|are|becomes?|reads?|write|else|otherwise)"
    r"|(?:=|≠|\\neq?\b).{0,8})[*_ \t]*$",
    re.IGNORECASE,
)
"""How a line ends that says for what the next ones hold."""
_SUPPOSES = (
    "suppose",
    "consider",
    "assume",
    "let",
    "now",
    "case",
    "if",
    "when",
    "for",
    "in",
    "first",
    "second",
    "next",
)
"""How a sentence begins that says for what those after it hold."""
_WITHIN_CLAUSES = {
    "all", "forall", "each", "every", "any", "the", "given", "we", "have", "example", "examples", "index", "indices",
    "weights", "neuron", "neurons", "layer", "unit", "that", "values", "of", "both", "output", "hidden",
    "label", "is", "target", "class", "true", "case", "positive", "negative", "sample",
}  # fmt: skip
"""Words between "for" and what a claim holds for."""
_AFTER_IF = "'if' stands before a condition, as in: if z > 0. (An 'if' … 'else' of Python is no mathematics.)"
_LEADING_ON = {
    "which", "so", "thus", "hence", "therefore", "simplifying", "simplify", "substituting", "substitute", "using",
    "and", "this", "that", "we", "by", "expanding", "now", "finally", "plugging", "with", "since", "because",
    "factoring", "rearranging", "giving", "gives", "i.e", "ie", "or", "if", "when", "for", "case", "otherwise",
    "else", "as", "also", "again", "collecting", "multiplying", "applying", "further", "cancelling", "combining",
    "it", "is", "equals",
}  # fmt: skip
"""How words begin below which a claim goes on with =."""
_BEFORE_CONDITIONS = (["if"], ["for"], ["when"])
_MOST_PARTS = 200


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

    def statement(self) -> Statement:
        """The claim, as it is handed on."""
        return Statement(
            self.place, self.text, tuple(self.parts), tuple(self.texts), self.sign, self.ranges, self.where,
            trivial=self.trivial, dashed=self.dashed,
        )  # fmt: skip


class ClaimReader:
    """Reads rows of symbols, of which the page has cut out the text, and remembers what later rows may go on with."""

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

    def _row(self, row: list[Symbol], plain: bool) -> None:
        """Read one line of formulas, and what is said about them."""
        try:
            segments = as_clauses(segments_of(row))
        except IllegibleError as refusal:
            self._refused(refusal)
            return
        self._words = {word for segment in segments for word in segment.words}
        self._last_formula = next((segment for segment in reversed(segments) if segment.symbols), None)
        words = any(segment.words or segment.after for segment in segments)
        self._last_row_went_on = False
        lone = plain and not words and len(segments) == 1 and not segments[0].relation
        if lone and not self._compares_indices(segments[0]):
            self._lone(segments[0])
            return
        k = 0
        claims: list[WrittenClaim] = []
        said: Said | None = None
        made = closed = False
        group = 0  # the first of the claims that a clause behind them is about
        about = 0  # how many claims there were before the last clause
        loose: list[Segment] = []
        while k < len(segments):
            segment = segments[k]
            joined = bool(segment.symbols) and not segment.relation and not segment.sign
            if claims and (why := takes_back(segment.words, relation=segment.relation, joined=joined)):
                self._drop(claims)
                self._not_read(claims[-1].place, why)
                return
            if not segment.symbols:
                loose.append(segment)
                k += 1
            elif self._introduces_a_clause(segment, claims):
                # In "for y = 1, …; for y = 0, …" the second clause is about what follows, as the first is.
                led = said is not None and bool(said[1]) and is_label(segment.symbols)
                anew = bool(claims) and (led or self._begins_anew(segments, k, said is not None))
                if claims and not anew and len(claims) == about and is_label(segment.symbols) and claims[-1].where:
                    self._drop(claims)
                    why = "of claims for several labels each has its own =: write them one by one"
                    self._not_read(segment.symbols[0].place, why)
                    return
                about = len(claims)
                found, k = self._clause(segments, k, [] if anew else claims[group:])
                if found is None:
                    self._drop(claims)
                    return
                self._said_last = found
                if anew:
                    said, group = found, len(claims)
                elif not claims and found != ((), ()):
                    said = found if said is None else (said[0] + found[0], said[1] + found[1])
                closed = bool(claims) and not anew
            elif (refused := self._not_to_be_cut(segments, k, claims)) is not None:
                self._drop(claims)
                self._not_read(*refused)
                return
            else:
                if segment.relation:
                    if not claims:
                        self._between += loose
                    if closed:
                        group, closed = len(claims), False
                    if _says_otherwise(segment) and self._said_last is not None:
                        said = opposite(self._said_last, segment.symbols[0].place)
                        if said is None:
                            self._not_read(
                                segment.symbols[0].place, "what holds otherwise is not read here: write cases"
                            )
                            return
                        self._said_last = None
                    alone = k + 1 < len(segments) and self._introduces_a_clause(segments[k + 1], [])
                    condition = self._with_the_case(said or self._condition)
                    claim = self._claim(segment, plain and not words, condition, alone=alone)
                    if claim is not None and (cut := dash_before_words(segments, k)):
                        self._may_end_at_a_dash(claim, cut)
                    claims += [claim] if claim is not None else []
                    made = True
                elif not words and not plain:
                    self._left = segment.symbols
                else:
                    loose.append(segment)
                k += 1
        if made:
            self._condition_used, self._between = True, []
            return
        self._between += loose if said is None else []
        if (place := self._said_in_words(segments)) is not None:
            self._not_read(place, "this says in words that two things are equal: write =")
        if said is None and self._said_last is not None and segments and segments[0].words[:1] in _OTHERWISE:
            said = opposite(self._said_last, row[0].place)
        if said is not None:
            line = self._page.lines[row[-1].place.line - 1]
            leads_on = _LEADS_ON.search(line) is not None or segments[0].words[:1] in _OTHERWISE
            if line.rstrip("*_ \t").endswith("."):
                goes_on = segments[-1].after or any(each.words and not each.symbols for each in segments[1:])
                leads_on = not goes_on and segments[0].words[:1] != [] and segments[0].words[0] in _SUPPOSES
            self._condition, self._condition_used = said if leads_on else None, False
        elif self._condition_used:
            self._condition = None

    def _with_the_case(self, condition: Said | None) -> Said | None:
        """What holds for a claim: what the heading above it says, and its own condition."""
        ranges, where = self._case
        if not (ranges or where):
            return condition
        return (ranges + condition[0], where + condition[1]) if condition is not None else self._case

    def _clause(self, segments: list[Segment], k: int, claims: list[WrittenClaim]) -> tuple[Said | None, int]:
        """Read a clause, and give it to the claims before it; None if it cannot be read. And where it ends."""
        until = k + 1
        while until < len(segments) and self._belongs_to_a_clause(segments[until]):
            until += 1
        try:
            if "if" in segments[k].words and any(s.words[:1] == ["else"] and not s.sign for s in segments[k:]):
                raise IllegibleError(self._if_before(segments[k]), _AFTER_IF)
            said = clause([(s.sign, s.words, s.symbols) for s in segments[k:until]], self._parser, self._known)
        except IllegibleError as refusal:
            if not claims and not any(segment.relation for segment in segments[k:]):
                return ((), ()), until
            self._drop(claims)
            self._refused(refusal)
            return None, until
        for claim in claims:
            claim.ranges, claim.where = claim.ranges + said[0], claim.where + said[1]
            claim.trivial = claim.trivial and said == ((), ())
        return said, self._alternatives(claims[-1], said, segments, until) if claims else until

    def _if_before(self, segment: Segment) -> Place:
        """Where the "if" stands that begins a segment."""
        return self._page.place(max(0, self._page.text.lower().rfind("if", 0, segment.symbols[0].start)))

    def _not_to_be_cut(self, segments: list[Segment], k: int, claims: list[WrittenClaim]) -> tuple[Place, str] | None:
        """Why what stands beside a claim may belong to it, and where."""
        segment = segments[k]
        place = segment.symbols[0].place
        if segment.relation:
            if segment.after[-1:] == ["otherwise"] and k + 1 == len(segments):
                return place, "what holds otherwise is not read here: write for what it does"
            after = segments[k + 1] if k + 1 < len(segments) else segment
            if claims and claims[-1].where and ["otherwise"] in (segment.after[:1], after.words[:1]):
                return place, "what holds otherwise is not read here: write for which label, as in: for y = 0"
            return None
        if claims and segment.sign == "row" and not segment.words and not segment.after:
            return place, "what stands in a row of its own may go on with the one above: put the claim into one row"
        if claims and segment.sign == "→" and not segment.words:
            return place, "what an arrow does to a claim is not read: write ="
        if claims and "if" in segment.words:
            return self._if_before(segment), _AFTER_IF
        if claims and segment.words[-1:] in _OTHERWISE:
            return place, "what holds otherwise is not read here: write cases"
        if self._one_of_several(segments, k):
            return place, "of several claims each has its own =: write them one by one"
        return None

    def _drop(self, claims: list[WrittenClaim]) -> None:
        for claim in claims:
            if claim in self._found:
                self._found.remove(claim)

    def _one_of_several(self, segments: list[Segment], k: int) -> bool:
        """Whether a formula without = stands in a list with claims: "dL/dw, dL/db = x, 1"."""
        segment = segments[k]
        if segment.words or segment.after or (segment.apart and segment.sign != "wide"):
            return False
        before = segments[k - 1] if k else None
        after = segments[k + 1] if k + 1 < len(segments) else None
        left = after is not None and after.relation and after.sign == "," and not after.words and not segment.sign
        if left and after is not None and sides_of(after.symbols)[0][1]:
            return True
        numbered = [symbol.text for symbol in segment.symbols[:1]] == ["("] and len(segment.symbols) == 3
        right = before is not None and before.relation and segment.sign in _CUTS and not numbered
        return right and not any(symbol.text == "…" for symbol in segment.symbols)

    def _alternatives(self, claim: WrittenClaim, said: Said, segments: list[Segment], k: int) -> int:
        """Read "…, otherwise 0" or "…, 0 if z ≤ 0" behind a claim with a condition: cases of one; where they end."""
        conditions: list[Tree] = [condition for letters in said[0] for condition in letters.conditions]
        conditions += [Relation(sides, ("==",), claim.place) for sides in said[1]]
        branches: list[tuple[Tree, Tree | None]] = []
        start = k
        while k < len(segments) and len(conditions) == 1:
            segment = segments[k]
            last = segment.words[-1:] in _OTHERWISE or segment.after[:1] == ["otherwise"]
            on = segment.after[:1] in _BEFORE_CONDITIONS and k + 1 < len(segments)
            if segment.relation or not segment.symbols or not (last or on):
                break
            try:
                value = self._parser.formula(ended(segment.symbols))
                condition = None if last else self._parser.formula(ended(segments[k + 1].symbols), equals=True)
            except IllegibleError:
                break
            branches.append((value, condition))
            k += 1 if last else 2
        if branches:
            shown = self._original[segments[start].symbols[0].start : segments[k - 1].symbols[-1].end]
            claim.texts[-1] = f"{claim.texts[-1]} if …, {shown}"
            claim.parts[-1] = Cases(((claim.parts[-1], conditions[0]), *branches), claim.place)
            claim.ranges = claim.ranges[: len(claim.ranges) - len(said[0])]
            claim.where = claim.where[: len(claim.where) - len(said[1])]
        return k

    def _said_in_words(self, segments: list[Segment]) -> Place | None:
        """Where "∂L/∂w is x(a - y)" stands, which claims something without a sign for it."""
        for before, after in pairwise(segments):
            link = after.words or [after.sign]
            bare = not (before.words or after.words or before.relation or after.relation) and bool(after.symbols)
            beside = after.sign in ("|", "⇒") or (after.apart and after.sign)
            if bare and beside and before.symbols and derivative_like(before.symbols):
                return after.symbols[0].place
            compound = len(after.symbols) > 1 and any(s.text in ("+", "-", "*", "·", "/", "(") for s in after.symbols)
            if before.symbols and compound and link in _EQUALITY_IN_WORDS and derivative_like(before.symbols):
                return after.symbols[0].place
        return None

    def _lone(self, segment: Segment) -> None:
        """A line that is a formula, and says nothing about it: the next may begin with =."""
        symbols = segment.symbols
        if not any(
            symbol.kind in ("operator", "command", "super", "sub")
            and symbol.text not in (",", ".", "(", ")", "{", "}", "∈", "…", "→", ":", "?", "!")
            for symbol in symbols
        ):
            return
        if any(symbol.text in ("→", "⇒") for symbol in symbols):
            if any(symbol.text in ("+", "-", "*", "·", "/", "∂") for symbol in symbols):
                arrow = next(symbol for symbol in symbols if symbol.text in ("→", "⇒"))
                self._not_read(arrow.place, "an arrow is no claim: write =, or an update as w ← w - η*dL/dw")
            return
        self._left = symbols
        following = self._following_line(symbols[-1].place.line)
        if following is not None and re.match(r"[ \t>]*(?:=|≈|&=)(?!=)", following):
            self._last_row_went_on = True
            return
        equals = " (one =, not ==)" if any(symbol.text == "==" for symbol in symbols) else ""
        if not equals:
            try:
                self._parser.formula(ended(symbols))
            except IllegibleError as refusal:
                self._refused(refusal)
                return
        self._not_read(symbols[0].place, f"a claim says that two things are equal: put = between them{equals}")

    def _following_line(self, number: int) -> str | None:
        lines = self._page.lines
        return next((line for line in lines[number : number + 3] if line.strip()), None)

    def _introduces_a_clause(self, segment: Segment, claims: list[WrittenClaim]) -> bool:
        if not segment.symbols:
            return False
        words = [word for word in segment.words if word in CONDITIONAL]
        if self._compares_indices(segment):
            behind = words or segment.sign in (",", ";", ".", "wide", "(")
            return not denied(segment.words) and (bool(behind) or not claims)
        if segment.sign == "." and segment.words == ["for"] and all(self._known(s.text) for s in segment.symbols):
            return False  # For z only the second branch counts
        if not words:
            ranged = bool(claims) and (self._is_a_range(segment) or self._is_about_indices(segment, claims))
            return ranged and segment.sign in (",", ";", "wide", "(")
        word = words[-1]
        position = len(segment.words) - 1 - segment.words[::-1].index(word)
        behind = [w for w in segment.words[position + 1 :] if w not in _WITHIN_CLAUSES]
        if behind:
            return False
        if word not in ("for", "forall"):
            if self._is_a_range(segment):
                return True
            if word in ("where", "here", "let", "since", "because"):
                return False
            if segment.relation and not _is_a_value(sides_of(segment.symbols)[-1][1], self._known):
                return False
        if segment.relation:
            sides = sides_of(segment.symbols)
            return (
                len(sides) == 2
                and len(sides[0][1]) <= 4
                and all(s.kind not in ("command",) and s.text not in ("∂", "/") for s in sides[0][1])
                and len(sides[1][1]) <= 8
            )
        quantified = bool(set(segment.words[position + 1 :]) & {"all", "each", "every", "any"}) or word == "forall"
        bare = all(symbol.kind == "name" for symbol in segment.symbols)
        if bare and (word not in ("for", "forall") or not (claims or quantified)):
            return False
        return short(segment.symbols) or self._is_a_range(segment)

    def _compares_indices(self, segment: Segment) -> bool:
        """Whether this is "i = j" or "i ≠ j", of letters that the page has as indices: no claim, but when one holds."""
        conditional = not CONDITIONAL.isdisjoint(self._words)
        return compares_indices(segment.symbols, self._known, self._index_letters, conditional=conditional)

    @cached_property
    def _index_letters(self) -> set[str]:
        """The letters in the subscripts, superscripts and brackets of the page."""
        text = self._page.text
        scripts = "".join("".join(found) for found in _SCRIPTS.findall(text))
        lowered = "".join(c for c in set(text) if unicodedata.decomposition(c).startswith("<sub>"))
        return set(scripts) | set(unicodedata.normalize("NFKC", lowered))

    def _begins_anew(self, segments: list[Segment], k: int, led: bool) -> bool:
        """Whether a clause behind a claim is about the next one: "For i = j: A. For i ≠ j: B"."""
        segment = segments[k]
        if not any(later.relation and not self._compares_indices(later) for later in segments[k + 1 :]):
            return False
        joined = segment.sign == "," or segment.words[:1] in (["and"], ["but"], ["while"], ["whereas"])
        return segment.sign in (".", ";", "row") or (led and joined)

    def _is_a_range(self, segment: Segment) -> bool:
        """i = 1, …, n; i ∈ {1, …, n}; j ≠ i."""
        symbols = segment.symbols
        texts = [symbol.text for symbol in symbols]
        if len(symbols) == 5 and symbols[0].kind == "number" and symbols[2].kind == "name":  # 1 ≤ i ≤ n
            return {*texts[1::2]} <= {"<", "<="} and not self._known(texts[2])
        if symbols[0].kind != "name" or len(symbols[0].text) > 2:
            return False
        if "∈" in texts:
            return True
        if self._known(symbols[0].text) and "…" not in texts:
            return False
        if "…" in texts and "=" in texts:
            return True
        return len(symbols) >= 3 and symbols[1].text in ("!=", "<", "<=", ">", ">=") and "=" not in texts

    def _is_about_indices(self, segment: Segment, claims: list[WrittenClaim]) -> bool:
        """Whether "i = j" behind a claim says for which of its indices it holds."""
        texts = [symbol.text for symbol in segment.symbols]
        if len(texts) != 3 or texts[1] != "=" or any(s.kind not in ("name", "number") for s in segment.symbols[::2]):
            return False
        return not self._known(texts[0]) and any(indexed_by(claim.parts, texts[0]) for claim in claims)

    def _belongs_to_a_clause(self, segment: Segment) -> bool:
        """Whether what comes after a comma still says for what a claim holds."""
        if segment.words and segment.words != ["and"] and segment.words != ["to"]:
            return False
        if segment.after[:1] in _OTHERWISE:
            return False
        if not segment.symbols:
            return True
        if segment.sign in (":", ".", "⇒", "row", ";", "wide") or segment.after[:1] in (
            *_BEFORE_CONDITIONS,
            ["otherwise"],
        ):
            return False
        if segment.relation:
            sides = sides_of(segment.symbols)
            if len(sides) != 2 or len(sides[0][1]) != 1 or sides[0][1][0].kind != "name":
                return False
            bounds = [symbol for symbol in sides[1][1] if symbol.text != "-"]
            numbers = bool(bounds) and all(symbol.kind == "number" for symbol in bounds)
            letter = sides[0][1][0].text
            return numbers if self._known(letter) else len(letter) <= 2
        return short(segment.symbols)

    def _claim(
        self,
        segment: Segment,
        trivial: bool,
        condition: Said | None,
        alone: bool = False,
    ) -> WrittenClaim | None:
        """The claim of a segment; one that goes on with the last stands `alone` if it holds under its own condition."""
        symbols = segment.symbols
        sides = sides_of(symbols)
        sides[0] = ("", _without_set(sides[0][1]))
        if not sides[0][1]:
            return self._continued(segment, sides[1:], condition, alone)
        above = {word for each in self._between for word in each.words} & {"otherwise", "else"}
        spoken = (*segment.words, *(segment.after if segment is self._last_formula else ()))
        if condition is None and (above or "otherwise" in spoken):
            self._not_read(symbols[0].place, "what holds otherwise is not read here: write for what it does")
            return None
        if segment.apart:
            verdict = DENIED if denied(segment.words) or denied_behind(segment.after) else ""
            if not verdict and sets_to_zero(segment.words, segment.after, sides[-1][1]):
                verdict = "prose"
        else:
            verdict = equation_in_words(segment.words, segment.after, sides, self._known, segment.sign)
        if verdict:
            if verdict != "prose":
                self._not_read(symbols[0].place, verdict)
            return None
        behind = self._original[symbols[0].end : symbols[1].start] if len(symbols) > 1 else ""
        dash = symbols[0].text == "-" and (behind.strip() if segment.apart else behind)
        if dash and segment.words:
            self._not_read(
                symbols[0].place, "this may be a dash or a minus: write the sign right before what it belongs to"
            )
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
        if (number := doubtful_number(sides[-1][1])) is not None:
            why = "may be the number of the line, or a factor: leave it out, or write * before it"
            self._not_read(number.place, f"this {why}")
            return None
        if any(not side for _, side in sides):
            double = next(
                symbols[k] for k in relations(symbols) if k + 1 < len(symbols) and k + 1 in relations(symbols)
            )
            self._not_read(double.place, "something is missing behind this sign")
            return None
        self._parser.trivial = trivial
        parts: list[Tree] = []
        texts: list[str] = []
        signs = [sign for sign, _ in sides[1:]]
        try:
            for _, side in sides:
                parts.append(self._parser.formula(ended(side)))
                texts.append(self._text(side))
        except IllegibleError as refusal:
            self._refused(refusal)
            self._remember_name(parts)
            return None
        named = parts.pop() if signs[-1] == ":=" and len(signs) > 1 and isinstance(parts[-1], Name) else None
        sign = self._sign(signs[:-1] if named is not None else signs, parts)
        if sign is None:
            self._not_read(symbols[0].place, "a line updates one thing once: write w ← w - η*dL/dw")
            return None
        claim = WrittenClaim(
            symbols[0].place, self._text(symbols), parts, texts, sign, self._parser.trivial and not condition
        )
        if condition is not None:
            claim.ranges, claim.where = condition
        self._remember_name(parts)
        self._found.append(claim)
        if named is not None:  # ∂E/∂u = y − t := e
            name, shown = texts.pop(), texts[-1]
            text = f"{name} = {shown}"
            self._found.append(WrittenClaim(symbols[0].place, text, [named, parts[-1]], [name, shown], "=", False))
            self._remember_name([named])
        self._last, self._last_side, self._left = claim, sides[-1][1], None
        return claim

    def _may_end_at_a_dash(self, claim: WrittenClaim, cut: int) -> None:
        """Read x too in "= x - y is the target", which takes y away, or ends at the dash."""
        with suppress(IllegibleError):
            claim.dashed = self._parser.formula(ended(self._last_side[:cut]))

    def _sign(self, signs: list[str], parts: list[Tree]) -> str | None:
        """What the line is: "=" for a claim, "←" for an update."""
        others = [sign for sign in signs if sign != "="]
        if not others:
            return "="
        if len(others) > 1 or signs[0] != others[0]:
            return None
        if others[0] == ":=":
            return "←" if isinstance(parts[0], Name) and mentions(parts[1], parts[0].base) else "="
        return others[0]

    def _continued(
        self,
        segment: Segment,
        sides: list[tuple[str, list[Symbol]]],
        condition: Said | None,
        alone: bool,
    ) -> WrittenClaim | None:
        """A line that begins with =."""
        symbols = segment.symbols
        if segment.words and not segment.apart:
            if any(len(side) > 1 for _, side in sides):
                self._not_read(symbols[0].place, "the left side of = is in words: write a name or a derivative there")
            return None
        if self._left is not None:
            left, self._left = self._left, None
            joined = Segment(segment.words, segment.sign, [*left, *symbols], segment.after, True)
            self._last_row_went_on = True
            return self._claim(joined, False, condition)
        claim = (
            self._last
            if all(map(_leads_on, [*self._between, *([replace(segment, symbols=[])] * segment.apart)]))
            else None
        )
        if claim is None:
            self._last = None
            self._not_read(symbols[0].place, "what stands left of = is missing, or was not read")
            return None
        if any(not side for _, side in sides):
            self._not_read(symbols[0].place, "something is missing behind a sign of this line")
            return None
        parts: list[Tree] = []
        try:
            for _, side in sides:
                parts.append(self._parser.formula(ended(side)))
        except IllegibleError as refusal:
            self._refused(refusal)
            self._last_row_went_on = True
            return None
        texts = [self._text(side) for _, side in sides]
        self._last_row_went_on = True
        self._last_side = sides[-1][1]
        if len(claim.parts) > _MOST_PARTS:
            self._not_read(symbols[0].place, f"the claim has more than {_MOST_PARTS} parts: begin a new one")
            return None
        if alone or condition not in (None, (claim.ranges, claim.where)):
            new = WrittenClaim(
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
        if "\n" in text or ("&" in text and "\\begin" not in text):
            text = " ".join(re.sub(r"(?<!\\)&|\\\\(?:\[[^\]]*\])?\s*\n", " ", text).split())
        return text.strip()

    def _not_read(self, place: Place, why: str) -> None:
        self._unread.append(Unread(place.line, place.column, place.source.strip(), why))

    def _refused(self, refusal: IllegibleError) -> None:
        self._not_read(refusal.place, refusal.why)


_SCRIPTS = re.compile(r"[_^]\{([^{}]{1,20})\}|[_^]\(?(\w{1,3})|\[(\w)\]")
_OTHERWISE = (["otherwise"], ["else"])


def _says_otherwise(segment: Segment) -> bool:
    return any([word] in _OTHERWISE for word in segment.words) or segment.after[:1] in _OTHERWISE


def _leads_on(segment: Segment) -> bool:
    """Whether words leave it to the claim above to go on below them: "which simplifies to", and not "for z:"."""
    return not segment.symbols and (not segment.words or segment.words[0] in _LEADING_ON)


def _is_a_value(side: Sequence[Symbol], known: Callable[[str], bool]) -> bool:
    """Whether this is what a node may be said to be for a claim: 1, -0.5, or a name; and no formula of its own."""
    names = [symbol for symbol in side if symbol.kind == "name" and known(symbol.text)]
    return (
        len(side) <= 2
        and all(symbol.kind in ("number", "name") or symbol.text == "-" for symbol in side)
        and len(names) < 2
    )


def _without_set(side: list[Symbol]) -> list[Symbol]:
    """Z of "Z ∈ ℝ^{m×d} = …"."""
    k = next((k for k, symbol in enumerate(side) if symbol.text == "∈"), 0)
    return side[:k] if k else side
