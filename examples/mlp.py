"""A two-layer network for handwritten digits, in plain NumPy, trained with the compiled gradient.

The parameters are one dictionary; the gradient comes back as a dictionary with the same keys. Stochastic
gradient descent with momentum: Sutskever et al., On the importance of initialization and momentum in deep
learning, ICML 2013, equations 1 and 2. Initial weights: Glorot and Bengio, AISTATS 2010, equation 16.
"""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tqdm import trange

import adjoint_compiler as ac

Parameters = dict[str, np.ndarray]


def initial_parameters(inputs: int, hidden: int, outputs: int, rng: np.random.Generator) -> Parameters:
    """Uniform weights of variance 2 / (fan in + fan out), zero biases."""

    def layer(fan_in: int, fan_out: int) -> np.ndarray:
        limit = np.sqrt(6 / (fan_in + fan_out))
        return rng.uniform(-limit, limit, (fan_in, fan_out))

    return {
        "w1": layer(inputs, hidden),
        "b1": np.zeros(hidden),
        "w2": layer(hidden, outputs),
        "b2": np.zeros(outputs),
    }


def scores(parameters: Parameters, images: np.ndarray) -> np.ndarray:
    """Unnormalized log-probabilities, (batch, classes), of images (batch, pixels)."""
    hidden = np.tanh(images @ parameters["w1"] + parameters["b1"])
    return hidden @ parameters["w2"] + parameters["b2"]


def loss(parameters: Parameters, images: np.ndarray, labels: np.ndarray) -> float:
    """Mean cross-entropy of integer labels (batch,)."""
    logits = scores(parameters, images)
    logits = logits - logits.max(axis=1, keepdims=True)
    log_normalizer = np.log(np.exp(logits).sum(axis=1))
    return np.mean(log_normalizer - logits[np.arange(len(labels)), labels])


loss_and_gradient = ac.value_and_grad(loss)


def load_data() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """8 x 8 digits as rows of 64 values in [0, 1].

    Returns training images, test images, training labels, test labels.
    """
    images, labels = load_digits(return_X_y=True)
    return tuple(train_test_split(images / 16.0, labels, test_size=0.25, random_state=0, stratify=labels))


def train(
    images: np.ndarray,
    labels: np.ndarray,
    hidden: int = 64,
    epochs: int = 40,
    batch: int = 64,
    rate: float = 0.1,
    momentum: float = 0.9,
    progress: bool = False,
) -> Parameters:
    """Train on images (n, pixels) with labels (n,); `progress` draws a bar with the latest loss."""
    rng = np.random.default_rng(0)
    parameters = initial_parameters(images.shape[1], hidden, labels.max() + 1, rng)
    velocity = {name: np.zeros_like(value) for name, value in parameters.items()}
    bar = trange(epochs, desc="training", unit="epoch", disable=not progress)
    for _ in bar:
        order = rng.permutation(len(images))
        for start in range(0, len(images), batch):
            rows = order[start : start + batch]
            value, gradient = loss_and_gradient(parameters, images[rows], labels[rows])
            for name in parameters:
                velocity[name] = momentum * velocity[name] - rate * gradient[name]
                parameters[name] += velocity[name]
        bar.set_postfix(loss=f"{value:.4f}")
    return parameters


def accuracy(parameters: Parameters, images: np.ndarray, labels: np.ndarray) -> float:
    """Fraction of images whose highest score is their label."""
    return float(np.mean(scores(parameters, images).argmax(axis=1) == labels))


def main() -> None:
    train_images, test_images, train_labels, test_labels = load_data()
    parameters = train(train_images, train_labels, progress=True)
    print(f"training accuracy {accuracy(parameters, train_images, train_labels):.3f}")
    print(f"test accuracy     {accuracy(parameters, test_images, test_labels):.3f}")


if __name__ == "__main__":
    main()
