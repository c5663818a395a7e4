"""``d.keys()``, ``d.values()`` and ``d.items()`` that are kept: they show the dict as it is when they are asked."""

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


@program(vector)
def views_of_a_dict_that_changes(x):
    d = {"a": x[0], "b": x[1] * x[0]}
    keys, values, items = d.keys(), d.values(), d.items()
    before = sum(values)
    d["b"] = x[2]
    if "c" not in keys:
        d["c"] = x[3] * d["b"]
    del d["a"]
    s = 0.0
    for k, (name, value) in enumerate(items, start=1):
        s = s * x[1] + k * value * len(name)
    return s * before * sum(values) * len(keys) * max(values)


@program(vector)
def views_of_a_dict_whose_name_is_rebound(x):
    d = {k: a * a for k, a in enumerate(x)}
    values = d.values()
    first, *rest = values
    d = {0: x[0]}
    items = d.items()
    for k in range(3):
        d[k + 1] = d[k] * x[k] + sum(values)
    return first * rest[-1] * sum(k * v for k, v in items)


def total(view, factor):
    s = 0.0
    for v in view:
        s = s * factor + v
    return s


class Account:
    def __init__(self, entries):
        self.entries = entries
        self.amounts = entries.values()

    def pay(self, name, amount):
        self.entries[name] = self.entries.get(name, 0.0) + amount

    def values(self):
        return total(self.amounts, 0.5)


@program(vector)
def views_in_objects_and_calls(x):
    entries = {"rent": x[0]}
    account = Account(entries)
    before = account.values()
    for k, name in enumerate(("food", "rent", "fuel")):
        account.pay(name, x[k] * x[k + 1])
        before = before * x[3] + total(entries.values(), x[1])
    return before * account.values() * total(account.amounts, 2.0)


@program(vector)
def iterators_of_views(x):
    d = {"a": x[0], "b": x[1], "c": x[2]}
    it = iter(d.values())
    d["b"] = x[3] * x[0]
    s = next(it)
    d["c"] = s * x[1]
    for v in it:
        s = s * v
    pairs = iter(d.items())
    name, value = next(pairs)
    for name, other in pairs:
        value = value * other
        if name == "b":
            break
    return s * value * next(pairs)[1] * next(pairs, ("", 2.0))[1] * next(iter(d.values())) * d[next(iter(d))]


@program(vector)
def arrays_behind_a_view(x):
    d = {"u": x * 1.0, "v": x * x}
    arrays = d.values()
    for a in arrays:
        a[1:] *= a[:-1]
    d["w"] = d["u"]
    for k, a in enumerate(arrays):
        a[0] += x[k]
    first, second = sorted(d.keys() & {"u", "w", "z"})
    return sum(np.sum(a * x) for a in arrays) * d[first].sum() * d[second][0]
