"""Maps of another size."""

from __future__ import annotations

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.table import reads
from sassafras.network.importers.onnx.window import all_images
from sassafras.network.layers.resize import Coordinates, Nearest, Resize
from sassafras.network.tensor import Tensor

_OWN_COORDINATES = 11  #: the opset since which there is a choice


@reads("Upsample", "mode", "scales")
def read_upsample(operation: Operation, assembly: Assembly) -> Tensor:
    """The operator before Resize."""
    scales = operation.setting("scales", 1)
    nearest = Nearest.FLOOR if operation.attribute("mode", "nearest") == "nearest" else None
    return _resized(operation, assembly, Coordinates.ASYMMETRIC, nearest, scales)


@reads(
    "Resize",
    "antialias",
    "axes",
    "coordinate_transformation_mode",
    "cubic_coeff_a",
    "exclude_outside",
    "extrapolation_value",
    "keep_aspect_ratio_policy",
    "mode",
    "nearest_mode",
)
def read_resize(operation: Operation, assembly: Assembly) -> Tensor:
    """Nearest values, or values between four."""
    mode = operation.attribute("mode", "nearest")
    policy = operation.attribute("keep_aspect_ratio_policy", "stretch")
    if mode not in ("nearest", "linear") or operation.attribute("antialias", 0) or policy != "stretch":
        raise operation.refuse("only nearest and linear, without antialias or keep_aspect_ratio_policy")
    newer = operation.opset >= _OWN_COORDINATES
    where = operation.attribute("coordinate_transformation_mode", "half_pixel" if newer else "asymmetric")
    which = operation.attribute("nearest_mode", "round_prefer_floor" if newer else "floor")
    if where not in {each.value for each in Coordinates}:
        raise operation.refuse(f"coordinate_transformation_mode={where} is not supported")
    scales = operation.setting("scales", 2 if newer else 1)
    axes = operation.attribute("axes")
    if scales and axes:
        rank = len(operation.shape)
        whole = {axis % rank: scale for axis, scale in zip(axes, scales, strict=True)}
        scales = [whole.get(axis, 1.0) for axis in range(rank)]
    nearest = Nearest(which) if mode == "nearest" else None
    return _resized(operation, assembly, Coordinates(where), nearest, scales)


def _resized(
    operation: Operation,
    assembly: Assembly,
    coordinates: Coordinates,
    nearest: Nearest | None,
    scales: list[float] | None,
) -> Tensor:
    read = all_images(operation, assembly)
    old, new = operation.value(0).shape, operation.shape
    if old[:2] != new[:2]:
        raise operation.refuse("only height and width")
    height, width = (1, *new[2:])[-2:]
    given = None
    if scales and any(scale * before != after for scale, before, after in zip(scales, old, new, strict=True)):
        down, across = (1.0, *scales[2:])[-2:]
        given = (float(down), float(across))
        if coordinates is Coordinates.ALIGN_CORNERS:
            raise operation.refuse(f"align_corners with scales of {given}, which give no whole size")
    return assembly.add(Resize(height, width, coordinates, nearest, given), read)
