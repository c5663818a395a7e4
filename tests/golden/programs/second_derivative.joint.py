def second_derivative_grad_grad(x):
    # forward sweep
    v = np.zeros(4)
    v[0] = x
    for i in range(3):
        v[i + 1] = np.sin(v[i]) * x
    v_bar = np.zeros_like(v)
    v_bar[3] = 1.0
    t6 = len(range(0, 3, 1)) - 1
    for k in range(t6, -1, -1):
        t4_bar = v_bar[k + 1]
        t2_2 = v[k]
        v_bar[k] = t4_bar * x * np.cos(t2_2)
    # reverse sweep
    v_bar2 = np.zeros_like(v)
    v_bar_bar = np.zeros_like(v_bar)
    x_bar3_2 = 0.0
    # 20: x_bar = x_bar2 + v_bar[0]
    v_bar_bar[0] = 1.0
    # 13: for i in reversed(range(3)):
    for k in reversed(range(t6, -1, -1)):
        # 18: v_bar[i] = t4_bar * x * np.cos(t2)
        t14_bar = v_bar_bar[k]
        index2 = k + 1
        t4_bar = v_bar[index2]
        t2_2 = v[k]
        t13 = np.cos(t2_2)
        t12_bar = t14_bar * t13
        t8 = np.sin(t2_2)
        x_bar3_2 = x_bar3_2 + t12_bar * t4_bar
        # 17: x_bar2 = x_bar2 + t4_bar * np.sin(t2)
        t4_bar_bar = t12_bar * x + t8
        t2_2_bar = t4_bar * t13 - t14_bar * (t4_bar * x) * t8
        # 16: t2 = v[i]
        v_bar2[k] = t2_2_bar
        # 15: t4_bar = v_bar[i + 1]
        v_bar_bar[index2] = t4_bar_bar
    # 5: for i in range(3):
    for i in reversed(range(3)):
        # 6: v[i + 1] = np.sin(v[i]) * x
        t4_bar2 = v_bar2[i + 1]
        t2 = v[i]
        x_bar3_2 = x_bar3_2 + t4_bar2 * np.sin(t2)
        v_bar2[i] += t4_bar2 * x * np.cos(t2)
    # 4: v[0] = x
    x_bar3 = x_bar3_2 + v_bar2[0]
    return number_gradient(x_bar3, x)
