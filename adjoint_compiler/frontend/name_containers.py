"""Give containers that are made inside of others names of their own, where such containers are changed in place.

    G = [[x, y], [z]]; G[0][1] = z      ->      t = [x, y]; u = [z]; G = [t, u]; ...

What is changed in place has a shadow, and a shadow belongs to something with a name.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.memory import shared_classes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Name, Operand, Pack, Program, Push, Return, Statement, Store
from adjoint_compiler.ir.types import UNKNOWN, is_container
from adjoint_compiler.optimize.rename import map_statements

MUTABLE = ("list", "dict", "record")


def name_containers(program: Program, types: Types) -> Program:
    """Bind the containers that stand inside of others, if any container that another one holds is stored into.

    >>> from adjoint_compiler.ir.nodes import Const
    >>> from adjoint_compiler.ir.types import FLOAT, Type
    >>> inner = Type("list", items=(FLOAT,))
    >>> body = (
    ...     Bind("G", "copy", (Pack("list", (Pack("list", (Name("x"),)),)),)),
    ...     Bind("row", "index", (Name("G"), Const(0))),
    ...     Store("row", Const(0), Const(1.0)),
    ...     Return(Name("row")),
    ... )
    >>> types = {"x": FLOAT, "G": Type("list", items=(inner,)), "row": inner}
    >>> name_containers(Program("f", ("x",), body), types).body[1].args[0].items
    (Name(id='t'),)
    """
    if not any(_made_inside(s) for s in program.statements):
        return program
    memory = shared_classes(program, types)
    if not any(memory.stored_depths(n) for n in memory.classes if is_container(types.get(n, UNKNOWN))):
        return program
    names = Names(program.mentioned)
    temporaries = set(program.temporaries)

    def named(o: Operand, made: list[Statement], s: Statement) -> Operand:
        """The operand with names for the containers inside of it; their bindings go to ``made``."""
        if not isinstance(o, Pack) or not any(isinstance(i, Pack) for i in o.items):
            return o
        items = []
        for item in o.items:
            item = named(item, made, s)
            if isinstance(item, Pack) and item.kind in MUTABLE:
                target = names.fresh("t")
                temporaries.add(target)
                made.append(Bind(target, "copy", (item,), (), s.span))
                item = Name(target)
            items.append(item)
        return replace(o, items=tuple(items))

    def change(s: Statement) -> list[Statement]:
        if not _made_inside(s):
            return [s]
        made: list[Statement] = []
        if isinstance(s, Bind):
            s = replace(s, args=tuple([named(a, made, s) for a in s.args]))
        else:  # a container that is stored is inside of another one itself
            (value,) = named(Pack("tuple", (s.value,)), made, s).items  # type: ignore[union-attr]
            s = replace(s, value=value)  # type: ignore[arg-type]
        return [*made, s]

    return replace(map_statements(program, change), temporaries=frozenset(temporaries))


def _made_inside(s: Statement) -> bool:
    """Whether a statement makes a container inside of another one."""
    if isinstance(s, (Store, Push)):
        return _holds_mutable(Pack("tuple", (s.value,)))
    if isinstance(s, Return):
        return _holds_mutable(s.value)
    return isinstance(s, Bind) and any(map(_holds_mutable, s.args))


def _holds_mutable(o: Operand) -> bool:
    packs = [i for i in o.items if isinstance(i, Pack)] if isinstance(o, Pack) else []
    return any(i.kind in MUTABLE or _holds_mutable(i) for i in packs)


__all__ = ["name_containers"]
