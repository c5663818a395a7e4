"""The Numba backend: the numbers of the NumPy backend, the meaning of plain and of compiled functions, files, refusals."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.numba_corpus import outcome_of
from tests.programs import all_programs
from tests.sampling import sampled

numba = pytest.importorskip("numba")

PROGRAMS = """
    scalars.quadratic scalars.math_functions scalars.conditional_expressions scalars.powers scalars.builtin_functions
    control.continue_and_break control.return_from_nested_loops control.running_choice
    control.newton_square_root control.three_way_branch control.carried_names_rotate
    kernels.atax kernels.bicg kernels.trmm kernels.spmv kernels_stencils.jacobi_1d
""".split()


@pytest.mark.parametrize("entry", sampled([p for p in all_programs() if p.id in PROGRAMS], 2), ids=lambda p: p.id)
def test_corpus(entry):
    assert outcome_of(entry) == ("same", "")


def both(f, *args, wrt=0):
    """The gradients of a plain function by both backends; where it raises, its exception and that under Numba."""
    out = []
    for backend in ("numpy", "numba"):
        try:
            if backend == "numpy":
                f(*(np.copy(a) if isinstance(a, np.ndarray) else a for a in args))
            out.append(ac.grad(f, wrt=wrt, backend=backend)(*args))
        except (ArithmeticError, LookupError, ValueError) as fault:
            out.append(type(fault))
    return out


def overlapping(a):
    a[1:] += a[:-1]
    return (a * a).sum()


def low_precision(x):
    s = x[0]
    for i in range(len(x)):
        s = s + x[i] * 2.0
    return s * s


def quotient(x: float, y: float):
    return x / y


def power(x: float, y: float):
    return x**y


def logarithm(x: float):
    return math.log(x)


def exponential(x: float):
    return math.exp(x)


def out_of_bounds(x, i: int):
    return x[i] * 2.0


def numpy_division(x):
    return x[0] / x[1]


@pytest.mark.parametrize(
    "f, args",
    [
        (overlapping, (np.arange(5.0),)),
        (low_precision, (np.ones(3, np.float32),)),
        (quotient, (1.0, 0.0)),
        (quotient, (1.0, 2.0)),
        (power, (0.0, -1.0)),
        (power, (1e300, 2.0)),
        (power, (2.0, 0.5)),
        (logarithm, (-1.0,)),
        (logarithm, (0.0,)),
        (exponential, (1e3,)),
        (out_of_bounds, (np.ones(3), 3)),
        (out_of_bounds, (np.ones(3), -3)),
        (numpy_division, (np.array([1.0, 0.0]),)),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_plain_functions_mean_what_numpy_runs(f, args):
    with np.errstate(all="ignore"):
        expected, found = both(f, *args)
    if isinstance(expected, type):
        assert found is expected
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-12)
        assert np.asarray(found).dtype == np.asarray(expected).dtype


def test_compiled_functions_are_compiled():
    @numba.njit
    def f(x):
        s = 0.0
        for i in range(len(x)):
            s += x[i] ** 3 / x[0]
        return s

    x = np.array([2.0, 3.0])
    gradient = ac.grad(f)
    np.testing.assert_allclose(gradient(x), ac.grad(f, backend="numpy")(x), rtol=1e-12)
    assert gradient.jit.compiled and ac.grad(f.py_func).jit is None
    with pytest.raises(ZeroDivisionError):
        gradient(np.array([0.0, 1.0]))


def test_updates_that_numba_runs_element_by_element_are_refused():
    with pytest.raises(ac.DifferentiationError, match="already written"):
        ac.grad(numba.njit(overlapping))(np.arange(5.0))


def test_split_form_restores_memory_of_its_own():
    def f(a):
        a[1:] = a[:-1] * a[1:]
        b = a[2:]
        a[0] = b[0]
        return a * 2.0

    a, seed = np.array([0.5, 1.5, 2.5, 3.5]), np.arange(4.0)
    expected = ac.vjp(f, a, backend="numpy")[1](seed)[0]
    y, pullback = ac.vjp(f, a, backend="numba")
    for _ in range(2):
        np.testing.assert_allclose(pullback(seed)[0], expected)


def test_derivatives_are_called_from_compiled_code():
    gradient = ac.grad(lambda t: t * t * t)

    @numba.njit
    def descend(t, n):
        for _ in range(n):
            t = t - 0.1 * gradient(t)
        return t

    t = 1.0
    for _ in range(3):
        t = t - 0.1 * 3 * t * t
    assert abs(descend(1.0, 3) - t) < 1e-15


def test_options_are_carried_over():
    @numba.njit(error_model="numpy", fastmath=True)
    def f(x):
        return 1.0 / x

    assert ac.grad(f)(0.0) == -math.inf
    assert ac.grad(f).jit.options == (("fastmath", ("afn", "arcp", "contract", "nsz", "reassoc")),)
    assert ac.grad(numba.njit(fastmath=True)(lambda x: np.sqrt(x) * 0.0))(0.0) == 0.0


def test_pullbacks():
    def f(x: float, y: float):
        return x * y, x + y

    y, pullback = ac.vjp(f, 1.0, 3.0, backend="numba")
    for _ in range(2):
        assert pullback((1.0, 2.0)) == (5.0, 3.0)


def test_second_derivatives():
    def f(x):
        s = 0.0
        for i in range(len(x)):
            s += np.sin(x[i]) * x[i]
        return s

    def slope(x):
        return ac.grad(f)(x).sum()

    x = np.array([0.3, 1.2])
    np.testing.assert_allclose(ac.grad(slope, backend="numba")(x), 2 * np.cos(x) - x * np.sin(x))


def test_what_numba_cannot_compile_is_refused_at_its_line():
    def f(x):
        y = x * 2.0
        return np.kron(y, y).sum() + np.fft.fft(y).real.sum()

    with pytest.raises(ac.DifferentiationError) as refused:
        ac.grad(f, backend="numba")(np.ones(2))
    assert refused.value.diagnostics[0].span.line


def test_the_caller_s_arrays_stay():
    def f(a):
        for i in range(a.shape[0]):
            a[i, 0] = a[i, 0] * a[i, 1]
        return a[0, 0] + a[2, 0]

    for layout in (np.ones((3, 4)).T, np.ones((6, 4))[::2, ::-1]):
        kept = layout.copy()
        found, expected = (ac.grad(f, backend=b)(layout) for b in ("numba", "numpy"))
        np.testing.assert_allclose(found, expected)
        np.testing.assert_array_equal(layout, kept)


def test_unknown_backend():
    with pytest.raises(ac.DifferentiationError, match="backend is 'numpy', 'numba' or None"):
        ac.grad(quotient, backend="fortran")


SECOND_PROCESS = """
import sys, time
start = time.perf_counter()
import numpy as np, adjoint_compiler as ac
assert "numba" not in sys.modules
def f(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i] ** 2
    return s
