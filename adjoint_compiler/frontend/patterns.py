"""``match`` as the ``if`` and ``elif`` that it stands for.

match mode:                        subject = mode
    case "sum" | "total":          if subject == "sum" or subject == "total":
        y = a + b                      y = a + b
    case [first, *_] if flag:  ->  elif subject is a sequence of one item or more:
        y = first                      first = subject[0]
    case _:                            ...
        y = a

Names are bound once their whole pattern fits, before the guard is asked, and keep what they got when it fails.
"""

from __future__ import annotations

import builtins
from copy import copy
from typing import Any

import gast

from adjoint_compiler.frontend import assumptions, expressions
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.jumps import statements_in
from adjoint_compiler.frontend.scope import Scope, Value
from adjoint_compiler.frontend.starred import Given
from adjoint_compiler.ir.nodes import Const, Operand, Pack

SELF_MATCHING = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)


class Fits(gast.AST):  # type: ignore[misc]
    """Whether a value has the form of a pattern; it is asked of the type of the value where that tells."""

    _fields = ("subject", "pattern")

    def __init__(self, subject: Any, pattern: Any) -> None:
        super().__init__()
        self.subject, self.pattern = subject, pattern
        gast.copy_location(self, pattern)


class Answer(Given):
    """A condition that is lowered already."""


def without_match(block: list[Any]) -> list[Any]:
    """The statements with every ``match`` among them, and nested in them, written as ``if``.

    >>> tree = gast.parse("match k:\\n    case 1:\\n        y = 2\\n    case n:\\n        y = n")
    >>> [type(s).__name__ for s in without_match(tree.body)]
    ['Assign', 'If']
    """
    out: list[Any] = []
    for s in block:
        if isinstance(s, gast.Match):
            out += _written_out(s)
        else:
            out.append(_with_blocks(s) if any(isinstance(n, gast.Match) for n in statements_in([s])) else s)
    return out


def _with_blocks(s: Any) -> Any:
    if isinstance(s, (gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef)):
        return s  # its body is written out when it is lowered
    new = copy(s)
    for field in ("body", "orelse", "finalbody"):
        if isinstance(getattr(s, field, None), list):
            setattr(new, field, without_match(getattr(s, field)))
    if isinstance(getattr(s, "handlers", None), list):
        new.handlers = [_with_blocks(h) for h in s.handlers]
    return new


def _written_out(s: Any) -> list[Any]:
    name = f"<subject:{s.lineno}:{s.col_offset}>"
    statements = [gast.Assign([_name(name, gast.Store())], s.subject, None), *_cases(s.cases, _name(name), s)]
    for statement in statements:
        for node in gast.walk(statement):
            if not hasattr(node, "lineno"):
                gast.copy_location(node, s)
    return statements


def _cases(cases: list[Any], subject: Any, match: Any) -> list[Any]:
    if not cases:
        return []
    case, body, rest = cases[0], without_match(cases[0].body), _cases(cases[1:], subject, match)
    bindings = [
        gast.copy_location(gast.Assign([_name(n, gast.Store())], e, None), case.pattern)
        for n, e in _captures(case.pattern, subject)
    ]
    if _is_irrefutable(case.pattern):
        test: Any = gast.Constant(True, None)
    else:
        test = Fits(subject, case.pattern)
    if case.guard is None:
        if _is_irrefutable(case.pattern):
            return [*bindings, *body]
        return [_if(test, [*bindings, *body], rest, case.pattern)]
    if not bindings:
        both = case.guard if _is_irrefutable(case.pattern) else gast.BoolOp(gast.And(), [test, case.guard])
        return [_if(both, body, rest, case.pattern)]
    hit = f"<hit:{case.pattern.lineno}:{case.pattern.col_offset}>"
    asked = gast.Assign([_name(hit, gast.Store())], case.guard, None)
    return [
        gast.Assign([_name(hit, gast.Store())], gast.Constant(False, None), None),
        _if(test, [*bindings, asked], [], case.pattern),
        _if(_name(hit), body, rest, case.pattern),
    ]


