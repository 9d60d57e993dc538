"""Will it fit? Estimates for the models here and for those a hub offers, corrected by what loads really took.

Of a file on a hub only the header is read, once; it is kept with the version of the file.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from desktop.core import placing
from desktop.core.builds import RemoteBuild
from desktop.core.errors import CorruptModel, EngineError, WorldError
from desktop.core.events import EngineChanged
from desktop.core.footprint import Footprint, with_size
from desktop.core.memory import Correction, MemoryEstimate, estimate
from desktop.core.models import (
    CatalogEntry,
    Device,
    LoadedModel,
    Machine,
    ModelFile,
    ModelHeader,
    ModelId,
    RemoteFile,
)
from desktop.core.ports import Hub
from desktop.services.bus import Bus
from desktop.services.engine import EngineService
from desktop.services.library import LibraryService
from desktop.services.modeloptions import EngineOptions
from desktop.services.safemode import key_of
from desktop.services.serial import SerialExecutor
from desktop.storage.estimates import EstimateStore, LoadMemory

log = logging.getLogger(__name__)
T = TypeVar("T")

MOST_CONTEXT = 1 << 30
"""Stands for as much context as a model can have."""
_MOST_KEPT = 64
"""Headers of local files that are kept in memory."""
_DEVICES_S = 60.0
_WRITE_S = 10.0
_MOST_READ = 4
"""Headers that one question reads from a hub: a repository may hold any number of models."""


class FitService:
    """Futures carry WorldErrors, or CancelledError after close. Any thread. `context` 0 means what a load would take."""

    def __init__(
        self,
        library: LibraryService,
        engine: EngineService,
        store: EstimateStore,
        read_header: Callable[[Path], ModelHeader],
        read_remote: Callable[[Hub, RemoteFile], ModelHeader],
        usable_context: Callable[[ModelHeader, int], int],
        shape: Callable[[CatalogEntry], Footprint | None],
        chosen: Callable[[ModelId | None], EngineOptions],
        hub: Callable[[str], Hub],
        endpoint: Callable[[], str],
        writer: SerialExecutor,
        bus: Bus,
        clock: Callable[[], int],
    ) -> None:
        """`usable_context(header, wanted)` tells the tokens a load would give, `shape` the layers of a recommended build,
        `chosen` how a model is to be loaded (None: one that is not here).
        """
        self._library = library
        self._engine = engine
        self._store = store
        self._read_header = read_header
        self._read_remote = read_remote
        self._usable_context = usable_context
        self._shape = shape
        self._chosen = chosen
        self._hub = hub
        self._endpoint = endpoint
        self._writer = writer
        self._clock = clock
        self._closed = threading.Event()
        self._near = SerialExecutor("fit")
        self._far = SerialExecutor("fit hub")
        self._headers: dict[tuple[str, int, int], ModelHeader] = {}
        self._seen: LoadedModel | None = None
        self._engine_fails = False
        self._unsubscribe = bus.subscribe(EngineChanged, self._on_engine)

    def installed(self, model: ModelId, context: int = 0) -> Future[MemoryEstimate]:
        """Of a model on this computer. Fails with UnknownModel, ModelFileError."""
        return self._near.submit(self._open, lambda: self._installed(model, context))

    def catalog(self, entry: CatalogEntry, context: int = 0) -> Future[MemoryEstimate | None]:
        """Of a recommended build, from what the catalogue says of its layers, without a network; None if it says nothing."""
        return self._near.submit(self._open, lambda: self._catalog(entry, context))

    def remote(self, build: RemoteBuild, context: int = 0) -> Future[MemoryEstimate]:
        """Of a build that a hub offers. Reads the header of this file, at most 32 MB, unless it is known.

        Fails with HubError, ModelFileError.
        """
        return self._far.submit(self._open, lambda: self._remote(build, context))

    def remotes(self, builds: Sequence[RemoteBuild], context: int = 0) -> Future[dict[str, MemoryEstimate]]:
        """Of the builds of one repository, by `RemoteBuild.file`: one header per model is read; other quantizations follow from
        their sizes.

        Left out are builds of unknown size, those of a model whose header cannot be read, and those of more models than anybody
        looks at in one repository; if no header can be read, it fails as `remote`.
        """
        return self._far.submit(self._open, lambda: self._remotes(builds, context))

    def close(self, timeout: float = 1.0) -> None:
        """Answer no more. Waits at most `timeout` seconds; what still waits for the network ends with the process."""
        self._closed.set()
        self._unsubscribe()
        self._near.close(timeout)
        self._far.close(timeout)

    # on our threads

    def _open(self, call: Callable[[], T]) -> T:
        if self._closed.is_set():
            raise CancelledError
        return call()

    def _installed(self, id: ModelId, context: int) -> MemoryEstimate:
        model = self._library.get(id)
        header = self._header(model)
        chosen = self._chosen(id)
        tokens = self._usable_context(header, context or chosen.context)
        return self._estimate(header, model.size, tokens, chosen, self._correction(model, tokens))

    def _catalog(self, entry: CatalogEntry, context: int) -> MemoryEstimate | None:
        if (shape := self._shape(entry)) is None:
            return None
        header = ModelHeader("", entry.name, entry.family, entry.quantization, entry.context, 0, 0, 0, footprint=shape)
        return self._uncorrected(header, entry.size, context)

    def _remote(self, build: RemoteBuild, context: int) -> MemoryEstimate:
        header = self._remote_header(build.files[0])
        return self._uncorrected(header, build.size or 0, context)

    def _remotes(self, builds: Sequence[RemoteBuild], context: int) -> dict[str, MemoryEstimate]:
        models: dict[str, list[RemoteBuild]] = {}
        for build in builds:
            if build.size is not None:
                models.setdefault(_model_of(build), []).append(build)
        found: dict[str, MemoryEstimate] = {}
        failure: WorldError | None = None
        read = 0
        for same in models.values():
            try:
                header = self._any_known(same)
                if header is None and read == _MOST_READ:
                    continue
                if header is None:
                    read += 1
                    header = self._remote_header(min(same, key=lambda build: build.size or 0).files[0])
            except WorldError as error:
                log.info("no header of %s: %s", same[0].repository, error)
                failure = failure or error
                continue
            for build in same:
                found[build.file] = self._uncorrected(header, build.size or 0, context)
        if failure is not None and not found:
            raise failure
        return found

    def _any_known(self, builds: Sequence[RemoteBuild]) -> ModelHeader | None:
        """A header of one of these builds of the same model that was read before."""
        known = (self._known(build.files[0]) for build in builds)
        return next((header for header in known if header is not None), None)

    def _remote_header(self, file: RemoteFile) -> ModelHeader:
        if (known := self._known(file)) is not None:
            return known
        self._open(lambda: None)
        header = self._read_remote(self._hub(self._endpoint()), file)
        self._keep(file, header)
        return header

    def _keep(self, file: RemoteFile, header: ModelHeader) -> None:
        """Before the next question, which may be for the same; a full disk or the end of the program do no harm."""
        row = (file.repository, file.file, _version(file), header, self._clock())
        try:
            self._writer.submit(self._store.put_header, *row).result(_WRITE_S)
        except (WorldError, CancelledError, TimeoutError, RuntimeError) as error:
            log.info("a header is not kept: %s", error)

    def _known(self, file: RemoteFile) -> ModelHeader | None:
        return self._store.header(file.repository, file.file, _version(file))

    def _header(self, model: ModelFile) -> ModelHeader:
        try:
            stat = model.path.stat()
        except OSError:
            return self._read_header(model.path)  # says in our words what is wrong
        key = (str(model.path), stat.st_size, stat.st_mtime_ns)
        if (header := self._headers.get(key)) is None:
            header = self._read_header(model.path)
            if len(self._headers) >= _MOST_KEPT:
                self._headers.clear()
            self._headers[key] = header
        return header

    def _uncorrected(self, header: ModelHeader, size: int, context: int) -> MemoryEstimate:
        chosen = self._chosen(None)
        return self._estimate(header, size, self._usable_context(header, context or chosen.context), chosen, None)

    def _estimate(
        self, header: ModelHeader, size: int, context: int, chosen: EngineOptions, correction: Correction | None
    ) -> MemoryEstimate:
        return placing.expected(
            with_size(_footprint(header), size),
            context,
            self._machine(),
            header.family,
            chosen.how,
            gpu_layers=chosen.gpu_layers,
            correction=correction,
        )

    def _machine(self) -> Machine:
        """As if no model were loaded: the present one goes when another comes."""
        loaded = self._engine.status.loaded
        machine = self._library.machine()
        given_back = 0
        if loaded is not None:
            given_back = loaded.copied_bytes + (0 if loaded.graphics_bytes else loaded.kv_bytes + loaded.compute_bytes)
        available = min(machine.memory_total, machine.memory_available + given_back)
        return replace(machine, memory_available=available, devices=self._devices())

    def _devices(self) -> tuple[Device, ...]:
        """As the worker saw them when it started, before it took any of their memory."""
        if (hello := self._engine.hello) is not None:
            return hello.devices
        if not self._engine_fails:
            try:
                return self._engine.devices().result(_DEVICES_S)
            except (EngineError, CancelledError, TimeoutError, RuntimeError) as error:
                self._engine_fails = True  # asking again would cost every estimate the same time
                log.info("the devices are not known: %s", error)
        return ()

    # what loads teach

    def _on_engine(self, event: EngineChanged) -> None:
        loaded, model = event.status.loaded, event.status.model
        hello = self._engine.hello
        if loaded is None or loaded is self._seen or model is None or hello is None or not loaded.weights_bytes:
            return
        self._seen = loaded
        self._near.post(self._learn, hello.build, model, loaded)

    def _learn(self, build: str, id: ModelId, loaded: LoadedModel) -> None:
        model = self._library.get(id)
        footprint = with_size(_footprint(self._header(model)), model.size)
        machine = Machine(0, 0, 0, "", 1)
        expected = estimate(footprint, loaded.context, machine, **placing.costs(loaded.how))
        load = LoadMemory(
            build=build,
            model=key_of(model),
            context=loaded.context,
            gpu_layers=loaded.gpu_layers,
            weights=loaded.weights_bytes,
            kv=loaded.kv_bytes,
            compute=loaded.compute_bytes,
            graphics=loaded.graphics_bytes,
            estimated_weights=expected.weights,
            estimated_kv=expected.kv,
            estimated_compute=expected.compute,
            learnt=self._clock(),
        )
        self._writer.post(self._store.put_load, load)

    def _correction(self, model: ModelFile, context: int) -> Correction | None:
        """From the load with the nearest context, of the present build of llama.cpp if that is known."""
        loads = self._store.loads(key_of(model))
        if (hello := self._engine.hello) is not None:
            loads = tuple(load for load in loads if load.build == hello.build)
        if not loads:
            return None
        nearest = min(loads, key=lambda load: abs(load.context - context))
        return Correction(
            weights=_ratio(nearest.weights, nearest.estimated_weights),
            kv=_ratio(nearest.kv, nearest.estimated_kv),
            compute=_ratio(nearest.compute, nearest.estimated_compute),
        )


def _footprint(header: ModelHeader) -> Footprint:
    if header.footprint is None:
        raise CorruptModel(path=header.name, reason="the header does not tell its layers")
    return header.footprint


def _ratio(real: int, expected: int) -> float:
    """A load that says nothing, or nonsense, teaches little."""
    return min(4.0, max(0.25, real / expected)) if real > 0 and expected > 0 else 1.0


def _version(file: RemoteFile) -> str:
    return file.sha256 or file.etag or file.revision


def _model_of(build: RemoteBuild) -> str:
    """What is left of the name without the quantization: the same for all builds of a model."""
    name = (
        re.sub(re.escape(build.quantization), "", build.name, flags=re.IGNORECASE) if build.quantization else build.name
    )
    return re.sub(r"[\W_]+", "", name.lower())
