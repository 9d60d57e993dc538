"""The engine as the application sees it: one model at a time, requests in a queue, crashes survived.

A state machine on a thread of its own: everything that happens to the worker arrives there as a call, so there are no
locks and one order for everybody. Status goes out as EngineChanged.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial

from desktop.core.errors import (
    EngineCrashed,
    EngineError,
    EngineUnavailable,
    LoadCancelled,
    ModelTooLarge,
    NoModel,
    WorldError,
)
from desktop.core.events import EngineChanged, ModelChanged
from desktop.core.models import (
    ConversationId,
    Device,
    EngineHello,
    EngineMode,
    EngineState,
    EngineStatus,
    FinishReason,
    GenerateOptions,
    LoadOptions,
    ModelFile,
    ModelId,
    PromptMessage,
    Timings,
    TurnId,
    Usage,
)
from desktop.core.ports import (
    Done,
    Engine,
    Failed,
    GenerateReply,
    GenerateSink,
    Loaded,
    LoadProgressed,
    LoadReply,
    PromptProgress,
    PromptRead,
    TextPiece,
)
from desktop.services.bus import Bus
from desktop.services.library import LibraryService
from desktop.services.loading import LoadPlanner
from desktop.services.modeloptions import ModelOptionsService
from desktop.services.presence import missing
from desktop.services.safemode import EngineFactory, SafeModes, has_gpu, is_native
from desktop.services.serial import SerialExecutor

log = logging.getLogger(__name__)

_MOST_CRASHES = 3  # in a row; then the engine waits for the user instead of dying again and again
_STOPPED = Done(FinishReason.STOPPED, Usage(), Timings())  # of a request that never began, or whose worker was ended
_NOTICES = {EngineMode.NO_REPACK: "engine.safe_mode", EngineMode.CPU: "engine.safe_mode_cpu"}


@dataclass(slots=True)
class _Request:
    turn: TurnId
    model: ModelId | None
    messages: Sequence[PromptMessage]
    options: GenerateOptions
    sink: GenerateSink
    wrote: bool = False


class EngineService:
    """Loads, answers, restarts. Every method returns at once and may be called from any thread."""

    def __init__(
        self,
        make_engine: EngineFactory,
        modes: SafeModes,
        library: LibraryService,
        options: ModelOptionsService,
        bus: Bus,
        memory: Callable[[ModelFile, LoadOptions, Sequence[Device]], tuple[int, int]],
        planner: LoadPlanner,
    ) -> None:
        """`memory(model, options, devices)` → (bytes the model needs beside the cards' memory, bytes this machine has)."""
        self._actor = SerialExecutor("engine")
        self._engine: Engine = make_engine(lambda error: self._actor.post(self._on_exit, error))
        self._modes = modes
        self._library = library
        self._options = options
        self._bus = bus
        self._memory = memory
        self._planner = planner
        self._closing = threading.Event()
        # below: touched by the actor's thread only
        self._status = EngineStatus()
        self._model: ModelFile | None = None
        self._hello: EngineHello | None = None
        self._load_number = 0
        self._queue: deque[_Request] = deque()
        self._active: _Request | None = None
        self._load_next: ModelId | None = None
        self._crashes = 0
        bus.subscribe(ModelChanged, lambda event: self._actor.post(self._on_model_changed, event.model))

    # -- for everybody ------------------------------------------------------------------------------------------

    @property
    def status(self) -> EngineStatus:
        """The present state (an immutable value; newer ones come as EngineChanged)."""
        return self._status

    @property
    def hello(self) -> EngineHello | None:
        """What the running worker said of itself."""
        return self._engine.hello

    def next_model(self, wanted: ModelId | None = None) -> ModelId | None:
        """The model that would answer now if `wanted` was asked for; None if there is none."""
        return wanted or self._status.model or self._chosen()

    def load(self, model: ModelId) -> None:
        """Load a model in place of the present one; a running answer is stopped and kept."""
        self._actor.post(self._load_by_user, model)

    def cancel_load(self) -> None:
        """Give up loading."""
        self._actor.post(self._engine.cancel_load)

    def unload(self) -> None:
        """End the worker; its memory goes back to the system."""
        self._actor.post(self._unload)

    def rest(self) -> None:
        """As unload, if nothing is asked of the engine; the model stays the one that answers next."""
        self._actor.post(self._rest)

    def retry(self) -> None:
        """After a crash or a failed load: once more."""
        self._actor.post(self._retry)

    def devices(self) -> Future[tuple[Device, ...]]:
        """What llama.cpp sees, starting the worker to ask if need be. The future raises EngineError."""
        return self._actor.submit(lambda: self._engine.start().devices)

    def prove(self, *, again: bool = False) -> Future[EngineMode]:
        """Try this build with the test model, if that was never done or `again`; the mode that works.

        The future raises EngineError.
        """
        return self._actor.submit(lambda: self._modes.prove_build(self._engine.start(), self._closing, again=again))

    def generate(
        self,
        turn: TurnId,
        model: ModelId | None,
        messages: Sequence[PromptMessage],
        options: GenerateOptions,
        sink: GenerateSink,
    ) -> None:
        """Answer when it is this request's turn, loading `model` (None = the present, else the last used) before.

        `sink` is called on the engine service's thread and always gets exactly one Done or Failed.
        """
        self._actor.post(self._enqueue, _Request(turn, model, messages, options, sink))

    def cancel(self, turn: TurnId) -> None:
        """End a request early; what it wrote stays."""
        self._actor.post(self._cancel, turn)

    def forget(self, conversation: ConversationId) -> None:
        """A conversation was deleted: nothing of it is kept."""
        self._actor.post(self._engine.forget, conversation)

    def close(self) -> None:
        """End the worker and the thread. Blocks, bounded by the engine's own grace."""
        self._closing.set()
        self._engine.cancel_load()
        self._actor.post(self._end)
        self._actor.close(timeout=30)

    # -- requests -----------------------------------------------------------------------------------------------

    def _enqueue(self, request: _Request) -> None:
        if self._status.state is EngineState.CRASHED:
            self._crashes = 0
        self._queue.append(request)
        self._pump()

    def _pump(self) -> None:
        """Do the next thing that can be done."""
        if self._active is not None or self._closing.is_set():
            return
        if self._load_next is not None:
            wanted, self._load_next = self._load_next, None
            self._load(wanted)
            return
        if not self._queue:
            return
        request = self._queue[0]
        model = request.model or (self._model.id if self._model else None) or self._chosen()
        if model is None:
            self._queue.popleft()
            request.sink(Failed(NoModel()))
            self._pump()
        elif self._model is not None and self._model.id == model and self._status.state is EngineState.READY:
            self._queue.popleft()
            try:
                options = self._options.sampling(model, request.options)
            except WorldError as error:
                request.sink(Failed(error))
                self._pump()
                return
            self._active = request
            self._show(state=EngineState.READING, progress=0.0)
            self._engine.generate(
                request.turn,
                request.messages,
                options,
                lambda reply: self._actor.post(self._on_reply, request, reply),
            )
        elif self._status.state is not EngineState.LOADING:
            self._load(model)

    def _chosen(self) -> ModelId | None:
        """The model to use when nobody said which: a usable one, else one whose trouble the user should hear of."""
        chosen = self._library.choose() or next(iter(self._library.models()), None)
        return chosen.id if chosen else None

    def _cancel(self, turn: TurnId) -> None:
        if self._active is not None and self._active.turn == turn:
            self._engine.cancel(turn)
            return
        for request in self._queue:
            if request.turn == turn:
                self._queue.remove(request)
                request.sink(_STOPPED)
                break

    def _on_reply(self, request: _Request, reply: GenerateReply) -> None:
        if request is not self._active:
            return
        match reply:
            case PromptRead():
                pass
            case PromptProgress(done, total):
                self._show(progress=done / total if total else 0.0)
            case TextPiece():
                if not request.wrote:
                    request.wrote = True
                    self._show(state=EngineState.WRITING, progress=0.0)
            case Done():
                self._active = None
                self._crashes = 0
                self._show(state=EngineState.READY if self._engine.hello else EngineState.NONE, progress=0.0)
                if self._engine.hello is None:  # it did not obey the cancel and had to be killed
                    self._reload()
            case Failed(error):
                self._active = None
                if isinstance(error, EngineError) and self._engine.hello is None:
                    gone = missing(self._model.path) if self._model is not None else None
                    self._after_crash(error, request)
                    if request in self._queue:
                        return  # it will be answered after all
                    reply = Failed(gone or error)
                else:
                    self._show(state=EngineState.READY, progress=0.0)
        request.sink(reply)
        if isinstance(reply, Done | Failed):
            self._pump()

    # -- loading ------------------------------------------------------------------------------------------------

    def _load_by_user(self, model: ModelId) -> None:
        self._crashes = 0
        loaded = self._model is not None and self._model.id == model
        if loaded and self._status.state in (EngineState.READY, EngineState.READING, EngineState.WRITING):
            return
        self._load_next = model
        if self._active is not None:
            self._engine.cancel(self._active.turn)
        elif self._status.state is EngineState.LOADING:
            self._engine.cancel_load()
        else:
            self._pump()

    def _load(self, id: ModelId) -> None:
        """Start loading; the rest happens in _on_load_reply."""
        self._load_number += 1
        number = self._load_number
        try:
            model = self._library.get(id)
            self._model = model
            self._status = EngineStatus(EngineState.LOADING, model.id, model.name)
            self._show()
            if (gone := missing(model.path)) is not None:
                raise gone
            hello = self._engine.start()
            self._hello = hello
            self._modes.prove_build(hello, self._closing)
            if self._load_number != number or self._closing.is_set():
                return
            mode, proved = self._modes.of(hello, model)
            options = self._planner.options(hello, model, mode)
            devices = () if mode is EngineMode.CPU else hello.devices
            needed, available = self._memory(model, options, devices)
            if needed > available:
                raise ModelTooLarge(path=str(model.path), needed=needed, available=available)
            self._show(mode=mode)
            sink = partial(self._actor.post, self._on_load_reply, number)
            self._engine.load(options, sink, probe=not proved)
        except WorldError as error:
            self._load_failed(error)

    def _on_load_reply(self, number: int, reply: LoadReply) -> None:
        if number != self._load_number or self._model is None:
            return
        match reply:
            case LoadProgressed(fraction):
                if fraction - self._status.progress >= 0.01 or fraction >= 1:
                    self._show(progress=fraction)
            case Loaded(loaded):
                if self._hello is not None:
                    self._modes.proved(self._hello, self._model, self._status.mode)
                self._library.mark_used(self._model.id)
                self._show(
                    state=EngineState.READY,
                    progress=0.0,
                    loaded=loaded,
                    notice=_NOTICES.get(self._status.mode) or loaded.notice,
                    error=None,
                    error_data={},
                )
                self._pump()
            case Failed(error):
                if isinstance(error, EngineError) and self._engine.hello is None:
                    self._after_crash(error, None)
                else:
                    self._load_failed(error)

    def _load_failed(self, error: WorldError) -> None:
        """No model now; those who waited for it are told."""
        if isinstance(error, LoadCancelled):
            if self._load_next is None:
                self._model = None
            self._status = EngineStatus()
        else:
            name = self._model.name if self._model else ""
            state = EngineState.CRASHED if isinstance(error, EngineCrashed) else EngineState.NONE
            self._status = EngineStatus(
                state, self._model.id if self._model else None, name, error=error.code, error_data=error.data
            )
            if not isinstance(error, EngineError):
                self._model = None
        self._show()
        if self._load_next is None:
            self._answer_waiting(Failed(error))
        self._pump()

    def _reload(self) -> None:
        if self._model is not None and self._load_next is None:
            self._load(self._model.id)
        else:
            self._pump()

    def _retry(self) -> None:
        wanted = self._status.model or self._chosen()
        if wanted is not None:
            self._load_by_user(wanted)

    def _rest(self) -> None:
        if self._status.state is EngineState.READY and not self._queue:
            self._unload(EngineStatus(model=self._status.model, model_name=self._status.model_name))

    def _unload(self, status: EngineStatus | None = None) -> None:
        self._load_number += 1  # replies of a load in progress mean nothing any more
        self._engine.stop()
        active, self._active = self._active, None
        self._model = None
        self._status = status or EngineStatus()
        self._show()
        if active is not None:
            active.sink(_STOPPED)
        self._answer_waiting(Failed(NoModel()))

    def _on_model_changed(self, model: ModelId) -> None:
        if self._model is not None and self._model.id == model:
            self._model = self._library.get(model)
            self._show(model_name=self._model.name)

    # -- crashes ------------------------------------------------------------------------------------------------

    def _on_exit(self, error: EngineError) -> None:
        """The worker died while nothing was asked of it."""
        if self._closing.is_set() or self._status.state is not EngineState.READY:
            return
        self._after_crash(error, None)

    def _after_crash(self, error: EngineError, request: _Request | None) -> None:
        """The worker is gone: learn from it, start it again. A request that had written nothing is asked again."""
        log.info("the engine died: %s", error)
        self._crashes += 1
        model, mode = self._model, self._status.mode
        safer = None
        if model is not None and (gone := missing(model.path)) is not None:
            self._load_failed(gone)  # its disk was pulled: that teaches nothing about the engine
            return
        if model is not None and self._hello is not None and is_native(error):
            safer = self._modes.learn(self._hello, model, mode, error, has_gpu(self._hello))
        hopeless = isinstance(error, EngineUnavailable) or self._crashes > _MOST_CRASHES
        if model is None or hopeless or self._closing.is_set():
            self._load_failed(error)
            return
        if request is not None and not request.wrote and safer is not None:  # at most once for each safer mode
            self._queue.appendleft(request)
        elif self._status.state is EngineState.LOADING and safer is None:
            self._load_failed(error)  # it died loading and there is nothing left to give up
            return
        self._status = replace(self._status, state=EngineState.CRASHED, error=error.code, error_data=error.data)
        self._show()
        self._reload()

    def _show(self, **changes: object) -> None:
        self._status = replace(self._status, **changes)  # type: ignore[arg-type]  # checked by the tests
        self._bus.publish(EngineChanged(self._status))

    def _end(self) -> None:
        self._engine.stop()
        active, self._active = self._active, None
        if active is not None:
            active.sink(_STOPPED)
        self._answer_waiting(_STOPPED)

    def _answer_waiting(self, reply: Done | Failed) -> None:
        """Nobody waits any more; a sink may ask again, and that is a new request."""
        waiting, self._queue = list(self._queue), deque()
        for request in waiting:
            request.sink(reply)
