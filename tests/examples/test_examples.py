"""Every example runs, and every number that it shows is right."""

import math
from functools import partial

import numpy as np
import pytest

import adjoint_compiler as ac
from examples import (
    advection,
    bundle_adjustment,
    dual_numbers,
    forward_or_reverse,
    logistic,
    mlp,
    newton,
    own_rules,
    particle,
    quickstart,
    saddle,
    trajectory,
)

STEPS = 2000
TOLERANCES = {
    # scheme: against central differences, loops against slices; both relative to the largest element
    "Lax-Wendroff": (1e-8, 1e-12),
    "Toon": (1e-4, 1e-4),
}


@pytest.mark.parametrize(
    "main",
    [
        quickstart.main,
        logistic.main,
        mlp.main,
        partial(advection.main, steps=50),
        trajectory.main,
        newton.main,
        own_rules.main,
        dual_numbers.main,
        bundle_adjustment.main,
        partial(forward_or_reverse.main, sizes=(1, 10)),
    ],
    ids=[
        "quickstart",
        "logistic",
        "mlp",
        "advection",
        "trajectory",
        "newton",
        "own_rules",
        "dual_numbers",
        "bundle_adjustment",
        "forward_or_reverse",
    ],
)
def test_main_prints(main, capsys):
    main()
    assert capsys.readouterr().out


def test_quickstart_gradient_is_the_one_on_paper():
    for point in ((2.0, 3.0), (-0.7, 11.0), (0.0, 0.0)):
        assert quickstart.gradient(*point) == pytest.approx(quickstart.exact_gradient(*point), rel=1e-15)


def test_quickstart_sources_compile():
    for text in (
        quickstart.gradient.source,
        quickstart.gradient.primal_source,
        quickstart.gradient.adjoint_source,
    ):
        compile(text, "<quickstart>", "exec")


def test_logistic_separates_held_out_data():
    features, test_features, labels, test_labels = logistic.load_data()
    weights, bias, history = logistic.fit(features, labels)
    assert history[-1] < 0.1 * history[0]
    assert logistic.accuracy(weights, bias, test_features, test_labels) > 0.95


def test_logistic_gradient_against_the_closed_form():
    features, _, labels, _ = logistic.load_data()
    weights = np.random.default_rng(0).standard_normal(features.shape[1])
    _, (weights_bar, bias_bar) = logistic.loss_and_gradient(weights, 0.3, features, labels, 1e-2)
    residual = 1.0 / (1.0 + np.exp(-(features @ weights + 0.3))) - labels
    np.testing.assert_allclose(weights_bar, features.T @ residual / len(labels) + 1e-2 * weights, rtol=1e-10)
    assert isinstance(bias_bar, float)
    assert bias_bar == pytest.approx(residual.mean(), rel=1e-10)


def test_digits_network_reads_held_out_digits():
    images, test_images, labels, test_labels = mlp.load_data()
    parameters = mlp.train(images, labels)
    assert mlp.accuracy(parameters, test_images, test_labels) > 0.95


def test_digits_network_gradient_in_a_direction():
    images, _, labels, _ = mlp.load_data()
    rng = np.random.default_rng(1)
    parameters = mlp.initial_parameters(images.shape[1], 16, 10, rng)
    direction = {name: rng.standard_normal(value.shape) for name, value in parameters.items()}
    _, gradient = mlp.loss_and_gradient(parameters, images, labels)
    assert gradient.keys() == parameters.keys()

    def moved(h):
        return mlp.loss({name: parameters[name] + h * direction[name] for name in parameters}, images, labels)

    slope = sum(float(np.sum(gradient[name] * direction[name])) for name in parameters)
    assert slope == pytest.approx((moved(1e-5) - moved(-1e-5)) / 2e-5, rel=1e-7)


def advanced(scheme, steps, c=advection.COURANT_NUMBER):
    """The initial state after some steps of a scheme."""
    q = advection.initial_state()
    scheme(q, c, steps)
    return q


