def generator_primal(v):
    s_tape = []
    test_tape = []
    total_tape = []
    s = 1.0
    stop = False
    total = 0.0
    stop2 = False
    trips = 0
    for k in range(len(v)):
        trips = trips + 1
        a = v[k]
        total_tape.append(total)
        total = total + a
        total2 = total
        test = total2 > 2.0
        if test:
            stop = True
        else:
            s_tape.append(s)
            s = s * total2
        if bool(stop):
            stop2 = True
        test_tape.append(test)
        if stop2:
            break
    return s, (v.copy(), s_tape, test_tape, total_tape, total, trips)


def generator_adjoint(tape, result_bar):
    v = tape[0]
    s_tape = tape[1]
    test_tape = tape[2]
    total_tape = tape[3]
    total = tape[4]
    s_tape = list(s_tape)
    test_tape = list(test_tape)
    total_tape = list(total_tape)
    # reverse sweep
    total_bar = 0.0
    v_bar = np.zeros_like(v)
    # 19: return s
    s_bar = result_bar
    # 8: for a in v:
    for k in reversed(range(tape[5])):
        test = test_tape.pop()
        total2_bar = 0.0
        # 16: if total > 2.0:
        total2 = total
        if not test:
            # 18: s = s * total
            s = s_tape.pop()
            t3_bar = s_bar
            s_bar = t3_bar * total2
            total2_bar = total2_bar + t3_bar * s
        # 15: for total in partial_sums(v):
        a_bar = total_bar + total2_bar
        # 9: total = total + a
        total = total_tape.pop()
        total_bar = a_bar
        # 8: for a in v:
        v_bar[k] = a_bar
    return v_bar,
