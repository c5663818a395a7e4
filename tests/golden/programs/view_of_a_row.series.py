def view_of_a_row_taylor(A, A_coef):
    B = A * A
    B_coef = product_series(B, A, A_coef, A, A_coef).copy()
    row_coef = B_coef[:, 1]
    row = B[1]
    t3 = row[1]
    t4 = A[0, 0]
    t5 = t3 * t4
    row_coef[:, 0] = product_series(t5, t3, copied(row_coef[:, 1]), t4, A_coef[:, 0, 0])
    row[0] = t5
    t6 = B * B
    return t6.sum(), product_series(t6, B, B_coef, B, B_coef).sum(axis=(1, 2))
