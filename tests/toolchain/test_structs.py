"""How structs lie in memory: as NVRTC lays out the same ones, and what is not known has no layout."""

from __future__ import annotations

import pytest

from sassafras.toolchain import nvrtc
from sassafras.toolchain.c_types import CType
from sassafras.toolchain.cubin import kernels_of, read_metadata
from sassafras.toolchain.signature import signature_of_name, signatures_of_source
from sassafras.toolchain.structs import VECTORS, structs_of_source

SOURCE = """
struct Small { char a; short b; };
typedef struct { const float *__restrict__ x, *y; unsigned int n[2][3], m; } Named;
struct alignas(16) Wide { float value; Small small[3]; };
struct __align__(8) Two { int a; int b; };
struct Deep { char first; Wide wide; double d; bool last; };
struct Vectors { char a; float3 b; float4 c; uchar4 d; double2 e; };
struct Unknown { char a; struct Other *fine; };
struct Bits { int a : 3; };
struct Method { int a; __device__ int get() { return a; } };
struct Base { int a; };
struct Derived : Base { int b; };
union Either { int a; float b; };
struct Holds { Either either; };
template <typename T> struct Generic { T a; };
struct Static { static const int a = 3; int b; };
"""
SIZES = {"Small": 4, "Named": 48, "Wide": 16, "Two": 8, "Deep": 48, "Vectors": 64, "Unknown": 16, "Base": 4}


def test_sizes_are_the_compiler_s() -> None:
    found = structs_of_source(SOURCE)
    assert {name: one.nbytes for name, one in found.items()} == SIZES
    takes = "".join(f'extern "C" __global__ void k{name}({name} given) {{}}\n' for name in SIZES)
    cubin = nvrtc.compile_program(f"struct Other;\n{SOURCE}{takes}", "s.cu", "sm_50", nvrtc.Wish()).cubin
    for kernel in kernels_of(cubin):
        (parameter,) = read_metadata(cubin, kernel).parameters
        assert parameter.size == SIZES[kernel[1:]], kernel


def test_offsets_are_the_compiler_s() -> None:
    """By the compiler's own word for offsetof."""
    found = structs_of_source(SOURCE)
    asserts = "".join(
        f"static_assert(__INTADDR__(&(({name} *)0)->{leaf.name}) == {leaf.offset});\n"
        for name, one in found.items()
        for leaf in one.leaves()
    )
    nvrtc.compile_program(f"struct Other;\n{SOURCE}{asserts}", "s.cu", "sm_50", nvrtc.Wish())
    assert [(one.name, one.kind, one.offset) for one in found["Small"].leaves()] == [
        ("a", CType.INT8, 0),
        ("b", CType.INT16, 2),
    ]
    assert [one.name for one in found["Named"].leaves()][:4] == ["x", "y", "n[0][0]", "n[0][1]"]


def test_vectors_are_the_compiler_s() -> None:
    asserts = "".join(
        f"static_assert(sizeof({name}) == {one.nbytes} && alignof({name}) == {one.alignment});\n"
        for name, one in VECTORS.items()
    )
    nvrtc.compile_program(asserts, "s.cu", "sm_50", nvrtc.Wish())
    assert {"float4", "uchar3", "longlong2", "double1", "dim3"} <= set(VECTORS)


def test_packed_and_ambiguous_ones_are_not_known() -> None:
    assert structs_of_source("#pragma pack(1)\nstruct A { char a; int b; };") == {}
    assert structs_of_source("struct A { int a; }; namespace n { struct A { char a; }; }") == {}
    assert structs_of_source("struct A {\n#ifdef B\nint a;\n#endif\nint b; };") == {}


def test_signatures_name_structs() -> None:
    text = f'{SOURCE}extern "C" __global__ void k(const Deep d, float2 *p, float2 v, Either e) {{}}'
    d, p, v, e = signatures_of_source(text)["k"]
    assert d.struct is not None
    assert (d.struct.name, d.struct.nbytes, d.kind) == ("Deep", 48, None)
    assert (p.struct, p.kind) == (None, CType.POINTER)
    assert v.struct == VECTORS["float2"]
    assert (e.struct, e.kind) == (None, None)


@pytest.mark.parametrize(("name", "kinds"), [("_Z1k6float4i", ["float4", None]), ("_Z1k5Other", [None])])
def test_mangled_names_say_vectors(name: str, kinds: list[str | None]) -> None:
    found = signature_of_name(name)
    assert found is not None
    assert [one.struct and one.struct.name for one in found] == kinds
