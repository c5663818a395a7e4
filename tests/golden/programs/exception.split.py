def exception_primal(v):
    v = entry_copy(v)
    failed_tape = []
    s_tape = []
    v_tape = []
    s = 0.0
    t = len(v)
    for k in range(t):
        t3 = v[k] - 0.5
        try:
            held = s
            s = s + math.sqrt(t3)
            s_tape.append(held)
            failed = False
        except ValueError:
            failed = True
        if not failed:
            t5 = v[k]
            v_tape.append(t5)
            v[k] = s * t5
        if failed:
            s_tape.append(s)
            s = s * v[k]
        failed_tape.append(failed)
    return s + v.sum(), (v, failed_tape, s_tape, v_tape, s, t)


def exception_adjoint(tape, result_bar):
    v = tape[0]
    failed_tape = tape[1]
    s_tape = tape[2]
    v_tape = tape[3]
    s = tape[4]
    t = tape[5]
    failed_tape = list(failed_tape)
    s_tape = list(s_tape)
    v_tape = list(v_tape)
    v = detached((v,))[0]
    # reverse sweep
    with np.errstate(all='ignore'):
        v_bar = np.zeros_like(v)
        # 16: return s + v.sum()
        s_bar = result_bar
        v_bar += result_bar
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
    return v_bar,
