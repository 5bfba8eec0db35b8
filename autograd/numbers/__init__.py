"""The number systems that can compute the table of `autograd.ops`, one small module each.

A rule calls its number system ``m``. Numbers of a system have ``+ - *`` and unary ``-`` among themselves and with
integers; everything else is a function of the module:

=====================================  =====================================================================
``half``, ``number(x)``                1/2, and a Python number, in this system
``choose(textbook, accurate)``         calls one of two functions that are equal on paper
``divide(a, b)``, ``power(a, b)``      the quotient and aᵇ
``absolute``, ``sign``, ``step``       |a|, and the derivatives of |a| and of relu
``exp log log1p expm1 sqrt sin cos``   as in `math`
``tanh sigmoid relu softplus``         the activations
``maximum minimum where``              the choices, ``where(condition, a, b)`` with a condition of 1 or 0
``less``, ``less_equal``, ``equal``    comparisons, with the value 1 or 0
``sum prod logsumexp``                 of any number of operands
``largest(*xs)``                       the largest, as a constant (only the systems that choose ``accurate``)
=====================================  =====================================================================

The systems are `floats` and `extended` (the eager engine: values, local gradients), `values` (gradients that are graphs
again), `rationals` (exact), `formulas` (sympy), `multiprecision` (mpmath) and `complexes` (the complex step).
"""
