def rebound_in_a_branch_grad(x):
    t2_tape2 = []
    test_tape2 = []
    # forward sweep
    t2 = x[0]
    t3 = len(x)
    for i in range(t3):
        t4 = x[i]
        test = t4 > 0
        if test:
            t5 = t4
            t2_tape2.append(t2)
            t2 = t2 * t4
        test_tape2.append(test)
    # reverse sweep
    x_bar = np.zeros_like(x)
    # 9: return t
    t2_bar = 1.0
    # 6: for i in range(len(x)):
    for i in reversed(range(t3)):
        test = test_tape2.pop()
        # 7: if x[i] > 0:
        if test:
            # 8: t = t * x[i]
            t2 = t2_tape2.pop()
            t6_bar = t2_bar
            t5 = x[i]
            t2_bar = t6_bar * t5
            x_bar[i] += t6_bar * t2
    # 5: t = x[0]
    x_bar[0] += t2_bar
    return x_bar
