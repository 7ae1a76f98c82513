"""What sections of a cfg cannot say: those that join, regroup or resize maps, and their options."""

from __future__ import annotations

import pytest

from sassafras.errors import NetworkError
from sassafras.network.importers.darknet.config import parse_cfg

NET = "[net]\nheight=8\nwidth=6\nchannels=2\n"
COLOURS = NET.replace("channels=2", "channels=3")
CONV = NET + "[conv]\nfilters=1\n"

ERRORS = [
    (NET + "[convolutional]\nbatch_normalize=-1\n", r"line 6: .*batch_normalize=-1 must lie in 0"),
    (NET + "[convolutional]\nfilters=4\ngroups=3\n", r"line 7: .*2 channels are no 3 equal groups"),
    (NET + "[convolutional]\nfilters=3\ngroups=2\n", r"line 7: .*3 filters are no 2 equal groups"),
    (
        NET + "[convolutional]\nsize=2\npad=1\ndilation=2\n",
        r"line 8: .*dilation=2 is supported with pad=1 and an odd size",
    ),
    (NET + "[convolutional]\nsize=3\ndilation=2\n", r"line 7: .*dilation=2 is supported with pad=1"),
    (NET + "[convolutional]\ndilation=0\n", r"dilation=0 must lie in 1"),
    (NET + "[convolutional]\nstride_x=-2\n", r"stride_x=-2 must lie in 1"),
    (NET + "[connected]\nbatch_normalize=yes\n", r"batch_normalize=yes is not a whole number"),
    (NET + "[upsample]\nstride=-2\n", r"line 6: .*stride=-2 must lie in 1"),
    (NET + "[upsample]\nstride=99999\n", r"line 5: .*needs a buffer"),
    (NET + "[reorg]\nstride=2\n", r"line 6: .*2x8x6 is not to be taken apart: channels .* of 4"),
    (NET + "[reorg]\nreverse=1\n", r"line 6: .*reverse=1 is not supported"),
    (NET + "[crop]\ncrop_height=2\ncrop_width=2\n", r"line 5: .*images of 3 channels; this one has 2"),
    (COLOURS + "[crop]\ncrop_height=9\ncrop_width=2\n", r"line 6: .*9 of 8 pixels are not in the middle"),
    (COLOURS + "[crop]\ncrop_height=8\ncrop_width=3\n", r"line 7: .*3 of 6 pixels are not in the middle"),
    (NET + "[softmax]\ngroups=5\n", r"line 6: .*groups=5 does not divide the 96 inputs"),
    (NET + "[shortcut]\nfrom=-1\n", r"line 6: \[shortcut\] from=-1 is no layer before layer 0; .*: none$"),
    (CONV + "[shortcut]\n", r"line 7: \[shortcut\] from must be given"),
    (CONV + "[shortcut]\nfrom=\n", r"line 7: \[shortcut\] from must be given"),
    (
        CONV + "[shortcut]\nfrom=-2\n",
        r"line 8: .*from=-2 is no layer before layer 1; .*: 0 to 0 \(-1 to -1\)",
    ),
    (CONV + "[shortcut]\nfrom=1\n", r"line 8: .*from=1 is no layer before layer 1"),
    (CONV + "[shortcut]\nfrom=99999999999999\n", r"line 8: .*is no list of whole numbers"),
    (CONV + "[shortcut]\nfrom=-1,\n", r"line 8: .*from=-1, is no list of whole numbers"),
    (CONV + "[shortcut]\nfrom=all\n", r"line 8: .*from=all is no list of whole numbers"),
    (CONV + "[shortcut]\nfrom=-1\nalpha=2\n", r"line 9: .*alpha=2 is not supported"),
    (CONV + "[shortcut]\nfrom=-1\nweights_type=per_feature\n", r"line 9: .*weights_type=.* is not supported"),
    (CONV + "[shortcut]\nfrom=-1\nactivation=loggy\n", r"line 9: .*activation=loggy is not supported"),
    (
        CONV + "[scale_channels]\nfrom=-1\n",
        r"line 8: .*the layer before is 1x8x6, layer 0 is 1x8x6: one value for each channel is needed",
    ),
    (CONV + "[avgpool]\n[scale_channels]\nfrom=0,0\n", r"line 9: .*it takes two layers, not 3"),
    (CONV + "[avgpool]\n[scale_channels]\nfrom=0\nscale_wh=1\n", r"line 10: .*scale_wh=1 is not supported"),
    (
        CONV + "[max]\nsize=3\nstride=3\npadding=1\n[shortcut]\nfrom=0\n",
        r"line 12: \[shortcut\] layer 0 is 1x8x6, the layer before is 1x3x2: only maps that are as large",
    ),
    (
        CONV + "[max]\nstride=2\n[upsample]\n[shortcut]\nfrom=1\n",
        r"line 11: \[shortcut\] layer 1 is 1x4x3, the layer before is 1x8x6: only maps that are as large",
    ),
    (CONV + "[route]\n", r"line 7: \[route\] layers must be given"),
    (CONV + "[route]\nlayers=-1,5\n", r"line 8: .*layers=5 is no layer before layer 1"),
    (CONV + "[route]\nlayers=-1\ngroups=2\ngroup_id=1\n", r"line 9: .*1 channels of layer 0 are no 2 equal"),
    (CONV + "[route]\nlayers=-1\ngroups=1\ngroup_id=1\n", r"line 10: .*group_id=1 is none of 1 groups"),
    (CONV + "[route]\nlayer=-1\n", r"line 8: .*unknown option 'layer': did you mean 'layers'"),
    (
        CONV + "[max]\nstride=2\n[route]\nlayers=0,-1\n",
        r"line 10: \[route\] maps of layer 0 are 8x6, of layer 1 4x3: only equal ones are concatenated",
    ),
    (CONV.replace("filters=1", "filters=30000000") + "[route]\nlayers=0,0\n", r"line 7: .*needs a buffer"),
]


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_errors_name_line_and_way_out(text: str, message: str) -> None:
    with pytest.raises(NetworkError, match=message) as caught:
        parse_cfg(text)
    assert "\n" not in str(caught.value)
