"""Two advection schemes that overwrite their argument, and the adjoint of their final state.

A quantity q on a periodic line is carried along at Courant number c. Both schemes are those of the benchmark
in Hogan, Fast reverse-mode automatic differentiation using expression templates in C++, ACM TOMS 40, 26
(2014): the linear one of Lax and Wendroff, and the non-linear one of Toon et al., J. Atmos. Sci. 45, 2123
(1988). Each is written twice, with loops over elements and with slices. None returns anything: the output is
what it leaves in q.
"""

import math
from collections.abc import Callable

import numpy as np

import adjoint_compiler as ac


def lax_wendroff_loops(q: np.ndarray, c: float, steps: int) -> None:
    """Advance q (n,) in place by the Lax-Wendroff scheme."""
    n = len(q)
    flux = np.empty(n - 1)
    for _ in range(steps):
        for i in range(n - 1):
            flux[i] = 0.5 * c * (q[i] + q[i + 1] + c * (q[i] - q[i + 1]))
        for i in range(1, n - 1):
            q[i] += flux[i - 1] - flux[i]
        q[0] = q[n - 2]
        q[n - 1] = q[1]


def lax_wendroff_slices(q: np.ndarray, c: float, steps: int) -> None:
    """Advance q (n,) in place by the Lax-Wendroff scheme."""
    for _ in range(steps):
        flux = 0.5 * c * (q[:-1] + q[1:] + c * (q[:-1] - q[1:]))
        q[1:-1] += flux[:-1] - flux[1:]
        q[0] = q[-2]
        q[-1] = q[1]


def toon_loops(q: np.ndarray, c: float, steps: int) -> None:
    """Advance q (n,), positive and with no two neighbours equal, in place by the scheme of Toon et al."""
    n = len(q)
    flux = np.empty(n - 1)
    for _ in range(steps):
        for i in range(n - 1):
            growth = math.exp(c * math.log(q[i] / q[i + 1])) - 1.0
            flux[i] = growth * q[i] * q[i + 1] / (q[i] - q[i + 1])
        for i in range(1, n - 1):
            q[i] += flux[i - 1] - flux[i]
        q[0] = q[n - 2]
        q[n - 1] = q[1]


def toon_slices(q: np.ndarray, c: float, steps: int) -> None:
    """Advance q (n,), positive and with no two neighbours equal, in place by the scheme of Toon et al."""
    for _ in range(steps):
        growth = np.exp(c * np.log(q[:-1] / q[1:])) - 1.0
        flux = growth * q[:-1] * q[1:] / (q[:-1] - q[1:])
        q[1:-1] += flux[:-1] - flux[1:]
        q[0] = q[-2]
        q[-1] = q[1]


Scheme = Callable[[np.ndarray, float, int], None]

# name: loops, slices, step for central differences. The linear scheme takes any step; for Toon's the best
# step balances curvature against the rounding of its quotient of small differences.
SCHEMES: dict[str, tuple[Scheme, Scheme, float]] = {
    "Lax-Wendroff": (lax_wendroff_loops, lax_wendroff_slices, 1e-1),
    "Toon": (toon_loops, toon_slices, 3e-3),
}
COURANT_NUMBER = 0.125


def initial_state(n: int = 100) -> np.ndarray:
    """Hogan's initial state: for 100 points, 1.5 + 0.5 sin(2 pi i / 98.5)."""
    return 1.5 + 0.5 * np.sin(2.0 * np.pi * np.arange(n) / (n - 1.5))


def random_seed(n: int = 100) -> np.ndarray:
    """An adjoint (n,) for the final state, uniform in [0, 1).

    In double precision the rounding of Toon's state alone moves the adjoint by 1e-5 to 1e-4 of its largest
    element, measured against 80-bit arithmetic: two correct evaluations of it agree no better than that.
    """
    return np.random.default_rng(0).random(n)


def adjoint(
    scheme: Scheme, q: np.ndarray, c: float, steps: int, seed: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """The final state (n,), and the derivatives of <seed, final state> by the initial state (n,) and by c.

    `q` keeps its value: a derivative function works on a copy of what its primal overwrites.
    """
    final, pullback = ac.vjp(scheme, q, c, steps)
    q_bar, c_bar, _ = pullback(seed)  # the number of steps is an int, its entry is None
    return final, q_bar, c_bar


def central_differences(scheme: Scheme, q: np.ndarray, c: float, steps: int, seed: np.ndarray, h: float) -> np.ndarray:
    """The derivative (n,) of <seed, final state> by the initial state: (f(q + h e_i) - f(q - h e_i)) / 2h."""

    def functional(i: int, shift: float) -> float:
        moved = q.copy()
        moved[i] += shift
        scheme(moved, c, steps)
        return seed @ moved

    return np.array([(functional(i, h) - functional(i, -h)) / (2 * h) for i in range(len(q))])


def relative_difference(a: np.ndarray, b: np.ndarray) -> float:
    """The largest difference between two arrays, relative to the largest element of the second."""
    return float(np.max(np.abs(a - b)) / np.max(np.abs(b)))


def main(steps: int = 2000) -> None:
    q, c, seed = initial_state(), COURANT_NUMBER, random_seed()
    for name, (loops, slices, h) in SCHEMES.items():
        _, by_loops, c_by_loops = adjoint(loops, q, c, steps, seed)
        _, by_slices, c_by_slices = adjoint(slices, q, c, steps, seed)
        differences = central_differences(slices, q, c, steps, seed, h)
        print(f"{name}: {len(q)} points, {steps} steps")
        with np.printoptions(precision=6, threshold=8, edgeitems=3):
            print("  adjoint of the initial state:", by_slices)
        print(f"  adjoint of c:                 {c_by_slices:.6g} (loops {c_by_loops:.6g})")
        print(f"  slices against differences:   {relative_difference(by_slices, differences):.1e}")
        print(f"  loops against differences:    {relative_difference(by_loops, differences):.1e}")
        print(f"  loops against slices:         {relative_difference(by_loops, by_slices):.1e}")


if __name__ == "__main__":
    main()
