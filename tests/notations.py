"""The derivation of a random network, written in every notation: plain, LaTeX, with index letters, matrices, code.

Each claim is put together once, from derivatives, nodes, sums and products; a writer says how these look. Only what
whole arrays look like, in matrices and in code, stands there as text of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from autograd import tanh


class Plain:
    """Every entry is a line of its own, and every sum is written out: ``dJ/dh[0] = dJ/dz[0]*V[0][0] + …``."""

    def __init__(self, lengths, at=None):
        self.lengths, self.at = lengths, at or {}

    def place(self, letters):
        return "".join(f"[{self.at[letter]}]" for letter in letters)

    def node(self, name, letters=""):
        return name + self.place(letters)

    def derivative(self, name, letters=""):
        return f"dJ/d{self.node(name, letters)}"

    def sum(self, letter, body):
        turns = range(self.lengths[letter])
        return f"({' + '.join(body(type(self)(self.lengths, {**self.at, letter: k})) for k in turns)})"

    def times(self, *factors):
        return "*".join(factors)

    def minus(self, a, b):
        return f"({a} - {b})"

    def plus(self, a, b):
        return f"({a} + {b})"

    def squared(self, a):
        return f"{a}**2"

    def half(self, a):
        return f"({a})/2"

    def sigmoid(self, a):
        return f"sigmoid({a})"

    def tanh(self, a):
        return f"tanh({a})"

    def lines(self, subject, letters, formula):
        """The claim, for every value of its letters."""
        for at in product(*(range(self.lengths[letter]) for letter in letters)):
            self.at = dict(zip(letters, at, strict=True))
            yield f"{self.derivative(subject, letters)} = {formula(self)}"


class Latex(Plain):
    """As plain, in LaTeX, where subscripts count from 1."""

    def place(self, letters):
        places = [str(self.at[letter] + 1) for letter in letters]
        return f"_{{{','.join(places) if max(map(len, places)) > 1 else ''.join(places)}}}" if places else ""

    def derivative(self, name, letters=""):
        return rf"\frac{{\partial J}}{{\partial {self.node(name, letters)}}}"

    def times(self, *factors):
        return r" \cdot ".join(factors)

    def minus(self, a, b):
        return rf"\left({a} - {b}\right)"

    def plus(self, a, b):
        return rf"\left({a} + {b}\right)"

    def squared(self, a):
        return rf"\left({a}\right)^2"

    def half(self, a):
        return rf"\frac{{{a}}}{{2}}"

    def sigmoid(self, a):
        return rf"\sigma({a})"

    def tanh(self, a):
        return rf"\tanh({a})"

    def lines(self, subject, letters, formula):
        for line in super().lines(subject, letters, formula):
            yield f"${line}$"


class Letters(Latex):
    """One claim for all entries, with index letters and Σ."""

    def place(self, letters):
        return f"_{{{letters}}}" if letters else ""

    def sum(self, letter, body):
        return rf"\sum_{{{letter}}} {body(self)}"

    def times(self, *factors):
        return r" \, ".join(factors)

    def lines(self, subject, letters, formula):
        yield f"$${self.derivative(subject, letters)} = {formula(self)}$$"


class UnicodeLetters(Letters):
    """As a chat answer has it."""

    def derivative(self, name, letters=""):
        return f"∂J/∂{self.node(name, letters)}"

    def sum(self, letter, body):
        return f"Σ_{letter} {body(self)}"

    def times(self, *factors):
        return " · ".join(factors)

    def minus(self, a, b):
        return f"({a} − {b})"

    def plus(self, a, b):
        return f"({a} + {b})"

    def squared(self, a):
        return f"({a})²"

    def half(self, a):
        return f"½ ({a})"

    def sigmoid(self, a):
        return f"σ({a})"

    def tanh(self, a):
        return f"tanh({a})"

    def lines(self, subject, letters, formula):
        yield f"- {self.derivative(subject, letters)} = {formula(self)}"


Formula = Callable[[Plain], str]


@dataclass
class ArrayClaim:
    """A claim about all entries of ∂J/∂subject: with letters, as matrices, and in code."""

    subject: str
    letters: str
    entry: Formula
    matrix: str
    code: str

    def written(self, notation: str, lengths: dict[str, int]) -> list[str]:
        """The lines of the claim in a notation."""
        match notation:
            case "matrix":
                return [rf"$$\frac{{\partial J}}{{\partial {self.subject}}} = {self.matrix}$$"]
            case "code":
                return [f"d{self.subject} = {self.code}"]
        return list(WRITERS[notation](lengths).lines(self.subject, self.letters, self.entry))


WRITERS: dict[str, Any] = {"plain": Plain, "LaTeX": Latex, "letters": Letters, "Unicode": UnicodeLetters}
NOTATIONS = (*WRITERS, "matrix", "code")


def by(name: str) -> str:
    """∂J/∂name, as a matrix."""
    return rf"\frac{{\partial J}}{{\partial {name}}}"


def claims(nodes: dict[str, Any]) -> list[ArrayClaim]:
    """The right claims about a network of `derivations.network`."""
    squashed = nodes["h"][0].op.name
    found = []
    if "softmax" in str(nodes["J"].op.name) or nodes["p"][0].op.name != "sigmoid":
        found.append(_claim("z", "k", lambda w: w.minus(w.node("p", "k"), w.node("t", "k")), "p - t", "p - t"))
    else:
        found.append(_claim("p", "k", lambda w: w.minus(w.node("p", "k"), w.node("t", "k")), "p - t", "p - t"))
        found.append(
            _claim(
                "z",
                "k",
                lambda w: w.times(w.derivative("p", "k"), w.node("p", "k"), w.minus("1", w.node("p", "k"))),
                rf"{by('p')} \odot p \odot (1 - p)",
                "dp * p * (1 - p)",
            )
        )
    found.append(
        _claim(
            "h",
            "j",
            lambda w: w.sum("k", lambda v: v.times(v.derivative("z", "k"), v.node("V", "jk"))),
            rf"V {by('z')}",
            "V @ dz",
        )
    )
    if squashed == "sigmoid":
        found.append(
            _claim(
                "n",
                "j",
                lambda w: w.times(w.derivative("h", "j"), w.node("h", "j"), w.minus("1", w.node("h", "j"))),
                rf"{by('h')} \odot h \odot (1 - h)",
                "dh * h * (1 - h)",
            )
        )
    else:
        found.append(
            _claim(
                "n",
                "j",
                lambda w: w.times(w.derivative("h", "j"), w.minus("1", w.squared(w.node("h", "j")))),
                rf"{by('h')} \odot (1 - h \odot h)",
                "dh * (1 - np.square(h))",
            )
        )
    for matrix, inner, outer, letters in (("V", "h", "z", "jk"), ("W", "x", "n", "ij")):
        found.append(
            _claim(
                matrix,
                letters,
                lambda w, inner=inner, outer=outer, letters=letters: w.times(
                    w.derivative(outer, letters[1]), w.node(inner, letters[0])
                ),
                rf"{inner} \left({by(outer)}\right)^\top",
                f"np.outer({inner}, d{outer})",
            )
        )
    return found


def _claim(subject: str, letters: str, entry: Formula, matrix: str, code: str) -> ArrayClaim:
    return ArrayClaim(subject, letters, entry, matrix, code)


def slips(claim: ArrayClaim, nodes: dict[str, Any]) -> dict[str, ArrayClaim]:
    """The claim with each of the slips that it can suffer, by the name of the mistake; "" for one without a name."""
    entry, matrix, code = claim.entry, claim.matrix, claim.code

    def changed(of: Formula, in_matrices: str, in_code: str) -> ArrayClaim:
        return ArrayClaim(claim.subject, claim.letters, of, in_matrices, in_code)

    found = {
        "factor 2": changed(lambda w: w.times("2", entry(w)), rf"2 \left({matrix}\right)", f"2*({code})"),
        "factor 1/2": changed(lambda w: w.half(entry(w)), rf"\frac{{1}}{{2}} \left({matrix}\right)", f"({code})/2"),
        "sign": changed(lambda w: w.times("(-1)", entry(w)), rf"-\left({matrix}\right)", f"-({code})"),
        "": changed(lambda w: w.plus(entry(w), "0.37"), rf"{matrix} + 0.37", f"{code} + 0.37"),
    }
    square = len(nodes["h"]) == len(nodes["z"])
    if claim.subject == "z" and nodes["p"][0].op.name == "sigmoid":
        found["activation's derivative left out"] = changed(lambda w: w.derivative("p", "k"), by("p"), "dp")
        found["activation's derivative at the input"] = changed(
            lambda w: w.times(w.derivative("p", "k"), w.node("z", "k"), w.minus("1", w.node("z", "k"))),
            rf"{by('p')} \odot z \odot (1 - z)",
            "dp * z * (1 - z)",
        )
    if claim.subject == "h" and square:
        found["transposed indices"] = changed(
            lambda w: w.sum("k", lambda v: v.times(v.derivative("z", "k"), v.node("V", "kj"))),
            rf"V^\top {by('z')}",
            "V.T @ dz",
        )
    if claim.subject == "n":
        found["activation's derivative left out"] = changed(lambda w: w.derivative("h", "j"), by("h"), "dh")
        if nodes["h"][0].op.name == tanh.name:
            found["activation's derivative at the input"] = changed(
                lambda w: w.times(w.derivative("h", "j"), w.minus("1", w.squared(w.node("n", "j")))),
                rf"{by('h')} \odot (1 - n \odot n)",
                "dh * (1 - n**2)",
            )
            found["activation's derivative at the output"] = changed(
                lambda w: w.times(w.derivative("h", "j"), w.minus("1", w.squared(w.tanh(w.node("h", "j"))))),
                rf"{by('h')} \odot (1 - \tanh(h) \odot \tanh(h))",
                "dh * (1 - np.tanh(h)**2)",
            )
        else:
            found["activation's derivative at the input"] = changed(
                lambda w: w.times(w.derivative("h", "j"), w.node("n", "j"), w.minus("1", w.node("n", "j"))),
                rf"{by('h')} \odot n \odot (1 - n)",
                "dh * n * (1 - n)",
            )
            found["activation's derivative at the output"] = changed(
                lambda w: w.times(
                    w.derivative("h", "j"), w.sigmoid(w.node("h", "j")), w.minus("1", w.sigmoid(w.node("h", "j")))
                ),
                rf"{by('h')} \odot \sigma(h) \odot (1 - \sigma(h))",
                "dh * sigmoid(h) * (1 - sigmoid(h))",
            )
    return found


def lengths(nodes: dict[str, Any]) -> dict[str, int]:
    """How many values each index letter has."""
    return {"i": len(nodes["x"]), "j": len(nodes["h"]), "k": len(nodes["z"])}


def page(claimed: Sequence[ArrayClaim], notation: str, nodes: dict[str, Any]) -> tuple[str, list[range]]:
    """A page of claims, and for each of them the lines that it takes."""
    lines: list[str] = []
    places = []
    for claim in claimed:
        written = claim.written(notation, lengths(nodes))
        places.append(range(len(lines) + 1, len(lines) + len(written) + 1))
        lines += written
    return "\n".join(lines), places
