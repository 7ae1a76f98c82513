from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sassafras.campaign.execution.chunks import pieces_of
from sassafras.faults.model import Draw, FaultModel, Mode, Scope


def draw(number: int, frame: int, launch: int) -> Draw:
    return Draw(
        number,
        Mode.RF,
        FaultModel.SINGLE_BIT,
        Scope.THREAD,
        frame,
        launch,
        0,
        0,
        0,
        target_word=0,
        bit_word=0,
        value_word=0,
        longest=1,
    )


PLACES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=60)


@given(PLACES, st.integers(1, 20))
def test_pieces_hold_every_draw_once_in_launch_order(places: list[tuple[int, int]], size: int) -> None:
    draws = [draw(k, *place) for k, place in enumerate(places)]
    pieces = pieces_of(reversed(draws), size)
    together = [d for _, own in pieces for d in own]
    assert together == sorted(draws, key=lambda d: (d.frame, d.launch, d.id))
    for frame, own in pieces:
        assert {d.frame for d in own} == {frame}
        assert 1 <= len(own) <= size + size // 4
    for frame in range(3):
        sizes = [len(own) for number, own in pieces if number == frame]
        assert not sizes or max(sizes) - min(sizes) <= 1
