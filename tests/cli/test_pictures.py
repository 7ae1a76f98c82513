"""Pictures on the command line: --fit, --names, what is said of a folder, and what a campaign keeps of it."""

from __future__ import annotations

import html
import json
import sqlite3
import struct
import zlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from tests.campaign.stores import content
from tests.cli.conftest import Files, Type
from tests.cli.test_bad_input import assert_refused
from tests.network.darknet_pictures import cropped, letterboxed, resized

from sassafras.campaign.design.settings import Settings
from sassafras.campaign.source import open_campaign
from sassafras.cli.options import Options
from sassafras.cli.selection import select
from sassafras.errors import UsageError
from sassafras.network.fit import Fit
from sassafras.network.source import NetworkSource

QUICK = ["--kernels", "fill_gpu,add_bias", "--modes", "RF", "--injections", "4", "--workers", "1"]
ORACLES = {Fit.STRETCH: resized, Fit.LETTERBOX: letterboxed, Fit.CROP: cropped}


@pytest.fixture
def wide(files: Files) -> Files:
    """Pictures that are not of the network's shape, 9 x 9."""
    dice = np.random.Generator(np.random.Philox(5))
    for path in files.images.iterdir():
        Pillow.fromarray(dice.integers(128, 256, (12, 20, 3), np.uint8)).save(path)
    return files


def letter_box(files: Files, value: str = "1") -> Files:
    """Say so in the cfg."""
    files.cfg.write_text(files.cfg.read_text().replace("channels=3", f"channels=3\nletter_box={value}"))
    return files


def given(files: Files) -> Options:
    return Options(network=files.cfg, weights=files.weights, images=files.images, kernels="add_bias")


def original(files: Files) -> np.ndarray:
    pixels = np.asarray(Pillow.open(files.images / "0.png")).transpose(2, 0, 1)
    return pixels.astype(np.float32) / np.float32(255)


@pytest.mark.parametrize("fit", Fit)
def test_fit_reaches_pixels_settings_and_store(sassafras: Type, wide: Files, fit: Fit) -> None:
    done = sassafras("run", *wide.options, *QUICK, "--out", "study", "--fit", fit.upper())
    assert done.exit_code == 0, done.output
    campaign, source = open_campaign(Path("study"))
    with closing(campaign.store):
        assert campaign.settings.fit is fit
        np.testing.assert_array_equal(campaign.images[0].arrays[0], ORACLES[fit](original(wide), 9, 9))
        assert isinstance(source, NetworkSource)
        assert source.names is None
    again = sassafras("resume", "study")
    assert again.exit_code == 0, again.output
    page = html.unescape(Path("study/report.html").read_text("utf-8"))
    assert (f"of the user's images ({fit})" in page) == (fit is not Fit.STRETCH)


def test_another_fit_is_another_campaign(sassafras: Type, wide: Files) -> None:
    assert sassafras("run", *wide.options, *QUICK, "--out", "study").exit_code == 0
    refused = sassafras("run", *wide.options, *QUICK, "--out", "study", "--fit", "crop")
    assert refused.exit_code == 2
    assert "different: frames" in refused.stderr
    assert sassafras("run", *wide.options, *QUICK, "--out", "study", "--fit", "stretch").exit_code == 0


def test_stores_made_before_it_was_a_setting_are_stretched_and_go_on(sassafras: Type, wide: Files) -> None:
    """The rows of ``run`` do not change, and the fingerprint does not know the setting."""
    assert sassafras("run", *wide.options, *QUICK, "--out", "study").exit_code == 0
    before = content(Path("study"))
    store = Path("study/results.sqlite")
    with closing(sqlite3.connect(store)) as base, base:
        (text,) = base.execute("SELECT value FROM meta WHERE key = 'settings'").fetchone()
        stored = json.loads(text)
        assert stored.pop("fit") == "stretch"
        base.execute("UPDATE meta SET value = ? WHERE key = 'settings'", (json.dumps(stored),))
        (print_,) = base.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()
        assert "fit" not in json.loads(print_)
        (source,) = base.execute("SELECT value FROM meta WHERE key = 'source'").fetchone()
        assert set(json.loads(source)) == {"cfg", "weights", "images", "count"}
    assert Settings.from_store(stored).fit is Fit.STRETCH
    campaign, _ = open_campaign(Path("study"))
    with closing(campaign.store):
        np.testing.assert_array_equal(campaign.images[0].arrays[0], resized(original(wide), 9, 9))
    longer = sassafras("run", *wide.options, *QUICK, "--out", "study", "--injections", "6")
    assert longer.exit_code == 0, longer.output
    assert content(Path("study")) != before
    assert sassafras("report", "study").exit_code == 0


