"""Reverse mode: a program to its forward and reverse sweeps."""

from __future__ import annotations

from dataclasses import dataclass, replace

from adjoint_compiler import rules
from adjoint_compiler.analysis.activity import active_names
from adjoint_compiler.analysis.aliasing import REPLICATING, Aliases, analyse_aliases, container_roots, lasting_block
from adjoint_compiler.analysis.homes import home_blocks
from adjoint_compiler.analysis.indexing import index_kind, operand_type
from adjoint_compiler.analysis.shapes import symbolic_shapes
from adjoint_compiler.analysis.typing import Types, bind_type
from adjoint_compiler.analysis.uses import Occurrences, Path, block_of, is_own, labelled_blocks, occurrences
from adjoint_compiler.analysis.views import shown_names, view_rule
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.differentiate.adjoints import accumulate, depths_of, shadow_of
from adjoint_compiler.differentiate.assemble import assemble
from adjoint_compiler.differentiate.builder import HELPER, Builder
from adjoint_compiler.differentiate.calls import given_shadows, open_calls, reverse_call
from adjoint_compiler.differentiate.decide_recording import decide_recording
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.differentiate.fragment import Fragment, FragmentBlock
from adjoint_compiler.differentiate.guards import beneath_guards
from adjoint_compiler.differentiate.leaves import reverse_leaf
from adjoint_compiler.differentiate.narrow_sums import narrow_sums
from adjoint_compiler.differentiate.recording import Recording, memory_flag
from adjoint_compiler.differentiate.slots import bare_slots
from adjoint_compiler.differentiate.tidy import (
    bind_first_contributions,
    in_place_adjoints,
    owned_sums,
    remove_dead_adjoints,
    settle,
    summed_in_loops,
)
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Const,
    For,
    Name,
    Operand,
    Pack,
    Program,
    Return,
    Statement,
    Store,
    Summary,
    Update,
    While,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import MIXED, UNKNOWN, is_number, may_be_complex
from adjoint_compiler.ir.walk import binds, walk

OPEN = "adjoint_compiler.runtime.broadcasting.not_differentiated"


@dataclass
class Reversed:
    """The two sweeps of a program, and how they hang together.

    Attributes:
        forward: statements of the forward sweep (without the return).
        reverse: statements of the reverse sweep.
        result: the primal's result operand.
        bars: for each wrt parameter the operand that holds its adjoint at the end.
        seed: the name the reverse sweep expects: the adjoint of the result (or of the output argument).
        tapes: lists that the forward sweep must create.
        registry: name of the table of shadows, if one is used.
        mutated: parameters stored into.
        references: the tapes that hold buffers by reference.
        recording: what is recorded, and why.
        may_warn: whether the reverse sweep can meet infinite partials.
        reached: whether what is differentiated by reaches the result.
    """

    forward: list[Statement]
    reverse: list[Statement]
    result: Operand
    bars: dict[str, Operand]
    seed: str
    tapes: list[str]
    registry: str
    mutated: tuple[str, ...]
    facts: Facts
    may_warn: bool
    references: frozenset[str] = frozenset()
    recording: Recording | None = None
    reached: bool = True


