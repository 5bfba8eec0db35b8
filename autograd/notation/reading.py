"""From a page to the claims of the judge: each statement, with the names it uses, becomes one claim an entry."""

import re
from bisect import bisect, insort
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, lru_cache

from autograd import ops
from autograd.derivation.claims import (
    Apply,
    Claim,
    Derivative,
    Expression,
    lone_numeral,
)
from autograd.derivation.names import PageNames, as_text
from autograd.derivation.tokens import LONGEST_TEXT, Place, Refusal
from autograd.graph import topological_order
from autograd.notation import slopes
from autograd.notation.assignments import Assignments
from autograd.notation.by_layers import last_layer, layer_by_layer, layer_letter
from autograd.notation.code_lines import is_code, program_length
from autograd.notation.elaboration import Budget, Choices, Elaboration
from autograd.notation.function_identities import about_a_function
from autograd.notation.functions import PYTHON, is_function
from autograd.notation.functions_of_nodes import at_its_point, by_subscripts
from autograd.notation.indices import Ranges, everything_in, letters_of, powers_for_items, respelled, slots_of, unplaced
from autograd.notation.labelled_sums import labels_in, over_labels
from autograd.notation.lookup import Lookup, NoItem, NotAnIndex, names_in_an_index, written_name
from autograd.notation.lost_names import LostNames
from autograd.notation.matrices import ShapesDiffer
from autograd.notation.misfits import in_pairs, key_with_an_index, may_be_a_softmax
from autograd.notation.named import Consequence, NoSuchNode
from autograd.notation.new_values import as_update
from autograd.notation.orientation import other_ways_round
from autograd.notation.other_ways import UNCLEAR, defined_in_some_way, in_other_ways
from autograd.notation.page_lines import PageLine, ReadPage
from autograd.notation.pages import read_page
from autograd.notation.programs import read_code
from autograd.notation.reach_of_sums import (
    beyond_sums,
    binding,
    is_over_a_letter,
    over_their_letters,
    reaching,
    with_letters,
)
from autograd.notation.runs import key_of
from autograd.notation.sizes_of_lists import learn_sizes
from autograd.notation.spelling import plain_name
from autograd.notation.statement_reader import StatementReader, about_what
from autograd.notation.syntax import (
    Addition,
    Beside,
    BigOperator,
    Differential,
    Item,
    Listed,
    Name,
    Number,
    Product,
    Statement,
    Subscripted,
    Tree,
    Unread,
    WrittenPage,
)
from autograd.notation.total_differentials import by_each_leaf, joined
from autograd.notation.writing import read_as
from autograd.untyped import Anything
from autograd.value import Value


@lru_cache(maxsize=64)
def _page(text: str, names: frozenset[str], sizes: frozenset[tuple[str, Anything]]) -> WrittenPage:
    """The page as trees, which names and sizes decide: it is checked against many students' graphs, or once more."""

    def known(name: str) -> bool:
        return plain_name(name) in names

    return read_page(
        text,
        known=known,
        code=lambda lines, first: read_code(lines, first, known, dict(sizes)),
        is_code=is_code,
        code_length=program_length,
    )


_MOST_REFUSALS = 20
_INDICES = frozenset("ijklmn")
_DEFINES = re.compile(r"(?:^|[\s)*-])([^\W\d]\w*)\s*=(?!=)")
_GRADIENT = re.compile(r"[\s$&*>-]*(d[A-Za-z](?:[_^](?:\{[^{}=]*\}|\w))*)\s*&?=(?!=)")
"""The left side of dZ^{[1]} = …"""
_GIVES = re.compile(r"[\s$&*>-]*\\?([^\W\d_]+)(?:_\{?(\w+)\}?)?\s*&?=(?!=)")
"""The left side of \\delta_h = …"""
_MEAN = re.compile(r"frac\{1\}\{[mnNMB]\}|/\s?[mnNMB]\b")


