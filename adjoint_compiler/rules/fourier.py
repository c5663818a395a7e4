"""numpy.fft, and the functions of scipy.fft that are the same. All are linear, and each one's transpose is another one.

Sums that a transform scales forward its transpose scales backward: ``norm="ortho"`` is its own counterpart. What a transform cuts off
or fills with zeros (``n``, ``s``), ``refit`` fills with zeros or cuts off.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.ir.nodes import Const, Pack
from adjoint_compiler.ir.types import FLOAT, Type, array_type, may_be_complex
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.shapes import Operands, Result, Types, common_dtype, like, rank
from adjoint_compiler.rules.table import cite, complex_valued, inert, structural

DUAL = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


def _written(pullback: str, sized: str) -> Any:
    """With a literal norm the dual one is a literal, and without a size nothing is refitted."""

    def specialise(types: Types, operands: Operands) -> dict[str, str] | None:
        norm, text = operands.get("norm", Const(None)), pullback
        axes = operands.get("axes")
        literal = [k.value for k in axes.items if isinstance(k, Const)] if isinstance(axes, Pack) else []
        if isinstance(axes, Pack) and len(literal) == len(axes.items):
            _check_distinct(literal, rank(types.get("a")))
        elif sized == "s" and axes != Const(None) and axes is not None or operands.get("s", Const(None)) != Const(None):
            text = re.sub(r"(?<!\w)axes(?![\w=])", "transformed_axes(a, s, axes)", text)
        if isinstance(norm, Const) and norm.value in DUAL:
            text = text.replace("dual_norm(norm)", repr(DUAL[norm.value]).replace("'backward'", "None"))
        if operands.get(sized, Const(None)) == Const(None) and text.startswith("refit(") and text.endswith(", a)"):
            text = text[len("refit(") : -len(", a)")]
        return {"a": text}

    return specialise


def _check_distinct(axes: list[int], n: int | None) -> None:
    if len({k % n if n else k for k in axes}) < len(axes):
        raise RuleError("transforms along an axis twice are not differentiated; call the transform twice")


def _transformed(kind: str) -> Result:
    """An array of the rank of ``a``, real or complex as the kind of transform says; single precision stays."""

    def result(types: Types, operands: Operands) -> Type | None:
        n, dtype = rank(types.get("a")), common_dtype(types.get("a"))
        if n is None or dtype is None:
            return None
        single = dtype.name in ("float32", "complex64", "float16")
        names = ("float32", "float64") if kind == "real" else ("complex64", "complex128")
        return array_type(names[not single], n)

    return result


def _pullbacks(n: str, axes: str, size: str) -> dict[str, tuple[str, str]]:
    """The pullback of each transform of one axis (``n`` empty) or several, and whether results are real or complex."""
    dual, same = f"{axes}={axes}, norm=dual_norm(norm)", f"{axes}={axes}, norm=norm"
    out = {
        "fft": (f"refit(fft.ifft{n}(g, {dual}), a)", "complex"),
        "ifft": (f"refit(fft.fft{n}(g, {dual}), a)", "complex"),
        "rfft": (f"refit(real(fft.ifft{n}(full_spectrum(g, a, {size}, {axes}), {dual})), a)", "complex"),
        "irfft": (f"refit(with_halves(fft.rfft{n}(g, {dual}), g, {axes}), a)", "real"),
    }
    if n:
        return out
    # The Hermitian transforms are the last two, of the conjugate and scaled the other way.
    return out | {
        "hfft": (f"refit(conj(with_halves(fft.rfft(g, {same}), g, {axes})), a)", "real"),
        "ihfft": (f"refit(real(fft.ifft(full_spectrum(conj(g), a, {size}, {axes}), {same})), a)", "complex"),
    }


def enter(module: Any, more: str = "") -> None:
    """Enter the transforms of a module, whose functions take the parameters ``more``, too."""
    forms = (("", "n=None, axis=-1", "n"), ("n", "s=None, axes=None", "s"), ("2", "s=None, axes=(-2, -1)", "s"))
    for form, params, size in forms:
        axes = params.split()[1].partition("=")[0]
        for name, (pullback, kind) in _pullbacks("n" if form else "", axes, size).items():
            structural(f"{name}{form}(a, {params}, norm=None{more})", getattr(module, name + form), a=pullback, linear="a",
                       specialise=_written(pullback, size), result=_transformed(kind))  # fmt: skip
            if kind == "complex":
                complex_valued(getattr(module, name + form))


enter(np.fft)
# fmt: off
structural("fftshift(x, axes=None)", np.fft.fftshift, x="fft.ifftshift(g, axes)", linear="x", shape_of="x")
structural("ifftshift(x, axes=None)", np.fft.ifftshift, x="fft.fftshift(g, axes)", linear="x", shape_of="x")
structural("fftfreq(n, d=1.0)", np.fft.fftfreq, np.fft.rfftfreq, d="-sum(g * conj(y)) / conj(d)",
           result=lambda t, o: array_type("complex128" if may_be_complex(t.get("d", FLOAT)) else "float64", 1))

structural("refit(v, x)", runtime.refit, v="refit(g, v)", shape_only="x", linear="v", view="v", view_kind="maybe",
           result=like("x", "v"))
structural("with_halves(v, y_, axis=-1)", runtime.with_halves, v="with_halves(g, y_, axis)", shape_only="y_", linear="v")
structural("full_spectrum(v, x, n=None, axis=-1)", runtime.full_spectrum, v="refit(g, v)", shape_only="x", linear="v")
inert("dual_norm(norm)", runtime.dual_norm)
inert("transformed_axes(a, s=None, axes=None)", runtime.transformed_axes, shape_only="a")
cite("Van Loan, Computational frameworks for the fast Fourier transform (1992), section 1.1: the matrix of a transform is symmetric")
# fmt: on
