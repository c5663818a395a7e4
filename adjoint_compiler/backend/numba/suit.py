"""Generated programs in forms that Numba compiles and runs as NumPy does.

with np.errstate(all="ignore"):                       (Numba warns of nothing)
    x_bar += t_bar                                    x_bar += t_bar
a[1:] += a[:-1]                                ->     a[1:] = a[1:] + a[:-1]
y_saved = None                                        y_saved = 0.0
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.inference import infer_types
from adjoint_compiler.analysis.memory import Memory, shared_classes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.backend.numba.frames import tape_numbers
from adjoint_compiler.backend.numba.jit import Jit
from adjoint_compiler.backend.numba.known_forms import known_forms
from adjoint_compiler.backend.numba.loops import loops_for_arrays
from adjoint_compiler.backend.numba.made_objects import refuse_made_objects
from adjoint_compiler.backend.numba.parallel_loops import Trips, parallel_loops, serial_loops
from adjoint_compiler.backend.numba.part_tapes import part_tapes
from adjoint_compiler.backend.numba.precision import keep_precision
from adjoint_compiler.backend.numba.saved_entries import saved_entries
from adjoint_compiler.backend.numba.separate import joined_again, separate_names
from adjoint_compiler.backend.numba.shadow_tables import typed_tables, uses_tables
from adjoint_compiler.backend.numba.shape_tapes import without_known_shapes
from adjoint_compiler.backend.numba.skip_zeros import skip_zeros
from adjoint_compiler.backend.numba.spell_ties import spell_ties
from adjoint_compiler.backend.numba.tapes import array_tapes, dtype_name, number_tapes
from adjoint_compiler.backend.numba.tuple_adjoints import tuple_adjoints
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Const,
    Name,
    Pack,
    Program,
    Return,
    Statement,
    Store,
    Update,
    With,
)
from adjoint_compiler.ir.operands import NONE, names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import UNKNOWN, Type, is_number
from adjoint_compiler.ir.walk import names_bound, reads, walk
from adjoint_compiler.optimize.rename import map_statements


@dataclass(frozen=True)
class Pair:
    """What the adjoint of a pair knows of its primal.

    Attributes:
        tapes: the dtypes of tapes that are arrays.
        parts: those of them that hold parts of arrays.
        adjoint: while the primal is written, the adjoint.
    """

    tapes: dict[str, str] = field(default_factory=dict)
    parts: frozenset[str] | None = None
    adjoint: Program | None = None


def suited(
    program: Program, free: Types, jit: Jit, pair: Pair = Pair(), tape: str | None = None
) -> tuple[Program, Types, Pair]:
    """A generated program in forms that Numba compiles, the types of its names, and what its adjoint must know.

    Args:
        program: what the rewrites have left.
        free: types of the names that it reads from outside.
        jit: whose meaning it has: statements that Numba runs differently are rewritten to NumPy's, unless the function
            is compiled by Numba already.
        pair: for the adjoint of a pair, what its primal has told; for a primal, the adjoint.
        tape: the parameter of an adjoint that it has a copy of, of which the last item is all memory.
    """
    arrays = tuple(n for n in program.free if jit.passes and n in free and free[n].kind == "array")
    program = replace(inline_contexts(program), params=(*program.params, *arrays))
    refuse_made_objects(program)
    program, old = separate_names(program)
    types = infer_types(without_absence(program), free)
    tape_numbers(program, types)
    program = saved_entries(tuple_adjoints(program, types), types)
    program = without_known_shapes(program, types)
    program = known_views(typed_absence(program, types), jit.compiled)
    program = typed_tables(known_forms(program, types), types, tape)
    program = spell_ties(skip_zeros(program, types), types)
    program, parts = part_tapes(program, types, shared_classes(program, types), pair.adjoint, pair.parts)
    program = loops_for_arrays(program, types, shared_classes(program, types))
    program = buffer_updates(program, types, shared_classes(program, types))
    if not jit.compiled:
        program = keep_precision(program, types)
    program = own_memory(program)
    trips: dict[str, Trips] = {}
    options = dict(jit.options)
    if options.get("parallel") and not options.get("boundscheck"):  # nothing in a parallel loop may raise
        tapes = {*number_tapes(program, types), *pair.tapes}
        program, trips = parallel_loops(program, types, shared_classes(program, types), tapes)
    else:
        program = serial_loops(program)
    program, made = array_tapes(program, types, pair.tapes, trips)
    return joined_again(program, old), types, Pair(made, parts)


DETACHED = "adjoint_compiler.runtime.memory.detached"
MIRRORED = "adjoint_compiler.runtime.memory.mirrored"
UNBROADCAST = "adjoint_compiler.runtime.broadcasting.unbroadcast"


def own_memory(program: Program) -> Program:
    """The program without copies of what is on its tape: it is called with a tape of its own (see ``load``)."""
    copies = {s.target: s.args[0] for s in program.body if isinstance(s, Bind) and s.op == DETACHED}
    out: list[Statement] = []
    for s in program.body:
        if isinstance(s, Bind) and s.op == DETACHED:
            continue
        if isinstance(s, Bind) and s.op == "index" and isinstance(s.args[0], Name) and s.args[0].id in copies:
            held, at = copies[s.args[0].id], s.args[1]
            if isinstance(held, Pack) and isinstance(at, Const):
                s = Bind(s.target, "copy", (held.items[at.value],), (), s.span)
        out.append(s)
    return replace(program, body=tuple(out)) if copies else program


def detaches(program: Program) -> bool:
    """Whether an adjoint must be called with a tape of its own: it restores memory on it, or finds shadows by memory."""
    return uses_tables(program) or any(isinstance(s, Bind) and s.op == DETACHED for s in program.body)


def with_tape_types(adjoint: Program, primal: Program, types: Types, seeded: bool) -> Program:
    """The adjoint of a pair, with what is known of its tape and of its seed.

    Args:
        adjoint, primal: the pair.
        types: the types of the primal's names.
        seeded: whether the second parameter certainly is the adjoint of the result.
    """
    last = primal.body[-1]
    if not isinstance(last, Return) or not isinstance(last.value, Pack) or len(last.value.items) != 2:
        return adjoint
    seed, tape = (operand_type(o, types) for o in last.value.items)
    if tape.kind != "tuple":
        return adjoint
    refuse_dicts_on_tapes(tape, primal)
    known = {adjoint.params[0]: tape}
    if seeded and seed.kind == "array" and len(adjoint.params) > 1:
        known[adjoint.params[1]] = seed
    return replace(adjoint, types={**adjoint.types, **known})


def refuse_dicts_on_tapes(tape: Type, primal: Program) -> None:
    """Refuse a tape with dicts: which of those that Numba returns are one cannot be told, and each call needs copies.

    Raises:
        DifferentiationError: AC021, at the function.
    """
    if _holds_dict(tape):
        message = "compiled pullbacks keep no dicts"
        advice = "use ac.grad or ac.value_and_grad, or backend='numpy'"
        raise DifferentiationError(Diagnostic("AC021", primal.span, message, (), advice))


def _holds_dict(t: Type) -> bool:
    return t.kind == "dict" or any(map(_holds_dict, t.items))


def known_views(program: Program, compiled: bool) -> Program:
    """The program with compiled forms of what asks whether one array is a view of another.

    That is asked of functions that are compiled already: of others, arrays may lie in another way than they do under NumPy. What
    hangs on shapes alone is asked of all.
    """
    summed = {s.target for s in program.statements if isinstance(s, Bind) and s.op == UNBROADCAST}

    def change(s: Statement) -> list[Statement]:
        if isinstance(s, Bind) and s.op == "numpy.may_share_memory" and compiled:
            return [replace(s, op="numba.may_share")]
        if isinstance(s, Bind) and s.op == MIRRORED and (compiled or all(n in summed for n in names_in(s.args[2]))):
            return [replace(s, op="numba.mirror")]
        return [s]

    return map_statements(program, change)


def inline_contexts(program: Program) -> Program:
    """The program without ``with np.errstate(...)``: compiled code warns of nothing."""

    def block(statements: Block) -> Block:
        out: list[Statement] = []
        for s in statements:
            inner = tuple(block(b) for b in s.blocks)
            if isinstance(s, With):
                if s.context != NONE:
                    message = "a `with` of this object is not compiled"
                    raise DifferentiationError(Diagnostic("AC021", s.span, message, (), "use backend='numpy'"))
                out += inner[0]
            else:
                out.append(with_blocks(s, inner) if inner else s)
        return tuple(out)

    return replace(program, body=block(program.body))


def without_absence(program: Program) -> Program:
    """The program without the bindings of ``None`` to names that have other values as well; for finding types."""
    others = {n for s in walk(program.body) for n in names_bound(s) if not _is_none(s)}

    def block(statements: Block) -> Block:
        kept = [s for s in statements if not (_is_none(s) and others.intersection(s.bound))]
        return tuple(with_blocks(s, tuple(map(block, s.blocks))) if s.blocks else s for s in kept)

    return replace(program, body=block(program.body))


def _is_none(s: Statement) -> bool:
    return isinstance(s, Bind) and s.op == "copy" and s.args == (Const(None),)


def typed_absence(program: Program, types: Types) -> Program:
    """``None`` that only stands for "not bound yet" becomes a value of the name's type."""

    def block(statements: Block) -> Block:
        out: list[Statement] = []
        for s in statements:
            if _is_none(s) and isinstance(s, Bind) and s.target in types:
                out += _nothing(s, types[s.target])
            else:
                out.append(with_blocks(s, tuple(map(block, s.blocks))) if s.blocks else s)
        return tuple(out)

    return replace(program, body=block(program.body))


