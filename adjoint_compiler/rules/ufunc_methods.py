"""Methods of ufuncs: ``np.add.reduce``, ``np.multiply.accumulate``, ``np.subtract.outer`` and their like.

A bound method is a new object each time it is looked up, so these are known by name: ``numpy.add.reduce``.
"""

import numpy as np

from adjoint_compiler.rules.registry import TABLE
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.signatures import keyword_only, parse_signature
from adjoint_compiler.rules.table import cite

_PRODUCT = "spread(g, array, axis, keepdims) * conj(products_before(array, axis) * products_before(array, axis, -1))"
_SCAN = "conj(products_before(array, axis)) * (g + carry(g * conj(array), conj(array), axis))"
_SUM = {
    "A": "tensordot_adjoint_left(g, A, ones(shape(B), dtype=result_type(g)), 0)",
    "B": "tensordot_adjoint_right(g, ones(shape(A), dtype=result_type(g)), B, 0)",
}
_VECTORS = {"A": "sum(g, 1)", "B": "sum(g, 0)"}
_DIVIDE = {
    "A": "tensordot_adjoint_left(g, A, 1.0 / B, 0)",
    "B": "-tensordot_adjoint_right(g * conj(y), ones(shape(A), dtype=result_type(g)), B, 0) / conj(B)",
}
METHODS: dict[tuple[np.ufunc, str], dict[str, str]] = {
    (np.add, "reduce"): {"array": "spread(g, array, axis, keepdims)"},
    (np.multiply, "reduce"): {"array": _PRODUCT},
    (np.maximum, "reduce"): {"array": "share_ties(g, array, y, axis, keepdims)"},
    (np.minimum, "reduce"): {"array": "share_ties(g, array, y, axis, keepdims)"},
    (np.add, "accumulate"): {"array": "cumsum_adjoint(g, array, axis)"},
    (np.multiply, "accumulate"): {"array": _SCAN},
    (np.add, "outer"): _SUM,
    (np.subtract, "outer"): {"A": _SUM["A"], "B": f"-{_SUM['B']}"},
    (np.multiply, "outer"): {
        "A": "tensordot_adjoint_left(g, A, B, 0)",
        "B": "tensordot_adjoint_right(g, A, B, 0)",
    },
    (np.divide, "outer"): _DIVIDE,
}
CASES: dict[tuple[np.ufunc, str], tuple[tuple[tuple[int, ...], dict[str, str]], ...]] = {
    (np.add, "outer"): (((1, 1), _VECTORS),),
    (np.subtract, "outer"): (((1, 1), {"A": _VECTORS["A"], "B": f"-{_VECTORS['B']}"}),),
    (np.multiply, "outer"): (((1, 1), {"A": "g @ conj(B)", "B": "conj(A) @ g"}),),
}
SIGNATURES = {
    "reduce": "reduce(array, axis=0, dtype=None, *, keepdims=False)",
    "accumulate": "accumulate(array, axis=0, dtype=None)",
    "outer": "outer(A, B)",
}
for (_ufunc, _method), _pullbacks in METHODS.items():
    _, _params, _defaults = parse_signature(SIGNATURES[_method])
    TABLE.add(
        Rule(
            f"numpy.{_ufunc.__name__}.{_method}",
            getattr(_ufunc, _method),
            _params,
            "structural",
            _defaults,
            _pullbacks,
            cheap=False,
            keyword_only=keyword_only(SIGNATURES[_method]),
            note="the axis is 0 by default",
            cases=CASES.get((_ufunc, _method), ()),
        )
    )

cite("Griewank and Walther, Evaluating Derivatives (2008), section 3.3")
