"""Compiling for particular argument types, and keeping what was compiled as long as it holds."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from adjoint_compiler.arguments import check_overlap, check_supported, type_key
from adjoint_compiler.backend.load import Loaded, load_function
from adjoint_compiler.backend.numba.callees import other_meanings
from adjoint_compiler.backend.numba.jit import PLAIN, Jit
from adjoint_compiler.backend.numba.load import NumbaFunction, load_functions
from adjoint_compiler.binding import Target
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError, check_all, warn
from adjoint_compiler.differentiate.forms import Request
from adjoint_compiler.frontend.declared_types import refuse_declared_types, refuse_truncated
from adjoint_compiler.frontend.derivatives import usable_rule
from adjoint_compiler.frontend.lower import Lowered, lower_function, lower_rule
from adjoint_compiler.frontend.scope import Free, Watch
from adjoint_compiler.ir.nodes import Span
from adjoint_compiler.ir.objects import is_record
from adjoint_compiler.ir.types import FLOAT, Type, type_of
from adjoint_compiler.levels import Optimize, left_out
from adjoint_compiler.made_again import compiled_once
from adjoint_compiler.pipeline import run
from adjoint_compiler.report.explain import Explanation, explain
from adjoint_compiler.rewrites import emitted_tree, types_of
from adjoint_compiler.rules.draws import happens_each_time
from adjoint_compiler.rules.user import USER_RULES, UserRule
from adjoint_compiler.state import State, blamed, callee_states

KEPT = 256
Lowering = Callable[[Target, dict[str, Type], dict[str, Any]], tuple[Lowered, Any]]


@dataclass(frozen=True, eq=False)
class Compiled:
    """One specialization.

    Attributes:
        functions: the loaded functions: one for the joint form, two for the split form.
        texts: their sources.
        state: the compiler's last state.
        mutated: parameters and globals that are stored into.
        lowered: the program as it was read.
        watched: what names outside the function meant.
        global_types: for each global and closure value that is read, how to read it, and the key of its type.
        version: of the registry of user rules.
        inner: for a derivative of a derivative, what that was compiled to.
    """

    functions: tuple[Loaded | NumbaFunction, ...]
    texts: tuple[str, ...]
    state: State
    mutated: tuple[str, ...]
    lowered: Lowered
    watched: tuple[Watch, ...]
    global_types: tuple[tuple[Callable[[], Any], Any], ...]
    version: int
    inner: Compiled | None = None

    @cached_property
    def has_effects(self) -> bool:
        """Whether running the program twice is not the same as running it once."""
        programs = (self.state.program, *(c.program for c in self.state.callees))
        return any(happens_each_time(s) for p in programs for s in p.statements)

    def is_current(self) -> bool:
        """Whether everything outside of the arguments that the compiler relied on is as it was."""
        if self.version != USER_RULES.version:
            return False
        try:
            for w in self.watched:
                if w.read() is not w.value:
                    return False
            return all(type_key(read()) == key for read, key in self.global_types)
        except (KeyError, ValueError, AttributeError):  # the name is gone
            return False

    def check_memory(self, target: Target, values: tuple[Any, ...]) -> None:
        """Refuse arguments, and global arrays, that overlap one that is stored into."""
        given = dict(zip(self.state.program.params, values, strict=True))
        free = {n: f.reader() for n, f in self.lowered.free.items() if f.reader is not None}
        shown = {n: f.name for n, f in self.lowered.free.items()}
        shown.update(zip(self.state.program.params, target.names, strict=True))
        everything = {**given, **free}
        try:
            check_overlap(
                [(shown[n], everything[n]) for n in self.mutated if n in everything],
                [(shown[n], v) for n, v in everything.items() if n not in self.mutated],
            )
        except DifferentiationError as error:
            raise placed(error, target) from None


def placed(error: DifferentiationError, target: Target) -> DifferentiationError:
    """A refusal without a place, placed at the function's definition."""
    place = target.place()
    error.diagnostics[:] = [d if d.span.line else replace(d, span=place) for d in error.diagnostics]
    return error


def compile_function(
    target: Target, types: dict[str, Type], functions: dict[str, Any], request: Callable[[tuple[str, ...]], Request], form: str,
    optimize: Optimize = None, ints: tuple[str, ...] = (), promised: bool = False, jit: Jit | None = None,
    by_rules: bool = False,
) -> Compiled:  # fmt: skip
    """Lower, differentiate, print and load a function for the given argument types.

    Args:
        target: the function.
        types: types of its parameters, by name.
        functions: parameters that are functions, by name.
        request: what is asked for, given the names that the parameters have in the program.
        form: ``joint`` or ``split``.
        optimize: a level, or names of rewrites to leave out (see `levels`).
        ints: parameters that are ints for the caller, and differentiated as floats.
        promised: whether the types come from annotations, to be checked on entry.
        jit: how it is compiled under Numba; None: it runs under NumPy.
        by_rules: whether gradients that are called have rules (see ``rules.gradient_calls``), where they can have one.

    Raises:
        DifferentiationError: for what cannot be differentiated.
    """
    refuse_declared_types(target.compiled_by)
    refuse_truncated(target.compiled_by, target.names, types)

    def make() -> Compiled:
        return _compile(target, types, functions, request, form, optimize, ints, promised, jit, by_rules)

    if jit is not None or functions:
        return make()
    asked = (*types.items(), request(target.names), form, optimize, ints, promised, by_rules)
    found: Compiled = compiled_once(target, asked, make)
    return found


