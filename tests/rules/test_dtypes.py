"""Every rule in every precision: float16, float32, float64, long double, complex64, complex128, and with integers beside.

Contributions in another precision are those in double precision, rounded; the engine casts them to what they belong to. What is complex
is compared with differences, all arguments at once and each alone, unless the rule refuses it.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from adjoint_compiler.ir.types import type_of
from adjoint_compiler.rules.expressions import RuleError
from tests.rules.all_cases import EVERY
from tests.rules.structural import checks
from tests.rules.structural.checks import (
    bound,
    contribution,
    direction,
    flat,
    inexact,
    is_open,
    literal,
    mapped,
    operand,
    pairing,
    run,
)

PRECISIONS = {
    "float16": (np.float16, np.complex64, 2e-2), "float32": (np.float32, np.complex64, 2e-4),
    "longdouble": (np.longdouble, np.clongdouble, 1e-9),
}  # fmt: skip
# Rules of which numbers in another precision are not the same call: what is shown of memory is counted in bytes, jumps, roots that are found
# by iteration, or a kink that single precision does not tell.
# What stands beside the kth element hangs on the precision; probabilities of single precision do not sum to one (nan in SciPy 1.18).
ANY_ORDER = ("numpy.partition", "scipy.stats.multinomial.pmf")
NOT_COMPLEX = (
    ".logdet_seed",
    ".real_digamma",
    ".gammainc_by_order",
    "numpy.unique_values",
)  # by what calls them; a place of jumps
BY_BYTES = ("numpy.lib.stride_tricks.as_strided", "adjoint_compiler.runtime.moving.strided")


def cast(v, real, complex_one):
    """The arrays and numbers of NumPy's in a value in another precision."""

    def leaf(x):
        if not isinstance(x, (np.ndarray, np.generic)) or not inexact(x):
            return x
        return x.astype(complex_one if np.iscomplexobj(x) else real)

    return mapped(leaf, v)


def contributions(c, env, given, g, y):
    """What each parameter that is given and has a derivative receives, cast as the engine casts it."""
    args = tuple(env[p] for p in c.rule.params if p in env and p in given)
    types = {p: type_of(v) for p, v in env.items() if p in given}
    active = {p for p, text in c.rule.pullbacks.items() if not is_open(text)}
    operands = {p: operand(v, p) if p in active else literal(v, p) for p, v in env.items() if p in given}
    texts = c.rule.pullbacks_for(types, operands)
    out = {}
    for p in active & given:
        if inexact(env[p]) and not is_open(texts[p]):
            found = contribution(c.rule, texts, p, {**env, "g": g, "y": y})
            out[p] = [
                np.real(a) if not np.iscomplexobj(b) else np.asarray(a)
                for a, b in zip(flat(found), flat(env[p]), strict=True)
            ]
    return out, args


def called(c, env, given):
    try:
        return run(c.rule, env, given)
    except Exception:  # noqa: BLE001  (not in this precision)
        return None


@pytest.mark.parametrize("name", PRECISIONS)
def test_other_precisions(name):
    real, complex_one, tolerance = PRECISIONS[name]
    compared, wrong = 0, []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for c in EVERY:
            if (
                c.rule.name in (*BY_BYTES, *ANY_ORDER)
                or c.rule.name.endswith(".gammainc_by_order")
                or not c.rule.pullbacks
            ):
                continue
            env, given = bound(c.rule, c.args, c.kwargs), set(bound(c.rule, c.args, c.kwargs, defaults=False))
            narrow = {p: cast(v, real, complex_one) for p, v in env.items()}
            wide = {p: cast(v, np.float64, np.complex128) for p, v in narrow.items()}  # the same numbers
            y, exact = called(c, narrow, given), called(c, wide, given)
            if y is None or exact is None or checks.shapes(y) != checks.shapes(exact):
                continue
            g = direction(exact, 1)
            try:
                found, _ = contributions(c, narrow, given, cast(g, real, complex_one), y)
                wanted, _ = contributions(
                    c, wide, given, cast(cast(g, real, complex_one), np.float64, np.complex128), exact
                )
            except (RuleError, NotImplementedError):
                continue
            except Exception as fault:  # noqa: BLE001
                wrong.append((c.name, repr(fault)[:90]))
                continue
            for p in found:
                for a, b in zip(found[p], wanted[p], strict=True):
                    compared += 1
                    scale = 1 + float(np.max(np.abs(b), initial=0.0, where=np.isfinite(b)))
                    if np.shape(a) != np.shape(b) or not np.allclose(
                        a, b, rtol=tolerance, atol=tolerance * scale, equal_nan=True
                    ):
                        wrong.append(
                            (
                                c.name,
                                p,
                                float(np.max(np.abs(a - b), initial=0.0)) / scale
                                if np.shape(a) == np.shape(b)
                                else "shape",
                            )
                        )
    assert compared > 800
    assert not wrong, wrong


