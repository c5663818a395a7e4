def rows_of_a_matrix_grad(A, x):
    t7_tape = np.empty(64, np.float64)
    t7_top = 0
    # forward sweep
    t = len(A)
    check_span(x, 0, 0, t, 1, 0, 1)
    t7_tape = with_room(t7_tape, t7_top, trips(0, t, 1))
    for i in range(t):
        row = A[i]
        check_index(row, 0, 0)
        t7_tape[t7_top] = (row * x).sum()
        t7_top = t7_top + 1
    # reverse sweep
    A_bar = np.zeros_like(A)
    # 6: for i in range(len(A)):
    for i in range(t - 1, -1, -1):
        t7_top = t7_top - 1
        row = A[i]
        row_bar = A_bar[i]
        # 8: total += row[0] * x[1] + (row * x).sum() ** 2
        row_bar += unbroadcast(2 * t7_tape[t7_top] * x, row)
        row_bar[0] += x[1]
    return A_bar
