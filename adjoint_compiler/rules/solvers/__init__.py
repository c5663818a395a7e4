"""The rules of solvers that take a function, written as texts of functions for each call (see ``rules.scipy_solvers``)."""
