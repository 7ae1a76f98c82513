"""The thin layer over the CUDA driver API, against a double of that API which writes down what it is told."""

from __future__ import annotations

import ctypes
import importlib
import struct
from enum import IntEnum
from typing import Any

import numpy as np
import pytest

from sassafras.errors import DeviceError
from sassafras.hardening.gpu.cuda import CudaDriver, open_gpu
from sassafras.hardening.gpu.driver import Call


class Status(IntEnum):
    CUDA_SUCCESS = 0
    CUDA_ERROR_OUT_OF_MEMORY = 2
    CUDA_ERROR_NO_DEVICE = 100


class CUdevice_attribute(IntEnum):  # noqa: N801 - its name in the API
    CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75
    CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76


class Api:
    """Notes calls in order. ``failing``: a function that does not succeed."""

    CUdevice_attribute = CUdevice_attribute

    def __init__(self, failing: str = "", status: Status = Status.CUDA_ERROR_OUT_OF_MEMORY) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.failing, self.status = failing, status
        self.areas: list[bytes] = []
        self.events = 0

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("cu"):
            raise AttributeError(name)

        def function(*arguments: Any) -> tuple[Any, ...]:
            self.calls.append((name, *arguments))
            if name == self.failing:
                return self.status, None
            return (Status.CUDA_SUCCESS, *self.result(name, arguments))

        return function

    def result(self, name: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        if name == "cuLaunchKernel":
            self.areas.append(self.area(arguments[-1]))
        if name == "cuMemcpyDtoH":
            ctypes.memset(arguments[0], 7, arguments[2])
        if name == "cuEventCreate":
            self.events += 1
            return (f"event{self.events}",)
        if name == "cuDeviceGetAttribute":
            return (
                9 if arguments[0] is CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR else 0,
            )
        fixed = {
            "cuDeviceGetCount": 1,
            "cuDeviceGet": "device",
            "cuDeviceGetName": b"NVIDIA Double" + b"\0" * 20,
            "cuDevicePrimaryCtxRetain": "context",
            "cuMemAlloc": 0x7000,
            "cuModuleLoadData": "module",
            "cuModuleGetFunction": "function",
            "cuEventElapsedTime": 0.25,
        }
        return (fixed[name],) if name in fixed else ()

    @staticmethod
    def area(extra: int) -> bytes:
        """The packed parameters, read as the driver reads them."""
        words = struct.unpack("=5Q", ctypes.string_at(extra, 40))
        assert (words[0], words[2], words[4]) == (1, 2, 0)
        (size,) = struct.unpack("=Q", ctypes.string_at(words[3], 8))
        return ctypes.string_at(words[1], size)

    def names(self) -> list[str]:
        return [call[0] for call in self.calls]


def test_what_the_device_is() -> None:
    api = Api()
    driver = CudaDriver(api)
    assert (driver.name, driver.arch) == ("NVIDIA Double", "sm_90")
    assert "cuDevicePrimaryCtxRetain" not in api.names(), "asking for a name takes no device"
    driver.close()
    assert "cuDevicePrimaryCtxRelease" not in api.names()


def test_memory_and_modules() -> None:
    api = Api()
    driver = CudaDriver(api)
    assert driver.allocate(100) == 0x7000
    data = np.arange(6, dtype=np.uint8)
    driver.upload(0x7000, data)
    assert api.calls[-1][::3] == ("cuMemcpyHtoD", 6)
    assert driver.download(0x7000, 5).tolist() == [7] * 5
    assert driver.load(b"cubin", "gemm") == "function"
    assert api.calls[-1] == ("cuModuleGetFunction", "module", b"gemm")
    driver.release(0x7000)
    assert api.names().count("cuDevicePrimaryCtxRetain") == api.names().count("cuCtxSetCurrent") == 1
    driver.close()
    assert api.names()[-2:] == ["cuModuleUnload", "cuDevicePrimaryCtxRelease"]


def test_launches_between_events() -> None:
    api = Api()
    driver = CudaDriver(api)
    calls = [Call("f", (3, 2, 1), (32, 1, 1), b"abcd"), Call("g", (1, 1, 1), (512, 1, 1), bytes(96), 4096)]
    assert driver.run([calls, calls[:1]]) == [0.25, 0.25]
    shown = [
        call[:2] for call in api.calls if call[0].startswith(("cuLaunch", "cuEventR", "cuEventE", "cuEventS"))
    ]
    assert shown == [
        ("cuEventRecord", "event1"),
        ("cuLaunchKernel", "f"),
        ("cuLaunchKernel", "g"),
        ("cuEventRecord", "event2"),
        ("cuLaunchKernel", "f"),
        ("cuEventRecord", "event3"),
        ("cuEventSynchronize", "event3"),
        ("cuEventElapsedTime", "event1"),
        ("cuEventElapsedTime", "event2"),
    ]
    assert api.areas == [b"abcd", bytes(96), b"abcd"]
    launch = next(call for call in api.calls if call[0] == "cuLaunchKernel")
    assert launch[:-1] == ("cuLaunchKernel", "f", 3, 2, 1, 32, 1, 1, 0, 0, 0)
    other = next(call for call in api.calls if call[:2] == ("cuLaunchKernel", "g"))
    assert other[:-1] == ("cuLaunchKernel", "g", 1, 1, 1, 512, 1, 1, 4096, 0, 0)
    assert api.names().count("cuEventDestroy") == api.events == 3


def test_what_the_device_refuses_is_named_and_events_go_back() -> None:
    api = Api(failing="cuLaunchKernel")
    with pytest.raises(DeviceError, match=r"^cuLaunchKernel: CUDA_ERROR_OUT_OF_MEMORY$"):
        CudaDriver(api).run([[Call("f", (1, 1, 1), (1, 1, 1), b"abcd")]])
    assert api.names().count("cuEventDestroy") == 2


def test_no_device() -> None:
    with pytest.raises(
        DeviceError,
        match=r"^no NVIDIA GPU can be used here \(cuInit: CUDA_ERROR_NO_DEVICE\); leave out --gpu",
    ):
        CudaDriver(Api(failing="cuInit", status=Status.CUDA_ERROR_NO_DEVICE))

    class Empty(Api):
        def result(self, name: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
            return (0,) if name == "cuDeviceGetCount" else super().result(name, arguments)

    with pytest.raises(DeviceError, match=r"^the NVIDIA driver shows no GPU; leave out --gpu"):
        CudaDriver(Empty())


def test_no_driver() -> None:
    class Missing(Api):
        def result(self, name: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
            raise RuntimeError("libcuda.so.1 not found")

    with pytest.raises(DeviceError, match=r"^no NVIDIA driver is installed here; leave out --gpu"):
        CudaDriver(Missing())


def test_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(
        DeviceError, match=r"needs the package cuda-bindings; .*pip install 'sassafras\[gpu\]'$"
    ):
        open_gpu()
