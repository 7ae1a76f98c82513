"""VGG-16, ResNet-50 and DenseNet-201 as cfgs: of full size the graphs of pjreddie's files (a slow test)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from tests.network.large.size import DENSENET_201, GROWTH, RESNET_50, STEM, VGG_16, Size


def _section(name: str, **options: object) -> str:
    return "\n".join([f"[{name}]", *(f"{key}={value}" for key, value in options.items())])


def _convolution(filters: int, size: int, activation: str, stride: int = 1, *, normalize: bool = True) -> str:
    extra = {"batch_normalize": 1} if normalize else {}
    return _section(
        "convolutional", **extra, filters=filters, size=size, stride=stride, pad=1, activation=activation
    )


def _cfg(side: int, sections: Iterable[str]) -> str:
    return "\n\n".join([_section("net", height=side, width=side, channels=3), *sections]) + "\n"


_POOL = _section("maxpool", size=2, stride=2)


def vgg_16(size: Size) -> str:
    """The middle of a picture that is a seventh larger; convolutions, then three products."""
    picture = size.side + 2 * (size.side // 14)
    sections = [_section("crop", crop_height=size.side, crop_width=size.side)]
    for channels, count in VGG_16:
        sections += [_convolution(size.of(channels), 3, "relu", normalize=False)] * count + [_POOL]
    for _ in range(2):
        sections += [
            _section("connected", output=size.of(4096), activation="relu"),
            _section("dropout", probability=0.5),
        ]
    sections.append(_section("connected", output=size.classes, activation="linear"))
    return _cfg(picture, [*sections, _section("softmax")])


def _stem(size: Size) -> list[str]:
    return [_convolution(size.of(STEM), 7, "leaky", 2), _POOL]


def resnet_50(size: Size) -> str:
    """Bottlenecks; where a stage begins, the sum takes the channels and pixels that both maps have."""

    def bottleneck(channels: int, stride: int) -> list[str]:
        return [
            _convolution(size.of(channels), 1, "leaky"),
            _convolution(size.of(channels), 3, "leaky", stride),
            _convolution(size.of(4 * channels), 1, "linear"),
            _section("shortcut", **{"from": -4}, activation="leaky"),
        ]

    sections = _stem(size)
    for stage, (channels, count) in enumerate(RESNET_50):
        strides = [1 if stage == 0 else 2] + [1] * (count - 1)
        sections += chain.from_iterable(bottleneck(channels, stride) for stride in strides)
    scores = _convolution(size.classes, 1, "linear", normalize=False)
    return _cfg(size.side, [*sections, _section("avgpool"), scores, _section("softmax")])


def densenet_201(size: Size) -> str:
    """Every layer behind all that its block had before. Between blocks pjreddie's file has twice as many
    channels each time, where the paper has half of those that there are.
    """
    sections = _stem(size)
    for block, count in enumerate(DENSENET_201):
        if block:
            sections += [_convolution(size.of(STEM << block), 1, "leaky"), _POOL]
        for _ in range(count):
            sections += [
                _convolution(size.of(4 * GROWTH), 1, "leaky"),
                _convolution(size.of(GROWTH), 3, "leaky"),
                _section("route", layers="-1,-3"),
            ]
    scores = _convolution(size.classes, 1, "linear", normalize=False)
    return _cfg(size.side, [*sections, scores, _section("avgpool"), _section("softmax")])


CFGS: dict[str, Callable[[Size], str]] = {
    "vgg-16": vgg_16,
    "resnet50": resnet_50,
    "densenet201": densenet_201,
}
