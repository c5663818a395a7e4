def quickstart_grad(x, y):
    # reverse sweep
    # 7: return 5 * x**2 - x * y
    y_bar = -x
    x_bar = 5.0 * (2 * x) - y
    return x_bar, y_bar