def reverse_program(
    program: Program, types: Types, wrt: tuple[str, ...], outputs: tuple[str, ...] | None, has_aux: bool = False,
    pair: Summary | None = None, recorded: frozenset[str] = frozenset(),
) -> Reversed:  # fmt: skip
    """Differentiate a normalised program.

    Args:
        program: IR whose names are webs.
        types: types of its names.
        wrt: parameters whose adjoints are wanted.
        outputs: mutated parameters that are the outputs; None: the returned value.
        has_aux: whether only the first item of the pair returned is differentiated.
        pair: for a recursive function what its callers know of it. Its reverse sweep gets the shadows of the parameters
            that are stored into, and leaves their memory as it was at entry.
        recorded: names that are recorded in loops although they could be computed again.

    Raises:
        DifferentiationError: when view or number cannot be told, or containers alias.
    """
    types = dict(types)
    aliases = analyse_aliases(program, types)
    result = program.body[-1]
    assert isinstance(result, Return)
    value = result.value.items[0] if has_aux and isinstance(result.value, Pack) else result.value
    ends = list(names_in(value)) if outputs is None else list(outputs)
    entry = frozenset(program.params[k] for k in pair.mutates) if pair else frozenset()
    if pair and pair.registry:
        aliases = replace(aliases, dynamic=aliases.dynamic | {aliases.classes[p] for p in entry})
    active = active_names(program, types, aliases, wrt, [*ends, *sorted(entry)])
    _refuse_undecided(program, types, aliases, active)
    names = Names(program.mentioned | {program.name})
    program = open_calls(program, active, names)
    occ = occurrences(program)
    multi = frozenset(n for n, o in occ.items() if len(o.defs) > 1 or not is_own(o) and () not in o.defs)
    facts = Facts(types, aliases, active, symbolic_shapes(program, types), names, multi)
    facts.homes, facts.internal, facts.recorded = home_blocks(program, occ), pair is not None, recorded
    facts.once = frozenset(n for n, o in occ.items() if _is_used_once(o) and aliases.kind(n) == "value")
    facts.rebound = frozenset(
        p
        for p in program.params
        if may_be_complex(types.get(p, UNKNOWN)) and not may_be_complex(program.types.get(p, UNKNOWN))
    )
    facts.beneath, facts.shown = beneath_guards(program), shown_names(program)
    facts.outlines = _outlines(program, facts)
    facts.lazy = _lazy_names(program, facts, occ) - facts.outlines.keys()
    dynamic = any(map(aliases.is_dynamic, active))
    dynamic = dynamic or any(isinstance(s, Call) and s.summary.registry and s.tape for s in program.statements)
    facts.registry = names.fresh("shadows") if dynamic or (pair and pair.registry) else ""
    _note_views(program, facts)
    facts.shadow_homes = {
        n: lasting_block(program.body, facts.homes[n])
        for n, k in aliases.kinds.items()
        if k == "buffer" and n in facts.homes
    }
    _share_container_bars(program, facts)
    if entry:
        facts.given = given_shadows(program, facts, occ, entry)
    facts.bare = bare_slots(program, facts)

    seed = names.fresh("result_bar" if outputs is None else "seed_bar")
    seed_operands = _seed_operands(value, outputs, seed, facts) if pair is None or pair.seeded else []
    top = _fragments(program.body, (), False, facts, seed_operands, outputs, wrt)
    if facts.faults:
        raise DifferentiationError(facts.faults)
    homes: dict[Path | None, list[str]] = {}
    for n in sorted(active - facts.other_names):
        homes.setdefault(facts.shadow_homes.get(n, facts.homes.get(n)), []).append(n)
    for block in top.walk():
        _enter(block, homes.get(block.path, []), facts, entry)
    bars = {w: _final_bar(w, facts) for w in wrt}
    live = {n for o in bars.values() for n in names_in(o)}
    before = -1
    for _ in range(2):
        remove_dead_adjoints(top, set(live))
        if top.size() == before:
            break
        bind_first_contributions(top, in_place_adjoints(top) | summed_in_loops(top) & owned_sums(top, facts))
        before = top.size()
    else:
        remove_dead_adjoints(top, set(live))
    narrow_sums(top, facts)
    settle(top, in_place_adjoints(top) | owned_sums(top, facts), facts)
    kept = frozenset(memory_flag(aliases.classes[p]) for p in entry)
    containers = {aliases.classes[n] for n, kind in aliases.kinds.items() if kind == "container"}
    structure = {memory_flag(c) for w in wrt for c in aliases.levels(w) if c in containers or c in aliases.held}
    recording = decide_recording(program, facts, top, frozenset(wrt) | structure if pair is None else kept)
    sweeps = assemble(recording, top)
    closing = Builder(names, types, facts.shapes)
    for w in wrt if pair is None else ():
        if w in active and aliases.kind(w) == "buffer" and aliases.is_dynamic(w):
            shadow_of(w, closing, facts)
        if w in active and facts.registry and aliases.kind(w) == "container" and aliases.shadow_depths(w):
            own = Const(None) if aliases.is_dynamic(w) else Name(facts.bar(w))
            args = (Name(facts.registry), Name(w), own, depths_of(w, closing, facts))
            closing.emit(Bind(facts.bar(w), HELPER["from_shadows"], args))
    reverse = [*sweeps.reverse, *closing.out]
    forward = [s for s in sweeps.forward if not isinstance(s, Return)]
    return Reversed(
        forward, reverse, result.value, bars, seed, sorted(recording.tapes.values()), facts.registry,  # type: ignore[arg-type]
        mutated_parameters(program, aliases, types), facts, _may_warn(reverse), frozenset(recording.references),
        recording, not active.isdisjoint(ends),
    )  # fmt: skip


def mutated_parameters(program: Program, aliases: Aliases, types: Types) -> tuple[str, ...]:
    """Parameters whose memory the program may store into."""
    return tuple(
        p for p in program.params
        if aliases.stored & set(aliases.levels(p)) and not is_number(types.get(p, UNKNOWN))
    )  # fmt: skip


