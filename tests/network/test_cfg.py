from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.errors import NetworkError
from sassafras.kernels.activation import Activation
from sassafras.network.importers.darknet.config import NetworkConfig, parse_cfg, read_cfg, write_cfg
from sassafras.network.layers.connected import Connected
from sassafras.network.layers.convolutional import Convolutional
from sassafras.network.layers.dropout import Dropout
from sassafras.network.layers.maxpool import Maxpool
from sassafras.network.layers.route import Route
from sassafras.network.layers.shortcut import Shortcut
from sassafras.network.layers.softmax import Softmax
from sassafras.network.tensor import Shape

NET = "[net]\nheight=8\nwidth=6\nchannels=2\n"
CONV = NET + "[conv]\nfilters=1\n"


def positions(extent: int, padding: int, size: int, stride: int) -> int:
    """How often a window can be placed, by placing it."""
    return sum(1 for at in range(0, extent + padding, stride) if at + size <= extent + padding)


def test_every_layer_is_read_and_chained(small_config: NetworkConfig) -> None:
    assert small_config.batch == 64
    assert small_config.graph.input.image == (3, 13, 11)
    layers = small_config.graph.nodes
    assert [layer.output_shape for layer in layers] == [
        (6, 7, 6),
        (6, 7, 6),
        (5, 7, 6),
        (4, 8, 7),
        (4, 3, 3),
        (12, 1, 1),
        (12, 1, 1),
        (6, 1, 1),
        (6, 1, 1),
    ]
    assert [layer.input.name for layer in layers] == [
        "input",
        *[f"layer{index}.output" for index in (0, 1, 2, 3, 4, 5, 5, 7)],
    ]
    assert all(after.input == before.output for before, after in itertools.pairwise(layers))


def test_defaults_are_darknets() -> None:
    text = NET + "[convolutional]\n[maxpool]\nstride=2\n[conn]\n[dropout]\n[softmax]\n"
    conv, pool, connected, dropout, softmax = (node.layer for node in parse_cfg(text).graph.nodes)
    assert isinstance(conv, Convolutional)
    assert (conv.filters, conv.size, conv.stride, conv.padding) == (1, 1, 1, 0)
    assert conv.activation is Activation.LOGISTIC
    assert isinstance(pool, Maxpool)
    assert (pool.size, pool.stride, pool.padding) == (2, 2, 1)
    assert isinstance(connected, Connected)
    assert (connected.output, connected.activation) == (1, Activation.LOGISTIC)
    assert isinstance(dropout, Dropout)
    assert dropout.probability == 0.5
    assert isinstance(softmax, Softmax)
    assert (softmax.groups, softmax.temperature) == (1, 1.0)
    assert parse_cfg(NET + "[maxpool]\n").graph.nodes[0].output_shape == (2, 8, 6)


BRANCHES = (
    "[conv]\nfilters=3\n[dropout]\n[conv]\nfilters=3\n[shortcut]\nfrom=-2\nactivation=relu\n"
    "[shortcut]\nfrom=0, -1\n[route]\nlayers = -1, 1\n[route]\nlayers=4\n"
)


def test_branches_name_the_layers_they_read() -> None:
    """A negative number counts back, any other is an index; a dropout's result is the buffer before it."""
    *_, one, two, both, copy = parse_cfg(NET + BRANCHES).graph.nodes
    assert one.layer == Shortcut(Activation.RELU)
    assert two.layer == Shortcut(Activation.LINEAR)
    assert both.layer == copy.layer == Route()
    assert [tensor.name for tensor in one.inputs] == ["layer2.output", "layer0.output"]
    assert [tensor.name for tensor in two.inputs] == ["layer3.output", "layer0.output", "layer3.output"]
    assert [tensor.name for tensor in both.inputs] == ["layer4.output", "layer0.output"]
    assert [tensor.name for tensor in copy.inputs] == ["layer4.output"]
    shapes = [layer.output_shape for layer in (one, two, both, copy)]
    assert shapes == [(3, 8, 6), (3, 8, 6), (6, 8, 6), (3, 8, 6)]
    assert [layer.input_elements for layer in (one, two, both, copy)] == [288, 432, 288, 144]


