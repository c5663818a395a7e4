"""Which adjoints own their memory, so that they can be handed out as gradients without a copy.

An adjoint owns its memory when all that it may share memory with was allocated by the reverse sweep itself, and no other
gradient is among it.

    A_bar = np.zeros_like(A); A_bar[i] += x        owned
    x_bar = result_bar                             not owned: the caller's seed
    x_bar = y_bar = u * v                          not owned: two gradients, one array
"""

from __future__ import annotations

from adjoint_compiler import rules
from adjoint_compiler.analysis.memory import shared_memory
from adjoint_compiler.analysis.views import view_rule
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.differentiate.reverse import Reversed
from adjoint_compiler.ir.nodes import Bind, Call, Name, Pack, Pop, Push, Statement, Store
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import UNKNOWN, Type, is_container
from adjoint_compiler.ir.walk import binds, walk


def owned_adjoints(r: Reversed, wrt: tuple[str, ...]) -> dict[str, bool]:
    """The adjoints of parameters that own their memory and have the parameter's dtype and rank; whether its shape, too."""
    f = r.facts
    bars = [bar.id for w in wrt if isinstance(bar := r.bars[w], Name)]
    if not any(f.types.get(w, UNKNOWN).kind == "array" for w in wrt) or any(map(_of_other_precision, f.types.values())):
        return {}
    classes = shared_memory(tuple(r.reverse), f.types)
    members: dict[str, list[str]] = {}
    for n, cls in classes.items():
        members.setdefault(cls, []).append(n)
    definitions: dict[str, list[Statement]] = {}
    kept: set[str] = set()
    for s in walk(tuple(r.reverse)):
        target = binds(s)
        if target is not None:
            definitions.setdefault(target, []).append(s)
        kept |= _kept(s, f.types)
    out: dict[str, bool] = {}
    for w in wrt:
        bar = r.bars[w]
        if not isinstance(bar, Name) or bar.id not in classes:
            continue
        shared = members[classes[bar.id]]
        local = all(n in definitions for n in shared) and not kept.intersection(shared)
        if local and sum(bars.count(n) for n in shared) == 1 and _allocated(bar.id, f.types[w], definitions, f.types):
            out[bar.id] = _has_shape_of(bar.id, w, definitions, f)
    return out


def _of_other_precision(t: Type) -> bool:
    """Whether values are not of double precision: what an adjoint takes from them may not have its primal's dtype.

    >>> _of_other_precision(Type("array", "complex64", 1)), _of_other_precision(Type("array", "int32", 1))
    (True, False)
    """
    return (
        t.dtype.startswith(("float", "complex"))
        and t.dtype not in ("float64", "complex128")
        or any(map(_of_other_precision, t.items))
    )


def _kept(s: Statement, types: dict[str, Type]) -> set[str]:
    """Names whose memory a statement puts where this analysis does not look."""
    if isinstance(s, Bind):
        return {n for a in s.args if isinstance(a, Pack) for n in names_in(a)} if s.op == "copy" else set()
    if isinstance(s, Push):
        return set(names_in(s.value))
    if isinstance(s, Call):
        return {n for a in s.args for n in names_in(a)}
    if isinstance(s, Store) and is_container(types.get(s.target, UNKNOWN)):
        return set(names_in(s.value))
    return set()


def _allocated(name: str, t: Type, definitions: dict[str, list[Statement]], types: dict[str, Type]) -> bool:
    """Whether every array that the name may be was allocated with the type ``t``.

    A seed of one is Python's: only double precision is certain to be what the types say. Of arrays without axes NumPy makes
    numbers wherever it computes.
    """
    if t.dtype != "float64" or t.ndim == 0:
        return False
    seen: set[str] = set()
    work = [name]
    while work:
        n = work.pop()
        if n in seen:
            continue
        seen.add(n)
        if types.get(n, t) != t:
            return False
        for s in definitions[n]:
            if isinstance(s, Pop) or not isinstance(s, Bind):
                return False
            if s.op == "copy":
                if not isinstance(s.args[0], Name):
                    return False
                work.append(s.args[0].id)
                continue
            rule = rules.TABLE.by_key.get(s.op)
            if rule is None or view_rule(s) is not None or rule.kind == "inert" and s.op not in ZEROS:
                return False
            if s.op.startswith("custom."):
                return False
    return True


def _has_shape_of(name: str, w: str, definitions: dict[str, list[Statement]], f: Facts) -> bool:
    """Whether every definition certainly has the shape of a parameter, even where the primal's own operands do not fit."""
    names = [name]
    for n in names:  # grows: loops may copy names in a circle
        for s in definitions[n]:
            assert isinstance(s, Bind)
            if s.op == "copy" and isinstance(s.args[0], Name):
                names += [s.args[0].id] if s.args[0].id not in names else []
            elif s.op not in ZEROS:
                rule, dims = rules.TABLE.by_key.get(s.op), f.shapes.dims.get(w)
                if rule is None or rule.kind != "elementwise" or dims is None or f.shapes.of_bind(s) != dims:
                    return False
    return True


ZEROS = ("numpy.zeros_like", "numpy.ones_like", "numpy.full_like")

__all__ = ["owned_adjoints"]
