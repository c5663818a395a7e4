"""Classes of `collections` that are made and used inside of a program."""

import collections
from collections import Counter, defaultdict, deque

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


@program(vector, tags=("container", "alias"))
def moving_average(x):
    q = deque(maxlen=2)
    s = 0.0
    for a in x:
        q.append(a)
        s += sum(q) / len(q) * a
    return s


@program(vector, tags=("container", "alias"), complex_step=False)
def waiting_line(x):
    q = deque(x)
    s = 0.0
    while q:
        a = q.popleft()
        s = s * 0.5 + a * a
        if a > 1.2:
            q.append(a * 0.5)
    return s


@program(vector, tags=("container", "alias"))
def lists_by_key(x):
    groups = defaultdict(list)
    for k, a in enumerate(x):
        groups[k % 2].append(a * a)
    return sum((sum(g) ** 2 for g in groups.values()))


@program(vector, tags=("container", "alias"))
def sums_by_key(x):
    d = defaultdict(float)
    for k, a in enumerate(x):
        d["even" if k % 2 == 0 else "odd"] += a * a
    return d["even"] * d["odd"] + d["none"] * len(d)


@program(vector, tags=("container", "alias"))
def counted_letters(x):
    c = Counter("abracadabra")
    return sum((c[ch] * a for ch, a in zip("abcz", x)))


@program(vector, tags=("container", "alias"))
def counted_in_order(x):
    c = Counter([1, 2, 2, 3])
    s = 0.0
    for k, n in sorted(c.items()):
        s += x[k] * n
    return s * c[7] + s * len(c)


@program(vector, tags=("container", "alias"))
def made_by_a_lambda(x):
    d = collections.defaultdict(lambda: 1.0)
    for k, a in enumerate(x):
        d[k // 2] *= a
    for k in d:
        d[k] = d[k] ** 2
    return sum(d.values()) * d[9]


@program(vector, tags=("container", "alias"), complex_step=False)
def shortest_way(x):
    adj = defaultdict(list)
    for i, j in [(0, 1), (0, 2), (1, 3), (2, 3)]:
        adj[i].append((j, x[i] * x[j]))
    dist = {0: 0.0}
    q = deque([0])
    while q:
        u = q.popleft()
        for w, c in adj[u]:
            n = dist[u] + c
            if w not in dist or n < dist[w]:
                dist[w] = n
                q.append(w)
    return dist[3]


@program(vector, tags=("container", "alias"))
def dicts_made_in_a_dict(x):
    d = defaultdict(lambda: defaultdict(float))
    for i in range(4):
        d[i % 2]["s"] += x[i] * x[i]
    d[0]["t"] = d[1]["s"] * 2
    return sum((y for r in d.values() for y in r.values()))


@program(vector, tags=("container", "alias"))
def both_ends_and_rotation(x):
    q = deque([x[0], x[1]], maxlen=3)
    q.appendleft(x[2])
    q.rotate(1)
    q.append(x[3])
    q.extend([x[0] * x[1]])
    return sum(((i + 1) * a for i, a in enumerate(q))) + q[0] * q[-1]


@program(vector, tags=("container", "alias"), complex_step=False)
def key_by_get(x):
    d = {"a": x[0], "b": x[1], "c": x[2]}
    k = max(d, key=d.get)
    return d[k] * x[3]


class Hist:
    def __init__(self):
        self.h = defaultdict(list)
        self.q = deque(maxlen=3)

    def add(self, k, x):
        self.h[k].append(x)
        self.q.append(x)

    def mean(self, k):
        return sum(self.h[k]) / len(self.h[k])


@program(vector, tags=("container", "alias"))
def held_by_an_object(x):
    h = Hist()
    for k, a in enumerate(x):
        h.add(k % 2, a * a)
    return h.mean(0) * h.mean(1) + sum(h.q)
