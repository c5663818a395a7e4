"""Rules of scipy.linalg, by cases: as the structural rules of NumPy are tested."""

import numpy as np
import pytest

linalg = pytest.importorskip("scipy.linalg")

import adjoint_compiler as ac  # noqa: E402
from adjoint_compiler import rules  # noqa: E402
from adjoint_compiler.rules import TABLE, lookup  # noqa: E402
from tests.rules.scipy_cases import check_case  # noqa: E402
from tests.rules.structural.samples import C, D, H, R, S  # noqa: E402

rules.optional.load_used()
CASES = []


def case(function, *args, **kwargs):
    CASES.append(pytest.param(function, args, kwargs, id=f"{function.__name__}-{len(CASES)}"))


SYM = S(3, 3) + np.swapaxes(S(3, 3), 0, 1)
for lower in (False, True):
    other = np.triu(R(3, 3), 1) if lower else np.tril(R(3, 3), -1)  # not read
    case(linalg.solve, SYM + 0 * other, R(3), assume_a="sym", lower=lower)
    case(linalg.solve, D(3, 3) + other, R(3, 2), assume_a="pos", lower=lower)
    case(linalg.cholesky, D(3, 3) + other, lower=lower)
    case(linalg.cholesky, H(3), lower=lower)
    case(linalg.eigvalsh, D(3, 3) + other, lower=lower)
    case(linalg.eigh, D(3, 3) + other, lower=lower, eigvals_only=True)
    for trans in (0, 1, "T", "C"):
        case(linalg.solve_triangular, S(3, 3), R(3), trans=trans, lower=lower)
        case(linalg.solve_triangular, S(3, 3), R(3, 2), trans=trans, lower=lower, unit_diagonal=True)
    case(linalg.solve_triangular, C(3, 3) + 3 * np.eye(3), C(3), trans=1, lower=lower)
    case(linalg.solve_triangular, C(3, 3) + 3 * np.eye(3), C(3), trans=2, lower=lower)
    case(linalg.solve_triangular, C(3, 3) + 3 * np.eye(3), C(3), lower=lower)
    case(linalg.cho_solve, (linalg.cho_factor(D(3, 3), lower)[0], lower), R(3))
    case(linalg.cho_solve, (linalg.cho_factor(D(3, 3), lower)[0], lower), R(3, 2))
    case(linalg.solveh_banded, np.array([[4.0, 5, 6, 7], [1, 2, 1, 0]])[:: 1 if lower else -1], R(4), lower=lower)
case(linalg.solve, S(3, 3), R(3))
case(linalg.solve, S(3, 3), R(3, 2))
case(linalg.solve, C(3, 3), C(3))
case(linalg.solve, S(3, 3), R(3), transposed=True)
case(linalg.inv, S(3, 3))
case(linalg.inv, C(3, 3))
case(linalg.det, S(3, 3))
case(linalg.pinv, R(4, 2))
case(linalg.lu_factor, S(3, 3)[::-1])
case(linalg.lu, S(3, 3)[::-1])
case(linalg.lu_solve, linalg.lu_factor(S(3, 3)[::-1]), R(3))
case(linalg.lu_solve, linalg.lu_factor(C(3, 3)), C(3, 2))
case(linalg.lu_solve, linalg.lu_factor(C(3, 3)), C(3, 2), 1)
case(linalg.lu_solve, linalg.lu_factor(C(3, 3)), C(3), 2)
case(linalg.qr, R(4, 3), mode="economic")
case(linalg.svd, R(4, 3), full_matrices=False)
case(linalg.svd, R(4, 3), compute_uv=False)
case(linalg.svdvals, R(3, 4))
for order in (None, 1, 2, np.inf):
    case(linalg.norm, R(4), order)
case(linalg.norm, R(3, 4), axis=1, keepdims=True)
case(linalg.solve_sylvester, S(3, 3), S(2, 2), R(3, 2))
case(linalg.solve_continuous_lyapunov, S(3, 3), R(3, 3))
case(linalg.solve_discrete_lyapunov, 0.2 * R(3, 3), R(3, 3))
case(linalg.solve_banded, (1, 2), R(4, 5) + np.array([[0], [0], [5], [0]]), R(5))
case(linalg.solve_banded, (2, 1), C(4, 5) + np.array([[0], [5], [0], [0]]), C(5, 2))
for f in (linalg.expm, linalg.cosm, linalg.sinm, linalg.tanm, linalg.coshm, linalg.sinhm, linalg.tanhm):
    case(f, 0.2 * R(3, 3))
