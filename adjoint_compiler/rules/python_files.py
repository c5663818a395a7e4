"""Files, streams, locks and tables of text: objects without a derivative, which are asked for texts and hold no active values.

What they do happens once, in the forward sweep.
"""

import contextlib
import csv
import io
import json
import os
import tempfile
import threading

from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.ir.types import BOOL, FLOAT, INT, NONE, STR, UNKNOWN, Type
from adjoint_compiler.rules.contexts import CONTEXTS, GIVEN, ITSELF
from adjoint_compiler.rules.shapes import Operands, Types
from adjoint_compiler.rules.table import cite, inert

LINES, BYTES = Type("list", items=(STR,)), Type("object", cls=bytes)


def made(cls: type) -> Type:
    """The type of the objects of a class.

    >>> made(io.StringIO).kind
    'object'
    """
    return Type("object", cls=cls)


def _opened(types: Types, operands: Operands) -> Type:
    """What ``open`` returns: a file of text, or of bytes, which have no rules."""
    mode = operands.get("mode", Const("r"))
    text = isinstance(mode, Const) and isinstance(mode.value, str) and "b" not in mode.value
    return made(io.TextIOWrapper if text else io.BufferedIOBase)


# fmt: off
inert("open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None)", open, acts=True, result=_opened)
inert("StringIO(initial_value='', newline='\\n')", io.StringIO, acts=True, result=lambda types, operands: made(io.StringIO))
for _file in (io.TextIOWrapper, io.StringIO):
    inert("read(self, size=-1)", _file.read, _file.readline, acts=True, result=lambda types, operands: STR)
    inert("__next__(self)", _file.__next__, acts=True, result=lambda types, operands: STR)
    inert("write(self, text)", _file.write, acts=True, result=lambda types, operands: INT)
    inert("seek(self, cookie, whence=0)", _file.seek, acts=True, result=lambda types, operands: INT)
    inert("tell(self)", _file.tell, acts=True, result=lambda types, operands: INT)
    inert("truncate(self, *pos)", _file.truncate, acts=True, result=lambda types, operands: INT)
    inert("close(self)", _file.close, acts=True, result=lambda types, operands: NONE)
    CONTEXTS[_file] = ITSELF
inert("flush(self)", io.TextIOWrapper.flush, acts=True, result=lambda types, operands: NONE)
inert("getvalue(self)", io.StringIO.getvalue, acts=True, result=lambda types, operands: STR)
inert("readlines(self, hint=-1)", io.IOBase.readlines, acts=True, result=lambda types, operands: LINES)
inert("writelines(self, lines)", io.IOBase.writelines, acts=True, result=lambda types, operands: NONE)

inert("redirect(new_target)", contextlib.redirect_stdout, acts=True,
      result=lambda types, operands: made(contextlib.redirect_stdout))
inert("redirect(new_target)", contextlib.redirect_stderr, acts=True,
      result=lambda types, operands: made(contextlib.redirect_stderr))
CONTEXTS |= {contextlib.redirect_stdout: GIVEN, contextlib.redirect_stderr: GIVEN}

LOCK, RLOCK = type(threading.Lock()), type(threading.RLock())
inert("Lock()", threading.Lock, acts=True, result=lambda types, operands: made(LOCK))
inert("RLock()", threading.RLock, acts=True, result=lambda types, operands: made(RLOCK))
for _lock in (LOCK, RLOCK):
    inert("acquire(self, blocking=True, timeout=-1)", _lock.acquire, acts=True, result=lambda types, operands: BOOL)
    inert("release(self)", _lock.release, acts=True, result=lambda types, operands: NONE)
    CONTEXTS[_lock] = ITSELF
inert("locked(self)", LOCK.locked, acts=True, result=lambda types, operands: BOOL)

inert("TemporaryDirectory(suffix=None, prefix=None, dir=None)", tempfile.TemporaryDirectory, acts=True,
      result=lambda types, operands: made(tempfile.TemporaryDirectory))
inert("name(self)", "attribute.name", result=lambda types, operands: STR)
CONTEXTS[tempfile.TemporaryDirectory] = "attribute.name"

READER = type(csv.reader(()))
inert("reader(csvfile, dialect='excel', *, delimiter=',', quotechar='\"', skipinitialspace=False)", csv.reader, acts=True,
      result=lambda types, operands: made(READER))
inert("__next__(self)", READER.__next__, acts=True, result=lambda types, operands: LINES)
inert("DictReader(f, fieldnames=None, *, delimiter=',')", csv.DictReader, acts=True,
      result=lambda types, operands: made(csv.DictReader))
inert("__next__(self)", csv.DictReader.__next__, acts=True,
      result=lambda types, operands: Type("dict", cls=STR, dtype="str"))

inert("loads(s)", json.loads, result=lambda types, operands: UNKNOWN, cheap=False)
inert("load(fp)", json.load, acts=True, result=lambda types, operands: UNKNOWN)
inert("dumps(obj, *, indent=None, sort_keys=False)", json.dumps, result=lambda types, operands: STR)

inert("join(a, *p)", os.path.join, os.path.basename, os.path.dirname, os.path.expanduser, os.path.normpath,
      result=lambda types, operands: STR)
inert("abspath(path)", os.path.abspath, cheap=False, result=lambda types, operands: STR)
inert("exists(path)", os.path.exists, os.path.isfile, os.path.isdir, cheap=False, result=lambda types, operands: BOOL)
inert("getsize(filename)", os.path.getsize, cheap=False, result=lambda types, operands: INT)
inert("getmtime(filename)", os.path.getmtime, cheap=False, result=lambda types, operands: FLOAT)
inert("remove(path)", os.remove, acts=True, result=lambda types, operands: NONE)
cite("Python's library reference: io, contextlib, threading, tempfile, csv, json, os")
# fmt: on
