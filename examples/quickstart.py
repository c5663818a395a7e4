"""A first derivative: from a plain function to Python source that computes its gradient.

Shows the three texts that the compiler writes for one function (joint, primal, adjoint) and calls the result.
"""

import adjoint_compiler as ac


def f(x: float, y: float) -> float:
    return 5 * x**2 - x * y


gradient = ac.grad(f, wrt=("x", "y"))


def exact_gradient(x: float, y: float) -> tuple[float, float]:
    """The gradient of f on paper: (10 x - y, -x)."""
    return 10 * x - y, -x


def main() -> None:
    for title, text in (
        ("Gradient of f, one function", gradient.source),
        ("Primal: f and its tape", gradient.primal_source),
        ("Adjoint: from the tape and an adjoint of the result", gradient.adjoint_source),
    ):
        print(f"# ---- {title} ----", text.strip(), sep="\n\n", end="\n\n")
    print("gradient of 5 x^2 - x y at (2, 3):", gradient(2.0, 3.0))
    print("on paper:                         ", exact_gradient(2.0, 3.0))


if __name__ == "__main__":
    main()
