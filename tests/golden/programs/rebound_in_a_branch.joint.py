def rebound_in_a_branch_grad(x):
    t2_tape = []
    test_tape = []
    # forward sweep
    t2 = x[0]
    t3 = len(x)
    for i in range(t3):
        t4 = x[i]
        test2 = t4 > 0
        if test2:
            t2_tape.append(t2)
            t2 = t2 * t4
        test_tape.append(test2)
    # reverse sweep
    x_bar = np.zeros_like(x)
    # 9: return t
    t2_bar = 1.0
    # 6: for i in range(len(x)):
    for i in reversed(range(t3)):
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
    return x_bar
