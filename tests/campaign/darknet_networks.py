"""Narrow networks of the kinds that Darknet's cfgs of classifiers and of detectors' trunks are."""

from __future__ import annotations

NORMALIZED = """
[net]
height=16
width=12
channels=3
[convolutional]
batch_normalize=1
filters=4
size=3
stride=2
pad=1
activation=leaky
[maxpool]
size=2
stride=1
padding=1
[convolutional]
batch_normalize=1
filters=3
size=3
stride=1
pad=1
activation=leaky
[convolutional]
batch_normalize=1
filters=6
size=1
stride=1
pad=1
activation=linear
[shortcut]
from=1
activation=leaky
[convolutional]
batch_normalize=1
filters=4
size=3
stride=2
pad=1
activation=leaky
[shortcut]
from=-2
activation=leaky
[batchnorm]
[shortcut]
from=0,-2
activation=linear
[convolutional]
filters=5
size=1
stride=1
pad=1
activation=linear
[avgpool]
[connected]
batch_normalize=1
output=4
activation=logistic
[softmax]
[cost]
type=sse
"""
"""As ResNet and Darknet-19: batch normalisation, sums of maps with other channels and sizes, one average."""

GROUPED = """
[net]
height=11
width=14
channels=4
[convolutional]
filters=8
size=3
stride_x=2
stride_y=1
stride=3
pad=1
groups=2
activation=relu
[convolutional]
batch_normalize=1
filters=8
groups=8
size=3
pad=1
activation=leaky
[convolutional]
filters=6
size=3
pad=1
dilation=2
activation=linear
[convolutional]
filters=8
size=1
stride=2
groups=2
activation=leaky
[convolutional]
filters=4
groups=4
activation=linear
[route]
layers=-1,-2
groups=2
group_id=1
[convolutional]
batch_normalize=1
filters=3
size=2
stride=2
padding=1
activation=linear
[avgpool]
[softmax]
"""
"""As ResNeXt and MobileNet: groups of channels, each channel by itself, dilation, strides that differ."""

TRUNK = """
[net]
height=12
width=10
channels=3
[crop]
crop_height=8
crop_width=8
flip=1
angle=0
saturation=1
exposure=1
shift=.2
[convolutional]
batch_normalize=1
filters=8
size=3
pad=1
activation=leaky
[route]
layers=-1
groups=2
group_id=1
[maxpool]
size=2
stride=2
[convolutional]
filters=4
size=1
activation=leaky
[upsample]
stride=2
[route]
layers=-1,1
[reorg]
stride=2
[convolutional]
filters=3
activation=linear
[upsample]
stride=3
scale=-0.5
"""
"""As detectors before their heads: cut, taken apart, made larger, joined with what was before."""

SQUEEZED = """
[net]
height=9
width=7
channels=3
[convolutional]
batch_normalize=1
filters=6
size=3
stride=2
pad=1
activation=swish
[convolutional]
filters=6
groups=6
size=3
pad=1
activation=mish
[avgpool]
[convolutional]
filters=2
activation=relu6
[convolutional]
filters=6
activation=logistic
[scale_channels]
from=1
[convolutional]
filters=6
activation=linear
[shortcut]
from=0
activation=mish
[avgpool]
[connected]
output=4
activation=relu6
[softmax]
"""
"""As EfficientNet: squeeze and excitation; activations that Darknet got later."""

DARKNET: dict[str, str] = {
    "normalized": NORMALIZED,
    "grouped": GROUPED,
    "trunk": TRUNK,
    "squeezed": SQUEEZED,
}
"""By name."""