def test_branches_make_the_round_trip() -> None:
    """A dropout's result is that of the layer before it: either number makes the same graph."""
    written = write_cfg(parse_cfg(NET + BRANCHES))
    assert "[shortcut]\nfrom=1\nactivation=relu\n" in written
    assert "[shortcut]\nfrom=1,3\nactivation=linear\n" in written
    assert "[route]\nlayers=4,1\n" in written
    assert parse_cfg(written) == parse_cfg(NET + BRANCHES)
    assert write_cfg(parse_cfg(written)) == written


@pytest.mark.parametrize(
    ("options", "padding"), [("pad=1", 2), ("padding=3", 3), ("pad=1\npadding=3", 2), ("pad=0", 0)]
)
def test_pad_means_half_the_size_and_else_padding_counts(options: str, padding: int) -> None:
    layer = parse_cfg(f"{NET}[conv]\nsize=5\n{options}\n").graph.nodes[0].layer
    assert isinstance(layer, Convolutional)
    assert layer.padding == padding


def test_blanks_comments_and_line_ends_mean_nothing() -> None:
    plain = NET + "[convolutional]\nfilters=3\nactivation=relu\n[softmax]\n"
    odd = (
        "\ufeff# first\r\n\r\n [ network ] \r\n height = 8 # rows\r\n\twidth=6\r\nchannels=2;planes\r\n"
        "momentum=.9\r\n"
        "[conv]\r\n  fil ters = 3\r\n;size=3\r\nactivation = relu\r\nlearning_rate=1\r\n[soft]"
    )
    assert parse_cfg(odd) == parse_cfg(plain)


def test_the_input_may_be_given_as_a_number_of_values() -> None:
    assert parse_cfg("[net]\ninputs=784\n[connected]\noutput=10\n").graph.input.image == (784, 1, 1)


def test_training_options_are_accepted() -> None:
    text = (
        "[net]\nbatch=128\nsubdivisions=4\nheight=4\nwidth=4\nchannels=1\nmomentum=0.9\ndecay=0.0005\nmax_crop=256\n"
        "policy=poly\nhue=.1\nmax_batches=9\n[connected]\nbatch_normalize=0\noutput=2\n[softmax]\nnoloss=1\nspatial=0\n"
    )
    assert len(parse_cfg(text).graph.nodes) == 2


@pytest.mark.parametrize(("value", "chosen"), [("1", True), ("0", False), ("-1", True), ("", False)])
def test_letter_box_is_of_pictures_and_not_of_the_network(value: str, chosen: bool) -> None:
    """Any number but zero, as in C."""
    text = "[net]\nheight=2\nwidth=2\nchannels=1\n{}[softmax]\n"
    plain, boxed = parse_cfg(text.format("")), parse_cfg(text.format(f"letter_box={value}\n"))
    assert (plain.letter_box, boxed.letter_box) == (False, chosen)
    assert write_cfg(boxed) == write_cfg(plain)
    assert boxed == plain


def test_letter_box_is_a_number() -> None:
    with pytest.raises(NetworkError, match=r"line 5: \[net\] letter_box=yes is not a whole number"):
        parse_cfg("[net]\nheight=2\nwidth=2\nchannels=1\nletter_box=yes\n[softmax]\n")


def test_cost_at_the_end_has_no_effect() -> None:
    """Darknet's ``get_network_output_layer`` passes over it; AlexNets and LeNets of forks end in it."""
    plain = NET + "[connected]\noutput=4\n[softmax]\ngroups=1\n"
    assert parse_cfg(plain + "[cost]\ntype=sse\nscale=2\n") == parse_cfg(plain)
    assert parse_cfg(plain + "[cost]\n").graph.nodes[-1].kind == "softmax"


