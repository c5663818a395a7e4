"""Every structural rule against central differences, and every helper that its pullbacks call, as they call it.

A case is a call. From it: the pullbacks, general and chosen, pair with differences; parameters without a pullback have
derivative zero; what a rule says that it does not read may be anything; linear means linear; shapes and float32 are
kept; adjoints may have a leading axis of directions. Each function that a pullback calls is then a case itself, with
the arguments it was called with, until nothing new turns up: so derivatives of every order are right.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from adjoint_compiler.ir.nodes import Const, Name, Operand, Pack
from adjoint_compiler.ir.types import Type, type_of
from adjoint_compiler.rules import TABLE, lookup, runtime_names
from adjoint_compiler.rules.table import Rule, RuleError, contents_read, evaluate, resolve_function

EPS = 1e-6
rng = np.random.default_rng(7)


def R(*shape: int) -> np.ndarray:
    """A real array without ties."""
    return np.asarray(rng.uniform(0.5, 1.5, shape) * rng.choice([-1, 1], shape))


def P(*shape: int) -> np.ndarray:
    """A positive array."""
    return np.abs(R(*shape))


def C(*shape: int) -> np.ndarray:
    """A complex array."""
    return R(*shape) + 1j * R(*shape)
