"""A derivative: compiled once per combination of argument types, cached, inspectable.

The compiler itself is loaded when the first derivative is compiled, so that importing this costs little.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adjoint_compiler.arguments import type_key
from adjoint_compiler.binding import Target
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.types import Type, type_of
from adjoint_compiler.levels import Optimize, left_out
from adjoint_compiler.notes import add_origin
from adjoint_compiler.spreading import Group, Spread, call_form, flattened, has_stars, regrouped

if TYPE_CHECKING:
    from adjoint_compiler.backend.numba.jit import Jit
    from adjoint_compiler.differentiate.forms import Request
    from adjoint_compiler.report.explain import Explanation
    from adjoint_compiler.specialization import Cache, Compiled

SPECIALIZE = "`.source` shows the program for untyped arguments; `.specialize(*example_args)` shows it for theirs"


@dataclass(frozen=True, eq=False)
class Entry:
    """One combination of argument types: what was compiled, and which arguments become floats on the way in."""

    compiled: Compiled
    function: Callable[..., Any]
    ints: tuple[int, ...]

    def is_current(self) -> bool:
        """Whether what the compiler relied on is as it was."""
        return self.compiled.is_current()


class Derivative:
    """The gradient of a function, as :func:`adjoint_compiler.grad` returns it."""

    __adjoint_wrapper__ = True
    __adjoint_target__ = True

    def __init__(
        self, function: Any, *, wrt: Any = 0, of: str | None = None, has_aux: bool = False, value: bool = False,
        optimize: Optimize = None, backend: str | None = None,
    ) -> None:  # fmt: skip
        self.target = Target(function)
        functools.update_wrapper(
            self, self.target.function, updated=() if self.target.inner is not None else ("__dict__",)
        )
        check_options(backend, optimize, self.target)
        if of is not None and has_aux:
            raise TypeError("of and has_aux exclude each other: with `of`, what the function returns is not used")
        self.target.check_of(of)
        self.wrt, self.of, self.has_aux, self.value, self.optimize = wrt, of, has_aux, value, optimize
        self.jit = self.target.jit(backend)
        self.single = not isinstance(wrt, tuple)
        self.quick: dict[Any, Entry] = {}
        self._cache: Cache | None = None
        self.spreads: dict[Any, Any] = {}
        self.stars = has_stars(self.target)
        self.positions = () if self.stars else self.target.positions(wrt)

    def __set_name__(self, owner: Any, name: str) -> None:
        if self.target.binds and not self.target.method:
            self.target.method, self.target.given_first = True, 1
            self.positions = () if self.stars else self.target.positions(self.wrt)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Methods: position 0 is the first argument after ``self``."""
        if isinstance(self.target.given, classmethod):
            instance = owner if instance is None else type(instance)
        if instance is None or not self.target.binds:
            return self
        return BoundDerivative(self, instance)

    # -- calling ---------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The gradient at the arguments."""
        if not kwargs:
            entry = self.quick.get(tuple(map(type, args)))
            if entry is not None and entry.compiled.is_current():
                try:
                    return entry.function(*args)
                except Exception as fault:
                    add_origin(fault, entry.compiled, self.target.name)
                    raise
        if self.stars:
            return self._call_spread(args, kwargs)
        values = self.target.bind(args, kwargs)
        entry = self.entry(values)
        if entry.ints:
            values = tuple(float(v) if k in entry.ints else v for k, v in enumerate(values))
        if entry.compiled.mutated:
            entry.compiled.check_memory(self.target, values)
        try:
            return entry.function(*values)
        except Exception as fault:
            refused = not_a_scalar(fault, self.target) if isinstance(fault, TypeError) else None
            if refused is not None:
                raise refused from None
            add_origin(fault, entry.compiled, self.target.name)
            raise

    def spread_for(self, count: int, keywords: tuple[str, ...]) -> tuple[Derivative, Spread, list[Group]]:
        """The derivative for so many arguments, of a function whose parameters have stars."""
        found = self.spreads.get((count, keywords))
        if found is None:
            spread = Spread(self.target, count, keywords)
            groups = spread.groups(self.wrt)
            inner = copy.copy(self)
            inner.target, inner.positions, inner.stars = spread.target, tuple(flattened(groups)), False
            inner.single = self.single and isinstance(groups[0], int)
            inner.quick, inner._cache, inner.spreads = {}, None, {}
            inner.__dict__.pop("_made", None)
            found = self.spreads[count, keywords] = inner, spread, groups
        return found

    def _spread(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Derivative, Spread, list[Group]]:
        return self.spread_for(*call_form(self.target, args, kwargs))

    def _call_spread(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        inner, spread, groups = self._spread(args, kwargs)
        out = inner(*spread.values(args, kwargs))
        if all(isinstance(g, int) for g in groups):
            return out
        if self.value:
            return out[0], regrouped(out[1], groups, self.single)
        return (regrouped(out[0], groups, self.single), out[1]) if self.has_aux else regrouped(out, groups, self.single)

    @property
    def cache(self) -> Cache:
        """What was compiled so far."""
        if self._cache is None:
            from adjoint_compiler.specialization import Cache

            self.__dict__.setdefault("_made", Cache())
            self._cache = self.__dict__["_made"]
        return self._cache

    def entry(self, values: tuple[Any, ...]) -> Entry:
        """The specialization for the types of the arguments."""
        found: Entry = self.cache.get(tuple(map(type_key, values)), lambda: self._make_entry(values))
        return found

    def _make_entry(self, values: tuple[Any, ...]) -> Entry:
        from adjoint_compiler.specialization import functions_in

        names = self.target.names
        self.check(values)
        ints = tuple(k for k in self.int_positions(values))
        types = {n: type_of(v) for n, v in zip(names, values, strict=True)}
        compiled = self.compiled_for(types, functions_in(names, values), tuple(names[k] for k in ints), jit=self.jit)
        loaded = compiled.functions[0]
        function = loaded.callable
        entry = Entry(compiled, function, ints)
        plain = not (loaded.refresh or compiled.mutated or self.target.owner or "scalar_seed" in compiled.texts[0])
        if plain and all(type(v) is float for v in values) and self.target.simple:
            self.quick[tuple(map(type, values))] = entry  # nothing to look at but the types
        return entry

    def check(self, values: tuple[Any, ...]) -> None:
        """Refuse what cannot be an argument, or cannot be differentiated."""
        self.target.check_arguments(values, self.positions)
        if self.target.inner is not None:
            self.target.inner.check(values)

    def int_positions(self, values: tuple[Any, ...]) -> tuple[int, ...]:
        """The bare ints among the arguments that are differentiated."""
        own = {k for k in self.positions if type(values[k]) is int}
        inner = self.target.inner.int_positions(values) if self.target.inner is not None else ()
        return tuple(sorted(own | set(inner)))

    def compiled_for(self, types: dict[str, Type], functions: dict[str, Any], ints: tuple[str, ...] = (), form: str = "joint",
                     promised: bool = False, jit: Jit | None = None, by_rules: bool = False) -> Compiled:  # fmt: skip
        """What is compiled for the given types of the parameters; under NumPy unless ``jit`` says how Numba compiles it.

        ``by_rules``: as in ``compile_function``.
        """
        from adjoint_compiler import specialization

        return specialization.compile_function(
            self.target,
            specialization.float_types(types, ints),
            functions,
            self._request,
            form,
            self.optimize,
            ints,
            promised,
            jit,
            by_rules,
        )

    def _request(self, params: tuple[str, ...]) -> Request:
        from adjoint_compiler.differentiate.forms import Request

        names = dict(zip(self.target.names, params, strict=True))
        outputs = None if self.of is None else (names[self.of],)
        return Request(tuple(params[k] for k in self.positions), self.single, self.value, self.has_aux, outputs)

    # -- looking at it ---------------------------------------------------------------------------------------

    def _annotated_types(self) -> dict[str, Type]:
        """Types of parameters, as far as annotations give them."""
        from adjoint_compiler.frontend.annotations import parse_annotation

        parameters = self.target.signature.parameters.items()
        return {n: t for n, p in parameters if (t := parse_annotation(p.annotation)) is not None}

    def _untyped(self, form: str) -> Compiled:
        """The program without types but those of annotations: what ``.source`` shows."""
        if self.stars:
            message = f"how many arguments `{self.target.name}` is given is not known here"
            raise DifferentiationError(Diagnostic("AC001", self.target.place(), message, (), SPECIALIZE))
        types = self._annotated_types()

        def make() -> Compiled:
            try:
                return self.compiled_for(types, {}, (), form, promised=True)
            except DifferentiationError as error:
                error.diagnostics[:] = [
                    Diagnostic(d.code, d.span, d.message, (*d.notes, SPECIALIZE), d.help) for d in error.diagnostics
                ]
                raise

        found: Compiled = self.cache.get(("untyped", form), make)
        return found

    @property
    def source(self) -> str:
        """The joint function: forward sweep, then reverse sweep."""
        return self._untyped("joint").texts[0]

    @property
    def primal_source(self) -> str:
        """The primal of the public pair: ``f_primal(*args) -> (result, tape)``."""
        return self._untyped("split").texts[0]

    @property
    def adjoint_source(self) -> str:
        """The adjoint of the public pair: ``f_adjoint(tape, result_bar) -> bars``."""
        return self._untyped("split").texts[1]

    def specialize(self, *example_args: Any, **kwargs: Any) -> Specialization:
        """The three sources for the types of example arguments."""
        from adjoint_compiler.specialization import functions_in

        if self.stars:
            inner, spread, _ = self._spread(example_args, kwargs)
            return inner.specialize(*spread.values(example_args, kwargs))
        values = self.target.bind(example_args, kwargs)
        joint, names = self.entry(values), self.target.names
        types = {n: type_of(v) for n, v in zip(names, values, strict=True)}
        ints = tuple(names[k] for k in joint.ints)
        split = self.compiled_for(types, functions_in(names, values), ints, "split", jit=self.jit)
        return Specialization(joint.compiled.texts[0], split.texts[0], split.texts[1])

    def explain(self, *example_args: Any, **kwargs: Any) -> Explanation:
        """What the compiler found: which names are active, what is recorded and why, what may not be meant.

        Args:
            example_args: arguments of the types to explain for; without any, those of ``source``.
            kwargs: keyword arguments among them.

        Returns:
            An object that prints as text; ``lints``, ``active``, ``inert`` and ``recorded`` are its parts.
        """
        from adjoint_compiler import specialization

        if self.stars:
            inner, spread, _ = self._spread(example_args, kwargs)
            return inner.explain(*spread.values(example_args, kwargs))
        if not example_args and not kwargs:
            return specialization.explain_function(self.target, self._annotated_types(), {}, self._request)
        values = self.target.bind(example_args, kwargs)
        self.check(values)
        names = self.target.names
        types = {n: type_of(v) for n, v in zip(names, values, strict=True)}
        ints = tuple(names[k] for k in self.int_positions(values))
        functions = specialization.functions_in(names, values)
        return specialization.explain_function(
            self.target, specialization.float_types(types, ints), functions, self._request, ints
        )

    def show(self) -> None:
        """Print the source, with the colours of a terminal where there is one."""
        from adjoint_compiler.report.render import show_source

        show_source(self.source)

    def _repr_html_(self) -> str:
        from adjoint_compiler.report.render import source_html

        return source_html(self.source)

    def __repr__(self) -> str:
        word = "value_and_grad" if self.value else "grad"
        return f"<{word} of {getattr(self.target.function, '__qualname__', self.target.function)}, wrt={self.wrt!r}>"


class BoundDerivative:
    """The derivative of a method, bound to an object: calls pass the object as the first argument."""

    def __init__(self, derivative: Derivative, instance: Any) -> None:
        functools.update_wrapper(self, derivative.target.function, updated=())
        self.derivative, self.instance = derivative, instance
        self.__adjoint_bound__ = (derivative, (instance,))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The gradient at the arguments."""
        return self.derivative(self.instance, *args, **kwargs)

    def specialize(self, *example_args: Any, **kwargs: Any) -> Specialization:
        """The three sources for the types of the object and of example arguments."""
        return self.derivative.specialize(self.instance, *example_args, **kwargs)

    def explain(self, *example_args: Any, **kwargs: Any) -> Explanation:
        """What the compiler found, for the types of the object and of example arguments."""
        return self.derivative.explain(*((self.instance, *example_args) if example_args or kwargs else ()), **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.derivative, name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BoundDerivative):
            return NotImplemented
        return self.derivative is other.derivative and self.instance is other.instance

    def __hash__(self) -> int:
        return hash((id(self.derivative), id(self.instance)))

    def __repr__(self) -> str:
        return repr(self.derivative)


@dataclass(frozen=True)
class Specialization:
    """Generated sources for one combination of argument types."""

    source: str
    primal_source: str
    adjoint_source: str


def check_options(backend: str | None, optimize: Optimize, target: Target) -> None:
    """Refuse backends, levels of optimization and names of rewrites that there are none of."""
    left_out(optimize)
    if backend not in (None, "numpy", "numba"):
        message = f"backend is 'numpy', 'numba' or None, not {backend!r}"
        raise DifferentiationError(Diagnostic("AC001", target.place(), message, (), "use backend='numpy'"))


def not_a_scalar(fault: TypeError, target: Target) -> DifferentiationError | None:
    """The refusal that a failed check of a gradient's seed stands for; None for other errors."""
    from adjoint_compiler.runtime.structures import scalar_seed

    last = fault.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None or last.tb_frame.f_code is not scalar_seed.__code__:
        return None
    code = "AC015" if "complex" in str(fault) else "AC005"
    message, _, advice = str(fault).partition("; ")
    return DifferentiationError(Diagnostic(code, target.place(), message, (), advice))


__all__ = ["BoundDerivative", "Derivative", "Specialization"]
