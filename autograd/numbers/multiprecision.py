"""Mpmath's numbers, at the precision that mpmath is set to: an oracle to any number of digits."""

from typing import Any

from mpmath import cos, exp, expm1, log, log1p, mp, sign, sin, sqrt, tanh

half = mp.mpf(1) / 2


def number(x: float) -> Any:
    return mp.mpf(x)


def choose(textbook: Any, accurate: Any) -> Any:
    return textbook()


def divide(a: Any, b: Any) -> Any:
    return mp.mpf(a) / b


def power(a: Any, b: Any) -> Any:
    return mp.power(a, b)


def absolute(a: Any) -> Any:
    return abs(a)


def sigmoid(a: Any) -> Any:
    return 1 / (1 + exp(-a))


def softplus(a: Any) -> Any:
    return log1p(exp(a))


def relu(a: Any) -> Any:
    return a if a > 0 or a != a else mp.zero


def step(a: Any) -> Any:
    return mp.one if a > 0 else a if a != a else mp.zero


def maximum(a: Any, b: Any) -> Any:
    return a if a > b or a != a else b


def minimum(a: Any, b: Any) -> Any:
    return a if a < b or a != a else b


def where(condition: Any, a: Any, b: Any) -> Any:
    return a if condition else b


def less(a: Any, b: Any) -> Any:
    return mp.one if a < b else mp.zero


def less_equal(a: Any, b: Any) -> Any:
    return mp.one if a <= b else mp.zero


def equal(a: Any, b: Any) -> Any:
    return mp.one if a == b else mp.zero


def sum(*xs: Any) -> Any:
    return mp.fsum(xs)


def prod(*xs: Any) -> Any:
    return mp.fprod(xs)


def logsumexp(*xs: Any) -> Any:
    top = max(xs)
    return top + log(mp.fsum(exp(x - top) for x in xs))
