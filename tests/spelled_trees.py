"""A tree on one line, so that a test can say what a formula is to be read as."""

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
    Slice,
    Subscripted,
    Transposed,
)


def spelled(tree):
    """``(a + b)``, ``(a b)`` side by side, ``d(L)/d(w)``, ``sum[k=1..K](…)``: all brackets written."""
    match tree:
        case None:
            return ""
        case Number(text=text):
            return text
        case Name(base=base, subscripts=below, superscripts=above, primes=primes):
            marks = "".join(
                f"^{s.bracket or '{'}{spelled(s.tree)}{ {'(': ')', '[': ']', '': '}'}[s.bracket] }" for s in above
            )
            return base + (f"_{{{several(below)}}}" if below else "") + marks + "'" * primes
        case Addition(terms=terms):
            return "(" + " + ".join(map(spelled, terms)) + ")"
        case Negative(of=of):
            return "-" + spelled(of)
        case Product(factors=factors, sign=sign):
            return "(" + (f" {sign} " if sign else " ").join(map(spelled, factors)) + ")"
        case Ratio(above=above, below=below):
            return f"({spelled(above)} / {spelled(below)})"
        case Power(base=base, exponent=exponent):
            return f"{spelled(base)}**{spelled(exponent)}"
        case Transposed(of=of):
            return spelled(of) + ".T"
        case Beside(name=name, inside=inside):
            return f"{spelled(name)}<{several(inside)}>"
        case Call(function=function, arguments=arguments, primes=primes):
            return f"{function}{primes * chr(39)}({several(arguments)})"
        case Differential(of=of, by=by, certain=certain):
            return f"d({spelled(of)})/d({spelled(by)})" + ("" if certain else "?")
        case At(of=of, equations=equations):
            return f"{spelled(of)}|" + ",".join(f"{spelled(a)}={spelled(b)}" for a, b in equations)
        case BigOperator(kind=kind, letters=letters, low=low, high=high, conditions=conditions, body=body):
            bounds = f"={spelled(low)}..{spelled(high)}" if low or high else ""
            where = "".join(f" if {spelled(condition)}" for condition in conditions)
            return f"{kind}[{','.join(letters)}{bounds}{where}]({spelled(body)})"
        case Relation(trees=trees, signs=signs):
            rest = "".join(f" {sign} {spelled(other)}" for sign, other in zip(signs, trees[1:], strict=True))
            return f"({spelled(trees[0])}{rest})"
        case Logic(word=word, trees=trees):
            return f"{word}({several(trees)})"
        case Cases(branches=branches):
            return "cases(" + "; ".join(f"{spelled(a)} if {spelled(b) or 'not'}" for a, b in branches) + ")"
        case Listed(items=items):
            return f"[{several(items)}]"
        case Item(of=of, indices=indices):
            return f"{spelled(of)}[{several(indices)}]"
        case Subscripted(of=of, indices=indices):
            return f"{spelled(of)}_{{{several(indices)}}}"
        case Attribute(of=of, name=name):
            return f"{spelled(of)}.{name}"
        case Slice(start=start, stop=stop):
            return f"{spelled(start)}:{spelled(stop)}"
    raise AssertionError(tree)


def several(trees):
    """Some trees with commas between them."""
    return ",".join(map(spelled, trees))


def said(statement):
    """A statement on one line, with what it holds for."""
    text = f" {statement.sign} ".join(map(spelled, statement.parts))
    for letters in statement.ranges:
        bounds = f"={spelled(letters.low)}..{spelled(letters.high)}" if letters.low or letters.high else ""
        text += f" for {letters.letter}{bounds}" + "".join(f" if {spelled(c)}" for c in letters.conditions)
    for node, value in statement.where:
        text += f" where {spelled(node)}={spelled(value)}"
    return text
