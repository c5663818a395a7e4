def parallel_smoothing_jvp(x, w, x_dot, w_dot):
    y = np.zeros_like(x)
    y_dot = np.zeros_like(y)
    for i in range(1, len(x) - 1):
        index = i - 1
        index2 = i + 1
        s_dot = x_dot[index] + x_dot[index2]
        s = x[index] + x[index2]
        t7 = x[i]
        t9 = w[i]
        t10 = t9 * s
        y_dot[i] = x_dot[i] * np.cos(t7) + ((w_dot[i] * s + s_dot * t9) * s + s_dot * t10)
        y[i] = np.sin(t7) + t10 * s
    return y.sum(), y_dot.sum()
