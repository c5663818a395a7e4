def matrix_chain_jvp(x, A, B, x_dot):
    y_dot = x_dot @ B.T
    y = B @ x
    z_dot = y_dot @ A.T
    z = A @ y
    return z.sum(), np.sum(z_dot, axis=1)
