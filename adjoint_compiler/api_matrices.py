"""The public functions of Jacobians and Hessians, dense and sparse (see the package's own page)."""

from __future__ import annotations

from typing import Any

from adjoint_compiler.derivative import Derivative
from adjoint_compiler.levels import Optimize


def jacobian(f: Any = None, wrt: Any = 0, mode: str = "auto", *, of: str | None = None, has_aux: bool = False,
             holomorphic: bool = False, backend: str | None = None, optimize: Optimize = None) -> Any:  # fmt: skip
    """The Jacobian of a function.

    Args:
        f: the function; leave it out to use ``jacobian`` as a decorator with keywords.
        wrt: as in :func:`grad`.
        mode: ``"forward"`` (a sweep for each element of the arguments), ``"reverse"`` (for each element of the result), or
            ``"auto"``: the one with fewer sweeps.
        of: name of an argument that ``f`` stores into, whose final state is the result.
        has_aux: ``f`` returns ``(value, aux)``; the Jacobian of the value is then returned together with ``aux``.
        holomorphic: ``f`` is a holomorphic function of complex numbers.
        backend, optimize: as in :func:`grad`.

    Returns:
        A callable with ``f``'s signature. It gives an array of shape ``result.shape + argument.shape``; of structures, the
        result's structure with that of the argument in the place of each leaf, ``None`` for what has no derivative.

    Raises:
        DifferentiationError: for what cannot be differentiated; for complex numbers without ``holomorphic``.

    >>> import numpy as np
    >>> jacobian(lambda x: x * x[::-1])(np.array([2.0, 3.0]))
    array([[3., 2.],
           [3., 2.]])
    """
    from adjoint_compiler.jacobians import Jacobian

    if f is None:
        return lambda g: jacobian(g, wrt, mode, of=of, has_aux=has_aux, holomorphic=holomorphic, backend=backend,
                                  optimize=optimize)  # fmt: skip
    return Jacobian(f, wrt=wrt, mode=mode, of=of, has_aux=has_aux, holomorphic=holomorphic, backend=backend,
                    optimize=optimize)  # fmt: skip


def jacfwd(f: Any = None, wrt: Any = 0, **options: Any) -> Any:
    """The :func:`jacobian` of a function by forward mode; ``options`` are its keywords.

    >>> jacfwd(lambda x: (x, x * x))(3.0)
    (1.0, 6.0)
    """
    return jacobian(f, wrt, "forward", **options)


def jacrev(f: Any = None, wrt: Any = 0, **options: Any) -> Any:
    """The :func:`jacobian` of a function by reverse mode; ``options`` are its keywords.

    >>> jacrev(lambda x: (x, x * x))(3.0)
    (1.0, 6.0)
    """
    return jacobian(f, wrt, "reverse", **options)


def hessian(f: Any = None, wrt: Any = 0, *, of: str | None = None, has_aux: bool = False, backend: str | None = None,
            optimize: Optimize = None) -> Any:  # fmt: skip
    """The Hessian of a function with a real scalar result, by forward mode over reverse mode.

    Args:
        f, wrt, of, has_aux, backend, optimize: as in :func:`grad`.

    Returns:
        A callable with ``f``'s signature; what it gives has the structure of the argument twice, one within the other.

    Raises:
        DifferentiationError: for what cannot be differentiated.

    >>> hessian(lambda x, y: x * x * y, wrt=(0, 1))(2.0, 3.0)
    ((6.0, 4.0), (4.0, 0.0))
    """
    from adjoint_compiler.jacobians import Jacobian

    if f is None:
        return lambda g: hessian(g, wrt, of=of, has_aux=has_aux, backend=backend, optimize=optimize)
    gradient = Derivative(f, wrt=wrt, of=of, has_aux=has_aux, backend=backend, optimize=optimize)
    return Jacobian(gradient, wrt=wrt, mode="forward", has_aux=has_aux, backend=backend, optimize=optimize)


