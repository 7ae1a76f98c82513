"""From golden profiles to the faults of a campaign: its populations, its strata and the draws from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from sassafras.campaign.design.exposed import exposed_memory
from sassafras.campaign.design.from_store import Place, stratum_of
from sassafras.campaign.design.lanes import Design
from sassafras.campaign.design.own_faults import own_draws
from sassafras.campaign.design.settings import Settings
from sassafras.emulator.profile import LaunchProfile
from sassafras.errors import UsageError
from sassafras.faults.census import Cell, census
from sassafras.faults.ids import fault_id
from sassafras.faults.memory import Exposed, MemoryPopulation
from sassafras.faults.model import Draw, FaultModel, Mode, Scope
from sassafras.faults.population import Population, ProfiledLaunch, Sites, draw_faults
from sassafras.faults.strata import Strata, Stratify
from sassafras.faults.targets import Selection
from sassafras.workload.inputs import Input
from sassafras.workload.workload import Workload


def strata_of(network: Workload, settings: Settings) -> tuple[str, ...]:
    """Names of a campaign's strata: the kernels or layers with launches of its kernels; one without a name
    if it is not stratified.
    """
    struck = [p for p in network.plan if p.kernel in settings.kernels]
    if settings.stratify is Stratify.KERNEL:
        launched = {p.kernel for p in struck}
        return tuple(k for k in settings.kernels if k in launched)
    if settings.stratify is Stratify.LAYER:
        return tuple(str(layer) for layer in sorted({p.part for p in struck}))
    return ("",)


class Sampler:
    """Draws the faults of a campaign.

    ``profiles``: golden profiles by (frame, launch), of the frames ``inputs`` and the launches ``launches``
    of the network's plan.
    """

    def __init__(
        self,
        network: Workload,
        settings: Settings,
        inputs: Sequence[Input],
        launches: Sequence[int],
        profiles: Mapping[tuple[int, int], LaunchProfile],
    ) -> None:
        self._plan = plan = network.plan
        self._network, self._inputs, frames = network, inputs, len(inputs)
        self._profiles = profiles
        self._strata = strata_of(network, settings)
        self.places: list[Place] = [(plan[n].kernel, plan[n].part) for _ in range(frames) for n in launches]
        self.launches = [
            ProfiledLaunch(
                frame,
                number,
                plan[number].spec.code(network.architecture),
                plan[number].launch.threads_per_block,
                profiles[frame, number],
            )
            for frame in range(frames)
            for number in launches
        ]
        self.settings = settings
        self._made: dict[Mode, dict[FaultModel, Sites]] = {}

    def populations(self, mode: Mode) -> dict[FaultModel, Sites]:
        """The population of each fault model. Raises UsageError where a model has nothing to strike."""
        if mode not in self._made:
            models = self.settings.models_of(mode)
            self._made[mode] = {model: self._population(mode, model) for model in models}
        return self._made[mode]

    def _population(self, mode: Mode, model: FaultModel) -> Sites:
        groups = self.settings.rules.groups
        selection = Selection(mode, model, groups)
        try:
            if mode is Mode.MEM:
                return MemoryPopulation(self.launches, self._exposed, selection)
            return Population(self.launches, selection)
        except ValueError as error:
            raise UsageError(f"mode {mode}: {error}; choose other groups, models or kernels") from error

    @cached_property
    def _exposed(self) -> list[Exposed]:
        return exposed_memory(self._network, self._inputs, self.launches)

    def census(self) -> list[Cell]:
        """Sites of every mode, fault model, kernel and layer; none where the user chose the faults: they
        stand for no population.
        """
        modes = () if self.settings.faults is not None else self.settings.modes
        return [cell for mode in modes for cell in census(mode, self.populations(mode), self.places)]

    def draws(self, wanted: Iterable[tuple[Mode, int]], design: Design) -> list[Draw]:
        """The faults of these (mode, number), mode by mode."""
        numbers: dict[Mode, list[int]] = {}
        for mode, number in wanted:
            numbers.setdefault(mode, []).append(number)
        return [draw for mode, own in numbers.items() for draw in self._of_mode(mode, own, design)]

    def _of_mode(self, mode: Mode, numbers: Sequence[int], design: Design) -> list[Draw]:
        s = self.settings
        if s.faults is not None:
            return own_draws(self._plan, s.faults, mode, numbers, self._profiles)
        if s.exact:
            return [design.classes[number].draw(fault_id(mode, number)) for number in numbers]
        populations = self.populations(mode)
        scope = Scope.THREAD if mode is Mode.MEM else s.scope  # memory has no lanes
        if s.stratify is None:
            return draw_faults(s.seed, mode, numbers, s.models_of(mode), scope, populations)
        strata = Strata(populations, [stratum_of(place, s.stratify) for place in self.places])
        found = []
        for number in numbers:
            stratum, index = design.place(number)
            found.append(strata.draw(s.seed, mode, self._strata[stratum], index, number, scope))
        return found
