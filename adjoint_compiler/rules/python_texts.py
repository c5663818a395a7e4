"""Regular expressions: texts that are searched, without a derivative."""

import re

from adjoint_compiler.ir.nodes import Pack
from adjoint_compiler.ir.types import INT, STR, UNKNOWN, Type
from adjoint_compiler.rules.shapes import Operands, Types
from adjoint_compiler.rules.table import cite, inert

PATTERN, MATCH = Type("object", cls=re.Pattern), Type("object", cls=re.Match, maybe_none=True)
WORDS = Type("list", items=(STR,))


def _groups(types: Types, operands: Operands) -> Type:
    """One group is a text, several are a tuple."""
    given = operands.get("groups")
    several = isinstance(given, Pack) and len(given.items) > 1
    return Type("tuple", items=(STR,) * len(given.items)) if several else STR  # type: ignore[union-attr]


# fmt: off
inert("match(pattern, string, flags=0)", re.match, re.search, re.fullmatch, cheap=False,
      result=lambda types, operands: MATCH)
inert("findall(pattern, string, flags=0)", re.findall, cheap=False, result=lambda types, operands: UNKNOWN)
inert("split(pattern, string, maxsplit=0, flags=0)", re.split, cheap=False, result=lambda types, operands: WORDS)
inert("sub(pattern, repl, string, count=0, flags=0)", re.sub, cheap=False, result=lambda types, operands: STR)
inert("compile(pattern, flags=0)", re.compile, acts=True, result=lambda types, operands: PATTERN)
inert("match(self, string)", re.Pattern.match, re.Pattern.search, re.Pattern.fullmatch, cheap=False,
      result=lambda types, operands: MATCH)
inert("findall(self, string)", re.Pattern.findall, cheap=False, result=lambda types, operands: UNKNOWN)
inert("split(self, string, maxsplit=0)", re.Pattern.split, cheap=False, result=lambda types, operands: WORDS)
inert("sub(self, repl, string, count=0)", re.Pattern.sub, cheap=False, result=lambda types, operands: STR)
inert("group(self, *groups)", re.Match.group, cheap=False, result=_groups)
inert("start(self, *group)", re.Match.start, re.Match.end, cheap=False, result=lambda types, operands: INT)
# fmt: on
cite("Python's library reference, re")
