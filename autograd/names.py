"""Names that say more than what to print."""


class ParameterName(str):
    """The name of a parameter: the path of attributes and indices that leads to it, as ``layers.0.weights.1``.

    It is a string like any other. `nn.Module` gives it, and a drawing sees by it which leaves are parameters and which
    modules they belong to; so can a network that is written by hand.

    >>> from autograd import Value
    >>> Value(0.5, ParameterName("hidden.0.weights.1"))
    Value(data=0.5, grad=None, name='hidden.0.weights.1')
    """

    __slots__ = ()
