import base64
import hashlib
import json
import re
import sys
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from nn import MLP, Callback, DivergenceError, EarlyStopping, fit

pytest.importorskip("matplotlib")

from PIL import Image

from nn.animation.files import save
from nn.animation.frames import Scene
from nn.animation.picture import CLASSES, Number, SeveralClasses, TwoClasses, meaning_of, rgb
from nn.animation.recording import Recorder, plane_around, predict

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = np.array([0.0, 1.0, 1.0, 0.0])


def opened(data: bytes | Path) -> Image.Image:
    return Image.open(data if isinstance(data, Path) else BytesIO(data))


def test_a_gif_with_a_frame_for_every_wanted_epoch(tmp_path: Path) -> None:
    file = tmp_path / "xor.gif"
    history, path = nn.animate(MLP(2, [4, 1], seed=1), X, XOR, epochs=9, every=4, path=file, seed=1, dpi=40)
    assert path == file
    assert len(history) == 9
    with opened(file) as picture:
        assert picture.format == "GIF"
        assert picture.size == (400, 225)
        assert picture.n_frames == 5  # type: ignore[attr-defined]  # before, 1, 4, 8, 9
        assert picture.info["loop"] == 0
        assert picture.convert("RGB").getpixel((395, 220)) == (255, 255, 255)
    assert [child.name for child in tmp_path.iterdir()] == ["xor.gif"]


def test_the_training_is_that_of_fit(tmp_path: Path) -> None:
    options: dict[str, Any] = {"lr": 0.05, "epochs": 5, "batch_size": 2, "seed": 3, "validation": (X, XOR)}
    shown, plain = (MLP(2, [4, 1], seed=1) for _ in range(2))
    history, _ = nn.animate(shown, X, XOR, path=tmp_path / "a.gif", dpi=40, **options)
    assert history.losses == fit(plain, X, XOR, **options).losses
    for ours, theirs in zip(shown.parameters(), plain.parameters(), strict=True):
        np.testing.assert_array_equal(ours.raw, theirs.raw)


