"""The public functions (see the package's own page)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from adjoint_compiler.derivative import Derivative
from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.levels import Optimize

if TYPE_CHECKING:
    from adjoint_compiler.rules.user import CustomJvp, CustomVjp, Nondifferentiable


def grad(f: Any = None, *, wrt: Any = 0, of: str | None = None, has_aux: bool = False, backend: str | None = None,
         optimize: Optimize = None) -> Any:  # fmt: skip
    """The gradient of a function with a real scalar result.

    Args:
        f: a Python function over numbers, NumPy arrays and containers of them; leave it out to use ``grad`` as a
            decorator with keywords.
        wrt: position or name of the parameter to differentiate, or a tuple of them (which gives a tuple of gradients).
            On a method, position 0 is the first argument after ``self``.
        of: name of an argument that ``f`` stores into: differentiate the sum of its final elements instead.
        has_aux: ``f`` returns ``(value, aux)``; the derivative then returns ``(gradient, aux)``.
        backend: ``"numpy"``, or ``"numba"``: the derivative is compiled by Numba, or refused. None: ``"numba"`` for a
            function that Numba compiles already (``@njit``), else ``"numpy"``.
        optimize: a level, 0 to 2 (2): 0 leaves the code as differentiation wrote it, 1 only shortens it. Or the name of
            a rewrite to leave out after a minus sign, as in ``"-hold_views"``, or a tuple of such.

    Returns:
        A callable with ``f``'s signature whose result has the structure, shape and dtype of the argument; its
        ``source`` is the generated Python.

    Raises:
        DifferentiationError: for what cannot be differentiated, before any number is computed.
        TypeError: for keywords that do not fit the function.

    >>> def f(x, y):
    ...     return 5 * x**2 - x * y
    >>> grad(f)(2.0, 3.0), grad(f, wrt=("x", "y"))(2.0, 3.0)
    (17.0, (17.0, -2.0))
    """
    if f is None:
        return lambda g: grad(g, wrt=wrt, of=of, has_aux=has_aux, backend=backend, optimize=optimize)
    return Derivative(f, wrt=wrt, of=of, has_aux=has_aux, backend=backend, optimize=optimize)


def value_and_grad(f: Any = None, *, wrt: Any = 0, of: str | None = None, has_aux: bool = False,
                   backend: str | None = None, optimize: Optimize = None) -> Any:  # fmt: skip
    """Like :func:`grad`, but the derivative returns ``(value, gradient)``; with ``has_aux`` ``((value, aux), gradient)``.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    if f is None:
        return lambda g: value_and_grad(g, wrt=wrt, of=of, has_aux=has_aux, backend=backend, optimize=optimize)
    return Derivative(f, wrt=wrt, of=of, has_aux=has_aux, value=True, backend=backend, optimize=optimize)


def vjp(f: Any, *args: Any, kwargs: dict[str, Any] | None = None, of: str | None = None, backend: str | None = None,
        optimize: Optimize = None) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:  # fmt: skip
    """The value of a function and its pullback.

    Args:
        f: the function.
        args: its positional arguments.
        kwargs: its keyword arguments, inert.
        of: name of a mutated argument that is the output. A function that returns nothing has the final states of all
            arguments it stores into as its output (a single one bare).
        backend, optimize: as in :func:`grad`.

    Returns:
        ``(y, pullback)``; ``pullback(y_bar)`` takes an adjoint of ``y``'s structure and shapes (``None`` where it has no
        derivative), gives one adjoint per positional argument (``None`` for inert ones) and can be called any number of
        times, from several threads.

    Raises:
        DifferentiationError: for what cannot be differentiated.
        TypeError: by ``pullback``, for what does not match ``y``.

    >>> y, pullback = vjp(lambda x, y: x * y, 2.0, 3.0)
    >>> y, pullback(1.0)
    (6.0, (3.0, 2.0))
    """
    from adjoint_compiler.pullback import value_and_pullback

    return value_and_pullback(f, args, kwargs or {}, of, backend, optimize)


def jvp(f: Any, primals: Any, tangents: Any, kwargs: dict[str, Any] | None = None, backend: str | None = None,
        optimize: Optimize = None) -> tuple[Any, Any]:  # fmt: skip
    """The value of a function and its derivative in a direction, by forward mode.

    Args:
        f: the function.
        primals: its positional arguments, as a tuple.
        tangents: the direction: a tangent of the structure and shapes of each of them, ``None`` where it is inert or zero.
        kwargs: keyword arguments, inert.
        backend, optimize: as in :func:`grad`.

    Returns:
        ``(y, y_dot)``; ``y_dot`` has the structure of ``y``, with ``None`` for what has no derivative. A function that
        returns nothing has the final states of all arguments it stores into as its value (a single one bare).

    Raises:
        DifferentiationError: for what cannot be differentiated.
        TypeError: for tangents that do not match the arguments.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, None))
    (6.0, 3.0)
    """
    from adjoint_compiler.pushforward import value_and_tangent

    return value_and_tangent(f, primals, tangents, kwargs or {}, backend, optimize)


