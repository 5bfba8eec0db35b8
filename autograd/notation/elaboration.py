"""From the tree of a formula to formulas of the judge: names find their nodes, letters their values."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import pi
from typing import Any, NoReturn

import numpy as np

from autograd import ops
from autograd.derivation.claims import (
    HIGHEST_DEGREE,
    Apply,
    Defined,
    Derivative,
    Expression,
    Named,
    Numeral,
    degree,
    evaluate,
    walk,
)
from autograd.derivation.tokens import Place, Refusal
from autograd.notation import functions
from autograd.notation.indices import Ranges, everything_in, parts_of
from autograd.notation.lookup import Letters, Lookup, NoItem, NotAnIndex, Plan, is_list, item, thing_of, written_name
from autograd.notation.matrices import (
    ShapesDiffer,
    Thing,
    array_of,
    entrywise,
    matrix_product,
    negative,
    product,
    raised,
    ratio,
    shape,
    total,
    transposed,
    whole,
    written_shape,
)
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import (
    Addition,
    At,
    Attribute,
    Beside,
    BigOperator,
    Call,
    Cases,
    Differential,
    Item,
    Listed,
    Logic,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Ratio,
    Relation,
    Slice,
    Subscripted,
    Transposed,
    Tree,
)
from autograd.numbers.floats import floats
from autograd.value import Value

MOST_PIECES = 2_000_000
"""How many formulas one page may come to: its Σ and its claims for all i and j written out."""
_COMPARISONS = {"<": ops.less, "<=": ops.less_equal, ">": ops.greater, ">=": ops.greater_equal, "==": ops.equal}
_RATES = ("eta", "alpha", "lr", "lambda", "epsilon")
_HOLDS: dict[str, Callable[[int, int], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


@dataclass
class Choices:
    """What a page leaves open, and how it is taken here. `asked` holds what came up."""

    denominator: bool = False
    """Whether ∂y/∂x of a vector by a vector has a row for each x, and not for each y."""
    itemwise: bool = False
    """Whether two arrays with a dot or nothing between them are multiplied item by item, and not as matrices."""
    powers: bool = False
    """Whether the 2 of W^2 is a power of the whole list, and not the number of an item."""
    function: bool = False
    """Whether the (w) behind the L on the left side of L(w) = … says what L depends on, and is no factor."""
    asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, name: str) -> "Choices":
        """All as it comes first, but for one."""
        found = cls()
        setattr(found, name, True)
        return found

    def take(self, name: str) -> bool:
        """How it is taken."""
        self.asked.add(name)
        return bool(getattr(self, name))


@dataclass
class Budget:
    """How many formulas a page may still come to."""

    left: int = MOST_PIECES


class Consequence(Refusal):
    """A line that is not read because an earlier one is not."""


class Elaboration:
    """Turns the trees of one line into formulas.

    Args:
        lookup: what names refer to.
        ranges: how far letters run.
        output: the node that gradients such as dW and ∇w are taken of; None if that cannot be told.
        code: whether it is a line of a program, where ``*`` works item by item and products have a sign.
        degrees: how high the powers of the page's definitions reach.
        budget: how many formulas may be made.
        children: the nodes that are computed from a node.
    """

    def __init__(
        self,
        lookup: Lookup,
        ranges: Ranges,
        output: Callable[[], Value | None],
        place: Place,
        *,
        code: bool,
        degrees: Mapping[str, int],
        budget: Budget,
        choices: Choices,
        children: Callable[[Value], list[Value]],
    ) -> None:
        self.children = children
        self.lookup, self.ranges, self._output, self.place = lookup, ranges, output, place
        self.code, self._degrees, self._budget, self.choices = code, degrees, budget, choices
        self._known: dict[tuple[int, tuple[int | None, ...]], tuple[Tree, Thing]] = {}
        self.sides: tuple[Tree, ...] = ()
        """The parts of the line."""
        self.notes: dict[str, None] = {}
        """How it was read, where that is not plain."""

    def number(self, tree: Tree, at: Letters, place: Place | None = None) -> Expression:
        """The formula of a tree that must be a number."""
        thing = self.thing(tree, at)
        if isinstance(thing, np.ndarray) and thing.size != 1:
            path = thing.flat[0].text.partition("[")[0] if isinstance(thing.flat[0], Named) else "it"
            self.refuse(f"{path} is a list, where a number belongs: take an item, as in {path}[0]", place)
        return thing.item() if isinstance(thing, np.ndarray) else thing

    def refuse(self, message: str, place: Place | None = None) -> NoReturn:
        """Refuse the line."""
        (place or self.place).refuse(message)

    def spend(self, pieces: int = 1) -> None:
        """Count formulas: a page that comes to millions is refused."""
        self._budget.left -= pieces
        if self._budget.left < 0:
            raise OverflowError(f"written out, the page comes to more than {MOST_PIECES} formulas: too many to check")

    def thing(self, tree: Tree, at: Letters) -> Thing:
        """The formula of a tree, or the array of them, where the letters have these values."""
        free = self.ranges.free(tree) if at else ()
        key = (id(tree), tuple(at.get(letter) for letter in free))
        if key not in self._known:
            self.spend()
            self._known[key] = tree, self._thing(tree, at)  # kept with it, so that no other tree gets its identity
        return self._known[key][1]

    def _thing(self, tree: Tree, at: Letters) -> Thing:
        match tree:
            case Number():
                return self._numeral(tree)
            case Name():
                return self._name(tree, at)
            case Addition():
                return self._addition(tree, at)
            case Negative(of=of):
                inner = self.thing(of, at)
                return entrywise(negative, inner) if isinstance(inner, np.ndarray) else Apply(ops.negate, (inner,))
            case Product():
                return self._product(tree, at)
            case Ratio(above=above, below=below):
                return entrywise(ratio, self.thing(above, at), self.thing(below, at))
            case Power():
                return self._power(tree, at)
            case Differential():
                return self._differential(tree, at)
            case Item():
                return self._item(tree, at)
            case Subscripted():
                return self._subscripted(tree, at)
            case Attribute():
                return self._attribute(tree, at)
            case Transposed(of=of):
                thing = self.thing(of, at)
                return thing if self.code and len(shape(thing)) == 1 else transposed(thing)  # as NumPy has it
            case Beside():
                return self._beside(tree, at)
            case Call():
                return functions.call(self, tree, at)
            case BigOperator():
                return self._big(tree, at)
            case Relation() | Logic():
                return self._truth(tree, at)
            case Cases():
                return self._cases(tree, at)
            case Listed(items=items):
                return array_of([self.thing(each, at) for each in items])
            case At():
                return self._at(tree, at)
        raise AssertionError(tree)

    # Numbers and names

    def _numeral(self, tree: Number) -> Numeral:
        text = tree.text
        if len(text) > 60 or not abs(number := float(text)) < float("inf"):
            self.refuse("this number does not fit a float", tree.place)
        # The float of 1e-400 is 0; a Fraction of the text would have hundreds of digits, that of 1e-9999999 millions.
        return Numeral(text, Fraction(text) if number or "e" not in text.lower() else Fraction(0))

    def _name(self, name: Name, at: Letters) -> Thing:
        bare = not (name.subscripts or name.superscripts or name.primes)
        if bare and name.base in self.lookup.letters and name.base in at:
            return whole(at[name.base] + self.lookup.first)
        if bare and self.lookup.sizes and plain_name(name.base) in self.lookup.sizes:
            return whole(self.lookup.sizes[plain_name(name.base)])
        plan = self.lookup.plan(name, at)
        if plan is None:
            return self._unusual(name, at)
        if plan.alone:
            self.notes[f"{written_name(name)} is {plan.key}"] = None
        if (square := self._square(name, plan)) is not None:
            return entrywise(self._raise(name.place), *(self.thing(each, at) for each in square))
        try:
            found = self.lookup.thing(plan, at)
        except LookupError as missing:
            if isinstance(missing, KeyError):
                self.refuse(f"{missing} is no index here: nothing says which values it takes", name.place)
            self.refuse(self._module(plan.tree, str(missing)), name.place)
        for exponent in plan.powers:
            found = entrywise(self._raise(name.place), found, self.thing(exponent, at))
        return found

    def _square(self, name: Name, plan: Plan) -> tuple[Tree, Tree] | None:
        """W and 2 for a W^2 that is a power of all items; None if it is item 2, or nothing else can be meant."""
        above = name.superscripts[-1:]
        if not above or above[0].bracket or not isinstance(above[0].tree, Number) or above[0].tree not in plan.indices:
            return None
        if (name.subscripts and len(plan.indices) > 1) or not self.choices.take("powers"):
            return None
        bare = self._kept((id(name), "bare"), lambda: replace(name, superscripts=name.superscripts[:-1]))
        return bare, above[0].tree

    @staticmethod
    def _module(tree: Any, path: str) -> str:
        if isinstance(tree, dict) and tree:
            return f"{path} is a Module: go on to a parameter, as in {path}.{next(iter(tree))}"
        return f"{path} holds something else than Values"

    def _unusual(self, name: Name, at: Letters) -> Thing:
        """A name that leads to no node by itself."""
        plain = plain_name(name.base)
        bare = not (name.subscripts or name.superscripts or name.primes)
        if bare and name.base in ("pi", "π"):
            return Numeral("π", Fraction(pi))
        if plain == "delta" and len(name.subscripts) == 2 and not name.superscripts:
            return self._kronecker(name, at)
        if (gradient := self._spelled_gradient(name, at)) is not None:
            return gradient
        if not self.code and (split := self._split(name)) is not None:
            self.notes[f"{name.base} is {'*'.join(written_name(factor) for factor in split.factors)}"] = None  # type: ignore[arg-type]
            return self.thing(split, at)
        return self._unknown(name)

    def _kronecker(self, name: Name, at: Letters) -> Expression:
        try:
            i, j = (self.lookup.count(each, at, self.lookup.first) for each in name.subscripts)
        except (NotAnIndex, KeyError):
            self.refuse(f"{written_name(name)} takes two indices: it is 1 where they are equal", name.place)
        return whole(int(i == j))

    def _split(self, name: Name) -> Product | None:
        """A name as the product of known names; None if there is no such way. ValueError if there are two."""
        ways = [*self._ways(name.base, name)] if 1 < len(name.base) <= 12 and not name.primes else []
        if len(ways) > 1:
            told = " or ".join("*".join(map(written_name, way)) for way in ways[:3])
            self.refuse(f"{written_name(name)} may be {told}: write the sign", name.place)
        return Product(ways[0], "", name.place) if ways else None

    def _ways(self, text: str, name: Name) -> Iterator[tuple[Name, ...]]:
        last = Name(text, name.place, name.subscripts, name.superscripts, joined=name.joined)
        if text != name.base and self.lookup.plan(last) is not None:
            yield (last,)
        for k in range(1, len(text)):
            if (head := text[:k]).isidentifier() and text[k:].isidentifier() and self.lookup.known(head):
                first = Name(head, name.place)
                if self.lookup.plan(first) is not None:
                    yield from ((first, *rest) for rest in self._ways(text[k:], name))

    def _unknown(self, name: Name) -> NoReturn:
        """Refuse a name that leads nowhere, and say what may be meant."""
        names, text = self.lookup.names, written_name(name)
        if name.base in functions.PYTHON:
            self.refuse(
                f"{name.base!r} is Python, not mathematics: a claim holds names, numbers and functions", name.place
            )
        if functions.is_function(name.base):
            self.refuse(f"{name.base} is a function, no name: it takes operands, as in {name.base}(x)", name.place)
        if name.base == "e":
            self.refuse("there is no node e; e to a power is written exp, as in exp(-n)", name.place)
        if (name.subscripts or name.superscripts) and (held := self._length(name)):
            self.refuse(held, name.place)
        if (line := self.lookup.unread.get(plain_name(text))) is not None:
            raise Consequence(name.place, f"{text} is defined in line {line}, which is not read")
        if plain_name(text) in _RATES:
            self.refuse(f"there is no node {text}: define it in the text, as in {text} = 0.5", name.place)
        near = names.near(text, [each.text for each in self.lookup.definitions.values()])
        advice = f"; did you mean {', '.join(near)}?" if near else f": there are {', '.join([*names.trees][:12])}"
        if text in names.ignored:
            advice = (
                f": nodes has {text}, but as {names.ignored[text]}, not as a Value. Define it in the text, as in "
                f"{text} = 0.5, or make it a Value"
            )
        self.refuse(f"there is no node {text}{advice}", name.place)

    def _length(self, name: Name) -> str:
        """What to say of a list that has no item of this index; empty if there is no such list."""
        plan = self.lookup.plan(Name(name.base, name.place))
        if plan is None:
            return ""
        if not is_list(plan.tree):
            return f"{plan.key} is one number, not a list: it has no item {written_name(name)}"
        return (
            f"there is no {written_name(name)}: {plan.key} has {len(plan.tree)} items, numbered from "
            f"{self.lookup.first} in subscripts"
        )

    # Derivatives

    def _differential(self, tree: Differential, at: Letters) -> Thing:
        if not tree.certain and (quotient := self._quotient(tree)) is not None:
            return self.thing(quotient, at)
        by = self._differentiated(tree.by, at, tree.place)
        if isinstance(tree.of, Name | Item | Attribute | Beside | Power | Differential):
            return self.derivative(self._differentiated(tree.of, at, tree.place), by)
        return entrywise(lambda of, by: self._formula_by(of, by, tree.place), self.thing(tree.of, at), by)

    def _formula_by(self, of: Expression, by: Expression, place: Place) -> Expression:
        """The derivative of a formula, as in d/dw ½(y - a)²: by the rules for its operations, down to its nodes."""
        if not any(isinstance(piece, Named) for piece in walk(of)):
            self.refuse("what is differentiated names no node", place)
        assert isinstance(by, Named)
        depending, stack = {by.node}, [by.node]
        while stack:
            new = [child for child in self.children(stack.pop()) if child not in depending]
            depending.update(new)
            stack += new
        slope = functions.differentiated_formula(of, by, depending)
        return Apply(functions.by_node(by.text), (of, slope))

    def derivative(self, of: Thing, by: Thing) -> Thing:
        """The derivatives of a node or of many by a node or by many."""

        def one(of: Named, by: Named) -> Derivative:
            return Derivative(of.node, by.node, f"d{of.text}/d{by.text}")

        if not (isinstance(of, np.ndarray) or isinstance(by, np.ndarray)):
            return one(of, by)  # type: ignore[arg-type]
        if isinstance(of, np.ndarray) and isinstance(by, np.ndarray):
            grid = entrywise(one, of.reshape(*of.shape, *[1] * by.ndim), by)
            turned = of.ndim == by.ndim == 1 and self.choices.take("denominator")
            return transposed(grid) if turned else grid
        return entrywise(one, of, by)

    def _differentiated(self, tree: Tree, at: Letters, place: Place) -> Thing:
        """The node, or the array of nodes, above or below in a derivative."""
        match tree:
            case Beside(name=name) if self.lookup.plan(name, at) is not None:  # J(θ), as a function of θ
                tree = name
            case Power() | Differential():
                self.refuse("second derivatives are not claims here: only du/dv is", place)
        if (
            self.lookup.definitions
            and isinstance(tree, Name)
            and plain_name(written_name(tree)) in self.lookup.definitions
        ):
            self.refuse(
                f"{written_name(tree)} is defined on this page, not recorded: only recorded nodes have derivatives",
                place,
            )
        thing = self.thing(tree, at)
        entries = thing.flat if isinstance(thing, np.ndarray) else (thing,)
        if not all(isinstance(entry, Named) for entry in entries):
            self.refuse("only recorded nodes have derivatives, and only by recorded nodes", place)
        return thing

    def _quotient(self, tree: Differential) -> Ratio | None:
        """What may be a derivative, as a quotient of names that begin with d; None if it is a derivative."""
        if not (isinstance(tree.of, Name) and isinstance(tree.by, Name)):
            return None
        above, below = (
            Name(f"d{name.base}", tree.place, name.subscripts, name.superscripts, name.primes, name.joined)
            for name in (tree.of, tree.by)
        )
        literal = self.lookup.plan(above) is not None and self.lookup.plan(below) is not None
        if literal and self.lookup.plan(tree.of) is not None and self.lookup.plan(tree.by) is not None:
            of, by = written_name(tree.of), written_name(tree.by)
            self.refuse(
                f"d{of}/d{by} may be the derivative of {of} by {by}, or d{of} divided by d{by}: all four are nodes. "
                f"Rename some, or write ∂{of}/∂{by} or (d{of})/(d{by})",
                tree.place,
            )
        return Ratio(above, below, tree.place) if literal else None

    def _spelled_gradient(self, name: Name, at: Letters) -> Thing | None:
        """∂(output)/∂W for a name spelled dW, dL_dW or grad_W; None if it is spelled otherwise."""
        found = self.gradient(name, at)
        return None if found is None else self.derivative(*found)

    def gradient(self, name: Name, at: Letters) -> tuple[Thing, Thing] | None:
        """What a name that is spelled as a gradient differentiates, and by what."""
        for above, below in functions.spelled_as_a_gradient(name):
            by = self._plain(below, at)
            of = self._plain(above, at) if above is not None else None
            if above is None and by is not None and (output := self._output()) is not None:
                of = Named(output, str(self.lookup.names.paths.get(output)))
            if by is not None and of is not None:
                return of, by
        return None

    def _plain(self, name: Name, at: Letters) -> Thing | None:
        """The node or the nodes that a name leads to; None if it leads elsewhere."""
        plan = self.lookup.plan(name, at)
        if plan is None or plan.powers:
            return None
        try:
            thing = self.lookup.thing(plan, at)
        except LookupError:
            return None
        entries = thing.flat if shape(thing) else (thing,)  # type: ignore[union-attr]
        return thing if all(isinstance(entry, Named) for entry in entries) else None

    def _at(self, tree: At, at: Letters) -> Thing:
        """A formula at a point: it must be the recorded one."""
        for left, right in tree.equations:
            node = self.number(left, at)
            said = self.number(right, at)
            if not (isinstance(node, Named) and isinstance(said, Numeral)):
                self.refuse("the point must be given by nodes and numbers, as in w = 2", tree.place)
            if abs(float(said.number) - node.node.data) > float(said.unit) / 2:
                self.refuse(f"{node.text} is {node.node.data:g} here: only the recorded point is checked", tree.place)
        return self.thing(tree.of, at)

    # Sums and products

    def _addition(self, tree: Addition, at: Letters) -> Thing:
        things = [self.thing(term, at) for term in tree.terms]
        if not any(isinstance(thing, np.ndarray) for thing in things):
            return total(*things)  # type: ignore[arg-type]
        found = things[0]
        for thing in things[1:]:
            found = entrywise(total, found, thing)
        return found

    def _kept(self, key: Any, make: Callable[[], Tree]) -> Tree:
        """A tree that is made once, since what is known of trees is known by their identity."""
        kept: dict[Any, Tree] = self.__dict__.setdefault("_made", {})
        if key not in kept:
            kept[key] = make()
        return kept[key]

    def _product(self, tree: Product, at: Letters) -> Thing:
        things = [self.thing(factor, at) for factor in tree.factors]
        arrays = sum(isinstance(thing, np.ndarray) for thing in things)
        if arrays < 2:
            if not arrays:
                return product(*things)  # type: ignore[arg-type]
            found = things[0]
            for thing in things[1:]:
                found = entrywise(product, found, thing)
            return found
        found = things[0]
        for thing in things[1:]:
            found = self._times(found, thing, tree.sign)
        return found

    def _times(self, a: Thing, b: Thing, sign: str) -> Thing:
        """Two factors, one of which may be an array."""
        if sign == "@":
            return matrix_product(a, b)
        if sign == "⊙" or not (shape(a) and shape(b)) or (sign == "*" and self.code):
            return entrywise(product, a, b)
        if shape(a) == shape(b) and len(shape(a)) == 1:
            return entrywise(product, a, b) if self.choices.take("itemwise") else matrix_product(a, b)
        if sign and not self._crosswise(a, b) and self.choices.take("itemwise"):
            return entrywise(product, a, b)
        return matrix_product(a, b)

    def _crosswise(self, a: Thing, b: Thing) -> bool:
        """Whether it can be a product of matrices alone: of a column and a row."""
        return (1 in shape(a) and len(shape(a)) == 2) != (1 in shape(b) and len(shape(b)) == 2)

    def _power(self, tree: Power, at: Letters) -> Thing:
        if (
            isinstance(tree.base, Name)
            and tree.base.base in ("e", "\\e", "ℯ")
            and self.lookup.plan(tree.base, at) is None
        ):
            return entrywise(lambda x: Apply(ops.exp, (x,)), self.thing(tree.exponent, at))
        return entrywise(self._raise(tree.place), self.thing(tree.base, at), self.thing(tree.exponent, at))

    def _raise(self, place: Place) -> Callable[[Expression, Expression], Expression]:
        def power(base: Expression, exponent: Expression) -> Expression:
            found = raised(base, exponent)
            assert isinstance(found, Apply)
            if found.operation.exponent is not None and abs(found.operation.exponent) > HIGHEST_DEGREE:
                self.refuse(f"the exponent is beyond {HIGHEST_DEGREE}: no claim needs a power so high", place)
            if degree(found, self._degrees) > HIGHEST_DEGREE:
                self.refuse(f"powers of powers reach beyond degree {HIGHEST_DEGREE}: no claim needs one so high", place)
            return found

        return power

    def _big(self, tree: BigOperator, at: Letters) -> Thing:
        """Σ and Π, written out."""
        found: list[Thing] = []
        every = list(self._over(tree, tree.letters, at))
        if every and len(every) * self._sums_in(tree.body, every[0]) > self._budget.left:
            self.spend(self._budget.left + 1)
        for letters in every:
            try:
                found.append(self.thing(tree.body, letters))
            except NoItem:
                if tree.low is not None or tree.high is not None:
                    raise
            self.spend()
        if not found:
            return whole(int(tree.kind == "prod"))
        if not any(map(shape, found)):
            return (product if tree.kind == "prod" else total)(*found)  # type: ignore[arg-type]
        result = found[0]
        for thing in found[1:]:
            result = entrywise(product if tree.kind == "prod" else total, result, thing)
        return result

    def _sums_in(self, tree: Tree, at: Letters) -> int:
        """About how many terms the sums in a tree have, one inside the other."""
        most = 1
        for each in parts_of(tree) if not isinstance(tree, BigOperator) else ():
            most = max(most, self._sums_in(each, at))
        if isinstance(tree, BigOperator):
            first = next(iter(over := list(self._over(tree, tree.letters, at))), None)
            most = len(over) * (1 if first is None else self._sums_in(tree.body, first))
        return most

    def _over(self, tree: BigOperator, letters: tuple[str, ...], at: Letters) -> Iterator[Letters]:
        """The values that the letters of a Σ take."""
        if not letters:
            if all(self._holds(condition, at) for condition in tree.conditions):
                yield at
            return
        letter, others = letters[0], letters[1:]
        free = {name: place for name, place in at.items() if name != letter}
        for place in self._places(tree, letter, free):
            yield from self._over(tree, others, {**free, letter: place})

    def _places(self, tree: BigOperator, letter: str, at: Letters) -> Iterable[int]:
        known = self.ranges.of(letter, [tree.body, *tree.conditions], at)
        return self.between(letter, tree.low, tree.high, known, at, tree.place)

    def between(
        self, letter: str, low: Tree | None, high: Tree | None, known: list[int] | None, at: Letters, place: Place
    ) -> Iterable[int]:
        """The places from one bound to the other; what has no bound, or an unknown one, is told by the lists."""
        first = self.lookup.first
        start = self._bound(low, at) if low is not None else None
        stop = self._bound(high, at) if high is not None else None
        if high is not None and stop is None and known:
            self._size_is(high, known[-1] + first, place)
            stop = known[-1] + first
        if known is None and (start is None or stop is None):
            self.refuse(f"how far {letter} runs cannot be told: no list has it as an index", place)
        if known is not None and start is None and stop is None:
            return known
        start = start if start is not None else (known[0] + first if known else first)
        stop = stop if stop is not None else (known[-1] + first if known else first)
        if known and (start - first < known[0] or stop - first > known[-1]):
            counted = " (or pass first=0, if the page counts from 0)" if start == 0 and first == 1 else ""
            raise ShapesDiffer(
                f"{letter} runs from {start} to {stop}, but there are items {known[0] + first} to {known[-1] + first}"
                f"{counted}"
            )
        if stop - start > MOST_PIECES:
            self.refuse(f"{letter} takes {stop - start + 1} values: too many to write out", place)
        inside = range(start - first, stop - first + 1)
        return inside if known is None else [each for each in known if each in inside]

    def _bound(self, tree: Tree, at: Letters) -> int | None:
        """A bound of a Σ; None for a letter that nothing is known of yet."""
        try:
            return self._bare_count(tree, at)
        except NotAnIndex:
            if isinstance(tree, Name) and self.lookup.plan(tree, at) is None:
                return None
            self.refuse("a bound of a sum is a whole number, or a letter for one", self.place)

    def _bare_count(self, tree: Tree, at: Letters) -> int:
        """A whole number as a bound: m is what it is, and not the item m."""
        match tree:
            case Name() if tree.base not in at:
                number = self.lookup.whole_number(tree, at)
                if isinstance(number, int):
                    return number
                raise NotAnIndex
            case Negative(of=of):
                return -self._bare_count(of, at)
            case Addition(terms=terms):
                return sum(self._bare_count(term, at) for term in terms)
        return self.lookup.count(tree, at, self.lookup.first)

    def _size_is(self, tree: Tree, size: int, place: Place) -> None:
        """Learn what an unknown upper bound stands for."""
        assert isinstance(tree, Name)
        name = plain_name(written_name(tree))
        if self.lookup.sizes.setdefault(name, size) != size:
            self.refuse(
                f"{written_name(tree)} is the length {self.lookup.sizes[name]} of one list and {size} of another", place
            )
        self.notes[f"{written_name(tree)} is {size}"] = None

    # Choices

    def _truth(self, tree: Relation | Logic, at: Letters) -> Thing:
        decided = self._decided(tree, at)
        if decided is not None:
            return whole(int(decided))
        if isinstance(tree, Logic):
            operands = [self.thing(each, at) for each in tree.trees]
            operation = {"and": ops.both, "or": ops.either, "not": ops.opposite}[tree.word]
            found = operands[0]
            if tree.word == "not":
                return entrywise(lambda x: Apply(ops.opposite, (x,)), found)
            for operand in operands[1:]:
                found = entrywise(lambda a, b: Apply(operation, (a, b)), found, operand)
            return found
        truth: Thing | None = None
        for left, right, sign in zip(tree.trees, tree.trees[1:], tree.signs, strict=False):
            one = entrywise(_compared(sign), self.thing(left, at), self.thing(right, at))
            truth = one if truth is None else entrywise(lambda a, b: Apply(ops.both, (a, b)), truth, one)
        assert truth is not None
        return truth

    def holds(self, tree: Tree, at: Letters) -> bool:
        """Whether a condition on letters holds; one on nodes, at the recorded point."""
        decided = self._decided(tree, at)
        return bool(recorded(self.number(tree, at))) if decided is None else decided

    def _holds(self, tree: Tree, at: Letters) -> bool:
        """Whether a condition on letters holds."""
        decided = self._decided(tree, at)
        if decided is None:
            self.refuse("what stands below a sum must be a condition on index letters")
        return decided

    def _decided(self, tree: Tree, at: Letters) -> bool | None:
        """The truth of a condition on indices; None if nodes decide about it."""
        match tree:
            case Relation(trees=trees, signs=signs):
                if not any(self.ranges.free(each) for each in trees):
                    return None
                try:
                    counts = [self.lookup.count(each, at, self.lookup.first) for each in trees]
                except NotAnIndex:
                    return None
                return all(_HOLDS[sign](a, b) for a, b, sign in zip(counts, counts[1:], signs, strict=False))
            case Logic(word=word, trees=trees):
                truths = [self._decided(each, at) for each in trees]
                if None in truths:
                    return None
                return not truths[0] if word == "not" else (all if word == "and" else any)(map(bool, truths))
        return None

    def _cases(self, tree: Cases, at: Letters) -> Thing:
        branches: list[tuple[Thing | None, Tree]] = []
        for value, condition in tree.branches:
            decided = True if condition is None else self._decided(condition, at)
            if decided is False:
                continue
            branches.append((None if decided or condition is None else self.thing(condition, at), value))
            if decided:
                break
        if not branches or branches[-1][0] is not None:
            # Without an "otherwise" the last condition is what is left.
            if not branches:
                self.refuse("none of the cases holds for all indices: add one for the others", tree.place)
            branches[-1] = (None, branches[-1][1])
        found = self.thing(branches[-1][1], at)
        for truth, value in reversed(branches[:-1]):
            assert truth is not None
            found = entrywise(lambda c, a, b: Apply(ops.where, (c, a, b)), truth, self.thing(value, at), found)
        return found

    # Items and parts

    def _item(self, tree: Item, at: Letters) -> Thing:
        try:
            held, path = self.lookup.addressed(tree, at)
        except NoItem as missing:
            if self.ranges.free(tree):
                raise
            self.refuse(f"{missing} with a Value", tree.place)
        if held is not None and path:
            try:
                return thing_of(held, path)
            except LookupError as module:
                self.refuse(self._module(held, str(module)), tree.place)
        of = self.thing(tree.of, at)
        if not shape(of):
            text = of.text if isinstance(of, Named) else "it"
            self.refuse(f"{text} is one number, not a list: it has no items", tree.place)
        places = tuple(self._index(each, at) for each in tree.indices)
        try:
            found = of[places]  # type: ignore[index]
        except IndexError:
            self.refuse(f"{written_shape(shape(of))} has no such item (they are numbered from 0)", tree.place)
        return found if shape(found) or not hasattr(found, "item") else found.item()

    def _subscripted(self, tree: Subscripted, at: Letters) -> Thing:
        """``(W^T δ)_j``: an item, counted as subscripts are."""
        found = self.thing(tree.of, at)
        for index in tree.indices:
            if not shape(found):
                self.refuse("it is one number, not a list: it has no items", tree.place)
            try:
                place = self.lookup.count(index, at, self.lookup.first) - self.lookup.first
            except (NotAnIndex, KeyError):
                self.refuse("an index is a whole number or a letter", tree.place)
            if not 0 <= place < len(found):  # type: ignore[arg-type]
                raise NoItem
            found = found[place]  # type: ignore[index]
        return found

    def _index(self, tree: Tree | Slice, at: Letters) -> Any:
        """What stands in brackets, as NumPy takes it."""
        match tree:
            case Slice(start=start, stop=stop, step=step):
                return slice(*(None if each is None else self._from_zero(each, at) for each in (start, stop, step)))
            case Listed(items=items):
                return [self._from_zero(each, at) for each in items]
            case Call(function="range" | "arange", arguments=arguments):
                places = range(*(self._from_zero(each, at) for each in arguments))
                self.spend(len(places))
                return [*places]
            case Name(base="None"):
                return None
            case Name():
                number = self.lookup.whole_number(tree, at)
                if isinstance(number, list):
                    return number
        return self._from_zero(tree, at)

    def _from_zero(self, tree: Tree, at: Letters) -> int:
        try:
            return self.lookup.count(tree, at, 0)
        except (NotAnIndex, KeyError):
            self.refuse("a subscript is a whole number, counted from 0, as in W1[1][0]", self.place)

    def _attribute(self, tree: Attribute, at: Letters) -> Thing:
        held, path = self.lookup.addressed(tree, at)
        if held is not None:
            try:
                return thing_of(held, path)
            except LookupError as missing:
                self.refuse(self._module(held, str(missing)), tree.place)
        if tree.name == "grad" and (output := self._output()) is not None:
            by = self._differentiated(tree.of, at, tree.place)
            return self.derivative(Named(output, str(self.lookup.names.paths.get(output))), by)
        module, path = self.lookup.addressed(tree.of, at)
        why = f"a claim gets no attributes, and {path or 'this'} is no Module"
        if isinstance(module, dict):
            why = f"{path} has no parameters under {tree.name!r}, only {', '.join(module)}"
        raise Refusal(tree.place, why)

    def _beside(self, tree: Beside, at: Letters) -> Thing:
        """A name before parentheses: a factor, if it is known; a function; or the hypothesis h_θ(x)."""
        name = tree.name
        if (found := functions.primed(self, tree, at)) is not None:
            return found
        if self.lookup.plan(name, at) is not None:
            if len(tree.inside) != 1 and not (tree.inside and all(self._is_parameter(each) for each in tree.inside)):
                self.refuse(f"{written_name(name)} is a node, no function: it takes no operands", tree.place)
            if len(tree.inside) != 1 or (tree in self.sides and self._may_be_a_function(tree)):
                return self.thing(name, at)
            return self._times(self.thing(name, at), self.thing(tree.inside[0], at), "")
        if (hypothesis := self._hypothesis(tree, at)) is not None:
            return hypothesis
        if functions.is_function(name.base) and not (name.subscripts or name.superscripts):
            call = self._kept(id(tree), lambda: Call(functions.full(name.base), tree.inside, tree.place))
            return self.thing(call, at)
        if not self.code and (split := self._split(name)) is not None and len(tree.inside) == 1:
            self.notes[f"{name.base}(…) is a product"] = None
            return self._times(self.thing(split, at), self.thing(tree.inside[0], at), "")
        if (activation := functions.activation(self, tree, at)) is not None:
            return activation
        return functions.no_function(self, tree)

    def _may_be_a_function(self, tree: Beside) -> bool:
        """Whether L(w), as the side of a claim, is L, which depends on w."""
        return all(self._is_parameter(each) for each in tree.inside) and self.choices.take("function")

    def _hypothesis(self, tree: Beside, at: Letters) -> Thing | None:
        """h_θ(x^{(i)}): the node h, for example i."""
        name = tree.name
        if not name.subscripts or not all(self._is_parameter(each) for each in name.subscripts):
            return None
        bare = Name(name.base, name.place, (), name.superscripts, name.primes)
        if (plan := self.lookup.plan(bare, at)) is None:
            return None
        self.notes[f"{written_name(name)}(…) is {plan.key}"] = None
        held, path = plan.tree, plan.key
        for each in everything_in(tree.inside[0]) if tree.inside else ():
            if isinstance(each, Name) and (inner := self.lookup.plan(each, at)) is not None:
                for index in inner.indices:
                    if is_list(held):
                        place = self.lookup.place_in(held, index, at)
                        held, path = item(held, place), f"{path}[{place}]"
                break
        return thing_of(held, path)

    def _is_parameter(self, tree: Tree) -> bool:
        return isinstance(tree, Name) and any(
            key in self.lookup.names.trees for key in self.lookup.names.spelled(tree.base)
        )


class _Recorded:
    """The world in which every node has its recorded value."""

    m = floats

    @staticmethod
    def value(node: Value) -> float:
        return node.data

    @staticmethod
    def derivative(*_: Value) -> float:
        raise OverflowError("a condition on a derivative is not read")

    @staticmethod
    def defined(_: str) -> float:
        raise OverflowError("a condition on what the page defines is not read")


def recorded(expression: Expression) -> float:
    """The value of a formula at the recorded point."""
    return float(evaluate(expression, _Recorded()))


def _compared(sign: str) -> Callable[[Expression, Expression], Expression]:
    def compared(a: Expression, b: Expression) -> Expression:
        found = Apply(_COMPARISONS.get(sign, ops.equal), (a, b))
        return Apply(ops.opposite, (found,)) if sign == "!=" else found

    return compared


__all__ = ["MOST_PIECES", "Choices", "Defined", "Elaboration"]
