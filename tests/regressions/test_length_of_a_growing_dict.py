"""How many entries a dict had is not what it has when the reverse sweep asks: its keys are not taken out again."""

import pytest

from . import check, vector


def in_a_loop(x):
    d = {}
    s = 0.0
    for k in range(4):
        d[k] = x[k]
        s = s + x[k] * x[k] * len(d)
    return s


def of_set_defaults(x):
    d = {}
    s = 0.0
    for k in range(4):
        s = s * 0.5 + x[k] ** len(d)
        d.setdefault(k // 2, x[k])
    return s * d[0]


@pytest.mark.parametrize("f", [in_a_loop, of_set_defaults])
def test_length(f):
    check(f, vector(4))
