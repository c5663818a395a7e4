"""Objects of SciPy and NumPy that a program makes: inside of it a definition of their class stands for them."""

import operator
from collections import Counter, defaultdict, deque

import numpy as np
import pytest
from scipy import sparse
from scipy.interpolate import CubicSpline
from scipy.sparse.linalg import spsolve

import adjoint_compiler as ac
from adjoint_compiler.cli import main
from adjoint_compiler.testing import check_grads

X = np.array([0.0, 0.7, 1.5, 2.0, 3.1])
ROWS, COLS = np.array([0, 0, 1, 2, 2, 1]), np.array([0, 1, 1, 2, 0, 1])
INDICES, STARTS = np.array([0, 1, 1, 2, 0]), np.array([0, 2, 3, 5])
DATA = np.array([1.3, 1.8, 1.1, 1.6, 1.2, 1.9])


def in_a_loop(y, t):
    s = CubicSpline(X, y)
    total = 0.0
    for k in range(2):
        total = total + s(t[k]) * at_all(s, t)
    return total


def at_all(s, t):
    return s(t, 1).sum()


def test_splines_in_a_loop_and_a_helper():
    y, t = np.sin(X) + 0.3 * X, np.array([0.2, 1.1])
    check_grads(in_a_loop, (y, t), order=1, modes=("reverse",))


def systems(d, x):
    total = 0.0
    for k in range(3):
        A = sparse.csc_array((d * (k + 1.0), (ROWS, COLS)), shape=(3, 3))
        x = spsolve(A, np.sin(A @ x) + x)
        total = total + (-(2.0 * A)).dot(x).sum() + (A.T @ x)[k]
        d = d * 1.1
    return total


@pytest.mark.parametrize(
    "f",
    [
        lambda d, x: sparse.coo_array((d, (ROWS, COLS)), shape=(3, 3)) @ x,
        lambda d, x: sparse.csr_array((d[:5], INDICES, STARTS), shape=(3, 3)) @ np.stack([x, x * x], axis=1),
        lambda d, x: sparse.csc_array((d[:5], INDICES, STARTS), shape=(3, 3)).T @ x,
        lambda d, x: spsolve(sparse.csr_array((d, (ROWS, COLS)), shape=(3, 3)), x),
        systems,
    ],
)
def test_sparse_matrices_by_their_elements(f):
    x = np.array([0.4, -0.7, 1.2])
    np.testing.assert_array_equal(ac.vjp(f, DATA, x)[0], f(DATA, x))
    check_grads(f, (DATA, x))


def test_classes_are_told_apart():
    def f(y):
        s = CubicSpline(X, y)
        return s(0.5) if isinstance(s, CubicSpline) else s(1.5)

    check_grads(f, (X * X,), order=1)


@pytest.mark.parametrize("f", [lambda y: CubicSpline(X, y), lambda y: (y[0], [CubicSpline(X, y)])])
def test_they_are_not_returned(f):
    with pytest.raises(ac.DifferentiationError, match="is not returned"):
        ac.vjp(f, X)


def test_what_a_definition_lacks_is_refused():
    with pytest.raises(ac.DifferentiationError, match="`.c` is not an attribute"):
        ac.grad(lambda y: CubicSpline(X, y).c[0, 0])(X)
    with pytest.raises(NotImplementedError, match="bc_type"):
        ac.grad(lambda y: CubicSpline(X, y, bc_type="periodic")(0.5))(X)
    with pytest.raises(ac.DifferentiationError, match="extrapolate"):
        ac.grad(lambda y: CubicSpline(X, y, extrapolate=False)(0.5))(X)


def test_emitted(tmp_path, capsys):
    file = tmp_path / "model.py"
    file.write_text(
        "import numpy as np\nfrom scipy.interpolate import CubicSpline\n\n\ndef f(y):\n"
        "    return CubicSpline(np.array([0.0, 0.7, 1.5, 2.0, 3.1]), y)(0.5)\n"
    )
    assert main(["emit", f"{file}:f", "--signature", "y: float64[:]"]) == 0
    space = {}
    exec(capsys.readouterr().out, space)
    np.testing.assert_array_equal(space["f_grad"](X * X), ac.grad(lambda y: CubicSpline(X, y)(0.5))(X * X))


def lists(x):
    L = [x[0] * x[1], x[1], x[2] ** 2, x[0]]
    M = L
    total = 0.0
    for k in range(2):
        L.sort(reverse=k == 1)
        total = total + L[0] * M[1] * (k + 1)
        L[0] = L[0] * x[2]
        if x[k] > 0:
            L.sort()
    del L[1]
    total = total + L[1] * L[0]
    del M[-1]
    operator.setitem(L, 0, x[0] * L[1])
    operator.delitem(M, -1)
    return total + sum(L) * L[-1]


def test_lists_are_sorted_and_lose_items():
    check_grads(lists, (np.array([0.3, 0.8, 1.7]),))


def test_items_of_dicts():
    def f(x):
        d = {"a": x, "b": 2 * x * x}
        del d["a"]
        return d["b"] * len(d)

    check_grads(f, (1.3,))


def printed(v):
    d = defaultdict(float)
    d[0] += v[0]
    print(d)
    return d[0]


def asked_for_its_class(v):
    c = Counter("aab")
    return v[0] * isinstance(c, dict)


def turned_into_text(v):
    q = deque(v)
    return v[0] * len(f"{q}")


def handed_out(v):
    q = deque(v)
    q.append(v[0])
    return v[0], {"q": q}


@pytest.mark.parametrize("f", [printed, asked_for_its_class, turned_into_text, handed_out], ids=lambda f: f.__name__)
def test_what_stands_for_an_object_is_not_seen(f):
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.vjp(f, X)
    assert [d.code for d in caught.value.diagnostics] == ["AC001"]