def _names_a_point(statement: Statement) -> bool:
    """Whether a number, or a name behind a derivative, stands in parentheses on the left: df/dx(2), f(3), df/dx(x)."""
    left = statement.parts[0]
    if isinstance(left, Beside):
        return not left.name.subscripts and any(isinstance(each, Number) for each in left.inside)
    left = left.of if isinstance(left, Differential) else left
    if not isinstance(left, Product) or left.sign or len(left.factors) != 2:
        return False
    first, last = left.factors
    number = isinstance(last, Number | Listed) and isinstance(first, Name | Differential)
    behind = number or (isinstance(last, Name) and isinstance(first, Differential))
    return behind and statement.texts[0].rstrip(" $").endswith(")")


class Reader:
    """Reads the statements of one page, in their order."""

    def __init__(self, names: PageNames, output: Value | None = None, first: int = 1) -> None:
        self.names, self._given_output = names, output
        self.lookup = Lookup(names, first)
        self.degrees: dict[str, int] = {}
        self.budget = Budget()
        self._lost_names: LostNames | None = None
        self.apart = ""
        """The letter by which the name that is defined now differs from one that was defined before."""
        self.averages = False
        """Whether the page divides by m, or another such size, so that gradients may leave 1/m to a later line."""
        self._outputs: set[Value] = set()
        self._statements: Sequence[Statement] = ()
        self._counts_from_0 = False
        """Whether the page speaks of a first item 0 where subscripts are read as counting from 1."""
        self._case: Anything = ()
        """The case that was read last, as y = 1."""
        self._before_the_case: dict[str, Anything] = {}
        self._of_other_cases: dict[Anything, dict[str, Anything]] = {}
        """What each case defines: δ = a - 1 for y = 1 is another one than δ = a for y = 0."""

    # The page as a whole

    def looks_at(self, statements: Sequence[Statement]) -> None:
        """Note what the page differentiates: the output of gradients such as dW, if it is one thing only."""
        upper: dict[str, None] = {}
        self._statements = statements
        for statement in statements:
            trees = everything_in(*statement.parts)
            self._counts_from_0 = self._counts_from_0 or (self.lookup.first == 1 and self._asks_for_item_0(trees))
            if not statement.in_a_comment:
                differentials = (tree for tree in trees if isinstance(tree, Differential))
                upper |= {tree.of.base: None for tree in differentials if isinstance(tree.of, Name)}
            if any(isinstance(tree, BigOperator) for tree in trees):
                learn_sizes(statement, self.lookup)
        for name in upper:
            found = self.lookup.names.spelled(name)
            self._outputs.update(each for each in found.values() if isinstance(each, Value))

    def _asks_for_item_0(self, trees: Sequence[Tree]) -> bool:
        """Whether some subscript is 0, below a name that is that of a list."""
        zero = [t for t in trees if isinstance(t, Name) and any(getattr(s, "text", "") == "0" for s in t.subscripts)]
        return any(
            self.lookup.plan(name) is None and isinstance(self.names.trees.get(name.base), list) for name in zero
        )

    def indexes(self, letter: str) -> bool:
        """Whether a letter is an index somewhere on the page."""
        trees = (tree for statement in self._statements for tree in everything_in(*statement.parts))
        return any(
            letter in tree.letters
            if isinstance(tree, BigOperator)
            else isinstance(tree, Name) and any(letter in names_in_an_index(slot) for slot in slots_of(tree))
            for tree in trees
        )

    @cached_property
    def _ends(self) -> list[Value]:
        inner: set[Value] = set()
        order = topological_order(*self.names.paths)
        for node in order:
            inner.update(node.parents)
        return [
            node
            for node in order
            if node not in inner and node.op is not None and "/" not in self.names.paths.get(node, "/")
        ]

    def updates(self, statement: Statement) -> bool:
        """Whether a line of a program gives a weight its new value: ``W -= lr*dW``, for a W among the nodes."""
        name = statement.parts[0]
        if isinstance(name, Item) and isinstance(name.of, Name):
            size = dict(self.names.sizes).get(name.of.base, ())
            return statement.sign == "-=" and isinstance(size, tuple) and None in size
        if not isinstance(name, Name) or not any(key in self.names.trees for key in self.names.spelled(name.base)):
            return False
        if statement.sign == "-=":
            return True
        new = statement.parts[1]
        return statement.sign == "=" and isinstance(new, Addition) and unplaced(new.terms[0]) == unplaced(name)

    def builds_on_unread(self, statement: Statement) -> None:
        """Refuse dW = dZ Xᵀ if the line of dZ was not read, on a page with 1/m: that may be m times the gradient."""
        for each in everything_in(*statement.parts[1:]):
            if isinstance(each, Name) and each.base[0] == "d" and len(each.base) > 1:
                text = written_name(each)
                line = self.lookup.unread.get(plain_name(text))
                if line is not None and plain_name(text) not in self.lookup.definitions:
                    raise Consequence(each.place, f"{text} is what line {line} makes of it, which is not read")

    def leaves_out(self, statement: Statement) -> None:
        """Remember a line that was not read: what it defines is not simply unknown to the lines after it."""
        if isinstance(name := statement.parts[0], Name):
            self.lookup.unread.setdefault(plain_name(written_name(name)), statement.place.line)
            if not statement.code:
                self._loses(name, statement.place.line, certain=True)

    def skips(self, unread: Unread, place: Place) -> None:
        """Remember a line of which nothing was read: a name that is defined already may have got another meaning."""
        if (match := _GIVES.match(unread.text)) is not None:
            self._loses(Name(match[1], place, joined=match[2] or ""), unread.number, certain=True)

    def _loses(self, name: Name, line: int, *, certain: bool) -> None:
        self._lost_names = self._lost_names or LostNames(self.lookup.definitions)
        self._lost_names.loses(name, line, certain=certain)

    def output(self) -> Value | None:
        """The node that dW, ∇w and w.grad are gradients of; None if that cannot be told."""
        if self._given_output is not None:
            return self._given_output
        if len(self._outputs) == 1:
            return next(iter(self._outputs))
        alone = [node for node in self._ends if str(self.names.paths[node]).isidentifier()]
        ends = alone if len(alone) == 1 else self._ends  # p[0], which the loss -log(p[2]) does not use, is no output
        return ends[0] if len(ends) == 1 else None

    @cached_property
    def _children(self) -> dict[Value, list[Value]]:
        found: dict[Value, list[Value]] = {}
        for node in topological_order(*self.names.paths):
            for parent in dict.fromkeys(node.parents):
                found.setdefault(parent, []).append(node)
        return found

    def children(self, node: Value) -> list[Value]:
        """The nodes that are computed from a node."""
        return self._children.get(node, [])

    def _enter_the_case(self, statement: Statement) -> None:
        """Put away what another case defines; what is said for all cases sees what the last one defined."""
        case = unplaced(statement.where)
        if case in (self._case, ()):
            return
        definitions, before = self.lookup.definitions, self._before_the_case
        if self._case:
            own = {name: each for name, each in definitions.items() if before.get(name) is not each}
            self._of_other_cases[self._case] = own
            for name in own:
                del definitions[name]
            definitions.update({name: before[name] for name in own if name in before})
        self._case, self._before_the_case = case, dict(definitions)
        definitions.update(self._of_other_cases.get(case, {}))

    def differing(self, name: str, statement: Statement) -> str:
        """The name that a statement defines, other than that of another case."""
        others = (each for case, own in self._of_other_cases.items() if case != self._case for each in own.values())
        if not statement.where or all(each.text != name for each in others):
            return name
        left, right = statement.where[-1]
        return f"{name}|{written_name(left)}={right.text}"  # type: ignore[arg-type, union-attr]

    # One statement

    def read(self, statement: Statement) -> PageLine:
        """The claims of a statement. ValueError if it cannot be read, by line and column."""
        if statement.where:
            self._enter_the_case(statement)
        if self.averages and self.lookup.unread and not statement.code:
            self.builds_on_unread(statement)
        hangs_on = self._lost_names.used_in(statement) if self._lost_names is not None else ()
        if not statement.code and _names_a_point(statement):
            statement = at_its_point(statement, self.lookup)
        try:
            line = self._read(statement)
        except Refusal:
            if (update := as_update(statement, self.lookup)) is None:
                raise
            line = self._read(update)
        if line.misfit and (update := as_update(statement, self.lookup)) is not None:
            line = self._read(update)
        if line.misfit and not statement.code:
            line = in_pairs(self, statement, self._defines(statement)) or line
        if line.misfit and not statement.code and (key := key_with_an_index(statement, self.names)):
            bare = re.split(r"[_^]", key)[0]
            statement.place.refuse(
                f"{key} is the name of a whole list in nodes: call it {bare} there, without the index"
            )
        if line.misfit and line.has_pairs and not statement.code:
            statement.place.refuse(
                "the derivative of a list by a list of lists, or the other way round, has an entry for each pair of "
                "items, and pages lay these out in several ways: write it with index letters, as in ∂z_i/∂W_{jk}"
            )
        if statement.dashed is not None:
            line.doubt = "what stands behind the dash may be taken away, or be words: put these on a line of their own"
            with suppress(Refusal, OverflowError):
                last = line
                while last.otherwise is not None:
                    last = last.otherwise
                last.otherwise = self._read(replace(statement, parts=(*statement.parts[:-1], statement.dashed)))
        subscripted = not statement.code and any(isinstance(each, Subscripted) for each in statement.parts)
        if line.claims and subscripted and may_be_a_softmax(statement):
            line.doubt = "σ of a list is read item by item, and may be meant as its softmax: write softmax"
        line.in_a_comment = statement.in_a_comment
        line.hangs_on = hangs_on
        if (line.doubt or hangs_on) and isinstance(name := statement.parts[0], Name):
            self._loses(name, line.number, certain=False)
        return line

    def read_late(self, statement: Statement) -> PageLine | None:
        """A line that uses what only a later one defines, as in "dL/dw = δ x, where δ = a − y"; None if none does."""
        if not any(each.line >= statement.place.line for each in self.lookup.definitions.values()):
            return None
        try:
            line = self.read(statement)
        except (Refusal, OverflowError):
            return None
        line.doubt = line.doubt or "with what the page defines below it is wrong: define names before they are used"
        return line

    def _read(self, statement: Statement) -> PageLine:
        trees = everything_in(*statement.parts)
        names = [each for each in trees if isinstance(each, Name)]
        if any("_" in name.base or len(name.joined) > 1 or len(name.subscripts) == 1 for name in names):
            statement = replace(statement, parts=respelled(statement.parts, self.lookup.known))
        sums = any(isinstance(each, BigOperator) for each in trees)
        if sums:
            statement = replace(statement, parts=over_labels(statement.parts, self.lookup))
        if sums and statement.ranges:
            statement = replace(statement, ranges=beyond_sums(statement))
        letters, bound = letters_of(statement, self.lookup)
        spoken = {each.letter for each in statement.ranges}
        if not statement.code and letters and any(map(is_over_a_letter, trees)):
            statement = replace(statement, parts=over_their_letters(statement.parts, letters, spoken))
            letters, bound = letters_of(statement, self.lookup)
        if any(isinstance(each, BigOperator) and not each.letters for each in trees):
            statement = replace(statement, parts=with_letters(statement.parts, letters | bound, spoken))
            letters, bound = letters_of(statement, self.lookup)
        if sums:
            letters -= labels_in(statement.parts, bound, self.lookup)
        self.lookup.starts_a_line(letters, bound)
        left = statement.parts[0]
        differential = isinstance(left, Name) and left.base[0] == "d" and len(left.base) > 1 and not statement.code
        if differential and (by_leaves := by_each_leaf(statement, self.lookup)) is not None:
            return joined(statement, [self._read(each) for each in by_leaves])
        if (identity := about_a_function(statement, self.lookup)) is not None:
            found = self._in_some_way(identity[0], None)
            found.read_as = f"{found.read_as}, {identity[1]}"
            return found
        if free := letters - bound:
            if (last := last_layer(statement, free, Ranges(self.lookup), self.lookup.first)) is not None:
                found = self._read(last[0])
                found.read_as = "; ".join(filter(None, [found.read_as, last[1]]))
                return found
            if letter := layer_letter(statement, free, self.lookup.definitions):
                return layer_by_layer(statement, letter, Ranges(self.lookup), self.lookup.first, self._read)
        notes: list[str] = []
        if bound:
            spoken = {each.letter for each in statement.ranges}
            statement = replace(statement, parts=binding(statement.parts, letters - spoken))
            bound = letters_of(statement, self.lookup)[1]
            letters |= bound
            self.lookup.starts_a_line(letters, bound)
            ranges = Ranges(self.lookup)
            on_the_left = everything_in(statement.parts[0])
            summed = {letter for each in on_the_left if isinstance(each, BigOperator) for letter in each.letters}
            outside = {*ranges.free(statement.parts[0]), *(each.letter for each in statement.ranges)} - summed
            parts, notes = reaching(statement.parts, ranges, outside)
            statement = replace(statement, parts=parts)
        defines, name = self._defines(statement), statement.parts[0]
        self.apart = ""
        if defines is None and isinstance(name, Name) and (letter := self._another_letter(name, statement)):
            about, definition = about_what(statement), self.lookup.definitions[plain_name(name.base)]
            line = self._in_some_way(statement, None) if not about else None
            if about != definition.about if line is None else line.misfit:
                defines, self.apart = name, letter
                notes.append(f"it is another one than that of line {definition.line}")
            elif line is not None:
                line.doubt = f"{written_name(name)} may be that of line {definition.line}, or another one: rename it"
                return line
        if defines is not None:
            ranges = Ranges(self.lookup)
            own = {x for slot in slots_of(defines) for x in names_in_an_index(slot)} & letters
            used = {x for part in statement.parts[1:] for x in ranges.free(part)}
            if idle := {x for x in own - bound - used if not _constrained(x, statement)}:
                letters -= idle  # A letter that runs over nothing is part of the name: E_t.
                self.lookup.starts_a_line(letters, bound)
        line = self._in_some_way(statement, defines)
        subject = line.claims[0].subject if line.claims else None
        if isinstance(name, Name) and isinstance(subject, Derivative) and subject.of is subject.by:
            statement.place.refuse(
                f"a differential is not read: write what d{subject.text[1:].partition('/')[0]} is by"
            )
        line.read_as = "; ".join(filter(None, [line.read_as, *notes]))
        return line

    def _another_letter(self, name: Name, statement: Statement) -> str:
        """The letter by which a name that is defined already may get another meaning; empty if there is none.

        After ``δ_k = ∂E/∂o_k`` a line ``δ_j = ∂E/∂z_j`` is no claim that both are the same.
        """
        if len(name.subscripts) != 1 or name.superscripts or statement.code or statement.sign != "=":
            return ""
        definition, letter = self.lookup.definitions.get(plain_name(name.base)), name.joined
        if definition is None or letter not in self.lookup.letters or letter in definition.by_letter:
            return ""
        return letter if definition.letter not in ("", letter) else ""

    def _in_some_way(self, statement: Statement, defines: Name | None) -> PageLine:
        """The reading whose shapes fit, and beside it others, where a page leaves open what it does with arrays."""
        choices = Choices()
        line = last = self.elaborated(statement, defines, choices)
        if "denominator" in choices.asked:
            line.layout = "numerator layout"
        asked = sorted({*choices.asked, *self._asked_by_numbers(statement)})
        if defines is not None:
            asked = [each for each in asked if each not in ("recounted", "common", "classes")]
            return defined_in_some_way(self, statement, defines, line, asked)
        if asked:
            line, last = in_other_ways(self, statement, line, asked)
        return self._with_powers(statement, line, last)

    def _asked_by_numbers(self, statement: Statement) -> Iterator[str]:
        """What whole numbers leave open: from where a page counts, and whether the y of z_y is a class."""
        if statement.code:
            return
        if self._counts_from_0 or (self.lookup.letters and _beside_offsets(statement)):
            yield "recounted"
        if self._numbers_as_letters():
            yield "classes"

    def _numbers_as_letters(self) -> set[str]:
        """The letters on the left of the line that are whole numbers among the nodes, but for i, j, k and the like."""
        letters = self.lookup.letters - self.lookup.bound
        return {each for each in letters if each not in _INDICES and each in self.names.numbers}

    def _with_powers(self, statement: Statement, line: PageLine, last: PageLine) -> PageLine:
        """The line, with the reading in which h_t^2 is a square if it was read as item 2 of h, and t an item of that.

        That is the only one if the other's shapes do not fit.
        """
        squared = replace(statement, parts=powers_for_items(statement.parts, self.lookup))
        if squared.parts == statement.parts or statement.code:
            return line
        try:
            other = self.elaborated(squared, None, Choices())
        except Refusal:
            return line
        if line.misfit and not other.misfit:
            return other
        if not other.misfit:
            last.otherwise, last.unclear = other, UNCLEAR["powers"]
        if line.claims:
            line.read_as = line.read_as or read_as(line.claims, {}, self.lookup.first, [])
        return line

    def elaborated(self, statement: Statement, defines: Name | None, choices: Choices) -> PageLine:
        """A statement in one of its readings, which `choices` tell apart."""
        if choices.classes:
            letters = self.lookup.letters
            self.lookup.starts_a_line(letters - self._numbers_as_letters(), self.lookup.bound)
            try:
                return self.elaborated(statement, defines, replace(choices, classes=False))
            finally:
                self.lookup.starts_a_line(letters, self.lookup.bound)
        if choices.recounted:
            first, self.lookup.first = self.lookup.first, 1 - self.lookup.first
            try:
                return self.elaborated(statement, defines, replace(choices, recounted=False))
            finally:
                self.lookup.first = first
                self.lookup.starts_a_line(self.lookup.letters, self.lookup.bound)
        self.lookup.starts_a_line(self.lookup.letters, self.lookup.bound)
        ranges = Ranges(self.lookup)
        elaboration = Elaboration(
            self.lookup,
            ranges,
            self.output,
            statement.place,
            code=statement.code,
            degrees=self.degrees,
            budget=self.budget,
            choices=choices,
            children=self.children,
        )
        work = StatementReader(self, statement, defines, ranges, elaboration)
        line = work.line()
        if defines is None and not self.lookup.swapped:
            letters, bound = self.lookup.letters, self.lookup.bound
            line.swapped = lambda: other_ways_round(self, statement, choices, letters, bound)
        return line

    def _defines(self, statement: Statement) -> Name | None:
        """The name that a statement defines: one that nothing else is known by."""
        name = statement.parts[0]
        if not isinstance(name, Name) or statement.sign not in ("=", "←") or name.base in PYTHON:
            return None
        if is_function(name.base) and not (name.subscripts or name.superscripts):
            return None
        if plain_name(written_name(name)) in self.lookup.sizes:
            return None
        if self.names.constant(written_name(name)) and not self.lookup.definitions.get(plain_name(written_name(name))):
            return name  # eta = 0.1 says what eta is on the page, whatever float nodes has by that name
        if self.lookup.plan(name) is not None:
            return None
        if any(self.lookup.plan(name, dict.fromkeys(self.lookup.letters, k)) is not None for k in (0, 1, 2)):
            return None
        elaboration = Elaboration(
            self.lookup,
            Ranges(self.lookup),
            self.output,
            statement.place,
            code=statement.code,
            degrees=self.degrees,
            budget=self.budget,
            choices=Choices(),
            children=self.children,
        )
        try:
            at = dict.fromkeys(self.lookup.letters, 0)
            if slopes.gradient(elaboration, name, at) is not None:
                return None
            if name.subscripts and not statement.code and (partial := by_subscripts(self.lookup, name, at)) is not None:
                return None if name.primes or len(partial[1]) > 1 else name  # f'_x is ∂f/∂x; f_x may be defined
        except (KeyError, NoItem):
            return None
        return name


