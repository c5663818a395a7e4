def view_of_a_row_primal(A):
    B = A * A
    row = B[1]
    t3 = row[1]
    t4 = A[0, 0]
    row[0] = t3 * t4
    return (B * B).sum(), (A.copy(), B, t3, t4)


def view_of_a_row_adjoint(tape, result_bar):
    A = tape[0]
    B = tape[1]
    # reverse sweep
    A_bar = np.zeros_like(A)
    B_bar = np.zeros_like(B)
    # 8: return (B * B).sum()
    t2 = result_bar * B
    B_bar += t2 + t2
    # 7: row[0] = row[1] * A[0, 0]
    row_bar = B_bar[1]
    t5_bar = row_bar[0]
    row_bar[0] = 0.0
    A_bar[0, 0] = t5_bar * tape[2]
    row_bar[1] += t5_bar * tape[3]
    # 5: B = A * A
    t11 = B_bar * A
    A_bar += t11 + t11
    return A_bar,
