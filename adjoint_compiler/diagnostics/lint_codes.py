"""The codes of lints: what is differentiated right, and may still not be what was meant.

Each has a program that earns it (the line carries the code in a comment) and what may be written instead, both after
``import numpy as np``, ``import math`` and ``import adjoint_compiler as ac``. docs/lints.md is written from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Lint:
    """One kind of remark: its title, why it is made, what to do, a program that earns it, and one that does not.

    ``warned`` lints are told as ``DifferentiationWarning``; all are listed by ``explain``.
    """

    title: str
    explanation: str
    advice: str
    warned: bool
    example: str
    instead: str


LINTS: Mapping[str, Lint] = MappingProxyType(
    {
        "ACW01": Lint(
            "equality test of an active value",
            "At the one point where the branch is taken, the derivative is that of the branch, not of the function "
            "around it: `0.0` in the example has derivative 0, `np.sinc` has a curvature there.",
            "test for a range, or choose between values with np.where",
            True,
            "def f(x):\n    if x == 0.0:  # ACW01\n        return 1.0\n    return math.sin(x) / x\nac.grad(f)(0.0)",
            "def f(x):\n    if abs(x) < 1e-4:\n        return 1.0 - x * x / 6.0\n    return math.sin(x) / x\nac.grad(f)(0.0)",
        ),
        "ACW02": Lint(
            "branch that depends on active data",
            "The derivative is that of the branch that is taken. Where the branches meet, the function has a kink or a "
            "step, which no derivative shows.",
            "see whether the branches agree where they meet",
            False,
            "def f(x):\n    if x > 1.0:  # ACW02\n        return 2.0 * x - 1.0\n    return x * x\nac.grad(f)(2.0)",
            "def f(x, n):\n    if n > 1:\n        return 2.0 * x - 1.0\n    return x * x\nac.grad(f)(2.0, 3)",
        ),
        "ACW03": Lint(
            "trip count that depends on active data",
            "The derivative is that of as many iterations as were run. Of an iteration that stops at a tolerance, it is as "
            "accurate as the last steps are.",
            "see whether the tolerance is fine enough",
            False,
            "def f(x):\n    y = x\n    while abs(y * y - x) > 1e-9:  # ACW03\n        y = 0.5 * (y + x / y)\n    return y\n"
            "ac.grad(f)(2.0)",
            "def f(x):\n    y = x\n    for _ in range(9):\n        y = 0.5 * (y + x / y)\n    return y\nac.grad(f)(2.0)",
        ),
        "ACW04": Lint(
            "active value turned into an integer",
            "Integers have no derivative: what is computed from this one has derivative zero. The same holds for values "
            "stored into an array of integers or bools, and for numbers read back from text.",
            "keep the value a float, or say ac.stop_gradient(x) if that is meant",
            True,
            "def f(x):\n    k = int(x)  # ACW04\n    return k * x\nac.grad(f)(2.5)",
            "def f(x):\n    k = int(ac.stop_gradient(x))\n    return k * x\nac.grad(f)(2.5)",
        ),
        "ACW05": Lint(
            "active value turned into an index",
            "Which elements are read or stored depends on active data. The derivative is that of the elements chosen; that "
            "others might be chosen nearby does not show.",
            "see whether the choice may be taken as fixed",
            False,
            "def f(v):\n    return v[np.argmax(v)]  # ACW05\nac.grad(f)(np.arange(3.0))",
            "def f(v):\n    return np.max(v)\nac.grad(f)(np.arange(3.0))",
        ),
        "ACW06": Lint(
            "active value turned into text",
            "Text has no derivative. To print a value is no harm.",
            "see whether the text is read again",
            False,
            'def f(x):\n    print(f"x = {x}")  # ACW06\n    return x * x\nac.grad(f)(2.0)',
            "def f(x):\n    return x * x\nac.grad(f)(2.0)",
        ),
        "ACW07": Lint(
            "random number compared with an active value",
            "The derivative holds the random numbers fixed, so it knows nothing of how the probability of the outcome "
            "changes: of an expectation it is a biased estimate.",
            "sum over the outcomes, each times its probability, or reparametrise the draw",
            True,
            "def f(p):\n    if np.random.random() < p:  # ACW07\n        return 3.0 * p\n    return p\nac.grad(f)(0.3)",
            "def f(p):\n    return p * 3.0 * p + (1.0 - p) * p\nac.grad(f)(0.3)",
        ),
        "ACW08": Lint(
            "store into a global array",
            "The function changes an array that is no argument. Its derivative computes with a copy, and leaves the array "
            "as it was.",
            "pass the array as an argument, or make it inside of the function",
            True,
            "buffer = np.zeros(3)\ndef f(x):\n    buffer[:] = x * x  # ACW08\n    return np.sum(buffer)\n"
            "ac.grad(f)(np.ones(3))",
            "def f(x):\n    buffer = np.zeros(3)\n    buffer[:] = x * x\n    return np.sum(buffer)\nac.grad(f)(np.ones(3))",
        ),
        "ACW09": Lint(
            "result that does not depend on what is differentiated by",
            "No path of computations that have a derivative leads from there to the result, so the gradient is zero. The result "
            "was read, counted, rounded or chosen, or the function returns something else than was meant.",
            "return what is computed from the arguments, or name others in wrt",
            True,
            "def f(x):\n    y = x * x\n    return float(len(str(y)))  # ACW09\nac.grad(f)(2.0)",
            "def f(x):\n    y = x * x\n    return y * len(str(y))\nac.grad(f)(2.0)",
        ),
    }
)
