"""scipy.fft: Fourier transforms as numpy.fft's, cosine and sine transforms. Each is linear; its transpose is a transform of the dual type."""

from scipy import fft

from adjoint_compiler.rules import scipy_designs
from adjoint_compiler.rules.fourier import enter
from adjoint_compiler.rules.scipy_forms import only
from adjoint_compiler.rules.table import cite, structural
from adjoint_compiler.runtime import scipy_signal as s

enter(fft, ", overwrite_x=False, workers=None, *, plan=None")
# fmt: off
for _name in ("dct", "idct", "dst", "idst"):
    structural(f"{_name}(x, type=2, *, axis=-1, norm=None, workers=None)", getattr(fft, _name), linear="x",
               x=f"trigonometric_adjoint(g, '{_name}', type, axis, norm)")
    structural(f"{_name}n(x, type=2, s=None, axes=None, norm=None, *, workers=None)", getattr(fft, f"{_name}n"),
               x=f"trigonometric_adjoint(g, '{_name}n', type, axes, norm)", linear="x",
               specialise=only(f"scipy.fft.{_name}n", s=None))
structural("trigonometric_adjoint(g_, name, type=2, axes=-1, norm=None)", s.trigonometric_adjoint, linear="g_",
           g_="trigonometric_transform(g, name, type, axes, norm)")
structural("trigonometric_transform(x, name, type=2, axes=-1, norm=None)", s.trigonometric_transform, linear="x",
           x="trigonometric_adjoint(g, name, type, axes, norm)")
scipy_designs.enter("scipy.fft")
cite("Makhoul, A fast cosine transform in one and two dimensions (1980): transposes of types 2 and 3 are each "
     "other's", "*dct*", "*dst*", "*trigonometric*")
cite("Van Loan, Computational frameworks for the fast Fourier transform (1992), section 1.1: the matrix of a transform is symmetric")
# fmt: on
