"""The derivative of every elementwise rule at edges, as ``check_rule`` looks at them: one by one, without differences."""

import pytest

from adjoint_compiler.rules import TABLE, optional
from adjoint_compiler.testing import rulecheck

optional.load_all()
# Where an edge is far outside of what is differentiated: the partial is not finite there, and its limit is not known.
BEYOND = {
    "numpy.lib.scimath.power": "an infinite exponent of a number below one",
    "scipy.special.poch": "gamma functions that overflow at -700", "scipy.special.binom": "gamma functions that overflow at -700",
    "scipy.special.erfcx": "infinity", "scipy.special.dawsn": "infinity", "scipy.special.i1e": "infinity", "scipy.special.k1e": "infinity",
    "scipy.special.voigt_profile": "a width of 0", "scipy.special.berp": "0: derivatives of ber and bei are not known there",
    "scipy.special.beip": "0", "scipy.special.keip": "0", "scipy.special.ellipkinc": "a parameter of 1",
    "scipy.special.ellipeinc": "a parameter of 1", "scipy.special.agm": "a mean with 0", "scipy.special.bdtr": "a probability of 1",
    "scipy.special.bdtrc": "a probability of 1",
    "scipy.special.chdtrc": "negative numbers, in SciPy 1.15", "scipy.stats.binom.logcdf": "a probability of -1",
}  # fmt: skip
RULES = [
    r
    for r in TABLE.by_key.values()
    if r.kind == "elementwise" and r.function and not r.name.startswith(("adjoint_compiler.", "builtins.", "user."))
]


def test_there_are_rules():
    assert len(RULES) > 400


@pytest.mark.parametrize("rule", [r for r in RULES if r.name not in BEYOND], ids=lambda r: r.name)
def test_edges(rule, monkeypatch):
    if rule.name.startswith("scipy."):  # what is larger or smaller overflows in SciPy itself
        monkeypatch.setattr(rulecheck, "EDGES", tuple(e for e in rulecheck.EDGES if not e or 1e-200 < abs(e) < 1e200))
    rulecheck._check_edges(rule.function, rule, 0)
