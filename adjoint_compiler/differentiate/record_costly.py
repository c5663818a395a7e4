"""Numbers that take longer to compute again than to keep are recorded in compiled loops that record as much anyway.

    for t in range(steps):                                       for t in range(steps):
        for i in range(n):                                           for i in range(n):
            f[i] = np.exp(c * q[i])                                      e = np.exp(c * q[i])
        for i in range(n):                           ->                  e_tape.append(e)
            q[i] = q[i] + f[i]            (q is recorded)                f[i] = e
                                                                     ...

A call of the C library takes as long as some ten accesses of memory. Where a loop records nothing of its own size, it is
computed again: a tape could be far larger than all else that the program holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import index_kind, index_parts, operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Block, Const, For, Name, Program, Push, Statement, While
from adjoint_compiler.ir.types import UNKNOWN, is_number

# elementwise functions that a processor computes about as fast as it reads a number
QUICK = frozenset(
    "sqrt abs absolute fabs fmax fmin maximum minimum max min sign floor ceil trunc rint square add subtract multiply divide"
    " true_divide negative positive copysign real imag conj conjugate where clip float degrees radians deg2rad rad2deg"
    " heaviside reciprocal".split()
)
SPACES = ("numpy.", "math.", "scipy.")
COPIED = "adjoint_compiler.runtime.memory.copied"


def costly_names(program: Program, types: Types) -> frozenset[str]:
    """The names of numbers that are worth a place on a tape in a generated program.

    Args:
        program: with its forward sweep, from which it shows what is recorded.
        types: the types of the primal's names.

    >>> from adjoint_compiler.ir.types import FLOAT
    >>> made = Bind("e", "numpy.exp", (Name("x"),))
    >>> loop = For("i", Const(0), Name("n"), Const(1), (made, Push("x_tape", Name("x"))))
    >>> types = {"e": FLOAT, "x": FLOAT}
    >>> costly_names(Program("f", ("x", "n"), (loop,)), types), costly_names(Program("f", ("x",), (made,)), types)
    (frozenset({'e'}), frozenset())
    """
    forward = program.body if program.reverse_at is None else program.body[: program.reverse_at]
    return frozenset(_found(forward, types, False))


def _found(block: Block, types: Types, looped: bool) -> Iterator[str]:
    """The names in the loops of a block.

    Args:
        block: what runs once in a trip.
        types: as above.
        looped: whether the block is in a loop.
    """
    own = list(_of_one_trip(block))
    sources = {s.target: s.args[0].id for s in own if isinstance(s, Bind) and s.op in ("index", "copy", COPIED)
               and s.args and isinstance(s.args[0], Name)}  # fmt: skip
    kept: set[str] = set()
    for s in own:
        if looped and isinstance(s, Push) and isinstance(s.value, Name):
            name: str | None = s.value.id
            while name is not None and name not in kept:
                kept.add(name)
                name = sources.get(name)
    for s in own:
        if isinstance(s, (For, While)):
            inner = s.body if isinstance(s, For) else (*s.header, *s.body)
            trip = list(_of_one_trip(inner))
            if (
                _records_numbers(trip, types)
                or isinstance(s, For)
                and _runs_through(s, trip, kept & _arrays(types, kept))
            ):
                yield from (x.target for x in trip if isinstance(x, Bind) and is_costly(x, types))
            yield from _found(inner, types, True)


def _records_numbers(trip: list[Statement], types: Types) -> bool:
    """Whether a trip records a number: the value of a variable, or an element that is overwritten."""
    elements = {s.target for s in trip if isinstance(s, Bind) and s.op == "index" and isinstance(s.args[0], Name)
                and index_kind(types.get(s.args[0].id, UNKNOWN), s.args[1], types) == "element"}  # fmt: skip
    values = [s.value for s in trip if isinstance(s, Push)]
    return any(is_number(operand_type(v, types)) or isinstance(v, Name) and v.id in elements for v in values)


def _arrays(types: Types, names: set[str]) -> set[str]:
    return {n for n in names if types.get(n, UNKNOWN).kind == "array"}


def _of_one_trip(block: Block) -> Iterator[Statement]:
    """The statements of a block that are in none of its loops."""
    for s in block:
        yield s
        if not isinstance(s, (For, While)):
            for b in s.blocks:
                yield from _of_one_trip(b)


def _runs_through(loop: For, trip: list[Statement], arrays: set[str]) -> bool:
    """Whether the counter of a loop selects elements of one of some arrays."""
    counts = {loop.counter}
    for s in trip:
        if isinstance(s, Bind) and s.op in ("operator.add", "operator.sub", "copy") and isinstance(s.args[0], Name):
            if s.args[0].id in counts and all(isinstance(a, Const) for a in s.args[1:]):
                counts.add(s.target)
    return any(
        isinstance(s, Bind)
        and s.op == "index"
        and isinstance(s.args[0], Name)
        and s.args[0].id in arrays
        and any(isinstance(p, Name) and p.id in counts for p in index_parts(s.args[1]))
        for s in trip
    )


def is_costly(s: Bind, types: Types) -> bool:
    """Whether a binding is of a real number that takes long to compute."""
    rule, t = rules.TABLE.by_key.get(s.op), types.get(s.target, UNKNOWN)
    if rule is None or rule.kind != "elementwise" or not is_number(t) or t.kind not in ("float", "number", "scalar"):
        return False
    if t.kind == "scalar" and t.dtype != "float64":
        return False
    if s.op == "operator.pow":
        return not (isinstance(s.args[1], Const) and type(s.args[1].value) is int)
    return s.op.startswith(SPACES) and s.op.rpartition(".")[2] not in QUICK


__all__ = ["costly_names", "is_costly"]
