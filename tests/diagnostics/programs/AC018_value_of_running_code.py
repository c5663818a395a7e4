import numpy as np

TABLE = np.load("table.npy") if False else np.sqrt(np.arange(3.0))


def f(x):
    return np.sum(TABLE * x)  # error: AC018
