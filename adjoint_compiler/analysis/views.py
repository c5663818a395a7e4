"""Which operations may give a view: their rules say so, some for particular operands only."""

from __future__ import annotations

from adjoint_compiler import rules
from adjoint_compiler.ir.nodes import Bind, Name, Operand, Pack, Program, Statement


def view_rule(s: Statement) -> rules.Rule | None:
    """The rule of a binding whose target may share memory with an operand; ``None`` for all other statements.

    >>> from adjoint_compiler.ir.nodes import Const, Name
    >>> view_rule(Bind("b", "attribute.T", (Name("a"),))).view
    'x'
    >>> view_rule(Bind("b", "numpy.einsum", (Const("ij->i"), Name("a")))) is None
    True
    """
    if not isinstance(s, Bind):
        return None
    rule = rules.TABLE.by_key.get(s.op)
    if rule is None or rule.view is None:
        return None
    return rule if rule.shares is None or rule.shares(named_operands(s, rule)) else None


def viewed(s: Bind) -> Operand | None:
    """The operand whose memory a binding's target is, or may be."""
    rule = view_rule(s)
    return None if rule is None else named_operands(s, rule).get(str(rule.view))


def shown_names(program: Program) -> dict[str, str]:
    """For each name that is, or may be, a view or another name of the memory of one other name, that one.

    >>> from adjoint_compiler.ir.nodes import Const, Name
    >>> b = Bind("b", "attribute.T", (Name("a"),)), Bind("c", "index", (Name("b"), Const(0)))
    >>> shown_names(Program("f", ("a",), b))
    {'b': 'a', 'c': 'b'}
    """
    out: dict[str, str] = {}
    for s in program.statements:
        if isinstance(s, Bind):
            base = s.args[0] if s.op in ("index", "copy") else viewed(s)
            if isinstance(base, Name):
                out[s.target] = base.id
    return out


def named_operands(s: Bind, rule: rules.Rule) -> dict[str, Operand]:
    """The operands given, by parameter; several of ``*operands`` as one ``Pack``."""
    out: dict[str, Operand] = {}
    for k, param in enumerate(rule.params[: len(s.args)]):
        if param.startswith("*"):
            rest = s.args[k:]
            out[param[1:]] = rest[0] if len(rest) == 1 else Pack("tuple", rest)
            break
        out[param] = s.args[k]
    return {**out, **dict(s.kwargs)}


__all__ = ["named_operands", "shown_names", "view_rule", "viewed"]
