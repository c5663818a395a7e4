def dict_of_parameters_primal(p, x):
    t = p['w']
    hidden = np.tanh(t * x + p['b'])
    return hidden.dot(hidden), (copied(p), x.copy(), t.copy(), hidden)


def dict_of_parameters_adjoint(tape, result_bar):
    p = tape[0]
    x = tape[1]
    hidden = tape[3]
    # reverse sweep
    p_bar = zeros_like(p)
    # 10: return np.dot(hidden, hidden)
    hidden_bar2 = result_bar * hidden
    hidden_bar = hidden_bar2 + hidden_bar2
    # 9: hidden = np.tanh(p["w"] * x + p["b"])
    t4_bar = hidden_bar * (1 - hidden * hidden)
    p_bar['b'] = p_bar['b'] + np.sum(t4_bar)
    p_bar['w'] = add_structure(p_bar['w'], unbroadcast(t4_bar * x, tape[2]))
    return as_gradient(p_bar, p),
