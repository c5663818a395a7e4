"""What counts as a value of a type."""

import numpy as np
import pytest

from adjoint_compiler.ir.types import type_of
from adjoint_compiler.runtime import check_type

VALUES = {
    "bool": [True, np.bool_(False)],
    "int": [3, np.int32(3), np.uint8(3), 10**30],
    "float": [1.5, np.float64(1.5), np.float32(1.5)],
    "complex": [1j, np.complex64(1j)],
    "str": ["a", np.str_("a")],
}
WIDER = {"float": ["int"], "complex": ["int", "float"]}


@pytest.mark.parametrize("expected", VALUES)
@pytest.mark.parametrize("given", [*VALUES, "array", "list"])
def test_numbers(expected, given):
    for value in VALUES.get(given, [np.ones(()) if given == "array" else [1.0]]):
        good = (
            given == expected
            or given in WIDER.get(expected, ())
            or (given == "bool" and expected not in ("str", "bool"))
        )
        if good:
            check_type(value, expected, "x")
        else:
            with pytest.raises(TypeError, match=f"^x must be {expected}, not "):
                check_type(value, expected, "x")


ARRAYS = [np.zeros(3), np.zeros((2, 3), "f4"), np.zeros(()), np.zeros(2, complex), np.zeros(2, bool)]


@pytest.mark.parametrize("value", [*ARRAYS, np.float32(1), np.float64(1), np.int64(1)])
def test_values_have_their_own_type(value):
    check_type(value, str(type_of(value)), "x")


@pytest.mark.parametrize(
    ("value", "expected", "found"),
    [
        (np.zeros((2, 3)), "float64[:]", r"float64\[:,:\]"),
        (np.zeros(2, "f4"), "float64[:]", r"float32\[:\]"),
        (np.zeros(2, ">f8"), "float64[:]", r">f8\[:\]"),
        (np.ma.zeros(2), "float64[:]", "MaskedArray"),
        (np.zeros(2, int), "float64[...]", r"int64\[:\]"),
        (1.0, "float64[]", "float"),
        (np.float32(1), "np.float64", "float32"),
        (None, "float", "NoneType"),
    ],
)
def test_other_types_are_refused(value, expected, found):
    with pytest.raises(TypeError, match=f"not {found}$"):
        check_type(value, expected, "x")


def test_any_rank():
    for shape in ((), (2,), (2, 3)):
        check_type(np.zeros(shape), "float64[...]", "x")
    check_type(1.0, "np.float64", "x")
