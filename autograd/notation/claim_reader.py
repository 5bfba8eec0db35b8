"""From rows of symbols to claims: which formula is claimed, for what it holds, and what it goes on with."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from autograd.derivation.tokens import Place
from autograd.notation.case_headings import as_clauses, is_label
from autograd.notation.clause_finder import AFTER_IF, ClauseFinder
from autograd.notation.clauses import (
    CONDITIONAL,
    OTHERWISE,
    Said,
    apart_at_and,
    opposite,
    says_otherwise,
)
from autograd.notation.page_memory import WrittenClaim
from autograd.notation.rows import (
    Segment,
    doubtful_number,
    ended,
    mentions,
    relations,
    segments_of,
    sides_of,
)
from autograd.notation.symbols import IllegibleError, Symbol
from autograd.notation.syntax import Name, Tree
from autograd.notation.words_beside import (
    DENIED,
    changed_before,
    dash_before_words,
    denied,
    denied_behind,
    equation_in_words,
    is_of_an_optimum,
    leads_on,
    said_in_words,
    sets_to_zero,
    takes_back,
)

_CUTS = (",", ".", ":", ";", "wide", "—")
"""What may part two claims, and must not cut one."""
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
_MOST_PARTS = 200


class ClaimReader(ClauseFinder):
    """Reads rows of symbols, of which the page has cut out the text, and remembers what later rows may go on with."""

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
        if any(symbol.text == "and" for symbol in row):
            segments = apart_at_and(segments)
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
                    if (says_otherwise(segment) or _otherwise(segments, k)) and self._said_last is not None:
                        said = opposite(self._said_last, segment.symbols[0].place)
                        if said is None:
                            self._not_read(
                                segment.symbols[0].place, "what holds otherwise is not read here: write cases"
                            )
                            return
                        self._said_last = None
                    alone = k + 1 < len(segments) and self._introduces_a_clause(segments[k + 1], [])
                    condition = self._with_the_case(said or self._condition or self._as_above(segment))
                    otherwise = _otherwise(segments, k)
                    claim = self._claim(segment, plain and not words, condition, alone=alone, otherwise=otherwise)
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
            self._condition_above = self._condition_above if claims else None
            if claims and said is None and (label := _diagonal(segments)) and not any(each.ranges for each in claims):
                self._drop(claims)
                self._not_read(claims[0].place, f"for which indices it holds is said in words, {label!r}: write i ≠ j")
            return
        self._condition_above = None
        self._between += loose if said is None else []
        if (place := said_in_words(segments, self._known)) is not None:
            self._not_read(place, "this says in words that two things are equal: write =")
        if said is None and self._said_last is not None and segments and segments[0].words[:1] in OTHERWISE:
            said = opposite(self._said_last, row[0].place)
        if said is not None:
            line = self._page.lines[row[-1].place.line - 1]
            leading = _LEADS_ON.search(line) is not None or segments[0].words[:1] in OTHERWISE
            if line.rstrip("*_ \t").endswith("."):
                goes_on = segments[-1].after or any(each.words and not each.symbols for each in segments[1:])
                leading = not goes_on and segments[0].words[:1] != [] and segments[0].words[0] in _SUPPOSES
            self._condition, self._condition_used = said if leading else None, False
        elif self._condition_used:
            self._condition = None

    def _as_above(self, segment: Segment) -> Said | None:
        """The condition of the paragraph above, for a claim that goes on with the same left side and without words."""
        left = sides_of(segment.symbols)[0][1]
        if self._condition_above is None or not left or not leads_on(replace(segment, symbols=[])):
            return None
        if any(symbol.kind == "begin" or symbol.text in ("δ", "𝟙") for symbol in segment.symbols):
            return None  # It says itself what holds in each case.
        condition, text = self._condition_above
        return condition if self._text(left) == text else None

    def _with_the_case(self, condition: Said | None) -> Said | None:
        """What holds for a claim: what the heading above it says, and its own condition."""
        ranges, where = self._case
        if not (ranges or where):
            return condition
        return (ranges + condition[0], where + condition[1]) if condition is not None else self._case

    def _not_to_be_cut(self, segments: list[Segment], k: int, claims: list[WrittenClaim]) -> tuple[Place, str] | None:
        """Why what stands beside a claim may belong to it, and where."""
        segment = segments[k]
        place = segment.symbols[0].place
        if segment.relation:
            before = segments[k - 1] if k else segment
            beside = before.apart and segment.apart and not segment.words and segment.sign in ("", "wide")
            led = before.relation or not before.symbols or not CONDITIONAL.isdisjoint(before.words)
            if beside and not led and sides_of(segment.symbols)[0][1]:
                return before.symbols[0].place, "this may be a factor of what follows: write the whole claim in one"
            after = segments[k + 1] if k + 1 < len(segments) else segment
            if claims and claims[-1].where and ["otherwise"] in (segment.after[:1], after.words[:1]):
                return place, "what holds otherwise is not read here: write for which label, as in: for y = 0"
            return None
        if claims and segment.sign == "row" and not segment.words and not segment.after:
            return place, "what stands in a row of its own may go on with the one above: put the claim into one row"
        if claims and segment.sign == "→" and not segment.words:
            return place, "what an arrow does to a claim is not read: write ="
        if claims and "if" in segment.words:
            return self._if_before(segment), AFTER_IF
        if claims and segment.words[-1:] in OTHERWISE:
            return place, "what holds otherwise is not read here: write cases"
        if self._one_of_several(segments, k):
            return place, "of several claims each has its own =: write them one by one"
        return None

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
            gradient = symbols[0].text[:1] == "d" and not self._known(symbols[0].text) and len(symbols) > 3
            if (gradient and self._known(symbols[0].text[1:])) or any(
                symbol.text in ("+", "-", "*", "·", "/", "∂") for symbol in symbols
            ):
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

    def _claim(
        self,
        segment: Segment,
        trivial: bool,
        condition: Said | None,
        alone: bool = False,
        otherwise: bool = False,
    ) -> WrittenClaim | None:
        """The claim of a segment; one that goes on with the last stands `alone` if it holds under its own condition."""
        symbols = segment.symbols
        sides = sides_of(symbols)
        sides[0] = ("", _without_set(sides[0][1]))
        if not sides[0][1]:
            return self._continued(segment, sides[1:], condition, alone)
        above = {word for each in self._between for word in each.words} & {"otherwise", "else"}
        spoken = {*segment.words, *(segment.after if segment is self._last_formula else ())}
        if condition is None and (above or otherwise or spoken & {"otherwise", "else"}):
            self._not_read(symbols[0].place, "what holds otherwise is not read here: write for what it does")
            return None
        if is_of_an_optimum(self._words, sides[-1][1]):
            return None
        if segment.apart:
            verdict = DENIED if denied(segment.words) or denied_behind(segment.after) else ""
            if not verdict and sets_to_zero(segment.words, segment.after, sides[-1][1]):
                verdict = "prose"
            if not verdict and (word := changed_before(segment.words)):
                verdict = f"{word!r} before this may belong to it: write the whole claim in symbols"
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
            if all(map(leads_on, [*self._between, *([replace(segment, symbols=[])] * segment.apart)]))
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


def _diagonal(segments: Sequence[Segment]) -> str:
    """ "off-diagonal", if that is all that a label beside a claim says; else empty."""
    for segment in segments:
        last = [word for word in segment.words if word not in ("terms", "entries", "elements", "the", "for", "case")]
        if last and last[-1] in ("off-diagonal", "diagonal") and len(last) == 1 and not segment.symbols:
            return last[-1]
    return ""


def _otherwise(segments: Sequence[Segment], k: int) -> bool:
    """Whether "otherwise" or "else" stands before a claim, or behind it: "Else: A", "A, otherwise"."""
    before, after = segments[k - 1 : k] if k else [], segments[k + 1 : k + 2]
    led = any(not each.symbols and each.words[-1:] in OTHERWISE for each in before)
    ends = k + 2 >= len(segments)
    followed = ends and any(not each.symbols and each.words in OTHERWISE for each in after)
    return led or followed


def _without_set(side: list[Symbol]) -> list[Symbol]:
    """Z of "Z ∈ ℝ^{m×d} = …"."""
    k = next((k for k, symbol in enumerate(side) if symbol.text == "∈"), 0)
    return side[:k] if k else side
