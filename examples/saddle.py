"""A saddle point by gradient descent inside of gradient descent, in all four combinations of modes.

Minimized over x is the maximum over y of |x|^2 - |y|^2. Both levels go downhill with a step that is halved until it helps.
The gradient of the outer one is that of a program that calls derivatives in a loop (Siskind and Pearlmutter, Using
polyvariant union-free flow analysis to compile a higher-order functional-programming language with a first-class derivative
operator to efficient Fortran-like code, 2008, which gives the problem).
"""

from collections.abc import Callable

import numpy as np

import adjoint_compiler as ac

START = (1.0, 1.0)
TOLERANCE = 1e-10


def gap(x: np.ndarray, y: np.ndarray) -> float:
    """|x|^2 - |y|^2 of two vectors (2,)."""
    return np.dot(x, x) - np.dot(y, y)


gap_by_y = ac.grad(gap, wrt="y")


def shorter(loss: Callable, y: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """The point y - step * slope, the step halved until the loss falls."""
    step = 1.0
    while loss(y - step * slope) >= loss(y) and step > 1e-9:
        step *= 0.5
    return y - step * slope


def worst_by_reverse(x: np.ndarray) -> float:
    """The largest gap over y, found by gradients from reverse mode."""
    y = np.array(START)
    for _ in range(30):
        slope = -gap_by_y(x, y)
        if np.dot(slope, slope) < TOLERANCE:
            break
        y = shorter(lambda v: -gap(x, v), y, slope)
    return gap(x, y)


def worst_by_forward(x: np.ndarray) -> float:
    """The same, found by gradients from forward mode: one sweep for each element."""
    y = np.array(START)
    for _ in range(30):
        _, first = ac.jvp(gap, (x, y), (None, np.array([1.0, 0.0])))
        _, second = ac.jvp(gap, (x, y), (None, np.array([0.0, 1.0])))
        slope = -np.array([first, second])
        if np.dot(slope, slope) < TOLERANCE:
            break
        y = shorter(lambda v: -gap(x, v), y, slope)
    return gap(x, y)


MODES = {
    ("reverse", "reverse"): ac.grad(worst_by_reverse),
    ("reverse", "forward"): ac.grad(worst_by_forward),
    ("forward", "reverse"): ac.jacfwd(worst_by_reverse),
    ("forward", "forward"): ac.jacfwd(worst_by_forward),
}
INNER = {"reverse": worst_by_reverse, "forward": worst_by_forward}


def saddle(outer: str, inner: str) -> tuple[np.ndarray, float]:
    """The minimizing x and the value there, with the outer and the inner gradient by the given modes."""
    worst, gradient = INNER[inner], MODES[outer, inner]
    x = np.array(START)
    for _ in range(30):
        slope = gradient(x)
        if slope @ slope < TOLERANCE:
            break
        x = shorter(worst, x, slope)
    return x, worst(x)


def main() -> None:
    for outer, inner in MODES:
        x, value = saddle(outer, inner)
        print(f"{outer} over {inner}: x = {x}, value {value:.3e}")


if __name__ == "__main__":
    main()
