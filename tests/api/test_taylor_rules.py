"""Taylor coefficients of calls of every function that has a rule: refused, or what differences of tangents say."""

from __future__ import annotations

import linecache

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.leaves import leaves_of, rebuilt
from tests.rules.all_cases import EVERY
from tests.rules.structural.checks import inexact
from tests.sampling import sampled

OURS = ("numpy.", "math.", "operator.", "builtins.")  # there are few recurrences for SciPy
WIDE = ("float64", "complex128")


def is_suitable(c):
    leaves = [np.asarray(v) for a in c.args if inexact(a) for v in leaves_of(a)]
    return (
        c.rule.name.startswith(OURS)
        and c.rule.function is not None
        and bool(leaves)
        and all(v.dtype.name in WIDE for v in leaves)
    )


SUITABLE = [c for c in EVERY if is_suitable(c)]
# of which the coefficients of a product, or pieces, were forgotten
ALWAYS = ("numpy.einsum-0", "numpy.einsum-1", "numpy.convolve-0", "numpy.logaddexp-elementwise", "numpy.remainder-elementwise",
          "builtins.pow-elementwise", "builtins.float-elementwise")  # fmt: skip
LIKE_LINEAR = ("numpy.quantile-0", "numpy.multiply.outer-0")  # are easily taken for it
REASONS = ("Taylor mode knows no recurrence for", "supported ", "must be a literal")
CHECKED = {c.name: c for c in (*sampled(SUITABLE, 12), *(c for c in SUITABLE if c.name in (*ALWAYS, *LIKE_LINEAR)))}


def function_of(c, active):
    """The call as a function of a tuple: what moves of its arguments."""
    given = [f"q[{active.index(k)}]" if k in active else f"c{k}" for k in range(len(c.args))]
    text = f"def called(q):\n    return function({', '.join((*given, *(f'{k}=kw_{k}' for k in c.kwargs)))})\n"
    file = f"<call of {c.name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space = {"function": c.rule.function, "__name__": __name__}
    space.update({f"c{k}": a for k, a in enumerate(c.args)}, **{f"kw_{k}": v for k, v in c.kwargs.items()})
    exec(compile(text, file, "exec"), space)  # noqa: S102  (the text above)
    return space["called"]


def moved(x, direction, h):
    """``x + h * direction``, laid out as ``x``."""
    found = []
    for v, d in zip(leaves_of(x), direction, strict=True):
        new = np.empty_like(np.asarray(v))
        new[...] = v + h * d
        found.append(new if isinstance(v, np.ndarray) else type(v)(new[()]))
    return rebuilt(x, iter(found))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("c", CHECKED.values(), ids=CHECKED.keys())
def test_call(c):
    active = [k for k, a in enumerate(c.args) if inexact(a)]
    f, x = function_of(c, active), tuple(c.args[k] for k in active)
    rng = np.random.default_rng(1)
    direction = [0.3 * rng.standard_normal(np.shape(v)) for v in leaves_of(x)]
    v = moved(moved(x, leaves_of(x), -1.0), direction, 1.0)
    try:
        found = leaves_of(ac.taylor(f, x, v, 3))
    except ac.DifferentiationError as error:
        message = error.diagnostics[0].message
        assert c.name not in ALWAYS and any(reason in message for reason in REASONS), message
        return
    h = 1e-3
    with np.errstate(all="ignore"):
        ahead, here, behind = (leaves_of(ac.jvp(f, (moved(x, direction, s),), (v,))[1]) for s in (h, 0.0, -h))
        for y, above, middle, below in zip(found, ahead, here, behind, strict=True):
            wanted = [middle, (above - below) / (4 * h), (above - 2 * middle + below) / (6 * h**2)]
            known = np.isfinite(wanted).all(axis=0)
            for k, tolerance in enumerate((1e-6, 1e-3, 1e-2)):
                shown = np.where(known, y[k + 1], 0), np.where(known, wanted[k], 0)
                np.testing.assert_allclose(*shown, rtol=tolerance, atol=tolerance, err_msg=f"order {k + 1}")
