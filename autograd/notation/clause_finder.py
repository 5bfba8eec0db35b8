"""Which words beside a claim begin a clause that says where it holds, and which claims that clause is about."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cached_property

from autograd.derivation.tokens import Place
from autograd.notation.clauses import (
    BEFORE_CONDITIONS,
    CONDITIONAL,
    OTHERWISE,
    Said,
    belongs_to_a_clause,
    clause,
    compares_indices,
    is_a_range,
    is_about_indices,
)
from autograd.notation.page_memory import PageMemory, WrittenClaim
from autograd.notation.rows import Segment, ended, short, sides_of
from autograd.notation.symbols import IllegibleError, Symbol
from autograd.notation.syntax import Cases, Relation, Tree
from autograd.notation.words_beside import denied

_WITHIN_CLAUSES = {
    "all", "forall", "each", "every", "any", "the", "given", "we", "have", "example", "examples", "index", "indices",
    "weights", "neuron", "neurons", "layer", "unit", "that", "values", "of", "both", "output", "hidden",
    "label", "is", "target", "class", "true", "case", "positive", "negative", "sample",
}  # fmt: skip
"""Words between "for" and what a claim holds for."""
AFTER_IF = "'if' stands before a condition, as in: if z > 0. (An 'if' … 'else' of Python is no mathematics.)"
_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_OTHERWISE = re.compile(r"(?:[$\s,]*(?:otherwise|else)\b)?")
_SCRIPTS = re.compile(r"[_^]\{([^{}]{1,20})\}|[_^]\(?(\w{1,3})|\[(\w)\]")


class ClauseFinder(PageMemory):
    """Finds the clauses of a row, and reads them."""

    def _clause(self, segments: list[Segment], k: int, claims: list[WrittenClaim]) -> tuple[Said | None, int]:
        """Read a clause, and give it to the claims before it; None if it cannot be read. And where it ends."""
        until = k + 1
        while until < len(segments) and belongs_to_a_clause(segments[until], self._known):
            until += 1
        try:
            compares = any(symbol.text in _COMPARISONS for symbol in segments[k].symbols)
            ends = k + 2 == len(segments) and compares  # … = 1 if z > 0 else 0
            if "if" in segments[k].words and any(
                s.words[:1] == ["else"] and not (s.sign or ends) for s in segments[k:]
            ):
                raise IllegibleError(self._if_before(segments[k]), AFTER_IF)
            self._refuse_formulas(segments[k])
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

    def _refuse_formulas(self, segment: Segment) -> None:
        """Refuse "for z = a - y", where z is a node: that says no more for which z something holds."""
        sides = sides_of(segment.symbols)
        if len(sides) != 2 or len(sides[0][1]) != 1 or not self._known(sides[0][1][0].text):
            return
        right = sides[1][1]
        names = [symbol for symbol in right if symbol.kind == "name" and self._known(symbol.text)]
        if len(names) > 1 and not any(symbol.text == "…" for symbol in right):
            raise IllegibleError(segment.symbols[0].place, "for what this holds is not read: write what is equal")

    def _if_before(self, segment: Segment) -> Place:
        """Where the "if" stands that begins a segment."""
        return self._page.place(max(0, self._page.text.lower().rfind("if", 0, segment.symbols[0].start)))

    def _alternatives(self, claim: WrittenClaim, said: Said, segments: list[Segment], k: int) -> int:
        """Read "…, otherwise 0" or "…, 0 if z ≤ 0" behind a claim with a condition: cases of one; where they end."""
        conditions: list[Tree] = [condition for letters in said[0] for condition in letters.conditions]
        conditions += [Relation(sides, ("==",), claim.place) for sides in said[1]]
        branches: list[tuple[Tree, Tree | None]] = []
        start = k
        while k < len(segments) and len(conditions) == 1:
            segment = segments[k]
            last = segment.words[-1:] in OTHERWISE or segment.after[:1] == ["otherwise"]
            on = segment.after[:1] in BEFORE_CONDITIONS and k + 1 < len(segments)
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
            end = segments[k - 1].symbols[-1].end
            shown = self._original[segments[start].symbols[0].start : end]
            if claim is self._last:
                behind = self._original[self._last_side[-1].end : _OTHERWISE.match(self._original, end).end()]  # type: ignore[union-attr]
                claim.text = " ".join(f"{'$' if '$' in behind else ''}{claim.text}{behind}".split())
            claim.texts[-1] = f"{claim.texts[-1]} if …, {shown}"
            claim.parts[-1] = Cases(((claim.parts[-1], conditions[0]), *branches), claim.place)
            claim.ranges = claim.ranges[: len(claim.ranges) - len(said[0])]
            claim.where = claim.where[: len(claim.where) - len(said[1])]
        return k

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
            ranged = bool(claims) and (
                is_a_range(segment, self._known)
                or is_about_indices(segment, [claim.parts for claim in claims], self._known)
            )
            return ranged and segment.sign in (",", ";", "wide", "(")
        word = words[-1]
        position = len(segment.words) - 1 - segment.words[::-1].index(word)
        behind = [w for w in segment.words[position + 1 :] if w not in _WITHIN_CLAUSES]
        if behind:
            return False
        if word not in ("for", "forall"):
            if is_a_range(segment, self._known):
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
        return short(segment.symbols) or is_a_range(segment, self._known)

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
        labelled = segment.sign == "(" and k > 0 and not segments[k - 1].symbols and bool(segments[k - 1].words)
        return segment.sign in (".", ";", "row") or (led and (joined or labelled))


def _is_a_value(side: Sequence[Symbol], known: Callable[[str], bool]) -> bool:
    """Whether this is what a node may be said to be for a claim: 1, -0.5, or a name; and no formula of its own."""
    names = [symbol for symbol in side if symbol.kind == "name" and known(symbol.text)]
    return (
        len(side) <= 2
        and all(symbol.kind in ("number", "name") or symbol.text == "-" for symbol in side)
        and len(names) < 2
    )
