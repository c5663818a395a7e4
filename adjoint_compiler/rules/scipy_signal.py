"""scipy.signal: convolutions, and filters that are linear in their input."""

from scipy import signal

from adjoint_compiler.ir.types import UNKNOWN, array_type
from adjoint_compiler.rules import scipy_designs
from adjoint_compiler.rules.table import cite, complex_valued, inert, of_lapack, structural
from adjoint_compiler.runtime import scipy_images as images
from adjoint_compiler.runtime import scipy_signal as s

_FULL = "full_output(g, in1, in2, mode)"
_C1, _C2 = f"correlate({_FULL}, in2, 'valid')", f"correlate({_FULL}, in1, 'valid')"
_R1, _R2 = f"convolve({_FULL}, in2, 'valid')", f"conj(flip(correlate({_FULL}, in1, 'valid')))"
# fmt: off
structural("convolve(in1, in2, mode='full', method='auto')", signal.convolve, in1=_C1, in2=_C2)
structural("fftconvolve(in1, in2, mode='full')", signal.fftconvolve, in1=_C1, in2=_C2)
structural("oaconvolve(in1, in2, mode='full')", signal.oaconvolve, in1=_C1, in2=_C2)
structural("convolve2d(in1, in2, mode='full')", signal.convolve2d, in1=_C1, in2=_C2)
structural("correlate(in1, in2, mode='full', method='auto')", signal.correlate, in1=_R1, in2=_R2)
structural("correlate2d(in1, in2, mode='full')", signal.correlate2d,
           in1=_R1.replace("mode", "mode, True"), in2=_R2.replace("mode", "mode, True"))
structural("full_output(g_, in1, in2, mode='full', late=False)", s.full_output,
           g_="output_part(g, in1, in2, mode, late)", shape_only="in1 in2", linear="g_")
structural("output_part(v, in1, in2, mode='full', late=False)", s.output_part,
           v="full_output(g, in1, in2, mode, late)", shape_only="in1 in2", linear="v", view="v")

_ONE = "ones(1, y.dtype)"
structural("lfilter(b, a, x, axis=-1)", signal.lfilter, linear="x",
           x="flip(lfilter(conj(b), conj(a), flip(g, axis), axis), axis)",
           b=f"lag_products(g, lfilter({_ONE}, a, x, axis), size(b), axis)",
           a=f"-lag_products(g, lfilter({_ONE}, a, y, axis), size(a), axis)")
structural("lag_products(g_, v, count, axis=-1)", s.lag_products, g_=f"lfilter(g, {_ONE}, v, axis)",
           v=f"flip(lfilter(g, {_ONE}, flip(g_, axis), axis), axis)", linear="g_")
structural("detrend(data, axis=-1, type='linear', bp=0)", signal.detrend, data="detrend(g, axis, type, bp)",
           linear="data")
structural("hilbert(x, *, axis=-1)", signal.hilbert, x="hilbert_adjoint(g, axis)", linear="x")
complex_valued(signal.hilbert)
structural("hilbert_adjoint(g_, axis=-1)", s.hilbert_adjoint, g_="hilbert(g, axis=axis)", linear="g_")
inert("segment_window(window, nperseg, length)", s.segment_window, result=lambda types, operands: array_type("float64", 1))
inert("median_bias(count)", s.median_bias)
inert("window_places(shape, size, footprint=None, mode='reflect', origin=0, axes=None)", images.window_places)
inert("window_origin(size, footprint, origin, ndim)", images.window_origin, result=lambda types, operands: UNKNOWN)
inert("folded_coordinates(c, n, mode)", images.folded_coordinates)
inert("fold_slopes(c, n, mode)", images.fold_slopes)
inert("spline_places(first, order, n, mode)", images.spline_places)
of_lapack("scipy.signal.fftconvolve", "scipy.signal.oaconvolve")
scipy_designs.enter("scipy.signal")
scipy_designs.enter("scipy.signal.windows")
cite("Oppenheim and Schafer, Discrete-time signal processing (2010), section 2.3; recursive filters: the transposed filter runs backwards")
# fmt: on
