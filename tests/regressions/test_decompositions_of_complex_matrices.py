"""Parts of decompositions, however they are taken out, and of matrices whose number of axes is not known."""

import numpy as np
import pytest

import adjoint_compiler as ac

A = np.random.default_rng(0).normal(size=(3, 3)) + 1j * np.random.default_rng(1).normal(size=(3, 3))
H = A @ A.conj().T + np.diag([1.0, 2.0, 3.0])
W, w = A + A.conj().T, np.array([0.3, -1.2, 0.7])
LINALG = np.linalg


def eigh_unpacked(a):
    values, vectors = LINALG.eigh(a)
    return (np.abs(vectors) ** 2 * w).sum() + values @ w


def eigh_item(a):
    v = LINALG.eigh(a)[1]
    return np.trace(W @ v @ np.diag(w) @ v.conj().T).real


def eigh_attribute(a):
    r = LINALG.eigh(a, "U")
    return (np.abs(r.eigenvectors[0]) ** 2 * w).sum() + (LINALG.eigvalsh(a) * w).sum()


def svd_unpacked(a):
    u, s, vh = LINALG.svd(a)
    return (W * ((u * (s**2 * w)) @ vh)).sum().real


def svd_attribute(a):
    return (np.abs(LINALG.svd(a, full_matrices=False).Vh) ** 2 * w).sum() + LINALG.svd(a, compute_uv=False) @ w


def slogdet_item(a):
    r = LINALG.slogdet(a)
    return (r[0] * (1 + 2j)).real * r[1] + np.angle(LINALG.slogdet(a).sign)


def factors(a):
    q, r = LINALG.qr(a)
    return (W * q).sum().real + (W * r * (1 + 2j)).sum().real + (LINALG.qr(a, mode="r") * W).sum().real


FUNCTIONS = [eigh_unpacked, eigh_item, eigh_attribute, svd_unpacked, svd_attribute, slogdet_item, factors]


def differences(f, x, eps=1e-6):
    units = [np.eye(1, x.size, k).reshape(x.shape) for k in range(x.size)]
    steps = (1, 1j) if np.iscomplexobj(x) else (1,)
    found = [sum(d * (f(x + d * eps * e) - f(x - d * eps * e)) for d in steps) / (2 * eps) for e in units]
    return np.array(found).reshape(x.shape)


@pytest.mark.parametrize("f", FUNCTIONS)
def test_parts(f):
    def of_unknown_rank(a):
        return f(np.squeeze(a))

    x = H if "eigh" in f.__name__ else A
    expected = differences(f, x)
    gradient = ac.grad(f)
    for g in (gradient, ac.grad(of_unknown_rank)):
        np.testing.assert_allclose(g(x), expected, rtol=1e-6, atol=1e-7)
    v = np.conj(W * (1 + 0.5j))

    def along(a):
        return (v * gradient(a)).sum().real

    np.testing.assert_allclose(ac.grad(along)(x), differences(along, x), rtol=1e-5, atol=1e-6)


def test_wide_and_tall():
    def f(a):
        q, r = LINALG.qr(a)
        u, s, vh = LINALG.svd(a)
        return (q * a[:, : len(q)]).sum() + (r**2 * w[0]).sum() + (u[:, 0] * u[0, 0]).sum() + s.sum() + vh[0] @ vh[0]

    a = A.real[:2]
    np.testing.assert_allclose(ac.grad(f)(a), differences(f, a), atol=1e-7)

    def spanning(a):
        return LINALG.svd(a)[2][2, 0]

    with pytest.raises(ValueError, match="full_matrices=False"):
        ac.grad(spanning)(a)
