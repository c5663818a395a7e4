def rows_of_a_matrix_primal(A, x):
    t7_tape = []
    total = 0.0
    t = len(A)
    for i in range(t):
        row = A[i]
        t7 = (row * x).sum()
        total = total + (row[0] * x[1] + t7 ** 2)
        t7_tape.append(t7)
    return total, (A.copy(), x.copy(), t7_tape, t)


def rows_of_a_matrix_adjoint(tape, result_bar):
    A = tape[0]
    x = tape[1]
    t7_tape = tape[2]
    t7_tape = list(t7_tape)
    # reverse sweep
    A_bar = np.zeros_like(A)
    # 6: for i in range(len(A)):
    for i in reversed(range(tape[3])):
        t7 = t7_tape.pop()
        row = A[i]
        row_bar = A_bar[i]
        # 8: total += row[0] * x[1] + (row * x).sum() ** 2
        row_bar += unbroadcast(result_bar * (2 * t7) * x, row)
        row_bar[0] += result_bar * x[1]
    return A_bar,
