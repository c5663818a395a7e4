"""A loop that runs until it has converged: Kepler's equation by Newton's method, differentiated as it stands.

Kepler's equation E - e sin E = M ties the eccentric anomaly E of an orbit of eccentricity e to its mean
anomaly M (Danby, Fundamentals of Celestial Mechanics, chapter 6). The derivative of the iteration converges
to the derivative of the solution (Gilbert, Automatic differentiation and iterative processes, Optim. Methods
Softw. 1, 13, 1992), which the implicit function theorem gives in closed form.
"""

import math

import adjoint_compiler as ac


def eccentric_anomaly(mean_anomaly: float, eccentricity: float) -> float:
    """Solve E - e sin E = M for E, with M in [0, 2 pi] and e in [0, 1), by Newton's method from E = pi."""
    anomaly = math.pi
    while True:
        residual = anomaly - eccentricity * math.sin(anomaly) - mean_anomaly
        step = residual / (1.0 - eccentricity * math.cos(anomaly))
        anomaly -= step
        if abs(step) < 1e-12:
            break
    return anomaly


def mean_distance(eccentricity: float, samples: int) -> float:
    """Distance from the focus, in semi-major axes, averaged over equally spaced times of one period.

    The distance is 1 - e cos E. Its average over time is 1 + e^2 / 2, which the sum approaches geometrically
    in the number of samples.
    """
    total = 0.0
    for k in range(samples):
        anomaly = eccentric_anomaly(2.0 * math.pi * k / samples, eccentricity)
        total += 1.0 - eccentricity * math.cos(anomaly)
    return total / samples


anomaly_and_gradient = ac.value_and_grad(eccentric_anomaly, wrt=("mean_anomaly", "eccentricity"))
mean_distance_gradient = ac.grad(mean_distance, wrt="eccentricity")


def implicit_gradient(mean_anomaly: float, eccentricity: float) -> tuple[float, float]:
    """dE/dM = 1 / (1 - e cos E) and dE/de = sin E / (1 - e cos E), by the implicit function theorem."""
    anomaly = eccentric_anomaly(mean_anomaly, eccentricity)
    slope = 1.0 - eccentricity * math.cos(anomaly)
    return 1.0 / slope, math.sin(anomaly) / slope


def main() -> None:
    print("   M     e        E      dE/dM (compiled, implicit)          dE/de (compiled, implicit)")
    for mean_anomaly, eccentricity in ((0.5, 0.1), (1.0, 0.6), (3.0, 0.9), (5.5, 0.95)):
        value, (by_mean, by_eccentricity) = anomaly_and_gradient(mean_anomaly, eccentricity)
        exact_by_mean, exact_by_eccentricity = implicit_gradient(mean_anomaly, eccentricity)
        print(
            f"{mean_anomaly:5.2f} {eccentricity:5.2f} {value:9.6f}  {by_mean:.13f} {exact_by_mean:.13f}"
            f"  {by_eccentricity:+.13f} {exact_by_eccentricity:+.13f}"
        )
    print("derivative of the mean distance 1 + e^2 / 2 at e = 0.6:", mean_distance_gradient(0.6, 200))


if __name__ == "__main__":
    main()
