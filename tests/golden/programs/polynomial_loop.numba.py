def polynomial_loop_grad(x, c):
    y_tape = np.empty(64, np.float64)
    y_top = 0
    # forward sweep
    y = 0.0
    t = len(c)
    y_tape = with_room(y_tape, y_top, trips(0, t, 1))
    for k in range(t):
        y_tape[y_top] = y
        y_top = y_top + 1
        y = y * x + c[k]
    # reverse sweep
    c_bar = np.zeros_like(c)
    x_bar = 0.0
    # 10: return y
    y_bar = 1.0
    # 8: for k in range(len(c)):
    for k in range(t - 1, -1, -1):
        # 9: y = y * x + c[k]
        y_top = y_top - 1
        y = y_tape[y_top]
        t4_bar = y_bar
        c_bar[k] = t4_bar
        y_bar = t4_bar * x
        x_bar = x_bar + t4_bar * y
    return number_gradient(x_bar, x), c_bar
