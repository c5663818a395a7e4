"""The programs under autograd, PyTorch and JAX; each function makes what computes a gradient, or None."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from benchmarks.arrays import programs

Run = Callable[[], Any]


def with_module(function: Any, module: Any) -> Any:
    """The function with another module for ``np``."""
    return FunctionType(function.__code__, {**function.__globals__, "np": module}, function.__name__)


def in_autograd(name: str, arguments: tuple[Any, ...]) -> Run:
    import autograd
    import autograd.numpy as anp

    gradient = autograd.grad(with_module(getattr(programs, name), anp), tuple(range(programs.COUNTS[name])))
    return lambda: gradient(*arguments)


def in_jax(name: str, arguments: tuple[Any, ...]) -> Run:
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    function = with_module(getattr(programs, name), jnp)
    gradient = jax.jit(jax.grad(function, tuple(range(programs.COUNTS[name]))))
    held = [jnp.asarray(a) for a in arguments]
    return lambda: jax.block_until_ready(gradient(*held))


def in_torch(name: str, arguments: tuple[Any, ...]) -> Run:
    import torch

    torch.set_num_threads(1)
    count = programs.COUNTS[name]
    held = [torch.from_numpy(np.asarray(a)).clone().requires_grad_(k < count) for k, a in enumerate(arguments)]
    function = TORCH[name](torch)
    return lambda: torch.autograd.grad(function(*held), held[:count])


def _logistic(torch: Any) -> Callable[..., Any]:
    def loss(w, b, x, y):
        return torch.nn.functional.binary_cross_entropy_with_logits(x @ w + b, y)

    return loss


def _perceptron(torch: Any) -> Callable[..., Any]:
    def loss(w1, b1, w2, b2, x, labels):
        return torch.nn.functional.cross_entropy(torch.relu(x @ w1 + b1) @ w2 + b2, labels)

    return loss


def _recurrent(torch: Any) -> Callable[..., Any]:
    def loss(w, u, b, xs):
        h = torch.zeros((xs.shape[1], w.shape[0]), dtype=xs.dtype)
        for t in range(xs.shape[0]):
            h = torch.tanh(h @ w + xs[t] @ u + b)
        return (h * h).sum()

    return loss


def _attention(torch: Any) -> Callable[..., Any]:
    def loss(wq, wk, wv, x):
        q, k, v = x @ wq, x @ wk, x @ wv
        return ((torch.softmax(q @ k.T / q.shape[1] ** 0.5, 1) @ v) ** 2).sum()

    return loss


def _convolution(torch: Any) -> Callable[..., Any]:
    def loss(kernel, images):
        return (torch.relu(torch.nn.functional.conv2d(images[:, None], kernel[None, None])) ** 2).sum()

    return loss


TORCH = {"logistic": _logistic, "perceptron": _perceptron, "recurrent": _recurrent, "attention": _attention,
         "convolution": _convolution}  # fmt: skip
PEERS: dict[str, Callable[[str, tuple[Any, ...]], Run]] = {"autograd": in_autograd, "torch": in_torch, "jax": in_jax}
