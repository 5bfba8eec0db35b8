"""Functions whose names are more than letters: tan⁻¹ is arctan, log₂ is one name, and ⌊x⌋ is floor(x)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd.notation.symbols import Symbol

WITH_ONE_OPERAND = {
    **{name: name for name in ("sec", "csc", "cot", "coth", "erf", "erfc", "log2", "log10", "cbrt")},
    **{name: name for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh")},
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{f"ar{name}": f"a{name}" for name in ("sinh", "cosh", "tanh")},
    "lg": "log10",
    "sgn": "sign",
}
"""Functions that stand before their operand without parentheses too, and the names that autograd has for them."""
_INVERSES = {
    **{name: f"arc{name}" for name in ("sin", "cos", "tan")},
    **{name: f"ar{name}" for name in ("sinh", "cosh", "tanh")},
}
_LOGARITHMS = {"2": "log2", "10": "log10", "e": "ln"}
_BRACKETS = {"⌊": ("floor", "("), "⌈": ("ceil", "("), "⌋": ("", ")"), "⌉": ("", ")")}


def joined(symbols: "Sequence[Symbol]", known: Callable[[str], bool]) -> "Iterator[Symbol]":
    """The symbols, with one name for each such function. `known` says which names are those of nodes."""
    k, closing = 0, 0
    while k < len(symbols):
        symbol, after = symbols[k], k + 1
        if symbol.kind == "name" and not known(symbol.text):
            name, after = _whole_name(symbols, k)
            if name in ("max", "min") and symbols[after].text == "{":
                closing = after
            symbol = replace(symbol, text=name, end=symbols[after - 1].end)
        elif symbol.kind == "operator" and symbol.text in _BRACKETS:
            name, bracket = _BRACKETS[symbol.text]
            if name:
                yield replace(symbol, kind="name", text=name)
                symbol = replace(symbol, gap=0)
            symbol = replace(symbol, text=bracket)
        elif closing and symbol.kind == "strange" and symbol.text in "{}":
            symbol = replace(symbol, kind="operator", text="(" if symbol.text == "{" else ")")
        yield symbol
        k = after


def _whole_name(symbols: "Sequence[Symbol]", k: int) -> tuple[str, int]:
    """The name that begins here, with what above or below it is part of it; and the place after it."""
    text = symbols[k].text
    if text.startswith("log_") and text[4:] in _LOGARITHMS:
        return _LOGARITHMS[text[4:]], k + 1
    table, sign, kind = (_LOGARITHMS, "_", "sub") if text == "log" else (_INVERSES, "^", "super")
    script, after = _script(symbols, k + 1, sign, kind)
    if text == "log" and script in table:
        return table[script], after
    if text in table and script == "-1":
        return table[text], after
    return text, k + 1


def _script(symbols: "Sequence[Symbol]", k: int, sign: str, kind: str) -> tuple[str, int]:
    """What stands above or below a name, and the place after it."""
    if symbols[k].kind == kind:
        return symbols[k].text, k + 1
    if symbols[k].text != sign:
        return "", k
    if symbols[k + 1].text != "{":
        until = k + 3 if symbols[k + 1].text == "-" else k + 2
        return "".join(symbol.text for symbol in symbols[k + 1 : until]), until
    until = next((j for j in range(k, len(symbols)) if symbols[j].text == "}"), k + 1)
    return "".join(symbol.text for symbol in symbols[k + 2 : until]), until + 1
