"""Functions of SciPy that are called with constants: filters are designed, windows and nodes tabulated.

    b, a = signal.butter(3, 0.2)      ->      b, a = signal.butter(3, 0.2)      a constant, computed once

They have no rule: what they return is a constant where all arguments are, and a call with an active argument is refused.
"""

import sys

from adjoint_compiler.rules.table import cite, function_key, of_constants, present

NAMES = {
    "scipy.signal": (
        "band_stop_obj bessel besselap bilinear bilinear_zpk buttap butter buttord cheb1ap "
        "cheb1ord cheb2ap cheb2ord cheby1 cheby2 check_COLA check_NOLA chirp choose_conv_method cont2discrete correlation_lags "
        "czt_points ellip ellipap ellipord find_peaks find_peaks_cwt findfreqs firls firwin firwin2 firwin_2d freqs freqs_zpk "
        "freqz_sos freqz_zpk gammatone gauss_spline gausspulse get_window group_delay iircomb iirdesign iirfilter iirnotch "
        "iirpeak invres invresz kaiser_atten kaiser_beta kaiserord lp2bp lp2bp_zpk lp2bs lp2bs_zpk lp2hp "
        "lp2hp_zpk lp2lp lp2lp_zpk max_len_seq minimum_phase normalize peak_prominences peak_widths remez residue residuez "
        "savgol_coeffs sawtooth sos2tf sos2zpk square ss2tf ss2zpk sweep_poly tf2sos tf2ss tf2zpk unique_roots "
        "unit_impulse vectorstrength zpk2sos zpk2ss zpk2tf"
    ),
    "scipy.signal.windows": (
        "barthann bartlett blackman blackmanharris bohman boxcar chebwin cosine dpss exponential flattop gaussian general_cosine "
        "general_gaussian general_hamming hamming hann kaiser kaiser_bessel_derived lanczos nuttall parzen taylor triang tukey"
    ),
    "scipy.special": (
        "ai_zeros bei_zeros beip_zeros ber_zeros berp_zeros bi_zeros erf_zeros euler factorial2 factorialk fresnel_zeros "
        "jn_zeros jnjnp_zeros jnp_zeros jnyn_zeros kei_zeros keip_zeros ker_zeros kerp_zeros perm roots_chebyc roots_chebys "
        "roots_chebyt roots_chebyu roots_gegenbauer roots_genlaguerre roots_hermite roots_hermitenorm roots_jacobi "
        "roots_laguerre roots_legendre roots_sh_chebyt roots_sh_chebyu roots_sh_jacobi roots_sh_legendre stirling2 y0_zeros "
        "y1_zeros y1p_zeros yn_zeros ynp_zeros"
    ),
    "scipy.linalg": "bandwidth ishermitian issymmetric null_space orth subspace_angles",
    "scipy.fft": "get_workers next_fast_len prev_fast_len",
    "scipy.ndimage": "generate_binary_structure iterate_structure",
    "scipy.integrate": "lebedev_rule newton_cotes",
}


def enter(module: str) -> None:
    """Those of a module, which is imported already."""
    functions = present(sys.modules[module], *NAMES[module].split())
    of_constants(*functions)
    cite("the function itself: what it returns is a constant", *map(function_key, functions))
