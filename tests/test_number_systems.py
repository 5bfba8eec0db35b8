"""Every number system offers what a rule of the table may ask of it, and a subclass may override a part."""

import inspect
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
import sympy

from autograd import Value, numbers
from autograd.numbers import NumberSystem
from autograd.numbers.complexes import Complexes, complexes
from autograd.numbers.duals import Dual, Duals
from autograd.numbers.expressions import Expressions, FormulaNode
from autograd.numbers.extended import Extended, extended
from autograd.numbers.floats import Floats, floats
from autograd.numbers.formulas import Formulas, formulas
from autograd.numbers.guarded import Guarded
from autograd.numbers.javascript import JavaScripts
from autograd.numbers.multiprecision import DIGITS, Multiprecision, mp, multiprecision
from autograd.numbers.one_side import OneSide
from autograd.numbers.polynomials import Polynomial, polynomials
from autograd.numbers.python_lines import PythonLines
from autograd.numbers.rational_functions import RationalFunction, RationalFunctions
from autograd.numbers.rationals import Irrational, rationals
from autograd.numbers.signed_zeros import signed_zeros
from autograd.numbers.source import Source, source
from autograd.numbers.textbook import textbook
from autograd.numbers.values import values
from autograd.numbers.variables import Variable

SYSTEMS = {
    "floats": (floats, float),
    "extended": (extended, float),
    "signed zeros": (signed_zeros, float),
    "textbook": (textbook, float),
    "complexes": (complexes, (complex, float)),
    "rationals": (rationals, (Fraction, Irrational)),
    "multiprecision": (multiprecision, mp.mpf),
    "formulas": (formulas, sympy.Expr),
    "values": (values, (Value, float)),
    "source": (source, Source),
    "javascript": (JavaScripts(), Variable),
    "python lines": (PythonLines(), Variable),
    "duals": (Duals(extended), (Dual, float, int)),
    "guarded": (Guarded(), mp.mpf),
    "one side": (OneSide({}.get), sympy.Expr),
    "rational functions": (RationalFunctions({}.get), RationalFunction),
    "expressions": (Expressions(), (FormulaNode, float)),
    "polynomials": (polynomials, (Polynomial, float)),  # of numbers, for of unknowns it has sums and products alone
}
OPERANDS = {
    "values": Value(0.5),
    "source": source.name("a"),
    "javascript": JavaScripts().operand(0),
    "python lines": PythonLines().operand("a"),
    "duals": Dual(0.5, 1.0, Duals(extended)),
    "expressions": FormulaNode(None, (), "a", 0.5),
}
"""What the systems compute with whose functions also take a plain number."""
TEXTBOOK = {
    *("textbook", "rationals", "multiprecision", "formulas", "source", "guarded", "one side", "rational functions"),
    *("expressions", "polynomials"),
}
"""The systems that compute the textbook's form of a rule; the others ask for `largest` as well."""
FUNCTIONS = {
    name: thing for name, thing in vars(NumberSystem).items() if inspect.isfunction(thing) and not name.startswith("_")
}
every_system = pytest.mark.parametrize("name", SYSTEMS)


def operands_of(name, operand):
    """What a function may be called with: as many operands as the contract says, or several numbers of them."""
    parameters = list(inspect.signature(FUNCTIONS[name]).parameters.values())[1:]
    if parameters[0].kind is inspect.Parameter.VAR_POSITIONAL:
        return [[operand] * count for count in (1, 2, 5)]
    return [[operand] * len(parameters)]


def test_every_number_system_is_tested_here():
    others = {"__init__", "short_formulas", "variables"}
    modules = {path.stem for path in Path(numbers.__file__).parent.glob("*.py")} - others
    assert modules == {name.replace(" ", "_") for name in SYSTEMS}


def test_the_contract_has_the_functions_that_the_table_asks_for():
    assert {"divide", "power", "exp", "tanh", "relu", "where", "less", "sum", "logsumexp"} <= set(FUNCTIONS)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        (name, function)
        for name in SYSTEMS
        for function in sorted(set(FUNCTIONS) - {"number", "choose", "decide"})
        if not (function == "largest" and name in TEXTBOOK)
    ],
)
def test_a_system_offers_every_function_with_the_operands_of_the_contract(name, function):
    system, kind = SYSTEMS[name]
    operand = OPERANDS.get(name, system.number(1 if function == "acosh" else 0.5))
    for operands in operands_of(function, operand):
        assert isinstance(getattr(system, function)(*operands), kind)


@every_system
def test_a_system_has_a_half_and_takes_a_number(name):
    system, _ = SYSTEMS[name]
    assert system.half + system.half == 1
    assert system.number(0.5) + system.number(1.5) == 2


@every_system
def test_of_two_forms_that_are_equal_a_system_calls_one(name):
    system, _ = SYSTEMS[name]
    chosen = system.choose(lambda: "textbook", lambda: "accurate")
    assert chosen == ("textbook" if name in TEXTBOOK else "accurate")


@pytest.mark.parametrize("name", sorted(set(SYSTEMS) - TEXTBOOK))
def test_a_system_of_accurate_forms_calls_the_side_that_a_condition_is_on(name):
    system, _ = SYSTEMS[name]
    for condition in (
        system.less(system.number(1), system.number(2)),
        system.equal(system.number(1), system.number(2)),
    ):
        assert system.decide(condition, lambda: True, lambda: False) is bool(condition)


@pytest.mark.parametrize(
    ("base", "function"),
    [
        *((base, name) for base in (Complexes, Formulas) for name in ("sigmoid", "softplus", "logsumexp")),
        *((Multiprecision, name) for name in ("softplus", "logsumexp")),
    ],
)
def test_a_function_that_is_built_on_another_uses_that_of_the_subclass(base, function):
    class Counting(base):
        calls = 0

        def exp(self, a):
            self.calls += 1
            return super().exp(a)

    system = Counting()
    getattr(system, function)(system.number(0.5))
    assert system.calls > 0


def test_what_lacks_a_function_is_no_number_system():
    class Half(NumberSystem):
        half = 0.5

    with pytest.raises(TypeError, match="abstract"):
        Half()


@pytest.mark.parametrize(("spread", "system"), [(floats, Floats()), (extended, Extended())])
def test_the_floats_of_the_engine_are_the_functions_of_their_class(spread, system):
    for name in FUNCTIONS:
        assert getattr(spread, name) == getattr(system, name) or name == "largest"
    assert spread.half == system.half
    assert spread.largest(3.0, 5.0) == 5.0


def test_each_thread_has_a_precision_of_its_own():
    both = threading.Barrier(2)

    def root(digits):
        with mp.workdps(digits):
            both.wait()
            found = multiprecision.sqrt(mp.mpf(2))
            both.wait()
            return len(str(found))

    with ThreadPoolExecutor(2) as threads:
        assert [*threads.map(root, (20, 300))] == [21, 301]
    assert mp.dps == DIGITS


def test_a_context_of_its_own_has_a_precision_of_its_own():
    context = mpmath.mp.clone()
    own = Multiprecision()
    own.context = context
    before = mpmath.mp.dps
    with context.workdps(50):
        root = own.sqrt(own.number(2))
        assert abs(root * root - 2) < context.mpf(10) ** -48
        assert mpmath.mp.dps == before
    assert float(root) == math.sqrt(2)
