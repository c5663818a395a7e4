"""Objects that hold functions of libraries have second derivatives: generated code makes such objects anew."""

import math
from dataclasses import dataclass

import numpy as np

import adjoint_compiler as ac


@dataclass
class Layer:
    scale: float
    function: object

    def __call__(self, x):
        return self.function(self.scale * x)


def best_of(v):
    best = None
    for k in range(len(v)):
        layer = Layer(v[k], math.sin)
        if best is None or layer.scale > best.scale:
            best = layer
    return best(0.7) * v[0]


def test_second_derivatives():
    ac.testing.check_grads(best_of, (np.array([0.4, 1.2]),), order=2)
