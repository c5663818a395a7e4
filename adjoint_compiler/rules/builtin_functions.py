"""Python's builtin functions, and NumPy's dtypes called as functions."""

import bisect
import builtins
import time
import warnings

import numpy as np

from adjoint_compiler.ir.types import BOOL, FLOAT, INT, STR, Type
from adjoint_compiler.rules import literals, results
from adjoint_compiler.rules.table import cite, elementwise, inert, structural, zero
from adjoint_compiler.runtime.ordering import order_of

# fmt: off
elementwise("float(x)", builtins.float, x="1", linear="x", result=lambda types, operands: FLOAT)
structural("complex(real, imag=0)", builtins.complex, real="g", imag="-1j * g", linear="real imag",
           cheap=True)
elementwise("pow(base, exp, mod=None)", builtins.pow, base="power_partial_base(base, exp)",
            exp="power_partial_exponent(base, exp, y)", singular="base exp", domain={"base": (0.5, 2)},
            note="0 where the exponent is 0; the exponent's partial is 0 at base 0")
structural("divmod(x, z)", builtins.divmod, x="unbroadcast(g[1], x)", z="unbroadcast(-y[0] * g[1], z)",
           cheap=True, result=results.pair, domain={"z": (0.5, 2)}, several=True)
structural("max(*args)", builtins.max, args="share_at(g, args, k, index_of_largest(args))", cheap=True,
           note="the operand that Python returns, the first of equals, gets all")
structural("min(*args)", builtins.min, args="share_at(g, args, k, index_of_smallest(args))", cheap=True,
           note="the operand that Python returns, the first of equals, gets all")
structural("sum(iterable, start=0)", builtins.sum, iterable="each_gets(g, iterable)",
           start="unbroadcast(g, start)", linear="iterable start", cheap=True,
           specialise=literals.summed)
zero("int(x, base=10)", builtins.int, result=lambda types, operands: INT)
zero("round(number, ndigits=None)", builtins.round)

inert("len(obj)", builtins.len, builtins.hash, builtins.id, builtins.ord, result=lambda types, operands: INT)
inert("bool(obj)", builtins.bool, builtins.callable, result=lambda types, operands: BOOL)
inert("type(obj)", builtins.type)
inert("text_of(obj)", builtins.repr, builtins.str, builtins.ascii, builtins.bin, builtins.hex, builtins.oct, builtins.chr,
      result=lambda types, operands: STR)
inert("isinstance(obj, classes)", builtins.isinstance, builtins.issubclass, builtins.hasattr)
inert("set(iterable=())", builtins.set, builtins.frozenset, result=results.of_inert_items, cheap=False)
inert("range(*args)", builtins.range, result=lambda types, operands: Type("list", items=(INT,)))
inert("order_of(keys, reverse=False)", order_of, cheap=False,
      result=lambda types, operands: Type("list", items=(INT,)))
inert("bisect(a, x, lo=0, hi=None)", bisect.bisect_left, bisect.bisect_right, result=lambda types, operands: INT)
inert("clock()", time.time, time.perf_counter, time.monotonic, time.process_time, cheap=False,
      result=lambda types, operands: FLOAT)
inert("warn(message, category=None, stacklevel=1)", warnings.warn, acts=True)
inert("filter(action, category=Warning, lineno=0, append=False)", warnings.simplefilter, acts=True)
inert("filterwarnings(action, message='', category=Warning, module='', lineno=0, append=False)", warnings.filterwarnings,
      acts=True)
inert("any(iterable)", builtins.any, builtins.all)
inert("text(self, *args)", str.format, str.upper, str.lower, str.strip, str.lstrip, str.rstrip, str.title,
      str.capitalize, str.replace, str.join, str.zfill, str.ljust, str.rjust, str.center, str.removeprefix,
      str.removesuffix, result=lambda types, operands: STR)
inert("words(self, *args)", str.split, str.rsplit, str.splitlines,
      result=lambda types, operands: Type("list", items=(STR,)))
inert("asked(self, *args)", str.startswith, str.endswith, str.isdigit, str.isalpha, str.isalnum, str.isupper,
      str.islower, str.isspace, str.isidentifier, result=lambda types, operands: BOOL)
inert("place(self, *args)", str.find, str.rfind, str.index, str.count, list.index, list.count, tuple.index,
      tuple.count, result=lambda types, operands: INT)
inert("format(value, *format_spec)", builtins.format, result=lambda types, operands: STR)
inert("print(*values, sep=' ', end='\\n', file=None, flush=False)", builtins.print, acts=True)
inert("input(*prompt)", builtins.input, acts=True, result=lambda types, operands: STR)

for cast in (np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128, np.clongdouble):
    elementwise("cast(x)", cast, x="1", linear="x", view="x", result=results.cast_by(cast))
zero("cast(x)", np.bool_, np.int8, np.int16, np.int32, np.int64, np.longlong, np.uint8, np.uint16, np.uint32,
     np.uint64, np.ulonglong, view="x")
cite("Griewank and Walther, Evaluating Derivatives (2008), section 3.2; what a choice chose receives its adjoint")
# fmt: on
