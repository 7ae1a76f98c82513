"""Parameters from CUDA sources and from mangled names, which NVRTC makes of the same kernels."""

from __future__ import annotations

import pytest

from sassafras.toolchain import nvrtc
from sassafras.toolchain.c_types import CType
from sassafras.toolchain.cubin import kernels_of
from sassafras.toolchain.signature import plain_name, signature_of_name, signatures_of_source

P, D, N, U, L, H = (CType.POINTER, CType.DOUBLE, CType.INT32, CType.UINT32, CType.UINT64, CType.INT16)
SOURCE = """
struct Pair { float a, b; };
/* __global__ void not_this(int a) {} */ // __global__ void nor(int a)
__global__ void __launch_bounds__(128) step(
    const float *__restrict__ a, float *b, int n, unsigned m) { b[n] = a[m]; }
__global__ void twice(const float *a, const float *b, float *c, float *d, double x) {
    c[0] = a[0] + b[0] + x; *d = 1;
}
namespace deep { namespace er {
__global__ void inside(int *out, short k, unsigned long long n) { out[n] = k; }
} }
template <int N, typename T> __global__ void many(T *out, T value, Pair pair) { out[N] = value + pair.a; }
__global__ void nothing() {}
"""
EXPECTED = {
    "step": (P, P, N, U),
    "twice": (P, P, P, P, D),
    "inside": (P, H, L),
    "many": (P, None, None),
    "nothing": (),
}


def mangled() -> dict[str, str]:
    wish = nvrtc.Wish(expressions=("many<3, float>",))
    cubin = nvrtc.compile_program(SOURCE, "all.cu", "sm_50", wish).cubin
    return {plain_name(name): name for name in kernels_of(cubin)}


def test_mangled_names_say_types() -> None:
    names = mangled()
    assert set(names) == set(EXPECTED)
    for plain, name in names.items():
        found = signature_of_name(name)
        assert found is not None
        assert tuple(one.kind for one in found) == EXPECTED[plain], name
    first = signature_of_name(names["step"])
    assert first is not None
    assert [one.constant for one in first[:2]] == [True, False]


def test_sources_say_names_and_types() -> None:
    found = signatures_of_source(SOURCE)
    assert set(found) == set(EXPECTED)
    for name, signature in found.items():
        assert tuple(one.kind for one in signature) == EXPECTED[name]
    assert [one.name for one in found["step"]] == ["a", "b", "n", "m"]
    assert [one.constant for one in found["step"]] == [True, False, False, False]


@pytest.mark.parametrize(
    "name", ["step", "_Z", "_Z4st", "_ZN1aE", "_Z3abcS9_", "_Z99x", "_Z1aI", "", "_Z1fPKT_"]
)
def test_other_names_say_nothing_or_little(name: str) -> None:
    """And never fail."""
    found = signature_of_name(name)
    assert found is None or isinstance(found, tuple)
    assert isinstance(plain_name(name), str)


def test_extern_c_has_no_types() -> None:
    assert signature_of_name("step") is None
    assert plain_name("step") == "step"
