def polynomial_loop_jvp(x, c, x_dot, c_dot):
    y_dot = 0.0
    y = 0.0
    for k in range(len(c)):
        y_dot = y_dot * x + x_dot * y + c_dot[k]
        y = y * x + c[k]
    return y, y_dot