def test_of_a_key_given_twice_the_first_counts() -> None:
    """As in Darknet, whose ``option_find`` stops at the first of its name."""
    config = parse_cfg(
        "[net]\nbatch=1\nbatch=64\nheight=8\nwidth=6\nheight=9\nchannels=2\n[conv]\nsize=3\nsize=5\n"
    )
    assert (config.batch, config.graph.input.image) == (1, (2, 8, 6))
    layer = config.graph.nodes[0].layer
    assert isinstance(layer, Convolutional)
    assert layer.size == 3
    parse_cfg(NET + "[conv]\nflipped=0\nflipped=1\n")


@pytest.mark.parametrize("number", ["8.0", "8.", "+8", "8.000", "08"])
def test_whole_numbers_may_have_a_point(number: str) -> None:
    layer = parse_cfg(f"{NET}[conv]\nfilters={number}\n").graph.nodes[0]
    assert layer.output_shape == (8, 8, 6)


def test_an_empty_value_counts_as_not_given() -> None:
    """As in Darknet, whose ``read_option`` skips the line with a message."""
    assert parse_cfg(NET + "policy=\nbatch=\nbatch=7\n[conv]\nsize = # none\n") == parse_cfg(
        NET + "batch=7\n[conv]\n"
    )


@pytest.mark.parametrize("encoding", ["gbk", "latin-1", "utf-8"])
def test_comments_may_be_in_any_encoding(encoding: str, tmp_path: Path) -> None:
    remark = "\u5f20\u5377\u79ef" if encoding == "gbk" else "gr\u00f6\u00dfe \u00e0"
    text = NET + f"# {remark}\n[conv]\nfilters=3 # {remark}\n;{remark}\n"
    path = tmp_path / "remarks.cfg"
    path.write_bytes(text.encode(encoding))
    assert read_cfg(path) == parse_cfg(NET + "[conv]\nfilters=3\n")


