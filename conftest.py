"""Tests run with the verifier after every pass, and keep compiled derivatives to themselves."""

import atexit
import gc
import itertools
import os
import shutil
import tempfile

os.environ.setdefault("ADJOINT_COMPILER_VERIFY", "1")
if "ADJOINT_COMPILER_CACHE_DIR" not in os.environ:
    directory = os.environ["ADJOINT_COMPILER_CACHE_DIR"] = tempfile.mkdtemp(prefix="adjoint_compiler")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)

_tests = itertools.count(1)


def pytest_runtest_logfinish() -> None:
    """What was compiled stays: it need not be looked through again and again for what is not used any more."""
    if next(_tests) % 400 == 0:
        gc.collect()
        gc.freeze()
