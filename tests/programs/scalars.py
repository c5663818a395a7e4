"""Numbers: arithmetic, math, conditional expressions, unpacking, augmented assignment."""

import math

from . import program


def two_numbers(rng):
    return 1.5, 0.75


def three_numbers(rng):
    return 0.6, 1.3, 2.1


@program(two_numbers, wrt=(0, 1))
def quadratic(x, y):
    return 5 * x**2 - x * y


@program(three_numbers, wrt=(0, 1, 2))
def nested_fractions(x, y, z):
    return (x - y / z) / (1 + x * x / (y - -z)) - +x / 2


@program(two_numbers, wrt=(0, 1))
def powers(x, y):
    return x**y + x**3 + 2.0**y + x**-1.5 + pow(y, 2) + y**0 + x**0.5


@program(two_numbers, wrt=(0, 1), complex_step=False)
def remainders(x, y):
    return (x % 1.0) * y + (5.2 * x) // y + math.floor(x) * y


@program(two_numbers, wrt=(0, 1), complex_step=False)
def math_functions(x, y):
    a = math.sin(x) * math.cos(y) + math.tan(y)
    b = math.exp(-x) * math.log(x + y) + math.log1p(x) - math.expm1(y)
    c = math.atan2(y, x) + math.hypot(x, y) + math.sqrt(x * y)
    d = math.tanh(x) + math.asinh(y) + math.sinh(y) / math.cosh(x)
    return a * b + c / d


@program(two_numbers, wrt=(0, 1), complex_step=False)
def math_special(x, y):
    inverse = math.asin(0.5 * y) + math.acos(0.5 * x) + math.atan(x)
    special = math.erf(x) * math.lgamma(y + 1) + math.fabs(x - 2) + math.gamma(x)
    return inverse * special + math.log(x, 3) + math.log2(y) + math.log10(x * y) + math.pi * x


@program(lambda rng: (-30.0, 4.0), wrt=(0, 1), complex_step=False)
def softplus_stable(x, y):
    if x > 0:
        left = x + math.log1p(math.exp(-x))
    else:
        left = math.log1p(math.exp(x))
    return left + (y + math.log1p(math.exp(-y)) if y > 0 else math.log1p(math.exp(y)))


@program(three_numbers, wrt=(0, 1, 2), complex_step=False)
def conditional_expressions(x, y, z):
    inside = 0 < x < y <= z
    a = x * y if inside and not x > 1 else y / x
    b = a if a > 10 else (a * a if z > 2 or x / 0 > 1 else -a)
    return a + b * (x if inside else 1.0) + (z > y) * z


@program(three_numbers, wrt=(0, 1, 2))
def boolean_operators_return_operands(x, y, z):
    nothing = 0.0
    a = nothing or x * y
    b = x and y * z
    c = nothing and x
    return a * b + c + (x or z)


@program(three_numbers, wrt=(0, 1, 2))
def simultaneous_assignment(x, y, z):
    x, y, z = y * z, x, x + y
    (a, b), c = (x, y * y), z * x
    a, b = b, a
    return a * x - b / y + c


@program(three_numbers, wrt=(0, 1, 2))
def augmented_assignments(x, y, z):
    s = t = x * y
    s += z
    s *= s
    s -= t / x
    t /= s
    t **= 2
    t += t * t
    return s + t


@program(two_numbers, wrt=(0, 1))
def rebinding_a_parameter(x, y):
    x = x * y
    z = x
    x = x * x - y
    x, z = z * x, x
    return x / (1 + z * z)


@program(three_numbers, wrt=(0, 1, 2))
def dead_and_unused(x, y, unused):
    wasted = x * x * y
    wasted = wasted / y
    kept = x * 3
    wasted = kept * y
    constant = 4.0 * 0.5
    return kept * constant


@program(three_numbers, wrt=(0, 1, 2), complex_step=False)
def builtin_functions(x, y, z):
    largest = max(x, y, z) * min(x, y * z)
    total = sum((x, y * z, largest))
    return total * float(y) + abs(x - z) ** 1.5 + abs(-largest)


@program(lambda rng: (0.7, 5))
def integer_bookkeeping(x, n):
    half = n // 2
    y = x
    for k in range(half, n + 1):
        y += (-1) ** k * x**k / math.factorial(k)
    return y * (n % 3) + int(2.9) * x


def number(rng):
    return (0.8,)


program(number, name="anonymous_function", tags=("closure",))(lambda x: x**3 / (1 + x * x))