def _compile(
    target: Target, types: dict[str, Type], functions: dict[str, Any], request: Callable[[tuple[str, ...]], Request], form: str,
    optimize: Optimize, ints: tuple[str, ...], promised: bool, jit: Jit | None, by_rules: bool,
) -> Compiled:  # fmt: skip
    """What ``compile_function`` says, compiled anew."""
    given = (target, types, functions, request, form, optimize, ints, promised, jit)
    if by_rules:
        return _compiled(*given, _lower_by_rules)
    first: Compiled | None = None
    refusal: DifferentiationError | None = None
    try:
        first = _compiled(*given, _lower)
        if jit is not None or not (first.inner or first.lowered.gradients_met) or not _is_unsure(first):
            return first
    except DifferentiationError as error:
        if jit is not None:
            raise
        refusal = error
    try:
        second = _compiled(*given, _lower_calling_gradients)
        if refusal is not None or not _is_unsure(second):
            return second
    except DifferentiationError:
        pass
    if first is None:
        assert refusal is not None
        raise refusal from None
    return first


def _is_unsure(compiled: Compiled) -> bool:
    """Whether it is found out only while running that something is no container."""
    return any("check_number(" in text for text in compiled.texts)


def _compiled(
    target: Target, types: dict[str, Type], functions: dict[str, Any], request: Callable[[tuple[str, ...]], Request], form: str,
    optimize: Optimize, ints: tuple[str, ...], promised: bool, jit: Jit | None, lower: Lowering,
) -> Compiled:  # fmt: skip
    """What ``compile_function`` says, of a program that is lowered in one of two ways."""
    version = USER_RULES.version
    seen: list[State] = []
    with blamed(seen, target.place), collecting_later():
        lowered, inner = lower(target, types, functions)
        names = dict(zip(target.names, lowered.program.params, strict=True))
        first = _first_state(
            target, lowered, request, form, left_out(optimize), tuple(names[n] for n in ints), promised, jit
        )
        state = run(first, lambda name, state: seen.__setitem__(slice(None), [state]))
    warn(state.lints)
    module = getattr(target.plain(), "__module__", None) or "builtins"
    loaded: tuple[Any, ...]
    if jit is not None:
        loaded = load_compiled(state, lowered, target.place())
    else:
        loaded = tuple(
            load_function(text, p.name, lowered.free, lowered.constants, module)
            for text, p in zip(state.texts, state.results, strict=True)
        )
    mutated = (*state.mutated, *(names[n] for n in (inner.mutated if inner else ()) if n in names))
    watched = (*lowered.watched, *(inner.watched if inner else ()))
    read = () if jit is not None else lowered.free.values()  # Numba freezes what it reads from outside
    global_types = tuple((f.reader, type_key(f.value)) for f in read if f.reader is not None)
    return Compiled(loaded, state.texts, state, mutated, lowered, watched, global_types, version, inner)


