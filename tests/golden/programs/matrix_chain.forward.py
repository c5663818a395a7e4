def matrix_chain_jvp(x, A, B, x_dot):
    y_dot = B @ x_dot
    y = B @ x
    z_dot = A @ y_dot
    z = A @ y
    return z.sum(), z_dot.sum()
