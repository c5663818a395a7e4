def matrix_chain_primal(x, A, B):
    y = B @ x
    z = A @ y
    return z.sum(), (A.copy(), B.copy(), z)


def matrix_chain_adjoint(tape, result_bar):
    A = tape[0]
    B = tape[1]
    z = tape[2]
    # reverse sweep
    # 7: return z.sum()
    z_bar = spread(result_bar, z)
    # 6: z = A @ y
    y_bar = A.T @ z_bar
    # 5: y = B @ x
    x_bar = B.T @ y_bar
    return x_bar,
