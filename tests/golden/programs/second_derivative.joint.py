def second_derivative_grad_grad(x):
    t4_bar_tape = []
    v_tape2 = []
    # forward sweep
    v_tape = []
    v = np.zeros(4)
    v[0] = x
    for i in range(3):
        index2 = i + 1
        t3 = v[index2]
        v_tape.append(t3)
        v_tape2.append(t3)
        v[index2] = np.sin(v[i]) * x
    v_bar = np.zeros_like(v)
    v_bar[3] += 1.0
    t8 = len(range(0, 3, 1)) - 1
    for k in range(t8, -1, -1):
        index = k + 1
        t10 = v_tape.pop()
        v_tape2.append(v[index])
        v[index] = t10
        t4_bar = v_bar[index]
        v_bar[index] = 0.0
        t2_2 = v[k]
        v_bar[k] += t4_bar * x * np.cos(t2_2)
        t4_bar_tape.append(t4_bar)
    v_bar[0] = 0.0
    # reverse sweep
    v_bar2 = np.zeros_like(v)
    v_bar_bar = np.zeros_like(v_bar)
    v_tape_bar = zeros_like(v_tape)
    x_bar3_2 = 0.0
    # 28: x_bar = x_bar2 + t9
    x_bar2_bar = 1.0
    # 26: t9 = v_bar[0]
    v_bar_bar[0] = 1.0
    # 16: for i in reversed(range(3)):
    for k in reversed(range(t8, -1, -1)):
        t4_bar = t4_bar_tape.pop()
        # 24: v_bar[i] += t4_bar * x * np.cos(t2)
        t18_bar = v_bar_bar[k]
        t2_2 = v[k]
        t17 = np.cos(t2_2)
        t16_bar = t18_bar * t17
        t9 = np.sin(t2_2)
        x_bar3_2 = x_bar3_2 + t16_bar * t4_bar
        # 23: x_bar2 = x_bar2 + t4_bar * np.sin(t2)
        t15_bar = x_bar2_bar
        x_bar2_bar = t15_bar
        t4_bar_bar = t16_bar * x + t15_bar * t9
        t2_2_bar = -(t18_bar * (t4_bar * x) * t9) + t15_bar * t4_bar * t17
        # 22: t2 = v[i]
        v_bar2[k] += t2_2_bar
        # 21: v_bar[index] = 0.0
        index = k + 1
        # 20: t4_bar = v_bar[index]
        v_bar_bar[index] = t4_bar_bar
        # 19: v[index] = v_tape.pop()
        v[index] = v_tape2.pop()
        t10_bar = v_bar2[index]
        v_bar2[index] = 0.0
        v_tape_bar.append(t10_bar)
    # 6: for i in range(3):
    for i in reversed(range(3)):
        # 9: v[index2] = np.sin(v[i]) * x
        index2 = i + 1
        v[index2] = v_tape2.pop()
        t6_bar = v_bar2[index2]
        v_bar2[index2] = 0.0
        t4 = v[i]
        x_bar3_2 = x_bar3_2 + t6_bar * np.sin(t4)
        v_bar2[i] += t6_bar * x * np.cos(t4)
        # 8: v_tape.append(v[index2])
        v_bar2[index2] += v_tape_bar.pop()
    # 5: v[0] = x
    t31 = v_bar2[0]
    v_bar2[0] = 0.0
    x_bar3 = x_bar3_2 + t31
    return as_gradient(x_bar3, x)
