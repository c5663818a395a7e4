def quickstart_jvp(x, y, x_dot, y_dot):
    return 5 * x ** 2 - x * y, x_dot * (2 * x) * 5 - (x_dot * y + y_dot * x)
