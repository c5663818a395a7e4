"""Each store overwrites an element that the reverse sweep reads: it is saved on a tape and put back."""


def store_in_a_loop(x: "float64[:]"):
    v = x.copy()
    for i in range(1, len(v)):
        v[i] = v[i - 1] * v[i]
    return v.sum()


def example():
    import numpy as np

    return (np.array([0.5, 1.5, -0.7, 1.1]),)
