def while_with_break_jvp(a, a_dot):
    x_dot = a_dot
    x = a
    stop = False
    while True:
        t4 = x_dot * x
        t3 = 2.0 * x
        step = (x * x - a) / t3
        step_dot = (t4 + t4 - a_dot - x_dot * 2.0 * step) / t3
        x_dot = x_dot - step_dot
        x = x - step
        if abs(step) < 1e-12:
            stop = True
        if stop:
            break
    return x, x_dot
