"""From the tree of a formula to formulas of the judge: names find their nodes, letters their values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NoReturn

import numpy as np

from autograd import ops
from autograd.derivation.claims import (
    HIGHEST_DEGREE,
    Apply,
    Expression,
    Named,
    Numeral,
    degree,
)
from autograd.derivation.tokens import Place
from autograd.notation import chains, functions, functions_of_nodes, list_items, logic, named, slopes, sums
from autograd.notation.indices import Ranges
from autograd.notation.lookup import Letters, Lookup, NoItem, NotAnIndex, depth, written_name
from autograd.notation.matrices import (
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
)
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
    Subscripted,
    Transposed,
    Tree,
)
from autograd.untyped import Anything
from autograd.value import Value

MOST_PIECES = 2_000_000
"""How many formulas one page may come to: its Σ and its claims for all i and j written out."""


@dataclass
class Choices:
    """What a page leaves open, and how it is taken here. `asked` holds what came up."""

    denominator: bool = False
    """Whether ∂y/∂x of a vector by a vector has a row for each x, and not for each y."""
    itemwise: bool = False
    """Whether two vectors beside each other are multiplied item by item, and not as rows and columns."""
    starred: bool = False
    """Whether * between matrices works item by item, and does not make the product of matrices."""
    dotted: bool = False
    """The same for ·, which may as well be either."""
    powers: bool = False
    """Whether the 2 of x^2 is a power of the whole list x, and not the number of an item."""
    squares: bool = False
    """Whether the 2 of A^2 is a power of all entries of the matrix A, and not the number of a row."""
    columns: bool = False
    """Whether W^T_k is row k of the transposed matrix, and not the transposed row k."""
    numbered: bool = False
    """Whether the T of W^T, a number among the nodes, is that number, and does not transpose."""
    function: bool = False
    """Whether the (w) behind the L on the left side of L(w) = … says what L depends on, and is no factor."""
    lengths: bool = False
    """Whether |u| of a vector u is its length, and not the list of the absolute values."""
    common: bool = False
    """Whether a Σ over the items of lists of different lengths has the terms for which all have an item."""
    classes: bool = False
    """Whether the y of z_y on the left, a whole number among the nodes, is that class, and no index."""
    recounted: bool = False
    """Whether subscripts count from 0 on a page that is read as counting from 1, or the other way round."""
    paired: bool = False
    """Whether ∂a/∂z of two lists of one shape has the derivatives of each item by the one in its place alone."""
    asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, *names: str) -> "Choices":
        """All as it comes first, but for these."""
        found = cls()
        for name in names:
            setattr(found, name, True)
        return found

    def take(self, name: str) -> bool:
        """How it is taken."""
        self.asked.add(name)
        return bool(getattr(self, name))


MOST_PIECES_OF_A_LINE = 400_000


@dataclass
class Budget:
    """How many formulas a page may still come to."""

    left: int = MOST_PIECES


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
        self.lookup, self.ranges, self.output, self.place = lookup, ranges, output, place
        self.code, self._degrees, self._budget, self.choices = code, degrees, budget, choices
        self.left = MOST_PIECES_OF_A_LINE
        """How many formulas the line may still come to."""
        self._known: dict[tuple[int, tuple[int | None, ...]], tuple[Tree, Thing]] = {}
        self.sides: tuple[Tree, ...] = ()
        """The parts of the line."""
        self.by_name = False
        """Whether some gradient was given by a name such as dZ, by which pages call m times it, too."""
        self.has_pairs = False
        """Whether some derivative is of a list by a list, one of them a list of lists."""
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
        self.left -= pieces
        if self.left < 0:
            raise OverflowError(
                f"written out, the line comes to more than {MOST_PIECES_OF_A_LINE} formulas: too many to check"
            )
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
                return named.name_of(self, tree, at)
            case Addition():
                return self._addition(tree, at)
            case Negative(of=of):
                inner = self.thing(of, at)
                return entrywise(negative, inner) if isinstance(inner, np.ndarray) else Apply(ops.negate, (inner,))
            case Product():
                return self._product(tree, at)
            case Ratio(above=above, below=below):
                return self._item_by_item(ratio, self.thing(above, at), self.thing(below, at))
            case Power():
                return self._power(tree, at)
            case Differential():
                return slopes.differential(self, tree, at)
            case Item():
                return list_items.item_of(self, tree, at)
            case Subscripted():
                return list_items.subscripted(self, tree, at)
            case Attribute():
                return list_items.attribute(self, tree, at)
            case Transposed():
                return self._transposed(tree, at)
            case Beside():
                return named.beside(self, tree, at)
            case Call():
                return functions.call(self, tree, at)
            case BigOperator():
                return sums.big_operator(self, tree, at)
            case Relation() | Logic():
                return logic.truth(self, tree, at)
            case Cases():
                return logic.cases(self, tree, at)
            case Listed(items=items):
                return array_of([self.thing(each, at) for each in items])
            case At():
                return slopes.at_a_point(self, tree, at)
        raise AssertionError(tree)

    def _numeral(self, tree: Number) -> Numeral:
        text = tree.text
        number = float(text)
        # The float of 1e-400 is 0; the Fraction of 0e-9999999 would be of millions of digits, on its way.
        is_lost = not number and any(digit in "123456789" for digit in text.lower().partition("e")[0])
        if len(text) > 60 or is_lost or not abs(number) < float("inf"):
            self.refuse("this number does not fit a float", tree.place)
        return Numeral(text, Fraction(text) if number else Fraction(0))

    def _addition(self, tree: Addition, at: Letters) -> Thing:
        things = [self.thing(term, at) for term in tree.terms if not self._is_unit(term)]
        if len(things) < len(tree.terms):
            lengths = {shape(thing) for thing in things}
            known = iter(things)
            things = [self._unit(term, lengths, at) if self._is_unit(term) else next(known) for term in tree.terms]
        if not any(isinstance(thing, np.ndarray) for thing in things):
            return total(*things)  # type: ignore[arg-type]
        found = things[0]
        for thing in things[1:]:
            found = self._item_by_item(total, found, thing)
        return found

    def _is_unit(self, term: Tree) -> bool:
        """Whether a term is e_k with one subscript, which is no node: a vector with 1 in place k and 0 elsewhere."""
        name = term.of if isinstance(term, Negative) else term
        if not (isinstance(name, Name) and name.base == "e" and len(name.subscripts) == 1) or self.code:
            return False
        return not (name.superscripts or name.primes) and self.lookup.plan(name) is None

    def _unit(self, term: Tree, lengths: set[tuple[int, ...]], at: Letters) -> Thing:
        """e_k as long as the vectors that it is added to."""
        name = term.of if isinstance(term, Negative) else term
        assert isinstance(name, Name)
        length = next(iter(lengths)) if len(lengths) == 1 else ()
        if len(length) != 1:
            self.refuse("how long e with its subscript is cannot be told: it is read beside a vector", name.place)
        try:
            place = self.lookup.place_in([0] * length[0], name.subscripts[0], at)
        except (NotAnIndex, NoItem, KeyError):
            self.refuse(f"{written_name(name)} has no place among {length[0]} items", name.place)
        entries = array_of([whole(int(k == place)) for k in range(length[0])])
        return entrywise(negative, entries) if isinstance(term, Negative) else entries

    def _item_by_item(self, function: Callable[..., Expression], a: Thing, b: Thing) -> Thing:
        """A function of two numbers, entry by entry: as NumPy has it in code; in mathematics a list is a column."""
        shapes = shape(a), shape(b)
        if not self.code and {len(each) for each in shapes} == {1, 2} and shapes[0][:1] == shapes[1][:1]:
            a, b = (each.reshape(-1) if shape(each)[1:] == (1,) else each for each in (a, b))  # type: ignore[union-attr]
        return entrywise(function, a, b)

    def _transposed(self, tree: Transposed, at: Letters) -> Thing:
        of, before = tree.of, tree.before
        if before is not None and isinstance(of, Name):
            whole_name = replace(of, subscripts=(), joined="")
            plan, kept = self.lookup.plan(whole_name, at), self.lookup.plan(of, at)
            row = kept is not None and plan is not None and kept.key == plan.key and depth(plan.tree) == 2
            if row and self.choices.take("columns"):
                column = self.kept(id(tree), lambda: Subscripted(Transposed(whole_name), of.subscripts, before))
                return self.thing(column, at)
        if isinstance(of, Name) and not tree.whole and (letters := named.letters_transposed(self, of)) is not None:
            return self.thing(letters, at)
        thing = self.thing(of, at)
        return thing if self.code and len(shape(thing)) == 1 else transposed(thing)  # as NumPy has it

    def kept(self, key: Anything, make: Callable[[], Tree]) -> Tree:
        """A tree that is made once, since what is known of trees is known by their identity."""
        kept: dict[Anything, Tree] = self.__dict__.setdefault("_made", {})
        if key not in kept:
            kept[key] = make()
        return kept[key]

    def _product(self, tree: Product, at: Letters) -> Thing:
        things = self._with_ones(tree, at) or [self.thing(factor, at) for factor in tree.factors]
        arrays = sum(isinstance(thing, np.ndarray) for thing in things)
        if arrays < 2:
            if not arrays:
                return product(*things)  # type: ignore[arg-type]
            found = things[0]
            for thing in things[1:]:
                found = entrywise(product, found, thing)
            return found
        if not self.code and any(len(shape(thing)) > 2 for thing in things):
            chain = chains.chained(self, tree, at)  # ∂J/∂z ∂z/∂W
            if chain is not None:
                return chain
        found = things[0]
        for thing in things[1:]:
            found = self.times(found, thing, tree.sign)
        return found

    def _with_ones(self, tree: Product, at: Letters) -> list[Thing] | None:
        """The factors of ``1ᵀ x`` and ``W 𝟙``, whose vectors of ones are as long as what stands beside them."""
        kinds = [_ones(factor) for factor in tree.factors]
        if self.code or not any(kinds) or self.lookup.known("𝟙"):
            return None
        known = [None if kind else self.thing(each, at) for kind, each in zip(kinds, tree.factors, strict=True)]
        found: list[Thing] = []
        for k, kind in enumerate(kinds):
            beside = known[k + 1] if kind == "row" and k + 1 < len(known) else known[k - 1] if k and kind else None
            if kind and not (beside is not None and shape(beside)):
                self.refuse("how many ones these are cannot be told: no list stands beside them", tree.place)
            if kind and beside is not None:
                ones = array_of([whole(1)] * (shape(beside)[0] if kind == "row" else shape(beside)[-1]))
                found.append(transposed(ones) if kind == "row" else ones)
            else:
                found.append(known[k])  # type: ignore[arg-type]
        return found

    def times(self, a: Thing, b: Thing, sign: str) -> Thing:
        """Two factors, one of which may be an array."""
        if sign == "@":
            return matrix_product(a, b)
        if sign == "⊙" or not (shape(a) and shape(b)) or (sign == "*" and self.code):
            return self._item_by_item(product, a, b)
        if shape(a) == shape(b) and len(shape(a)) == 1:
            return entrywise(product, a, b) if self.choices.take("itemwise") else matrix_product(a, b)
        if sign and not self._crosswise(a, b) and self.choices.take("starred" if sign == "*" else "dotted"):
            self.notes[f"{sign} works item by item"] = None
            return self._item_by_item(product, a, b)
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
        if isinstance(tree.base, Beside) and (found := functions_of_nodes.raised(self, tree, at)) is not None:
            return found
        base = self.thing(tree.base, at)
        if isinstance(tree.exponent, Name) and tree.exponent.base == "T" and shape(base) and not self.code:
            return transposed(base)  # (W x)^T, where nodes holds a number T as well
        return self.raised(base, tree.exponent, at, tree.place)

    def raised(self, base: Thing, exponent: Tree, at: Letters, place: Place) -> Thing:
        """A power, entry by entry; what looks like the inverse of a matrix is refused, as in A^{-1} b."""
        square = len(set(shape(base))) == 1 and len(shape(base)) == 2 and shape(base) != (1, 1)
        if square and isinstance(exponent, Negative) and not self.code:
            self.refuse("the inverse of a matrix is not read: write a formula for each of its entries", place)
        return entrywise(self.raising(place), base, self.thing(exponent, at))

    def raising(self, place: Place) -> Callable[[Expression, Expression], Expression]:
        def power(base: Expression, exponent: Expression) -> Expression:
            found = raised(base, exponent)
            assert isinstance(found, Apply)
            if found.operation.exponent is not None and abs(found.operation.exponent) > HIGHEST_DEGREE:
                self.refuse(f"the exponent is beyond {HIGHEST_DEGREE}: no claim needs a power so high", place)
            if degree(found, self._degrees) > HIGHEST_DEGREE:
                self.refuse(f"powers of powers reach beyond degree {HIGHEST_DEGREE}: no claim needs one so high", place)
            return found

        return power


def _ones(tree: Tree) -> str:
    """Whether a factor is a "row" of ones, as in 1ᵀ x, or a "column" of them, as in W 𝟙; else empty."""
    if isinstance(tree, Transposed):
        of = tree.of
        one = isinstance(of, Number) and of.text == "1"
        return "row" if one or (isinstance(of, Name) and of.base == "𝟙") else ""
    return "column" if isinstance(tree, Name) and tree.base == "𝟙" else ""
