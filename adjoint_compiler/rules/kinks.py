"""Elementwise functions with kinks: see docs/kinks.md for the convention at each.

A place that an operand does not decide gives it nothing: ``where(mask, g, 0)``, never ``mask * g``, which
makes a nan of an infinite adjoint. A parameter without a pullback has derivative zero.
"""

import numpy as np

from adjoint_compiler.rules.table import cite, elementwise, structural, zero

# fmt: off
structural("maximum(x, z)", np.maximum, x="unbroadcast(larger_share(g, x, z), x)",
           z="unbroadcast(larger_share(g, z, x), z)", cheap=True, note="a tie gives half to each; nan wins")
structural("minimum(x, z)", np.minimum, x="unbroadcast(smaller_share(g, x, z), x)",
           z="unbroadcast(smaller_share(g, z, x), z)", cheap=True, note="a tie gives half to each; nan wins")
structural("fmax(x, z)", np.fmax, x="unbroadcast(smaller_share(g, z, x), x)",
           z="unbroadcast(smaller_share(g, x, z), z)", cheap=True, note="a tie gives half to each; nan loses")
structural("fmin(x, z)", np.fmin, x="unbroadcast(larger_share(g, z, x), x)",
           z="unbroadcast(larger_share(g, x, z), z)", cheap=True, note="a tie gives half to each; nan loses")
structural("clip(a, a_min=None, a_max=None, *, min=None, max=None)", np.clip,
           a='unbroadcast(clip_share("inside", g, a, a_min, a_max, min, max), a)',
           a_min='unbroadcast(clip_share("below", g, a, a_min, a_max, min, max), a_min)',
           a_max='unbroadcast(clip_share("above", g, a, a_min, a_max, min, max), a_max)',
           min='unbroadcast(clip_share("below", g, a, a_min, a_max, min, max), min)',
           max='unbroadcast(clip_share("above", g, a, a_min, a_max, min, max), max)',
           cheap=True, note="at a bound the bound gets all")
structural("where(condition, x, z)", np.where, x="unbroadcast(where(condition, g, 0.0), x)",
           z="unbroadcast(where(condition, 0.0, g), z)", linear="x z", cheap=True)
structural("heaviside(x, z)", np.heaviside, z="unbroadcast(where(x == 0, g, 0.0), z)", cheap=True)
structural("nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None)", np.nan_to_num,
           x="finite_share(g, x)", cheap=True,
           nan="unbroadcast(where(isnan(real(x)), real(g), 0.0) + where(isnan(imag(x)), imag(g), 0.0), nan)",
           posinf="unbroadcast(where(isposinf(real(x)), real(g), 0.0)"
                  " + where(isposinf(imag(x)), imag(g), 0.0), posinf)",
           neginf="unbroadcast(where(isneginf(real(x)), real(g), 0.0)"
                  " + where(isneginf(imag(x)), imag(g), 0.0), neginf)")
elementwise("copysign(x, z)", np.copysign, x="sign(x) * copysign(1.0, z)", note="0 at 0")
elementwise("fabs(x)", np.fabs, x="sign(x)", note="0 at 0")

zero("floor(x)", np.floor, np.ceil, np.trunc, np.rint, np.spacing)
zero("fix(x)", np.fix)
zero("round(a, decimals=0)", np.round, np.around)
cite("docs/kinks.md; Griewank and Walther, Evaluating Derivatives (2008), chapter 14")
# fmt: on
