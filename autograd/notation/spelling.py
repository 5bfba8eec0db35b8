"""How a name is spelled: one plain form for ``W^{(1)}``, ``W_1`` and ``W1``, for ``\\hat y``, ``ŷ`` and ``y_hat``."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde", "\u0307": "dot", "\u20d7": "vec", "\u0305": "bar"}
_COMMANDS = re.compile(r"\\(?:mathbf|mathrm|mathit|mathcal|boldsymbol|bm|text|operatorname|left|right|,|;|!| )\s*")
_ACCENTED = re.compile(r"\\(hat|widehat|bar|overline|tilde|dot|vec)\s*(?:\{([^{}]*)\}|(\\?[^\W\d_]+|\w))")
_VARIANTS = re.compile(r"\\var(?=epsilon|theta|phi|rho|sigma|pi|kappa)")
"""\\varepsilon is \\epsilon in another shape."""
_LETTERS = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "omicron",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
]
_GREEK = {unicodedata.lookup(f"GREEK SMALL LETTER {'LAMDA' if x == 'lambda' else x.upper()}"): x for x in _LETTERS}
_GREEK |= {
    unicodedata.lookup(f"GREEK CAPITAL LETTER {'LAMDA' if x == 'lambda' else x.upper()}"): x.title() for x in _LETTERS
}
_GREEK |= {"ϵ": "epsilon", "ϕ": "phi", "ϑ": "theta", "ς": "sigma", "µ": "mu", "ℓ": "l"}
_SPOKEN = {"′": "'", "’": "'", "+": "new", "⁺": "new", "*": "star", "⁎": "star"}

_SHIFTED = re.compile(r"([_^]\{?\(?\w+)([-−+])(\d+)(?=[)}\s]|$)")
"""The t − 1 of h_{t−1}."""


@lru_cache(maxsize=4096)
def plain_name(text: str) -> str:
    """The one form that all spellings of a name share.

    >>> [plain_name(text) for text in ("W^{(1)}", "W_1", "W₁", r"\\hat y", "ŷ", "y_hat", "θ", r"\\theta", "y'")]
    ['W1', 'W1', 'W1', 'yhat', 'yhat', 'yhat', 'theta', 'theta', "y'"]
    >>> plain_name("h_{t-1}"), plain_name("w^+")
    ('htminus1', 'wnew')
    >>> [plain_name(text) for text in ("ℓ", r"\\ell", "ell", "l")]
    ['l', 'l', 'l', 'l']
    """
    if text.isascii() and text.isalnum():
        return text if text != "ell" else "l"
    text = _SHIFTED.sub(lambda match: f"{match[1]}{'plus' if match[2] == '+' else 'minus'}{match[3]}", text)
    text = _COMMANDS.sub("", _VARIANTS.sub(r"\\", text.replace(r"\ell", "ℓ")))
    while (accented := _ACCENTED.sub(_after, text)) != text:
        text = accented
    characters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
    found = [_ACCENTS.get(c) or _GREEK.get(c) or _SPOKEN.get(c, c) for c in characters]
    return re.sub(r"[\\\s_^{}\[\](),$]", "", "".join(found))


def other_case(name: str) -> str:
    """The name with its first letter small if it was a capital, and the other way round: W1 for w1."""
    return name[:1].swapcase() + name[1:]


def plain_names(texts: Iterable[str]) -> list[str]:
    """The plain forms of several names."""
    return list(map(plain_name, texts))


def _after(match: re.Match[str]) -> str:
    """The accent as a word behind the letter that carries it."""
    accent = {"widehat": "hat", "overline": "bar"}.get(match[1], match[1])
    return f"{match[2] or match[3]}_{accent} "


def is_name(text: str) -> bool:
    """Whether a key of `nodes` can be a name on a page: letters, digits and what hangs on them."""
    plain = "" if " " in text and "\\" not in text else plain_name(text)
    return bool(plain) and plain.replace("'", "").isidentifier()
