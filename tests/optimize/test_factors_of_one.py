"""Factors of one go only where no store can tell a copy from the array itself."""

from __future__ import annotations

import numpy as np

import adjoint_compiler as ac
from adjoint_compiler.analysis.memory import shared_classes
from adjoint_compiler.frontend.webs import rename_webs
from adjoint_compiler.ir.nodes import Bind, Const, Name, Program, Return, Store
from adjoint_compiler.ir.types import array_type
from adjoint_compiler.optimize.elide_copies import COPIED
from adjoint_compiler.optimize.simplify_arithmetic import simplify_arithmetic

ONE_TIMES_Y = Bind("x", "operator.mul", (Const(1.0), Name("y")))
TYPES = dict.fromkeys(("x", "y"), array_type("float64", 1))


def test_what_is_stored_into_afterwards_stays_a_copy() -> None:
    body = (ONE_TIMES_Y, Store("x", Const(0), Const(5.0)), Return(Name("y")))
    program = Program("f", ("y",), body)
    assert not shared_classes(program, TYPES).in_stored_class("y")
    assert simplify_arithmetic(program, TYPES).body[0].op == COPIED


def test_where_nothing_is_stored_the_name_is_enough() -> None:
    program = Program("f", ("y",), (ONE_TIMES_Y, Return(Name("x"))))
    assert simplify_arithmetic(program, TYPES).body[0].op == "copy"


def test_values_of_the_primal_are_known_under_their_new_names() -> None:
    again = Bind("x", "operator.mul", (Const(1.0), Name("x")))
    program = Program("f", ("y",), (ONE_TIMES_Y, again, Return(Name("x"))), primal=frozenset("x"))
    renamed = rename_webs(program, {"x"})
    assert len({s.target for s in renamed.body[:2]}) == 2
    assert {s.target for s in renamed.body[:2]} <= renamed.primal
    assert simplify_arithmetic(renamed, {**TYPES, "x2": TYPES["x"]}).body == renamed.body


def test_copies_that_a_loop_puts_into_a_list_are_not_the_arrays_themselves() -> None:
    def f(arrays: list[np.ndarray], x: float) -> float:
        items = []
        for a in arrays:
            b = a * 1.0
            items.append(b)
        items[0][1] = x * x
        items[1][0] += arrays[0][1]
        return float((items[0] * items[1]).sum() + arrays[0][1])

    arrays = [np.array([1.0, 2.0]), np.array([3.0, 4.0])]
    for optimize in (None, 0, 1, "-split_values", "-simplify_arithmetic"):
        (first, second), x_bar = ac.grad(f, wrt=(0, 1), optimize=optimize)(arrays, 0.5)
        np.testing.assert_allclose(first, [3.0 + 2.0, 1.0 + 1.0])
        np.testing.assert_allclose(second, [1.0, 0.25])
        np.testing.assert_allclose(x_bar, 4.0)
    np.testing.assert_array_equal(arrays[0], [1.0, 2.0])
