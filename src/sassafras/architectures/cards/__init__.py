"""Cards whose time is modelled, one in each module, which is called as ``--device`` calls it (with ``_`` for
``-``): its ``CARD``, a `Device` with its sources. `sassafras.architectures.registry.cards` finds them.
"""
