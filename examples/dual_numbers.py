"""Forward mode is what arithmetic with dual numbers computes, written out as a program.

A dual number is a + b e with e * e = 0 (Clifford, 1873): f(a + b e) = f(a) + f'(a) b e. A class that overloads the operators
carries the tangent along while it runs; the compiler writes the same arithmetic down once, without the class.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import adjoint_compiler as ac
from adjoint_compiler.pushforward import forward_of


@dataclass(frozen=True)
class Dual:
    """The number `value + tangent * e`."""

    value: float
    tangent: float = 0.0

    def __add__(self, other: Any) -> "Dual":
        other = lifted(other)
        return Dual(self.value + other.value, self.tangent + other.tangent)

    def __mul__(self, other: Any) -> "Dual":
        other = lifted(other)
        return Dual(self.value * other.value, self.tangent * other.value + other.tangent * self.value)

    def __lt__(self, other: Any) -> bool:
        return self.value < lifted(other).value

    __radd__, __rmul__ = __add__, __mul__


def lifted(x: Any) -> Dual:
    """A number as a dual one whose tangent is zero."""
    return x if isinstance(x, Dual) else Dual(x)


def sine(x: Dual) -> Dual:
    """The sine of a dual number."""
    return Dual(math.sin(x.value), math.cos(x.value) * x.tangent)


def wave(x: Any, sin: Callable[[Any], Any] = math.sin) -> Any:
    """A loop, a branch and a sine: an ordinary program."""
    total = 1.0 * x
    for k in range(1, 5):
        total = total * x + k
        if total < 2.0:
            total = total * 3.0
    return sin(total * x) + total


def by_duals(f: Callable[..., Any], x: float, x_dot: float) -> tuple[float, float]:
    """The value and the tangent of f, carried along by dual numbers."""
    out = f(Dual(x, x_dot), sine)
    return out.value, out.tangent


def by_generated_code(f: Callable[[Any], Any], x: float, x_dot: float) -> tuple[float, float]:
    """The same by the program that the compiler writes."""
    return ac.jvp(f, (x,), (x_dot,))


def generated_code(f: Callable[[Any], Any], x: float) -> str:
    """That program."""
    return forward_of(f, None, None).compiled((x, math.sin), (0,)).texts[0]


def main() -> None:
    print(generated_code(wave, 0.4))
    for x in (-0.7, 0.4, 1.3):
        print(f"x = {x}: dual numbers {by_duals(wave, x, 1.0)}, generated code {by_generated_code(wave, x, 1.0)}")


if __name__ == "__main__":
    main()
