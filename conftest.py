"""Tests run with the verifier after every pass."""

import os

os.environ.setdefault("ADJOINT_COMPILER_VERIFY", "1")
