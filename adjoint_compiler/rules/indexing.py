"""Sorting, taking and selecting by integer arrays and conditions."""

import numpy as np

from adjoint_compiler.rules.shapes import along, like, taken
from adjoint_compiler.rules.table import cite, structural

# fmt: off
structural("sort(a, axis=-1, kind=None, *, stable=None)", np.sort, a="sort_adjoint(g, a, axis)", shape_of="a",
           note="equal elements are ordered as by a stable sort")
structural("take(a, indices, axis=None, *, mode='raise')", np.take,
           a="take_adjoint(g, a, indices, axis, mode)", linear="a", result=taken)
structural("take_along_axis(arr, indices, axis=-1)", np.take_along_axis,
           arr="take_along_axis_adjoint(g, arr, indices, axis)", linear="arr", result=along)
structural("select(condlist, choicelist, default=0)", np.select,
           choicelist="select_adjoint(g, condlist, choicelist)",
           default="unbroadcast(where(unselected(condlist), g, 0.0), default)", linear="choicelist default")
structural("interp(x, xp, fp)", np.interp,
           x="g * interp_inside(x, xp) * conj(take(divide_or_zero(interp_steps(fp), interp_steps(xp)), interp_place(x, xp)))",
           xp="interp_nodes(g * interp_inside(x, xp) * conj(take(divide_or_zero(interp_steps(fp), interp_steps(xp)), interp_place(x, xp))),"
              " x, xp)",
           fp="take_adjoint(g * (1 - interp_part(x, xp)), fp, interp_place(x, xp)) + take_adjoint(g *"
              " interp_part(x, xp), fp, interp_place(x, xp) + 1)", linear="fp",
           note="0 by x outside the points; at a point the slope to its right")
structural("extract(condition, arr)", np.extract, linear="arr",
           arr="reshape(take_adjoint(g, arr, flatnonzero(condition)), shape(arr))",
           result=like("condition", "arr"))
structural("bincount(x, weights=None, minlength=0)", np.bincount, weights="take(g, x)", linear="weights")
cite("Griewank and Walther, Evaluating Derivatives (2008), section 3.2: what is gathered is scattered")
# fmt: on
