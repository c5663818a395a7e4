"""Tests run with the verifier after every pass, and keep compiled derivatives to themselves."""

import os
import tempfile

os.environ.setdefault("ADJOINT_COMPILER_VERIFY", "1")
os.environ.setdefault("ADJOINT_COMPILER_CACHE_DIR", tempfile.mkdtemp(prefix="adjoint_compiler"))
