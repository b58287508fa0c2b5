"""Learning without labels: an autoencoder finds the two hidden dimensions of its data.

Each sample has eight numbers, but only two were free: a place (u, v) on a sheet that is bent and turned into eight
dimensions. The network never sees u and v. It shall give back what it gets, x → code → x, through a layer of only two
neurons, and the cost is the mean of (x − output)². To pass everything on, these two have to say where on the sheet the
sample lies. PCA, the best that can be done with a flat sheet, is measured beside it.

Run it with ``python examples/autoencoder.py``; the pictures go to out/autoencoder/.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure

from nn import MLP, Module, fit, train_test_split

Array: TypeAlias = np.ndarray[Any, Any]
STYLE = Path(__file__).with_name("talk.mplstyle")


class Autoencoder(Module):
    """An encoder to a short code, and a decoder back."""

    def __init__(self, n_inputs: int, n_code: int, n_hidden: int = 32, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.encoder = MLP(n_inputs, [n_hidden, n_code], "tanh", rng=rng)
        self.decoder = MLP(n_code, [n_hidden, n_inputs], "tanh", rng=rng)

    def forward(self, x: Any) -> Any:
        return self.decoder(self.encoder(x))

    def code(self, X: Array) -> Array:
        """The codes of samples, as plain numbers."""
        return np.array(self.encoder(X).numpy())


TURN = np.linalg.qr(np.random.default_rng(1).normal(size=(8, 8)))[0]


def bend(hidden: Array) -> Array:
    """The eight numbers that places (u, v) become: a bent sheet, turned so that no number is u or v itself."""
    u, v = hidden.T
    bent = np.stack([u, v, np.sin(3 * u), np.cos(3 * u), u * v, v**2, np.sin(2 * v), u**2 - v], axis=1)
    turned: Array = bent @ TURN
    return turned


def main(out: Path = Path("out/autoencoder"), epochs: int = 300) -> dict[str, Any]:
    """Train the autoencoder, compare it with PCA; return both errors, and how well the code tells u and v."""
    out.mkdir(parents=True, exist_ok=True)
    hidden = np.random.default_rng(0).uniform(-1.0, 1.0, (1000, 2))
    X = bend(hidden)
    X_train, X_test, _, hidden_test = train_test_split(X, hidden, 0.25, seed=0)

    model = Autoencoder(n_inputs=8, n_code=2)
    print(f"{len(X_train)} samples of 8 numbers, no labels\n\n{model}\n")
    history = fit(model, X_train, lr=0.003, epochs=epochs, validation=(X_test, None), batch_size=32, seed=0)

    error = np.mean((model(X_test).numpy() - X_test) ** 2)
    flat_error = np.mean((pca(X_train, X_test) - X_test) ** 2)
    told = explained(model.code(X_test), hidden_test)
    print(f"mean square error on {len(X_test)} samples kept aside, each told by 2 numbers\n")
    print(f"  PCA, the best flat sheet     {flat_error:.5f}")
    print(f"  autoencoder, a bent sheet    {error:.5f}, {flat_error / error:.0f} times less\n")
    print("a cubic function of the code gives back, of the variance of what the network never saw,\n")
    print(f"  {told[0]:.1%} of u and {told[1]:.1%} of v\n")

    history.plot(out / "loss.png", title="The error of the reconstruction falls")
    plot_code(model, hidden_test, out / "code.png")
    for picture in ("code.png", "loss.png"):
        print(f"picture: {out / picture}")
    return {"error": error, "pca_error": flat_error, "explained": told, "history": history}


def pca(X_train: Array, X_test: Array, n: int = 2) -> Array:
    """The samples after passing through the plane of the first n principal components."""
    centre = X_train.mean(axis=0)
    components = np.linalg.svd(X_train - centre, full_matrices=False)[2][:n]
    flat: Array = (X_test - centre) @ components.T @ components + centre
    return flat


def explained(code: Array, hidden: Array) -> Array:
    """The share of the variance of u and of v that a polynomial of third degree in the code explains."""
    p, q = (code / code.std(axis=0)).T
    powers = np.stack([p**i * q**j for i in range(4) for j in range(4 - i)], axis=1)
    missed = hidden - powers @ np.linalg.lstsq(powers, hidden)[0]
    return np.array(1 - np.mean(missed**2, axis=0) / hidden.var(axis=0))


@style.context(STYLE)
def plot_code(model: Autoencoder, hidden: Array, file: Path) -> None:
    """The true places and the codes, each sample in the colour of its true place, with lines of equal u and equal v."""
    u, v = (hidden.T + 1) / 2
    colours = np.stack([u, 0.35 + 0.3 * v, v], axis=1)
    fig = Figure(figsize=(13, 6.6))
    fig.suptitle("Nobody told it u and v: two neurons found the sheet and laid it out")
    side = np.linspace(-1, 1, 100)
    lines = [np.stack([np.full(100, at), side], axis=1) for at in np.linspace(-1, 1, 9)]
    lines += [line[:, ::-1] for line in lines]
    panels: dict[str, tuple[Callable[[Array], Array], str, str]] = {
        "hidden: the place on the sheet": (lambda places: places, "u", "v"),
        "found: the code of the autoencoder": (lambda places: model.code(bend(places)), "code 1", "code 2"),
    }
    for ax, (title, (place, across, up)) in zip(fig.subplots(1, 2), panels.items(), strict=True):
        for line in lines:
            ax.plot(*place(line).T, color="#9db8cc", linewidth=1, zorder=1)
        ax.scatter(*place(hidden).T, c=colours, s=70, edgecolor="white", linewidth=0.7, zorder=2)
        ax.set(title=title, xlabel=across, ylabel=up)
        ax.grid(visible=False)
    fig.savefig(file)


if __name__ == "__main__":
    main()
