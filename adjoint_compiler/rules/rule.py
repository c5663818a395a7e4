"""The form of a rule: what is stated about one operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from adjoint_compiler.ir.types import UNKNOWN, holds_complex, is_real
from adjoint_compiler.rules.calls import trim
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.registry import TABLE
from adjoint_compiler.rules.shapes import named_dtype

NOT_OF_LAPACK = ("float16", "float96", "float128", "longdouble", "complex192", "complex256")


@dataclass(frozen=True, eq=False)
class Rule:
    """One operation.

    Attributes:
        name: key of the operation in the IR, e.g. ``numpy.sin``.
        function: the callable it is recognised by (identity), None for syntax such as ``operator.mul``'s symbol.
        params: parameter names in order; one that begins with ``*`` takes the remaining positional arguments.
        defaults: source text of default values, by parameter.
        kind: one of ``KINDS``.
        pullbacks: expression per differentiable parameter (a partial when elementwise).
        singular: parameters whose partial can be infinite at finite points; their product with the adjoint is guarded.
        view: parameter whose memory the result may share, if any.
        view_kind: ``always``, ``maybe`` (depends on layout) ``same`` (the result is the argument, as with ``out``)
            or ``item`` (the result is what the argument, a container, holds).
        shares: says of the operands of a call, by parameter, whether its result may share memory; None: any call's may.
        shape_only: parameters of which only the shape is read.
        linear: parameters in which, taken together, the operation is linear.
        bilinear: parameters in each of which, alone, the operation is linear.
        tangents: what the tangent ``t`` of a parameter contributes to that of the result, where neither linearity nor the
            transpose of the pullback says it well.
        together: the tangent of the result where every parameter with a pullback has one, ``x_dot`` of ``x``, if that is
            shorter than the sum of what each contributes; by the ranks of the leading parameters, ``()`` for any.
        cheap: whether recomputing is preferred to recording (elementwise work, views, metadata).
        acts: whether a call changes something outside of the program, or takes something from there: it happens once, in its
            order, also where nothing needs its result.
        result: computes the result type from the argument types where evaluating a sample does not tell.
        domain: sampling interval per parameter, for the tests.
        note: conventions at kinks and edges.
        keyword_only: parameters that NumPy takes by keyword only, or only after one that is not supported here.
        cases: pullbacks to use instead where the ranks of the leading parameters are the ones given. They are for
            adjoints of the primal's own rank; the general ones also take a leading axis of directions.
        specialise: computes pullbacks to use instead from the arguments' types and operands.
        shape_of: parameter whose shape the result has (but for ``axis=None``, which makes it a vector).
        flat: parameter which, where it certainly is real, leaves the operation without any derivative.
        several: whether the result is, or may be, a tuple or list of arrays.
        scope: of a rule that a user states: the names of the function's module, which its expressions may call.

    A parameter without a pullback has derivative zero or none; what is not supported is no parameter.
    """

    name: str
    function: Any
    params: tuple[str, ...]
    kind: str
    defaults: dict[str, str] = field(default_factory=dict)
    pullbacks: dict[str, str] = field(default_factory=dict)
    singular: frozenset[str] = frozenset()
    view: str | None = None
    view_kind: str = "always"
    shares: Callable[[dict[str, Any]], bool] | None = None
    shape_only: frozenset[str] = frozenset()
    linear: frozenset[str] = frozenset()
    bilinear: frozenset[str] = frozenset()
    tangents: dict[str, str] = field(default_factory=dict)
    together: dict[tuple[int, ...], str] = field(default_factory=dict)
    cheap: bool = True
    acts: bool = False
    result: Callable[..., Any] | None = None
    domain: dict[str, tuple[float, float]] = field(default_factory=dict)
    note: str = ""
    keyword_only: frozenset[str] = frozenset()
    cases: tuple[tuple[tuple[int, ...], dict[str, str]], ...] = ()
    specialise: Callable[..., dict[str, str] | None] | None = None
    several: bool = False
    flat: str | None = None
    shape_of: str | None = None
    scope: dict[str, Any] = field(default_factory=dict)

    def pullbacks_for(self, types: dict[str, Any], operands: dict[str, Any]) -> dict[str, str]:
        """The pullbacks for particular arguments: specialised, else a case by ranks, else the general ones.

        Args:
            types: types of the arguments given, by parameter; ``*operands`` as one tuple type under ``operands``.
            operands: the arguments given, by parameter; ``*operands`` as one ``Pack`` under ``operands``.

        Returns:
            Expressions by parameter, or under ``operands[0]``, ``operands[1]``, ... where those of ``*operands``
            differ. Arguments that are absent and default in the functions called, too, are left out.

        Raises:
            RuleError: a complex argument of a rule that is known for real numbers only.
        """
        if (
            "dtype" in operands
            and not self.linear.issuperset(self.pullbacks)
            and holds_complex(types.get(self.params[0], UNKNOWN))
        ):
            dtype = named_dtype(types, operands, None)
            if dtype is not None and dtype.kind != "c":
                raise RuleError(f"`{self.name}` of complex numbers with a real dtype=; take x.real before")
        if self.name in TABLE.of_lapack and (
            found := [t.dtype for t in types.values() if t.dtype.endswith(NOT_OF_LAPACK)]
        ):
            raise RuleError(f"the derivative of `{self.name}` is not known for {found[0]}; pass x.astype(np.float64)")
        if self.name in TABLE.for_reals:
            named = TABLE.for_reals[self.name]
            if found := [p for p, t in types.items() if (named is None or p in named) and holds_complex(t)]:
                raise RuleError(
                    f"the derivative of `{self.name}` is known for a real `{found[0]}` only; write it of real parts"
                )
        if self.flat is not None and is_real(types.get(self.flat, UNKNOWN)):
            return {}
        out = dict(self.pullbacks)
        for ranks, alternative in self.cases:
            if ranks == tuple(_rank(types.get(p.lstrip("*"))) for p in self.params[: len(ranks)]):
                out.update(alternative)
                break
        if self.specialise is not None:
            out.update(self.specialise(types, operands) or {})
        absent = frozenset((p, d) for p, d in self.defaults.items() if p not in operands)
        arrays = frozenset(p for p, t in types.items() if getattr(t, "kind", "") == "array")
        return {p: trim(e, self, absent, arrays) for p, e in out.items()}

    def together_for(self, types: dict[str, Any]) -> str | None:
        """The tangent that all parameters give together, by the types of the arguments; None where none is stated."""
        for ranks, expression in self.together.items():
            if ranks == tuple(_rank(types.get(p)) for p in self.params[: len(ranks)]):
                return expression
        return None

    @property
    def is_effect(self) -> bool:
        """Whether calls change something, or read what may change: files, settings, what is printed. Never run by the compiler."""
        return (
            self.kind == "inert"
            and not self.cheap
            and not self.name.startswith(("numpy.random.", "method.", "custom.", "adjoint_compiler.runtime.ordering"))
        )

    @property
    def module(self) -> str:
        """``math``, ``cmath`` or a part of SciPy (``scipy.special``) for rules of those modules, else ``numpy``."""
        name = self.name.removeprefix("adjoint_compiler.runtime.").replace("scipy_", "scipy.", 1)
        first, *rest = name.split(".")
        if first == "scipy" and rest[0] != "objects":
            return ".".join(("scipy", *(rest[:2] if rest[0] == "sparse" else rest[:1])))
        return first if first in ("math", "cmath") else "numpy"


def _rank(t: Any) -> int | None:
    """The rank of values of a type; None when unknown or not a number or array."""
    return 0 if getattr(t, "kind", "") in ("bool", "int", "float", "complex", "number") else getattr(t, "ndim", None)
