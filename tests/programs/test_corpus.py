"""Every program of the corpus: differentiated, and checked three ways."""

from __future__ import annotations

import contextlib
import io
import warnings

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import sampled

from . import all_programs
from .check_primals import arrays
from .checking import by_complex_step, by_differences, by_joint, by_pullback, by_unit_pullback, scalarized_of

PROGRAMS = [p for p in all_programs() if p.raises is None]
RAISING = [p for p in all_programs() if p.raises is not None]


@pytest.mark.parametrize("entry", PROGRAMS, ids=lambda p: p.id)
def test_pullback_agrees_with_differences(entry):
    found, leaves, _ = by_pullback(entry)
    expected, gap = by_differences(entry)
    assert found == pytest.approx(expected, rel=2e-6, abs=max(1e-8, 10 * gap))


@pytest.mark.parametrize("entry", sampled([p for p in PROGRAMS if p.complex_step], 2), ids=lambda p: p.id)
def test_pullback_agrees_with_complex_step(entry):
    found, _, _ = by_pullback(entry)
    assert found == pytest.approx(by_complex_step(entry), rel=1e-10, abs=1e-11)


@pytest.mark.parametrize("entry", sampled(PROGRAMS, 2), ids=lambda p: p.id)
def test_forward_sweep_computes_what_the_program_computes(entry):
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        args = entry.example()
        before = [np.array(a) for a in arrays(list(args)) if isinstance(a, np.ndarray)]
        y, _ = ac.vjp(entry.function, *args, of=entry.of)
        after = [a for a in arrays(list(args)) if isinstance(a, np.ndarray)]
        for a, b in zip(before, after, strict=True):
            np.testing.assert_array_equal(a, b, err_msg="an argument was changed")
        fresh = entry.example()
        expected = entry.function(*fresh)
        if entry.of_position is not None:
            expected = fresh[entry.of_position]
    for a, b in zip(arrays(y), arrays(expected), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("entry", sampled(PROGRAMS, 8), ids=lambda p: p.id)
def test_joint_form_agrees_with_split_form(entry):
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not scalarized_of(entry):
            with pytest.raises((TypeError, ac.DifferentiationError)):
                ac.grad(entry.function, wrt=entry.positions)(*entry.example())
            return
    for a, b in zip(arrays(list(by_joint(entry))), arrays(list(by_unit_pullback(entry))), strict=True):
        np.testing.assert_allclose(np.array(a, float), np.array(b, float), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("entry", sampled([p for p in PROGRAMS if "complex" not in p.tags], 8), ids=lambda p: p.id)
def test_without_optimization_the_numbers_are_the_same(entry):
    _, _, plain = by_pullback(entry, optimize=0)
    _, _, best = by_pullback(entry)
    for a, b in zip(arrays(list(plain)), arrays(list(best)), strict=True):
        if a is not None:
            np.testing.assert_allclose(np.array(a, float), np.array(b, float), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("entry", RAISING, ids=lambda p: p.id)
def test_a_primal_that_raises_raises_the_same(entry):
    with contextlib.redirect_stdout(io.StringIO()), pytest.raises(entry.raises) as expected:
        entry.function(*entry.example())
    with contextlib.redirect_stdout(io.StringIO()), pytest.raises(entry.raises) as found:
        ac.vjp(entry.function, *entry.example(), of=entry.of)
    assert str(found.value) == str(expected.value)
