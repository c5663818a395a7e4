"""Where a program needs a whole number: an index, a size, a shift, a range, an axis.

A bare int named by ``wrt`` is differentiated as the float of its value. Names that are ints when it is an int, and are not
when it is a float, must not stand in such places.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import index_parts, operand_type
from adjoint_compiler.analysis.inference import infer_types
from adjoint_compiler.analysis.typing import callable_for, sample
from adjoint_compiler.diagnostics import Diagnostic
from adjoint_compiler.ir.nodes import Bind, Call, Const, For, Operand, Pack, Program, Statement, Store, Update
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import INT, UNKNOWN, Type

WHOLE_PARAMETERS = {
    "axis": "an axis", "axis1": "an axis", "axis2": "an axis", "axes": "an axis", "source": "an axis",
    "destination": "an axis", "shape": "a size", "newshape": "a size", "n": "a size", "m": "a size", "N": "a size",
    "M": "a size", "num": "a number of points", "repeats": "a number of repeats", "reps": "a number of repeats",
    "k": "an offset", "offset": "an offset", "shift": "a shift", "indices": "an index", "decimals": "a number of digits",
    "ndigits": "a number of digits", "kth": "an index",
}  # fmt: skip
WHOLE_OPERATIONS = {
    "range_length": "a range",
    "operator.lshift": "a shift",
    "operator.rshift": "a shift",
    "builtins.type": "an int, not a float,",
}


def whole_number_faults(program: Program, types: Mapping[str, Type], free: Mapping[str, Type], ints: tuple[str, ...],
                        ) -> list[Diagnostic]:  # fmt: skip
    """AC014 for every place that needs a parameter of ``ints`` as an integer.

    Args:
        program: the program, with those parameters as floats.
        types: types of its names.
        free: types of free names.
        ints: parameters that callers pass as ints and want differentiated.
    """
    faults = []
    for p in ints:
        as_int, changed = _changed(program, types, free, p)
        for s in program.statements:
            for what in _needs(s, changed, as_int, types):
                faults.append(Diagnostic(
                    "AC014", s.span, f"`{p}` is an int in wrt, differentiated as a float, and is needed as {what} here", (),
                    "pass a float, or drop it from wrt",
                ))  # fmt: skip
    return list({(d.span, d.message[: d.message.index(",")]): d for d in faults}.values())


def whole_arguments(program: Program, types: Mapping[str, Type], free: Mapping[str, Type], ints: tuple[str, ...],
                    ) -> set[tuple[str, int]]:  # fmt: skip
    """Recursive functions, and positions of their parameters, to which the ints are passed on."""
    changed = {n for p in ints for n in _changed(program, types, free, p)[1]}
    calls = [s for s in program.statements if isinstance(s, Call)]
    return {(s.callee, k) for s in calls for k, a in enumerate(s.args) if _mentions((a,), changed)}


def _changed(
    program: Program, types: Mapping[str, Type], free: Mapping[str, Type], p: str
) -> tuple[dict[str, Type], set[str]]:
    """All types where ``p`` is an int, and the names that are ints only then."""
    as_int = infer_types(replace(program, types={**program.types, p: INT}), dict(free))
    whole = ("int", "bool")
    return as_int, {p, *(n for n, t in as_int.items() if t.kind in whole and types.get(n, UNKNOWN).kind not in whole)}


def _needs(s: Statement, changed: set[str], as_int: Mapping[str, Type], types: Mapping[str, Type]) -> Iterator[str]:
    if isinstance(s, For):
        if _mentions((s.start, s.stop, s.step), changed):
            yield "a range"
    elif isinstance(s, (Store, Update)):
        if s.index is not None and _mentions(index_parts(s.index), changed):
            yield "an index"
    elif isinstance(s, Bind) and s.op == "index":
        if operand_type(s.args[0], dict(types)).kind != "dict" and _mentions(index_parts(s.args[1]), changed):
            yield "an index"
    elif isinstance(s, Bind) and _mentions((*s.args, *(v for _, v in s.kwargs)), changed):
        rule = rules.TABLE.by_key.get(s.op)
        named = [*zip(rule.params, s.args, strict=False), *s.kwargs] if rule is not None else []
        listed = [WHOLE_PARAMETERS[p] for p, o in named if p in WHOLE_PARAMETERS and _mentions((o,), changed)]
        if s.op == "builtins.isinstance" and _tells_apart(s.args[1]):
            yield "an int, not a float,"
        elif s.op in WHOLE_OPERATIONS:
            yield WHOLE_OPERATIONS[s.op]
        elif listed and rule is not None and not all(p in rule.pullbacks for p, o in named if _mentions((o,), changed)):
            yield listed[0]
        elif _only_ints(s, as_int, types):
            yield "an integer"


def _tells_apart(classes: Operand) -> bool:
    """Whether ``isinstance`` with these classes answers otherwise for a float than for an int."""
    items = classes.items if isinstance(classes, Pack) else (classes,)
    known = tuple(c.value for c in items if isinstance(c, Const) and isinstance(c.value, type))
    return len(known) < len(items) or isinstance(1, known) != isinstance(1.0, known)


def _mentions(operands: tuple[Operand, ...], names: set[str]) -> bool:
    return any(n in names for o in operands for n in names_in(o))


def _only_ints(s: Bind, as_int: Mapping[str, Type], types: Mapping[str, Type]) -> bool:
    """Whether the operation works on a sample of the ints, and refuses the floats in their place."""
    function = callable_for(s.op)
    if function is None:
        return False

    def works(given: Mapping[str, Type]) -> bool | None:
        known = dict(given)
        try:
            args = [sample(a, operand_type(a, known)) for a in s.args]
            kwargs = {k: sample(v, operand_type(v, known)) for k, v in s.kwargs}
        except LookupError:
            return None
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                function(*args, **kwargs)
        except TypeError:
            return False
        except Exception:  # noqa: BLE001  (outside of the operation's domain: tells nothing)
            return None
        return True

    return works(types) is False and works(as_int) is True


__all__ = ["whole_number_faults"]
