"""Draws of Python's own random numbers: like those of NumPy, they happen once, and are held fixed."""

import random

from adjoint_compiler.ir.types import FLOAT, INT
from adjoint_compiler.rules.registry import TABLE
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.signatures import parse_signature
from adjoint_compiler.rules.table import cite

LOCATION = {"mu": "g", "sigma": "g * divide_or_zero(y - mu, sigma)"}

# What each draw's parameters receive; of integers nothing.
FLOATS: dict[str, dict[str, str]] = {
    "random()": {},
    "uniform(a, b)": {"a": "g * divide_or_zero(b - y, b - a)", "b": "g * divide_or_zero(y - a, b - a)"},
    "gauss(mu=0.0, sigma=1.0)": LOCATION,
    "normalvariate(mu=0.0, sigma=1.0)": LOCATION,
    "expovariate(lambd)": {"lambd": "-g * divide_or_zero(y, lambd)"},
}
INTS = ("randint(a, b)", "randrange(start, stop=None, step=1)", "getrandbits(k)")

for _signature in (*FLOATS, *INTS, "seed(a=None, version=2)"):
    _name, _params, _defaults = parse_signature(_signature)
    _pullbacks = FLOATS.get(_signature, {})
    _type = FLOAT if _signature in FLOATS else INT if _signature in INTS else None
    TABLE.add(
        Rule(
            f"random.{_name}", getattr(random, _name), _params, "structural" if _pullbacks else "inert", _defaults, _pullbacks,
            cheap=False, acts=True, result=None if _type is None else lambda types, operands, _type=_type: _type,
            note="the derivative for a fixed stream of random numbers",
        )
    )  # fmt: skip
cite("Devroye, Non-uniform random variate generation (1986); Python's library reference, random")
