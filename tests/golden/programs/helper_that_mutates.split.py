def helper_that_mutates_primal(x):
    A = x * x
    t2 = A[0]
    A[0] = np.sin(t2)
    A3 = A[1:]
    t5 = A3[0]
    A3[0] = np.sin(t5)
    return A.sum(), (x.copy(), A, t2, t5)


def helper_that_mutates_adjoint(tape, result_bar):
    x = tape[0]
    A = tape[1]
    # reverse sweep
    A_bar = np.zeros_like(A)
    # 14: return A.sum()
    A_bar += result_bar
    # 7: A[0] = np.sin(A[0])
    A3_bar = A_bar[1:]
    A3_bar[0] = A3_bar[0] * np.cos(tape[3])
    A_bar[0] = A_bar[0] * np.cos(tape[2])
    # 11: A = x * x
    x_bar2 = A_bar * x
    x_bar = x_bar2 + x_bar2
    return x_bar,
