def matrix_chain_taylor(x, A, B, x_coef):
    y_coef = x_coef @ B.T
    y = B @ x
    z_coef = y_coef @ A.T
    z = A @ y
    return z.sum(), np.sum(z_coef, axis=1)
