"""Operands in the precision that NumPy computes in: Numba widens where NumPy takes Python's numbers as they fit.

y = x * 2.0             y = x * np.float32(2.0)           for x of dtype float32
s = math.sin(y)   ->    s = math.sin(float(y))
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Program, Statement, Store, Update
from adjoint_compiler.ir.types import PYTHON_NUMBERS, Type
from adjoint_compiler.ir.walk import names_bound, reads, walk
from adjoint_compiler.optimize.rename import map_statements

LOW = ("float32", "complex64", "float16")


def is_low(types: Types) -> bool:
    """Whether anything is computed in less than double precision."""
    return any(t.dtype in LOW for t in types.values())


def keep_precision(program: Program, types: Types) -> Program:
    """Cast Python's numbers where they meet arrays and scalars of less than double precision.

    Args:
        program: a generated program.
        types: NumPy's types of its names; those of names that are added are added to it.
    """
    if not is_low(types):
        return program
    statements = walk(program.body)
    names = Names({n for s in statements for n in (*reads(s), *names_bound(s))} | {*program.params, *program.free})
    added: set[str] = set()

    def python(o: Operand) -> bool:
        if isinstance(o, Const):
            return type(o.value) in PYTHON_NUMBERS and type(o.value) is not bool
        t = types.get(o.id) if isinstance(o, Name) else None
        return t is not None and t.kind in ("int", "float", "complex")

    def cast(o: Operand, op: str, t: Type, s: Statement, before: list[Statement]) -> Operand:
        name = names.fresh("t")
        added.add(name)
        types[name] = t
        before.append(Bind(name, op, (o,), (), s.span))
        return Name(name)

    def change(s: Statement) -> list[Statement]:
        before: list[Statement] = []
        if isinstance(s, Bind) and s.op.startswith("math."):
            args = tuple(
                cast(o, "builtins.float", Type("float"), s, before) if _is_low_scalar(o, types) else o for o in s.args
            )
            return [*before, replace_args(s, args)]
        low = _low_dtype(s, types)
        if low is None:
            return [s]
        scalar = Type("scalar", low, 0)
        if isinstance(s, Bind):
            args = tuple(cast(o, f"numpy.{low}", scalar, s, before) if python(o) else o for o in s.args)
            return [*before, replace_args(s, args)]
        if isinstance(s, (Store, Update)) and python(s.value):
            value = cast(s.value, f"numpy.{low}", scalar, s, before)
            return [*before, replace(s, value=value)]
        return [s]

    changed = map_statements(program, change)
    return replace(changed, temporaries=changed.temporaries | added)


def replace_args(s: Bind, args: tuple[Operand, ...]) -> Bind:
    """The binding with other operands."""
    return s if args == s.args else Bind(s.target, s.op, args, s.kwargs, s.span)


def _low_dtype(s: Statement, types: Types) -> str | None:
    """The dtype that a statement computes in, if that is a low one and it is arithmetic."""
    if isinstance(s, Bind) and len(s.args) == 2 and s.op.startswith(("operator.", "numpy.")):
        dtypes = [types[o.id].dtype for o in s.args if isinstance(o, Name) and o.id in types]
        found = types.get(s.target)
        elementwise = s.op.startswith("operator.") or s.op[6:] in ("add", "subtract", "multiply", "divide", "true_divide",
                                                                  "power", "maximum", "minimum", "arctan2", "hypot")  # fmt: skip
        low = next((d for d in dtypes if d in LOW), None)
        return low if elementwise and found is not None and (found.dtype == low or found.kind == "bool") else None
    if isinstance(s, Update) and s.op != "scatter_add":
        t = types.get(s.target)
        return t.dtype if t is not None and t.dtype in LOW else None
    return None


def _is_low_scalar(o: Operand, types: Types) -> bool:
    t = types.get(o.id) if isinstance(o, Name) else None
    return t is not None and t.kind == "scalar" and t.dtype in LOW


__all__ = ["is_low", "keep_precision"]
