def view_of_a_row_grad(A):
    # forward sweep
    B = A * A
    row = B[1]
    t3 = row[1]
    t4 = A[0, 0]
    row[0] = t3 * t4
    # reverse sweep
    A_bar = np.zeros_like(A)
    # 8: return (B * B).sum()
    B_bar = B + B
    # 7: row[0] = row[1] * A[0, 0]
    row_bar = B_bar[1]
    t5_bar = row_bar[0]
    row_bar[0] = 0.0
    A_bar[0, 0] = t5_bar * t3
    row_bar[1] += t5_bar * t4
    # 5: B = A * A
    t11 = B_bar * A
    A_bar += t11 + t11
    return A_bar
