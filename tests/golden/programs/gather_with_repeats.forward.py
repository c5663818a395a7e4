def gather_with_repeats_jvp(x, index, x_dot):
    y_dot = x_dot[index]
    y = x[index]
    t7 = y_dot * y
    t5 = np.arange(1.0, len(index) + 1.0)
    return (y * y * t5).sum(), ((t7 + t7) * t5).sum()
