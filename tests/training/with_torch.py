"""What needs PyTorch: run by `test_torch` with a Python that has it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tests.network.cholec80.made import SMALL, write_cholec80
from tests.training.made import EVERYTHING, PLAIN, write_folders
from tests.training.test_architecture import outputs, random_parameters

from sassafras.errors import TrainingError
from sassafras.network.importers.darknet.config import read_cfg
from sassafras.network.importers.darknet.load import load_darknet
from sassafras.progress import Silence
from sassafras.training.architecture import architecture_of, with_normalisation
from sassafras.training.checkpoint import NAME, read_checkpoint, write_checkpoint
from sassafras.training.fitting import Fitting, Task, beginning, device_of, outputs_of
from sassafras.training.forward import logits
from sassafras.training.recipe import Answers, Device, Recipe
from sassafras.training.training import train

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def colours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folders(tmp_path_factory.mktemp("data") / "colours")


@pytest.fixture
def plain(tmp_path: Path) -> str:
    (tmp_path / "plain.cfg").write_text(PLAIN)
    return str(tmp_path / "plain.cfg")


def silent(_: str) -> None:
    pass


@pytest.mark.parametrize("answers", Answers)
@pytest.mark.parametrize("normalised", [True, False])
def test_the_layers_are_those_that_faults_strike(tmp_path: Path, answers: Answers, normalised: bool) -> None:
    """Every layer that is trained, against the kernels' twins."""
    (tmp_path / "own.cfg").write_text(EVERYTHING)
    graph = architecture_of(str(tmp_path / "own.cfg"), 3, answers)
    graph = with_normalisation(graph) if normalised else graph
    parameters = random_parameters(graph)
    pixels = np.random.default_rng(2).integers(0, 256, (4, 3, 20, 24), np.uint8)
    found = outputs_of(graph, answers, parameters, pixels, np.arange(4), CPU)
    for image, values in zip(pixels, found, strict=True):
        expected = outputs(graph, parameters, image.astype(np.float32) / np.float32(255))
        assert np.abs(values - expected).max() < 1e-5
    assert np.ptp(found, axis=0).max() > 1e-3


def task_of(recipe: Recipe, folder: Path) -> Task:
    """As `train` makes it."""
    from sassafras.training.examples import examples_of
    from sassafras.training.pictures import decoded

    examples, answers = examples_of(recipe)
    graph = with_normalisation(architecture_of(recipe.network, len(examples.classes), answers))
    pixels = decoded(folder, examples, graph.input.image, recipe.fit, Silence())
    return Task(recipe, "digest", graph, examples, answers, pixels)


