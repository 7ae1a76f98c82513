"""Training. In: Cholec80 or a folder of classes, and the architecture of a network. Out: Darknet weights,
the cfg and names that go with them, and a model card.

PyTorch computes in `forward` and `fitting` alone; everything else works without it.
"""
