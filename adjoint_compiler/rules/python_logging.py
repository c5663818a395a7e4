"""What programs report by ``logging``: effects without a derivative, like ``print``."""

import logging

from adjoint_compiler.ir.types import BOOL, INT, Type
from adjoint_compiler.rules.table import cite, inert

LOGGER = Type("object", cls=logging.Logger)
LEVELS = "debug info warning error exception critical".split()

inert("message(msg, *args, exc_info=None, stack_info=False, extra=None)",
      *(getattr(logging, level) for level in LEVELS), acts=True)  # fmt: skip
inert("log(level, msg, *args)", logging.log, acts=True)
inert("message(self, msg, *args, exc_info=None, stack_info=False, extra=None)",
      *(getattr(logging.Logger, level) for level in LEVELS), acts=True)  # fmt: skip
inert("log(self, level, msg, *args)", logging.Logger.log, acts=True)
inert("isEnabledFor(self, level)", logging.Logger.isEnabledFor, cheap=False, result=lambda types, operands: BOOL)
inert("getEffectiveLevel(self)", logging.Logger.getEffectiveLevel, cheap=False, result=lambda types, operands: INT)
inert("setLevel(self, level)", logging.Logger.setLevel, acts=True)
inert("getLogger(name=None)", logging.getLogger, cheap=False, result=lambda types, operands: LOGGER)
inert("basicConfig(*, filename=None, format=None, level=None)", logging.basicConfig, acts=True)
cite("Python's library reference, logging")
