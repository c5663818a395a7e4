"""Compiling draws no random numbers, writes no files and changes no settings."""

import numpy as np

import adjoint_compiler as ac


def drawing(x):
    noise = np.random.normal(0.0, 1.0, size=3) * np.random.rand() + np.random.permutation(3) * np.random.choice(3)
    return (x * noise).sum()


def state():
    s = np.random.get_state(legacy=False)
    return s["state"]["pos"], s["state"]["key"].tolist(), s["has_gauss"]


def test_the_random_stream():
    np.random.seed(3)
    before = state()
    ac.grad(drawing).specialize(np.ones(3))
    assert state() == before
    drawing(np.ones(3))
    after = state()
    np.random.seed(3)
    ac.grad(drawing)(np.ones(3))
    assert state() == after


def test_files_and_settings(tmp_path, capsys):
    path = str(tmp_path / "kept.npy")
    np.save(path, np.arange(5.0))
    settings = np.get_printoptions()

    def f(x):
        np.save(path, x)
        np.set_printoptions(precision=2)
        print("running")
        return (x * x).sum()

    ac.grad(f).specialize(np.ones(7))
    np.testing.assert_array_equal(np.load(path), np.arange(5.0))
    assert np.get_printoptions() == settings and capsys.readouterr().out == ""
