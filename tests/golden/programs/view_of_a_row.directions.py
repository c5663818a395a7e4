def view_of_a_row_jvp(A, A_dot):
    t = A_dot * A
    B_dot = t + t
    B = A * A
    row_dot = B_dot[:, 1]
    row = B[1]
    t3 = row[1]
    t4 = A[0, 0]
    row_dot[:, 0] = copied(row_dot[:, 1]) * t4 + A_dot[:, 0, 0] * t3
    row[0] = t3 * t4
    t14 = B_dot * B
    return (B * B).sum(), np.sum(t14 + t14, axis=(1, 2))
