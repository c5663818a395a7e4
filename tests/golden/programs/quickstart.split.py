def quickstart_primal(x, y):
    return 5 * x ** 2 - x * y, (x, y)


def quickstart_adjoint(tape, result_bar):
    x = tape[0]
    y = tape[1]
    # reverse sweep
    # 7: return 5 * x**2 - x * y
    t3_bar = -result_bar
    y_bar = t3_bar * x
    x_bar = t3_bar * y + result_bar * 5 * (2 * x)
    return x_bar, y_bar
