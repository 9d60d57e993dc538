"""Who the chat page belongs to: opens conversations in it, sends what is typed, passes on what the engine writes."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Signal

from desktop.app import Application
from desktop.core import history
from desktop.core.errors import UnknownConversation, WorldError, from_code
from desktop.core.events import (
    ConversationChanged,
    EngineChanged,
    PromptBuilt,
    PromptProgressed,
    RecapChanged,
    TextArrived,
    TurnFinished,
    TurnStarted,
)
from desktop.core.models import (
    ConversationId,
    EngineState,
    EngineStatus,
    GenerateOptions,
    Message,
    MessageId,
    MessageState,
    Overflow,
    Role,
    TurnId,
)
from desktop.messages import Action
from desktop.ui.bridge import Bridge
from desktop.ui.chat.page import ChatPage
from desktop.ui.running import RunningTexts

log = logging.getLogger(__name__)


class ChatOwner(QObject):
    """Holds which conversation is open; None is the one that is stored with its first question."""

    opened = Signal(object)
    """ConversationId | None."""
    error_met = Signal(object)
    action_requested = Signal(object)

    def __init__(
        self, app: Application, bridge: Bridge, page: ChatPage, running: RunningTexts, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._bridge = bridge
        self._running = running
        self._page = page
        self.conversation: ConversationId | None = None
        self._turn: TurnId | None = None
        """The answer that is awaited here: of this conversation, or of the one about to be stored."""
        self._answer: MessageId | None = None
        """Where that answer is written, once it is stored."""
        self._drafts: dict[ConversationId | None, str] = {}
        """What was typed since the start: the disk has it a little later."""
        self._sent: dict[TurnId, tuple[ConversationId | None, str]] = {}
        """Questions not yet stored: where they were typed, and what they say."""
        self._unaccepted: TurnId | None = None
        """The turn whose question still stands in the composer."""
        self.thinking: bool | None = None
        """What was chosen for the open conversation; None = nothing was."""
        self._system = ""
        self._engine_idle = False

        page.submitted.connect(self.send)
        page.stopped.connect(self.stop)
        page.draft_changed.connect(self._on_draft)
        page.paused.connect(self._on_paused)
        page.thinking_changed.connect(self._on_thinking)
        page.regenerate_requested.connect(self._on_regenerate)
        page.action_requested.connect(self._on_action)
        page.load_cancelled.connect(lambda: app.engine.cancel_load())
        page.retry_requested.connect(lambda: app.engine.retry())
        bridge.on(TurnStarted, self._on_started)
        bridge.on(PromptBuilt, self._on_prompt)
        bridge.on(PromptProgressed, self._on_reading)
        bridge.on(TextArrived, self._on_text)
        bridge.on(TurnFinished, self._on_finished)
        bridge.on(ConversationChanged, self._on_changed)
        bridge.on(RecapChanged, self._on_recap)
        bridge.on(EngineChanged, lambda event: self._on_engine(event.status), self)
        self._on_engine(app.engine.status)

    # opening

    def open(self, conversation: ConversationId | None, thinking: bool | None = None) -> bool:
        """Show a conversation, or an empty one with this choice. False if it is not there any more."""
        title, draft, system = "", "", ""
        messages: list[Message] = []
        # asked first: once a turn is no longer active, its answer is stored
        turn = self._app.chat.active(conversation) if conversation is not None else None
        if conversation is None:
            draft = self._app.conversations.draft_of_new()
        else:
            try:
                stored = self._app.conversations.get(conversation)
                messages = self._messages(conversation)
            except UnknownConversation:
                return False
            title, draft = stored.title, stored.draft
            system, thinking = stored.system, stored.thinking
        self.conversation = conversation
        self._system, self.thinking = system, thinking
        self._unaccepted = None
        if messages and messages[-1].state is MessageState.RUNNING:
            self._answer = messages[-1].id
        else:
            turn, self._answer = None, None
        self._turn = turn
        self._page.set_title(title)
        self._page.transcript.show_messages(messages)
        self._page.composer.set_text(self._drafts.get(conversation, draft))
        self._app.reading.typed(None, "")
        self._show_thinking()
        self._show_recap()
        self._show_used()
        self._show_state()
        self.opened.emit(conversation)
        return True

    def show_again(self) -> None:
        """The open conversation has a new path (another answer to the same question)."""
        if self.conversation is None:
            return
        try:
            messages = self._messages(self.conversation)
        except UnknownConversation:
            return  # deleted in the meantime: its own event follows
        self._page.transcript.show_messages(messages)
        self._show_recap()

    def _messages(self, conversation: ConversationId) -> list[Message]:
        """What is shown, a running answer as far as events told of it. Raises UnknownConversation."""
        return [
            self._running.told(message) if message.state is MessageState.RUNNING else message
            for message in self._app.conversations.messages(conversation)
        ]

    # what the user does

    def send(self, text: str) -> None:
        """Ask; the text leaves the composer when it is stored."""
        if self._turn is not None or not text.strip():
            return
        self._turn = self._unaccepted = turn = self._app.chat.send(
            self.conversation, text, thinking=self.thinking if self.conversation is None else None
        )
        self._sent[turn] = (self.conversation, text)
        self._drafts[self.conversation] = ""
        self._show_state()

    def stop(self) -> bool:
        """End the running answer; what was written stays. False if there is none."""
        if self._turn is None:
            return False
        self._app.chat.stop(self._turn)
        return True

    def _on_regenerate(self, message: MessageId) -> None:
        del message  # the last answer is the only one that offers it
        if self.conversation is not None and self._turn is None:
            self._turn = self._app.chat.regenerate(self.conversation)
            self._show_state()

    def _on_action(self, action: Action, message: MessageId | None) -> None:
        if action is Action.RETRY and message is not None:
            self._on_regenerate(message)
        elif action is Action.DROP_OLDEST:
            if self.conversation is not None and self._turn is None:
                options = GenerateOptions(overflow=Overflow.DROP)
                self._turn = self._app.chat.regenerate(self.conversation, options=options)
                self._show_state()
        else:
            if action is Action.NEW_CHAT:
                self._carry_question()
            self.action_requested.emit(action)

    def _carry_question(self) -> None:
        """The last question also stands in the next new chat, unless something else was begun there."""
        asked = [message.text for message in self._page.transcript.messages if message.role is Role.USER]
        begun = self._drafts.get(None) or self._app.conversations.draft_of_new()
        if asked and not begun:
            self._drafts[None] = asked[-1]
            self._app.conversations.save_draft(None, asked[-1])

    def _on_thinking(self, thinking: bool) -> None:
        self.thinking = thinking
        if self.conversation is not None:
            future = self._app.conversations.set_thinking(self.conversation, thinking)
            self._bridge.when(future, None, self.error_met.emit, self)

    def _on_paused(self, text: str) -> None:
        """Somebody paused while typing: the engine may read it, unless an answer it belongs behind is still being written."""
        if self._turn is None:
            self._app.reading.typed(self.conversation, text, thinking=self.thinking is not False)

    def _on_draft(self, text: str) -> None:
        if self._unaccepted is None:
            self._drafts[self.conversation] = text
            self._app.conversations.save_draft(self.conversation, text)

    # what happens

    def _on_started(self, event: TurnStarted) -> None:
        self._sent.pop(event.turn, None)
        if event.turn == self._turn:
            if self.conversation is None:
                self.conversation = event.conversation
                self._page.set_title(self._title())
                self.opened.emit(event.conversation)
            if self._unaccepted == event.turn:
                self._unaccepted = None
                self._page.composer.accepted()
        elif event.conversation != self.conversation:
            return
        else:  # begun elsewhere, such as by another window on this conversation
            self._turn = event.turn
        self._answer = event.answer.id
        if event.question is None:
            self.show_again()
        else:
            self._page.transcript.append(event.question)
            self._page.transcript.append(event.answer)
        self._show_state()

    def _on_prompt(self, event: PromptBuilt) -> None:
        if event.turn == self._turn:
            self._page.transcript.set_left_out(event.left_out)
            self._page.composer.gauge.set_conversation(event.tokens, self._ratio())

    def _on_recap(self, event: RecapChanged) -> None:
        if event.conversation == self.conversation:
            self._show_recap()

    def _on_engine(self, status: EngineStatus) -> None:
        self._page.set_engine(status)
        self._show_thinking()
        idle = status.state is EngineState.READY
        if idle and not self._engine_idle:  # what was typed meanwhile could not be read
            self._page.composer.pause_again()
        self._engine_idle = idle

    def _on_reading(self, event: PromptProgressed) -> None:
        if event.turn == self._turn and self._answer is not None and event.total > 0:
            self._page.transcript.set_reading(self._answer, event.done / event.total)

    def _on_text(self, event: TextArrived) -> None:
        if event.turn == self._turn and event.message == self._answer:
            self._page.transcript.add_text(event.message, event.text, event.thought)

    def _on_finished(self, event: TurnFinished) -> None:
        if event.turn in self._sent:  # nothing was stored: what was typed must not be lost
            self._take_back(*self._sent.pop(event.turn))
        if event.turn == self._turn:
            self._turn = None
            self._unaccepted = None
        elif event.answer is not None and event.conversation != self.conversation:
            return
        if event.answer is not None:
            self._page.transcript.finish(event.answer, event.error_data)
            self._show_used()
        elif event.error is not None:
            self.error_met.emit(from_code(event.error, event.error_data))
        self._show_state()
        self._page.composer.pause_again()

    def _take_back(self, origin: ConversationId | None, question: str) -> None:
        """A question becomes a draft again, before what was typed since."""
        here = origin == self.conversation
        typed = self._page.composer.text() if here else self._drafts.get(origin, "")
        draft = typed if typed.strip().startswith(question) else f"{question}\n{typed}".rstrip()
        self._drafts[origin] = draft
        self._app.conversations.save_draft(origin, draft)
        if here and draft != typed:
            self._page.composer.set_text(draft)

    def _on_changed(self, event: ConversationChanged) -> None:
        if event.conversation == self.conversation:
            self._page.set_title(event.title)

    def _show_thinking(self) -> None:
        """The switch, where the model leaves the choice."""
        loaded = self._app.engine.status.loaded
        can_choose = loaded is not None and loaded.thinking == "switch"
        self._page.composer.set_thinking(self.thinking is not False if can_choose else None)

    def _show_recap(self) -> None:
        """What stands in prompts for messages that fell out."""
        transcript, id = self._page.transcript, self.conversation
        path = transcript.messages
        used = self._app.settings.text("overflow") == Overflow.SUMMARISE and bool(history.left_out(path))
        recap = self._app.conversations.recap(id, path) if id is not None and used else None
        covers = history.covered(path, recap) if recap is not None else 0
        writing = id is not None and self._app.recaps.writing(id)
        transcript.set_recap(recap.text if recap is not None else "", covers, writing=writing)

    def _show_used(self) -> None:
        """How much of the context the conversation takes."""
        used = history.tokens_used(self._page.transcript.messages)
        self._page.composer.gauge.set_conversation(used, self._ratio())

    def _ratio(self) -> float:
        return history.bytes_per_token(self._page.transcript.messages, self._system)

    def _title(self) -> str:
        if self.conversation is None:
            return ""
        try:
            return self._app.conversations.get(self.conversation).title
        except WorldError:
            return ""

    def _show_state(self) -> None:
        self._page.composer.set_state(busy=self._turn is not None, can_send=True, hint="")
