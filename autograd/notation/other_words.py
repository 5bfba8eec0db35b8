"""Words of other languages, and phrases, by the English word that is read for them: "falls" and "as long as" are if.

German, French and Spanish are here with the words that stand beside formulas.
"""

from collections.abc import Sequence

ENGLISH = {
    "und": "and", "sowie": "and", "mit": "with", "wobei": "where", "für": "for", "fuer": "for",
    "oder": "or", "alle": "all",  # codespell:ignore oder,alle
    "jedes": "each", "jede": "each", "falls": "if", "wenn": "if", "sofern": "if", "sonst": "otherwise",
    "ansonsten": "otherwise", "ist": "is", "dann": "then", "da": "since", "weil": "because", "nicht": "not",
    "et": "and", "avec": "with", "où": "where", "pour": "for", "tout": "all", "sinon": "otherwise",
    "donc": "so", "puisque": "since", "donde": "where", "para": "for", "todo": "all", "entonces": "then",
    "mal": "times",
}  # fmt: skip
"""What begins a clause, joins claims or denies one."""
OTHERS = {
    "als",  # codespell:ignore als
    "also", "somit", "daher", "damit", "daraus", "folgt", "folglich", "gilt", "ergibt", "ergeben", "erhalten",
    "erhält", "wir", "man", "es", "die", "der", "das", "den", "dem", "ein", "eine", "einer", "nach", "von", "zu",
    "zum", "zur", "im", "bzw", "bezüglich", "ableitung", "ableitungen", "kettenregel", "produktregel",
    "gleichung", "schritt", "fehler", "gewicht", "gewichte", "eingabe", "ausgabe", "schicht", "neuron", "nun",
    "jetzt", "zuerst", "zunächst", "schließlich", "ebenso", "analog", "hieraus", "dies", "diese", "dieser",
    "nämlich", "gesucht", "lösung", "aufgabe", "beispiel", "partielle", "partiellen", "on", "alors", "ainsi",
    "soit", "nous", "avons", "obtient", "dérivée", "règle", "chaîne", "finalement", "est", "une", "la", "le", "les",
    "des", "du", "par", "tenemos", "derivada", "regla", "cadena", "luego", "por", "tanto",
}  # fmt: skip
"""What only stands between formulas."""
_PHRASES = {
    ("as", "long", "as"): "if",
    ("so", "long", "as"): "if",
    ("on", "condition", "that"): "if",
    ("in", "the", "event", "that"): "if",
    ("in", "the", "case", "that"): "if",
    ("in", "case"): "if",
    ("whenever",): "when",
}


def english(words: Sequence[str]) -> list[str]:
    """The words as they are read.

    >>> english(["as", "long", "as"]), english(["für", "jedes"]), english(["so", "we", "get"])
    (['if'], ['for', 'each'], ['so', 'we', 'get'])
    """
    found = [ENGLISH.get(word, word) for word in words]
    for phrase, meant in _PHRASES.items():
        for k in range(len(found) - len(phrase), -1, -1):
            if tuple(found[k : k + len(phrase)]) == phrase:
                found[k : k + len(phrase)] = [meant]
    return found
