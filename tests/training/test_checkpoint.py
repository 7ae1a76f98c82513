"""Where a training stands, kept whole; and the card of what it came to."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.training.made import write_folders

from sassafras.errors import TrainingError
from sassafras.training.card import ClassScore, card_json, card_of, card_text, score
from sassafras.training.checkpoint import NAME, Checkpoint, read_checkpoint, write_checkpoint
from sassafras.training.examples import examples_of
from sassafras.training.recipe import Answers, Recipe
from sassafras.training.schedule import Epoch


def some(seed: int) -> dict[str, np.ndarray]:
    dice = np.random.default_rng(seed)
    return {"layer0.weights": dice.random((2, 3), np.float32), "layer0.biases": dice.random(2, np.float32)}


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    history = [Epoch(1.5, 0.1 + 0.2, 0.5, 1e-3), Epoch(0.7, 1e-30, 1.0, 3e-5)]
    made = Checkpoint("recipe", some(1), some(2), some(3), some(4), 77, history)
    assert read_checkpoint(tmp_path, "recipe") is None
    write_checkpoint(tmp_path, made)
    found = read_checkpoint(tmp_path, "recipe")
    assert found is not None
    assert (found.recipe, found.steps, found.history) == ("recipe", 77, history)
    for group in ("parameters", "best", "first", "second"):
        old, new = getattr(made, group), getattr(found, group)
        assert old.keys() == new.keys()
        assert all(np.array_equal(old[name], new[name]) for name in old)


def test_another_training_and_a_damaged_one(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, Checkpoint("recipe", some(1), some(1), some(1), some(1)))
    with pytest.raises(TrainingError, match=r"holds another training \(other data, network or options\)"):
        read_checkpoint(tmp_path, "other")
    whole = (tmp_path / NAME).read_bytes()
    for kept in (0, 5, len(whole) // 2, len(whole) - 1):
        (tmp_path / NAME).write_bytes(whole[:kept])
        with pytest.raises(TrainingError, match=r"is damaged \(.*\); remove it to begin again"):
            read_checkpoint(tmp_path, "recipe")


def test_a_write_that_fails_leaves_the_former_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_checkpoint(tmp_path, Checkpoint("recipe", some(1), some(1), some(1), some(1), 1))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_checkpoint(tmp_path, Checkpoint("recipe", some(1), some(1), some(1), some(1), 2))
    found = read_checkpoint(tmp_path, "recipe")
    assert found is not None
    assert found.steps == 1
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_scores_by_hand() -> None:
    targets = np.array([[1, 0, 1], [0, 0, 0], [0, 1, 0], [1, 1, 0]], np.float32)
    outputs = np.array([[0.9, 0.1, 0.5], [0.2, 0.6, 0.4], [0.1, 0.7, 0.2], [0.8, 0.4, 0.1]], np.float32)
    found = score("abc", Answers.LABELS, outputs, targets)
    assert (found.pictures, found.right) == (4, 2)
    assert found.classes == (ClassScore("a", 2, 2, 0), ClassScore("b", 2, 1, 1), ClassScore("c", 1, 1, 0))
    single = score("abc", Answers.CLASS, outputs, np.eye(3, dtype=np.float32)[[0, 1, 2, 0]])
    assert (single.pictures, single.right) == (4, 3)
    assert single.classes == (ClassScore("a", 2, 2, 0), ClassScore("b", 1, 1, 1), ClassScore("c", 1, 0, 0))


def test_the_card(tmp_path: Path) -> None:
    recipe = Recipe(write_folders(tmp_path / "colours", 4), network="lenet", seed=9)
    examples, answers = examples_of(recipe)
    history = [Epoch(1.1, 0.9, 0.3, 1e-3), Epoch(0.5, 0.4, 0.6, 5e-4), Epoch(0.4, 0.5, 0.6, 1e-4)]
    targets = examples.targets[examples.held_out]
    card = card_of(
        recipe, examples, answers, history, {"held out": score(examples.classes, answers, targets, targets)}
    )
    said = json.loads(card_json(card))
    assert said["network"] == "lenet"
    assert said["data"] == "3 folders of colours"
    assert said["seed"] == 9
    assert said["pictures"] == {"learned from": 9, "held out": 3}
    assert said["learned_from_by_class"] == {"blue": 3, "red": 3, "white": 3}
    assert said["accuracy"] == {"held out": 1.0}
    assert (said["epochs"], said["best_epoch"], said["held_out_loss"]) == (3, 2, 0.4)
    text = card_text(card)
    assert text.startswith("# lenet, trained on 3 folders of colours\n")
    assert "* pictures, held out: 3; right (by their class): 100.00%" in text
    assert "| red | 1 | 1 | 0 |" in text
    assert "| white | 3 |" in text
    assert str(tmp_path) not in text + card_json(card)
