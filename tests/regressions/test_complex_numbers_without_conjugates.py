"""Complex operands beside real ones, of which a conjugate was missing; rules of real numbers refuse complex ones."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac

_rng = np.random.default_rng(1)


def C(*shape):
    return _rng.normal(size=shape) + 1j * _rng.normal(size=shape)


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (lambda z, t: np.abs(np.trapezoid(z, x=t)).sum(), (C(3, 4), C(4))), (lambda z, h: np.abs(np.trapezoid(z, dx=h)) ** 2, (C(4), 0.4 + 0.7j)),
        (lambda z, w: np.abs(np.average(z, weights=w)) ** 2, (C(4), C(4))), (lambda x, w: np.abs(np.average(x, axis=0, weights=w)).sum(), (C(3, 2).real, C(3))),
        (lambda d: np.abs(np.fft.fftfreq(5, d) ** 2).sum(), (0.4 + 0.7j,)),
        (lambda z: (np.abs(np.linalg.eigvals(z)) ** 3).sum(), (_rng.normal(size=(3, 3)),)),
    ],
)  # fmt: skip
def test_first_and_second_order(f, args) -> None:
    ac.testing.check_grads(f, args, order=2)


def test_of_functions_of_scipy() -> None:
    linalg = pytest.importorskip("scipy.linalg")
    ac.testing.check_grads(lambda a: np.abs(linalg.companion(a) ** 2).sum(), (C(4),), order=2)
    a, b, q = _rng.normal(size=(3, 3)), _rng.normal(size=(2, 2)), C(3, 2)
    with pytest.raises(ac.DifferentiationError, match="make all of them complex"):
        ac.vjp(linalg.solve_sylvester, a, b, q)


def test_rules_of_real_numbers() -> None:
    pytest.importorskip("scipy")
    from scipy import ndimage, special, stats
    from scipy.spatial import distance

    for f, *args in (
        (distance.sqeuclidean, C(3), C(3)), (stats.gmean, C(3)), (ndimage.correlate1d, C(5), C(3)), (ndimage.correlate, C(5).real, C(3)),
        (lambda x: stats.multivariate_normal.logpdf(x, cov=np.eye(2)), C(2)),
    ):  # fmt: skip
        with pytest.raises(ac.DifferentiationError, match="is known for a real"):
            ac.vjp(f, *args)
    with pytest.raises(ac.DifferentiationError, match=r"take x\.real before"):
        ac.vjp(lambda z: np.prod(z, dtype=np.float64), C(3))
    for n in (0.4, -0.7, -2, 1.3, 3):  # polynomials of any degree, and the functions between them
        ac.testing.check_grads(lambda x, n=n: special.eval_legendre(n, x), (0.3,), order=2)
        ac.testing.check_grads(lambda x, n=n: special.eval_chebyt(n, x), (0.3,), order=2)


UNKNOWN = {"kept": np.array([0.3, -1.2, 0.8, 2.0])}


@pytest.mark.parametrize(
    "transform", [np.fft.fft, np.fft.rfft, np.fft.ihfft, lambda x: np.conj(np.fft.ifft(x)), np.sort_complex]
)
def test_complex_results_of_what_has_no_type(transform) -> None:
    """An untyped value is real; what a transform makes of it is not."""

    def f(x):
        y = x * UNKNOWN["kept"] if x[0] > 0 else [x][0]
        return (np.abs(transform(y)) ** 3).sum()

    x = np.array([0.5, 1.5, -0.7, 0.2])
    ac.testing.check_grads(f, (x,), order=2)
    text = ac.grad(f).source  # for any real argument
    space = {"np": np}
    assert "sign" in text and space


def test_untyped_text() -> None:
    def f(x):
        return (np.abs(np.fft.fft(x)) ** 3).sum()

    x = np.array([0.5, 1.5, -0.7, 0.2])
    space = {"np": np}
    exec(compile("import numpy as np\n" + ac.grad(f).source, "<untyped>", "exec"), space)
    from adjoint_compiler import runtime

    space.update({n: getattr(runtime, n) for n in runtime.__dict__ if not n.startswith("_")})
    assert space["f_grad"](x) == pytest.approx(ac.grad(f)(x))