def _refuse_undecided(program: Program, types: Types, aliases: Aliases, active: frozenset[str]) -> None:
    faults = []
    for s in program.statements:
        target = binds(s)
        if target in aliases.undecided and target in active and isinstance(s, Bind):
            base = next(iter(names_in(s.args[0])), "the array")
            faults.append(Diagnostic(
                "AC003", s.span, f"whether this is a number or a view of `{base}` cannot be told, and `{base}` is stored"
                " into later", (), 'annotate the array, or call `.specialize` with example arguments',
            ))  # fmt: skip
        elif isinstance(s, Bind) and target in active and aliases.kind(s.target) == "buffer":
            made = bind_type(s, types)
            at_times = types.get(s.target, UNKNOWN).cls is MIXED.cls
            if at_times and (aliases.stored_depths(s.target) or aliases.is_recursive(s.target)):
                message = f"`{target}` is an array that may be stored into, and at times a container of such"
                faults.append(Diagnostic("AC003", s.span, message, (), "give the container a name of its own"))
            if s.op == "index" and (made.kind == "real" or made == MIXED):
                message = "this item is a number at times, and at times an array that may be stored into"
                faults.append(
                    Diagnostic("AC003", s.span, message, (), "keep numbers and arrays in different containers")
                )
            elif is_number(made):  # which has no memory that a shadow could be found by
                message = f"`{target}` is a number here, and elsewhere an array that is stored into"
                faults.append(Diagnostic("AC003", s.span, message, (), "give the number a name of its own"))
            elif s.op == "index" and is_number(operand_type(s.args[0], types)):
                message = f"`{target}` is stored into, and made by indexing a number"
                faults.append(Diagnostic("AC001", s.span, message, (), "write `np.array([...])`"))
        if isinstance(s, Bind) and s.op == HELPER["from_shadows"] and not active.isdisjoint(s.read):
            message = "second derivatives of stores into arrays of containers are not available yet"
            faults.append(Diagnostic("AC001", s.span, message, (), "keep the arrays in variables of their own"))
        elif target in active and aliases.kind(target) == "buffer" and is_number(program.types.get(target, UNKNOWN)):
            message = f"the parameter `{target}` is a number, and is rebound to an array that is stored into"
            faults.append(Diagnostic("AC003", s.span, message, (), "give the array a name of its own"))
    if faults:
        raise DifferentiationError(faults)


def _is_used_once(o: Occurrences) -> bool:
    """Whether a name has one use, certainly executed whenever its one definition is."""
    return is_own(o) and [block_of(p) for p in o.uses] == [block_of(p) for p in o.defs]


def _elementwise(s: Statement) -> bool:
    rule = rules.TABLE.by_key.get(s.op) if isinstance(s, Bind) else None
    return rule is not None and rule.kind == "elementwise" and not any(p.startswith("*") for p in rule.params)


def _lazy_names(program: Program, f: Facts, occ: dict[str, Occurrences]) -> frozenset[str]:
    """Elementwise results that one elementwise operation or store uses once."""
    readers: dict[str, list[Statement]] = {}
    for s in program.statements:
        for n in s.read:
            readers.setdefault(n, []).append(s)
    return frozenset(
        s.target for s in program.statements
        if isinstance(s, Bind) and _elementwise(s) and is_own(occ[s.target]) and f.aliases.kind(s.target) == "value"
        and len(readers.get(s.target, ())) == 1
        and (_elementwise(readers[s.target][0]) or isinstance(readers[s.target][0], (Store, Update)))
    )  # fmt: skip


def _outlines(program: Program, f: Facts) -> dict[str, str]:
    """For names, a parameter or a view defined before in the same block that certainly has the same shape and type."""
    seen: dict[tuple[Path, object, object], str] = {}
    out: dict[str, str] = {}
    for p in program.params:
        if p in f.shapes.dims:
            seen.setdefault(((), f.shapes.dims[p], f.types.get(p)), p)
    for s in program.statements:
        if not isinstance(s, Bind) or s.target not in f.shapes.dims or s.target not in f.homes:
            continue
        key = (f.homes[s.target], f.shapes.dims[s.target], f.types.get(s.target))
        other = seen.get(key, seen.get(((), *key[1:])))
        if other is not None and other in program.params:
            out[s.target] = other
        elif s.op == "index" and s.target not in f.multi and f.aliases.kind(s.target) in ("value", "buffer"):
            seen.setdefault(key, s.target)
        elif key in seen:
            out[s.target] = seen[key]
    return out


def _note_views(program: Program, f: Facts) -> None:
    for s in program.statements:
        if isinstance(s, Bind) and s.op in REPLICATING and f.aliases.kind(s.target) == "container":
            f.replicated.update(f.aliases.levels(s.target))
        if isinstance(s, Bind) and f.aliases.kind(s.target) == "buffer":
            if s.op in REPLICATING:
                f.replicated.add(f.aliases.classes[s.target])
            elif f.aliases.classes[s.target] not in f.aliases.dynamic and view_rule(s) is not None:
                gathered = (
                    s.op == "index" and index_kind(operand_type(s.args[0], f.types), s.args[1], f.types) == "gather"
                )
                if not gathered:
                    f.views[s.target] = s


