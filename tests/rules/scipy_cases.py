"""Cases of SciPy's structural rules: checked like NumPy's, by the pullbacks that are chosen for the arguments."""

from unittest import mock

import numpy as np

from adjoint_compiler import rules
from tests.rules.forward import check_forward
from tests.rules.structural import checks as structural


def check_case(function, args, kwargs, deep=True):
    """Check a call, and the calls that its pullbacks make, and so on."""
    rule = rules.lookup(function)
    assert rule is not None, function
    with np.errstate(all="ignore"), mock.patch.object(structural, "texts", lambda *a: [structural.chosen(*a)]):
        if deep:
            structural.explore(rule, args, kwargs, set())
        else:
            structural.check(rule, args, kwargs)
        check_forward(rule, args, kwargs, exact=False)
