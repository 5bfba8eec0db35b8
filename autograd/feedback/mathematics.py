r"""Formulas as MathML, which browsers draw by themselves: from LaTeX, or from the plain notation by way of LaTeX.

What is beyond this small grammar (environments, comparisons, whole programs) is not typeset: then the text is shown.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from html import escape
from html.entities import html5

from autograd.latex import name_in_latex, upright

Atoms = Sequence[str]
"""A formula as the pieces that stand beside each other: letters, fractions, what is in parentheses."""

_TOKEN = re.compile(
    r"(?P<words>\\(?:text|mathrm|operatorname|mathbf|mathit|boldsymbol|bm)\s*\{(?P<inside>[^{}]*)\})"
    r"|\\[A-Za-z]+|\\.|\d+(?:[.,]\d+)?|\S"
)
_SPACES = {r"\,", r"\;", r"\:", r"\!", r"\ ", r"\quad", r"\qquad", "&"}
_ACCENTS = {"hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "vec": "→", "dot": "˙"}
_SIGNS = {
    "cdot": "·", "times": "×", "odot": "⊙", "partial": "∂", "sum": "∑", "prod": "∏", "neq": "≠", "ne": "≠", "leq": "≤",
    "geq": "≥", "approx": "≈", "infty": "∞", "nabla": "∇", "to": "→", "leftarrow": "←", "top": "⊤", "ldots": "…",
    "cdots": "⋯", "dots": "…", "equiv": "≡", "pm": "±", "lt": "<", "gt": ">", "sim": "∼", "prime": "′", "mid": "|",
}  # fmt: skip
_PLAIN_SIGNS = set("+-*/=<>,.:!|;−·×⊙≠≤≥≈←→∑Σ∏…±")
_LETTERS = {"partial", "nabla", "infty", "ell", "top"}
_FUNCTIONS = {"exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "arctan"}
_BRACKETS = {"(": ")", "[": "]", "\\{": "\\}"}


class NotTypeset(ValueError):  # noqa: N818  (an outcome: the text is shown)
    """What this grammar has no form for."""


def typeset(formula: str) -> list[Atoms] | None:
    """The sides of an equation, or one formula; None if it is not typeset.

    >>> typeset("dL/dz = a")
    [['<mfrac><mrow><mi>∂</mi><mi>L</mi></mrow><mrow><mi>∂</mi><mi>z</mi></mrow></mfrac>'], ['<mi>a</mi>']]
    """
    try:
        latex = formula if "\\" in formula else _plain_in_latex(formula)
        atoms = _LatexReader(latex).row("")
    except (NotTypeset, SyntaxError, RecursionError, ValueError):
        return None
    sides: list[list[str]] = [[]]
    for atom in atoms:
        if atom == _sign("="):
            sides.append([])
        else:
            sides[-1].append(atom)
    return list(sides) if all(sides) else None


def math(sides: Sequence[Atoms]) -> str:
    """The element of a page for the sides of an equation."""
    return f"<math displaystyle='true'>{_sign('=').join(''.join(side) for side in sides)}</math>"


def marked(claimed: Atoms, right: Atoms) -> tuple[Atoms, Atoms]:
    """Both formulas with what the other has not marked: the factor or term that differs."""
    extra, missing = Counter(claimed) - Counter(right), Counter(right) - Counter(claimed)
    if extra or missing:
        return _with_marks(claimed, extra), _with_marks(right, missing)
    here, there = list(claimed), list(right)  # the same pieces in another order: y − a for a − y
    for kind, a, b, c, d in SequenceMatcher(None, claimed, right, autojunk=False).get_opcodes():
        if kind != "equal":
            here[a:b], there[c:d] = map(_mark, here[a:b]), map(_mark, there[c:d])
    return here, there


def _with_marks(atoms: Atoms, which: Counter[str]) -> list[str]:
    left = Counter(which)
    found = []
    for atom in atoms:
        found.append(_mark(atom) if left[atom] else atom)
        left[atom] -= left[atom] > 0
    return found


def _mark(atom: str) -> str:
    return f'<mrow class="differs">{atom}</mrow>'


# LaTeX


class _LatexReader:
    def __init__(self, latex: str) -> None:
        self._tokens = [(match[0], match["inside"]) for match in _TOKEN.finditer(latex.strip().strip("$"))]
        self._at = 0

    def row(self, end: str) -> list[str]:
        """The pieces up to a token, which is passed over; to the end of the text if it is empty."""
        found: list[str] = []
        while self._at < len(self._tokens):
            if self._tokens[self._at][0] == end:
                self._at += 1
                return found
            found += self._piece()
        if end:
            raise NotTypeset(f"no {end}")
        return found

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise NotTypeset("nothing follows")
        self._at += 1
        return self._tokens[self._at - 1][0]

    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _piece(self) -> Iterator[str]:
        """A piece with its scripts; nothing for a space."""
        token, inside = self._tokens[self._at]
        if token in _SPACES:
            self._at += 1
            return
        if token in ("_", "^"):
            raise NotTypeset("a script of nothing")
        base = self._atom(token, inside)
        scripts = {}
        while self._peek() in ("_", "^", "'"):
            kind = self._next()
            scripts["^" if kind == "'" else kind] = _sign("′") if kind == "'" else self._argument()
        below, above = scripts.get("_"), scripts.get("^")
        large = base in (_sign("∑"), _sign("∏"))
        if below and above:
            yield f"<m{'underover' if large else 'subsup'}>{base}{below}{above}</m{'underover' if large else 'subsup'}>"
        elif below:
            yield f"<m{'under' if large else 'sub'}>{base}{below}</m{'under' if large else 'sub'}>"
        else:
            yield f"<msup>{base}{above}</msup>" if above else base

    def _argument(self) -> str:
        """What a command or a script takes: a group, or one piece."""
        while self._peek() in _SPACES:
            self._at += 1
        token = self._peek()
        if token == "{":
            self._at += 1
            return _row(self.row("}"))
        if not token:
            raise NotTypeset("nothing follows")
        return self._atom(token, self._tokens[self._at][1])

    def _atom(self, token: str, inside: str | None) -> str:
        self._at += 1
        if inside is not None:
            return f"<mi mathvariant='normal'>{escape(inside.strip())}</mi>"
        if token == "{":
            return _row(self.row("}"))
        if token in _BRACKETS:
            return _row([_sign(token[-1]), *self.row(_BRACKETS[token]), _sign(_BRACKETS[token][-1])])
        if not token.startswith("\\"):
            return _character(token)
        return self._command(token[1:])

    def _command(self, name: str) -> str:
        if name in ("frac", "dfrac", "tfrac"):
            return f"<mfrac>{self._argument()}{self._argument()}</mfrac>"
        if name == "sqrt":
            if self._peek() == "[":
                self._at += 1
                index = _row(self.row("]"))
                return f"<mroot>{self._argument()}{index}</mroot>"
            return f"<msqrt>{self._argument()}</msqrt>"
        if name in _ACCENTS:
            return f'<mover accent="true">{self._argument()}<mo>{_ACCENTS[name]}</mo></mover>'
        if name == "left":
            opening = self._next()
            inside: list[str] = []
            while self._peek() != "\\right":
                if not self._peek():
                    raise NotTypeset("no \\right")
                inside += self._piece()
            self._at += 1
            both = (_sign(bracket[-1]) if bracket != "." else "" for bracket in (opening, self._next()))
            return _row([next(both), *inside, next(both)])
        if name in _FUNCTIONS:
            return f"<mi>{name}</mi>"
        if name in _SIGNS:
            return f"<mi>{_SIGNS[name]}</mi>" if name in _LETTERS else _sign(_SIGNS[name])
        letter = html5.get(f"{name.removeprefix('var')};", "")
        if len(letter) == 1 and ("α" <= letter.lower() <= "ω" or letter in "ℓϵϕ"):
            return f"<mi>{letter}</mi>"
        raise NotTypeset(name)


def _row(atoms: Atoms) -> str:
    return atoms[0] if len(atoms) == 1 else f"<mrow>{''.join(atoms)}</mrow>"


def _sign(sign: str) -> str:
    return f"<mo>{escape({'-': '−', '*': '·'}.get(sign, sign))}</mo>"


def _character(token: str) -> str:
    if token[0].isdigit():
        return f"<mn>{escape(token)}</mn>"
    if token.isalpha() or token in "∂∇∞":
        return f"<mi>{token}</mi>"
    if token in _PLAIN_SIGNS:
        return _sign(token)
    raise NotTypeset(token)


# The plain notation

_DERIVATIVE = re.compile(r"(?<![\w.])[d∂]([^\W\d_]\w*(?:\[\w+\])*)/[d∂](\w+(?:\[\w+\])*)")
_AS_IN_PYTHON = str.maketrans("−·×⋅", "-***")
_BESIDE = re.compile(r"(?<=[\w\])]) +(?=[\w(])")
_INDICES = re.compile(r"(\w+?)_([ijklmnrst]{1,3}|\d)$")
_LEVELS = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.MatMult: 2, ast.Pow: 4}
_CALLS = {"sigmoid": r"\sigma", "σ": r"\sigma", "ln": r"\ln", **{f: f"\\{f}" for f in _FUNCTIONS}}


def _plain_in_latex(text: str) -> str:
    """``dL/dz = p*(1 - p)`` in LaTeX."""
    text = text.translate(_AS_IN_PYTHON).replace("^", "**").strip(" .")
    derivatives: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        above, below = (_tree_in_latex(ast.parse(name, mode="eval").body, 5, []) for name in match.groups())
        derivatives.append(f"\\frac{{\\partial {above}}}{{\\partial {below}}}")
        return f"D__{len(derivatives) - 1}"

    text = _BESIDE.sub("*", _DERIVATIVE.sub(put_aside, text))
    sides = re.split(r"(?<![=<>!:])=(?!=)", text)
    trees = [ast.parse(side.strip(), mode="eval").body for side in sides]
    return " = ".join(_tree_in_latex(tree, 0, derivatives) for tree in trees)


def _tree_in_latex(tree: ast.expr, level: int, derivatives: Sequence[str]) -> str:
    """A formula in LaTeX, in parentheses where it binds less than its place asks."""

    def inner(part: ast.expr, level: int = 0) -> str:
        return _tree_in_latex(part, level, derivatives)

    match tree:
        case ast.Constant(value=int() | float() as x):
            return f"{x}" if "e" not in repr(x) else repr(x).replace("e", r" \times 10^{") + "}"
        case ast.Name(id=name) if name.startswith("D__"):
            return derivatives[int(name[3:])]
        case ast.Name(id=name):
            return _name_in_latex(name)
        case ast.Subscript(value=value, slice=index):
            places = [inner(index)]
            while isinstance(value, ast.Subscript):
                places.insert(0, inner(value.slice))
                value = value.value
            base, _, below = inner(value).partition("_")
            return f"{base}_{{{','.join(filter(None, [below.strip('{}'), *places]))}}}"
        case ast.Attribute(value=value, attr="T"):
            return f"{{{inner(value, 5)}}}^{{\\top}}"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            text = f"-{inner(operand, 2)}"
            return f"\\left({text}\\right)" if level > 2 else text
        case ast.BinOp(op=ast.Div(), left=above, right=below):
            text = f"\\frac{{{inner(above)}}}{{{inner(below)}}}"
            return f"\\left({text}\\right)" if level > 3 else text
        case ast.BinOp(op=ast.Pow(), left=base, right=exponent):
            return f"{{{inner(base, 5)}}}^{{{inner(exponent)}}}"
        case ast.BinOp(op=operation, left=a, right=b) if type(operation) in _LEVELS:
            own = _LEVELS[type(operation)]
            sign = {ast.Add: "+", ast.Sub: "-"}.get(type(operation), r"\,")
            if own == 2 and isinstance(b, ast.Constant):
                sign = r"\cdot"
            text = f"{inner(a, own)} {sign} {inner(b, own + 1)}"
            return f"\\left({text}\\right)" if own < level else text
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
            if name.startswith("Σ_"):
                text = f"\\sum_{{{name[2:]}}} {inner(argument, 2)}"
                return f"\\left({text}\\right)" if level > 2 else text
            if name == "sqrt":
                return f"\\sqrt{{{inner(argument)}}}"
            if name == "exp":
                return f"e^{{{inner(argument)}}}"
            return f"{_CALLS.get(name) or _name_in_latex(name)}\\left({inner(argument)}\\right)"
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            inside = ", ".join(map(inner, arguments))
            return f"{_CALLS.get(name) or upright(name)}\\left({inside}\\right)"
    raise NotTypeset(ast.dump(tree))


def _name_in_latex(name: str) -> str:
    if (match := _INDICES.fullmatch(name)) and match[1] not in ("d",):
        base, _, below = _name_in_latex(match[1]).partition("_")  # of z1_j, z has both below it
        return f"{base}_{{{','.join(filter(None, [below.strip('{}'), match[2]]))}}}"
    return name_in_latex(re.sub(r"_(hat|bar|tilde|vec|dot)(?=_|\d|$)", r"\1", name))
