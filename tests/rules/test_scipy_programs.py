"""Programs that call SciPy, as their authors write them: imported in every way, in loops, in helpers, nested."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

pytest.importorskip("scipy")

import scipy.special  # noqa: E402
from scipy import special  # noqa: E402
from scipy.special import expit, gammaln  # noqa: E402

import adjoint_compiler as ac  # noqa: E402
from adjoint_compiler.cli import main  # noqa: E402

V, W = np.array([0.3, 0.8, 1.7]), np.array([1.4, 0.6, 2.2])
PROGRAMS = []


def program(*args, order=2):
    def enter(function):
        PROGRAMS.append(pytest.param(function, args, order, id=function.__name__))
        return function

    return enter


@program(V, W)
def imported_in_three_ways(v, w):
    return (scipy.special.erf(v) * special.digamma(w) + gammaln(w) * expit(v)).sum()


@program(V, W)
def in_a_loop_with_stores(v, w):
    u = np.zeros_like(v)
    for k in range(3):
        u[k] = special.gammaln(w[k]) * v[k] + special.xlogy(u[k - 1], w[k])
    special.erf(u, out=u)
    return u.sum()


def log_likelihood(x, a, b):
    return special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x) - special.betaln(a, b)


@program(0.3, 1.7, 2.4)
def in_a_helper(x, a, b):
    return log_likelihood(x, a, b) + log_likelihood(x * x, b, a)


@program(0.7)
def complex_numbers_in_between(x):
    return special.voigt_profile(x, 2.0, x) * special.wofz(x * 1j + 0.3).real


@program(0.7, order=1)
def complex_loggamma(x):
    return abs(special.loggamma(x + 1j))


@program(np.array([[0.3, 1.0], [2.0, -0.4]]), np.array([[0.5, 1.0], [1.5, 0.7]]))
def softmax_and_its_relatives(A, B):
    s, sign = special.logsumexp(A, axis=0, b=B, return_sign=True)
    return (special.softmax(A, axis=1) * B).sum() + (special.log_softmax(A) * s * sign).sum()


@program(V)
def pairs_and_tuples(v):
    si, ci = special.sici(v)
    ai, aip, bi, bip = special.airy(v)
    return (si * ci + ai * bip).sum() + special.ellipj(v[0], 0.3)[0]


@program(V)
def nested(v):
    def energy(x):
        return special.log_ndtr(x) * x

    return energy(v[0]) * special.expit(v).sum()


@pytest.mark.parametrize(("function", "args", "order"), PROGRAMS)
def test_programs(function, args, order):
    wrt = tuple(range(len(args)))
    ac.testing.check_grads(function, args, order=order, modes=("reverse",))
    value, _ = ac.value_and_grad(function, wrt=wrt)(*args)
    assert value == function(*(np.copy(a) if isinstance(a, np.ndarray) else a for a in args))


@pytest.mark.parametrize(
    "function",
    [
        lambda v: special.jv(v, 2.0).sum(),
        lambda v: special.betainc(v, 2.0, 0.5).sum(),
        lambda v: special.zeta(v).sum(),
        lambda v: special.spherical_jn(2, v, derivative=bool(v[0])).sum(),
    ],
)
def test_parameters_without_a_derivative_are_refused(function):
    with pytest.raises(ac.DifferentiationError) as fault:
        ac.grad(function)(V)
    assert [d.code for d in fault.value.diagnostics] == ["AC009"]


def test_float32_stays():
    g = ac.grad(lambda v: (special.psi(v) * special.stdtr(3.0, v)).sum())(V.astype(np.float32))
    assert g.dtype == np.float32


# -- SciPy is imported when it is used, and only then ---------------------------------------------------------


def run(code):
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


NUMPY_ONLY = """
    import sys, linecache
    import numpy as np, adjoint_compiler as ac
    text = '''def f(x):
        return np.sin(x).sum() * np.linalg.norm(x)
    '''
    linecache.cache["m.py"] = (len(text), None, text.splitlines(True), "m.py")
    names = {"np": np}
    exec(compile(text, "m.py", "exec"), names)
    ac.grad(names["f"])(np.ones(3))
    print([m for m in sys.modules if m.startswith("scipy")])
"""


def test_programs_without_scipy_do_not_import_it():
    assert run(NUMPY_ONLY).strip() == "[]"


def test_without_scipy_nothing_breaks():
    blocked = "import sys; sys.modules['scipy'] = None\n" + textwrap.dedent(NUMPY_ONLY)
    listed = "from adjoint_compiler.rules.optional import load_all; print([m for m in load_all() if 'scipy' in m])"
    assert run(blocked + listed).split() == ["['scipy']", "[]"]


def test_emitted_modules_import_what_they_use(tmp_path, capsys):
    (tmp_path / "model.py").write_text(
        "from scipy.special import gammaln as lg\n\n\ndef f(x):\n    return lg(x) * x\n\n\n"
        "def plain(x):\n    return x * x\n"
    )
    assert main(["emit", f"{tmp_path / 'model.py'}:f"]) == 0
    text = capsys.readouterr().out
    assert "import scipy.special\n" in text and "adjoint_compiler.r" not in text
    names: dict = {}
    exec(compile(text, "emitted", "exec"), names)  # noqa: S102
    x = 2.3
    np.testing.assert_allclose(names["f_grad"](x), special.psi(x) * x + special.gammaln(x))
    assert main(["emit", f"{tmp_path / 'model.py'}:plain"]) == 0
    assert "scipy" not in capsys.readouterr().out


def test_helpers_are_written_into_emitted_modules(tmp_path, capsys):
    (tmp_path / "model.py").write_text("import scipy.special as sp\n\n\ndef f(x):\n    return sp.gammainc(x, 2.0)\n")
    assert main(["emit", f"{tmp_path / 'model.py'}:f"]) == 0
    text = capsys.readouterr().out
    assert "def gammainc_by_order(a, x):" in text and "import scipy.special\n" in text
    names: dict = {}
    exec(compile(text, "emitted", "exec"), names)  # noqa: S102
    h = 1e-6
    np.testing.assert_allclose(
        names["f_grad"](1.5), (special.gammainc(1.5 + h, 2.0) - special.gammainc(1.5 - h, 2.0)) / (2 * h), rtol=1e-7
    )
