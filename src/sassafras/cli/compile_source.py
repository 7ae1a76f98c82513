"""``sassafras compile``: CUDA C++ to machine code that can be struck."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from sassafras.architectures.registry import DEFAULT
from sassafras.cli import completion
from sassafras.cli.completion import one_of

if TYPE_CHECKING:
    from sassafras.toolchain.machine_code import MachineCode

Target: TypeAlias = Annotated[
    str,
    typer.Option(
        "--arch", metavar="NAME", help="GPU architecture.", autocompletion=one_of(completion.architectures)
    ),
]
OutFolder: TypeAlias = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Folder for the files [default: beside it]")
]
Download: TypeAlias = Annotated[
    bool, typer.Option("--download", help="Get nvdisasm (168 MB, of which 51 MB stay) if there is none.")
]


def compile_source(
    source: Annotated[Path, typer.Argument(metavar="FILE.cu", help="CUDA C++ with __global__ functions.")],
    arch: Target = DEFAULT,
    out: OutFolder = None,
    include: Annotated[
        list[Path] | None, typer.Option("-I", "--include", metavar="DIR", help="Headers (repeatable).")
    ] = None,
    define: Annotated[
        list[str] | None, typer.Option("-D", "--define", metavar="NAME[=VALUE]", help="A macro (repeatable).")
    ] = None,
    kernel: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A kernel to instantiate, such as 'tile<16>' (repeatable)."),
    ] = None,
    download: Download = False,
) -> None:
    """Compile CUDA C++ into a cubin, its listing, and a record.

    Needs NVRTC (pip install 'sassafras[toolchain]') and nvdisasm. A workload file names the source, the cubin
    or the listing; with the listing nothing has to be installed.
    """
    from sassafras.toolchain.machine_code import compiled
    from sassafras.toolchain.nvrtc import Wish

    pairs = tuple((name, value if equals else "1") for name, equals, value in map(_parted, define or ()))
    wish = Wish(tuple(include or ()), pairs, tuple(kernel or ()))
    found = compiled(source, arch, wish, download=download)
    write_code(found, out or source.parent, source.stem)


def _parted(text: str) -> tuple[str, str, str]:
    return text.partition("=")


def write_code(code: MachineCode, folder: Path, stem: str) -> None:
    """Write the files, and say what they are and which kernels they hold. Raises UsageError."""
    from sassafras.errors import UsageError
    from sassafras.whole_files import whole_file

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in code.files(folder, stem).items():
            with whole_file(path) as file:
                file.write(content)
            typer.echo(path)
    except OSError as error:
        raise UsageError(f"cannot write into {folder}: {error.strerror}") from error
    for kernel in code.record.kernels:
        facts = kernel.metadata
        shared = f", {facts.shared_bytes} bytes of shared memory" if facts.shared_bytes else ""
        typer.echo(f"  {described(kernel.shown, kernel.signature)}: {facts.register_count} registers{shared}")


def described(name: str, signature: object) -> str:
    """A kernel with its parameters: ``step(a: pointer, n: int32)``."""
    from sassafras.toolchain.signature import Named

    if not isinstance(signature, tuple):
        return name
    said = ((one, one.struct.name if one.struct else one.kind) for one in signature if isinstance(one, Named))
    return f"{name}({', '.join(f'{one.name or chr(63)}: {kind or chr(63)}' for one, kind in said)})"