def _beside_offsets(statement: Statement) -> bool:
    """Whether one subscript of a line is a number, and another one such as i + 1: these depend on the first item."""
    slots = [slot for tree in everything_in(*statement.parts) if isinstance(tree, Name) for slot in (*tree.subscripts,)]
    moved = any(isinstance(slot, Addition) for slot in slots)
    return moved and any(isinstance(slot, Number) for slot in slots)


def _constrained(letter: str, statement: Statement) -> bool:
    return any(each.letter == letter and (each.low is not None or each.high is not None) for each in statement.ranges)


def read_derivation(
    derivation: str | Mapping[Anything, Anything],
    names: PageNames,
    output: Value | None = None,
    *,
    first: int = 1,
    strict: bool = False,
) -> ReadPage:
    """All that a derivation claims.

    Raises:
        TypeError: if it is neither text nor mapping.
        ValueError: if it is too long; and with `strict` if a line is not read, by line and column: all such lines.
    """
    single: set[int] = set()
    text = as_text(derivation, names, output, single) if isinstance(derivation, Mapping) else derivation
    if not isinstance(text, str):
        raise TypeError(f"a derivation is text with a claim on each line, or a mapping, not {type(text).__name__}")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"the derivation has {len(text)} characters; {LONGEST_TEXT} are read")
    reader = Reader(names, output, first)
    reader.averages = _MEAN.search(text) is not None
    page = _page(text, names.plain_forms, names.sizes)
    reader.looks_at(page.statements)
    code = [statement for statement in page.statements if statement.code]
    program = Assignments(reader, code, PageLine, page.unread) if code else None
    found = ReadPage(prose=tuple(page.prose))
    sources = text.split("\n")
    refused = [
        (each, Refusal(Place(each.number, each.column, sources[each.number - 1]), each.why)) for each in page.unread
    ]
    for each in page.unread:
        if match := _DEFINES.search(each.text) or _GRADIENT.match(each.text):
            reader.lookup.unread.setdefault(plain_name(match[1]), each.number)
        for name in each.gives:
            reader.lookup.unread.setdefault(plain_name(name), each.number)
    places: list[int] = []
    early: list[tuple[int, Statement, tuple[Unread, Refusal]]] = []
    skipped = [each for each in reversed(page.unread) if not each.gives]
    for k, statement in enumerate(page.statements):
        while skipped and skipped[-1].number < statement.place.line:
            reader.skips(skipped.pop(), statement.place)
        try:
            line = program.read(statement) if program is not None and statement.code else reader.read(statement)
        except Refusal as refusal:
            place = refusal.place
            gives = (key_of(statement.parts[0]),) if statement.code else ()
            refused.append((Unread(place.line, place.column, statement.text, refusal.why, gives), refusal))
            if isinstance(refusal, NoSuchNode) and not statement.code:
                early.append((k, statement, refused[-1]))
            reader.leaves_out(statement)
            continue
        except (OverflowError, RecursionError, NotAnIndex, ShapesDiffer) as refusal:
            why = {
                RecursionError: "nested too deep: break the claim into lines",
                NotAnIndex: "an axis, an index or a size in it is no whole number, or is far too large",
            }.get(type(refusal), str(refusal))
            refused.append(
                (
                    Unread(statement.place.line, statement.place.column, statement.text, why),
                    Refusal(statement.place, why),
                )
            )
            reader.leaves_out(statement)
            continue
        if statement.place.line in single:
            line.claims = tuple(map(_in_single, line.claims))
        found.lines.append(line)
        places.append(k)
    for k, statement, entry in early:
        if (late := reader.read_late(statement)) is not None:
            found.lines.insert(bisect(places, k), late)
            insort(places, k)
            refused.remove(entry)
    refused.sort(key=lambda each: (each[0].number, each[0].column))
    found.unread = [each for each, _ in refused]
    found.lost = program.lost if program is not None else ()
    if strict and refused:
        told = [str(refusal) for _, refusal in refused if not isinstance(refusal, Consequence)]
        more = [f"{len(told)} lines cannot be read"] if len(told) > 1 else []
        raise ValueError("\n".join([*told[:_MOST_REFUSALS], *more]))
    if strict and not found.lines:
        raise ValueError("the derivation holds no claim: write one a line, as in dJ/dp = p - a")
    return found


def _in_single(claim: Claim) -> Claim:
    """The claim with its number taken for a float32."""
    number = lone_numeral(claim.parts[-1])
    assert number is not None
    found: Expression = replace(number, single=True)
    if claim.parts[-1] != number:
        found = Apply(ops.negate, (found,))
    return replace(claim, parts=(*claim.parts[:-1], found))
