"""Arguments for rules that state pullbacks, rules that are wrong on purpose, and exceptions with reasons."""

import numpy as np

A = np.array([[0.3, -1.2, 2.5], [1.7, -0.4, 0.9]])
B = np.array([0.8, -1.1, 1.9])
P = np.array([0.7, 1.3, 2.2])
Z = A + 1j * np.array([[0.5, 0.2, -0.7], [-0.3, 1.1, 0.6]])
W = B + 1j * P
BAD = np.array([0.5, np.nan, np.inf, -np.inf, 2.0])
PARTIALS, SHARES = "adjoint_compiler.runtime.partials.", "adjoint_compiler.runtime.shares."

STRUCTURAL = [
    ("numpy.absolute", {"x": A}), ("numpy.absolute", {"x": Z}), ("builtins.abs", {"x": -0.3}),
    ("builtins.abs", {"x": 0.4 - 1j}), ("numpy.sign", {"x": A}), ("numpy.sign", {"x": Z}),
    ("numpy.conjugate", {"x": A}), ("numpy.conjugate", {"x": Z}), ("numpy.real", {"val": Z}),
    ("numpy.real", {"val": A}),
    ("numpy.imag", {"val": Z}), ("numpy.imag", {"val": A}), ("numpy.angle", {"z": Z, "deg": False}),
    ("numpy.angle", {"z": Z, "deg": True}), ("numpy.angle", {"z": A, "deg": False}),
    ("numpy.maximum", {"x": A, "z": B}), ("numpy.minimum", {"x": A, "z": B}),
    ("numpy.minimum", {"x": B, "z": 0.1}),
    ("numpy.fmax", {"x": A, "z": B}), ("numpy.fmin", {"x": B, "z": A}),
    ("numpy.clip", {"a": A, "a_min": -1.0, "a_max": 1.5}),
    ("numpy.clip", {"a": A, "a_min": B - 2, "a_max": B}),
    ("numpy.where", {"condition": A > 0, "x": A, "z": B}),
    ("numpy.where", {"condition": B > 0, "x": 2.0, "z": Z}),
    ("numpy.heaviside", {"x": np.array([0.0, 1.0, -1.0]), "z": B}),
    ("numpy.ldexp", {"x": A, "n": np.array([1, -2, 3])}), ("numpy.divmod", {"x": A, "z": P}),
    ("numpy.modf", {"x": A}), ("numpy.frexp", {"x": A}),
    ("numpy.unwrap", {"p": np.array([0.3, 3.1, 6.9, 13.0]), "period": 2.5, "discont": None, "axis": -1}),
    ("math.ldexp", {"x": 0.7, "n": 3}), ("math.modf", {"x": 1.7}), ("math.frexp", {"x": 5.3}),
    ("math.hypot", {"coordinates": [0.3, -1.2, 2.0]}), ("math.dist", {"p": [1.0, 2.0], "q": [0.5, -1.0]}),
    ("math.dist", {"p": B, "q": P}), ("math.fsum", {"seq": [1.0, 2.5]}), ("math.fsum", {"seq": B}),
    ("math.prod", {"iterable": [0.5, 2.0, -3.0], "start": 1.5}),
    ("math.prod", {"iterable": [0.5, 0.0, -3.0], "start": 1}),
    ("math.prod", {"iterable": B, "start": 1}), ("cmath.phase", {"x": 0.3 - 0.8j}),
    ("cmath.phase", {"x": -0.3}),
    ("cmath.polar", {"x": 0.3 - 0.8j}), ("builtins.complex", {"real": 0.4, "imag": 1.2}),
    ("builtins.complex", {"real": 0.4 + 1j, "imag": 0.2 - 0.7j}), ("builtins.divmod", {"x": 7.3, "z": 1.7}),
    ("builtins.max", {"args": [0.3, 1.2, 0.7]}), ("builtins.min", {"args": [0.3, 1.2, 0.1]}),
    ("builtins.max", {"args": [[0.3, 1.2, 0.7]]}), ("builtins.min", {"args": [B]}),
    ("builtins.sum", {"iterable": [0.3, 1.2], "start": 0.5}), ("builtins.sum", {"iterable": A, "start": 0}),
    ("builtins.sum", {"iterable": [0.5, B], "start": 0}),
    (PARTIALS + "ldexp_or_inf", {"v": A, "n": 2}), (SHARES + "sign_pullback", {"v": W, "x": Z[0]}),
    (SHARES + "sign_pullback", {"v": B, "x": P}), (SHARES + "larger_share", {"v": A, "x": A, "z": B}),
    (SHARES + "smaller_share", {"v": A, "x": A, "z": B}),
    (SHARES + "clip_share", {"part": "inside", "v": A, "x": A, "a_min": -1.0, "a_max": 1.0}),
    (SHARES + "finite_share", {"v": Z, "x": Z}), (SHARES + "each_gets", {"v": B, "items": [0.5, B]}),
    (SHARES + "each_gets", {"v": B, "items": A}), (SHARES + "sum_items", {"items": [0.3, 1.2]}),
    (SHARES + "sum_items", {"items": A}), (SHARES + "stack_items", {"items": [0.3, 1.2]}),
    (SHARES + "list_items", {"v": B, "items": [0.3, 1.2, 2.0]}),
    (SHARES + "share_at", {"v": 0.3, "args": (1.0, 2.0), "place": 1, "at": 1}),
    (SHARES + "share_at", {"v": 0.3, "args": ([1.0, 2.0],), "place": 0, "at": 1}),
    (SHARES + "pick_at", {"v": 0.3, "args": (1.0, 2.0), "place": 1, "at": 1}),
    (SHARES + "pick_at", {"v": [0.3, 0.7], "args": ([1.0, 2.0],), "place": 0, "at": 1}),
]  # fmt: skip

# Rules with one fault each: a lost sign, the wrong operand, a forgotten conjugate, a mask turned round, ...
WRONG = [
    ("numpy.sin", {"x": "-cos(x)"}, None),
    ("operator.truediv", {"z": "-x / z"}, None),
    ("numpy.tanh", {"x": "1 - y"}, None),
    ("numpy.arctan2", {"x": "component_over_square(x, z)"}, None),
    ("numpy.conjugate", {"x": "g"}, {"x": Z}),
    ("numpy.absolute", {"x": "g * conj(sign(x))"}, {"x": Z}),
    ("numpy.maximum", {"x": "unbroadcast(smaller_share(g, x, z), x)"}, {"x": A, "z": B}),
    ("numpy.where", {"z": "where(condition, 0.0, g)"}, {"condition": A > 0, "x": A, "z": B}),
    ("math.prod", {"iterable": "list_items(g * products_before(stack_items(iterable)), iterable)"},
     {"iterable": [0.5, 2.0, -3.0], "start": 1}),
]  # fmt: skip

# Ufuncs that belong to the structural part of the table: contractions.
NO_UFUNC_RULE = {name: "a contraction" for name in ("matmul", "vecdot", "matvec", "vecmat")}
