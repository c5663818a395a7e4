"""Stencils and other solvers on grids, as functions that change their arguments in place."""

import numpy as np

from . import program

KERNEL = ("kernel",)


def grid(rng, *shape):
    return rng.uniform(0.5, 1.5, shape)


def two_grids(steps, *shape):
    return lambda rng: (steps, grid(rng, *shape), grid(rng, *shape))


def one_grid(steps, *shape):
    return lambda rng: (steps, grid(rng, *shape))


@program(two_grids(4, 8), wrt=(1, 2), of="A", tags=KERNEL, big=two_grids(300, 4000))
def jacobi_1d(TSTEPS, A, B):
    for t in range(1, TSTEPS):
        B[1:-1] = 0.33333 * (A[:-2] + A[1:-1] + A[2:])
        A[1:-1] = 0.33333 * (B[:-2] + B[1:-1] + B[2:])


@program(two_grids(3, 6, 5), wrt=(1, 2), of="A", tags=KERNEL, big=two_grids(40, 150, 150))
def jacobi_2d(TSTEPS, A, B):
    for t in range(1, TSTEPS):
        B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])
        A[1:-1, 1:-1] = 0.2 * (B[1:-1, 1:-1] + B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:-2, 1:-1])


def heat_sweep(new, old):
    inner = old[1:-1, 1:-1, 1:-1]
    new[1:-1, 1:-1, 1:-1] = (
        0.125 * (old[2:, 1:-1, 1:-1] - 2.0 * inner + old[:-2, 1:-1, 1:-1])
        + 0.125 * (old[1:-1, 2:, 1:-1] - 2.0 * inner + old[1:-1, :-2, 1:-1])
        + 0.125 * (old[1:-1, 1:-1, 2:] - 2.0 * inner + old[1:-1, 1:-1, 0:-2])
        + inner
    )


@program(two_grids(3, 4, 5, 4), wrt=(1, 2), of="A", tags=KERNEL, big=two_grids(15, 30, 30, 30))
def heat_3d(TSTEPS, A, B):
    for t in range(1, TSTEPS):
        heat_sweep(B, A)
        heat_sweep(A, B)


@program(one_grid(3, 5, 6), wrt=1, of="A", tags=KERNEL, big=one_grid(6, 50, 50))
def seidel_2d(TSTEPS, A):
    N = A.shape[1]
    for t in range(TSTEPS - 1):
        for i in range(1, A.shape[0] - 1):
            A[i, 1:-1] += (
                A[i - 1, :-2] + A[i - 1, 1:-1] + A[i - 1, 2:] + A[i, 2:] + A[i + 1, :-2] + A[i + 1, 1:-1] + A[i + 1, 2:]
            )
            for j in range(1, N - 1):
                A[i, j] += A[i, j - 1]
                A[i, j] /= 9.0


def fdtd_data(steps, nx, ny):
    return lambda rng: (grid(rng, nx, ny), grid(rng, nx, ny), grid(rng, nx, ny), grid(rng, steps))


@program(fdtd_data(3, 4, 5), wrt=(0, 1, 2, 3), of="hz", tags=KERNEL, big=fdtd_data(40, 150, 150))
def fdtd_2d(ex, ey, hz, _fict_):
    for t in range(_fict_.shape[0]):
        ey[0, :] = _fict_[t]
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])


@program(one_grid(2, 5, 5), wrt=1, of="u", tags=KERNEL, big=one_grid(4, 80, 80))
def adi(TSTEPS, u):
    N = u.shape[0]
    v = np.empty(u.shape, dtype=u.dtype)
    p = np.empty(u.shape, dtype=u.dtype)
    q = np.empty(u.shape, dtype=u.dtype)
    DX, DY, DT = 1.0 / N, 1.0 / N, 1.0 / TSTEPS
    mul1, mul2 = 2.0 * DT / (DX * DX), DT / (DY * DY)
    a = c = -mul1 / 2.0
    b = 1.0 + mul1
    d = f = -mul2 / 2.0
    e = 1.0 + mul2
    for t in range(1, TSTEPS + 1):
        v[0, 1 : N - 1] = 1.0
        p[1 : N - 1, 0] = 0.0
        q[1 : N - 1, 0] = v[0, 1 : N - 1]
        for j in range(1, N - 1):
            p[1 : N - 1, j] = -c / (a * p[1 : N - 1, j - 1] + b)
            q[1 : N - 1, j] = (
                -d * u[j, 0 : N - 2] + (1.0 + 2.0 * d) * u[j, 1 : N - 1] - f * u[j, 2:N] - a * q[1 : N - 1, j - 1]
            ) / (a * p[1 : N - 1, j - 1] + b)
        v[N - 1, 1 : N - 1] = 1.0
        for j in range(N - 2, 0, -1):
            v[j, 1 : N - 1] = p[1 : N - 1, j] * v[j + 1, 1 : N - 1] + q[1 : N - 1, j]

        u[1 : N - 1, 0] = 1.0
        p[1 : N - 1, 0] = 0.0
        q[1 : N - 1, 0] = u[1 : N - 1, 0]
        for j in range(1, N - 1):
            p[1 : N - 1, j] = -f / (d * p[1 : N - 1, j - 1] + e)
            q[1 : N - 1, j] = (
                -a * v[0 : N - 2, j] + (1.0 + 2.0 * a) * v[1 : N - 1, j] - c * v[2:N, j] - d * q[1 : N - 1, j - 1]
            ) / (d * p[1 : N - 1, j - 1] + e)
        u[1 : N - 1, N - 1] = 1.0
        for j in range(N - 2, 0, -1):
            u[1 : N - 1, j] = p[1 : N - 1, j] * u[1 : N - 1, j + 1] + q[1 : N - 1, j]


