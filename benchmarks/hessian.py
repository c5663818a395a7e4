"""Dense Hessians of functions of 100 variables, against JAX: `python -m benchmarks.hessian`.

JAX is left out where it is not installed. Results are compared before anything is timed; all run on one thread. A Hessian has
100 directions, which `ac.hessian` takes in one sweep of forward mode over reverse mode; its cost over that of the function
is shown, too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

import adjoint_compiler as ac
from benchmarks.measure import interleaved_calls, print_table

VARIABLES = 100


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def log_sum_exp(x, A):
    z = A @ x
    most = np.max(z)
    return most + np.log(np.sum(np.exp(z - most))) + 0.5 * np.sum(x * x)


def network(x, A):
    """A hidden layer of 9 units on 10 features: 90 weights, 9 to the output, a bias."""
    hidden = np.tanh(A[:, :10] @ x[:90].reshape(10, 9))
    return np.mean((hidden @ x[90:99] + x[99] - A[:, 10]) ** 2)


def arguments() -> dict[str, tuple[Any, ...]]:
    rng = np.random.default_rng(0)
    x = 0.1 * rng.standard_normal(VARIABLES)
    return {
        "rosenbrock": (x,), "log_sum_exp": (x, rng.standard_normal((200, VARIABLES))), "network": (x, rng.standard_normal((200, 11))),
    }  # fmt: skip


FUNCTIONS: dict[str, Callable[..., Any]] = {"rosenbrock": rosenbrock, "log_sum_exp": log_sum_exp, "network": network}


def in_jax(name: str, args: tuple[Any, ...]) -> Callable[[], Any] | None:
    """The Hessian by ``jax.jit(jax.hessian(f))``: the same text, with ``jax.numpy`` for NumPy."""
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
    try:
        import jax
        import jax.numpy as jnp
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    f = FUNCTIONS[name]
    translated = type(f)(f.__code__, {**f.__globals__, "np": jnp}, name)
    compiled, given = jax.jit(jax.hessian(translated)), tuple(map(jnp.asarray, args))
    return lambda: np.asarray(compiled(*given))


def main() -> None:
    rows = []
    for name, args in arguments().items():
        f, hessian = FUNCTIONS[name], ac.hessian(FUNCTIONS[name])
        runs: dict[str, Callable[[], Any]] = {"f": lambda f=f, a=args: f(*a), "ours": lambda h=hessian, a=args: h(*a)}  # type: ignore[misc]
        peer = in_jax(name, args)
        if peer is not None:
            np.testing.assert_allclose(peer(), runs["ours"](), rtol=1e-8, atol=1e-10)
            runs["jax"] = peer
        found = {k: 1e3 * s for k, s in interleaved_calls(runs).items()}
        rows.append((
            name, f"{found['f']:.3f}", f"{found['ours']:.3f}", f"{found['ours'] / found['f']:.0f}",
            f"{found['jax']:.3f}" if peer else "", f"{found['jax'] / found['ours']:.2f}" if peer else "",
        ))  # fmt: skip
    print_table(
        f"Dense Hessians of {VARIABLES} variables",
        ("function", "f ms", "hessian ms", "hessian / f", "jax ms", "jax / ours"), rows,
    )  # fmt: skip


if __name__ == "__main__":
    main()