ac.grad(f)(np.ones(2))
assert "numba" not in sys.modules
gradient = ac.grad(f, backend="numba")
assert gradient(np.ones(2)).tolist() == [2.0, 2.0]
compiled = next(iter(gradient.cache.entries.values())).compiled.functions[0].function
print(sum(compiled.stats.cache_hits.values()))
"""


def test_the_next_process_compiles_nothing(tmp_path):
    (tmp_path / "program.py").write_text(SECOND_PROCESS)
    environment = {**os.environ, "ADJOINT_COMPILER_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": os.getcwd()}
    hits = [
        subprocess.run(
            [sys.executable, str(tmp_path / "program.py")], env=environment, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert hits == ["0\n", "1\n"]
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


def of_roots(x):
    return np.roots(x).real.sum()


def test_a_helper_that_is_not_written_for_numba_is_named():
    with pytest.raises(ac.DifferentiationError, match="needs `matching_order`, which is not written for Numba yet"):
        ac.grad(of_roots, backend="numba")(np.ones(3))


@numba.njit(error_model="numpy")
def quotient_of_numpy(a, b):
    return a / b


@numba.njit(boundscheck=True)
def checked_item(x, i):
    return x[i] * 2.0


def test_functions_that_are_called_must_have_the_meaning_of_the_one_that_calls_them():
    def divides(x):
        return quotient_of_numpy(x[0], x[1])

    def reads(x, i):
        return checked_item(x, i)

    x = np.array([1.0, 0.0])
    with pytest.raises(ac.DifferentiationError, match="AC021.*error_model='numpy'"):
        ac.grad(numba.njit(divides))(x)
    with pytest.raises(ac.DifferentiationError, match="AC021.*`checked_item` checks indices"):
        ac.grad(numba.njit(reads))(x, 1)
    np.testing.assert_array_equal(ac.grad(numba.njit(error_model="numpy")(divides))(x), [np.inf, -np.inf])
    np.testing.assert_array_equal(ac.grad(numba.njit(boundscheck=True)(reads))(x, 1), [0.0, 2.0])


@numba.njit
def rows_added(A):
    B = A.copy()
    B[0] += B[1]
    B[:, 0] *= B[:, 2]
    for i in range(3):
        for j in range(3):
            if i != j:
                B[i] -= B[j]
    return np.sum(B * B)


def test_updates_by_parts_that_differ_in_integers():
    """They are one place, or do not meet."""
    A = np.arange(9.0).reshape(3, 3) / 7
    np.testing.assert_allclose(ac.grad(rows_added)(A), ac.grad(rows_added, backend="numpy")(A), rtol=1e-12)
