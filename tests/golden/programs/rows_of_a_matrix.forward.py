def rows_of_a_matrix_jvp(A, x, A_dot):
    total_dot = 0.0
    total = 0.0
    for i in range(len(A)):
        row_dot = A_dot[i]
        row = A[i]
        t4 = x[1]
        t7 = (row * x).sum()
        total_dot = total_dot + (row_dot[0] * t4 + (row_dot * x).sum() * (2 * t7))
        total = total + (row[0] * t4 + t7 ** 2)
    return total, total_dot