def test_the_page_holds_all_that_it_shows(tmp_path: Path) -> None:
    title = '<script>alert("x")</script> & $x$ @data@ @policy@ </title><style>*{}</style> \x00\ud800\u202e😀'
    file = tmp_path / "training.html"
    animation = nn.animate(MLP(2, [4, 1], seed=1), X, XOR, epochs=3, path=file, title=title, dpi=40)
    text = file.read_text(encoding="utf-8")
    data = json.loads(re.findall(r'<script type="application/json" id="data">(.*?)</script>', text)[0])
    assert data["told"][0].startswith("before training")
    assert [told.split()[1] for told in data["told"][1:]] == ["1", "2", "3"]
    assert all("cost" in told and "right" in told for told in data["told"][1:])
    assert len(data["frames"]) == 4
    assert opened(base64.b64decode(data["frames"][0].partition(",")[2])).size == (400, 225)

    seen: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    Reader().feed(text)
    tags = [tag for tag, _ in seen]
    assert (tags.count("script"), tags.count("style")) == (2, 1)
    assert not set(tags) & {"link", "iframe", "object", "base", "form"}
    assert "@data@ @policy@" in text
    assert not re.search("[\x00\u202e]", text)
    assert "://" not in re.sub(r"data:image/png;base64,[^\"]+", "", text)
    policy = next(str(attributes["content"]) for tag, attributes in seen if "http-equiv" in attributes)
    for tag in ("style", "script"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; img-src data:; ")
    for tag, attributes in seen:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        if tag == "img":
            assert str(attributes["src"]).startswith("data:image/png;base64,")
    assert 'sandbox="allow-scripts"' in animation._repr_html_()


def test_a_gif_takes_any_title(tmp_path: Path) -> None:
    for title in ("$x^ &<b> שלום \x00\ud800\u202e\n", "x" * 10_000):
        nn.animate(MLP(2, [1], seed=1), X, XOR, epochs=1, path=tmp_path / "a.gif", title=title, dpi=40)
    assert [child.name for child in tmp_path.iterdir()] == ["a.gif"]


def test_notebooks_show_a_gif(tmp_path: Path) -> None:
    animation = nn.animate(MLP(2, [1], seed=1), X, XOR, epochs=1, path=tmp_path / "a.gif", dpi=40)
    assert animation._repr_html_().startswith('<img alt="The training, epoch by epoch" src="data:image/gif;base64,R0lG')


def test_a_scalar_model_is_asked_point_by_point() -> None:
    tensor, scalar = MLP(2, [3, 2], seed=1), MLP(2, [3, 2], seed=1, scalar=True)
    np.testing.assert_allclose(predict(scalar, X), predict(tensor, X), rtol=1e-12)
    assert predict(MLP(2, [1], seed=1, scalar=True), X).shape == (4, 1)


def test_predicting_leaves_the_mode_and_records_nothing() -> None:
    model = MLP(2, [3, 1], seed=1)
    modes = []

    class Spy(nn.Module):
        def __init__(self) -> None:
            self.inner = model

        def forward(self, x: Any) -> Any:
            modes.append(model.training)
            out = model(x)
            assert not out.requires_grad
            return out

    spy = Spy()
    predict(spy, X)
    assert modes == [False]
    assert model.training
    assert spy.training


def test_the_norms_are_those_of_the_gradients() -> None:
    model = MLP(2, [3, 1], seed=1)
    expected: list[float] = []

    class Watch(Callback):
        def on_gradients(self, history: Any, model: Any) -> None:
            expected.append(float(sum(np.sum(p.grad**2) for p in model.layers[0].parameters())))

    recorder = Recorder(plane_around(X, 5), X, lambda epoch: epoch == 2)
    fit(model, X, XOR, epochs=3, batch_size=2, callbacks=[Watch(), recorder], seed=0)
    assert list(recorder.norms) == ["layer1", "layer2"]
    rms = np.sqrt(np.reshape(expected, (3, 2)).mean(axis=1))
    np.testing.assert_allclose(recorder.norms["layer1"], rms, rtol=1e-12)
    assert recorder.epochs == [0, 2, 3]
    np.testing.assert_array_equal(recorder.surfaces[-1], predict(model, recorder.plane.points))


def test_a_model_without_named_parameters_is_one_group() -> None:
    class Line:
        def __init__(self) -> None:
            self.w = am.Value(np.ones((2, 1)))

        def __call__(self, x: Any) -> Any:
            return am.matmul(x, self.w)

        def parameters(self) -> list[am.Value]:
            return [self.w]

    recorder = Recorder(plane_around(X, 3), X, lambda epoch: True)
    fit(Line(), X, XOR, epochs=1, callbacks=recorder)
    assert list(recorder.norms) == ["all parameters"]


def test_the_plane_covers_the_data_with_a_margin() -> None:
    plane = plane_around(np.array([[1.0, 5.0], [3.0, 5.0]]), 4)
    left, right, bottom, top = plane.extent
    assert plane.points.shape == (16, 2)
    assert left < 1
    assert right > 3
    assert bottom < 5 < top
    np.testing.assert_array_equal(plane.points[0], [left, bottom])
    np.testing.assert_array_equal(plane.points[-1], [right, top])


@pytest.mark.parametrize(
    ("targets", "loss", "outputs", "right"),
    [
        (XOR, "mse", [0.1, 0.9, 0.2, 0.3], 0.75),
        (XOR, "binary_cross_entropy_with_logits", [-2.0, 0.1, 0.2, -3.0], 1.0),
        (2 * XOR - 1, nn.hinge_loss, [-0.1, 0.1, 0.2, 0.1], 0.75),
        (2 * XOR - 1, "mse", [-0.1, 0.1, 0.2, 0.1], 0.75),
    ],
)
def test_two_classes(targets: Any, loss: Any, outputs: list[float], right: float) -> None:
    said = np.reshape(outputs, (4, 1))
    meaning = meaning_of(said, targets, loss)
    assert isinstance(meaning, TwoClasses)
    assert meaning.right(said) == right
    np.testing.assert_array_equal(meaning.colours[1], rgb(CLASSES[1]))
    assert meaning.key == {"−1" if targets.min() < 0 else "0": CLASSES[0], "1": CLASSES[1]}
    (field,) = meaning.boundaries(said)
    colours = meaning.surface(said)
    for lean, colour in zip(field, colours, strict=True):
        assert (colour[0] > colour[2]) == (lean > 0)  # orange above, blue below


def test_several_classes() -> None:
    said = np.array([[3.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 3.0], [1.0, 1.0, 1.0]])
    labels = np.array([0, 1, 1, 0])
    meaning = meaning_of(said, labels, "cross_entropy")
    assert isinstance(meaning, SeveralClasses)
    assert meaning.right(said) == 0.75
    colours = meaning.surface(said)
    assert colours[3].min() > 0.9  # in doubt, nearly white
    assert colours[0].min() < 0.7
    assert [field[0] > 0 for field in meaning.boundaries(said)] == [True, False, False]
    one_hot = meaning_of(said[:3], np.eye(3), nn.mse_loss)
    assert one_hot.right(np.eye(3)) == 1.0


def test_numbers() -> None:
    targets = np.array([0.0, 1.0, 2.5, 4.0])
    meaning = meaning_of(targets[:, None], targets[:, None], "mse")
    assert isinstance(meaning, Number)
    assert meaning.right(targets[:, None]) is None
    np.testing.assert_allclose(meaning.surface(targets[:, None]), meaning.colours)
    np.testing.assert_allclose(meaning.colours[[0, -1]], [rgb(CLASSES[0]), rgb(CLASSES[1])])
    assert list(meaning.key) == ["0", "4"]


@pytest.mark.parametrize(
    ("outputs", "targets", "message"),
    [
        ((4, 9), np.zeros(4), "colours for 8 classes"),
        ((4, 3), np.array([0, 1, 2, 3]), "numbered 0 to 2"),
        ((4, 2), np.zeros((4, 3)), "one number a sample"),
        ((4, 1), np.zeros((4, 3)), "one number a sample"),
    ],
)
def test_outputs_that_no_picture_shows(outputs: tuple[int, ...], targets: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        meaning_of(np.zeros(outputs), targets, "mse")


@pytest.mark.parametrize(
    ("inputs", "targets", "options", "message"),
    [
        (np.ones((4, 3)), XOR, {}, r"shape \(samples, 2\); its shape is \(4, 3\)"),
        (np.ones(4), XOR, {}, r"its shape is \(4,\)"),
        (X, None, {}, "pass y"),
        (X, XOR[:3], {}, "4 samples and y has 3"),
        (X * np.nan, XOR, {}, "NaN"),
        (X, XOR, {"path": "training.mp4"}, ".gif or .html; got 'training.mp4'"),
        (X, XOR, {"path": "no/such/folder/training.gif"}, "does not exist"),
        (X, XOR, {"epochs": 0}, "epochs"),
        (X, XOR, {"every": 0}, "every"),
        (X, XOR, {"seconds": 0}, "seconds"),
        (X, XOR, {"dpi": 5}, "dpi"),
    ],
)
def test_what_cannot_be_shown_is_refused_before_training(
    inputs: Any, targets: Any, options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    model = MLP(2, [1], seed=1)
    before = [parameter.numpy() for parameter in model.parameters()]
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        nn.animate(model, inputs, targets, **({"path": tmp_path / "a.gif"} | options))
    for parameter, data in zip(model.parameters(), before, strict=True):
        np.testing.assert_array_equal(parameter.raw, data)
    assert not list(tmp_path.iterdir())


def test_without_matplotlib_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "nn.animation.frames", None)
    with pytest.raises(ImportError, match=re.escape('pip install "autograd-mini[plot]"')):
        nn.animate(MLP(2, [1]), X, XOR, path=tmp_path / "a.gif")


def test_an_old_file_stays_when_training_fails(tmp_path: Path) -> None:
    file = tmp_path / "a.gif"
    file.write_bytes(b"old")
    with pytest.raises(DivergenceError), np.errstate(all="ignore"):
        nn.animate(MLP(2, [4, 1], "linear", seed=1), X, XOR, optimizer="sgd", lr=1e30, epochs=50, path=file)
    assert file.read_bytes() == b"old"
    assert [child.name for child in tmp_path.iterdir()] == ["a.gif"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["pathlib.Path.write_bytes", "os.replace"])
@pytest.mark.parametrize("name", ["a.gif", "a.html"])
def test_a_save_that_fails_leaves_no_file(
    error: BaseException, where: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Any, *_: Any) -> None:
        Path(path).touch()  # some of it may have been written
        raise error

    old = tmp_path / name
    old.write_text("old")
    monkeypatch.setattr(where, fail)
    with pytest.raises(type(error)):
        save(b"new" if name == "a.gif" else "new", old)
    assert [(child.name, child.read_text()) for child in tmp_path.iterdir()] == [(name, "old")]


def test_animate_leaves_no_gradients(tmp_path: Path) -> None:
    model = MLP(2, [1], seed=1)
    nn.animate(model, X, XOR, epochs=1, path=tmp_path / "a.gif", dpi=40)
    assert all(p.grad is None for p in model.parameters())


def test_a_training_that_ends_early_ends_the_animation(tmp_path: Path) -> None:
    stop = EarlyStopping(2, min_delta=10.0, monitor="loss")
    model = MLP(2, [2, 1], seed=1)
    history, file = nn.animate(model, X, XOR, epochs=50, every=25, callbacks=stop, path=tmp_path / "a.gif", dpi=40)
    assert len(history) == 3
    with opened(file) as picture:
        assert picture.n_frames == 3  # type: ignore[attr-defined]  # before, 1, 3


def test_progress_shows_the_frames(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    nn.animate(MLP(2, [1], seed=1), X, XOR, epochs=2, path=tmp_path / "a.gif", dpi=40, progress=True)
    told = capsys.readouterr().err
    assert "epoch 2/2" in told
    assert "3/3" in told
    nn.animate(MLP(2, [1], seed=1), X, XOR, epochs=2, path=tmp_path / "a.gif", dpi=40, progress=False)
    assert capsys.readouterr().err == ""


def test_frames_show_surface_points_and_curves() -> None:
    model = MLP(2, [8, 1], seed=1)
    recorder = Recorder(plane_around(X, 40), X, lambda epoch: epoch == 60)
    history = fit(model, X, XOR, lr=0.1, epochs=60, callbacks=recorder, seed=0)
    meaning = meaning_of(predict(model, X), XOR, "mse")
    first, last = Scene(recorder, history, meaning, "", 96.0).images()
    assert first.shape == last.shape == (540, 960, 3)

    def near(image: Any, colour: str) -> int:
        return int((np.abs(image.astype(int) - 255 * rgb(colour)).sum(axis=2) < 12).sum())

    for colour in CLASSES[:2]:
        assert near(first, colour) > 50  # the points
    curves = (slice(None), slice(540, None))
    assert near(last[curves], CLASSES[0]) > near(first[curves], CLASSES[0]) + 300  # the cost has come to its end
    still = (slice(490, None), slice(0, 480))
    np.testing.assert_array_equal(first[still], last[still])  # the axes' numbers


def test_animate_is_imported_when_asked_for() -> None:
    assert {"animate", "Animation"} <= set(nn.__all__)
    assert "animate" in dir(nn)
    with pytest.raises(AttributeError, match="no attribute 'animated'"):
        nn.animated  # type: ignore[attr-defined] # noqa: B018
