"""What ``with ... as name`` binds, of objects of libraries that have no derivative.

The object itself, what it was made with, or the result of an operation, such as the attribute ``name``. None of them keeps
an exception back.
"""

ITSELF, GIVEN = "", "given"
CONTEXTS: dict[type, str] = {}
