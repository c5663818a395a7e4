def exception_grad(v):
    v = entry_copy(v)
    failed_tape = []
    s_tape = []
    v_tape = []
    # forward sweep
    s = 0.0
    t = len(v)
    for k in range(t):
        t3_2 = v[k] - 0.5
        try:
            held = s
            s = s + math.sqrt(t3_2)
            s_tape.append(held)
            failed2 = False
        except ValueError:
            failed2 = True
        if not failed2:
            t5_2 = v[k]
            v_tape.append(t5_2)
            v[k] = s * t5_2
        if failed2:
            s_tape.append(s)
            s = s * v[k]
        failed_tape.append(failed2)
    # reverse sweep
    with np.errstate(all='ignore'):
        v_bar = np.ones_like(v)
        # 16: return s + v.sum()
        s_bar = 1.0
        # 10: for k in range(len(v)):
        for k in reversed(range(t)):
            failed = failed_tape.pop()
            t3_bar = 0.0
            # 11: try:
            if failed:
                # 15: s = s * v[k]
                s = s_tape.pop()
                t8_bar = s_bar
                s_bar = t8_bar * v[k]
                v_bar[k] += t8_bar * s
            # 12: s += math.sqrt(v[k] - 0.5)
            if not failed:
                # 13: v[k] = s * v[k]
                v[k] = v_tape.pop()
                t6_bar = v_bar[k]
                s_bar = s_bar + t6_bar * v[k]
                v_bar[k] = t6_bar * s
            t3 = v[k] - 0.5
            if not failed:
                # 12: s += math.sqrt(v[k] - 0.5)
                s = s_tape.pop()
                t4_bar = s_bar
                t3_bar = t3_bar + guarded(t4_bar, t4_bar * reciprocal_or_inf(2 * math.sqrt(t3)))
            v_bar[k] += t3_bar
    return v_bar
