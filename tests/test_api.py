"""The public names of ``import sassafras``."""

from __future__ import annotations

import subprocess
import sys

import pytest

import sassafras


@pytest.mark.parametrize("name", sassafras.__all__)
def test_every_public_name_exists(name: str) -> None:
    """``__all__`` and what can be imported agree."""
    assert getattr(sassafras, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As for any module."""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = sassafras.nothing


def test_import_alone_loads_nothing_heavy() -> None:
    """Help and errors must not wait for the compiler or the data frames."""
    code = "import sassafras, sys; print([m for m in ('numpy', 'pandas', 'llvmlite') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_dir_lists_every_public_name() -> None:
    """Before any of them is used: in a fresh process."""
    code = "import sassafras; print(set(sassafras.__all__) <= set(dir(sassafras)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "True"
