"""Functions as pages apply them: σ'(z), ``\\tanh^2 z``, log 2π, and the indicator 1[n > 0]."""

from autograd.notation.joined_names import WITH_ONE_OPERAND
from autograd.notation.sum_parser import SumParser
from autograd.notation.syntax import Call, Name, Number, Power, Product, Tree

FUNCTIONS = {
    "σ": "sigmoid", "sigma": "sigmoid",
    "sigmoid": "sigmoid", "logistic": "sigmoid", "sigm": "sigmoid", "ln": "log", "log": "log",
    "exp": "exp", "tanh": "tanh", "sinh": "sinh", "cosh": "cosh", "sech": "sech", "sin": "sin", "cos": "cos",
    "tan": "tan", "sqrt": "sqrt", "abs": "absolute", "absolute": "absolute", "max": "maximum", "maximum": "maximum",
    "min": "minimum", "minimum": "minimum", "relu": "relu", "ReLU": "relu", "softmax": "softmax",
    "softplus": "softplus", "sum": "sum", "mean": "mean", "prod": "prod", "dot": "dot", "where": "where",
    "clip": "clip", "diag": "diag", "logsumexp": "logsumexp", "sign": "sign", "sgn": "sign", "gelu": "gelu",
    "silu": "silu", "erf": "erf", "norm": "norm", "equal": "equal", "power": "power", "outer": "outer",
    "divide": "divide", "multiply": "multiply", "add": "add", "subtract": "subtract", "negate": "negative",
    "negative": "negative", "square": "square",
}  # fmt: skip
"""Functions as pages spell them, and the names that autograd or NumPy has for them."""
_WITHOUT_PARENTHESES = {"ln", "log", "exp", "tanh", "sinh", "cosh", "sech", "sin", "cos", "tan", *WITH_ONE_OPERAND}
FUNCTIONS |= WITH_ONE_OPERAND


class FunctionParser(SumParser):
    """Reads calls of functions; their operands are read by those that inherit from it."""

    def _arguments(self) -> tuple[Tree, ...]:
        raise NotImplementedError

    def _call(self, function: str) -> Tree | None:
        """A function with its operands; None if what stands here is no call."""
        symbol, start = self._next, self._at
        kept = self.trivial
        self._advance()
        primes, power = 0, None
        while True:
            following = self._next
            if following.kind == "prime":
                primes += len(self._advance().text)
            elif (following.kind == "super" and following.text.isdigit()) and power is None:
                power = Number(self._advance().text, following.place)
            elif self._sign == "^" and power is None:
                self._advance()
                opening, inside, _ = self._group()
                if inside and all(inner.kind == "prime" for inner in inside):
                    primes += len(inside)
                elif len(inside) == 1 and inside[0].kind == "number":
                    power = Number(inside[0].text, inside[0].place)
                else:
                    self._go(start)
                    self.trivial = kept
                    if function == "sigmoid":
                        return None
                    self._refuse(
                        opening, f"what stands above {symbol.text} is not read: write it behind the parentheses"
                    )
            elif (self._sign == "_" or following.kind == "sub") and function in (
                "maximum",
                "minimum",
                "softmax",
                "log",
            ):
                self._refuse(following, f"what stands below {symbol.text} is not read: write it out")
            else:
                break
        arguments: tuple[Tree, ...] | None = None
        keywords: dict[str, Tree] = {}
        if self._sign in ("(", "["):
            outer, self._keywords = self._keywords, keywords
            arguments = self._arguments()
            self._keywords = outer
            if keywords and function not in ("sum", "mean"):
                self._refuse(symbol, f"{symbol.text} is read without axis= and keepdims= here")
        elif (symbol.text in _WITHOUT_PARENTHESES or primes) and self._starts_a_factor():
            arguments = (self._reach(),)
            if self._starts_an_operand() and self._sign not in ("Σ", "Π"):
                f = symbol.text
                self._refuse(self._next, f"how far {f} reaches can be read two ways: write {f}(a)*b or {f}(a*b)")
        if arguments is None:
            if power is None and not primes and function != "sigmoid":
                self._refuse(symbol, f"{symbol.text} is a function, no name: it takes operands, as in {symbol.text}(x)")
            self._go(start)
            self.trivial = kept
            return None
        if (
            primes
            or power
            or (symbol.text != function and symbol.text not in ("σ", "sigma", "ln", "abs", "max", "min"))
        ):
            self.trivial = False
        found: Tree = Call(function, arguments, symbol.place, keywords, primes=primes)
        return Power(found, power, symbol.place) if power is not None else found

    def _reach(self) -> Tree:
        """What a function without parentheses is applied to: of log 2π and cos 3x both."""
        first = self._deeper(self._power)
        circle = self._next
        if isinstance(first, Number) and circle.text in ("π", "pi") and not self._known(circle.text):
            return Product((first, self._deeper(self._power)), "", circle.place)
        if isinstance(first, Number) and circle.kind == "name" and circle.gap == 0 and circle.text not in FUNCTIONS:
            start = self._at  # cos 3x, and no more
            operand = self._deeper(self._power)
            if not self._starts_an_operand():
                return Product((first, operand), "", circle.place)
            self._go(start)
        return first

    def _starts_an_operand(self) -> bool:
        """Whether a function without parentheses may reach to what comes next."""
        return self._starts_a_factor() and self._next.text not in FUNCTIONS

    def _indicator(self) -> Tree:
        """1[n > 0], 1_{n > 0}; 𝟙 by itself is a vector of ones."""
        symbol = self._advance()
        self.trivial = False
        if self._sign == "_":
            self._advance()
            _, inside, end = self._group()
            return Call("indicator", (self._within(inside, end, self._formula_with_equals),), symbol.place)
        if self._sign in ("(", "[", "{"):
            _, inside, end = self._parenthesised()
            return Call("indicator", (self._within(inside, end, self._formula_with_equals),), symbol.place)
        found: Tree = Name("𝟙", symbol.place)
        while self._sign == "^" or self._next.kind == "super":
            script = self._advance()
            found = self._raised(found, script) if script.kind == "super" else self._to_the_power(found, script)
        return found
