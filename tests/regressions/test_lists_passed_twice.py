"""A list that is changed in place, and that is another argument too, or is in its own twice."""

import pytest

import adjoint_compiler as ac


def stored(first, second, x):
    first[0] = x * x
    return second[0] * 2.0


def stored_in_a_row(rows, x):
    rows[0][0] = x
    return rows[1][0]


def test_the_same_list_twice_is_refused():
    numbers, row = [1.0, 2.0], [1.0]
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(stored, wrt="x")(numbers, numbers, 3.0)
    assert caught.value.diagnostics[0].code == "AC007"
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(stored_in_a_row, wrt="x")([row, row], 3.0)
    assert caught.value.diagnostics[0].code == "AC007"


def test_equal_lists_are_not():
    assert ac.grad(stored, wrt="x")([1.0], [1.0], 3.0) == 0.0
    assert ac.grad(stored, wrt="second")([1.0], [1.0], 3.0) == [2.0]
