"""Distances of points to the nearest of some centres: a loop finds which, and only that one has a derivative."""

import numpy as np


def nearest_centres(centres: "float64[:,:]", points: "float64[:,:]"):
    total = 0.0
    for i in range(len(points)):
        nearest = np.inf
        for j in range(len(centres)):
            distance = 0.0
            for a in range(points.shape[1]):
                distance += (centres[j, a] - points[i, a]) ** 2
            if distance < nearest:
                nearest = distance
        total += np.sqrt(nearest)
    return total


def example():
    centres = np.array([[0.5, 1.5], [-0.7, 1.1], [0.8, 0.2]])
    return centres, np.array([[0.6, 0.4], [-0.5, 0.9], [0.1, 1.2], [1.1, 0.3]])
