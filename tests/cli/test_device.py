"""--device: whose time is modelled."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Type
from tests.cli.small_files import write_files

from sassafras.campaign.finished import read_finished


@pytest.mark.long
def test_a_campaign_on_a_card_of_today(sassafras: Type, tmp_path: Path) -> None:
    few = ("--modes", "RF", "--injections", "20", "--models", "single-bit", "--workers", "1")
    files = write_files(tmp_path).options
    for card in ("a100", "h200"):
        assert sassafras("run", *files, *few, "--device", card, "--out", card).exit_code == 0
    assert read_finished(Path("a100")).settings.arch == "sm_80"
    settings = read_finished(Path("h200")).settings
    assert (settings.arch, settings.device) == ("sm_90", "h200")
    said = sassafras("tables", "h200").stdout
    assert "AVF of the register file, H200" in said
    usual = sassafras("run", *files, *few, "--arch", "sm_90", "--out", "h100")
    assert usual.exit_code == 0
    rows = [Path(folder, "injections.csv").read_text() for folder in ("h100", "h200")]
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--device", "h10"), "unknown device 'h10'; did you mean h100?"),
        (
            ("--device", "t4", "--arch", "sm_80"),
            "device t4 runs code of sm_75, not of sm_80: choose --arch sm_75",
        ),
    ],
)
def test_a_card_that_does_not_go_is_one_line(sassafras: Type, options: tuple[str, ...], said: str) -> None:
    refused = sassafras("plan", *options)
    assert refused.exit_code == 2
    assert said in " ".join(refused.stderr.split())
