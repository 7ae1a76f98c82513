"""``compare DIR --models``: what it prints of a campaign, and what it refuses; conditions by own models."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from tests.cli.conftest import Study, Type

OWN = """
name = "in-a-row"
says = "neighbours flip"
source = "our beam test of May 2026"
conditions = "neutrons"
sure = "low"
[law]
kind = "bits"
multiplicity = [0.61, 0.30, 0.09]
adjacent = true
"""


@pytest.fixture
def campaign(tmp_path: Path, study_of: Study) -> Path:
    """Run once, and copied."""
    own = Path(tempfile.gettempdir()) / "sassafras-in-a-row.toml"  # one name for all tests: of one study
    own.write_text(OWN)
    models = f"single-bit,random-value,{own}"
    return study_of(
        tmp_path / "models", "--modes", "IOV", "--models", models, "--injections", "60", "--workers", "1"
    )


def test_models_of_a_campaign(campaign: Path, sassafras: Type) -> None:
    found = sassafras("compare", campaign, "--models", "single-bit,random-value,in-a-row")
    assert found.exit_code == 0, found.output
    assert "Sites that all models have" in found.stdout
    assert "Outcomes by fault model on shared sites, mode IOV" in found.stdout
    assert "mode IOV, DUE" in found.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--models", "single-bit"), "give at least two models"),
        (("--models", "single-bit,zero-value"), "unknown fault model of the campaign 'zero-value'"),
        (("--models", "single-bit,random-value", "--seed", "3"), "--seed says how a campaign is run"),
        (("--models", "single-bit,random-value", "--out", "there"), "leave --out out"),
    ],
)
def test_what_is_refused(campaign: Path, sassafras: Type, words: tuple[str, ...], said: str) -> None:
    found = sassafras("compare", campaign, *words)
    assert (found.exit_code, found.stdout) == (2, "")
    assert said in " ".join(found.stderr.split())


def test_two_folders_are_not_for_models(campaign: Path, sassafras: Type) -> None:
    found = sassafras("compare", campaign, campaign, "--models", "single-bit,random-value")
    assert found.exit_code == 2
    assert "give its folder alone" in found.stderr


def test_conditions_name_models_of_ones_own(campaign: Path, sassafras: Type) -> None:
    found = sassafras("check", campaign, "--fail-if", "DUE in IOV model in-a-row > 99%")
    assert found.exit_code == 0, found.output
    assert "of 20" in found.stdout
    unknown = sassafras("check", campaign, "--fail-if", "DUE model in-a-column > 99%")
    assert unknown.exit_code == 2
    assert "did you mean in-a-row" in " ".join(unknown.stderr.split())
