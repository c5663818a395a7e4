def dict_of_parameters_grad(p, x):
    # forward sweep
    t = p['w']
    hidden = np.tanh(t * x + p['b'])
    # reverse sweep
    p_bar = zeros_like(p)
    # 10: return np.dot(hidden, hidden)
    hidden_bar = hidden + hidden
    # 9: hidden = np.tanh(p["w"] * x + p["b"])
    t4_bar = hidden_bar * (1 - hidden * hidden)
    p_bar['b'] = p_bar['b'] + t4_bar.sum()
    p_bar['w'] = add_structure(p_bar['w'], unbroadcast(t4_bar * x, t))
    return as_gradient(p_bar, p)
