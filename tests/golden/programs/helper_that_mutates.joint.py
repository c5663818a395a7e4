def helper_that_mutates_grad(x):
    # forward sweep
    A = x * x
    t2 = A[0]
    A[0] = np.sin(t2)
    A3 = A[1:]
    t5 = A3[0]
    A3[0] = np.sin(t5)
    # reverse sweep
    A_bar = np.ones_like(A)
    # 7: A[0] = np.sin(A[0])
    A3_bar = A_bar[1:]
    A3_bar[0] = A3_bar[0] * np.cos(t5)
    A_bar[0] = A_bar[0] * np.cos(t2)
    # 11: A = x * x
    x_bar2 = A_bar * x
    x_bar = x_bar2 + x_bar2
    return x_bar