case(linalg.expm, 0.5 * C(3, 3))
case(linalg.expm, 0.5 * R(2, 3, 3))
case(linalg.sqrtm, D(3, 3))
case(linalg.logm, D(3, 3))
case(linalg.sqrtm, D(3, 3) + 1j * R(3, 3))
case(linalg.fractional_matrix_power, D(3, 3), 0.3)
case(linalg.expm_frechet, 0.5 * R(3, 3), R(3, 3))
case(linalg.expm_frechet, 0.5 * R(3, 3), R(3, 3), compute_expm=False)
case(linalg.toeplitz, R(4))
case(linalg.toeplitz, C(4))
case(linalg.toeplitz, R(4), R(3))
case(linalg.hankel, R(4))
case(linalg.hankel, R(4), R(3))
case(linalg.circulant, R(4))
case(linalg.convolution_matrix, R(3), 4)
case(linalg.convolution_matrix, R(3), 4, "same")
case(linalg.companion, R(4))
case(linalg.leslie, R(4), R(3))
case(linalg.fiedler, np.array([0.3, 1.7, -0.4]))
case(linalg.block_diag, R(2, 3), R(1, 2), R(3))
if hasattr(linalg, "khatri_rao"):
    case(linalg.khatri_rao, R(2, 3), R(4, 3))


@pytest.mark.parametrize(("function", "args", "kwargs"), CASES)
def test_pullbacks(function, args, kwargs):
    check_case(function, args, kwargs, deep=function is not linalg.fiedler)


def test_every_rule_is_a_case():
    covered = {lookup(p.values[0]).name for p in CASES} | {
        "scipy.linalg.signm",
        "scipy.linalg.cho_factor",
        "scipy.linalg.solve_lyapunov",
    }
    stated = {
        k
        for k, r in TABLE.by_key.items()
        if k.startswith("scipy.linalg.") and r.kind == "structural" and "*args" not in r.params
    }
    assert stated <= covered


# -- programs: what decompositions are used for ---------------------------------------------------------------

A, B, V = D(3, 3), R(3, 2), R(3)


def by_cholesky(a, b):
    c = linalg.cho_factor(a, lower=True)
    return (linalg.cho_solve(c, b) ** 2).sum() + np.log(np.diag(c[0])).sum()


def by_cholesky_taken_apart(a, b):
    c, low = linalg.cho_factor(a)
    return (linalg.cho_solve((c, low), b) ** 2).sum()


def by_lu(a, b):
    return (linalg.lu_solve(linalg.lu_factor(a), b) ** 2).sum()


def by_eigenvectors(a, b):
    w, v = linalg.eigh(a)
    return ((v * np.sin(w)) @ v.T @ b).sum()


def by_a_generalised_route(a, b):
    low = linalg.cholesky(a, lower=True)
    u, s, vh = linalg.svd(linalg.solve_triangular(low, b, lower=True), full_matrices=False)
    return ((u * np.exp(s)) @ vh).sum()


def by_functions_of_matrices(a, b):
    return (linalg.expm(-a * 0.1) @ b).sum() + linalg.logm(a).real.sum() + linalg.sqrtm(a).real.trace()


def in_a_loop(a, b):
    x = b.copy()
    for _ in range(3):
        x = x + linalg.solve(a, b - a @ x, assume_a="pos")
        a = a * 1.1
    return (x * x).sum()


@pytest.mark.parametrize(
    "f",
    [
        by_cholesky,
        by_cholesky_taken_apart,
        by_lu,
        by_eigenvectors,
        by_a_generalised_route,
        by_functions_of_matrices,
        in_a_loop,
    ],
)
def test_programs(f):
    ac.testing.check_grads(f, (A, B), order=2, modes=("reverse",))


@pytest.mark.parametrize(
    "f",
    [
        lambda a: linalg.eigh(a, np.eye(3))[0].sum(),
        lambda a: linalg.qr(a)[1].sum(),
        lambda a: linalg.lu(a, permute_l=True)[0].sum(),
        lambda a: linalg.inv(a, overwrite_a=True).sum(),
        lambda a: linalg.fractional_matrix_power(a, a[0, 0])[0, 0].real,
    ],
)
def test_what_has_no_formula_is_refused(f):
    with pytest.raises(ac.DifferentiationError) as fault:
        ac.grad(f)(A)
    assert {d.code for d in fault.value.diagnostics} == {"AC009"}
