"""What the compiler does with each public name of NumPy, and of lists of names: the source of docs/coverage.md.

differentiable    a rule, a definition, or the frontend, gives it derivatives
zero              its derivative is zero wherever there is one
inert             it has none by nature: shapes, indices, settings, files
not implemented   a call of it with active arguments is refused
"""

from __future__ import annotations

import builtins
import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from adjoint_compiler.frontend import drawn_orders
from adjoint_compiler.frontend.solvers import solver_of
from adjoint_compiler.library import definition_of
from adjoint_compiler.rules import TABLE, Rule, lookup
from adjoint_compiler.rules.methods import ATTRIBUTES, METHODS, METHODS_IN_PLACE
from adjoint_compiler.rules.moving import IN_PLACE

MODULES = (
    "numpy", "numpy.linalg", "numpy.fft", "numpy.random", "numpy.lib.stride_tricks", "numpy.emath", "numpy.polynomial.polynomial",
    "numpy.polynomial.chebyshev", "numpy.polynomial.legendre", "numpy.polynomial.hermite", "numpy.polynomial.hermite_e",
    "numpy.polynomial.laguerre", "numpy.polynomial.polyutils",
)  # fmt: skip
DIFFERENTIABLE, ZERO, INERT, MISSING = "differentiable", "zero", "inert", "not implemented"
# What the frontend reads itself.
READ = {
    "numpy.vectorize": "where what it makes is called",
    "numpy.frompyfunc": "where what it makes is called, and cast by .astype",
    "numpy.piecewise": "with lists that are written out",
    "numpy.fromfunction": "with a shape that is written out", "numpy.fromiter": "of a generator", "numpy.mgrid": "",
    "numpy.ogrid": "", "numpy.r_": "", "numpy.c_": "", "numpy.s_": "", "numpy.index_exp": "", "numpy.copyto": "as a store",
    "numpy.bmat": "in np.asarray(np.bmat(...))", "numpy.add.at": "as an update", "numpy.ndarray.fill": "as a store", "numpy.ndarray.flat": "",
    "numpy.ndarray": "as np.empty", "numpy.ufunc.reduce": "", "numpy.ufunc.accumulate": "", "numpy.ufunc.outer": "",
    "numpy.ufunc.reduceat": "", "numpy.ufunc.at": "",
    "copy.copy": "of arrays", "copy.deepcopy": "of arrays",
    "numpy.ndindex": "in loops", "numpy.ndenumerate": "in loops", "functools.reduce": "", "itertools.accumulate": "",
    "operator.getitem": "as a subscript", "operator.setitem": "as a store",
    "builtins.dict.get": "", "builtins.dict.items": "in loops", "builtins.dict.update": "",
    **{f"builtins.list.{name}": "" for name in ("__add__", "__mul__", "__setitem__", "append", "extend", "insert", "pop", "reverse", "sort")},
    "operator.delitem": "of lists",
    "scipy.sparse.csr_array.__matmul__": "of constant matrices", "scipy.sparse.csr_array.dot": "as `@`",
}  # fmt: skip
INERT_READ = {
    "numpy.errstate": "as a `with` block", "numpy.printoptions": "as a `with` block", "numpy.test": "", "numpy.linalg.test": "",
    "numpy.fft.test": "", "numpy.random.test": "", "numpy.polynomial.set_default_printstyle": "", "numpy.nested_iters": "",
    "numpy.ndarray.setflags": "refused", "numpy.ndarray.dump": "refused", "numpy.ndarray.dumps": "refused",
    "numpy.ndarray.tofile": "refused", "numpy.ndarray.ctypes": "refused", "numpy.ndarray.data": "refused",
    "numpy.ndarray.base": "refused", "numpy.ndarray.to_device": "refused", "numpy.from_dlpack": "refused",
    "numpy.random.get_bit_generator": "refused", "numpy.random.set_bit_generator": "refused",
    "numpy.polynomial.polyutils.format_float": "refused", "numpy.ndarray.getfield": "refused", "numpy.ndarray.setfield": "refused",
    "numpy.ndarray.byteswap": "refused",
}  # fmt: skip
# Why some names have no derivatives yet.
REASONS = {
    "numpy.asmatrix": "arrays of the class matrix are not differentiated", "numpy.nditer": "write the loop over indices",
    "numpy.random.random_integers": "gone from NumPy; use randint", "numpy.ndarray.resize": "changes the memory of an array",
}  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """What is done with one name."""

    name: str
    status: str
    note: str = ""


