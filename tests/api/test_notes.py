"""Exceptions that a program raises inside of its derivative say which line of the program they come from."""

import sys

import numpy as np
import pytest

import adjoint_compiler as ac

pytestmark = pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions have no notes before Python 3.11")


class Own(ValueError):
    pass


def helper(A):
    B = A * 1.0
    return np.linalg.inv(B) @ A


def in_helpers(A, n):
    s = 0.0
    for k in range(n):
        s = s + helper(A)[0, k]
    return s


ERROR = Own("too big", 3)


def raises(x):
    if x > 1.0:
        raise Own("too big", 3)
    return x * x


def recursive(x, n):
    if n == 0:
        return x[5]
    return recursive(x * 2.0, n - 1)


def in_the_middle(v):
    u = np.zeros(3)
    for k in range(5):
        u[k] = np.sin(v[k]) * 2.0
    return u.sum()


def line_of(text):
    """The number of the only line of this file that has the text."""
    lines = open(__file__, encoding="utf-8").read().splitlines()
    (number,) = [k for k, line in enumerate(lines, 1) if line == text]
    return number


def notes(call, *args):
    with pytest.raises(Exception) as caught:
        call(*args)
    return caught.value, getattr(caught.value, "__notes__", [])


def expected(name, *lines):
    first, *calls = [f"tests/api/test_notes.py:{line_of(text)}: {text.strip()}" for text in lines]
    return ["\n  called from ".join([f"in the derivative of `{name}`, at {first}", *calls])]


def test_type_arguments_and_place():
    fault, found = notes(ac.grad(raises), 2.0)
    assert type(fault) is Own and fault.args == ("too big", 3) and fault.__cause__ is None
    assert found == expected("raises", '        raise Own("too big", 3)')


def test_the_statement_in_a_helper_and_its_caller():
    fault, found = notes(ac.grad(in_helpers), np.ones((2, 2)), 2)
    assert type(fault) is np.linalg.LinAlgError
    assert found == expected("in_helpers", "    return np.linalg.inv(B) @ A", "        s = s + helper(A)[0, k]")
    _, found = notes(ac.grad(in_helpers), np.eye(2), 3)
    assert found == expected("in_helpers", "        s = s + helper(A)[0, k]")


def test_stores_in_loops():
    _, found = notes(ac.grad(in_the_middle), np.ones(5))
    assert found == expected("in_the_middle", "        u[k] = np.sin(v[k]) * 2.0")


def test_recursive_functions():
    _, (note,) = notes(ac.grad(recursive), np.ones(3), 2)
    assert note.startswith(expected("recursive", "        return x[5]")[0])


@pytest.mark.parametrize(
    "derivative", [ac.value_and_grad(raises), ac.grad(ac.grad(raises)), ac.grad(raises, optimize=0)]
)
def test_every_kind_of_derivative(derivative):
    _, found = notes(derivative, 2.0)
    assert found == expected("raises", '        raise Own("too big", 3)')


def test_the_public_pair():
    _, found = notes(ac.vjp, raises, 2.0)
    assert found == expected("raises", '        raise Own("too big", 3)')


def test_exceptions_of_objects_and_callbacks_keep_their_identity():
    @ac.nondifferentiable
    def inert(x):
        raise ERROR

    def f(x):
        return x * inert(x)

    fault, found = notes(ac.grad(f), 2.0)
    assert fault is ERROR and found == expected("f", "        return x * inert(x)")
    assert notes(ac.grad(f), 2.0)[1] == found  # told once


def test_what_is_refused_or_does_not_fit_has_no_note():
    fault, found = notes(ac.grad(raises), "text")
    assert isinstance(fault, ac.DifferentiationError) and not found
    assert notes(ac.grad(raises))[1] == [] and notes(ac.grad(lambda x: x * x), np.ones(3))[1] == []


def test_the_traceback_still_shows_the_generated_line():
    fault, _ = notes(ac.grad(raises), 2.0)
    frames = []
    traceback = fault.__traceback__
    while traceback is not None:
        frames.append(traceback.tb_frame.f_code.co_name)
        traceback = traceback.tb_next
    assert frames[-1] == "raises_grad"


def squares(v):
    for a in v:
        if a > 1.0:
            raise Own("too big", 3)
        yield a * a


def of_a_generator(v):
    return sum(a for a in squares(v))


def slope(v):
    return np.sum(ac.grad(of_a_generator)(v))


def test_derivatives_inside_of_derivatives_tell_the_line_of_the_innermost_program():
    for derivative in (ac.grad(slope), lambda v: ac.jvp(slope, (v,), (v,)), ac.hessian(of_a_generator)):
        (note,) = notes(derivative, np.array([0.5, 2.0]))[1]
        lines = [line.strip() for line in note.splitlines()]
        assert lines[0].endswith('raise Own("too big", 3)') and lines[1].endswith("sum(a for a in squares(v))")


def test_calls_of_derivatives_are_told():
    (note,) = notes(ac.grad(slope), np.array([0.5, 2.0]))[1]
    assert note.endswith("return np.sum(ac.grad(of_a_generator)(v))")


def test_compiled_code_tells_the_raise_or_where_the_function_begins():
    pytest.importorskip("numba")

    def f(v, n):
        if n > 4:
            raise ValueError("too many")
        return np.sum(v[:2] * v[n])

    gradient = ac.grad(f, backend="numba")
    assert gradient(np.ones(3), 2).shape == (3,)
    assert notes(gradient, np.ones(3), 5)[1] == expected("f", '            raise ValueError("too many")')
    (note,) = notes(gradient, np.ones(3), 4)[1]
    assert "in the derivative of `f`, which begins at" in note and note.endswith("backend='numpy' does")