def test_a_byte_that_ends_lines_for_str_alone_ends_none(tmp_path: Path) -> None:
    """0x85 is the second byte of GBK characters."""
    path = tmp_path / "remarks.cfg"
    path.write_bytes(NET.encode() + b"# \xc1\x85size\n[conv]\n")
    assert len(read_cfg(path).graph.nodes) == 1


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\n\n<!DOCTYPE html>\n<html lang=en>", "an HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "a git-LFS pointer"),
    ],
)
def test_what_is_no_cfg_is_called_what_it_is(start: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "net.cfg"
    path.write_bytes(start)
    with pytest.raises(NetworkError, match=rf"net.cfg: {kind}, not a Darknet cfg: .*"):
        read_cfg(path)


ERRORS = [
    ("", r"line 1: no section found"),
    ("[convolutional]\n", r"line 1: \[convolutional\] comes first"),
    ("height=1\n", r"line 1: 'height=1' stands before the first section"),
    (NET, r"line 1: \[net\] no layer follows"),
    ("[net]\nheight=8\n[softmax]\n", r"line 1: \[net\] height, width and channels"),
    ("[net]\nheight=8\nwidth=0\nchannels=1\n[softmax]\n", r"must be given and positive"),
    ("[net]\nheigth=8\nwidth=1\nchannels=1\n[softmax]\n", r"line 2: .*'heigth': did you mean 'height'"),
    (NET + "inputs=9\n[softmax]\n", r"line 5: .*inputs=9 is not height x width x channels = 96"),
    ("[net]\nheight=65536\nwidth=65536\nchannels=1\n[softmax]\n", r"too large"),
    (NET + "[region]\n", r"line 5: \[region\] this section is not supported; .*\[softmax\], .*\[route\]"),
    (NET + "[net]\n", r"line 5: \[net\] this section is not supported"),
    (NET + "[softmax\n", r"line 5: .*section header"),
    (NET + "[softmax]\ngroups\n", r"line 6: 'groups' is neither"),
    (NET + "[softmax]\n=1\n", r"line 6: '=1' is neither"),
    (NET + "[convolutional]\nsize=three\n", r"line 6: \[convolutional\] size=three is not a whole number"),
    (NET + "[convolutional]\nsize=3.5\n", r"size=3.5 is not a whole number"),
    (NET + "[convolutional]\nsize=8e2\n", r"size=8e2 is not a whole number"),
    (NET + "[convolutional]\nsize=-1.0\n", r"size=-1.0 must lie in 1"),
    (NET + "[convolutional]\nsize=3\n[cost]\n[softmax]\n", r"line 7: \[cost\] stands before another layer"),
    (NET + "[cost]\ntype=sse\n", r"line 1: \[net\] no layer follows"),
    (NET + "[convolutional]\nsize=1_0\n", r"size=1_0 is not a whole number"),
    (NET + "[convolutional]\nsize=-3\n", r"size=-3 must lie in 1"),
    (NET + "[convolutional]\nstride=0\n", r"stride=0 must lie in 1"),
    (NET + "[convolutional]\nfilters=" + "9" * 5000 + "\n", r"must lie in 1"),
    (NET + "[convolutional]\nfilters=2147483647\n", r"line 5: .*needs a buffer"),
    (NET + "[convolutional]\npadding=2147483647\n", r"do not fit"),
    (NET + "[convolutional]\nsize=7\n", r"line 6: .*a window of 7x7 .* 8x6"),
    (NET + "[convolutional]\nflipped=1\nflipped=0\n", r"line 6: .*flipped=1 is not supported"),
    (
        NET + "[convolutional]\nactivation=selu\n",
        r"line 6: .*activation=selu is not supported; supported: .*relu",
    ),
    (NET + "[convolutional]\nflipped=1\n", r"flipped=1 is not supported"),
    (NET + "[convolutional]\nbinary=1\n", r"binary=1 is not supported"),
    (NET + "[convolutional]\nxnor=1\n", r"xnor=1 is not supported"),
    (NET + "[convolutional]\ndontload=1\n", r"dontload=1 is not supported"),
    (NET + "[convolutional]\nstrde=2\n", r"did you mean 'stride'"),
    (NET + "[maxpool]\nsize=9\npadding=0\n", r"line 6: .*a window of 9x9"),
    (NET + "[maxpool]\npadding=-1\n", r"padding=-1 must lie in 0"),
    (NET + "[connected]\noutput=0\n", r"output=0 must lie in 1"),
    (NET + "[connected]\noutputs=4\n", r"did you mean 'output'"),
    (NET + "[dropout]\nprobability=2\n", r"line 6: .*must lie in 0 .. 1"),
    (NET + "[dropout]\nprobability=half\n", r"not a finite number"),
    (NET + "[dropout]\nprobability=nan\n", r"not a finite number"),
    (NET + "[softmax]\ntree=a.tree\n", r"tree=a.tree is not supported"),
    (NET + "[softmax]\nspatial=1\n", r"spatial=1 is not supported"),
    (NET + "[softmax]\ntemperature=0\n", r"line 6: .*temperature=0 must be"),
    (NET + "[softmax]\ntemperature=1e999\n", r"not a finite number"),
    (NET + "[softmax]\ntemperature=1e300\n", r"must be a positive binary32"),
]


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_errors_name_line_and_way_out(text: str, message: str) -> None:
    with pytest.raises(NetworkError, match=message) as caught:
        parse_cfg(text)
    assert "\n" not in str(caught.value)


def test_file_errors_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.cfg"
    with pytest.raises(NetworkError, match=r"bad.cfg: cannot read the cfg"):
        read_cfg(path)
    path.write_text(NET + "[yolo]\n")
    with pytest.raises(NetworkError, match=r"bad.cfg: line 5: \[yolo\]"):
        read_cfg(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NetworkError, match="not a text file"):
        read_cfg(path)
    path.write_text(NET + "[softmax]\n")
    assert read_cfg(path).graph.nodes[0].kind == "softmax"


ACTIVATIONS = st.sampled_from([activation.name.lower() for activation in Activation])


@st.composite
def drawn_branches(draw: st.DrawFn, shapes: list[Shape]) -> tuple[str, Shape]:
    """A section that reads earlier layers, whose shapes are given; the last is that of the layer before."""
    last = len(shapes) - 1
    kind = draw(st.sampled_from(("shortcut", "route")))
    first = last if kind == "shortcut" else draw(st.integers(0, last))
    same = 0 if kind == "shortcut" else 1  # a route adds up channels
    fitting = [k for k, shape in enumerate(shapes) if shape[same:] == shapes[first][same:]]
    chosen = draw(st.lists(st.sampled_from(fitting), min_size=1, max_size=3))
    words = ",".join(str(draw(st.sampled_from((k, k - last - 1)))) for k in chosen)
    if kind == "shortcut":
        return f"[shortcut]\nfrom={words}\nactivation={draw(ACTIVATIONS)}\n", shapes[last]
    channels = sum(shapes[k][0] for k in chosen)
    return f"[route]\nlayers={words}\n", (channels, *shapes[first][1:])


@st.composite
def drawn_layers(draw: st.DrawFn, shape: Shape) -> tuple[str, Shape]:
    """A section that fits behind ``shape``, and its own shape, found by placing windows one by one."""
    channels, height, width = shape
    match draw(st.sampled_from(("conv", "max", "conn", "dropout", "soft"))):
        case "conv":
            filters, stride, padding = draw(
                st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(0, 3))
            )
            size = draw(st.integers(1, min(height, width) + 2 * padding))
            text = f"[conv]\nfilters={filters}\nstride={stride}\npadding={padding}\nsize={size}\n"
            rows, columns = (positions(extent, 2 * padding, size, stride) for extent in (height, width))
            return f"{text}activation={draw(ACTIVATIONS)}\n", (filters, rows, columns)
        case "max":
            stride, padding = draw(st.tuples(st.integers(1, 3), st.integers(0, 3)))
            size = draw(st.integers(1, min(height, width) + padding))
            rows, columns = (positions(extent, padding, size, stride) for extent in (height, width))
            return f"[max]\nsize={size}\nstride={stride}\npadding={padding}\n", (channels, rows, columns)
        case "conn":
            output = draw(st.integers(1, 9))
            return f"[conn]\noutput={output}\nactivation={draw(ACTIVATIONS)}\n", (output, 1, 1)
        case "dropout":
            return f"[dropout]\nprobability={draw(st.floats(0, 1))!r}\n", shape
        case _:
            temperature = draw(st.floats(0.125, 8, width=32))
            return f"[soft]\ntemperature={temperature!r}\n", (channels * height * width, 1, 1)


@st.composite
def cfgs(draw: st.DrawFn) -> tuple[str, list[Shape]]:
    """A cfg text that fits together, with the output shapes."""
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 12), st.integers(1, 12)))
    text = f"[net]\nbatch={draw(st.integers(1, 256))}\n"
    text += f"channels={shape[0]}\nheight={shape[1]}\nwidth={shape[2]}\n"
    shapes: list[Shape] = []
    for _ in range(draw(st.integers(1, 6))):
        branch = bool(shapes) and draw(st.booleans())
        section, shape = draw(drawn_branches(shapes) if branch else drawn_layers(shape))
        text += section
        shapes.append(shape)
    return text, shapes


@given(cfgs())
def test_shapes_match_the_oracle_and_text_makes_the_round_trip(
    drawn: tuple[str, list[Shape]],
) -> None:
    text, shapes = drawn
    config = parse_cfg(text)
    assert [layer.output_shape for layer in config.graph.nodes] == shapes
    written = write_cfg(config)
    assert parse_cfg(written) == config
    assert write_cfg(parse_cfg(written)) == written


@given(st.text())
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        parse_cfg(text)
    except NetworkError as error:
        assert len(str(error).split("\n")) == 1  # noqa: PT017 - most texts are refused, a few are not