def _nothing(s: Bind, t: Type) -> list[Statement]:
    """A binding of a value that is never used."""
    simple = {"bool": False, "int": 0, "float": 0.0, "number": 0.0, "complex": 0j, "str": ""}
    if t.kind in simple and not t.dtype:
        return [Bind(s.target, "copy", (Const(simple[t.kind]),), (), s.span)]
    if t.kind in ("scalar", "number"):
        return [Bind(s.target, f"numpy.{t.dtype}", (Const(0),), (), s.span)]
    if t.kind == "array" and t.ndim is not None:
        shape = Pack("tuple", (Const(0),) * t.ndim)
        return [Bind(s.target, "numpy.empty", (shape, dtype_name(t.dtype)), (), s.span)]
    return [s]


def buffer_updates(program: Program, types: Types, memory: Memory) -> Program:
    """Updates whose two sides may share memory are written as stores: NumPy buffers them, Numba does not.

    ``a[1:] += a[:-1]`` becomes ``t = a[1:]; a[1:] = t + a[:-1]``.
    """
    statements = walk(program.body)
    names = Names({n for s in statements for n in (*reads(s), *names_bound(s))} | {*program.params, *program.free})
    temporaries = set(program.temporaries)

    def rewritten(s: Update) -> list[Statement]:
        part, total = names.fresh("t"), names.fresh("t")
        temporaries.update((part, total))
        index = Const(Ellipsis) if s.index is None else s.index
        types[part] = types[total] = types.get(s.value.id, UNKNOWN)  # type: ignore[union-attr]
        own: list[Statement] = [Bind(part, "index", (Name(s.target), index), (), s.span)]
        if index == Const(Ellipsis):  # which Numba does not take of vectors
            own = [Bind(part, "copy", (Name(s.target),), (), s.span)]
        return [
            *own,
            Bind(total, s.op, (Name(part), s.value), (), s.span),
            Store(s.target, index, Name(total), s.span),
        ]

    def block(block_: Block) -> Block:
        out: list[Statement] = []
        for s in block_:
            if isinstance(s, Update) and may_read_what_it_wrote(s, types, memory):
                out += rewritten(s)
            else:
                out.append(with_blocks(s, tuple(map(block, s.blocks))) if s.blocks else s)
        return tuple(out)

    return replace(program, body=block(program.body), temporaries=frozenset(temporaries))


def may_read_what_it_wrote(s: Update, types: Types, memory: Memory) -> bool:
    if s.op == "scatter_add" or not isinstance(s.value, Name):
        return False
    t = types.get(s.value.id)
    if t is not None and (is_number(t) or (t.kind == "array" and t.ndim == 0)):
        return False
    cls = memory.classes.get(s.target)
    return cls is not None and memory.classes.get(s.value.id) == cls
