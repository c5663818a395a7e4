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
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import gast
import numpy as np

from adjoint_compiler.frontend import assumptions, constructors, expressions, instances
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.jumps import statements_in
from adjoint_compiler.frontend.scope import Scope, Value
from adjoint_compiler.ir.nodes import Const, Operand, Pack

SELF_MATCHING = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)


class Fits(gast.AST):  # type: ignore[misc]
    """Whether a value has the form of a pattern; it is asked of the type of the value where that tells."""

    _fields = ("subject", "pattern")

    def __init__(self, subject: Any, pattern: Any) -> None:
        super().__init__()
        self.subject, self.pattern = subject, pattern
        gast.copy_location(self, pattern)


class Part(gast.AST):  # type: ignore[misc]
    """What stands for the pattern number ``k`` of a class: the attribute that its ``__match_args__`` names, or the subject itself."""

    _fields = ("subject", "cls")

    def __init__(self, subject: Any, cls: Any, k: int, pattern: Any) -> None:
        super().__init__()
        self.subject, self.cls, self.k = subject, cls, k
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
        if getattr(pattern, "rest", None):
            out.append((pattern.rest, _without_keys(subject, pattern.keys)))
    return out


def _without_keys(subject: Any, keys: list[Any]) -> Any:
    """A dict of the entries of a dict but those of some keys."""
    target = gast.Tuple([_name("<name>", gast.Store()), _name("<entry>", gast.Store())], gast.Store())
    tests = [gast.Compare(_name("<name>"), [gast.NotEq()], [k]) for k in keys]
    items = gast.Call(gast.Attribute(subject, "items", gast.Load()), [], [])
    return gast.DictComp(_name("<name>"), _name("<entry>"), [gast.comprehension(target, items, tests, 0)])


def _parts(pattern: Any, subject: Any) -> list[tuple[Any, Any]]:
    """The patterns nested in one of a sequence, mapping or class, with the parts of the subject they stand for."""
    if isinstance(pattern, gast.MatchMapping):
        return [(p, gast.Subscript(subject, k, gast.Load())) for k, p in zip(pattern.keys, pattern.patterns)]
    if isinstance(pattern, gast.MatchClass):
        named = [(p, gast.Attribute(subject, n, gast.Load())) for n, p in zip(pattern.kwd_attrs, pattern.kwd_patterns)]
        return [*((p, Part(subject, pattern.cls, k, p)) for k, p in enumerate(pattern.patterns)), *named]
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
    stars = sum(isinstance(p, gast.MatchStar) for p in getattr(pattern, "patterns", ()))
    count = len(pattern.patterns) - stars
    if t.kind == "unknown":
        return [_asked(subject, word, pattern), *_asked_of_items(subject, pattern, count, bool(stars))]
    some = [_compare(subject, gast.IsNot(), gast.Constant(None, None))] if t.maybe_none else []
    if t.kind == "record" and issubclass(t.cls, (Mapping, Sequence)) and not issubclass(t.cls, tuple):
        raise cx.refuse("AC001", pattern, scope, f"`{t}`, which is a {word} of its own, is matched by its items",
                        "match a list or dict that it gives")  # fmt: skip
    if word == "mapping":
        return [False] if t.kind != "dict" else [*some, *(_compare(k, gast.In(), subject) for k in pattern.keys)]
    if t.kind in ("array", "real"):
        raise cx.refuse("AC001", pattern, scope, "whether `match` takes an array for a sequence hangs on NumPy: since 2.5 it does",
                        "match `list(...)` of the array, or test its length with `if`")  # fmt: skip
    is_tuple = t.kind == "tuple" or (t.kind == "record" and issubclass(t.cls, tuple))
    if not is_tuple and t.kind != "list":
        return [False]  # texts are no sequences to `match`
    if is_tuple or (isinstance(operand, Pack) and operand.kind == "list"):
        length = len(operand.items if isinstance(operand, Pack) else t.items)
        return some if length == count or (stars and length > count) else [False]
    return [*some, *_asked_of_items(subject, pattern, count, bool(stars))]


def _asked(subject: Any, word: str, pattern: Any) -> Any:
    """Whether a value of which the type is not known is a sequence, or a mapping, to ``match``."""
    classes: list[Any] = [_name("<dict>")] if word == "mapping" else [_name("<list>"), _name("<tuple>")]
    if word == "sequence" and ARRAYS_MATCH:
        classes.append(_name("<array>"))
    return _call("<isinstance>", pattern, subject, gast.Tuple(classes, gast.Load()))


def _asked_of_items(subject: Any, pattern: Any, count: int, stars: bool) -> list[Any]:
    """Whether a sequence has as many items, or a mapping the keys, as a pattern asks for."""
    if isinstance(pattern, gast.MatchMapping):
        return [_compare(k, gast.In(), subject) for k in pattern.keys]
    length = _call("<len>", pattern, subject)
    return [_compare(length, gast.GtE() if stars else gast.Eq(), gast.copy_location(_whole(count), pattern))]


def _call(name: str, place: Any, *args: Any) -> Any:
    return gast.copy_location(gast.Call(_name(name), list(args), []), place)


def _of_class(cx: Context, scope: Scope, pattern: Any, subject: Any) -> list[Any]:
    """Whether the subject is an instance; its attributes are asked after that."""
    cls = _class_of(cx, scope, pattern.cls)
    known = cls in SELF_MATCHING or constructors.is_class_of_objects(cls)
    most = 1 if cls in SELF_MATCHING else len(getattr(cls, "__match_args__", ()))
    if not known or len(pattern.patterns) > most or (cls in SELF_MATCHING and pattern.kwd_attrs):
        raise cx.refuse("AC001", pattern, scope, "a pattern of this class is not differentiated yet",
                        "test with `isinstance`, and read its attributes")  # fmt: skip
    call = _call("<isinstance>", pattern, subject, pattern.cls)
    for node in gast.walk(call):
        if not hasattr(node, "lineno"):
            gast.copy_location(node, pattern)
    static = instances.is_instance(cx, scope, call)
    return [call] if static is None else [] if static else [False]


def _class_of(cx: Context, scope: Scope, node: Any) -> Any:
    found = expressions.compile_time(cx, scope, node)
    return found.value if isinstance(found, Value) and isinstance(found.value, type) else None


def lower_part(cx: Context, scope: Scope, node: Part, stem: str) -> Operand:
    """The part of an object that a pattern of its class stands for."""
    cls = _class_of(cx, scope, node.cls)
    if cls in SELF_MATCHING:
        return expressions.lower(cx, scope, node.subject, stem)
    name = cls.__match_args__[node.k]
    part = gast.copy_location(gast.Attribute(node.subject, name, gast.Load()), node)
    return expressions.lower(cx, scope, part, stem)


def _arrays_match() -> bool:
    """Whether ``match`` takes arrays for sequences: NumPy says so since 2.5."""
    match np.zeros(1):
        case [_]:
            return True
    return False


ARRAYS_MATCH = _arrays_match()
MEANINGS = {
    "<list>": Value(builtins.list, "list"), "<tuple>": Value(builtins.tuple, "tuple"), "<dict>": Value(builtins.dict, "dict"),
    "<len>": Value(builtins.len, "len"), "<isinstance>": Value(builtins.isinstance, "isinstance"),
    "<array>": Value(np.ndarray, "np.ndarray"),
}  # fmt: skip

__all__ = ["MEANINGS", "Answer", "Fits", "Part", "lower_fits", "lower_part", "settled", "without_match"]
