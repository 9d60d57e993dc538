"""The composition root: every object is built here once, top to bottom, and closed in reverse. No Qt."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from desktop import paths as places
from desktop.core.errors import DatabaseCorrupt
from desktop.core.events import ConversationDeleted, Noticed
from desktop.core.footprint import with_size
from desktop.core.models import ConversationId, Device, GenerateOptions, LoadOptions, Machine, ModelFile, Overflow
from desktop.core.placing import expected
from desktop.core.ports import Engine, ExitSink, Hub
from desktop.hub.catalog import load_catalog
from desktop.hub.endpoints import endpoint_from, next_source
from desktop.hub.lazy import Access, LazyHub, Network
from desktop.hub.shapes import footprint
from desktop.hub.token import KeyringToken
from desktop.inference import drivers
from desktop.inference.client import EngineClient, worker_command
from desktop.inference.families import usual_sampling
from desktop.inference.gguf import read_header, usable_context
from desktop.inference.legacy.content import write as write_known
from desktop.inference.legacy.convert import prepare
from desktop.inference.measuring import Measurer
from desktop.inference.remote import read_remote_header
from desktop.paths import Paths
from desktop.services.bus import Bus
from desktop.services.cards import CardMemory
from desktop.services.chat import ChatService
from desktop.services.conversations import ConversationService
from desktop.services.downloads import DownloadService
from desktop.services.elsewhere import ElsewhereService
from desktop.services.engine import EngineService
from desktop.services.fit import FitService
from desktop.services.folders import FolderService
from desktop.services.idle import IdleService
from desktop.services.library import LibraryService
from desktop.services.loading import LoadPlanner
from desktop.services.modeloptions import ModelOptionsService
from desktop.services.mover import MoveService, recover
from desktop.services.pace import Throttle
from desktop.services.policy import Policy
from desktop.services.power import Power, battery
from desktop.services.reading import ReadingService
from desktop.services.recaps import RecapService
from desktop.services.safemode import SafeModes
from desktop.services.search import SearchService
from desktop.services.serial import SerialExecutor
from desktop.services.trying import Manner
from desktop.services.tuning import TuningService
from desktop.storage.conversations import ConversationStore
from desktop.storage.database import Database, move_aside
from desktop.storage.downloads import DownloadStore
from desktop.storage.estimates import EstimateStore
from desktop.storage.folders import FolderStore
from desktop.storage.library import EngineModeStore, ModelStore
from desktop.storage.measured import MeasuredStore
from desktop.storage.modeloptions import ModelOptionsStore
from desktop.storage.owner import Owner
from desktop.storage.settings import Settings
from desktop.storage.states import forget_states

log = logging.getLogger(__name__)


class Application:
    """All services of one process over one set of directories.

    Raises DatabaseNewer, DatabaseBusy, DiskFull, DiskDenied when the directories cannot be used; a damaged database
    or settings file is moved aside and told in `notices`.
    """

    def __init__(self, paths: Paths, *, backend: str = "llama") -> None:
        """`backend` names the worker's engine: "llama", or "echo", which needs no model."""
        self.paths = paths
        self.notices: list[Noticed] = []
        self.test_model = places.resources() / "chatglm3-tiny.gguf"
        self._backend = backend
        self._exit = ExitStack()
        try:
            self._build()
        except BaseException:
            self._exit.close()
            raise

    def make_engine(self, on_exit: ExitSink) -> Engine:
        """An engine of its own process, not started."""
        return EngineClient(worker_command(self._backend), on_exit=on_exit, cards=self._cards)

    def close(self) -> None:
        """Stop answers and downloads, keep what they have, end the worker and the threads. Blocks, bounded."""
        self._exit.close()

    def _build(self) -> None:
        undo = self._exit.callback
        self.settings = self._open_settings()
        self._database = self._open_database()
        undo(self._database.close)
        self.owner = Owner(self.paths.run)
        undo(self.owner.close)
        self.bus = Bus()
        self._token = KeyringToken()
        self.writer = SerialExecutor("writer")
        undo(self.writer.close)

        conversations = ConversationStore(self._database)
        self.conversation_store = conversations
        self.conversations = ConversationService(conversations, self.writer, self.bus, now)
        undo(self.conversations.close)

        folders, models = FolderStore(self._database), ModelStore(self._database)
        journal = self.paths.data / "move.json"
        models_folder = recover(journal, folders, self.paths.models, self.owner)
        chosen = models_folder != self.paths.models
        self.library = LibraryService(
            models,
            models_folder,
            load_catalog(),
            read_header,
            self.writer,
            self.bus,
            now,
            prepare=prepare,
            keep_originals=lambda: not self.settings.flag("remove_rewritten"),
            must_exist=chosen,
            shape=footprint,
        )
        undo(self.library.close)
        self.folders = FolderService(folders, self.library, self.writer, self.bus, now)
        undo(self.folders.close)
        self.elsewhere = ElsewhereService(self.library, read_header)
        undo(self.elsewhere.close)
        self.downloads = DownloadService(
            DownloadStore(self._database),
            self.owner,
            self.hub,
            self.endpoint,
            models_folder,
            self.library.install,
            self.writer,
            self.bus,
            now,
            self._policy(),
            must_exist=chosen,
        )
        undo(self.downloads.close)
        self.mover = MoveService(
            folders,
            self.paths.models,
            journal,
            self.library,
            self.downloads,
            self.owner,
            self.writer,
            self.bus,
        )
        undo(self.mover.close)
        self.search = SearchService(self.hub, self.endpoint, next_source, self._token)
        undo(self.search.close)

        self.model_options = ModelOptionsService(
            ModelOptionsStore(self._database), models, self.settings, usual_sampling, self.writer, self.bus
        )
        measured = MeasuredStore(self._database)
        learnt = EngineModeStore(self._database)
        self._cards = CardMemory(learnt, drivers.identity, now)
        modes = SafeModes(learnt, self.make_engine, self.test_model, now, write_known)
        self.engine = EngineService(
            self.make_engine,
            modes,
            self.library,
            self.model_options,
            self.bus,
            _memory,
            LoadPlanner(self.model_options, measured, self._states),
        )
        undo(self.engine.close)
        self.measurer = Measurer(worker_command(self._backend), drivers.WITHOUT_CARDS)  # it measures the processor
        self.tuning = TuningService(
            self.measurer,
            measured,
            self.engine,
            self.library,
            lambda hello, model: modes.of(hello, model)[0],
            self.writer,
            self.bus,
            now,
        )
        undo(self.tuning.close)
        self.idle = IdleService(self.engine, lambda: 60 * self.settings.number("idle_unload"), self.bus)
        undo(self.idle.close)
        self.bus.subscribe(ConversationDeleted, self._forget)
        self.fit = FitService(
            self.library,
            self.engine,
            EstimateStore(self._database),
            read_header,
            read_remote_header,
            usable_context,
            footprint,
            self.model_options.engine,
            self.hub,
            self.endpoint,
            self.writer,
            self.bus,
            now,
        )
        undo(self.fit.close)
        self.recaps = RecapService(conversations, self.engine, self.writer, self.bus, now)
        self.chat = ChatService(
            conversations,
            self.conversations,
            self.engine,
            self.model_options,
            self.recaps,
            lambda: Overflow(self.settings.text("overflow")),
            self.owner.token,
            self.writer,
            self.bus,
            now,
        )
        undo(self.chat.close)
        self.reading = ReadingService(
            self._read_ahead,
            lambda: self.settings.flag("read_ahead"),
            Power(battery).is_low,
            self.writer,
        )

        if interrupted := conversations.interrupt_orphans(self.owner.is_alive):
            log.info("%d answers of a process that died were kept as interrupted", interrupted)
        self.downloads.recover()

    def _open_settings(self) -> Settings:
        settings = Settings(self.paths.settings)
        if settings.moved_to is not None:
            self.notices.append(Noticed("settings.corrupt", {"moved_to": str(settings.moved_to)}))
        return settings

    def _open_database(self) -> Database:
        try:
            return Database(self.paths.database)
        except DatabaseCorrupt:
            moved_to = move_aside(self.paths.database)
            log.info("a damaged database was moved to %s", moved_to)
            self.notices.append(Noticed("database.corrupt", {"moved_to": str(moved_to)}))
            return Database(self.paths.database)

    def _states(self) -> tuple[Path, int]:
        return self.paths.states, self.settings.number("saved_states_mb") * 1_000_000

    def _forget(self, event: ConversationDeleted) -> None:
        gone = partial(forget_states, self.paths.states, event.conversation)
        gone()
        self.engine.forget(event.conversation, gone)

    def _read_ahead(self, conversation: ConversationId | None, text: str, options: GenerateOptions) -> None:
        self.idle.touch()  # somebody is typing: the model is not to go now
        self.chat.read_ahead(conversation, text, options=options)

    def _policy(self) -> Policy:
        settings = self.settings
        return Policy(
            parallel=lambda: settings.number("parallel_downloads"),
            offline=lambda: settings.flag("offline"),
            next_source=next_source,
            catalog=self.library.catalog,
            manner=Manner(
                connections=lambda: settings.number("connections"),
                throttle=Throttle(lambda: settings.number("rate_limit") * 1000),
            ),
        )

    def endpoint(self) -> str:
        """The source of models that the settings name."""
        return endpoint_from(self.settings.text("endpoint"), self.settings.text("source"))

    def hub(self, endpoint: str) -> Hub:
        """The source behind an address, with the present settings. Building it is cheap; asking it blocks."""
        settings = self.settings
        access = Access(
            Network(settings.text("proxy"), settings.text("ca_file")),
            self._token.find,
            lambda: settings.flag("offline"),
            {entry.repository: entry.modelscope for entry in self.library.catalog() if entry.modelscope},
        )
        return LazyHub(endpoint, access)


def now() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def _memory(model: ModelFile, options: LoadOptions, devices: Sequence[Device]) -> tuple[int, int]:
    """Bytes of memory a load takes beside what lies on the graphics cards, and bytes this machine has in all."""
    import psutil  # only here: the window starts without it

    total = psutil.virtual_memory().total
    header = read_header(model.path)
    if header.footprint is None:
        return model.size, total
    found = expected(
        with_size(header.footprint, model.size),
        usable_context(header, options.context),
        Machine(total, total, 0, "", 1, tuple(devices)),
        header.family,
        options.how,
        gpu_layers=options.gpu_layers,
    )
    return found.needed, total
