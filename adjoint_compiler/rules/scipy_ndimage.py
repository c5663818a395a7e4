"""scipy.ndimage: linear filters. They extend their input at the borders; the transpose adds what lies outside to where it
was taken from, for every mode. Parameters of the filters (``sigma``, ``cval``) are constants.
"""

import re

import scipy.signal  # noqa: F401  (helpers convolve by it)
from scipy import ndimage

from adjoint_compiler.rules import scipy_designs
from adjoint_compiler.rules.scipy_forms import refused
from adjoint_compiler.rules.table import cite, for_reals, structural
from adjoint_compiler.runtime import scipy_signal as s

# fmt: off
_OPTIONS = "mode='reflect', cval=0.0, origin=0"
for _name, _flipped in (("correlate", ""), ("convolve", ", None, True")):
    structural(f"{_name}(input, weights, *, {_OPTIONS})", getattr(ndimage, _name), **refused("cval"),
               input=f"filter_adjoint(g, weights, mode, origin{_flipped})",
               weights=f"kernel_adjoint(g, input, weights, mode, cval, origin{_flipped})")
    _along = _flipped.replace("None", "axis") or ", axis"
    structural(f"{_name}1d(input, weights, axis=-1, *, {_OPTIONS})", getattr(ndimage, f"{_name}1d"), **refused("cval"),
               input=f"filter_adjoint(g, weights, mode, origin{_along})",
               weights=f"kernel_adjoint(g, input, weights, mode, cval, origin{_along})")
_MORE = "mode='reflect', cval=0.0, origin=0, axis=None, flipped=False"
structural(f"filter_applied(x, weights, {_MORE})", s.filter_applied,
           x="filter_adjoint(g, weights, mode, origin, axis, flipped)",
           weights="kernel_adjoint(g, x, weights, mode, cval, origin, axis, flipped)")
structural("filter_adjoint(g_, weights, mode='reflect', origin=0, axis=None, flipped=False)", s.filter_adjoint,
           g_="filter_applied(g, weights, mode, 0.0, origin, axis, flipped)", linear="g_",
           weights="kernel_adjoint(g_, g, weights, mode, 0.0, origin, axis, flipped)")
structural(f"kernel_adjoint(g_, x, weights, {_MORE})", s.kernel_adjoint, shape_only="weights", linear="g_",
           g_="filter_applied(x, g, mode, cval, origin, axis, flipped)",
           x="filter_adjoint(g_, g, mode, origin, axis, flipped)")
for _name, _args, _adjoint, _passed in (
    ("gaussian_filter", "sigma, order=0, *, mode='reflect', cval=0.0, truncate=4.0, radius=None", "gaussian_adjoint",
     "sigma, order, mode, truncate, radius"),
    ("gaussian_filter1d", "sigma, axis=-1, order=0, *, mode='reflect', cval=0.0, truncate=4.0, radius=None",
     "gaussian_adjoint", "sigma, order, mode, truncate, radius, axis"),
    ("uniform_filter", "size=3, *, mode='reflect', cval=0.0, origin=0", "uniform_adjoint", "size, mode, origin"),
    ("uniform_filter1d", "size, axis=-1, *, mode='reflect', cval=0.0, origin=0", "uniform_adjoint",
     "size, mode, origin, axis"),
    ("sobel", "axis=-1, *, mode='reflect', cval=0.0", "sobel_adjoint", "axis, mode"),
    ("prewitt", "axis=-1, *, mode='reflect', cval=0.0", "sobel_adjoint", "axis, mode, 1.0"),
    ("laplace", "*, mode='reflect', cval=0.0", "laplace_adjoint", "mode"),
    ("gaussian_laplace", "sigma, *, mode='reflect', cval=0.0", "laplace_adjoint", "mode, sigma"),
):
    structural(f"{_name}(input, {_args})", getattr(ndimage, _name), input=f"{_adjoint}(g, {_passed})",
               **refused("cval", *(["sigma"] if "sigma" in _args else [])))
structural("gaussian_adjoint(g_, sigma, order=0, mode='reflect', truncate=4.0, radius=None, axis=None)",
           s.gaussian_adjoint, linear="g_", **refused("sigma"), g_="gaussian_applied(g, sigma, order, mode, truncate, radius, axis)")
structural("uniform_adjoint(g_, size=3, mode='reflect', origin=0, axis=None)", s.uniform_adjoint, linear="g_",
           g_="uniform_applied(g, size, mode, origin, axis)")
structural("sobel_adjoint(g_, axis=-1, mode='reflect', middle=2.0)", s.sobel_adjoint, linear="g_",
           g_="sobel_applied(g, axis, mode, middle)")
structural("laplace_adjoint(g_, mode='reflect', sigma=None)", s.laplace_adjoint, linear="g_", **refused("sigma"),
           g_="laplace_applied(g, mode, sigma)")

for _name, _args in (
    ("gaussian", "sigma, order=0, mode='reflect', truncate=4.0, radius=None, axis=None"),
    ("uniform", "size=3, mode='reflect', origin=0, axis=None"),
    ("sobel", "axis=-1, mode='reflect', middle=2.0"), ("laplace", "mode='reflect', sigma=None"),
):
    _given = re.sub(r"=[^,]*", "", _args)
    structural(f"{_name}_applied(x, {_args})", getattr(s, f"{_name}_applied"), linear="x",
               x=f"{_name}_adjoint(g, {_given})", **refused(*(["sigma"] if "sigma" in _args else [])))
for_reals("scipy.ndimage.gaussian_*", only="sigma cval")
for_reals("scipy.ndimage.correlate*", only="weights")
scipy_designs.enter("scipy.ndimage")
cite("Oppenheim and Schafer, Discrete-time signal processing (2010): the transpose of a correlation is a convolution")
# fmt: on
