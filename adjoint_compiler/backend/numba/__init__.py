"""Derivatives as Numba modules: generated programs in a form that Numba compiles, their files, and how they are loaded.

Nothing here imports Numba before a derivative is asked for with ``backend="numba"``.
"""
