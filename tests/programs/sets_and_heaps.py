"""Sets that change, heaps, and places found by bisection: searches in graphs, merges, tables."""

import bisect
import heapq

import numpy as np

from . import program


def vector(rng):
    return (np.array([0.7, 1.2, 0.9, 1.5, 0.4]),)


@program(vector)
def set_that_changes(v):
    seen = set()
    s = 0.0
    for k in [0, 1, 0, 2, 1]:
        if k in seen:
            continue
        seen.add(k)
        s += v[k] ** 2
    seen.discard(1)
    seen.update([7, 8])
    seen.remove(7)
    return s * len(seen)


@program(vector)
def breadth_first(v):
    graph = {0: [1, 2], 1: [3], 2: [3, 4], 3: [], 4: [0]}
    visited, frontier, depth = {0}, [0], 0
    s = 0.0
    while frontier:
        following = []
        for n in frontier:
            s += v[n] * 0.5**depth
            for m in graph[n]:
                if m not in visited:
                    visited.add(m)
                    following.append(m)
        frontier = following
        depth += 1
    return s * len(visited)


@program(vector, complex_step=False)
def shortest_path(w):
    graph = {0: [(1, 0), (2, 1)], 1: [(3, 2)], 2: [(1, 3), (3, 4)], 3: []}
    distance = {0: 0.0}
    queue = [(0.0, 0)]
    done = set()
    while queue:
        d, u = heapq.heappop(queue)
        if u in done:
            continue
        done.add(u)
        for at, e in graph[u]:
            other = d + w[e] ** 2
            if at not in distance or other < distance[at]:
                distance[at] = other
                heapq.heappush(queue, (other, at))
    return distance[3] * distance[1]


@program(vector, complex_step=False)
def merges_of_the_smallest(v):
    heap = list(v)
    heapq.heapify(heap)
    s = 0.0
    while len(heap) > 1:
        a = heapq.heappop(heap)
        b = heapq.heappop(heap)
        s += a + b
        heapq.heappush(heap, a + b)
    return s


class Grid:
    def __init__(self):
        self.visited = set()
        self.kept = {}
        self.total = 0.0

    def visit(self, i, j, x):
        if (i, j) in self.visited:
            return False
        self.visited.add((i, j))
        self.kept[i, j] = x * self.total
        self.total += x * (i + 2 * j)
        return True


@program(vector)
def set_of_an_object(v):
    g = Grid()
    for k in range(8):
        g.visit(k % 3, k % 2, v[k % 5])
    return g.total * len(g.visited) + g.kept[2, 0]


@program(lambda rng: (np.array([0.7, 1.2, 0.9, 1.5, 0.4]), 0.8), wrt=(0, 1), complex_step=False)
def table_lookup(ys, x):
    xs = [0.0, 0.5, 1.0, 1.5, 2.0]
    i = bisect.bisect(xs, x) - 1
    j = bisect.bisect_left(xs, x * 1.3)
    t = (x - xs[i]) / (xs[i + 1] - xs[i])
    return (1 - t) * ys[i] + t * ys[i + 1] + ys[j]
