"""Cholec80 as it is distributed (Twinanda et al. 2017, the data set of the paper). In: its folder. Out:
annotated frames, the paper's split, pictures as a network takes them.

``videos/videoNN.mp4`` (25 frames per second), ``tool_annotations/videoNN-tool.txt`` (one row every 25
frames) and ``phase_annotations/videoNN-phase.txt`` (one row per frame), NN from 01 to 80.
"""