def image_data(w, h):
    return lambda rng: (0.25, grid(rng, w, h), np.zeros((w, h)))


@program(image_data(4, 5), wrt=(0, 1), of="imgOut", tags=KERNEL, big=image_data(300, 300))
def deriche(alpha, imgIn, imgOut):
    decay = np.exp(-alpha)
    k = (1.0 - decay) * (1.0 - decay) / (1.0 + alpha * decay - np.exp(2.0 * alpha))
    a1 = a5 = k
    a2 = a6 = k * decay * (alpha - 1.0)
    a3 = a7 = k * decay * (alpha + 1.0)
    a4 = a8 = -k * np.exp(-2.0 * alpha)
    b1 = 2.0 ** (-alpha)
    b2 = -np.exp(-2.0 * alpha)
    y1 = np.empty_like(imgIn)
    y1[:, 0] = a1 * imgIn[:, 0]
    y1[:, 1] = a1 * imgIn[:, 1] + a2 * imgIn[:, 0] + b1 * y1[:, 0]
    for j in range(2, imgIn.shape[1]):
        y1[:, j] = a1 * imgIn[:, j] + a2 * imgIn[:, j - 1] + b1 * y1[:, j - 1] + b2 * y1[:, j - 2]
    y2 = np.empty_like(imgIn)
    y2[:, -1] = 0.0
    y2[:, -2] = a3 * imgIn[:, -1]
    for j in range(imgIn.shape[1] - 3, -1, -1):
        y2[:, j] = a3 * imgIn[:, j + 1] + a4 * imgIn[:, j + 2] + b1 * y2[:, j + 1] + b2 * y2[:, j + 2]
    imgOut[:] = y1 + y2
    y1[0, :] = a5 * imgOut[0, :]
    y1[1, :] = a5 * imgOut[1, :] + a6 * imgOut[0, :] + b1 * y1[0, :]
    for i in range(2, imgIn.shape[0]):
        y1[i, :] = a5 * imgOut[i, :] + a6 * imgOut[i - 1, :] + b1 * y1[i - 1, :] + b2 * y1[i - 2, :]
    y2[-1, :] = 0.0
    y2[-2, :] = a7 * imgOut[-1, :]
    for i in range(imgIn.shape[0] - 3, -1, -1):
        y2[i, :] = a7 * imgOut[i + 1, :] + a8 * imgOut[i + 2, :] + b1 * y2[i + 1, :] + b2 * y2[i + 2, :]
    imgOut[:] = y1 + y2


def hdiff_data(NI, NJ, NK):
    return lambda rng: (
        grid(rng, NI + 4, NJ + 4, NK),
        np.zeros((NI, NJ, NK)),
        grid(rng, NI, NJ, NK),
    )


