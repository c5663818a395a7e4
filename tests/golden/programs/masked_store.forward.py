def masked_store_jvp(x, x_dot):
    t = x_dot * x
    y_dot = t + t
    y = x * x
    test = y > 1.0
    y_dot[test] = 0.0
    y[test] = 1.0
    return (x * y).sum(), (x_dot * y + y_dot * x).sum()
