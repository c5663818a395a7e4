def polynomial_loop_primal(x, c):
    y_tape2 = []
    y = 0.0
    t = len(c)
    for k in range(t):
        y_tape2.append(y)
        y = y * x + c[k]
    return y, (x, copied(c), y_tape2, t)


def polynomial_loop_adjoint(tape, result_bar):
    x = tape[0]
    c = tape[1]
    y_tape2 = tape[2]
    y_tape2 = list(y_tape2)
    # reverse sweep
    c_bar = np.zeros_like(c)
    x_bar = 0.0
    # 10: return y
    y_bar = result_bar
    # 8: for k in range(len(c)):
    for k in reversed(range(tape[3])):
        # 9: y = y * x + c[k]
        y = y_tape2.pop()
        t4_bar = y_bar
        c_bar[k] += t4_bar
        y_bar = t4_bar * x
        x_bar = x_bar + t4_bar * y
    return as_gradient(x_bar, x), c_bar