def test_a_step_is_adamws(colours: Path, tmp_path: Path, plain: str) -> None:
    """PyTorch's own AdamW on the same loss, five steps; biases and scales do not decay."""
    no_dropout = Path(plain)
    no_dropout.write_text(PLAIN.replace("probability=.1", "probability=0"))
    task = task_of(Recipe(colours, plain, batch=6, decay=0.1), tmp_path)
    work = Fitting(task, beginning(task), CPU)
    start = beginning(task)
    own = {name: torch.tensor(values) for name, values in start.parameters.items()}
    for name in start.first:
        own[name].requires_grad_()
    decaying = [own[name] for name in start.first if name.endswith("weights")]
    others = [own[name] for name in start.first if not name.endswith("weights")]
    groups = [{"params": decaying, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=0.01)
    chosen = task.examples.learned[:6]
    images = torch.tensor(task.pixels[chosen]).float() / 255
    labels = torch.tensor(task.examples.targets[chosen]).argmax(1)
    for _ in range(5):
        work._step(chosen, np.zeros(6, bool), 0.01)
        loss = torch.nn.functional.cross_entropy(logits(task.graph, own, images, torch.Generator()), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    moved = 0.0
    for name, values in own.items():
        assert np.allclose(work._parameters[name].detach(), values.detach(), rtol=1e-4, atol=1e-6), name
        moved = max(moved, float(np.abs(values.detach().numpy() - start.parameters[name]).max()))
    assert moved > 0.01


def test_it_learns_and_run_says_the_same(colours: Path, tmp_path: Path, plain: str) -> None:
    """Colours: all held-out ones right; and so says the network that is loaded, by its kernels' twins."""
    said: list[str] = []
    made = train(
        Recipe(colours, plain, epochs=12, batch=6, rate=0.01), tmp_path / "out", Silence(), said.append
    )
    assert made.parts["held out"].right == made.parts["held out"].pictures == 6
    assert len(said) == 12
    assert "epoch 1 of 12: loss " in said[0]
    losses = [float(line.split("held out ")[1].split()[0]) for line in said]
    assert losses[-1] < losses[0] / 2
    network = load_darknet(made.cfg, made.weights, made.names)
    assert network.classes == ("blue", "red", "white")
    memory = network.fresh_memory()
    for name in network.classes:
        for file in sorted((colours / name).iterdir()):
            pixels = np.asarray(Image.open(file)).transpose(2, 0, 1).astype(np.float32) / np.float32(255)
            network.load(memory, np.ascontiguousarray(pixels))
            for launch in network.plan:
                launch.run(memory, network.architecture)
            result = network.result(memory)
            assert network.classes[network.judge(result, result).top1] == name
    kept = {path.name for path in (tmp_path / "out").iterdir()}
    assert kept == {"network.cfg", "network.weights", "network.names", "card.json", "card.md", NAME}


def stopping(after: int) -> Callable[[str], None]:
    """Says nothing, and is stopped behind so many epochs."""
    seen: list[str] = []

    def say(line: str) -> None:
        seen.append(line)
        if len(seen) == after:
            raise KeyboardInterrupt

    return say


@pytest.mark.parametrize("answers", [None, Answers.CLASS])
def test_what_goes_on_is_what_was_not_stopped(tmp_path: Path, plain: str, answers: Answers | None) -> None:
    data = write_cholec80(tmp_path / "cholec80", {**SMALL, 3: ("hook", "clipper", "grasper")})
    recipe = Recipe(data, plain, answers, epochs=4, batch=3, mirror=True, patience=4)
    whole = train(recipe, tmp_path / "whole", Silence(), silent)
    for stop in (1, 2):  # 2: it goes on and is stopped once more
        with pytest.raises(KeyboardInterrupt):
            train(recipe, tmp_path / "cut", Silence(), stopping(stop))
    made = train(recipe, tmp_path / "cut", Silence(), silent)
    for name in ("network.weights", "network.cfg", "network.names", "card.json", "card.md"):
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert whole.parts == made.parts
    other = train(replace(recipe, seed=2), tmp_path / "other", Silence(), silent)
    assert other.weights.read_bytes() != made.weights.read_bytes()


def test_killed(colours: Path, tmp_path: Path, plain: str) -> None:
    """kill -9 while it works: in the end the weights are those of a training that nobody stopped."""
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "sassafras",
        "train",
        colours,
        "--network",
        plain,
        "--epochs",
        "6",
    ]
    command += ["--batch", "6", "--device", "cpu", "--out"]
    subprocess.run([*command, tmp_path / "whole"], check=True, capture_output=True)
    with subprocess.Popen([*command, tmp_path / "cut"], stderr=subprocess.PIPE, text=True) as work:
        assert work.stderr is not None
        for line in work.stderr:
            if line.startswith("epoch 2 of 6"):
                break
        work.send_signal(signal.SIGKILL)
    again = subprocess.run([*command, tmp_path / "cut"], check=True, capture_output=True, text=True)
    assert "going on behind epoch " in again.stderr
    one, two = ((tmp_path / name / "network.weights").read_bytes() for name in ("whole", "cut"))
    assert one == two


def test_it_stops_early(colours: Path, tmp_path: Path, plain: str) -> None:
    """A rate so large that the held-out loss soon gets no better."""
    recipe = Recipe(colours, plain, epochs=60, batch=6, rate=0.5, patience=2)
    said: list[str] = []
    train(recipe, tmp_path, Silence(), said.append)
    losses = [float(line.split("held out ")[1].split()[0]) for line in said]
    best = losses.index(min(losses))
    assert len(said) < 60
    assert len(said) - 1 - best >= 2


def test_weights_that_are_no_numbers(colours: Path, tmp_path: Path, plain: str) -> None:
    recipe = Recipe(colours, plain, epochs=4, batch=6)
    with pytest.raises(KeyboardInterrupt):
        train(recipe, tmp_path, Silence(), stopping(1))
    digest = read_digest(tmp_path)
    kept = read_checkpoint(tmp_path, digest)
    assert kept is not None
    broken = {name: np.full_like(values, np.nan) for name, values in kept.parameters.items()}
    write_checkpoint(tmp_path, replace(kept, parameters=broken))
    with pytest.raises(
        TrainingError, match="epoch 2: the loss is no longer finite; begin again with a smaller --rate"
    ):
        train(recipe, tmp_path, Silence(), silent)


def read_digest(folder: Path) -> str:
    from safetensors import safe_open

    with safe_open(folder / NAME, "np") as file:
        digest: str = file.metadata()["recipe"]
    return digest


def test_without_a_cuda_device() -> None:
    if torch.cuda.is_available():
        assert device_of(Device.AUTO).type == "cuda"
        return
    assert device_of(Device.AUTO).type == "cpu"
    with pytest.raises(TrainingError, match="--device cuda: PyTorch finds no CUDA device; take --device cpu"):
        device_of(Device.CUDA)


def test_from_videos_to_a_campaign(tmp_path: Path, plain: str) -> None:
    """The commands one after the other, the second as the first has said it."""
    data = write_cholec80(tmp_path / "cholec80")
    command: list[str | Path] = [sys.executable, "-m", "sassafras"]
    options: list[str | Path] = [
        "--network",
        plain,
        "--epochs",
        "2",
        "--batch",
        "4",
        "--device",
        "cpu",
        "--out",
        tmp_path / "net",
    ]
    done = subprocess.run([*command, "train", data, *options], check=True, capture_output=True, text=True)
    next_line = done.stdout.splitlines()[-1]
    assert next_line.startswith("next: sassafras run --network ")
    words = next_line.removeprefix("next: sassafras ").split()
    words += ["--injections", "20", "--frames", "2", "--workers", "1", "--out", str(tmp_path / "study")]
    study = subprocess.run([*command, *words], check=True, capture_output=True, text=True)
    assert "all of their true classes and no other" in study.stdout
    assert read_cfg(tmp_path / "net/network.cfg").graph.output.per_image == 7
    shutil.rmtree(tmp_path / "study")
