"""Tests run with the verifier after every pass, and keep compiled derivatives to themselves."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("ADJOINT_COMPILER_VERIFY", "1")
if "ADJOINT_COMPILER_CACHE_DIR" not in os.environ:
    directory = os.environ["ADJOINT_COMPILER_CACHE_DIR"] = tempfile.mkdtemp(prefix="adjoint_compiler")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
