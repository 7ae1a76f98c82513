"""Networks whose classes can be present together, and labels of pictures as a judgement counts them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sassafras.errors import UsageError
from sassafras.kernels.activation import Activation
from sassafras.network.cholec80.annotations import TOOLS
from sassafras.network.cholec80.pictures import LabelOf
from sassafras.network.images import Image
from sassafras.network.layers.elementwise import Elementwise, Function
from sassafras.network.layers.layer import Layer, Node
from sassafras.network.network import Network
from sassafras.workload.together import Together

_SHARES = (Function.SIGMOID, Function.HARD_SIGMOID)


def judged_together(network: Network, threshold: float) -> Network:
    """The network, judged by sets of classes. Raises UsageError where its values are not each within 0 and 1:
    it does not end in a sigmoid (Darknet's logistic) or a softmax.
    """
    last = network.layers[-1]
    makers = {node.output.name: node for node in network.layers if not _passes_on(node)}
    while _passes_on(last) and last.input.name in makers:
        last = makers[last.input.name]
    if not _gives_shares(last.layer):
        raise UsageError(
            f"{network.name} ends in {last.name} ({last.kind}), whose values are no probabilities: to judge "
            "classes together it takes a sigmoid (logistic) or a softmax at the end"
        )
    return replace(network, given_judgement=Together(network.classes, threshold))


def _passes_on(node: Node) -> bool:
    """Whether the values of a layer are those that it reads."""
    return node.layer.in_place and not any(True for _ in node.layer.calls(node, lambda _: 0))


def _gives_shares(layer: Layer) -> bool:
    sigmoid = isinstance(layer, Elementwise) and layer.function in _SHARES
    logistic = getattr(layer, "activation", None) is Activation.LOGISTIC
    return layer.gives_probabilities or sigmoid or logistic


def labels_of_tools(network: Network) -> LabelOf | None:
    """From tools' names to the label of a frame; None where the network does not know all seven. Upper case,
    spaces and underscores do not count: "SpecimenBag" is "specimen_bag". A network judged by one class has
    labels of frames with one tool alone.
    """
    known = {_plain(name): name for name in network.classes}
    if not {_plain(tool) for tool in TOOLS} <= known.keys():
        return None
    judgement = network.judgement
    return lambda tools: judgement.number_of({known[_plain(tool)] for tool in tools})


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def relabelled(images: Iterable[Image], network: Network) -> Iterable[Image]:
    """Images labelled by one class, as the judgement counts: of sets, the set of that class alone."""
    judgement, names = network.judgement, network.classes
    if not isinstance(judgement, Together):
        return images
    return (
        image if image.label is None else replace(image, label=judgement.number_of({names[image.label]}))
        for image in images
    )
