"""What the commands answer, from Python, on a small network."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.small_files import write_files

import sassafras


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished campaign that knows its files, made by the command."""
    from sassafras.cli.options import Options
    from sassafras.cli.run import study

    folder = tmp_path_factory.mktemp("api")
    files = write_files(folder)
    for name, seed in (("mine", 1), ("other", 2)):
        options = Options(
            injections=30,
            network=files.cfg,
            weights=files.weights,
            images=files.images,
            kernels="all",
            seed=seed,
        )
        study(options, folder / name, 1)
    return folder


def test_a_typo_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(sassafras.SassafrasError, match="holds no campaign"):
        sassafras.open(tmp_path / "typo")
    assert not list(tmp_path.iterdir())


def test_a_campaign_is_opened_and_shown(made: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in (made / "mine").iterdir()}
    campaign = sassafras.open(str(made / "mine"))
    rows = campaign.injections()
    text = repr(campaign)
    assert text.splitlines()[0] == f"Campaign {made / 'mine'}: tiny on sm_50, 2 frames, seed 1"
    for mode in campaign.settings.modes:
        (line,) = [line.split() for line in text.splitlines() if line.split()[0] == mode]
        of = rows[rows["mode"] == mode.value]
        assert line[1:5] == ["30", "30", "0", str((of["outcome"] == "MASKED").sum())]
        assert sum(map(int, line[4:])) == 30
    html = campaign._repr_html_()
    assert html.startswith("<table><caption>Campaign ")
    assert html.count("<tr>") == 4
    campaign.store.close()
    assert "closed" in repr(campaign)
    assert {p: p.stat().st_mtime_ns for p in (made / "mine").iterdir()} == before


def test_a_network_is_shown(made: Path) -> None:
    network = sassafras.load_darknet(made / "tiny.cfg", made / "tiny.weights")
    numbers = sum(values.size for values in network.parameters.values())
    assert repr(network) == (
        f"Network tiny: 3x9x9 to 3 classes, {numbers} parameters, 4 layers "
        "(0 convolutional, 1 maxpool, 2 connected, 3 softmax)"
    )
    assert "tiny" in network._repr_html_()


def test_a_run_says_what_it_found(made: Path, tmp_path: Path) -> None:
    network = sassafras.load_darknet(made / "tiny.cfg", made / "tiny.weights")
    images = sassafras.load_images(made / "images", network.input_shape)
    settings = sassafras.preset("all", injections=5, modes=["IOV"])
    campaign = sassafras.Campaign(tmp_path / "own", settings, network, images)
    found = campaign.run()
    assert found.complete
    (mode,) = found.modes
    assert (mode.mode, mode.planned, mode.injected, mode.errors) == (sassafras.Mode.IOV, 5, 5, 0)
    assert repr(found) == repr(campaign)
    with pytest.raises(sassafras.SassafrasError, match=r"give it: sassafras\.open\(folder, network\)"):
        sassafras.open(tmp_path / "own")
    assert len(sassafras.open(tmp_path / "own", network).injections()) == 5


def test_a_fault_is_explained(made: Path) -> None:
    told = sassafras.explain(made / "mine", "IOV:3")
    assert told.explanation.story.name == "IOV:3"
    assert "IOV:3" in repr(told).splitlines()[0]
    with pytest.raises(sassafras.SassafrasError, match="give its folder"):
        sassafras.explain(sassafras.open(made / "mine"), "IOV:3")


def test_a_campaign_is_judged(made: Path) -> None:
    never, always = sassafras.check(made / "mine", "DUE.share > 100%", "DUE.share >= 0%")
    assert (never.is_true, always.is_true) == (False, True)
    with pytest.raises(sassafras.SassafrasError, match="nothing to judge"):
        sassafras.check(made / "mine")


def test_campaigns_are_compared(made: Path) -> None:
    found = sassafras.compare(made / "mine", made / "other")
    assert len(found.contest.contenders) == 2
    with pytest.raises(sassafras.SassafrasError, match="at least two"):
        sassafras.compare(made / "mine")


def test_fit_of_the_register_file(made: Path) -> None:
    (plain,) = sassafras.fit(made / "mine").programs
    assert set(plain.cells["kernel"]) == {
        launch.kernel for launch in sassafras.open(made / "mine").network.plan
    }


def test_the_page_is_written_again(made: Path) -> None:
    page = made / "mine" / "report.html"
    before = page.read_text()
    page.unlink()
    assert sassafras.write_report(made / "mine") == page
    assert page.read_text() == before


def test_a_plan_is_injected_into(made: Path) -> None:
    found = sassafras.harden(made / "mine", plan="tmr", injections=5)
    assert found.protection.chosen
    assert list((made / "mine" / "harden").glob("*.sqlite"))
    for bad, said in (
        ({"plan": "nothing"}, "unknown plan 'nothing'; known: "),
        ({"budjet": 0.1}, "harden has no 'budjet'"),
        ({"plan": "tmr", "budget": 0.1}, "plan and budget both"),
    ):
        with pytest.raises(sassafras.SassafrasError, match=said):
            sassafras.harden(made / "mine", **bad)
