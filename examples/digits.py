"""Handwritten digits: a model of one's own, trained, checked against backpropagation by hand, and drawn.

The data are scikit-learn's 1,797 images of 8 × 8 pixels; a fifth is kept aside for the test. The model is defined here:
the same neurons look at every patch of 3 × 3 pixels, a layer condenses what they see, a residual layer adds to that,
and the last layer gives each digit a score. The script

1. trains it and measures how many of the test images it reads rightly,
2. derives the gradients of its dense part by hand, in NumPy, and compares them with those of the graph,
3. draws the graph of a small forward and backward pass.

Run it with ``make demo`` or ``python examples/digits.py``; the pictures go to out/digits/.
"""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from threadpoolctl import threadpool_limits

import autograd_mini as am
from nn import Layer, Module, accuracy, cross_entropy, fit, train_test_split
from nn.optim import AdamW

STYLE = Path(__file__).with_name("talk.mplstyle")

CORNERS = np.array([8 * row + column for row in range(6) for column in range(6)])
PATCHES = CORNERS[:, None] + np.array([8 * row + column for row in range(3) for column in range(3)])
"""The pixels of each of the 36 patches, shape (36, 9)."""


class DigitReader(Module):
    """Patches → features → a residual block → scores.

    Parameters
    ----------
    n_features : int
        Neurons that look at a patch; all patches are seen by the same ones.
    n_hidden : int
        Neurons of the dense layers.
    """

    def __init__(self, n_features: int = 32, n_hidden: int = 64, seed: int = 0, dtype: str = "float32") -> None:
        rng = np.random.default_rng(seed)
        self.patches = Layer(9, n_features, "relu", rng=rng, dtype=dtype, label="1")
        self.condense = Layer(36 * n_features, n_hidden, "relu", rng=rng, dtype=dtype, label="2")
        self.residual = Layer(n_hidden, n_hidden, "relu", rng=rng, dtype=dtype, label="3")
        self.scores = Layer(n_hidden, 10, "linear", rng=rng, dtype=dtype, label="4")

    def features(self, images: np.ndarray) -> Any:
        """What the first two layers make of images of shape (N, 64): shape (N, n_hidden)."""
        seen = self.patches(images[:, PATCHES])  # (N, 36, 9) → (N, 36, n_features)
        return self.condense(seen.reshape(len(images), -1))

    def dense(self, h: Any) -> Any:
        """The scores of the ten digits from the features."""
        return self.scores(h + self.residual(h))

    def forward(self, images: np.ndarray) -> Any:
        return self.dense(self.features(images))


def main(out: Path = Path("out/digits"), epochs: int = 12, seed: int = 0, progress: bool = True) -> dict[str, Any]:
    """Train, compare, draw; return the accuracy, the comparison and the history."""
    out.mkdir(parents=True, exist_ok=True)
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split((X / 16).astype("float32"), y, 0.2, seed=seed)
    X_more, y_more = moved(X_train, y_train)
    model = DigitReader(seed=seed)
    print(f"{len(X_train)} images to learn from, each also moved by a pixel to every side: {len(X_more)}")
    print(f"{len(X_test)} images kept aside for the test\n\n{model}\n")

    optimizer = AdamW(model.parameters(), lr=0.003, weight_decay=0.05)

    def smaller_steps(epoch: int, *_: object) -> None:
        optimizer.lr *= 0.8

    with threadpool_limits(1):  # matrices as small as these gain nothing from more threads, and lose on a busy machine
        history = fit(
            model,
            X_more,
            y_more,
            loss="cross_entropy",
            optimizer=optimizer,
            epochs=epochs,
            batch_size=64,
            validation=(X_test, y_test),  # only measured: nothing is chosen by it
            metrics=[accuracy],
            callbacks=[smaller_steps],
            progress=progress,
            seed=seed,
        )
    with am.no_grad():
        guesses = model(X_test).numpy().argmax(axis=1)
    right = float(np.mean(guesses == y_test))
    print(f"\ntest accuracy {right:.2%}: {np.sum(guesses == y_test)} of {len(y_test)} images, ", end="")
    print(f"trained in {sum(history.seconds):.1f} s\n")

    comparison = compare(model, X_test[:64], y_test[:64])
    print(f"Autodiff beside backpropagation by hand, in the dense part, for 64 images\n\n{comparison}\n")

    history.plot(out / "loss.png", title="Reading digits: the cost falls, the accuracy rises")
    plot_guesses(X_test, y_test, guesses, out / "guesses.png")
    three_and_eight = [int(np.argmax(y_test == digit)) for digit in (3, 8)]
    draw(X_test[three_and_eight], y_test[three_and_eight], out)
    for picture in ("loss.png", "guesses.png", "graph.svg", "graph.png"):
        print(f"picture: {out / picture}")
    return {"accuracy": right, "comparison": comparison, "history": history}


