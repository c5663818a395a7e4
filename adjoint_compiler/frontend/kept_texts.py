"""Texts that Python does not keep with a function: of `python -c`, of standard input, of a session, of timed cells, given to `exec`.

They may still be found: among the arguments of the process, in the file that is read as standard input, in the history of the
session, in variables and constants of the functions that are running. What is found is only a candidate: it is taken if it
compiles to the very instructions of the function.
"""

from __future__ import annotations

import os
import stat
import sys
import types
from collections.abc import Iterator

MAX_LENGTH = 1_000_000
MAX_LINES = 400  # of a definition that was typed in


def kept_texts(function: types.FunctionType) -> Iterator[str]:
    """Texts that the function may have been compiled from, likely ones first."""
    name = function.__code__.co_name
    word = "lambda" if name == "<lambda>" else name
    file = function.__code__.co_filename
    seen: set[str] = set()
    for text in (
        *_of_command(file),
        *_of_input(file),
        *_of_session(file, word),
        *_of_cells(file),
        *_of_frames(function),
    ):
        if word in text and text not in seen and len(text) <= MAX_LENGTH:
            seen.add(text)
            yield text


def _of_command(file: str) -> Iterator[str]:
    """The text after `-c`."""
    words = sys.orig_argv
    if file == "<string>" and "-c" in words[:-1]:
        yield words[words.index("-c") + 1]


def _of_input(file: str) -> Iterator[str]:
    """Standard input, if it is a file: it is read again, from its beginning."""
    if file != "<stdin>":
        return
    try:
        known = os.fstat(0)
        if stat.S_ISREG(known.st_mode) and known.st_size <= MAX_LENGTH:
            yield os.pread(0, known.st_size, 0).decode()
    except (OSError, ValueError, AttributeError):  # closed, not text, or no such function on this system
        return


def _of_session(file: str, word: str) -> Iterator[str]:
    """Lines that were typed in, from each that names the function on: with as many that follow as may belong to it."""
    readline = sys.modules.get("readline")
    if file != "<stdin>" or readline is None:
        return
    count = readline.get_current_history_length()
    lines = [readline.get_history_item(k) or "" for k in range(1, count + 1)]
    for first in reversed(range(len(lines))):
        if word in lines[first]:
            last = first + 1
            while first and lines[first][:1] in (" ", "\t"):  # a method: the class, or the function, around it
                first -= 1
            while last < min(len(lines), first + MAX_LINES) and (not lines[last].strip() or lines[last][0] in " \t)@"):
                last += 1
            while first and lines[first - 1].startswith("@"):
                first -= 1
            yield "\n".join(lines[first:last]) + "\n"


def _of_cells(file: str) -> Iterator[str]:
    """Cells of IPython that a magic command ran, without its line; the last ones first."""
    if file not in ("<timed exec>", "<magic-timeit>") or "IPython" not in sys.modules:
        return
    shell = sys.modules["IPython"].get_ipython()
    cells = shell.history_manager.input_hist_raw if shell is not None else ()
    for cell in reversed(cells):
        if cell.lstrip().startswith("%%"):
            yield cell.lstrip().partition("\n")[2] + "\n"


def _of_frames(function: types.FunctionType) -> Iterator[str]:
    """Texts in the variables and constants of what is running, and in those around the function."""
    frame = sys._getframe(1)
    spaces = [function.__globals__]
    while frame is not None:
        spaces += [frame.f_locals, frame.f_globals]
        for constant in frame.f_code.co_consts:
            if isinstance(constant, str):
                yield constant
        frame = frame.f_back  # type: ignore[assignment]
    for space in spaces:
        yield from [v for v in list(space.values()) if type(v) is str]


__all__ = ["kept_texts"]
