"""Logistic regression by gradient descent: one call gives the loss and the gradient of several arguments.

The loss is the negative log-likelihood of Bishop, Pattern Recognition and Machine Learning (2006), equation
4.90, in the form log(1 + exp(z)) - y z that cannot overflow, plus a ridge penalty.
"""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import adjoint_compiler as ac


def loss(weights: np.ndarray, bias: float, features: np.ndarray, labels: np.ndarray, ridge: float) -> float:
    """Mean negative log-likelihood of 0/1 labels (n,) given features (n, d), weights (d,), plus penalty."""
    logits = features @ weights + bias
    return np.mean(np.logaddexp(0.0, logits) - labels * logits) + 0.5 * ridge * weights @ weights


loss_and_gradient = ac.value_and_grad(loss, wrt=("weights", "bias"))


def load_data() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Breast-cancer features, scaled to mean 0 and deviation 1 over the training set, and 0/1 labels.

    Returns training features, test features, training labels, test labels.
    """
    features, labels = load_breast_cancer(return_X_y=True)
    train, test, train_labels, test_labels = train_test_split(features, labels, random_state=0)
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / deviation, (test - mean) / deviation, train_labels, test_labels


def fit(
    features: np.ndarray, labels: np.ndarray, ridge: float = 1e-3, rate: float = 0.5, steps: int = 300
) -> tuple[np.ndarray, float, list[float]]:
    """Gradient descent from zero. Returns the weights, the bias and the loss before each step."""
    weights, bias, history = np.zeros(features.shape[1]), 0.0, []
    for _ in range(steps):
        value, (weights_bar, bias_bar) = loss_and_gradient(weights, bias, features, labels, ridge)
        weights -= rate * weights_bar
        bias -= rate * bias_bar
        history.append(float(value))
    return weights, bias, history


def accuracy(weights: np.ndarray, bias: float, features: np.ndarray, labels: np.ndarray) -> float:
    """Fraction of rows on the right side of the separating plane."""
    return float(np.mean((features @ weights + bias > 0) == labels))


def main() -> None:
    train, test, train_labels, test_labels = load_data()
    weights, bias, history = fit(train, train_labels)
    for step in range(0, len(history), 50):
        print(f"step {step:3d}  loss {history[step]:.4f}")
    print(f"test accuracy {accuracy(weights, bias, test, test_labels):.3f}")


if __name__ == "__main__":
    main()
