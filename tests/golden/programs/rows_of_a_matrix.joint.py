def rows_of_a_matrix_grad(A, x):
    t7_tape = []
    # forward sweep
    t = len(A)
    for i in range(t):
        row = A[i]
        t7_tape.append((row * x).sum())
    # reverse sweep
    A_bar = np.zeros_like(A)
    # 6: for i in range(len(A)):
    for i in reversed(range(t)):
        t7 = t7_tape.pop()
        row = A[i]
        row_bar = A_bar[i]
        # 8: total += row[0] * x[1] + (row * x).sum() ** 2
        row_bar += unbroadcast(2 * t7 * x, row)
        row_bar[0] += x[1]
    return A_bar