@program(
    hdiff_data(3, 4, 2),
    wrt=(0, 2),
    of="out_field",
    complex_step=False,
    tags=KERNEL,
    big=hdiff_data(96, 96, 30),
)
def hdiff(in_field, out_field, coeff):
    NI, NJ = out_field.shape[0], out_field.shape[1]
    lap_field = 4.0 * in_field[1 : NI + 3, 1 : NJ + 3, :] - (
        in_field[2 : NI + 4, 1 : NJ + 3, :]
        + in_field[0 : NI + 2, 1 : NJ + 3, :]
        + in_field[1 : NI + 3, 2 : NJ + 4, :]
        + in_field[1 : NI + 3, 0 : NJ + 2, :]
    )
    res = lap_field[1:, 1 : NJ + 1, :] - lap_field[:-1, 1 : NJ + 1, :]
    step = in_field[2 : NI + 3, 2 : NJ + 2, :] - in_field[1 : NI + 2, 2 : NJ + 2, :]
    flx_field = np.where((res * step) > 0, 0, res)
    res = lap_field[1 : NI + 1, 1:, :] - lap_field[1 : NI + 1, :-1, :]
    step = in_field[2 : NI + 2, 2 : NJ + 3, :] - in_field[2 : NI + 2, 1 : NJ + 2, :]
    fly_field = np.where((res * step) > 0, 0, res)
    out_field[:, :, :] = in_field[2 : NI + 2, 2 : NJ + 2, :] - coeff[:, :, :] * (
        flx_field[1:, :, :] - flx_field[:-1, :, :] + fly_field[:, 1:, :] - fly_field[:, :-1, :]
    )


def vadv_data(NI, NJ, NK):
    def make(rng):
        fields = [grid(rng, NI, NJ, NK) for _ in range(4)]
        return (
            fields[0],
            fields[1],
            grid(rng, NI + 1, NJ, NK),
            fields[2],
            fields[3],
            3.0 / 20.0 + 2.0,
        )

    return make


@program(
    vadv_data(2, 3, 5),
    wrt=(0, 1, 2, 3, 4, 5),
    of="utens_stage",
    tags=KERNEL,
    big=vadv_data(112, 112, 80),
)
def vadv(utens_stage, u_stage, wcon, u_pos, utens, dtr_stage):
    NI, NJ, NK = utens_stage.shape
    ccol = np.ndarray((NI, NJ, NK), dtype=utens_stage.dtype)
    dcol = np.ndarray((NI, NJ, NK), dtype=utens_stage.dtype)
    data_col = np.ndarray((NI, NJ), dtype=utens_stage.dtype)
    for k in range(NK):
        bcol = dtr_stage
        correction = 0.0
        if k > 0:
            gav = -0.25 * (wcon[1:, :, k] + wcon[:-1, :, k])
            acol = gav * 0.5
            bcol = bcol - acol
            correction = correction - gav * 0.5 * (u_stage[:, :, k - 1] - u_stage[:, :, k])
        if k < NK - 1:
            gcv = 0.25 * (wcon[1:, :, k + 1] + wcon[:-1, :, k + 1])
            ccol[:, :, k] = gcv * 0.5
            bcol = bcol - ccol[:, :, k]
            correction = correction - gcv * 0.5 * (u_stage[:, :, k + 1] - u_stage[:, :, k])
        dcol[:, :, k] = dtr_stage * u_pos[:, :, k] + utens[:, :, k] + utens_stage[:, :, k] + correction
        if k == 0:
            divided = 1.0 / bcol
        else:
            divided = 1.0 / (bcol - ccol[:, :, k - 1] * acol)
            dcol[:, :, k] -= dcol[:, :, k - 1] * acol
        if k < NK - 1:
            ccol[:, :, k] = ccol[:, :, k] * divided
        dcol[:, :, k] *= divided
    data_col[:] = dcol[:, :, NK - 1]
    utens_stage[:, :, NK - 1] = dtr_stage * (data_col - u_pos[:, :, NK - 1])
    for k in range(NK - 2, -1, -1):
        datacol = dcol[:, :, k] - ccol[:, :, k] * data_col[:, :]
        data_col[:] = datacol
        utens_stage[:, :, k] = dtr_stage * (datacol - u_pos[:, :, k])


def build_up_b(b, rho, dt, u, v, dx, dy):
    du_dx = (u[1:-1, 2:] - u[1:-1, 0:-2]) / (2 * dx)
    dv_dy = (v[2:, 1:-1] - v[0:-2, 1:-1]) / (2 * dy)
    b[1:-1, 1:-1] = rho * (
        1 / dt * (du_dx + dv_dy)
        - du_dx**2
        - 2 * ((u[2:, 1:-1] - u[0:-2, 1:-1]) / (2 * dy) * (v[1:-1, 2:] - v[1:-1, 0:-2]) / (2 * dx))
        - dv_dy**2
    )


def pressure_poisson(nit, p, dx, dy, b):
    pn = np.empty_like(p)
    for q in range(nit):
        pn[:] = p
        p[1:-1, 1:-1] = ((pn[1:-1, 2:] + pn[1:-1, 0:-2]) * dy**2 + (pn[2:, 1:-1] + pn[0:-2, 1:-1]) * dx**2) / (
            2 * (dx**2 + dy**2)
        ) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b[1:-1, 1:-1]
        p[:, -1] = p[:, -2]
        p[0, :] = p[1, :]
        p[:, 0] = p[:, 1]
        p[-1, :] = 0


