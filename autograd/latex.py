"""How names, nodes and formulas are written in LaTeX's math mode, for notebooks: `autograd.text` as mathematics."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf, isfinite
from typing import TYPE_CHECKING, ClassVar
from unicodedata import name as unicode_name
from unicodedata import normalize

from autograd.text import (
    CALL,
    NOT,
    POWER,
    PRODUCT,
    SIGN,
    Term,
    Writer,
    in_quotes_if_blank,
    number,
    stands_bare,
    told_apart,
    visible,
)

if TYPE_CHECKING:
    from autograd.graph import Node
    from autograd.operation import Operation

# Names

SPECIAL = {
    **{character: f"\\{character}" for character in "_%&#${} "},
    "\\": "\\backslash ",
    "^": "\\wedge ",
    "~": "\\sim ",
    "…": "\\ldots ",
    "<": "\\lt ",
    ">": "\\gt ",
}
"""The characters that mean something in math mode, as they are shown there."""
ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot", "\u0308": "ddot", "\u20d7": "vec"}
SUBSCRIPTS = {ord(character): str(digit) for digit, character in enumerate("₀₁₂₃₄₅₆₇₈₉")}


@lru_cache(maxsize=1024)
def name_in_latex(name: str) -> str:
    r"""A name that is spelt like a symbol, as mathematics writes it; any other name upright, letter by letter.

    >>> print(*map(name_in_latex, ["w1", "θ₁", "theta_1", "yhat", "W_out", "loss", "50%"]))
    w_{1} \theta_{1} \theta_{1} \hat{y} W_{\mathrm{out}} \mathrm{loss} \mathrm{50\%}
    """
    from sympy.printing.conventions import split_super_sub

    if numbered := re.fullmatch("(.*) #([0-9]+)", name):
        return name_in_latex(numbered[1]) + AGAIN.format(numbered[2])
    spelt = "".join(map(_spelt_out, normalize("NFD", name))).translate(SUBSCRIPTS)
    if not re.fullmatch(r"[A-Za-z]+[0-9]*(_[A-Za-z0-9]+)*", spelt):
        return upright(name)
    base, _, subscripts = split_super_sub(spelt)
    below = ",".join(map(_symbol, subscripts))
    return _symbol(base) + (f"_{{{below}}}" if below else "")


def _spelt_out(character: str) -> str:
    """The name that sympy has for a Greek letter or an accent; any other character as it is."""
    greek = re.fullmatch("GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)", unicode_name(character, ""))
    if greek:
        return greek[2].lower() if greek[1] == "SMALL" else greek[2].capitalize()
    return ACCENTS.get(character, character)


def _symbol(word: str) -> str:
    r"""A letter, Latin or Greek, with or without an accent, as sympy prints it; a number; else an upright word."""
    from sympy.printing.latex import greek_letters_set, tex_greek_dictionary, translate

    letter = re.sub(f"({'|'.join(ACCENTS.values())})$", "", word)
    if len(letter) == 1 or letter in tex_greek_dictionary or letter.lower() in greek_letters_set:
        return str(translate(word))
    return word if len(word.rstrip("0123456789")) <= 1 else upright(word)


def upright(name: str) -> str:
    """The characters of a name as they are."""
    return "\\mathrm{" + "".join(SPECIAL.get(c, c) for c in in_quotes_if_blank(visible(name))) + "}"


class NamesInLatex(dict[str, str]):
    r"""The names on one page, all of them different: mathematics spells w1 and w_1 alike, so the second stands upright.

    >>> names = NamesInLatex()
    >>> print(names["w1"], names["w_1"], names["w1"])
    w_{1} \mathrm{w\_1} w_{1}
    """

    def __missing__(self, name: str) -> str:
        latex = name_in_latex(name)
        if latex in self.values():
            latex = upright(name)
        self[name] = told_apart(self | {name: latex}, AGAIN)[name]
        return self[name]


AGAIN = "\\,\\#{}"
"""What stands after a text that is there already, with its number."""


# Numbers


def number_in_latex(x: float, digits: int = 6) -> str:
    r"""The number as `autograd.text.number` writes it, with powers of ten.

    >>> print(number_in_latex(-2.5), number_in_latex(1e-30))
    -2.5 1 \times 10^{-30}
    """
    if not isfinite(x):
        return "\\infty" if x == inf else "-\\infty" if x == -inf else "\\mathrm{NaN}"
    mantissa, e, exponent = number(x, digits).partition("e")
    return f"{mantissa} \\times 10^{{{int(exponent)}}}" if e else mantissa


# Formulas

FUNCTIONS = {
    **{name: f"\\{name}" for name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{name: f"\\arc{name[1:]}" for name in ("asin", "acos", "atan")},
    **{name: f"\\operatorname{{ar{name[1:]}}}" for name in ("asinh", "acosh", "atanh")},
    **{name: f"\\log_{{{name[3:]}}}" for name in ("log2", "log10")},
    "sigmoid": "\\sigma",
    "maximum": "\\max",
    "minimum": "\\min",
}
AROUND = {
    "abs": ("\\left|", "\\right|"),
    "sqrt": ("\\sqrt{", "}"),
    "cbrt": ("\\sqrt[3]{", "}"),
    "floor": ("\\left\\lfloor ", "\\right\\rfloor"),
    "ceil": ("\\left\\lceil ", "\\right\\rceil"),
}
SIGNS = {
    **{sign: sign for sign in "+-<>"},
    "*": "\\cdot",
    "<=": "\\leq",
    ">=": "\\geq",
    "==": "=",
    "!=": "\\neq",
    "and": "\\wedge",
    "or": "\\vee",
}


@dataclass(frozen=True)
class LatexWriter(Writer):
    r"""Writes nodes as mathematics: fractions, powers, |a|, σ. It leaves out what `Writer` leaves out.

    >>> from autograd import Value
    >>> w, x = Value(2.0, "w1"), Value(3.0, "x")
    >>> print(LatexWriter().operation((w - x) ** 2 / (w * x)).text)
    \frac{\left(w_{1} - x\right)^{2}}{w_{1} \cdot x}
    """

    spelt: NamesInLatex = field(default_factory=NamesInLatex)
    """The names on the page that the formula is part of."""

    DOTS: ClassVar[str] = "\\ldots"
    APART: ClassVar[re.Pattern[str]] = re.compile("[+*/·×÷−-]")  # a space is inside a name that stands upright

    def given(self, name: str) -> str:
        return self.spelt[name]

    def numeral(self, x: float) -> Term:
        text = number_in_latex(x, self.digits)
        return Term(text, SIGN if text.startswith("-") else PRODUCT if "times" in text else CALL)

    def operation(self, node: "Node") -> Term:
        _, cut = Writer(self.names, self.digits).fitted(node)
        return self.applied(node, cut)

    def in_brackets(self, items: str) -> Term:
        return Term(f"\\left[{items}\\right]")

    def joined(self, operation: "Operation", operands: Sequence[Term]) -> Term:
        texts = [term.text for term in operands]
        if operation.is_call:
            return Term(_call(operation.name, texts))
        if operation.name == "/":
            above, below = texts
            return Term(f"\\frac{{{above}}}{{{below}}}", POWER)  # only as a base it needs parentheses
        first = texts[0] if operands[0].binding == CALL else in_parentheses(texts[0])
        if operation.binding == NOT:
            return Term(f"\\neg {first}", SIGN)
        if operation.binding == POWER:
            return Term(f"{first}^{{{texts[1]}}}", POWER)
        for position, term in enumerate(operands):
            # Mathematics writes no sign right after another, as Python does.
            after_a_sign = term.text.startswith("-") and (position > 0 or operation.arity == 1)
            if after_a_sign or not stands_bare(term, operation.binding, position):
                texts[position] = in_parentheses(term.text)
        sign = SIGNS.get(operation.name) or upright(operation.name)
        return Term(f" {sign} ".join(texts) if len(texts) > 1 else f"{sign}{texts[0]}", operation.binding)


def _call(name: str, operands: Sequence[str]) -> str:
    if name in AROUND and len(operands) == 1:
        before, after = AROUND[name]
        return f"{before}{operands[0]}{after}"
    if name in ("maximum", "minimum") and ", " in operands[0]:
        operands = [operand.removeprefix("\\left[").removesuffix("\\right]") for operand in operands]
    function = FUNCTIONS.get(name) or upright(name).replace("\\mathrm", "\\operatorname")
    return function + in_parentheses(", ".join(operands))


def in_parentheses(text: str) -> str:
    return f"\\left({text}\\right)"


def labels_in_latex(
    nodes: "Iterable[Node]", spelt: NamesInLatex, names: "Mapping[Node, str] | None" = None
) -> "dict[Node, str]":
    """A label for each node, all of them different, formulas in parentheses: what a ∂ may stand before."""
    writer = LatexWriter(names or {}, spelt=spelt)
    terms = {node: writer.label(node) for node in nodes}
    texts = {node: text if binding == CALL else in_parentheses(text) for node, (text, binding) in terms.items()}
    return told_apart(texts, AGAIN)


def derivative_in_latex(above: str, below: str, d: str = "\\partial ") -> str:
    """∂above/∂below, of two labels."""
    return f"\\frac{{{d}{above}}}{{{d}{below}}}"
