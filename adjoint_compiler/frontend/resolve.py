"""Resolve what hangs on types: methods and attributes, in-place updates of names, unpacking, ``is None``."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.joining import joined_type
from adjoint_compiler.analysis.typing import Types, bind_type
from adjoint_compiler.diagnostics import Diagnostic
from adjoint_compiler.frontend import suggestions
from adjoint_compiler.frontend.arrays_of_lists import OPERATORS, with_arrays
from adjoint_compiler.frontend.check_objects import not_a_sequence, object_asked, stand_in_in, used_as_a_whole
from adjoint_compiler.frontend.container_methods import ADVICE, container_method
from adjoint_compiler.frontend.dict_methods import joined_dicts, of_keys
from adjoint_compiler.frontend.drawn_orders import drawn_order
from adjoint_compiler.frontend.fold_conditions import FOLDED, folded, is_plain
from adjoint_compiler.frontend.join_sequences import Fresh, join_sequences
from adjoint_compiler.frontend.list_parts import replace_part
from adjoint_compiler.frontend.resolve_updates import check_item_update, resolve_update
from adjoint_compiler.ir.joins import field_type
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    REFUSED,
    Bind,
    Block,
    Const,
    Effect,
    If,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Statement,
    Store,
    Update,
)
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import (
    ENDLESS,
    MIXED,
    NEVER,
    UNKNOWN,
    Type,
    is_container,
    is_discrete,
    is_number,
    is_object,
    is_sparse,
    may_be_complex,
)
from adjoint_compiler.optimize.rename import map_statements
from adjoint_compiler.rules.contexts import CONTEXTS
from adjoint_compiler.rules.draws import GENERATORS, is_draw
from adjoint_compiler.rules.methods import ATTRIBUTES, METHODS, METHODS_IN_PLACE
from adjoint_compiler.rules.solvers.results import RESULTS

EMPTY = Type("tuple")  # which has nothing that could be differentiated


def resolve(program: Program, types: Types) -> tuple[Program, list[Diagnostic]]:
    """Rewrite what types decide; the diagnostics say what cannot be decided or is not supported."""
    faults: list[Diagnostic] = []

    def block(b: Block) -> Block:
        out: list[Statement] = []
        for s in b:
            out.extend(statement(s))
        return tuple(out)

    def statement(s: Statement) -> list[Statement]:
        if isinstance(s, If):
            known = _constant_condition(s.cond, constants)
            if known is not None:
                return list(block(s.then if known else s.orelse))
        if s.blocks:
            return [with_blocks(s, tuple(block(b) for b in s.blocks))]
        if isinstance(s, Bind):
            written_out = join_sequences(s, types, fresh) or joined_dicts(s, types, fresh)
            written_out = written_out or of_keys(s, types, fresh) or container_method(s, types, fresh)
            if written_out is not None:
                return written_out
            if s.op == REFUSED or any([_is_never(a, types) for a in s.args]) or not broken.isdisjoint(s.read):
                note_broken(s)
                return [s]  # what was refused, or follows from it
            if s.op in FOLDED:
                s = replace(s, args=tuple(constants.get(o.id, o) if isinstance(o, Name) else o for o in s.args))
            made, s = with_arrays(s, types, fresh) if s.op in OPERATORS else ([], s)
            before = len(faults)
            stores = drawn_order(s, types, faults, fresh)
            if stores is None and s.op == "method":
                stores = _method_that_stores(s, types, faults, fresh)
            new = _resolve_bind(s, types, faults) if stores is None and _covered(s, types, faults) else s
            if len(faults) > before:
                note_broken(s)
            if stores is not None:
                return stores
            if isinstance(new, Bind) and new.op == "copy" and isinstance(new.args[0], Const):
                if is_plain(new.args[0]) and is_bound_once(new.target):
                    constants[new.target] = new.args[0]
            more, new = with_arrays(new, types, fresh)
            return [*made, *more, new]
        if isinstance(s, Effect) and s.kind in ("print", "raise", "assert"):
            found = next((t for o in s.args if (t := stand_in_in(operand_type(o, types))) is not None), None)
            if found is not None:
                faults.append(used_as_a_whole(found, s))
        if isinstance(s, Effect) and s.kind == "unpack":
            t, n = operand_type(s.args[0], types), s.args[1]
            if t.kind == "tuple" and isinstance(n, Const) and len(t.items) == n.value:
                return []
            if is_object(t):
                faults.append(not_a_sequence(t, s))
        return [s]

    def note_broken(s: Bind) -> None:
        """What follows from a name that was refused is not told; one that is bound elsewhere, too, may be sound."""
        if is_bound_once(s.target):
            broken.add(s.target)

    def is_bound_once(name: str) -> bool:
        if not definitions:
            definitions.update(n for x in program.statements for n in x.bound)
            definitions.update(x.target for x in program.statements if isinstance(x, Update))
        return definitions[name] == 1 and name not in program.params

    def fresh(stem: str, temporary: bool = True) -> str:
        if not names:
            taken = program.mentioned
            names.append(Names(taken | {*program.params, *program.free}))
        name = names[0].fresh(stem)
        if temporary:
            temporaries.add(name)
        return name

    names: list[Names] = []
    temporaries = set(program.temporaries)
    constants: dict[str, Const] = {}
    broken: set[str] = set()
    definitions: Counter[str] = Counter()
    body = block(program.body)
    program = replace(program, body=body, temporaries=frozenset(temporaries))

    def update(s: Statement) -> list[Statement]:
        if isinstance(s, Bind):
            return [s]
        if isinstance(s, (Push, Pop)):
            _check_stack(s, types, faults)
        if isinstance(s, Update) and s.index is None:
            return resolve_update(s, program, types, faults, fresh)
        at = s.index if isinstance(s, (Store, Update)) and types.get(s.target, UNKNOWN).kind == "list" else None
        if isinstance(at, Pack) and at.kind == "slice":
            made = None
            if isinstance(s, Store):
                made = replace_part(s.target, at, s.value, types, s.span, fresh)
            if made is not None:
                return made
            message = "this assignment to a slice of a list is not differentiated yet"
            faults.append(Diagnostic("AC001", s.span, message, (), "assign its items, or build the list with append"))
        elif isinstance(s, Update) and is_container(types.get(s.target, UNKNOWN)):
            check_item_update(s, program, types, faults)
        return [s]

    # Whether an update is seen elsewhere hangs on which methods and attributes are views.
    program = map_statements(program, update)
    return replace(program, temporaries=frozenset(temporaries)), faults


def _is_never(o: Operand, types: Types) -> bool:
    return isinstance(o, Name) and (t := types.get(o.id)) is not None and t.kind == "never" and t == NEVER


def _covered(s: Bind, types: Types, faults: list[Diagnostic]) -> bool:
    """Whether the rule of the operation covers this form of it."""
    try:
        t = bind_type(s, types)
    except rules.RuleError as fault:
        faults.append(fault.diagnostic(s.span))
        return False
    if (
        t.kind in ("array", "scalar")
        and t.dtype == "object"
        and not all(is_discrete(operand_type(a, types)) for a in s.args)
    ):
        message = "an array of objects has no derivative"
        faults.append(
            Diagnostic("AC008", s.span, message, (), "leave dtype=object out, and give all rows the same length")
        )
        return False
    return True


def _check_stack(s: Push | Pop, types: Types, faults: list[Diagnostic]) -> None:
    """Refuse ``append`` and ``pop`` of what is no list."""
    t = types.get(s.stack, UNKNOWN)
    if t.kind not in ("list", "dict", "unknown", "never", "object"):
        word = "append" if isinstance(s, Push) else "pop"
        message = f"method `.{word}()` of a value of type {t} has no rule"
        faults.append(Diagnostic("AC019", s.span, message, (), "only lists have it: begin with `items = []`"))


def _constant_condition(cond: Operand, constants: dict[str, Const]) -> bool | None:
    known = constants.get(cond.id) if isinstance(cond, Name) else cond
    return bool(known.value) if isinstance(known, Const) else None


def _resolve_bind(s: Bind, types: Types, faults: list[Diagnostic]) -> Bind:
    asked = object_asked(s, types)
    if asked is not None:
        faults.append(asked)
        return s
    if s.op in ("operator.is_", "operator.is_not"):
        return _resolve_is(s, types)
    known = folded(s, types)
    if known is not None:
        return replace(s, op="copy", args=(known,))
    if s.op == "as_sequence":
        t = operand_type(s.args[0], types)  # of a dict the keys; what may be one is asked while running
        return replace(s, op="builtins.list" if t.kind == "dict" or t == MIXED else "copy")
    if s.op == "index" and operand_type(s.args[0], types).cls in RESULTS and isinstance(s.args[1], Const):
        s = replace(s, op="attribute") if isinstance(s.args[1].value, str) else s  # r["x"] is r.x
    if s.op == "attribute":
        return _resolve_attribute(s, types, faults)
    if s.op == "method":
        return _resolve_method(s, types, faults)
    if s.op in ("operator.add", "operator.mul"):
        kinds = [operand_type(a, types) for a in s.args]
        if any(is_container(t) for t in kinds) and not all(is_discrete(t) or t == EMPTY for t in kinds):
            word = next(t.kind for t in kinds if is_container(t))
            joined = joined_type(s.op, s.args, kinds) is not None  # of constants
            numeric = any(t.kind == "array" or (is_number(t) and t.kind not in ("int", "bool")) for t in kinds)
            if not joined and (not numeric or word == "list"):
                message = f"this use of `+` or `*` with a {word} is not differentiated yet"
                faults.append(Diagnostic("AC001", s.span, message, (), "join a list with a list, a tuple with a tuple;"
                                         " repeat a list, or a tuple a literal number of times"))  # fmt: skip
    return s


def _resolve_is(s: Bind, types: Types) -> Bind:
    left, right = s.args
    if right == Const(None):
        t = operand_type(left, types)
        if t.maybe_none:
            return s
        if t.kind == "none" or t.kind not in ("unknown", "real"):
            truth = (t.kind == "none") == (s.op == "operator.is_")
            return replace(s, op="copy", args=(Const(truth),))
        if t.kind == "real":
            return replace(s, op="copy", args=(Const(s.op != "operator.is_"),))
    return s


def _resolve_attribute(s: Bind, types: Types, faults: list[Diagnostic]) -> Bind:
    base, name = s.args
    assert isinstance(name, Const)
    t = operand_type(base, types)
    if t == ENDLESS:
        faults.append(Diagnostic("AC019", s.span, suggestions.NESTED_OBJECTS, (), suggestions.LINKED))
        return s
    if t.kind == "record":
        if field_type(t, name.value) is not None:
            return replace(s, op="field")
        message = f"`.{name.value}` is not a field of {t}"
        faults.append(Diagnostic("AC001", s.span, message, (), "methods and properties are not differentiated yet"))
        return s
    if name.value in ATTRIBUTES and (t.kind in ("array", "real", "unknown") or is_number(t)):
        return replace(s, op=f"attribute.{name.value}", args=(base,))
    if t.kind == "object" and CONTEXTS.get(t.cls) == f"attribute.{name.value}":
        return replace(s, op=f"attribute.{name.value}", args=(base,))
    advice = ADVICE.get(t.kind) or suggestions.for_missing_method(str(name.value), METHODS, ATTRIBUTES)
    message = f"attribute `.{name.value}` of a value of type {t} has no rule"
    faults.append(Diagnostic("AC019", s.span, message, (), advice))
    return s


def _method_that_stores(s: Bind, types: Types, faults: list[Diagnostic], fresh: Fresh) -> list[Statement] | None:
    """``a.sort()``, which changes ``a``, or ``a.sum(out=b)``: the operation, and the store of its result."""
    base, name = s.args[0], s.args[1]
    assert isinstance(name, Const)
    t = operand_type(base, types)
    if not isinstance(base, Name) or not (t.kind in ("array", "real") or is_number(t)):
        return None
    if name.value in METHODS_IN_PLACE:
        key, adapted = METHODS_IN_PLACE[name.value]
        held, result = fresh("t", True), fresh("t", True)
        args, kwargs = adapted(Name(held), s.args[2:], dict(s.kwargs))
        call = _call_with_rule(replace(s, target=result), str(name.value), key, args, kwargs, faults)
        load = Bind(held, "index", (base, Const(Ellipsis)), (), s.span)
        return [load, call, Store(base.id, Const(Ellipsis), Name(result), s.span), _nothing(s)]
    key, adapt = METHODS.get(name.value, ("", None))
    args, kwargs = adapt(base, s.args[2:], dict(s.kwargs)) if adapt else ((), {})
    out = kwargs.pop("out", None)
    if not isinstance(out, Name):
        return None
    result = fresh("t", True)
    call = _call_with_rule(replace(s, target=result), str(name.value), key, args, kwargs, faults)
    return [call, Store(out.id, Const(Ellipsis), Name(result), s.span), Bind(s.target, "copy", (out,), (), s.span)]


def _nothing(s: Bind) -> Bind:
    """The value of a call that returns None."""
    return Bind(s.target, "copy", (Const(None),), (), s.span)


def _resolve_method(s: Bind, types: Types, faults: list[Diagnostic]) -> Bind:
    base, name = s.args[0], s.args[1]
    assert isinstance(name, Const)
    t = operand_type(base, types)
    if is_sparse(t) and name.value == "dot" and len(s.args) == 3:
        return replace(s, op="operator.matmul", args=(base, s.args[2]))
    if (t.kind in ("array", "real", "unknown") or is_number(t)) and name.value in METHODS:
        key, adapt = METHODS[name.value]
        if key == "method.conj" and not (len(s.args) > 2 or s.kwargs):
            if is_number(t) or may_be_complex(t):
                key = "numpy.conjugate"
            elif t.kind == "real" or t.dtype:
                return replace(s, op="copy", args=(base,))  # of a real array: the array itself
        args, kwargs = adapt(base, s.args[2:], dict(s.kwargs)) if adapt else ((base, *s.args[2:]), dict(s.kwargs))
        if key in rules.TABLE.by_key:
            return _call_with_rule(s, str(name.value), key, args, kwargs, faults)
    generates = t.kind == "object" and isinstance(t.cls, type) and issubclass(t.cls, GENERATORS)
    if generates and is_draw(f"method.{name.value}"):
        return _call_with_rule(s, str(name.value), f"method.{name.value}", (base, *s.args[2:]), dict(s.kwargs), faults)
    if t.kind == "str" and f"builtins.str.{name.value}" in rules.TABLE.by_key and not s.kwargs:
        return replace(s, op=f"builtins.str.{name.value}", args=(base, *s.args[2:]))
    if t.kind == "object" and (key := _of_its_class(t, str(name.value))):
        return _call_with_rule(s, str(name.value), key, (base, *s.args[2:]), dict(s.kwargs), faults)
    if t.kind in ("list", "tuple") and name.value in ("index", "count") and not s.kwargs:
        return replace(s, op=f"builtins.{t.kind}.{name.value}", args=(base, *s.args[2:]))
    if name.value == "__delitem__":
        message = f"`del` of a part of a value of type {t} is not differentiated"
        faults.append(Diagnostic("AC001", s.span, message, (), "make a new one without it"))
        return s
    message = f"method `.{name.value}()` of a value of type {t} has no rule"
    advice = ADVICE.get(t.kind) or suggestions.for_missing_method(str(name.value), METHODS, ATTRIBUTES)
    faults.append(Diagnostic("AC019", s.span, message, (), advice))
    return s


def _of_its_class(t: Type, method: str) -> str:
    """The key of the operation that a method of an object of a library is; empty where it has no rule.

    >>> import logging
    >>> _of_its_class(Type("object", cls=logging.Logger), "info"), _of_its_class(Type("object", cls=set), "add")
    ('logging.Logger.info', '')
    """
    rule = rules.lookup(getattr(t.cls, method, None)) if t.cls is not None else None
    return rule.name if rule is not None and rule.params[:1] == ("self",) else ""


def _call_with_rule(
    s: Bind, method: str, key: str, args: tuple[Operand, ...], kwargs: dict[str, Operand], faults: list[Diagnostic]
) -> Bind:
    """The call of an operation that a method stands for; the statement itself, and a diagnostic, where it has no such form."""
    rule = rules.TABLE.by_key[key]
    allowed = {p.lstrip("*") for p in rule.params}
    bad = [k for k in kwargs if k not in allowed]
    if bad or (len(args) > len(rule.params) and not any(p.startswith("*") for p in rule.params)):
        what = f"keyword `{bad[0]}`" if bad else "this many arguments"
        supported = allowed - set(rule.params[:1])  # the first one is the array itself
        advice = suggestions.for_keyword(bad[0], supported) if bad else f"supported: {', '.join(sorted(supported))}"
        message = f"{what} of method `{method}` is not differentiated"
        faults.append(Diagnostic("AC009", s.span, message, (), advice))
        return s
    return _normal_call(replace(s, op=key), rule, tuple(args), kwargs)


def _normal_call(s: Bind, rule: rules.Rule, args: tuple[Operand, ...], kwargs: dict[str, Operand]) -> Bind:
    required = [p for p in rule.params if p not in rule.defaults and not p.startswith("*")]
    head, tail = args[: max(len(required), 1)], args[max(len(required), 1) :]
    if any(p.startswith("*") for p in rule.params):
        head, tail = args, ()
    named = {**dict(zip(rule.params[len(head) :], tail)), **kwargs}
    return replace(s, args=head, kwargs=tuple(named.items()))


__all__ = ["Pack", "resolve"]
