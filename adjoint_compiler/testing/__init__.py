"""Tools for testing derivatives: random programs (``programs``), and checks of functions and of rules."""

from adjoint_compiler.testing.gradcheck import check_grads

__all__ = ["check_grads"]
