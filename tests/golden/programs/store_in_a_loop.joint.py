def store_in_a_loop_grad(x):
    v_tape = []
    # forward sweep
    v = x.copy()
    t2 = len(v)
    for i in range(1, t2):
        t4_2 = v[i]
        v_tape.append(t4_2)
        v[i] = v[i - 1] * t4_2
    # reverse sweep
    v_bar = np.ones_like(v)
    # 6: for i in range(1, len(v)):
    for i in reversed(range(1, t2)):
        # 7: v[i] = v[i - 1] * v[i]
        v[i] = v_tape.pop()
        t5_bar = v_bar[i]
        index = i - 1
        v_bar[i] = t5_bar * v[index]
        v_bar[index] += t5_bar * v[i]
    # 5: v = x.copy()
    return v_bar