def complexified(v, rng):
    def leaf(x):
        return x + 1j * rng.uniform(0.3, 0.9, np.shape(x)) if inexact(x) and not np.iscomplexobj(x) else x

    return mapped(leaf, v)


def test_complex_arguments(monkeypatch):
    """All arguments complex, and each of them beside real ones: as differences say, or refused."""
    compared, wrong = 0, []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for c in EVERY:
            if c.rule.name in BY_BYTES or c.rule.name.endswith(NOT_COMPLEX) or "float16" in c.name:
                continue
            base, given = bound(c.rule, c.args, c.kwargs), set(bound(c.rule, c.args, c.kwargs, defaults=False))
            open_ones = [
                p for p in c.rule.pullbacks if p in given and inexact(base[p]) and not is_open(c.rule.pullbacks[p])
            ]
            for made_complex in [set(open_ones), *([{p} for p in open_ones] if len(open_ones) > 1 else [])]:
                rng = np.random.default_rng(1)
                env = {p: complexified(v, rng) if p in made_complex else v for p, v in base.items()}
                y = called(c, env, given)
                if (
                    y is None
                    or not any(map(inexact, flat(y)))
                    or not all(np.all(np.isfinite(v)) for v in flat(y) if inexact(v))
                ):
                    continue
                g = direction(y, 1)
                try:
                    found, _ = contributions(c, env, given, g, y)
                except (RuleError, NotImplementedError):
                    continue
                except Exception as fault:  # noqa: BLE001
                    wrong.append((c.name, sorted(made_complex), repr(fault)[:90]))
                    continue
                for p, bars in found.items():
                    d = direction(env[p], 2)
                    right = sum(pairing(a, b) for a, b in zip(bars, flat(d), strict=True))
                    gaps = []
                    for eps in (1e-6, 1e-5, 1e-4):
                        monkeypatch.setattr(checks, "EPS", eps)
                        left = pairing(g, checks.differences(c.rule, env, given, p, d))
                        gaps.append(abs(left - right) / (1 + abs(right)) if np.isfinite(left) else 0.0)
                    compared += 1
                    if not min(gaps) < 2e-5:
                        wrong.append((c.name, sorted(made_complex), p, min(gaps)))
    assert compared > 2000
    assert not wrong, wrong


def test_integers_beside_active_numbers():
    """Integers and bools are inert, and what is active beside them keeps its precision: a sample of two operands, each way round."""
    import adjoint_compiler as ac

    whole = {
        "int64": np.array([3, 1, 2]),
        "int8": np.array([3, 1, 2], np.int8),
        "bool": np.array([True, False, True]),
        "int": 2,
    }
    for op in (
        np.add,
        np.subtract,
        np.multiply,
        np.true_divide,
        np.maximum,
        np.hypot,
        np.arctan2,
        np.power,
        np.fmod,
        np.copysign,
    ):
        for dtype in (np.float16, np.float32, np.float64, np.longdouble):
            for other in whole.values():
                x = np.array([0.7, 1.3, 2.2], dtype)
                for swapped in (False, True):
                    args = (other, x) if swapped else (x, other)
                    try:
                        with np.errstate(all="ignore"):
                            wanted = op(*args)
                    except TypeError:
                        continue
                    with np.errstate(all="ignore"):
                        y, pullback = ac.vjp(op, *args)
                        bars = pullback(np.ones_like(wanted))
                    assert y.dtype == wanted.dtype and np.array_equal(y, wanted, equal_nan=True)
                    assert bars[0 if swapped else 1] is None and bars[1 if swapped else 0].dtype == dtype
