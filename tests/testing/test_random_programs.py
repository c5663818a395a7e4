"""Random programs: reverse mode against central differences, and against the unoptimized derivative."""

import pytest

from adjoint_compiler.testing.programs import check_program, generate
from tests.sampling import sampled


@pytest.mark.parametrize("seed", sampled(range(300), 8))
def test_random_program(seed):
    program = generate(seed)
    report = check_program(program)
    assert report.ok, f"{report.kind}\n{program.listing()}\n\n{report.text}"
