"""Sorting, taking and selecting by integer arrays and conditions."""

import numpy as np

from adjoint_compiler.rules.shapes import along, like, taken
from adjoint_compiler.rules.table import structural

# fmt: off
structural("sort(a, axis=-1, kind=None)", np.sort, a="sort_adjoint(g, a, axis)",
           note="equal elements are ordered as by a stable sort")
structural("take(a, indices, axis=None, *, mode='raise')", np.take, a="take_adjoint(g, a, indices, axis, mode)",
           linear="a", result=taken)
structural("take_along_axis(arr, indices, axis=-1)", np.take_along_axis,
           arr="take_along_axis_adjoint(g, arr, indices, axis)", linear="arr", result=along)
structural("select(condlist, choicelist, default=0)", np.select,
           choicelist="select_adjoint(g, condlist, choicelist)",
           default="unbroadcast(where(unselected(condlist), g, 0.0), default)", linear="choicelist default")
structural("extract(condition, arr)", np.extract, linear="arr",
           arr="reshape(take_adjoint(g, arr, flatnonzero(condition)), shape(arr))", result=like("condition", "arr"))
# fmt: on
