"""Modules of compiled derivatives as files, so that Numba finds what it compiled before.

They lie in the user's cache directory, which nobody else may enter, one per text, and are written as a whole or not
at all. Beside each stands what Numba compiled of it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

VARIABLE = "ADJOINT_COMPILER_CACHE_DIR"


def cache_directory() -> Path:
    """Where files are kept: where ``ADJOINT_COMPILER_CACHE_DIR`` says, else the platform's directory for caches.

    >>> import os
    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, {VARIABLE: "somewhere"}):
    ...     str(cache_directory())
    'somewhere'
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "adjoint_compiler"


def module_path(name: str, text: str, version: str) -> Path:
    """The file for a module: its name tells its text and what it was made by apart.

    Args:
        name: the name of the function in it.
        text: the module's text.
        version: of everything else that what is compiled hangs on.
    """
    digest = hashlib.sha256("\0".join((version, text)).encode()).hexdigest()[:20]
    return cache_directory() / f"{name}_{digest}.py"


def written(path: Path, text: str) -> bool:
    """Write a file unless it is there with this text, by renaming: others see all of it or nothing.

    Returns:
        Whether the file has this text and nobody but the user could have written it.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _private(path.parent):
            return False
        if path.exists():
            return path.read_text(encoding="utf-8") == text
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError:
        return False
    return True


def forget(path: Path) -> None:
    """Remove a module and what Numba compiled of it."""
    for file in (path, *(path.parent / "__pycache__").glob(f"{path.stem}.*")):
        file.unlink(missing_ok=True)


def _private(directory: Path) -> bool:
    """Whether only the user may write to a directory; what is in it is run."""
    if not hasattr(os, "getuid"):
        return True
    status = directory.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def imported(path: Path) -> Any:
    """The module in a file, imported once under a name of its own."""
    name = f"adjoint_compiler_{path.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot import {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
