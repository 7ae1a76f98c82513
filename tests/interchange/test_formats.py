from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sassafras.errors import UsageError
from sassafras.faults.model import DRAWN_MODELS, FaultModel, Mode, Scope
from sassafras.interchange.formats import FORMATS, ListName, Tool, model_number, parse_name
from sassafras.interchange.nvbitfi_groups import general_register_mask
from sassafras.isa.opcodes import MAXWELL
from sassafras.kernels.programs import bundled_kernels, load_program
from sassafras.simulation.outcome import Outcome

M = FaultModel


@pytest.mark.parametrize(
    ("tool", "name", "said"),
    [
        (Tool.SASSIFI, "results-moderf-igidrf.bfm1.644.txt", (Mode.RF, None, M.DOUBLE_BIT)),
        (Tool.SASSIFI, "results-modeinst_value-igid8.bfm6.10.txt", (Mode.IOV, "FFMA_OP", M.RANDOM_VALUE)),
        (Tool.SASSIFI, "results-modeinst_address-igid3.bfm0.1.txt", (Mode.IOA, "STORE_OP", M.SINGLE_BIT)),
        (Tool.NVBITFI, "results-modeinst_value-igid7.bfm3.1000.txt", (Mode.IOV, "gp", M.ZERO_VALUE)),
    ],
)  # fmt: skip
def test_names(tool: Tool, name: str, said: tuple[Mode, str | None, FaultModel]) -> None:
    found = parse_name(tool, Path("somewhere") / name)
    assert (found.mode, found.group_name, found.model) == said
    assert f"results-{found.text}" == name
    assert found.scope is (Scope.WARP if "bfm6" in name else Scope.THREAD)


@pytest.mark.parametrize(
    ("tool", "name", "reason"),
    [
        (Tool.SASSIFI, "results.txt", "in the file's name"),
        (Tool.SASSIFI, "results-moderf-igid0.bfm0.10.txt", "in the file's name"),
        (Tool.SASSIFI, "results-modeinst_value-igidrf.bfm0.10.txt", "in the file's name"),
        (Tool.SASSIFI, "results-modeinst_value-igid14.bfm0.10.txt", "no instruction group 14"),
        (Tool.SASSIFI, "results-modeinst_value-igid0.bfm8.10.txt", "no bit-flip model 8"),
        (Tool.NVBITFI, "results-modeinst_value-igid8.bfm0.10.txt", "no instruction group 8"),
        (Tool.NVBITFI, "results-modeinst_value-igid7.bfm4.10.txt", "no bit-flip model 4"),
    ],
)
def test_names_that_say_nothing(tool: Tool, name: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        parse_name(tool, Path(name))
    assert name in str(caught.value)


def test_model_numbers_there_and_back() -> None:
    for model in DRAWN_MODELS:
        for scope in (Scope.THREAD, Scope.WARP):
            name = ListName(Tool.SASSIFI, Mode.IOV, 0, model_number(model, scope), 1)
            assert (name.model, name.scope) == (model, scope)
    last = ListName(Tool.SASSIFI, Mode.IOV, 0, 7, 1)
    assert replace(last, count=7).text == "modeinst_value-igid0.bfm7.7.txt"


def test_categories_are_the_documented_ones() -> None:
    """SASSIFI: 3 masked, 2 DUE, 9 potential, 3 SDC, 1 other; NVBitFI one potential DUE more."""
    for tool, potential in ((Tool.SASSIFI, 9), (Tool.NVBITFI, 10)):
        known = FORMATS[tool].categories
        by = [c.outcome for c in known.values()]
        assert list(known) == list(range(1, 10 + potential))
        assert by.count(Outcome.MASKED) == 3
        assert by.count(Outcome.DUE) == 2 + potential
        assert by.count(Outcome.SDC) == 3
        assert [number for number, c in known.items() if c.outcome is None] == [max(known)]
        assert sum(c.potential for c in known.values()) == potential


def test_nvbitfi_counts_every_instruction_that_writes_a_register() -> None:
    for kernel in bundled_kernels():
        program = load_program(kernel)
        mask = general_register_mask(program)
        for instruction in program.instructions:
            if instruction.effects.registers_written:
                assert mask[instruction.index], instruction.text
            if instruction.effects.is_store:
                assert not mask[instruction.index], instruction.text


# NVBitFI, common/globals.h: the sm_50 opcodes of its groups "predicate only" and "no destination".
OUTSIDE_GP = """
FCHK FSETP DSETP ISETP CSETP PSETP R2P VSETP
ST STG STL STS RED CCTL CCTLL MEMBAR CCTLT SURED SUST BRA BRX JMP JMX SSY SYNC CAL JCAL PRET RET BRK
PBK CONT PCNT EXIT PEXIT LONGJMP PLONGJMP KIL BPT IDE RAM RTT SAM NOP BAR R2B DEPBAR SETCRSPTR
SETLMEMBASE
"""


def test_records_say_what_nvbitfi_says_of_destinations() -> None:
    found = {name for name, record in MAXWELL.items() if not record.has_register_destination}
    assert found == set(MAXWELL) & set(OUTSIDE_GP.split())
