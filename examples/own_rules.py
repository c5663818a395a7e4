"""Rules of one's own: a function known only by a table of numbers, and one whose derivative is better than its formula.

The viscosity of water comes from measurements, interpolated by a spline that somebody else wrote; its slope is known, too, so the
compiler need not read it. The second function, the mean excess of a bounded exponential, is written with a removable
singularity, where the derivative of its formula would be 0/0.
"""

import numpy as np

import adjoint_compiler as ac

TEMPERATURES = np.array([0.0, 20.0, 40.0, 60.0, 80.0, 100.0])  # degrees Celsius
VISCOSITIES = np.array([1.792, 1.002, 0.653, 0.466, 0.354, 0.282])  # mPa s (CRC Handbook of Chemistry and Physics)
COEFFICIENTS = np.polynomial.polynomial.polyfit(TEMPERATURES, np.log(VISCOSITIES), 4)
SLOPES = np.polynomial.polynomial.polyder(COEFFICIENTS)


class Fitted:
    """The exponential of a polynomial, evaluated by code that is not to be read."""

    def __init__(self, coefficients: np.ndarray) -> None:
        self.evaluate = np.polynomial.Polynomial(coefficients)

    def __call__(self, temperature: float) -> float:
        return np.exp(self.evaluate(temperature))


_fitted, _slope = Fitted(COEFFICIENTS), np.polynomial.Polynomial(SLOPES)


def viscosity(temperature):
    """The viscosity of water in mPa s at a temperature between 0 and 100 degrees Celsius."""
    return _fitted(temperature)


def relative_slope(temperature):
    """The derivative of its logarithm."""
    return _slope(temperature)


def curvature(temperature):
    """The second derivative of its logarithm."""
    return _slope.deriv()(temperature)


BETWEEN = {"t1": (5.0, 95.0)}
ac.rules.elementwise("curvature(t1)", curvature, domain=BETWEEN)  # no partial: third derivatives are refused
ac.rules.elementwise("relative_slope(t1)", relative_slope, t1="curvature(t1)", domain=BETWEEN)
ac.rules.elementwise("viscosity(t1)", viscosity, t1="y * relative_slope(t1)", domain=BETWEEN)


def mean_excess(x):
    """``1/x - 1/(exp(x) - 1)``: the mean of an exponential variable of rate ``x`` that is below one; 1/2 at rate 0."""
    small = np.abs(x) < 1e-2
    safe = np.where(small, 1.0, x)
    return np.where(small, 0.5 - x / 12 + x**3 / 720, 1 / safe - 1 / np.expm1(safe))


def variance(x):
    """``1/x**2 - 1/(4 sinh(x/2)**2)``: its variance, which is minus the derivative of the mean; 1/12 at rate 0."""
    small = np.abs(x) < 1e-2
    safe = np.where(small, 1.0, x)
    return np.where(small, 1 / 12 - x**2 / 240, (1 / safe) ** 2 - (0.5 / np.sinh(0.5 * safe)) ** 2)


ac.rules.elementwise("variance(x)", variance)
ac.rules.elementwise("mean_excess(x)", mean_excess, x="-variance(x)")


def flow(temperatures, pressure_drop):
    """The flow through pipes of unit resistance, summed: it is inversely proportional to the viscosity."""
    return np.sum(pressure_drop / viscosity(temperatures))


flow_gradient = ac.grad(flow, wrt=("temperatures", "pressure_drop"))


def main() -> None:
    ac.testing.check_rule(viscosity)
    print("the rule of the viscosity is right")
    print(flow_gradient.source)
    by_temperature, by_pressure = flow_gradient(np.array([10.0, 50.0, 90.0]), 2.0)
    print("by temperature:", by_temperature, " by pressure:", by_pressure)
    print("the mean excess and its slope at rate 0:", ac.value_and_grad(mean_excess)(0.0))


if __name__ == "__main__":
    main()
