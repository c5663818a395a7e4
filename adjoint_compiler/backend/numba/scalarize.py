"""New arrays whose elements are used up in the trip that computes them become numbers.

t = np.empty(n)
for i in range(n):                            for i in range(n):
    t[i] = A_bar[i] * 0.5              ->         t = A_bar[i] * 0.5
    B_bar[i] += t[i]                              B_bar[i] += t
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Block, Name, Operand, Program, Statement, Store
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import scalar_type
from adjoint_compiler.ir.walk import names_bound, reads, walk
from adjoint_compiler.optimize.rename import map_statements


def scalarize_arrays(program: Program, types: Types) -> Program:
    """The program without such arrays; the types of those names are changed.

    Args:
        program: a program.
        types: the types of its names.
    """
    made = {s.target for s in walk(program.body) if isinstance(s, Bind) and s.op == "numpy.empty"}
    local = {n for n in made if _is_local(n, program)}
    if not local:
        return program
    for n in local:
        types[n] = scalar_type(types[n].dtype)

    def change(s: Statement) -> list[Statement]:
        if isinstance(s, Bind) and s.target in local and s.op == "numpy.empty":
            return []
        if isinstance(s, Store) and s.target in local:
            return [Bind(s.target, "copy", (s.value,), (), s.span)]
        if isinstance(s, Bind) and s.op == "index" and isinstance(s.args[0], Name) and s.args[0].id in local:
            return [Bind(s.target, "copy", (s.args[0],), (), s.span)]
        return [s]

    return replace(map_statements(program, change), temporaries=program.temporaries | local)


def _is_local(name: str, program: Program) -> bool:
    """Whether an array is used in one block only, where an element is stored and then read with the same index."""
    uses = [s for s in walk(program.body) if name in (*reads(s), *names_bound(s)) or name in s.stored]
    elements = [s for s in uses if not (isinstance(s, Bind) and s.target == name)]
    if len(uses) - len(elements) != 1 or not elements or not isinstance(elements[0], Store):
        return False
    if sum(isinstance(s, Store) for s in elements) != 1 or name in (r for s in elements[:1] for r in _value_reads(s)):
        return False
    indices = {s.index if isinstance(s, Store) else _read_at(s, name) for s in elements}
    block = _block_of(elements, program.body) if len(indices) == 1 and None not in indices else None
    counters = {n for o in indices if o is not None for n in names_in(o)}
    return block is not None and not counters.intersection(n for s in walk(block) for n in names_bound(s))


def _value_reads(s: Statement) -> tuple[str, ...]:
    return (s.value.id,) if isinstance(s, Store) and isinstance(s.value, Name) else ()


def _read_at(s: Statement, name: str) -> Operand | None:
    """The index of an element that a statement reads; None where it does something else with the array."""
    return s.args[1] if isinstance(s, Bind) and s.op == "index" and s.args[0] == Name(name) else None


def _block_of(statements: list[Statement], block: Block) -> Block | None:
    """The block that all statements stand in; None if there is none."""
    if any(s is statements[0] for s in block):
        return block if all(any(s is t for s in block) for t in statements) else None
    return next((b for s in block for inner in s.blocks if (b := _block_of(statements, inner)) is not None), None)
