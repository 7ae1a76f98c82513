"""The GPU of this machine, by the CUDA driver API of the package cuda-bindings.

A thin layer: everything else is tested without a GPU.
"""

from __future__ import annotations

import ctypes
import importlib
import struct
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.registry import name_of
from sassafras.errors import DeviceError
from sassafras.hardening.gpu.driver import Call

WAY_OUT = "leave out --gpu: nothing else needs a GPU"
_BUFFER_POINTER, _BUFFER_SIZE, _END = 1, 2, 0  #: CU_LAUNCH_PARAM_..., keys of cuLaunchKernel's `extra`


def open_gpu() -> CudaDriver:
    """The first GPU that CUDA shows (CUDA_VISIBLE_DEVICES chooses). Raises DeviceError if there is none."""
    try:
        api = importlib.import_module("cuda.bindings.driver")
    except ImportError:
        raise DeviceError(
            "a GPU needs the package cuda-bindings; install it with: pip install 'sassafras[gpu]'"
        ) from None
    return CudaDriver(api)


class CudaDriver:
    """See `sassafras.hardening.gpu.driver.Driver`. ``api``: the module ``cuda.bindings.driver``.

    The device is asked for its name at once, and taken when it is first needed.
    """

    def __init__(self, api: Any) -> None:
        self._api = api
        try:
            self._call("cuInit", 0)
        except DeviceError as error:
            raise DeviceError(f"no NVIDIA GPU can be used here ({error}); {WAY_OUT}") from error
        except RuntimeError as error:  # the package's own, where libcuda is missing
            raise DeviceError(f"no NVIDIA driver is installed here; {WAY_OUT}") from error
        if not self._call("cuDeviceGetCount"):
            raise DeviceError(f"the NVIDIA driver shows no GPU; {WAY_OUT}")
        self._device = self._call("cuDeviceGet", 0)
        self._taken = False
        self._modules: list[Any] = []

    @property
    def name(self) -> str:
        """As the driver says it."""
        found: bytes = self._call("cuDeviceGetName", 128, self._device)
        return found.split(b"\0")[0].decode()

    @property
    def arch(self) -> str:
        """From its compute capability."""
        keys = self._api.CUdevice_attribute
        major, minor = (
            self._call("cuDeviceGetAttribute", key, self._device)
            for key in (
                keys.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR,
                keys.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR,
            )
        )
        return name_of(int(f"{major}{minor}"))

    def allocate(self, nbytes: int) -> int:
        """By cuMemAlloc."""
        return int(self._context("cuMemAlloc", nbytes))

    def release(self, address: int) -> None:
        """By cuMemFree."""
        self._context("cuMemFree", address)

    def upload(self, address: int, data: NDArray[np.uint8]) -> None:
        """By cuMemcpyHtoD."""
        whole = np.ascontiguousarray(data)
        self._context("cuMemcpyHtoD", address, whole.ctypes.data, whole.nbytes)

    def download(self, address: int, nbytes: int) -> NDArray[np.uint8]:
        """By cuMemcpyDtoH, which waits for the launches before it."""
        data = np.empty(nbytes, np.uint8)
        self._context("cuMemcpyDtoH", data.ctypes.data, address, nbytes)
        return data

    def load(self, cubin: bytes, kernel: str) -> object:
        """By cuModuleLoadData."""
        module = self._context("cuModuleLoadData", cubin)
        self._modules.append(module)
        return self._context("cuModuleGetFunction", module, kernel.encode())

    def run(self, groups: Sequence[Sequence[Call]]) -> list[float]:
        """On the default stream, with an event before, between and behind the groups."""
        events = [self._context("cuEventCreate", 0) for _ in range(len(groups) + 1)]
        try:
            self._context("cuEventRecord", events[0], 0)
            for group, event in zip(groups, events[1:], strict=True):
                for call in group:
                    self._launch(call)
                self._context("cuEventRecord", event, 0)
            self._context("cuEventSynchronize", events[-1])
            return [float(self._context("cuEventElapsedTime", *pair)) for pair in pairwise(events)]
        finally:
            for event in events:
                self._context("cuEventDestroy", event)

    def close(self) -> None:
        """Unload everything and give the device back."""
        if self._taken:
            for module in self._modules:
                self._call("cuModuleUnload", module)
            self._modules.clear()
            self._call("cuDevicePrimaryCtxRelease", self._device)
            self._taken = False

    def _launch(self, call: Call) -> None:
        """The parameters go as one packed area: structures are passed by value."""
        area = ctypes.create_string_buffer(call.parameters, len(call.parameters))
        size = ctypes.c_size_t(len(call.parameters))
        extra = ctypes.create_string_buffer(
            struct.pack(
                "=5Q",
                *(_BUFFER_POINTER, ctypes.addressof(area)),
                *(_BUFFER_SIZE, ctypes.addressof(size)),
                _END,
            )
        )
        stream, no_list = 0, 0
        self._context(
            "cuLaunchKernel",
            call.function,
            *call.grid,
            *call.block,
            call.shared_bytes,
            stream,
            no_list,
            ctypes.addressof(extra),
        )

    def _context(self, name: str, *arguments: Any) -> Any:
        """A call that needs the device's context."""
        if not self._taken:
            context = self._call("cuDevicePrimaryCtxRetain", self._device)
            self._taken = True
            self._call("cuCtxSetCurrent", context)
        return self._call(name, *arguments)

    def _call(self, name: str, *arguments: Any) -> Any:
        """One function of the API: its result, or DeviceError with its name and the driver's word for it."""
        status, *results = getattr(self._api, name)(*arguments)
        if int(status):
            raise DeviceError(f"{name}: {getattr(status, 'name', status)}")
        return results[0] if results else None
