"""What all answers share: the services behind them, how many there may be at a time, and which model is meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from desktop.core.models import GenerateOptions, ModelFile, ModelId, ModelState, Overflow, PromptMessage, TurnId
from desktop.inference.tools import Form, form_of
from desktop.server.answers import Answer
from desktop.server.asks import asked_last
from desktop.server.errors import busy
from desktop.server.journal import Entry
from desktop.server.keeping import Keeper
from desktop.server.policy import Policy
from desktop.services.engine import EngineService
from desktop.services.library import LibraryService

DEFAULT_NAME = "chatglm"
"""What the model is called while there is none."""


@dataclass(frozen=True)
class Chosen:
    """The model a request means. `id` None = whichever is loaded when it is its turn."""

    id: ModelId | None
    name: str
    """As the client called it; "" if it did not."""
    file: ModelFile | None

    @property
    def form(self) -> Form:
        """How it writes calls."""
        return form_of(self.file.family if self.file else "")


class Desk:
    """Lives as long as the server runs; used on its loop only."""

    def __init__(
        self,
        engine: EngineService,
        library: LibraryService,
        new_turn: Callable[[], TurnId],
        keeper: Keeper,
        policy: Policy,
    ) -> None:
        self._engine = engine
        self._library = library
        self._new_turn = new_turn
        self.keeper = keeper
        self.policy = policy
        self._running: set[Answer] = set()

    def choose(self, name: str) -> Chosen:
        """An installed model by its id, name or file; any other name means the one that answers now."""
        models = self._library.models()
        wanted = name.strip().lower()
        known = next((m for m in models if wanted and wanted in _names(m)), None)
        if known is not None:
            return Chosen(known.id, name, known)
        present = self._engine.next_model()
        return Chosen(None, name, next((m for m in models if m.id == present), None))

    def models(self) -> tuple[ModelFile, ...]:
        """Those that can be used, the one that answers now first."""
        present = self._engine.next_model()
        ready = [model for model in self._library.models() if model.state is ModelState.READY]
        return tuple(sorted(ready, key=lambda model: model.id != present))

    def begin(
        self, chosen: Chosen, messages: tuple[PromptMessage, ...], options: GenerateOptions, entry: Entry
    ) -> Answer:
        """Ask the engine. Raises ApiError 503 when too many wait."""
        entry.model = chosen.id or (chosen.file.id if chosen.file else "") or chosen.name
        entry.question = asked_last(messages)
        self._running = {answer for answer in self._running if not answer.over}
        if len(self._running) >= self.policy.limits.requests:
            raise busy()
        options = replace(options, overflow=Overflow.STOP if self.policy.stop_when_full() else Overflow.DROP)
        client, unread = f"http {entry.client}", self.policy.limits.unread
        answer = Answer(self._engine, self._new_turn(), chosen.id, messages, options, client, unread)
        self._running.add(answer)
        return answer

    def stop(self) -> None:
        """Stop everything that runs."""
        for answer in self._running:
            answer.stop()

    @property
    def running(self) -> int:
        """Answers that are being written or wait to be."""
        return sum(not answer.over for answer in self._running)


def _names(model: ModelFile) -> tuple[str, ...]:
    file = model.file or model.path.name
    return tuple(text.lower() for text in (str(model.id), model.name, model.path.name, model.path.stem, file))


def named(chosen: Chosen) -> str:
    """What the answer's `model` says: as asked, else the model's own id."""
    return chosen.name or (str(chosen.file.id) if chosen.file else DEFAULT_NAME)
