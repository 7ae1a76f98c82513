"""What a training draws: by its seed and by numbers alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.training.draws import Stream, batches, kaiming, mirrored, shuffled, words
from sassafras.training.schedule import Epoch, best_of, is_over, rate_at

seeds = st.integers(0, 2**63 - 1)


@given(seeds, st.integers(0, 1000), st.integers(1, 300), st.integers(1, 64))
def test_an_epoch_sees_everything_once_but_a_rest(seed: int, epoch: int, count: int, size: int) -> None:
    found = batches(seed, epoch, count, size)
    size = min(size, count)
    assert all(len(batch) == size for batch in found)
    assert len(found) == count // size
    seen = np.concatenate(found).tolist()
    assert len(set(seen)) == len(seen)
    assert set(seen) <= set(range(count))
    again = batches(seed, epoch, count, size)
    assert all(np.array_equal(one, two) for one, two in zip(found, again, strict=True))


def test_epochs_seeds_and_streams_differ() -> None:
    orders = [tuple(shuffled(seed, Stream.ORDER, epoch, 50)) for seed in (1, 2) for epoch in range(10)]
    orders += [tuple(shuffled(1, Stream.HELD_OUT, 0, 50))]
    assert len(set(orders)) == len(orders)
    assert all(sorted(order) == list(range(50)) for order in orders)


def test_the_raw_words_are_philox() -> None:
    """The first words of Philox 4x64-10 at a counter (Salmon et al. 2011), whatever NumPy makes of them
    later.
    """
    made = np.random.Philox(key=9, counter=[0, 0, 4, int(Stream.DROPOUT)]).random_raw(6)
    assert words(9, Stream.DROPOUT, 4, 6).tolist() == made.tolist()


def test_half_of_the_pictures_are_mirrored() -> None:
    turned = np.concatenate([mirrored(3, epoch, 500) for epoch in range(20)])
    assert abs(turned.mean() - 0.5) < 5 * 0.5 / np.sqrt(turned.size)


@pytest.mark.parametrize("shape", [(64, 3, 5, 5), (300, 200)])
def test_weights_to_begin_with(shape: tuple[int, ...]) -> None:
    """Mean 0 and variance 2 / inputs, within 5 standard errors; normal: 4.55 % lie beyond two deviations."""
    found = kaiming(1, 0, shape).astype(np.float64)
    inputs, n = np.prod(shape[1:]), np.prod(shape)
    assert found.shape == shape
    deviations = found * np.sqrt(inputs / 2)
    assert abs(deviations.mean()) < 5 / np.sqrt(n)
    assert abs(deviations.var() - 1) < 5 * np.sqrt(2 / n)
    assert abs((np.abs(deviations) > 2).mean() - 0.0455) < 5 * np.sqrt(0.0455 / n)
    assert np.isfinite(found).all()
    assert not np.array_equal(found, kaiming(1, 2, shape))
    assert not np.array_equal(found, kaiming(2, 0, shape))


def test_the_rate_rises_and_falls() -> None:
    rates = [rate_at(step, 1000, 100) for step in range(1000)]
    assert rates[0] == 0.01
    assert rates[99] == rates[100] == 1.0
    assert rates[550] == pytest.approx(0.505)
    assert rates[-1] == pytest.approx(0.01, abs=1e-4)
    assert all(b <= a for a, b in pairwise(rates[99:]))


def epochs(*losses: float) -> list[Epoch]:
    return [Epoch(1.0, loss, 0.5, 0.1) for loss in losses]


def test_when_it_is_over() -> None:
    assert not is_over([], 3, 1)
    assert is_over(epochs(3, 2, 1), 3, 5)
    assert not is_over(epochs(3, 2, 1), 4, 1)
    assert not is_over(epochs(3, 1, 2), 9, 2)
    assert is_over(epochs(3, 1, 2, 1.5), 9, 2)
    assert not is_over(epochs(3, 1, 2, 0.5), 9, 2)
    assert is_over(epochs(1, 1), 9, 1)  # as good is not better
    assert best_of(epochs(2, 1, 1)) == 1
