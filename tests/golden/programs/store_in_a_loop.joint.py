def store_in_a_loop_grad(x):
    v_tape2 = []
    # forward sweep
    v = x.copy()
    t2 = len(v)
    for i in range(1, t2):
        index = i - 1
        t3 = v[index]
        t4 = v[i]
        v_saved2 = v[i]
        v_tape2.append(v_saved2)
        v[i] = t3 * t4
    # reverse sweep
    v_bar = np.zeros_like(v)
    # 8: return v.sum()
    v_bar += spread(1.0, v)
    # 6: for i in range(1, len(v)):
    for i in reversed(range(1, t2)):
        # 7: v[i] = v[i - 1] * v[i]
        v_saved2 = v_tape2.pop()
        v[i] = v_saved2
        t5_bar = v_bar[i]
        v_bar[i] = 0.0
        index = i - 1
        t3 = v[index]
        t4 = v[i]
        v_bar[i] += t5_bar * t3
        v_bar[index] += t5_bar * t4
    # 5: v = x.copy()
    return as_gradient(v_bar, x)