def _if(test: Any, body: list[Any], orelse: list[Any], place: Any) -> Any:
    return gast.copy_location(gast.If(test, body, orelse), place)


def _name(name: str, context: Any = None) -> Any:
    return gast.Name(name, context or gast.Load(), None, None)


def _is_irrefutable(pattern: Any) -> bool:
    return isinstance(pattern, gast.MatchAs) and (pattern.pattern is None or _is_irrefutable(pattern.pattern))


def _captures(pattern: Any, subject: Any) -> list[tuple[str, Any]]:
    """The names that a pattern binds, and the parts of the subject they are bound to."""
    out: list[tuple[str, Any]] = []
    if isinstance(pattern, gast.MatchAs):
        out = _captures(pattern.pattern, subject) if pattern.pattern is not None else []
        out += [(pattern.name, subject)] if pattern.name else []
    elif isinstance(pattern, (gast.MatchSequence, gast.MatchMapping, gast.MatchClass)):
        for inner, part in _parts(pattern, subject):
            if isinstance(inner, gast.MatchStar):
                out += [(inner.name, gast.Call(_name("<list>"), [part], []))] if inner.name else []
            else:
                out += _captures(inner, part)
    return out


def _parts(pattern: Any, subject: Any) -> list[tuple[Any, Any]]:
    """The patterns nested in one of a sequence, mapping or class, with the parts of the subject they stand for."""
    if isinstance(pattern, gast.MatchMapping):
        return [(p, gast.Subscript(subject, k, gast.Load())) for k, p in zip(pattern.keys, pattern.patterns)]
    if isinstance(pattern, gast.MatchClass):
        return [(p, subject) for p in pattern.patterns[:1]]
    count = len(pattern.patterns)
    star = next((k for k, p in enumerate(pattern.patterns) if isinstance(p, gast.MatchStar)), count)
    out = []
    for k, p in enumerate(pattern.patterns):
        at: Any = _whole(k if k <= star else k - count)
        if isinstance(p, gast.MatchStar):
            at = gast.Slice(_whole(k), None if k == count - 1 else _whole(k - count + 1), None)
        out.append((p, gast.Subscript(subject, at, gast.Load())))
    return out


def _whole(number: int) -> Any:
    constant = gast.Constant(abs(number), None)
    return constant if number >= 0 else gast.UnaryOp(gast.USub(), constant)


# -- lowering --------------------------------------------------------------------------------------------------


def settled(cx: Context, scope: Scope, test: Any) -> Any:
    """The condition of an ``if`` that stands for a ``case``; a constant where the type of the subject tells."""
    if isinstance(test, Fits):
        return Answer(lower_fits(cx, scope, test), test)
    if not (isinstance(test, gast.BoolOp) and isinstance(test.values[0], Fits)):
        return test
    fits = lower_fits(cx, scope, test.values[0])
    if isinstance(fits, Const):
        return test.values[1] if fits.value else gast.copy_location(gast.Constant(False, None), test)
    return gast.copy_location(gast.BoolOp(gast.And(), [Given(fits, test), test.values[1]]), test)


def lower_fits(cx: Context, scope: Scope, node: Fits, stem: str = "test") -> Operand:
    """Whether the subject has the form of the pattern; a constant where its type tells."""
    questions = _questions(cx, scope, node.pattern, node.subject)
    if not questions:
        return Const(True)
    if any(isinstance(q, gast.Constant) for q in questions):
        return Const(False)
    asked = questions[0] if len(questions) == 1 else gast.BoolOp(gast.And(), questions)
    for inner in gast.walk(asked):
        if not hasattr(inner, "lineno"):
            gast.copy_location(inner, node)
    return expressions.lower(cx, scope, asked, stem)


