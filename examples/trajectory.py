"""Shooting: find the initial velocities that bring a group of attracting bodies to given places.

The simulation updates its arrays in place and is built from helpers that overwrite their arguments. Its
gradient goes straight into `scipy.optimize.minimize(..., jac=True)`. Leapfrog in kick-drift-kick form:
Hairer, Lubich and Wanner, Geometric Numerical Integration, section I.1.4. Softened gravity: Dehnen and Read,
N-body simulations of gravitational dynamics, Eur. Phys. J. Plus 126, 55 (2011).
"""

import numpy as np
from scipy.optimize import OptimizeResult, minimize

import adjoint_compiler as ac

SOFTENING = 0.05  # a length; keeps the force of close encounters finite


def gravity(positions: np.ndarray, masses: np.ndarray, acceleration: np.ndarray) -> None:
    """Overwrite acceleration (n, 2) with the pull of masses (n,) at positions (n, 2); with G = 1."""
    for i in range(len(masses)):
        offsets = positions - positions[i]
        distances = np.sqrt((offsets**2).sum(axis=1) + SOFTENING**2)
        acceleration[i] = (masses / distances**3) @ offsets


def leapfrog(positions: np.ndarray, velocities: np.ndarray, masses: np.ndarray, duration: float, steps: int) -> None:
    """Advance positions and velocities (n, 2) in place by `steps` equal steps over a duration."""
    dt = duration / steps
    acceleration = np.empty_like(positions)
    gravity(positions, masses, acceleration)
    for _ in range(steps):
        velocities += 0.5 * dt * acceleration
        positions += dt * velocities
        gravity(positions, masses, acceleration)
        velocities += 0.5 * dt * acceleration


def miss(
    launch: np.ndarray,
    start: np.ndarray,
    masses: np.ndarray,
    target: np.ndarray,
    duration: float,
    steps: int,
) -> float:
    """Squared distance from the target (n, 2) after a start with velocities `launch`, flattened to (2n,)."""
    positions = start.copy()
    velocities = launch.reshape(start.shape).copy()
    leapfrog(positions, velocities, masses, duration, steps)
    return ((positions - target) ** 2).sum()


miss_and_gradient = ac.value_and_grad(miss, wrt="launch")


def planets() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions (4, 2), velocities (4, 2), masses (4,) of a sun and three planets on circular orbits."""
    radii = np.array([0.0, 1.0, 1.6, 2.3])
    angles = np.array([0.0, 0.3, 2.1, 4.0])
    direction = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    speeds = np.zeros(4)
    speeds[1:] = 1.0 / np.sqrt(radii[1:])
    velocities = speeds[:, None] * np.stack([-direction[:, 1], direction[:, 0]], axis=1)
    return radii[:, None] * direction, velocities, np.array([1.0, 0.02, 0.01, 0.03])


def problem(duration: float = 2.0, steps: int = 100) -> tuple[np.ndarray, np.ndarray, tuple]:
    """Velocities that reach the target (8,), a first guess (8,), and the other arguments of `miss`."""
    start, circular, masses = planets()
    launch = circular + 0.15 * np.random.default_rng(0).standard_normal(circular.shape)
    target, velocities = start.copy(), launch.copy()
    leapfrog(target, velocities, masses, duration, steps)
    return launch.ravel(), circular.ravel(), (start, masses, target, duration, steps)


def fit(guess: np.ndarray, arguments: tuple) -> OptimizeResult:
    """Minimize the miss over the initial velocities."""
    return minimize(miss_and_gradient, guess, args=arguments, jac=True, method="BFGS", options={"gtol": 1e-9})


def main() -> None:
    truth, guess, arguments = problem()
    result = fit(guess, arguments)
    print(f"miss at the first guess  {miss(guess, *arguments):.3e}")
    print(f"miss after {result.nit:3d} steps     {result.fun:.3e}")
    print("initial velocities that reach the target, found and true:")
    for found, true in zip(result.x.reshape(-1, 2), truth.reshape(-1, 2), strict=True):
        print(f"  ({found[0]:+.6f}, {found[1]:+.6f})   ({true[0]:+.6f}, {true[1]:+.6f})")


if __name__ == "__main__":
    main()