@pytest.mark.parametrize("name", advection.SCHEMES)
def test_advection_loops_and_slices_compute_the_same_states(name):
    loops, slices, _ = advection.SCHEMES[name]
    by_slices = advanced(slices, STEPS)
    assert advection.relative_difference(advanced(loops, STEPS), by_slices) < 1e-9
    # once the boundaries are set, after the first step, what leaves one box enters its neighbour
    assert by_slices[1:-1].sum() == pytest.approx(advanced(slices, 1)[1:-1].sum(), rel=1e-12)


@pytest.mark.parametrize("name", advection.SCHEMES)
def test_advection_adjoint_against_differences_and_each_other(name):
    loops, slices, h = advection.SCHEMES[name]
    against_differences, against_each_other = TOLERANCES[name]
    q, c, seed = advection.initial_state(), advection.COURANT_NUMBER, advection.random_seed()

    final, by_slices, c_by_slices = advection.adjoint(slices, q, c, STEPS, seed)
    _, by_loops, c_by_loops = advection.adjoint(loops, q, c, STEPS, seed)
    np.testing.assert_array_equal(q, advection.initial_state(), "a derivative changed its argument")
    np.testing.assert_array_equal(final, advanced(slices, STEPS), "the forward sweep computed other numbers")

    differences = advection.central_differences(slices, q, c, STEPS, seed, h)
    assert advection.relative_difference(by_slices, differences) < against_differences
    assert advection.relative_difference(by_loops, differences) < against_differences
    assert advection.relative_difference(by_loops, by_slices) < against_each_other
    assert c_by_loops == pytest.approx(c_by_slices, rel=against_each_other)


@pytest.mark.parametrize("name", advection.SCHEMES)
def test_advection_adjoint_of_the_courant_number(name):
    _, slices, _ = advection.SCHEMES[name]
    q, c, steps, seed = advection.initial_state(), advection.COURANT_NUMBER, 200, advection.random_seed()
    _, _, c_bar = advection.adjoint(slices, q, c, steps, seed)
    h = 1e-5
    difference = advanced(slices, steps, c + h) - advanced(slices, steps, c - h)
    assert c_bar == pytest.approx(seed @ difference / (2 * h), rel=1e-6)


def test_trajectory_gradient_against_differences():
    _, guess, arguments = trajectory.problem()
    _, gradient = trajectory.miss_and_gradient(guess, *arguments)
    h = 1e-5
    for i, unit in enumerate(np.eye(len(guess))):
        plus, minus = (trajectory.miss(guess + shift * unit, *arguments) for shift in (h, -h))
        assert gradient[i] == pytest.approx((plus - minus) / (2 * h), rel=1e-6, abs=1e-8)


def test_trajectory_fit_finds_the_velocities():
    truth, guess, arguments = trajectory.problem()
    result = trajectory.fit(guess, arguments)
    assert result.fun < 1e-12
    np.testing.assert_allclose(result.x, truth, atol=1e-6)


def test_trajectory_leapfrog_keeps_momentum_and_energy():
    positions, velocities, masses = trajectory.planets()

    def energy():
        offsets = positions[:, None] - positions[None]
        distances = np.sqrt((offsets**2).sum(axis=2) + trajectory.SOFTENING**2)
        pairs = np.triu(np.outer(masses, masses) / distances, 1)
        return 0.5 * masses @ (velocities**2).sum(axis=1) - pairs.sum()

    momentum_before, energy_before = masses @ velocities, energy()
    trajectory.leapfrog(positions, velocities, masses, 2.0, 400)
    np.testing.assert_allclose(masses @ velocities, momentum_before, atol=1e-13)
    assert energy() == pytest.approx(energy_before, rel=1e-5)


@pytest.mark.parametrize("mean_anomaly", [0.01, 0.5, 3.0, 6.2])
@pytest.mark.parametrize("eccentricity", [0.0, 0.1, 0.6, 0.95])
def test_newton_gradient_against_the_implicit_function_theorem(mean_anomaly, eccentricity):
    value, gradient = newton.anomaly_and_gradient(mean_anomaly, eccentricity)
    assert value == newton.eccentric_anomaly(mean_anomaly, eccentricity)
    assert value - eccentricity * math.sin(value) == pytest.approx(mean_anomaly, abs=1e-12)
    exact = newton.implicit_gradient(mean_anomaly, eccentricity)
    assert gradient == pytest.approx(exact, rel=1e-9, abs=1e-12)