def hvp(f: Any = None, wrt: Any = 0, *, of: str | None = None, has_aux: bool = False, backend: str | None = None,
        optimize: Optimize = None) -> Any:  # fmt: skip
    """The product of the Hessian of a function with a vector, by forward mode over reverse mode.

    Args:
        f: a function with a real scalar result.
        wrt, of, has_aux, backend, optimize: as in :func:`grad`.

    Returns:
        ``g(x, v, *rest)``: ``f``'s own arguments with ``v`` inserted second, whatever ``wrt`` is; ``v`` has the structure of
        the argument that is differentiated by (SciPy's ``hessp``).

    Raises:
        DifferentiationError: for what cannot be differentiated.
        TypeError: for a ``v`` that does not match.

    >>> import numpy as np
    >>> hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 10.0]))
    array([  6., 120.])
    """
    from adjoint_compiler.jacobians import Hvp

    if f is None:
        return lambda g: hvp(g, wrt, of=of, has_aux=has_aux, backend=backend, optimize=optimize)
    return Hvp(f, wrt, backend, optimize, of, has_aux)


def sparse_jacobian(f: Any, *args: Any, wrt: Any = 0, mode: str = "auto", of: str | None = None, pattern: Any = None,
                    optimize: Optimize = None) -> Any:  # fmt: skip
    """The Jacobian of a function as a sparse matrix of SciPy, by as many sweeps as its pattern needs colours.

    The pattern is found by running the *dependency program* of ``f``: its code with sets of inputs beside each variable.
    Entries that may be other than zero are never left out. A pattern is found again where something that decides it has
    changed: a condition, an index or a mask that depends on the arguments, their shapes, values from outside of ``f``.

    Args:
        f: the function.
        args: its arguments; without them the function of them is returned, which keeps its patterns.
        wrt: what to differentiate by: a position, a name, or a tuple of them, whose columns follow one another.
        mode: ``"forward"`` colours columns, ``"reverse"`` rows, ``"auto"`` takes fewer sweeps.
        of: name of an argument that ``f`` stores into: its final state is the result.
        pattern: a pattern found before, from the ``pattern`` method of what is returned without ``args``.
        optimize: as in :func:`grad`.

    Returns:
        A ``scipy.sparse.csr_array`` with a row for each element of the result and a column for each of the arguments; or, without
        ``args``, a function of the arguments with methods ``pattern(*args)`` and ``jac_sparsity(*args)``, for SciPy's solvers.

    Raises:
        DifferentiationError: for what cannot be differentiated, or followed.
        ValueError: for a ``pattern`` that lacks entries.
        ImportError: without SciPy.

    >>> import numpy as np
    >>> def f(x):
    ...     return x[1:] * x[:-1]
    >>> print(sparse_jacobian(f, np.array([1.0, 2.0, 3.0])).toarray())
    [[2. 1. 0.]
     [0. 3. 2.]]
    >>> sparse_jacobian(f).pattern(np.ones(1000))
    <pattern of 999 x 1000 with 1998 entries, 2 colours of columns>
    """
    from adjoint_compiler.sparsity import SparseJacobian

    made = SparseJacobian(f, wrt=wrt, mode=mode, of=of, optimize=optimize)
    return made(*args, pattern=pattern) if args else made


def sparse_hessian(f: Any, *args: Any, wrt: Any = 0, of: str | None = None, pattern: Any = None,
                   optimize: Optimize = None) -> Any:  # fmt: skip
    """The Hessian of a function as a sparse matrix of SciPy: the sparse Jacobian of its gradient, by a star colouring.

    Args:
        f, args, wrt, of, pattern, optimize: as in :func:`sparse_jacobian`.

    Returns:
        A symmetric ``scipy.sparse.csr_array``, or, without ``args``, a function of the arguments.

    Raises:
        DifferentiationError, ValueError, ImportError: as :func:`sparse_jacobian`.

    >>> import numpy as np
    >>> def f(x):
    ...     return np.sum(x[1:] * x[:-1] ** 2)
    >>> print(sparse_hessian(f, np.array([1.0, 2.0, 3.0])).toarray())
    [[4. 2. 0.]
     [2. 6. 4.]
     [0. 4. 0.]]
    """
    from adjoint_compiler.sparsity import sparse_hessian_of

    made = sparse_hessian_of(f, wrt, of, optimize)
    return made(*args, pattern=pattern) if args else made


# What the frontend may find called in a program: sparse matrices cannot be made there yet.
_MADE: tuple[Any, ...] = (hvp, jacobian, jacfwd, jacrev, hessian)
for _function in (*_MADE, sparse_jacobian, sparse_hessian):
    setattr(_function, "__adjoint_transform__", _function in _MADE)  # noqa: B010
for _function in (sparse_jacobian, sparse_hessian):
    setattr(_function, "__adjoint_sparse__", True)  # noqa: B010

__all__ = ["hessian", "hvp", "jacfwd", "jacobian", "jacrev", "sparse_hessian", "sparse_jacobian"]
