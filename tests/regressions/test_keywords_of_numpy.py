"""Calls of NumPy whose keywords, dtypes or shapes gave derivatives that were silently wrong, or other values."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.rules.matrix import outcome

_rng = np.random.default_rng(0)


def R(*shape):
    return _rng.uniform(0.3, 2.0, shape)


def C(*shape):
    return _rng.normal(size=shape) + 1j * _rng.normal(size=shape)


H = C(4, 4)
H = H + H.conj().T
QS = np.array([0.1, 0.4, 0.97])
# fmt: off
RIGHT = [
    ("np.einsum(x, [0, 0])", {"x": R(3, 3)}), ("np.einsum(x, [0, 1], y, [1, 2], [2, 0])", {"x": R(3, 3), "y": R(3, 3)}),
    ("np.einsum(x, [7, ...], y, [7], [...])", {"x": R(3, 3), "y": R(3)}),
    ("np.tril(x)", {"x": R(3)}), ("np.triu(x, 1) * np.tril(x * y)", {"x": R(3), "y": R(3)}), ("np.zeros_like(x, shape=(2, 3)) + x * y", {"x": R(3), "y": R(3)}),
    ("np.maximum.reduce(x, dtype=np.float32)", {"x": R(2, 3)}), ("np.diff(x, n=0, prepend=v)", {"x": R(3), "v": 0.2}),
    ("np.gradient(x, axis=(1,))", {"x": R(3, 4)}), ("np.linspace(a, b, 1, retstep=True)", {"a": 0.2, "b": 0.4}),
    ("np.var(x, dtype=np.float32, mean=0.3)", {"x": R(2, 3)}), ("np.pad(x, 1, constant_values=(v, 2 * v))", {"x": R(3, 4), "v": 0.7}),
    *((f"np.{f}(x, q, method='{m}', axis=1)", {"x": R(2, 3), "q": QS * s}) for f, s in (("quantile", 1), ("percentile", 100))
      for m in ("weibull", "hazen", "interpolated_inverted_cdf", "median_unbiased")),
    ("np.linalg.vector_norm(x, ord=3, axis=(2, 0), keepdims=True)", {"x": R(2, 3, 4)}), ("np.linalg.vector_norm(x, axis=(0, 1))", {"x": R(2, 3)}),
    ("np.hypot.reduce(x, axis=None)", {"x": R(2, 3)}), ("np.linalg.pinv(x, hermitian=True)", {"x": R(3, 3)}), ("np.linalg.pinv(x, hermitian=True)", {"x": H}),
    ("np.linalg.eigh(x)", {"x": H}), ("np.linalg.eigh(x, 'U')", {"x": H}),
    *(("np.linalg.svd(x, full_matrices=False)", {"x": C(*s)}) for s in ((4, 3), (2, 3, 4))),
    ("np.fft.fftn(x, s=(3, 4))", {"x": R(2, 3, 4)}), ("np.fft.irfftn(x, s=(5, 5))", {"x": C(2, 3, 4)}),
    ("np.fft.rfft2(x, s=(3, 5), axes=None)", {"x": R(2, 3, 4)}),
    ("np.polynomial.chebyshev.chebval(x, c)", {"x": 0.4, "c": R(4)}),
    ("x.astype(x.dtype) * x", {"x": C(3)}), ("np.concatenate((np.ones(1), x), dtype=x.dtype) ** 2", {"x": C(3)}), ("np.vander(x)", {"x": C(3)}),
    *((text, {"x": R(4).astype("f4"), "y": R(4).astype("f4")}) for text in ("np.cov(x, y)", "np.vander(x)", "np.geomspace(x, y, 3)", "np.diff(x, prepend=0.0)",
                                                                            "np.ediff1d(x, to_begin=0.0)", "np.pad(x, 2, 'linear_ramp', end_values=0.3)")),
]
REFUSED = [
    ("np.power.reduce(x)", {"x": R(3)}), ("np.arctan2.accumulate(x)", {"x": R(3)}),
    ("np.nanquantile(x, q, axis=(0, 2))", {"x": R(2, 3, 4), "q": R(2, 2) / 4}), ("np.fft.rfft2(x, axes=(1, 1))", {"x": R(2, 3, 4)}),
    ("np.einsum(x, a)", {"x": R(3, 3), "a": [0, 0]}),
]
# fmt: on


@pytest.mark.parametrize(("text", "args"), RIGHT, ids=[f"{k}-{c[0]}" for k, c in enumerate(RIGHT)])
def test_right(text, args):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert outcome(text, args, {"np": np}) in ("right", "no slope")


@pytest.mark.parametrize(("text", "args"), REFUSED, ids=[c[0] for c in REFUSED])
def test_refused(text, args):
    assert outcome(text, args, {"np": np}) == "refused"


def test_transforms_along_an_axis_twice_are_refused_while_compiling():
    with pytest.raises(ac.DifferentiationError, match="along an axis twice"):
        _ = ac.grad(lambda x: np.abs(np.fft.rfft2(x, axes=(1, 1))).sum()).specialize(R(2, 3)).source
