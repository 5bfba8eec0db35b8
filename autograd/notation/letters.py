"""Letters as pages write them: ŷ in one character or two, x², w₁, 𝜕, θ and \\theta; each gets one spelling here."""

import unicodedata
from functools import lru_cache

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "l",
}  # fmt: skip
"""The letters that LaTeX, and people without a keyboard for them, spell by name."""
HATS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303",
    "widetilde": "\u0303", "vec": "",
}  # fmt: skip
"""What each LaTeX accent puts on a letter; an arrow says that it is a vector, and changes no name."""
JOINER = "\u2060"
"""The character that is nothing, and parts nothing."""
FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75"}


@lru_cache(maxsize=4096)
def position(character: str) -> str:
    """Where a character stands: "super" for ² and ⁽, "sub" for ₁ and ᵢ, else "".

    >>> position("²"), position("ᵢ"), position("2"), position("ᵀ")
    ('super', 'sub', '', 'super')
    """
    kind = unicodedata.decomposition(character).partition(" ")[0]
    return {"<super>": "super", "<sub>": "sub"}.get(kind, "")


@lru_cache(maxsize=4096)
def is_letter(character: str) -> bool:
    """Whether a name may go on with this character: a letter on the line, or what stands on top of one."""
    return unicodedata.category(character)[0] in "LM" and not position(character)


def plain(text: str) -> str:
    """The one spelling of a text: composed, without fonts, and with ASCII digits.

    >>> plain("y\u0302") == "ŷ", plain("𝜕𝐿"), plain("⁽²⁾"), plain("ϵ")
    (True, '∂L', '(2)', 'ε')
    """
    return text if text.isascii() else unicodedata.normalize("NFKC", text).replace("−", "-")
