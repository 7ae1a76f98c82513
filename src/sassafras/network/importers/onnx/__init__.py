"""ONNX models. In: a model file. Out: a graph of layers and its parameters.

`model_file` reads, `folding` computes what depends on constants alone, `walk` goes through the operators, and
`readings` says what each of them is.
"""