def test_newton_mean_distance_has_the_known_average_and_slope():
    assert newton.mean_distance(0.6, 200) == pytest.approx(1.0 + 0.6**2 / 2.0, rel=1e-12)
    assert newton.mean_distance_gradient(0.6, 200) == pytest.approx(0.6, rel=1e-10)


def test_examples_hold_under_the_gradient_checker():
    ac.testing.check_grads(quickstart.f, (2.0, 3.0), order=1, modes=("reverse",))
    ac.testing.check_grads(newton.eccentric_anomaly, (1.0, 0.6), order=1, modes=("reverse",))


# -- forward mode --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [-0.7, 0.4, 1.3])
def test_generated_code_computes_what_dual_numbers_compute(x):
    assert dual_numbers.by_generated_code(dual_numbers.wave, x, 2.0) == dual_numbers.by_duals(dual_numbers.wave, x, 2.0)


def test_gradients_of_all_modes_agree():
    x = np.linspace(0.0, 3.0, 7)
    gradient = forward_or_reverse.gradient(x)
    np.testing.assert_allclose(forward_or_reverse.by_forward(x, 7), gradient, rtol=1e-12)
    np.testing.assert_allclose(forward_or_reverse.by_differences(x, 7), gradient, rtol=1e-6)


def test_figure_is_a_picture():
    rows = {n: {"forward": n * 1e-5, "differences": n * 2e-5, "reverse": 1e-4} for n in (1, 10, 100)}
    text = forward_or_reverse.figure(rows)
    assert text.startswith("<svg") and text.count("<polyline") == 3


@pytest.mark.parametrize("modes", saddle.MODES, ids=" over ".join)
def test_saddle(modes):
    x, value = saddle.saddle(*modes)
    np.testing.assert_allclose(x, 0.0, atol=1e-5)
    assert abs(value) < 1e-9
    np.testing.assert_allclose(saddle.MODES[modes](np.array([0.3, -0.4])), [0.6, -0.8], rtol=1e-9)


@pytest.mark.parametrize("modes", particle.MODES, ids=" over ".join)
def test_particle(modes):
    derivative, crossing = particle.MODES[modes], particle.CROSSINGS[modes[1]]
    found, h = derivative(0.1), 1e-6
    assert found == pytest.approx((crossing(0.1 + h) - crossing(0.1 - h)) / (2 * h), rel=1e-6)


def test_particle_is_steered_to_the_axis():
    w, value = particle.steer("reverse", "reverse")
    assert w == pytest.approx(0.2072, abs=1e-3) and value < 1e-6


def test_own_rules_are_right():
    ac.testing.check_rule(own_rules.mean_excess, order=1)
    ac.testing.check_grads(own_rules.flow, (np.array([10.0, 50.0, 90.0]), 2.0))
    assert ac.grad(own_rules.mean_excess)(0.0) == pytest.approx(-1 / 12, rel=1e-12)


def test_bundle_adjustment_has_the_dense_jacobian_and_finds_the_truth():
    (guess, *others), _ = bundle_adjustment.problem(cameras=3, points=8)
    found = bundle_adjustment.jacobian(guess, *others)
    np.testing.assert_allclose(found.toarray(), ac.jacobian(bundle_adjustment.residuals)(guess, *others), atol=1e-13)
    pattern = bundle_adjustment.jacobian.pattern(guess, *others)
    assert pattern.sweeps == 9
    assert pattern.matrix.nnz == 9 * found.shape[0]
    others[2][0] = others[2][-1]  # another point is seen: the pattern is another one
    found = bundle_adjustment.jacobian(guess, *others)
    np.testing.assert_allclose(found.toarray(), ac.jacobian(bundle_adjustment.residuals)(guess, *others), atol=1e-13)
    assert bundle_adjustment.fit(bundle_adjustment.problem()[0])[1][-1] < 1e-12
