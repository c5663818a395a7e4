"""Sparse Jacobians and Hessians: against dense ones, and patterns that must not be used where they are not those."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares
from scipy.sparse import csr_array, random_array

import adjoint_compiler as ac
from adjoint_compiler.colouring import colour_columns, colour_symmetric
from adjoint_compiler.sparsity import coloured

X = np.array([0.3, -1.2, 0.7, 2.1, -0.4, 1.6])


def dense(f, *args, wrt=0):
    block = ac.jacobian(f, wrt=wrt)(*args)
    return np.reshape(block, (-1, np.size(args[wrt])))


def agrees(f, *args, wrt=0, made=None):
    found = (made or ac.sparse_jacobian(f, wrt=wrt))(*args)
    wanted = dense(f, *args, wrt=wrt)
    assert isinstance(found, csr_array)
    np.testing.assert_allclose(found.toarray(), wanted, rtol=1e-12, atol=1e-14)
    return found


# -- programs ----------------------------------------------------------------------------------------------------


def stencil(x):
    v = x.copy()
    for _ in range(2):
        v[1:-1] = v[:-2] * v[2:] - v[1:-1]
    return v


def through_views(x):
    A = x.reshape(2, 3).copy()
    row = A[1]
    row *= A[0]
    A.T[0] = 2.0 * A[:, 2]
    return A.ravel()


def scale(part, by):
    part[...] = part * by


def by_a_helper(x):
    A = np.outer(x[:2], np.ones(3)) + x[3]
    scale(A[0], x[4])
    scale(A[:, 1], x[5])
    return A


def swapped(x):
    u, v = x.copy(), np.zeros_like(x)
    for _ in range(3):
        v[1:-1] = u[:-2] * u[2:]
        u, v = v, u
    return u


def branching(x):
    out = np.zeros(3)
    for i in range(3):
        if x[i] > 0:
            out[i] = x[i] * x[i + 1]
        else:
            out[i] = x[0]
    return out


def masked(x):
    y = x.copy()
    y[x > 0] = x[0]
    return y


def chosen_lengths(x):
    k = len(np.flatnonzero(x > 0))
    return x[:k] * x[0]


def ordered(x):
    return x[np.argsort(x)] * 2.0


def rounded(x):
    return x[int(x[0])] * x


def until(x):
    y = x * 1.0
    while np.sum(y * y) > 1.0:
        y[1:] = 0.3 * y[:-1] * y[1:]
        y[0] = 0.5 * y[0]
    return y


def caught(x):
    out = np.zeros(2)
    try:
        out[0] = x[int(x[3] * 10)]
    except IndexError:
        out[1] = x[1] ** 2
    return out


def recursive(x, n):
    if n == 0 or x[n] < 0:
        return x[0] * x[n]
    return recursive(x, n - 1) * x[n]


DATA = [branching, masked, chosen_lengths, ordered, rounded, until, caught]


@pytest.mark.filterwarnings("ignore::adjoint_compiler.DifferentiationWarning")
@pytest.mark.parametrize("f", [stencil, through_views, by_a_helper, swapped, *DATA], ids=lambda f: f.__name__)
def test_programs(f):
    x = np.abs(X)
    agrees(f, x)


@pytest.mark.filterwarnings("ignore::adjoint_compiler.DifferentiationWarning")
@pytest.mark.parametrize("f", DATA, ids=lambda f: f.__name__)
def test_pattern_that_depends_on_data_is_found_again(f):
    made = ac.sparse_jacobian(f)
    points = [np.abs(X), X, -X[::-1].copy(), X[[3, 5, 0, 1, 4, 2]], 0.3 * np.abs(X[::-1])]
    patterns = {agrees(f, x, made=made).toarray().shape for x in points}
    assert patterns
    shapes = [made.pattern(x).matrix.toarray().tobytes() for x in points]
    assert len(set(shapes)) > 1, "the points do not differ in what they decide"


def test_pattern_that_does_not_is_kept():
    made = ac.sparse_jacobian(stencil)
    first = made.pattern(X)
    made._found = None  # not to be called again
    assert made.pattern(-2 * X) is first
    agrees(stencil, -2 * X, made=made)


def test_recursion():
    made = ac.sparse_jacobian(recursive)
    for x in (np.abs(X), X, -X):
        np.testing.assert_allclose(made(x, 4).toarray(), dense(recursive, x, 4), rtol=1e-12)


def gathered(x, index, n):
    out = np.zeros(3)
    for k in range(n):
        out[k] = x[index[k]] ** 2
    return out


def test_indices_that_are_changed_in_place():
    made, index = ac.sparse_jacobian(gathered), np.array([0, 1, 2])
    agrees(gathered, X, index, 3, made=made)
    first = made.pattern(X, index, 3)
    assert made.pattern(2 * X, index, 3) is first
    index[1] = 5
    agrees(gathered, X, index, 3, made=made)
    agrees(gathered, X, index, 2, made=made)
    agrees(gathered, X[:-1], index - 2, 2, made=made)


PLACES = np.array([0, 1])


def from_outside(x):
    return x[PLACES] * x[0]


def test_indices_from_outside_that_are_changed_in_place():
    made = ac.sparse_jacobian(from_outside)
    for place in (1, 4, 2):
        PLACES[1] = place
        agrees(from_outside, X, made=made)


def product(x, A):
    return A @ (x * x)


def test_zeros_of_a_constant_factor():
    made, A = ac.sparse_jacobian(product), np.eye(6)
    assert agrees(product, X, A, made=made).nnz == 6
    A[0, 3] = 2.0
    assert agrees(product, X, A, made=made).nnz == 7
    sparse = csr_array(A)
    np.testing.assert_allclose(ac.sparse_jacobian(product, X, sparse).toarray(), 2 * A * X)


def mask_of_itself(x):
    A = np.where(x[:, None] > x[None, :], 1.0, 0.0)
    return A @ x


def test_constant_factor_that_depends_on_the_data():
    made = ac.sparse_jacobian(mask_of_itself)
    for x in (X, -X, X[::-1].copy()):
        agrees(mask_of_itself, x, made=made)


# -- modes, structures, methods ----------------------------------------------------------------------------------


def arrow(x):
    return np.concatenate((np.array([np.sum(x * x)]), x[1:] * x[0]))


def test_rows_are_coloured_where_a_row_is_full():
    def full_row(x):
        return np.concatenate((np.array([np.sum(x * x)]), x[1:] ** 2))

    x = np.linspace(1.0, 2.0, 40)
    made = ac.sparse_jacobian(full_row)
    agrees(full_row, x, made=made)
    assert made.pattern(x).by_rows
    assert made.pattern(x).sweeps == 2
    assert ac.sparse_jacobian(full_row, mode="forward").pattern(x).sweeps == 40
    for mode in ("forward", "reverse"):
        agrees(arrow, x, made=ac.sparse_jacobian(arrow, mode=mode))


def in_structures(p, x):
    return {"a": p["w"] * x[0], "b": (x * x, p["c"])}


def test_structures():
    p, x = {"w": np.array([1.0, 2.0]), "c": 3.0, "n": 4}, np.array([5.0, 6.0])
    found = ac.sparse_jacobian(in_structures, p, x, wrt=(0, 1)).toarray()
    wanted = [
        [5, 0, 0, 1, 0], [0, 5, 0, 2, 0], [0, 0, 0, 10, 0], [0, 0, 0, 0, 12], [0, 0, 1, 0, 0],
    ]  # fmt: skip
    np.testing.assert_allclose(found, wanted)


class Field:
    def __init__(self, by):
        self.by = by

    @ac.sparse_jacobian
    def slope(self, x):
        return self.by * x**2


def stored(x, out):
    out[1:] += x[:-1] ** 2


def test_methods_and_mutated_arguments():
    np.testing.assert_allclose(Field(2.0).slope(X).toarray(), np.diag(4.0 * X))
    out = np.zeros(6)
    found = ac.sparse_jacobian(stored, X, out, of="out")
    np.testing.assert_allclose(found.toarray(), np.diag(2 * X[:-1], -1))
    assert not out.any()


def test_more_inputs_than_one_run_follows():
    x = np.random.default_rng(0).standard_normal(2500)
    found = ac.sparse_jacobian(stencil, x)
    v = np.cos(np.arange(2500.0))
    np.testing.assert_allclose(found @ v, ac.jvp(stencil, (x,), (v,))[1], rtol=1e-12)


# -- refusals ----------------------------------------------------------------------------------------------------


def test_pattern_that_lacks_entries():
    made = ac.sparse_jacobian(branching)
    mine = made.pattern(np.abs(X))
    assert "colours of columns" in repr(mine)
    agrees(branching, np.abs(X), made=made)
    np.testing.assert_allclose(made(np.abs(X), pattern=mine).toarray(), dense(branching, np.abs(X)))
    with pytest.raises(ValueError, match="lacks entries"):
        ac.sparse_jacobian(branching, -np.abs(X), pattern=mine)


def drawn(x):
    return x * np.random.rand()


def windows(x):
    A = x.copy()
    view = np.lib.stride_tricks.as_strided(A, (3,), (16,))
    view[...] = 1.0
    return A


@pytest.mark.parametrize(("f", "message"), [(drawn, "draws random numbers"), (windows, "as_strided|places|strided")])
def test_refused(f, message):
    with pytest.raises(ac.DifferentiationError, match=message):
        ac.sparse_jacobian(f, X)


def test_complex_arguments_are_refused():
    with pytest.raises(ac.DifferentiationError, match="complex"):
        ac.sparse_jacobian(stencil, X + 1j)


# -- Hessians ----------------------------------------------------------------------------------------------------


def rosenbrock(x):
    s = 0.0
    for i in range(len(x) - 1):
        s += 100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return s


def with_a_corner(x):
    return np.sum(np.sin(x[0] * x[1:])) + np.sum(x[1:] ** 3)


def scattered(x, index):
    return np.sum(x[index] ** 3 * x[0])


def in_a_buffer(x):
    A = np.zeros(len(x))
    for i in range(1, len(x)):
        A[i] = A[i - 1] * 0.5 + x[i] * x[i - 1] ** 2
    return A[-1] + A[2]


@pytest.mark.parametrize("f", [rosenbrock, with_a_corner, in_a_buffer], ids=lambda f: f.__name__)
def test_hessian(f):
    made = ac.sparse_hessian(f)
    for x in (X, -X):
        found = made(x)
        np.testing.assert_allclose(found.toarray(), ac.hessian(f)(x), rtol=1e-11, atol=1e-12)
        assert (found != found.T).nnz == 0 or abs(found - found.T).max() < 1e-12
    assert ac.sparse_hessian(rosenbrock).pattern(np.ones(500)).sweeps == 3
    assert (
        ac.sparse_hessian(with_a_corner).pattern(np.ones(500)).sweeps == 2
    )  # a star colouring, where columns need 500


def test_hessian_by_repeated_indices():
    made = ac.sparse_hessian(scattered)
    for index in (np.array([1, 1, 3]), np.array([2, 5, 5])):
        np.testing.assert_allclose(made(X, index).toarray(), ac.hessian(scattered)(X, index), rtol=1e-12)


# -- colourings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(25))
def test_colourings_show_every_entry(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40))
    A = random_array((n + 3, n), density=rng.uniform(0.02, 0.4), rng=rng).tocsr()
    p = coloured(A != 0, "auto", False)
    sums = np.array(
        [np.asarray((A.T if p.by_rows else A)[:, p.colours == c].sum(axis=1)).ravel() for c in range(p.sweeps)]
    )
    np.testing.assert_allclose(p.entries(sums if p.sweeps else np.zeros((1, n + 3))).toarray(), A.toarray())
    B = A[:n] + A[:n].T + csr_array(np.diag(rng.standard_normal(n)))
    q = coloured(csr_array(B != 0), "forward", True)
    sums = np.array([np.asarray(B[:, q.colours == c].sum(axis=1)).ravel() for c in range(q.sweeps)])
    np.testing.assert_allclose(q.entries(sums).toarray(), B.toarray())
    assert q.sweeps <= int(colour_columns(csr_array(B != 0)).max()) + 1


def test_paths_need_three_colours():
    rng = np.random.default_rng(1)
    A = random_array((30, 30), density=0.1, rng=rng).tocsr()
    near = ((A + A.T) != 0).toarray()
    colours = colour_symmetric(csr_array(near))
    for a, b in np.argwhere(near):
        assert a == b or colours[a] != colours[b]
    for b, c in np.argwhere(near):
        for a in np.flatnonzero(near[b]):
            for d in np.flatnonzero(near[c]):
                if len({a, b, c, d}) == 4:
                    assert len({colours[k] for k in (a, b, c, d)}) >= 3


# -- SciPy -------------------------------------------------------------------------------------------------------


def diffusion(t, u):
    du = np.zeros_like(u)
    du[1:-1] = 40.0 * (u[2:] - 2.0 * u[1:-1] + u[:-2]) + u[1:-1] * (1.0 - u[1:-1])
    return du


def test_solve_ivp():
    u = np.exp(-(np.linspace(-2.0, 2.0, 30) ** 2))
    J = ac.sparse_jacobian(diffusion, wrt=1)
    calls = []

    def counted(t, u):
        calls.append(t)
        return diffusion(t, u)

    counts, ends = [], []
    for options in ({}, {"jac_sparsity": J.jac_sparsity(0.0, u)}, {"jac": J}):
        calls.clear()
        ends.append(solve_ivp(counted, (0.0, 0.2), u, method="BDF", rtol=1e-6, **options).y[:, -1])
        counts.append(len(calls))
    assert counts[0] > counts[1] > counts[2]
    np.testing.assert_allclose(ends, [ends[0]] * 3, rtol=1e-4)


def curve(x):
    return np.concatenate((10 * (x[1:] - x[:-1] ** 2), 1 - x[:-1]))


def test_least_squares():
    J, x = ac.sparse_jacobian(curve), np.full(20, 0.5)
    for options in ({"jac": J}, {"jac_sparsity": J.jac_sparsity(x)}):
        found = least_squares(curve, x, **options)
        np.testing.assert_allclose(found.x, 1.0, rtol=1e-5)
