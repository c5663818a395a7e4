"""Python makes a complex number of a negative one to a fractional power; types say real, so that is refused."""

import pytest

import adjoint_compiler as ac

from . import check


def imaginary(x):
    return ((-x) ** 0.5).imag


def modulus(x):
    return abs((-x) ** 1.5)


def by_function(x):
    return pow(-x, 0.5).real * 3 + x


def returned(x):
    return (-x) ** x


def meant(x):
    return abs(complex(-x) ** 0.5 * (1 + 2j))


@pytest.mark.parametrize("f", [imaginary, modulus, by_function, returned])
def test_refused_where_it_is_complex(f):
    with pytest.raises(ValueError, match="fractional power"):
        ac.grad(f)(2.3)
    with pytest.raises(ValueError, match="fractional power"):
        ac.vjp(f, 2.3)
    if f is not returned:
        check(f, -2.3)


def test_complex_numbers_have_powers():
    check(meant, 2.3)
    check(meant, -2.3)


def test_squares_need_no_check():
    def f(x, y):
        r = x * x + y**2
        return r**1.5 + abs(x) ** 0.5

    assert "check_power" not in ac.grad(f).specialize(1.0, 2.0).source
