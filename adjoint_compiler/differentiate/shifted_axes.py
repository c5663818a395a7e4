"""Operations along axes, of arrays that have one axis more in front."""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.ir.nodes import Bind, Const, Pack
from adjoint_compiler.ir.operands import NONE


def moved(s: Bind, rank: int) -> Bind | None:
    """An operation that moves the axes of its operand, of this rank; None where they are not known.

    >>> from adjoint_compiler.ir.nodes import Name
    >>> moved(Bind("y", "numpy.swapaxes", (Name("x"), Const(0), Const(-1))), 3).args[1:]
    (Const(value=1, text=''), Const(value=3, text=''))
    """
    count = rank + (s.op == "numpy.expand_dims")
    axes = [a.items if isinstance(a, Pack) else (a,) for a in s.args[1:]]
    if not all(isinstance(a, Const) and type(a.value) is int for items in axes for a in items):
        return None
    places = [tuple(a.value % count + 1 for a in items) for items in axes]  # type: ignore[union-attr]
    if s.op == "numpy.flip" and not axes:
        places = [tuple(range(1, count + 1))]
    elif s.op in ("numpy.transpose", "attribute.T"):
        places = [(0, *(places[0] if axes else range(count, 0, -1)))]
    args = (Const(m[0]) if len(m) == 1 else Pack("tuple", tuple(map(Const, m))) for m in places)
    return replace(s, op="numpy.transpose" if s.op == "attribute.T" else s.op, args=(s.args[0], *args))


def reduced(s: Bind, rank: int) -> Bind | None:
    """A sum or mean of an operand of this rank; None for another form of it.

    >>> from adjoint_compiler.ir.nodes import Name
    >>> reduced(Bind("y", "numpy.sum", (Name("x"),)), 2).kwargs
    (('axis', Const(value=(1, 2), text='')),)
    """
    named = dict(s.kwargs)
    axis = named.pop("axis", s.args[1] if len(s.args) == 2 else NONE)
    keepdims = named.pop("keepdims", Const(False))
    if named or len(s.args) > 2 or not isinstance(axis, (Const, Pack)) or not isinstance(keepdims, Const):
        return None
    axes = axis.items if isinstance(axis, Pack) else (axis,)
    if not rank:
        return replace(s, op="copy", args=s.args[:1], kwargs=())
    values = range(rank) if axis == NONE else [a.value if isinstance(a, Const) else None for a in axes]
    if not all(type(v) is int for v in values):
        return None
    places = tuple(int(v) % rank + 1 for v in values if v is not None)
    over = Const(places[0]) if len(places) == 1 else Const(places)
    kept = (("keepdims", keepdims),) if keepdims != Const(False) else ()
    return replace(s, args=s.args[:1], kwargs=(("axis", over), *kept))


__all__ = ["moved", "reduced"]
