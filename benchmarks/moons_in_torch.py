"""The step of `benchmarks.moons` with PyTorch on scalar tensors. It only informs: PyTorch is made for arrays."""

from typing import Any

from autograd import Value
from benchmarks.framework import Contestant, Race
from benchmarks.moons import Spelled, WithNN


def spelled_with_torch() -> Contestant:
    import torch

    torch.set_num_threads(1)

    def scalar(number: float, requires_grad: bool = False) -> Any:
        return torch.tensor(number, dtype=torch.float64, requires_grad=requires_grad)

    return Spelled(scalar, parameter=lambda number: scalar(number, requires_grad=True), zero=None)


WORKLOADS = [
    Race(
        work="the moons, one step: PyTorch on scalars against nn's perceptrons",
        ours=WithNN,
        peer=spelled_with_torch,
        needs=("torch", "sklearn"),
    ),
    Race(
        work="the moons, one step: neurons as sum(w*x) + b, PyTorch on scalars against autograd",
        ours=lambda: Spelled(Value),
        peer=spelled_with_torch,
        needs=("torch", "sklearn"),
    ),
]
