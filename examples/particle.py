"""A charge between two others: where it crosses the axis is steered to zero, in all four combinations of modes.

The charge starts at (0, 8) with velocity (0.75, 0) and moves by Euler steps under the force -grad p, where p is the potential
of charges at (10, 10 - w) and (10, 0). The crossing abscissa squared is minimized over w. The force is a derivative in the
loop of a program that is differentiated (Siskind and Pearlmutter, 2008, as in saddle.py).
"""

from collections.abc import Callable

import numpy as np

import adjoint_compiler as ac

STEP = 0.1


def potential(x: np.ndarray, w: float) -> float:
    """The potential at x (2,)."""
    first = np.sqrt((x[0] - 10.0) ** 2 + (x[1] - 10.0 + w) ** 2)
    second = np.sqrt((x[0] - 10.0) ** 2 + x[1] ** 2)
    return 1.0 / first + 1.0 / second


slope = ac.grad(potential)


def crossing_by_reverse(w: float) -> float:
    """The square of the crossing abscissa; the force by reverse mode."""
    x, v = np.array([0.0, 8.0]), np.array([0.75, 0.0])
    while True:
        force = -slope(x, w)
        after = x + STEP * v
        if after[1] <= 0.0:
            break
        x = after
        v = v + STEP * force
    last = -x[1] / v[1]
    return (x[0] + last * v[0]) ** 2


def crossing_by_forward(w: float) -> float:
    """The same; the force by forward mode, one sweep for each coordinate."""
    x, v = np.array([0.0, 8.0]), np.array([0.75, 0.0])
    while True:
        _, first = ac.jvp(potential, (x, w), (np.array([1.0, 0.0]), None))
        _, second = ac.jvp(potential, (x, w), (np.array([0.0, 1.0]), None))
        force = -np.array([first, second])
        after = x + STEP * v
        if after[1] <= 0.0:
            break
        x = after
        v = v + STEP * force
    last = -x[1] / v[1]
    return (x[0] + last * v[0]) ** 2


CROSSINGS = {"reverse": crossing_by_reverse, "forward": crossing_by_forward}
MODES: dict[tuple[str, str], Callable[[float], float]] = {
    ("reverse", "reverse"): ac.grad(crossing_by_reverse),
    ("reverse", "forward"): ac.grad(crossing_by_forward),
    ("forward", "reverse"): ac.jacfwd(crossing_by_reverse),
    ("forward", "forward"): ac.jacfwd(crossing_by_forward),
}


def steer(outer: str, inner: str) -> tuple[float, float]:
    """The w that brings the crossing to zero, and the square of the abscissa there, by gradient descent from w = 0."""
    crossing, derivative = CROSSINGS[inner], MODES[outer, inner]
    w, value, step = 0.0, crossing(0.0), 0.005
    for _ in range(60):
        g = derivative(w)
        after = crossing(w - step * g)
        while after >= value and step > 1e-9:
            step *= 0.5
            after = crossing(w - step * g)
        if after >= value or abs(step * g) < 1e-8:
            break
        w, value, step = w - step * g, after, 1.5 * step
    return w, value


def main() -> None:
    for outer, inner in MODES:
        w, value = steer(outer, inner)
        print(f"{outer} over {inner}: w = {w:.9f}, abscissa squared {value:.3e}")


if __name__ == "__main__":
    main()
