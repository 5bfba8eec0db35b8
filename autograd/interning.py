"""Things of which there is one for each number, as long as somebody has it."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar
from weakref import WeakValueDictionary

from autograd.untyped import Anything

T = TypeVar("T")


def interned(make: Callable[[Anything], T]) -> Callable[[float], T]:
    """`make`, called once for each number while what it made is in use: 2 and 2.0 are one number, all NaN are one."""
    made: WeakValueDictionary[str, Anything] = WeakValueDictionary()

    @lru_cache(maxsize=64)  # so that the operation of x**2 is not made anew for each of many graphs
    @wraps(make)
    def one(number: float) -> T:
        number = int(number) if number == number // 1 else number
        thing: T | None = made.get(repr(number))
        if thing is None:
            thing = made[repr(number)] = make(number)
        return thing

    return one
