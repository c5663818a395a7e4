"""Items of a list are overwritten in a loop: each trip gives back the item's adjoint, and takes it as zero from there on."""


def overwritten_items(x: "float64[:]"):
    pair = [x[0], x[1]]
    for k in range(2, len(x)):
        pair[k % 2] = pair[0] * pair[1] + x[k]
    return pair[0] - pair[1]


def example():
    import numpy as np

    return (np.array([0.5, 1.5, -0.7, 1.1, 0.8]),)
