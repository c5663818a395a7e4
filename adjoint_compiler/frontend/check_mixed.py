"""Operations on what may be a container are checked while the program runs.

    p = (a, b) if flag else v; q = p + p      ->      check_number(p); q = p + p

Python joins containers where it adds numbers, and NumPy takes them for arrays. Where it cannot be told which of them a value
is, its items may be read; for all else it must be a number or an array.
"""

from __future__ import annotations

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Effect, Name, Operand, Program, Statement, Update
from adjoint_compiler.ir.types import MIXED
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.optimize.rename import map_statements
from adjoint_compiler.rules.rule import Rule

READING = ("copy", "index", "builtins.list", "builtins.tuple", "builtins.sum")
ADDING = "adjoint_compiler.runtime.structures.add_structure"  # adds containers item by item, in generated code


def check_mixed(program: Program, types: Types) -> Program:
    """Put checks before the operations that need them (see the module's text).

    >>> twice = Bind("q", "operator.add", (Name("p"), Name("p")))
    >>> [type(s).__name__ for s in check_mixed(Program("f", ("p",), (twice,)), {"p": MIXED}).body]
    ['Effect', 'Bind']
    """
    if MIXED not in types.values() or not any(_mixed(s, types) for s in walk(program.body)):
        return program

    def change(s: Statement) -> list[Statement]:
        names = dict.fromkeys(_mixed(s, types))
        return [*(Effect("check", (o,), s.span, "check_number") for o in names), s]

    return map_statements(program, change)


def _mixed(s: Statement, types: Types) -> list[Operand]:
    """The operands that may be containers, of an operation with a derivative that is not made for such."""
    rule = rules.TABLE.by_key.get(s.op) if isinstance(s, (Bind, Update)) else None
    if rule is None or rule.name in (*READING, ADDING) or not rule.pullbacks:
        return []
    return [
        o
        for k, o in enumerate(s.operands)
        if isinstance(o, Name)
        and operand_type(o, types) == MIXED
        and not (isinstance(s, Bind) and _is_a_setting(k, s, rule))
    ]


def _is_a_setting(k: int, s: Bind, rule: Rule) -> bool:
    """Whether an operand is a shape, an axis or the like: one through which there is no derivative, and whose shape is not asked."""
    named = dict(zip(rule.params, s.args)) | dict(s.kwargs)
    params = [p for p, o in named.items() if o == s.operands[k]]
    read = rule.pullbacks.keys() | rule.shape_only | {p for p in rule.params if p.startswith("*")}
    return bool(params) and read.isdisjoint(params)


__all__ = ["check_mixed"]
