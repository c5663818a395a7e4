"""Definitions of calls with keywords that say how, not what: where the axis lies, in which dtype the result is, what may be overwritten."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.library import defines


@defines(np.asarray)
def asarray(a: Any, dtype: Any = None, order: Any = None, *, copy: Any = None) -> Any:
    if copy is False:
        raise NotImplementedError("np.asarray: copy=False is not differentiated; drop it")
    made = np.asarray(a, dtype=dtype, order=order)
    return np.array(made, copy=True) if copy else made


@defines(np.hstack)
def hstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    joined = np.hstack(tup)
    return joined if dtype is None else joined.astype(dtype)


@defines(np.vstack)
def vstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    joined = np.vstack(tup)
    return joined if dtype is None else joined.astype(dtype)


@defines(np.linalg.vecdot)
def vecdot(x1: Any, x2: Any, *, axis: Any = -1) -> Any:
    return np.linalg.vecdot(np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1))


@defines(np.linalg.pinv)
def pinv(a: Any, *, hermitian: Any = False, rtol: Any = None) -> Any:
    return np.linalg.pinv(a, rcond=rtol, hermitian=hermitian)


def check_kept(overwritten: Any) -> None:
    """Refuse what leaves the order of the argument's elements open."""
    if overwritten:
        raise NotImplementedError("overwrite_input=True leaves its argument in an order of its own; drop it")


@defines(np.median)
def median(a: Any, axis: Any = None, *, overwrite_input: Any = False, keepdims: Any = False) -> Any:
    check_kept(overwrite_input)
    return np.median(a, axis=axis, keepdims=keepdims)


@defines(np.nanmedian)
def nanmedian(a: Any, axis: Any = None, *, overwrite_input: Any = False, keepdims: Any = False) -> Any:
    check_kept(overwrite_input)
    return np.nanmedian(a, axis=axis, keepdims=keepdims)


@defines(np.quantile)
def quantile(
    a: Any, q: Any, axis: Any = None, *, overwrite_input: Any = False, method: Any = "linear", keepdims: Any = False
) -> Any:
    check_kept(overwrite_input)
    return np.quantile(a, q, axis=axis, method=method, keepdims=keepdims)


@defines(np.percentile)
def percentile(
    a: Any, q: Any, axis: Any = None, *, overwrite_input: Any = False, method: Any = "linear", keepdims: Any = False
) -> Any:
    check_kept(overwrite_input)
    return np.percentile(a, q, axis=axis, method=method, keepdims=keepdims)
