def rebound_in_a_branch_primal(x):
    t2_tape = []
    test_tape = []
    t2 = x[0]
    t3 = len(x)
    for i in range(t3):
        t4 = x[i]
        test = t4 > 0
        if test:
            t2_tape.append(t2)
            t2 = t2 * t4
        test_tape.append(test)
    return t2, (x.copy(), t2_tape, test_tape, t3)


def rebound_in_a_branch_adjoint(tape, result_bar):
    x = tape[0]
    t2_tape = tape[1]
    test_tape = tape[2]
    t2_tape = list(t2_tape)
    test_tape = list(test_tape)
    # reverse sweep
    x_bar = np.zeros_like(x)
    # 9: return t
    t2_bar = result_bar
    # 6: for i in range(len(x)):
    for i in reversed(range(tape[3])):
        test = test_tape.pop()
        # 7: if x[i] > 0:
        if test:
            # 8: t = t * x[i]
            t2 = t2_tape.pop()
            t6_bar = t2_bar
            t2_bar = t6_bar * x[i]
            x_bar[i] = t6_bar * t2
    # 5: t = x[0]
    x_bar[0] += t2_bar
    return x_bar,
