def polynomial_loop_primal(x, c):
    y_tape = []
    y = 0.0
    t = len(c)
    for k in range(t):
        y_tape.append(y)
        y = y * x + c[k]
    return y, (x, c.copy(), y_tape, t)


def polynomial_loop_adjoint(tape, result_bar):
    x = tape[0]
    c = tape[1]
    y_tape = tape[2]
    y_tape = list(y_tape)
    # reverse sweep
    c_bar = np.zeros_like(c)
    x_bar = 0.0
    # 10: return y
    y_bar = result_bar
    # 8: for k in range(len(c)):
    for k in reversed(range(tape[3])):
        # 9: y = y * x + c[k]
        y = y_tape.pop()
        t4_bar = y_bar
        c_bar[k] = t4_bar
        y_bar = t4_bar * x
        x_bar = x_bar + t4_bar * y
    return number_gradient(x_bar, x), c_bar