def coverage_of(name: str) -> Coverage:
    """What is done with a dotted name.

    >>> coverage_of("numpy.sin").status, coverage_of("numpy.floor").status, coverage_of("numpy.argmax").status
    ('differentiable', 'zero', 'inert')
    >>> coverage_of("numpy.asmatrix")
    Coverage(name='numpy.asmatrix', status='not implemented', note='arrays of the class matrix are not differentiated')
    """
    if name in READ:
        return Coverage(name, DIFFERENTIABLE, READ[name])
    if name in INERT_READ:
        return Coverage(name, INERT, INERT_READ[name])
    if name.startswith("numpy.ndarray."):
        return _of_method(name)
    found = _object(name)
    if found is None:
        return Coverage(name, MISSING, REASONS.get(name, "not in this version"))
    return _of_object(name, found)


def _object(name: str) -> Any:
    """What a dotted name means; None where there is nothing of that name."""
    parts = name.split(".")
    for k in range(len(parts) - 1, 0, -1):
        try:
            value: Any = importlib.import_module(".".join(parts[:k]))
        except ImportError:
            continue
        for part in parts[k:]:
            value = getattr(value, part, None)
        return value
    return None


def _of_object(name: str, found: Any) -> Coverage:
    if any(found is changing for changing, _ in IN_PLACE):
        return Coverage(name, DIFFERENTIABLE, "as a store")
    if name.startswith("numpy.random.") and name.rpartition(".")[2] in drawn_orders.NAMES:
        return Coverage(name, DIFFERENTIABLE, "the order is drawn, and the array indexed by it")
    rule = TABLE.by_key.get(name) or lookup(found)
    if rule is not None:
        return _of_rule(name, rule)
    if definition_of(found) is not None:
        return Coverage(name, DIFFERENTIABLE, "by definition")
    if solver_of(found) is not None:
        return Coverage(name, DIFFERENTIABLE, "by the implicit function theorem, or as the quadrature that it is")
    if name.startswith(("builtins.", "operator.", "functools.", "itertools.")) and hasattr(
        builtins, name.rpartition(".")[2]
    ):
        return Coverage(name, DIFFERENTIABLE, "read by the frontend")
    return Coverage(name, MISSING, REASONS.get(name, ""))


def _of_rule(name: str, rule: Rule) -> Coverage:
    if rule.kind in ("inert", "zero"):
        return Coverage(name, rule.kind, rule.note)
    if rule.pullbacks and all(text.startswith("not_differentiated") for text in rule.pullbacks.values()):
        return Coverage(name, MISSING, "of active arguments")
    return Coverage(name, DIFFERENTIABLE, rule.note)


def _of_method(name: str) -> Coverage:
    method = name.rpartition(".")[2]
    if method.startswith("__"):
        return Coverage(name, DIFFERENTIABLE, "as the operation that it stands for")
    if method in METHODS_IN_PLACE:
        return Coverage(name, DIFFERENTIABLE, "as a store")
    key = METHODS[method][0] if method in METHODS else ATTRIBUTES.get(method)
    if key is None:
        return Coverage(name, MISSING, REASONS.get(name, ""))
    return _of_rule(name, TABLE.by_key[key])


def public_names() -> Iterator[str]:
    """The public functions of NumPy's numeric modules, the members of arrays and the methods of ufuncs, by dotted names."""
    for module in MODULES:
        home = _object(module) if module == "numpy.emath" else importlib.import_module(module)
        for name in sorted(vars(home)):
            value = getattr(home, name)
            if name.startswith("_") or not callable(value) or inspect.ismodule(value):
                continue
            if (
                isinstance(value, type)
                and lookup(value) is None
                and f"{module}.{name}" not in (*READ, *INERT_READ, *REASONS)
            ):
                continue  # classes of dtypes, of exceptions
            yield f"{module}.{name}"
    yield from ("numpy.mgrid", "numpy.ogrid", "numpy.r_", "numpy.c_", "numpy.s_", "numpy.index_exp")
    yield from (f"numpy.ndarray.{name}" for name in sorted(vars(np.ndarray)) if not name.startswith("_"))
    yield from (f"numpy.ufunc.{name}" for name in ("accumulate", "at", "outer", "reduce", "reduceat"))


def numpy_coverage() -> list[Coverage]:
    """What is done with every public name of NumPy that is about numbers, in the order of modules."""
    return [coverage_of(name) for name in dict.fromkeys(public_names())]


__all__ = ["DIFFERENTIABLE", "INERT", "MISSING", "ZERO", "Coverage", "coverage_of", "numpy_coverage", "public_names"]