def _questions(cx: Context, scope: Scope, pattern: Any, subject: Any) -> list[Any]:
    """Expressions that are all true where the pattern fits, in the order in which they are asked."""
    if isinstance(pattern, gast.MatchValue):
        return [_compare(subject, gast.Eq(), pattern.value)]
    if isinstance(pattern, gast.MatchSingleton):
        return [_compare(subject, gast.Is(), gast.Constant(pattern.value, None))]
    if isinstance(pattern, gast.MatchAs):
        return [] if pattern.pattern is None else _questions(cx, scope, pattern.pattern, subject)
    if isinstance(pattern, gast.MatchStar):
        return []
    if isinstance(pattern, gast.MatchOr):
        if any(_captures(p, subject) for p in pattern.patterns):
            raise cx.refuse("AC001", pattern, scope, "names bound by alternatives are not differentiated yet",
                            "write a `case` for each of them")  # fmt: skip
        return [gast.BoolOp(gast.Or(), [Fits(subject, p) for p in pattern.patterns])]
    first = _of_kind(cx, scope, pattern, subject)
    if first == [False]:
        return [gast.Constant(False, None)]
    return [*first, *(q for p, part in _parts(pattern, subject) for q in _questions(cx, scope, p, part))]


def _compare(left: Any, op: Any, right: Any) -> Any:
    return gast.copy_location(gast.Compare(left, [op], [right]), right)


def _of_kind(cx: Context, scope: Scope, pattern: Any, subject: Any) -> list[Any]:
    """What is asked of the subject before its parts; ``[False]`` where the type says no."""
    if isinstance(pattern, gast.MatchClass):
        return _of_class(cx, scope, pattern, subject)
    word = "mapping" if isinstance(pattern, gast.MatchMapping) else "sequence"
    operand = expressions.lower(cx, scope, subject)
    t = assumptions.settled_type(cx, scope, pattern, operand, f"the value matched with a {word}")
    if t.kind == "unknown" or t.maybe_none:
        raise cx.refuse("AC001", pattern, scope, f"whether this is a {word} is not known while compiling",
                        "annotate the value, or test with `if`")  # fmt: skip
    if word == "mapping" and t.kind != "dict":
        return [False]
    if word == "mapping":
        if pattern.rest is not None:
            raise cx.refuse("AC001", pattern, scope, "`**` in a pattern is not differentiated yet", "leave it out")
        return [_compare(k, gast.In(), subject) for k in pattern.keys]
    if t.kind in ("array", "real"):
        raise cx.refuse("AC001", pattern, scope, "whether `match` takes an array for a sequence hangs on NumPy: since 2.5 it does",
                        "match `list(...)` of the array, or test its length with `if`")  # fmt: skip
    if t.kind not in ("tuple", "list"):
        return [False]  # texts are no sequences to `match`
    stars = sum(isinstance(p, gast.MatchStar) for p in pattern.patterns)
    count = len(pattern.patterns) - stars
    if t.kind == "tuple" or (isinstance(operand, Pack) and operand.kind == "list"):
        length = len(operand.items if isinstance(operand, Pack) else t.items)
        return [] if length == count or (stars and length > count) else [False]
    length = Given(cx.bind("builtins.len", operand, stem="n"), pattern)
    return [_compare(length, gast.GtE() if stars else gast.Eq(), gast.copy_location(_whole(count), pattern))]


def _of_class(cx: Context, scope: Scope, pattern: Any, subject: Any) -> list[Any]:
    found = expressions.compile_time(cx, scope, pattern.cls)
    builtin = isinstance(found, Value) and any(found.value is cls for cls in SELF_MATCHING)
    if not builtin or pattern.kwd_attrs or len(pattern.patterns) > 1:
        raise cx.refuse("AC001", pattern, scope, "a pattern of this class is not differentiated yet",
                        "test with `isinstance`, and read its attributes")  # fmt: skip
    return [gast.copy_location(gast.Call(_name("<isinstance>"), [subject, pattern.cls], []), pattern)]


MEANINGS = {"<list>": Value(builtins.list, "list"), "<isinstance>": Value(builtins.isinstance, "isinstance")}

__all__ = ["MEANINGS", "Answer", "Fits", "lower_fits", "settled", "without_match"]
