"""Functions as objects: what they read of the functions around them must be what Python reads when they are called."""

import math

import pytest

import adjoint_compiler as ac
from adjoint_compiler.diagnostics import DifferentiationError


def counters(x):
    def counter():
        n = 0.0

        def count():
            nonlocal n
            n = n + x
            return n

        return count

    fs = []
    for _ in range(2):
        fs.append(counter())
    return sum(f() for f in fs) + fs[0]()


def loops_of_a_helper(x):
    def made():
        fs = []
        for k in range(3):
            fs.append(lambda z: z * k)
        return fs

    return sum(f(x) for f in made())


def rebound_in_the_helper(x):
    fs = []

    def add(k):
        fs.append(lambda z: z * k)
        k = 2.0 * k
        fs.append(lambda z: z + k)

    for n in range(2):
        add(n)
    return sum(f(x) for f in fs)


@pytest.mark.parametrize(("f", "name"), [(counters, "n"), (loops_of_a_helper, "k"), (rebound_in_the_helper, "k")])
def test_variables_that_change_are_refused(f, name):
    with pytest.raises(
        DifferentiationError, match=f"`{name}`, which this function reads, may be another one"
    ) as caught:
        ac.grad(f)(1.3)
    assert f"keep it as a default: `{name}={name}`" in str(caught.value)


def made_after_rebinding(x):
    def scaled(k):
        k = 2.0 * k
        q = k + x
        inner = lambda z: z * q  # noqa: E731
        k = 0.0
        return inner

    fs = []
    for n in range(3):
        fs.append(scaled(n))
    return sum(f(x) for f in fs)


def of_other_functions(x):
    def twice(f):
        return lambda z: f(f(z)) * x

    fs = []
    for f in (math.sin, lambda z: z * z):
        fs.append(twice(f))
    for f in list(fs):
        fs.append(f)
    s = 0.0
    for f in fs:
        s = s * x + f(x)
    return s


def defaults_and_keywords(x):
    fs = []
    for k in range(3):

        def power(z, k=k, *, by=x * k):
            return z**k * by

        fs.append(power)
    return fs[1](x) + fs[2](x, by=3.0) + fs[2](x, 1) + sum(f(x, by=x) for f in fs)


def mapped(x):
    fs = list(map(lambda a: lambda z: z * a, [x, 2.0, x * x]))
    return sum(f(x) for f in fs)


@pytest.mark.parametrize("f", [made_after_rebinding, of_other_functions, defaults_and_keywords, mapped])
def test_gradients(f):
    assert ac.value_and_grad(f)(1.3)[0] == pytest.approx(f(1.3), rel=1e-15)
    ac.testing.check_grads(f, (1.3,), order=2)


def test_functions_do_not_leave_the_program():
    def f(x):
        fs = []
        fs.append(lambda z: z * x)
        return x, fs

    with pytest.raises(DifferentiationError):
        ac.vjp(f, 2.0)