@contextmanager
def collecting_later() -> Iterator[None]:
    """No collection of cycles meanwhile: compiling allocates much, makes no garbage in cycles, and ends soon.

    What it made, most of which stays, then counts as old, as if it had been looked at.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():  # else the program itself has put objects aside
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def load_compiled(state: State, lowered: Lowered, place: Span) -> tuple[NumbaFunction, ...]:
    """The generated functions, for Numba to compile."""
    trees = {p.name: emitted_tree(p, s) for s in (*state.callees, state) for p in s.results}
    values = {n: f.value for n, f in lowered.free.items() if f.reader is not None}
    types = {p.name: types_of(p, state) for p in state.results}
    loaded = load_functions(
        state.texts, state.results, state.jit or PLAIN, values, trees, types, place, lowered.constants
    )
    for p, function in zip(state.results, loaded, strict=True):
        function.detaching = p.name in state.detaching
    return loaded


def explain_function(
    target: Target, types: dict[str, Type], functions: dict[str, Any], request: Callable[[tuple[str, ...]], Request],
    ints: tuple[str, ...] = (),
) -> Explanation:  # fmt: skip
    """What the compiler finds of a function; the arguments are those of ``compile_function``."""
    lowered, _ = _lower(target, types, functions)
    names = dict(zip(target.names, lowered.program.params, strict=True))
    state = _first_state(target, lowered, request, "joint", frozenset(), tuple(names[n] for n in ints), False, None)
    return explain(run(replace(state, explaining=True)))


def _first_state(
    target: Target, lowered: Lowered, request: Callable[[tuple[str, ...]], Request], form: str, skipped: frozenset[str],
    ints: tuple[str, ...], promised: bool, jit: Jit | None,
) -> State:  # fmt: skip
    """What the pipeline starts with."""
    free = {n: type_of(f.value) for n, f in lowered.free.items()}
    faults = (*lowered.faults, *_unsupported(lowered, target), *other_meanings(lowered.compiled, jit))
    return State(
        lowered.program, request(lowered.program.params), form, free, left_out=skipped, ints=ints, promised=promised, jit=jit,
        callees=callee_states(lowered.callees, free, skipped, jit), faults=faults,
        derives=lowered.derives,
    )  # fmt: skip


def _unsupported(lowered: Lowered, target: Target) -> list[Diagnostic]:
    """What is wrong with the values that the program reads from outside."""
    try:
        check_all(partial(check_supported, f.name, f.value) for f in lowered.free.values())
    except DifferentiationError as error:
        return placed(error, target).diagnostics
    return []


def _lower(target: Target, types: dict[str, Type], functions: dict[str, Any]) -> tuple[Lowered, Compiled | None]:
    """The program of a function; for a derivative, that of its generated function for these types."""
    if target.inner is not None:
        inner: Compiled = target.inner.compiled_for(types, functions)
        known: dict[str, Any] = dict(inner.lowered.free)
        generated = inner.functions[0].function
        return lower_function(generated, types, functions, known=known), inner
    if isinstance(target.function, UserRule):
        return lower_rule(target.function, target.name, target.names, types, functions, target.place()), None
    return lower_function(target.function, types, functions, stars=target.stars), None


def _lower_calling_gradients(
    target: Target, types: dict[str, Type], functions: dict[str, Any]
) -> tuple[Lowered, Compiled | None]:
    """The same with calls of gradients in place of their generated code, where that is refused.

    Raises:
        DifferentiationError: it calls none, or one that has no rule.
    """
    if isinstance(target.function, UserRule):
        raise DifferentiationError([])
    if target.inner is None:
        lowered = lower_function(target.function, types, functions, stars=target.stars, calls_gradients=True)
        if not lowered.gradients_met:
            raise DifferentiationError([])
        return lowered, None
    inner: Compiled = target.inner.compiled_for(types, functions, by_rules=True)
    names = target.names
    rule = usable_rule(target.inner, [types[n] for n in names]) if names == tuple(types) else None
    if rule is None:
        raise DifferentiationError([])
    name = target.name if target.name.isidentifier() else "f"
    return lower_rule(rule, f"{name}_grad", names, types, {}, target.place()), inner


def _lower_by_rules(
    target: Target, types: dict[str, Type], functions: dict[str, Any]
) -> tuple[Lowered, Compiled | None]:
    """The same, or the plain program where no gradient is called."""
    try:
        return _lower_calling_gradients(target, types, functions)
    except DifferentiationError as error:
        if error.diagnostics:
            raise
    return _lower(target, types, functions)


def functions_in(names: tuple[str, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    """The arguments that are functions, by name: they are looked into while compiling."""
    return {
        n: v
        for n, v in zip(names, values, strict=True)
        if callable(v) and not isinstance(v, np.generic) and not is_record(v)
    }


def float_types(types: dict[str, Type], ints: tuple[str, ...]) -> dict[str, Type]:
    """The types with the given ints as floats."""
    return {**types, **{n: FLOAT for n in ints}}


def _made(make: Callable[[], Any]) -> Any:
    """What ``make`` gives; a refusal is raised without the frames of the compiler, which say nothing of the program."""
    try:
        return make()
    except DifferentiationError as error:
        if error.__cause__ is not None:  # a bug of the compiler's
            raise
        raise error.with_traceback(None) from None


class Cache:
    """What was compiled, by key; entries that are out of date are made again, the oldest ones are dropped."""

    def __init__(self) -> None:
        self.entries: dict[Any, Any] = {}
        self.lock = threading.RLock()

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        """The entry of a key (something with ``is_current``), made once however many threads ask for it."""
        found = self.entries.get(key)
        if found is not None and found.is_current():
            return found
        with self.lock:
            found = self.entries.get(key)
            if found is None or not found.is_current():
                found = _made(make)
                self.entries.pop(key, None)
                self.entries[key] = found
                while len(self.entries) > KEPT:
                    del self.entries[next(iter(self.entries))]
        return found


__all__ = ["Cache", "Compiled", "Free", "compile_function", "explain_function", "float_types", "functions_in", "placed"]
