"""The engine as the application sees it: one model at a time, requests in a queue, crashes survived.

A state machine on a thread of its own: everything that happens to the worker arrives there as a call, so there are no
locks and one order for everybody. Status goes out as EngineChanged.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
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
    GenerateOptions,
    LoadOptions,
    ModelFile,
    ModelId,
    PromptMessage,
    TurnId,
)
from desktop.core.ports import Done, Engine, Failed, GenerateReply, GenerateSink, Loaded, LoadProgressed, LoadReply
from desktop.services.asking import STOPPED, Request, Requests
from desktop.services.bus import Bus
from desktop.services.library import LibraryService
from desktop.services.loading import LoadPlanner
from desktop.services.modeloptions import ModelOptionsService
from desktop.services.presence import missing
from desktop.services.safemode import NO_CARDS, EngineFactory, SafeModes, has_gpu, is_native, means_death, notice_of
from desktop.services.serial import SerialExecutor

log = logging.getLogger(__name__)

_MOST_CRASHES = 3  # in a row; then the engine waits for the user
_USABLE = (EngineState.READY, EngineState.READING, EngineState.WRITING)


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
        queue_limit: int = 32,
    ) -> None:
        """`memory(model, options, devices)` → (bytes the model needs beside the cards' memory, bytes this machine has);
        of `queue_limit` requests that wait, no more are taken."""
        self._actor = SerialExecutor("engine")
        self._engine: Engine = make_engine(lambda error: self._actor.post(self._on_exit, error))
        self._modes = modes
        self._library = library
        self._options = options
        self._bus = bus
        self._memory = memory
        self._planner = planner
        self._closing = threading.Event()
        self._ended = threading.Event()
        # below: touched by the actor's thread only
        self._status = EngineStatus()
        self._model: ModelFile | None = None
        self._hello: EngineHello | None = None
        self._load_number = 0
        self._requests = Requests(queue_limit)
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
        present = self._model
        return wanted or (present.id if present is not None else None) or self._library.choose_any()

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
        """After a crash or a failed load: once more. If the cards are left alone: once more with them."""
        self._actor.post(self._retry)

    def devices(self) -> Future[tuple[Device, ...]]:
        """What llama.cpp sees, starting the worker to ask if need be. The future raises EngineError."""
        return self._actor.submit(lambda: self._engine.start().devices)

    def prove(self, *, again: bool = False) -> Future[EngineMode]:
        """Try this build with the test model, if that was never done or `again`: the mode that works, or an EngineError.

        With `again`, a worker that is started for it asks the graphics cards too, whatever was learnt of their driver.
        """
        if again:
            self._actor.post(self._engine.try_cards)
        return self._actor.submit(lambda: self._modes.prove_build(self._engine.start(), self._closing, again=again))

    def first_generation(self, *, again: bool = False) -> Future[bool]:
        """Whether this build computes ChatGLM-6B as it should, tried as `prove` does. The future raises EngineError."""
        return self._actor.submit(lambda: self._modes.prove_first(self._engine.start(), self._closing, again=again))

    def generate(
        self,
        turn: TurnId,
        model: ModelId | None,
        messages: Sequence[PromptMessage],
        options: GenerateOptions,
        sink: GenerateSink,
        *,
        client: str = "",
    ) -> None:
        """Answer when it is this request's turn, loading `model` (None = the present, else the last used) before.

        `client` says who asks, "" being the person at this computer: clients take turns. `sink` is called on the engine
        service's thread and always gets exactly one Done or Failed; EngineBusy if too many wait already.
        """
        self._actor.post(self._enqueue, Request(turn, model, messages, options, sink, client))

    def read_ahead(self, model: ModelId | None, messages: Sequence[PromptMessage], options: GenerateOptions) -> None:
        """The last message is a question that is being typed: read it, if `model` (None = any) is loaded and has nothing to do.

        Takes the place of the one before; no messages: nothing is read ahead any more. Never loads a model.
        """
        self._actor.post(self._read_ahead, model, messages, options)

    def cancel(self, turn: TurnId) -> None:
        """End a request early; what it wrote stays."""
        self._actor.post(self._cancel, turn)

    def forget(self, conversation: ConversationId, then: Callable[[], None]) -> None:
        """A conversation was deleted: nothing of it is kept. `then` is called after a worker that is ending has ended."""
        self._actor.post(self._engine.forget, conversation)
        self._actor.post(then)

    def close(self) -> None:
        """End the worker and the thread. Blocks, bounded by the engine's own grace."""
        self._closing.set()
        self._engine.cancel_load()
        self._actor.post(self._end)
        self._ended.wait(30)  # what the worker said at last is still taken
        self._actor.close(timeout=30)

    # -- requests -----------------------------------------------------------------------------------------------

    def _enqueue(self, request: Request) -> None:
        if self._closing.is_set():
            request.end(STOPPED)
            return
        if self._status.state is EngineState.CRASHED:
            self._crashes = 0
        self._requests.add(request, self._engine, idle=self._status.state is EngineState.READY)
        self._pump()

    def _pump(self) -> None:
        """Do the next things that can be done."""
        while not self._closing.is_set():
            if self._load_next is not None:
                if not self._requests.active:
                    wanted, self._load_next = self._load_next, None
                    self._load(wanted)
                return
            if (request := self._requests.waiting.next()) is None:
                return
            model = self.next_model(request.model)
            if model is None:
                self._requests.waiting.remove(request, served=False)
                request.end(Failed(NoModel()))
            elif self._model is not None and self._model.id == model and self._status.state in _USABLE:
                if len(self._requests.active) >= (self._status.loaded.parallel if self._status.loaded else 1):
                    return
                self._requests.waiting.remove(request, served=True)
                self._ask(request, model)
            elif self._requests.active or self._status.state is EngineState.LOADING:
                return  # another model's turn comes when these are answered
            else:
                self._load(model)
                return

    def _ask(self, request: Request, model: ModelId) -> None:
        try:
            options = self._options.sampling(model, request.options)
        except WorldError as error:
            request.end(Failed(error))
            return
        self._requests.ask(request, options, self._engine, partial(self._actor.post, self._on_reply))
        self._tell()

    def _read_ahead(self, model: ModelId | None, messages: Sequence[PromptMessage], options: GenerateOptions) -> None:
        if messages:
            present = self._model.id if self._model is not None else None
            idle = self._status.state is EngineState.READY and not self._requests.active and not self._requests.waiting
            if present is None or not idle or model not in (None, present):
                return
            options = self._options.sampling(present, options)
        self._engine.read_ahead(messages, options)

    def _cancel(self, turn: TurnId) -> None:
        self._requests.cancel(turn, self._engine)
        self._pump()

    def _on_reply(self, request: Request, tried: int, reply: GenerateReply) -> None:
        final = self._requests.final(request, tried, reply)
        active = self._requests.active
        if final is None:
            if request in active and request.note(reply):
                self._tell()
            return
        if isinstance(final, Failed) and means_death(final.error, self._engine.hello):
            self._worker_gone(request, final)
            return
        active.remove(request)
        if isinstance(final, Done):
            self._crashes = 0
        if self._engine.hello is not None:
            self._tell()
        elif active:  # it did not obey the cancellation and had to be killed; the others are told next
            for other in active:
                other.innocent = True
        else:
            self._show(state=EngineState.NONE, progress=0.0, answers=0)
            self._reload()
        request.end(final)
        self._pump()

    def _worker_gone(self, request: Request, reply: Failed) -> None:
        """The first to know of it is `request`; all others that were active get a last reply of their own."""
        active = self._requests.take_active()
        gone = missing(self._model.path) if self._model is not None else None
        if isinstance(reply.error, EngineError):
            self._after_crash(reply.error, [other for other in active if not other.cancelled])
        if request not in self._requests.waiting:
            request.end(Failed(gone or reply.error))
            self._pump()

    # -- loading ------------------------------------------------------------------------------------------------

    def _load_by_user(self, model: ModelId) -> None:
        self._crashes = 0
        loaded = self._model is not None and self._model.id == model
        if loaded and self._status.state in _USABLE:
            return
        self._load_next = model
        if self._requests.active:
            self._requests.cancel_active(self._engine)
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
            self._modes.require_family(hello, model, self._closing)
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
            self._load_failed(error, id)

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
                    notice=notice_of(self._hello, loaded),
                    error=None,
                    error_data={},
                )
                self._pump()
            case Failed(error):
                if isinstance(error, EngineError) and self._engine.hello is None:
                    self._after_crash(error)
                else:
                    self._load_failed(error)

    def _load_failed(self, error: WorldError, model: ModelId | None = None) -> None:
        """No model now; those who waited for it (None = the present one) are told."""
        model = model or self._status.model
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
            self._requests.end_waiting(Failed(error), model)
        self._pump()

    def _reload(self) -> None:
        if self._model is not None and self._load_next is None:
            self._load(self._model.id)
        else:
            self._pump()

    def _retry(self) -> None:
        if self._status.notice == NO_CARDS:
            self._engine.try_cards()
            self._rest()
        if (wanted := self._status.model or self._library.choose_any()) is not None:
            self._load_by_user(wanted)

    def _rest(self) -> None:
        if self._status.state is EngineState.READY and not (self._requests.active or self._requests.waiting):
            self._unload(self._model)

    def _unload(self, following: ModelFile | None = None) -> None:
        self._load_number += 1  # replies of a load in progress mean nothing any more
        self._stop_worker()
        self._model, self._load_next = following, None  # `following` answers next
        self._status = EngineStatus(model=following.id, model_name=following.name) if following else EngineStatus()
        self._show()
        self._requests.end_waiting(Failed(NoModel()))

    def _on_model_changed(self, model: ModelId) -> None:
        if self._model is not None and self._model.id == model:
            self._model = self._library.get(model)
            self._show(model_name=self._model.name)

    def _on_exit(self, error: EngineError) -> None:
        """The worker died while nothing was asked of it."""
        if self._closing.is_set() or self._status.state is not EngineState.READY:
            return
        self._after_crash(error)

    def _after_crash(self, error: EngineError, active: Sequence[Request] = ()) -> None:
        """The worker is gone: learn from it, start it again. Requests that have no word of answer yet are asked again, if
        that is safer now, or if another one may be to blame."""
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
        others = len(active) > 1
        again = [request for request in active if safer is not None or others or request.innocent]
        if again := [request for request in again if request.may_be_asked_again]:
            self._requests.waiting.put_first(again)
        elif self._status.state is EngineState.LOADING and safer is None:
            self._load_failed(error)  # it died loading and there is nothing left to give up
            return
        self._show(state=EngineState.CRASHED, progress=0.0, answers=0, error=error.code, error_data=error.data)
        self._reload()

    def _show(self, **changes: object) -> None:
        self._status = replace(self._status, **changes)  # type: ignore[arg-type]  # checked by the tests
        self._bus.publish(EngineChanged(self._status))

    def _tell(self) -> None:
        """How the answers are doing."""
        self._show(**self._requests.status)

    def _end(self) -> None:
        self._stop_worker()
        self._requests.end_waiting(STOPPED)
        self._actor.post(self._ended.set)

    def _stop_worker(self) -> None:
        """End the worker. What it said before is on its way to this thread, so whoever gets no reply is told after that."""
        self._engine.stop()
        for request in self._requests.take_active():
            self._actor.post(request.end, STOPPED)
