"""Functions of NumPy's that Numba compiles: gradients, tangents and second derivatives are those of the NumPy backend."""

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import sampled

numba = pytest.importorskip("numba")

RNG = np.random.default_rng(3)
V, W = RNG.uniform(0.3, 1.2, 6), RNG.uniform(0.3, 1.2, 6)
A, B = RNG.uniform(0.3, 1.2, (3, 6)), RNG.uniform(0.3, 1.2, (3, 2))
S = A[:, :3] @ A[:, :3].T + np.diag([1.0, 2.0, 3.0])
ALONG = (
    RNG.standard_normal(6),
    RNG.standard_normal(6),
    RNG.standard_normal((3, 6)),
    RNG.standard_normal((3, 2)),
    RNG.standard_normal((3, 3)),
)

CASES = {
    "sort": lambda v, w, A, B, S: np.sort(v) * w,
    "sort_rows": lambda v, w, A, B, S: np.sort(A * v),
    "diag": lambda v, w, A, B, S: np.diag(S, 1) + np.trace(A),
    "kron": lambda v, w, A, B, S: np.kron(B, S),
    "cross": lambda v, w, A, B, S: np.cross(v[:3], w[:3]) + np.cross(S, v[3:]) * np.cross(B, S),
    "repeat": lambda v, w, A, B, S: np.repeat(v, 2) * np.repeat(v[0], 12),
    "hstack": lambda v, w, A, B, S: np.hstack((A, B)).sum() * np.hstack((v, w)),
    "vstack": lambda v, w, A, B, S: np.vstack((A, v, w)) ** 2,
    "dstack": lambda v, w, A, B, S: np.dstack((A, A * v)),
    "column_stack": lambda v, w, A, B, S: np.column_stack((v, A.T, w)),
    "stack": lambda v, w, A, B, S: np.stack((v, w), axis=1) @ np.stack([v, w]),
    "concatenate": lambda v, w, A, B, S: np.concatenate((A, B, S), axis=1),
    "split": lambda v, w, A, B, S: np.array_split(v, 3)[1] * np.hsplit(A, 2)[0][0, :2],
    "diff": lambda v, w, A, B, S: np.diff(v, 2)[0] * np.diff(A),
    "quantile": lambda v, w, A, B, S: np.quantile(A, np.array([0.2, 0.7])) * np.median(v) * np.percentile(w, 33.0),
    "max": lambda v, w, A, B, S: A.max() * np.min(v) * np.ptp(w),
    "products": lambda v, w, A, B, S: np.prod(v) * np.cumprod(w) * B.prod(),
    "moments": lambda v, w, A, B, S: np.var(v) * np.std(A) + A.var(),
    "trapezoid": lambda v, w, A, B, S: np.trapezoid(v, np.cumsum(w)) * np.trapezoid(A, dx=0.5),
    "interp": lambda v, w, A, B, S: np.interp(0.5, np.cumsum(v), w) * np.interp(w, np.cumsum(v), v),
    "convolve": lambda v, w, A, B, S: np.convolve(v, w[:3])[:4] + np.correlate(v, w[:3]),
    "cholesky": lambda v, w, A, B, S: np.linalg.cholesky(S),
    "solve": lambda v, w, A, B, S: np.linalg.solve(S, B) * np.linalg.slogdet(S)[1] * np.linalg.det(S),
    "eigh": lambda v, w, A, B, S: np.linalg.eigvalsh(S) * np.linalg.eigh(S)[0] * np.abs(np.linalg.eigh(S)[1]),
    "norm": lambda v, w, A, B, S: np.linalg.norm(v) * np.linalg.norm(A) * np.linalg.norm(w, 3) + np.linalg.norm(v, np.inf),
    "complex": lambda v, w, A, B, S: np.abs(complex(v[0], w[0])) ** 2 * np.abs(complex(v[1], w[1])) * v,
}  # fmt: skip


@pytest.mark.parametrize("name", sampled([*CASES], 13))
def test_derivatives_are_those_of_numpy(name):
    inner = numba.njit(CASES[name])

    def squares(v, w, A, B, S):
        y = inner(v, w, A, B, S)
        return np.sum(y * y)

    f = numba.njit(squares)
    args, every = (V, W, A, B, S), (0, 1, 2, 3, 4)
    expected = ac.grad(f, wrt=every, backend="numpy")(*args)
    for found, wanted in zip(ac.grad(f, wrt=every)(*args), expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-11)
    slope = sum(np.sum(g * t) for g, t in zip(expected, ALONG, strict=True))
    np.testing.assert_allclose(ac.jvp(f, args, ALONG)[1], slope, rtol=1e-9, atol=1e-11)
    k = next(k for k in every if np.any(expected[k]))
    product, wanted = (ac.hvp(f, wrt=k, backend=b)(args[0], ALONG[k], *args[1:]) for b in (None, "numpy"))
    np.testing.assert_allclose(product, wanted, rtol=1e-9, atol=1e-11)
