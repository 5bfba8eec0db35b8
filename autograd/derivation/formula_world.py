"""A world of claims whose numbers are sympy expressions: what claims and the graph are as formulas."""

from collections.abc import Collection

import sympy

from autograd.derivation.claims import Claim, Named, evaluate
from autograd.derivation.cut_worlds import MOST_NODES, CutWorld
from autograd.derivation.setting import Setting
from autograd.numbers import Number
from autograd.numbers.one_side import OneSide
from autograd.numbers.short_formulas import text_of
from autograd.value import Value

# A rule may be written for floats alone, or sympy may have no form for it: then there is no formula.
NO_FORMULA = (ArithmeticError, ValueError, TypeError, AttributeError, RecursionError)


class FormulaWorld(CutWorld):
    """A world of claims whose numbers are sympy expressions, with the nodes of `cut` as symbols.

    Each choice in a formula goes the way it went when the graph was recorded. With `names_kept`, the activations keep
    their names: ``sigmoid(n)``, not ``1/(1 + exp(-n))``.
    """

    def __init__(self, setting: Setting, cut: Collection[Value], *, names_kept: bool = False) -> None:
        m = OneSide(self._recorded, names_kept=names_kept)
        super().__init__(setting, m, cut, symbols=self._symbols_of, whole=sympy.sympify, most=MOST_NODES)
        self.nodes: dict[Number, Value] = {}
        """The node that each symbol stands for."""

    @property
    def conditions(self) -> list[str]:
        """On which sides of kinks the formulas so far are right, as in ``n > 0``."""
        return list(dict.fromkeys(_condition(a, sign) for a, sign in self.m.sides.items()))

    def subject_of(self, claim: Claim) -> Number:
        """The formula of what a claim is about; of a node, in what it was computed from."""
        match claim.subject:
            case Named(node=node):
                return self.opened(node)
            case subject:
                return evaluate(subject, self)

    def _symbols_of(self, nodes: Collection[Value]) -> dict[Value, Number]:
        found = {node: sympy.Symbol(str(self.setting.names.paths.get(node)), real=True) for node in nodes}
        self.nodes |= {symbol: node for node, symbol in found.items()}
        return found

    def _recorded(self, symbol: Number) -> float:
        return self.nodes[symbol].data


def _condition(a: Number, sign: int) -> str:
    """``a > 0`` with what is subtracted moved to the right: ``x > y`` rather than ``x - y > 0``."""
    _, primitive = a.as_content_primitive()
    summands = sympy.Add.make_args(primitive)
    right = [-term for term in summands if term.could_extract_minus_sign()]
    left = [term for term in summands if not term.could_extract_minus_sign()]
    if not left:
        left, right, sign = right, [], -sign
    shown = [text_of(sympy.Add(*side)) for side in (left, right)]
    text = f"{shown[0]} {('<', '==', '>')[sign + 1]} {shown[1]}"
    return text if len(text) <= 60 else "this side of a kink"
