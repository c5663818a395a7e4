def recursion_inner_primal(x, n):
    result2 = None
    result2_tape = None
    test = n == 0
    if test:
        result = 1.0
    else:
        result2, result2_tape = recursion_inner_primal(x, n - 1)
        result = x * result2
    return result, (test, result2, result2_tape)


def recursion_inner_adjoint(tape, result_bar, x):
    result2 = tape[1]
    result2_tape = tape[2]
    # reverse sweep
    x_bar = 0.0
    # 5: if n == 0:
    if not tape[0]:
        # 7: return x * recursion(x, n - 1)
        x_bar = x_bar + result_bar * result2 + recursion_inner_adjoint(result2_tape, result_bar * x, x)
    return x_bar


def recursion_grad(x, n):
    result2 = None
    result2_tape = None
    # forward sweep
    test = n == 0
    if not test:
        result2, result2_tape = recursion_inner_primal(x, n - 1)
    # reverse sweep
    x_bar = 0.0
    # 5: if n == 0:
    if not test:
        # 7: return x * recursion(x, n - 1)
        x_bar = x_bar + result2 + recursion_inner_adjoint(result2_tape, x, x)
    return x_bar