def _share_container_bars(program: Program, f: Facts) -> None:
    """Names of one container that is changed in place share one adjoint structure."""
    roots = {f.aliases.classes.get(n): n for n in (*container_roots(program), *program.free, *program.params)}
    for n, kind in sorted(f.aliases.kinds.items()):
        root = roots.get(f.aliases.classes[n])
        if (
            kind == "container"
            and f.aliases.in_stored_class(n)
            and not f.aliases.is_dynamic(n)
            and root not in (None, n)
        ):
            f.bars[n] = f.bar(str(root))
            f.other_names.add(n)


def _seed_operands(
    value: Operand, outputs: tuple[str, ...] | None, seed: str, f: Facts
) -> list[tuple[Operand, Operand]]:
    """Pairs (primal operand, its seed)."""
    f.types[seed] = UNKNOWN
    if outputs is not None:
        if len(outputs) == 1:
            return [(Name(outputs[0]), Name(seed))]
        return [(Name(o), Pack("seed", (Name(seed), Const(k)))) for k, o in enumerate(outputs)]
    if isinstance(value, Name):
        f.types[seed] = f.types.get(value.id, UNKNOWN)
        if value.id in f.shapes.dims:
            f.shapes.dims[seed] = f.shapes.dims[value.id]
    return [(value, Name(seed))]


def _fragments(
    body: Block, path: Path, in_loop: bool, f: Facts, seeds: list[tuple[Operand, Operand]],
    outputs: tuple[str, ...] | None, wrt: tuple[str, ...],
) -> FragmentBlock:  # fmt: skip
    fragments: list[Fragment] = []
    for k, s in reversed(list(enumerate(body))):  # as the reverse sweep runs: uses tell of a name's adjoint first
        here = (*path, k)
        fragment = Fragment(s, here)
        inner_loop = in_loop or isinstance(s, (For, While))
        for label, inner in reversed(labelled_blocks(s)):
            fragment.blocks[label] = _fragments(inner, (*here, label), inner_loop, f, seeds, outputs, wrt)
        builder = Builder(f.names, f.types, f.shapes, s.span, here)
        if isinstance(s, Return):
            for operand, seed in seeds:
                if isinstance(seed, Pack):
                    seed = builder.bind("index", *seed.items)
                if f.is_active(operand):
                    accumulate(operand, seed, builder, f)
        elif isinstance(s, Call):
            reverse_call(s, builder, f)
        elif not fragment.blocks:
            try:
                reverse_leaf(s, builder, f)
            except rules.RuleError as fault:
                f.faults.append(fault.diagnostic(s.span))
            f.faults += [_open_rule(x) for x in walk(tuple(builder.out)) if isinstance(x, Bind) and x.op == OPEN]
        fragment.reverse = builder.out
        fragment.blocks = dict(reversed(fragment.blocks.items()))
        fragments.append(fragment)
    return FragmentBlock(path, fragments[::-1], in_loop)


def _open_rule(s: Bind) -> Diagnostic:
    """The refusal of an operation whose rule says that it is not implemented for a parameter."""
    what = str(s.args[0].value) if isinstance(s.args[0], Const) else "this"
    return Diagnostic(
        "AC009", s.span, f"{what} are not differentiated", (), "pass what has no derivative: ac.stop_gradient(x)"
    )


def _enter(block: FragmentBlock, names: list[str], f: Facts, entry: frozenset[str]) -> None:
    """Adjoints that live in this block start at zero where its reverse begins; the shadows of ``entry`` are given."""
    done = set(f.given)
    for n in names:
        kind = f.aliases.kind(n)
        if kind in ("value", "container") and not f.aliases.is_dynamic(n):
            g = f.bar(n)
            if g not in done:
                done.add(g)
                block.enter.append(Bind(g, "zero", (Name(n),)))
        elif kind == "buffer" and f.aliases.classes[n] not in f.aliases.dynamic and n not in f.views and n not in entry:
            block.enter.append(Bind(f.bar(n), "numpy.zeros_like", (Name(n),)))


def _final_bar(w: str, f: Facts) -> Operand:
    return Name(f.bar(w)) if w in f.active and f.aliases.kind(w) != "inert" else Const(None)


def _may_warn(statements: list[Statement]) -> bool:
    from adjoint_compiler.differentiate.builder import HELPER

    return any(isinstance(s, Bind) and s.op == HELPER["guarded"] for s in walk(tuple(statements)))


__all__ = ["Reversed", "Store", "Update", "reverse_program"]
