def second_derivative_grad(x):
    v_tape2 = []
    # forward sweep
    v = np.zeros(4)
    v[0] = x
    for i in range(3):
        t2 = v[i]
        t3 = np.sin(t2)
        index = i + 1
        v_saved2 = v[index]
        v_tape2.append(v_saved2)
        v[index] = t3 * x
    # reverse sweep
    v_bar = np.zeros_like(v)
    x_bar2 = 0.0
    # 14: return v[3]
    v_bar[3] += 1.0
    # 12: for i in range(3):
    for i in reversed(range(3)):
        # 13: v[i + 1] = np.sin(v[i]) * x
        index = i + 1
        v_saved2 = v_tape2.pop()
        v[index] = v_saved2
        t4_bar = v_bar[index]
        v_bar[index] = 0.0
        t2 = v[i]
        t3 = np.sin(t2)
        x_bar2 = x_bar2 + t4_bar * t3
        v_bar[i] += t4_bar * x * np.cos(t2)
    # 11: v[0] = x
    t = v_bar[0]
    v_bar[0] = 0.0
    x_bar = x_bar2 + t
    return as_gradient(x_bar, x)