def test_letter_box_of_a_cfg_chooses_letterbox_and_says_so(
    wide: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = select(given(letter_box(wide)))
    assert chosen.settings.fit is Fit.LETTERBOX
    assert chosen.images is not None
    (pixels,) = chosen.images[0].arrays
    np.testing.assert_array_equal(pixels, letterboxed(original(wide), 9, 9))
    out, line = capsys.readouterr()
    assert out == ""
    assert line.count("\n") == 1
    assert "tiny: letter_box=1 in the cfg: images are letterboxed; --fit says otherwise" in line


def test_the_option_wins_over_the_cfg(wide: Files, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = select(replace(given(letter_box(wide)), fit="stretch"))
    assert chosen.settings.fit is Fit.STRETCH
    assert capsys.readouterr() == ("", "")
    assert select(given(wide)).settings.fit is Fit.LETTERBOX


def test_no_letter_box(wide: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert select(given(letter_box(wide, "0"))).settings.fit is Fit.STRETCH
    assert capsys.readouterr() == ("", "")


def test_letter_box_does_not_change_the_network(wide: Files) -> None:
    """Its rows are those of before for the same pixels: they must be found again."""
    before = select(given(wide)).network.digest
    assert select(given(letter_box(wide))).network.digest == before


@pytest.mark.parametrize("command", ["run", "plan", "profile"])
def test_fit_needs_images_and_a_known_way(sassafras: Type, files: Files, command: str) -> None:
    assert_refused(sassafras(command, "--fit", "crop"), "--fit", "--images")
    assert_refused(
        sassafras(command, *files.options, "--fit", "pad"), "fit 'pad'", "stretch, letterbox, crop"
    )
    assert_refused(sassafras(command, "--names", "a.names"), "--names needs --network")


@pytest.mark.parametrize("command", ["plan", "profile", "verify"])
def test_every_command_that_loads_pictures_takes_fit(sassafras: Type, wide: Files, command: str) -> None:
    """Seen by what it does to a picture that a letterbox refuses."""
    Pillow.new("RGB", (100, 1), "white").save(wide.images / "0.png")
    refused = sassafras(command, *wide.options, "--fit", "letterbox")
    assert_refused(refused, "0.png", "100x1", "letterbox")


def test_names_of_classes(sassafras: Type, files: Files) -> None:
    names = files.cfg.with_name("my.names")
    names.write_text("hook\ngrasper\nclipper\n")
    (files.images / "grasper").mkdir()
    for number, picture in enumerate(sorted(files.images.glob("*.png"))):
        picture.rename(files.images / "grasper" / f"{number}.png")
    done = sassafras("run", *files.options, *QUICK, "--names", names, "--out", "study")
    assert done.exit_code == 0, done.output
    campaign, source = open_campaign(Path("study"))
    with closing(campaign.store):
        assert isinstance(source, NetworkSource)
        assert source.names == names
        assert campaign.network.judgement.answers == ("hook", "grasper", "clipper")
        assert [(frame.name, frame.label) for frame in campaign.frames] == [
            ("grasper/0.png", 1),
            ("grasper/1.png", 1),
        ]
    assert sassafras("resume", "study").exit_code == 0
    assert "grasper" in Path("study/report.html").read_text("utf-8")
    names.write_text("hook\n")
    assert_line(sassafras("report", "study").stderr, "1 class names for 3 outputs")


def assert_line(text: str, *words: str) -> None:
    (line,) = text.splitlines()
    assert all(word in line for word in words), line


def test_what_is_left_out_is_said_on_stderr(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    (files.images / "a.gif").write_text("")
    select(given(files))
    out, err = capsys.readouterr()
    assert out == ""
    assert_line(err, "1 entry is left out", "a.gif")


def test_frames_takes_the_first_of_them(files: Files) -> None:
    (files.images / "2.png").write_bytes(b"no picture")
    chosen = select(replace(given(files), frames=1))
    assert [image.name for image in chosen.images or ()] == ["0.png"]
    with pytest.raises(UsageError, match=r"--frames 4: .* has 3 images"):
        select(replace(given(files), frames=4))


def test_one_channel(sassafras: Type, tmp_path: Path, files: Files) -> None:
    """A network of one channel runs on colour pictures."""
    cfg = tmp_path / "grey.cfg"
    cfg.write_text(
        "[net]\nheight=9\nwidth=9\nchannels=1\n[connected]\noutput=2\nactivation=linear\n[softmax]\n"
    )
    weights = tmp_path / "grey.weights"
    values = np.random.Generator(np.random.Philox(1)).standard_normal(2 + 2 * 81).astype("<f4")
    weights.write_bytes(struct.pack("<iiii", 0, 1, 0, 0) + values.tobytes())
    options = ["--network", cfg, "--weights", weights, "--images", files.images]
    done = sassafras("run", *options, "--kernels", "all", *QUICK[2:], "--out", "study")
    assert done.exit_code == 0, done.output
    campaign, _ = open_campaign(Path("study"))
    with closing(campaign.store):
        assert campaign.images[0].arrays[0].shape == (1, 9, 9)


def test_a_decompression_bomb_is_refused_in_one_line(sassafras: Type, files: Files) -> None:
    data = bytearray((files.images / "0.png").read_bytes())
    data[16:24] = struct.pack(">II", 30_000, 30_000)
    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    (files.images / "0.png").write_bytes(data)
    assert_refused(sassafras("run", *files.options), "0.png: too large", "900000000 pixels", "limit")
