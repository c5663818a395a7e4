"""Tools for testing derivatives: random programs (``programs``), and checks of functions and of rules."""

from adjoint_compiler.testing.gradcheck import check_grads
from adjoint_compiler.testing.rulecheck import check_rule

__all__ = ["check_grads", "check_rule"]