def taylor(f: Any, x: Any, directions: Any, order: int, *rest: Any, optimize: Optimize = None) -> Any:
    """The Taylor coefficients of a function along a curve through ``x``.

    Args:
        f: a function of scalars, or of arrays by elementwise and linear operations; loops, branches and stores are as they are.
        x: its first argument, a number or an array (or a container of them).
        directions: a direction, of the shape of ``x``: the curve is ``x + directions * t``. With an axis before, the coefficients
            of ``t``, ``t**2``, ... of a curve.
        order: the highest order.
        rest: its other arguments, constants.
        optimize: as in :func:`grad`.

    Returns:
        An array of ``order + 1`` coefficients of each number of the result: entry k, of shape ``y.shape``, is the k-th derivative by
        ``t`` at 0, over k factorial. Containers keep their structure.

    Raises:
        DifferentiationError: for operations without a recurrence, which are named.
        TypeError: for directions that do not fit ``x``.

    Source: Griewank and Walther, Evaluating Derivatives, 2nd edition (2008), chapter 13.

    >>> import math
    >>> taylor(lambda x: math.exp(x) * x, 0.0, 1.0, 4)
    array([0.        , 1.        , 1.        , 0.5       , 0.16666667])
    """
    from adjoint_compiler.taylor_mode import coefficients

    return coefficients(f, x, directions, order, rest, optimize)


def stop_gradient(x: Any) -> Any:
    """``x`` itself; a derivative treats it as a constant, and refuses to store through it.

    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    return x


stop_gradient.__adjoint_primitive__ = "adjoint_compiler.runtime.custom.stop_gradient"  # type: ignore[attr-defined]


def custom_vjp(f: Any, fwd: Callable[..., Any] | None = None, bwd: Callable[..., Any] | None = None) -> CustomVjp:
    """State the derivative of a function oneself.

    Decorate the function and call ``f.defvjp(fwd, bwd)``; for a library function call ``custom_vjp(np.foo, fwd=fwd,
    bwd=bwd)``, which states the rule for every later call of it. ``fwd`` and ``bwd`` must leave their arguments alone.

    Args:
        f: the function.
        fwd: ``fwd(*args) -> (y, residuals)``: the function's value, and whatever ``bwd`` needs.
        bwd: ``bwd(residuals, y_bar) -> tuple``: an adjoint for each argument, of its structure and shape; ``None`` for no
            derivative.

    Returns:
        A callable that does what ``f`` does.

    Raises:
        TypeError: for what is no function, or only one of ``fwd`` and ``bwd``.

    >>> @custom_vjp
    ... def clipped(x):
    ...     return min(x, 1.0)
    >>> clipped.defvjp(lambda x: (min(x, 1.0), None), lambda residuals, y_bar: (y_bar,))
    >>> grad(lambda x: clipped(x) * 3.0)(2.0)
    3.0
    """
    from adjoint_compiler.rules import user

    return user.custom_vjp(f, fwd, bwd)


def custom_jvp(f: Any) -> CustomJvp:
    """State the derivative of a function oneself, for forward mode; reverse mode transposes it.

    Decorate the function and call ``f.defjvp(jvp)``. ``jvp`` must leave its arguments alone.

    Args:
        f: the function. ``jvp(primals, tangents) -> (y, y_dot)`` takes two tuples, with an item for each argument of ``f``;
            tangents of what is no number are ``None``.

    Returns:
        A callable that does what ``f`` does.

    Raises:
        TypeError: for what is no function.

    >>> @custom_jvp
    ... def cube(x):
    ...     return x**3
    >>> rule = cube.defjvp(lambda primals, tangents: (primals[0] ** 3, 3 * primals[0] ** 2 * tangents[0]))
    >>> jvp(lambda x: cube(x) + x, (2.0,), (1.0,)), grad(cube)(2.0)
    ((10.0, 13.0), 12.0)
    """
    from adjoint_compiler.rules import user

    return user.CustomJvp(f)


def nondifferentiable(f: Any) -> Nondifferentiable:
    """Declare a function inert: derivatives call it once, like any effect, and treat its result as a constant.

    A library function is inert from then on wherever it is called; other functions through what is returned.

    >>> lookup = nondifferentiable(lambda x: 2.0 * x)
    >>> grad(lambda x: x * lookup(x))(3.0)
    6.0
    """
    from adjoint_compiler.rules import user

    return user.nondifferentiable(f)


def _forward(f: Any) -> Any:
    from adjoint_compiler.pushforward import forward_of

    return forward_of(f, "numpy", None)


# What the frontend may find called in a program: these make derivatives there, the others cannot yet.
for _function in (grad, value_and_grad):
    setattr(_function, "__adjoint_transform__", True)  # noqa: B010
setattr(jvp, "__adjoint_transform__", False)  # noqa: B010
setattr(jvp, "__adjoint_forward__", _forward)  # noqa: B010
for _name, _value in {"forward": _forward, "pullback": True, "jvp": jvp, "grad": grad}.items():
    setattr(vjp, f"__adjoint_{_name}__", _value)
for _name, _value in {"forward": _forward, "series": True, "jvp": jvp}.items():
    setattr(taylor, f"__adjoint_{_name}__", _value)
for _function in (vjp, taylor, custom_vjp, custom_jvp, nondifferentiable):  # type: ignore[assignment]
    setattr(_function, "__adjoint_transform__", False)  # noqa: B010

__all__ = [
    "DifferentiationError", "custom_jvp", "custom_vjp", "grad", "jvp", "nondifferentiable", "stop_gradient", "taylor", "value_and_grad", "vjp",
]  # fmt: skip
