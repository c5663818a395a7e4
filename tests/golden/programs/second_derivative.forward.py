def second_derivative_grad_jvp(x, x_dot):
    v = np.zeros(4)
    v_dot = np.zeros_like(v)
    v_dot[0] = x_dot
    v[0] = x
    for i in range(3):
        t2 = v[i]
        t3 = np.sin(t2)
        index = i + 1
        v_dot[index] = v_dot[i] * np.cos(t2) * x + x_dot * t3
        v[index] = t3 * x
    v_bar = np.zeros_like(v)
    v_bar_dot = np.zeros_like(v_bar)
    x_bar2_dot = 0.0
    x_bar2 = 0.0
    v_bar_dot[3] = 0.0
    v_bar[3] = 1.0
    for k in range(len(range(0, 3, 1)) - 1, -1, -1):
        index2 = k + 1
        t4_bar_dot = v_bar_dot[index2]
        t4_bar = v_bar[index2]
        t2_2_dot = v_dot[k]
        t2_2 = v[k]
        t22 = np.cos(t2_2)
        t9 = np.sin(t2_2)
        x_bar2_dot = x_bar2_dot + (t4_bar_dot * t9 + t2_2_dot * t22 * t4_bar)
        x_bar2 = x_bar2 + t4_bar * t9
        t12 = t4_bar * x
        v_bar_dot[k] = (t4_bar_dot * x + x_dot * t4_bar) * t22 - t2_2_dot * t9 * t12
        v_bar[k] = t12 * t22
    x_bar_dot = x_bar2_dot + v_bar_dot[0]
    x_bar = x_bar2 + v_bar[0]
    return number_gradient(x_bar, x), number_gradient(x_bar_dot, x)