def cavity_data(n, nt, nit):
    def make(rng):
        u, v, p = (0.1 * rng.standard_normal((n, n)) for _ in range(3))
        return nt, nit, u, v, p, 0.001, 1.0, 0.1

    return make


@program(cavity_data(6, 2, 3), wrt=(2, 3, 4, 6, 7), of="u", tags=KERNEL, big=cavity_data(60, 10, 15))
def cavity_flow(nt, nit, u, v, p, dt, rho, nu):
    dx, dy = 2 / (u.shape[1] - 1), 2 / (u.shape[0] - 1)
    b = np.zeros_like(u)
    for n in range(nt):
        un = u.copy()
        vn = v.copy()
        build_up_b(b, rho, dt, u, v, dx, dy)
        pressure_poisson(nit, p, dx, dy, b)
        u[1:-1, 1:-1] = (
            un[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (un[1:-1, 1:-1] - un[1:-1, 0:-2])
            - vn[1:-1, 1:-1] * dt / dy * (un[1:-1, 1:-1] - un[0:-2, 1:-1])
            - dt / (2 * rho * dx) * (p[1:-1, 2:] - p[1:-1, 0:-2])
            + nu
            * (
                dt / dx**2 * (un[1:-1, 2:] - 2 * un[1:-1, 1:-1] + un[1:-1, 0:-2])
                + dt / dy**2 * (un[2:, 1:-1] - 2 * un[1:-1, 1:-1] + un[0:-2, 1:-1])
            )
        )
        v[1:-1, 1:-1] = (
            vn[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (vn[1:-1, 1:-1] - vn[1:-1, 0:-2])
            - vn[1:-1, 1:-1] * dt / dy * (vn[1:-1, 1:-1] - vn[0:-2, 1:-1])
            - dt / (2 * rho * dy) * (p[2:, 1:-1] - p[0:-2, 1:-1])
            + nu
            * (
                dt / dx**2 * (vn[1:-1, 2:] - 2 * vn[1:-1, 1:-1] + vn[1:-1, 0:-2])
                + dt / dy**2 * (vn[2:, 1:-1] - 2 * vn[1:-1, 1:-1] + vn[0:-2, 1:-1])
            )
        )
        u[0, :] = 0
        u[:, 0] = 0
        u[:, -1] = 0
        u[-1, :] = 1  # the lid
        v[0, :] = v[-1, :] = 0
        v[:, 0] = v[:, -1] = 0


def conv_data(n, h, w, k, cin, cout):
    return lambda rng: (
        grid(rng, n, h, w, cin),
        grid(rng, k, k, cin, cout) - 1,
        np.zeros((n, h - k + 1, w - k + 1, cout)),
    )


@program(
    conv_data(1, 4, 4, 2, 2, 3),
    wrt=(0, 1),
    of="output",
    tags=KERNEL,
    big=conv_data(2, 22, 22, 3, 3, 8),
)
def conv2d(image, weights, output):
    K = weights.shape[0]
    for i in range(output.shape[1]):
        for j in range(output.shape[2]):
            output[:, i, j, :] = np.sum(
                image[:, i : i + K, j : j + K, :, np.newaxis] * weights[np.newaxis, :, :, :],
                axis=(1, 2, 3),
            )


def advection_data(n, steps):
    return lambda rng: (steps, 0.125, 1.5 + 0.5 * np.sin(2 * np.pi * np.arange(n) / (n - 1.5)))


@program(advection_data(8, 3), wrt=(1, 2), of="q", tags=KERNEL, big=advection_data(100, 100))
def lax_wendroff(steps, c, q):
    n = q.shape[0]
    flux = np.zeros_like(q)
    for t in range(steps):
        for i in range(n - 1):
            flux[i] = 0.5 * c * (q[i] + q[i + 1] + c * (q[i] - q[i + 1]))
        for i in range(1, n - 1):
            q[i] += flux[i - 1] - flux[i]
        q[0] = q[n - 2]
        q[n - 1] = q[1]


@program(advection_data(8, 3), wrt=(1, 2), of="q", tags=KERNEL, big=advection_data(100, 600))
def toon_advection(steps, c, q):
    for t in range(steps):
        left, right = q[:-1], q[1:]
        flux = (np.exp(c * np.log(left / right)) - 1.0) * left * right / (left - right)
        q[1:-1] += flux[:-1] - flux[1:]
        q[0] = q[-2]
        q[-1] = q[1]