def moved(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The images, and each moved by a pixel up, down, left and right: the same digits, five times as often."""
    padded = np.pad(images.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    corners = ((1, 1), (0, 1), (2, 1), (1, 0), (1, 2))
    return np.concatenate([padded[:, i : i + 8, j : j + 8].reshape(-1, 64) for i, j in corners]), np.tile(labels, 5)


def compare(model: DigitReader, images: np.ndarray, labels: np.ndarray) -> am.Comparison:
    """The gradients of the dense part by hand beside the graph's, in float64 so that they can agree to 1e-12."""
    exact = DigitReader(dtype="float64")
    exact.load_state_dict(model.state_dict())
    with am.no_grad():
        features = exact.features(images.astype(float)).numpy()
    h = am.Value(features, name="h")
    C = cross_entropy(exact.dense(h), labels)

    W3, b3, W4, b4 = (parameter.numpy() for layer in (exact.residual, exact.scores) for parameter in layer.parameters())
    # forward: r = relu(h·W3 + b3), s = h + r, scores = s·W4 + b4, C = mean of −log softmax(scores)[label]
    Z3 = features @ W3 + b3
    s = features + np.maximum(Z3, 0)
    scores = s @ W4 + b4
    chance = np.exp(scores - scores.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    # step 1, the delta of the last layer: softmax(scores) − one-hot(labels), over the number of images
    delta4 = (chance - np.eye(10)[labels]) / len(labels)
    # step 2, the delta passed back, through the residual layer
    ds = delta4 @ W4.T
    delta3 = ds * (Z3 > 0)
    # step 3, the derivatives from the delta; h reaches C by two ways, past the layer and through it
    return am.compare_gradients(
        C,
        {
            exact.scores.W: s.T @ delta4,
            exact.scores.b: delta4.sum(axis=0),
            exact.residual.W: features.T @ delta3,
            exact.residual.b: delta3.sum(axis=0),
            h: ds + delta3 @ W3.T,
        },
    )


def draw(images: np.ndarray, labels: np.ndarray, out: Path) -> None:
    """The graph of the same kind of model with few neurons, for two images, forward and backward."""
    small = DigitReader(n_features=2, n_hidden=4, dtype="float64")
    C = cross_entropy(small(images.astype(float)), labels)
    C.name = "C"
    C.backward()
    drawing = am.draw(C, rankdir="TB")
    drawing.save(out / "graph.svg")
    drawing.save(out / "graph.png")


@style.context(STYLE)
def plot_guesses(images: np.ndarray, labels: np.ndarray, guesses: np.ndarray, file: Path) -> None:
    """Twenty test images with what the model reads; misread ones come first, in orange."""
    fig = Figure(figsize=(13, 3.9))
    fig.suptitle("Test images, and what the model reads: the misread ones first")
    order = np.argsort(guesses == labels, kind="stable")[:20]
    for ax, k in zip(fig.subplots(2, 10).ravel(), order, strict=True):
        ax.imshow(images[k].reshape(8, 8), cmap="Blues")
        wrong = guesses[k] != labels[k]
        ax.set_title(f"{guesses[k]}, is {labels[k]}" if wrong else str(guesses[k]), color="C1" if wrong else "C2")
        ax.set_axis_off()
    fig.savefig(file)


if __name__ == "__main__":
    main()
