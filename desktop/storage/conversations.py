"""Conversations and their message trees ↔ rows.

Reads may come from any thread; writes come from the writer only. `now` is milliseconds since the epoch.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence

from desktop.core.errors import UnknownConversation
from desktop.core.history import Recap
from desktop.core.models import (
    Conversation,
    ConversationId,
    ConversationSummary,
    FinishReason,
    Message,
    MessageId,
    MessageState,
    ModelId,
    Role,
    Timings,
    Usage,
)
from desktop.storage.database import Database

_SUMMARY = """SELECT id, title, updated, model,
    (SELECT count(*) FROM message WHERE message.conversation = conversation.id) AS messages
    FROM conversation"""

_PATH = """WITH RECURSIVE path (id, depth) AS (
        SELECT ?, 0
        UNION ALL
        SELECT message.parent, path.depth + 1 FROM message JOIN path ON message.id = path.id
        WHERE message.parent IS NOT NULL
    )
    SELECT message.* FROM path JOIN message ON message.id = path.id ORDER BY path.depth DESC"""


class ConversationStore:
    """The rows of `conversation`, `message` and the draft of the conversation that does not exist yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- reading ------------------------------------------------------------------------------------------------

    def page(self, offset: int, limit: int) -> tuple[ConversationSummary, ...]:
        """Newest first."""
        with self._database.reading() as db:
            rows = db.execute(
                f"{_SUMMARY} WHERE deleted IS NULL ORDER BY updated DESC, id DESC LIMIT ? OFFSET ?", (limit, offset)
            ).fetchall()
        return tuple(_summary(row) for row in rows)

    def count(self) -> int:
        """How many are listed."""
        with self._database.reading() as db:
            return int(db.execute("SELECT count(*) FROM conversation WHERE deleted IS NULL").fetchone()[0])

    def search(self, text: str, limit: int) -> tuple[ConversationSummary, ...]:
        """Those whose title or any message contains `text`, newest first. Reads every message: not for the main thread."""
        pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        with self._database.reading() as db:
            rows = db.execute(
                f"""{_SUMMARY} WHERE deleted IS NULL AND (title LIKE ? ESCAPE '\\' OR id IN (
                    SELECT conversation FROM message WHERE text LIKE ? ESCAPE '\\'))
                    ORDER BY updated DESC, id DESC LIMIT ?""",
                (pattern, pattern, limit),
            ).fetchall()
        return tuple(_summary(row) for row in rows)

    def get(self, conversation: ConversationId) -> Conversation:
        """One conversation that is not deleted. Raises UnknownConversation."""
        with self._database.reading() as db:
            row = db.execute("SELECT * FROM conversation WHERE id = ? AND deleted IS NULL", (conversation,)).fetchone()
        if row is None:
            raise UnknownConversation(id=conversation)
        return _conversation(row)

    def path(self, conversation: ConversationId) -> tuple[Message, ...]:
        """The messages shown: from the root to the conversation's leaf. Raises UnknownConversation."""
        leaf = self.get(conversation).leaf
        if leaf is None:
            return ()
        with self._database.reading() as db:
            return tuple(_message(row) for row in db.execute(_PATH, (leaf,)).fetchall())

    def message(self, message: MessageId) -> Message | None:
        """One message."""
        with self._database.reading() as db:
            row = db.execute("SELECT * FROM message WHERE id = ?", (message,)).fetchone()
        return _message(row) if row is not None else None

    def recaps(self, conversation: ConversationId) -> tuple[Recap, ...]:
        """The summaries of a conversation's beginnings, on whatever branch."""
        with self._database.reading() as db:
            rows = db.execute("SELECT * FROM recap WHERE conversation = ? ORDER BY until", (conversation,)).fetchall()
        return tuple(Recap(row["until"], row["text"], row["model"], row["created"]) for row in rows)

    def draft_of_new(self) -> str:
        """What was typed into a conversation that was never sent."""
        with self._database.reading() as db:
            row = db.execute("SELECT value FROM memory WHERE name = 'draft'").fetchone()
        return str(row[0]) if row is not None else ""

    # -- conversations ------------------------------------------------------------------------------------------

    def rename(self, conversation: ConversationId, title: str) -> None:
        """A title given by the user is never replaced by the program. Raises UnknownConversation."""
        with self._database.transaction() as db:
            _changed_one(
                db.execute(
                    "UPDATE conversation SET title = ?, titled_by = 'user' WHERE id = ? AND deleted IS NULL",
                    (title, conversation),
                ),
                conversation,
            )

    def delete(self, conversation: ConversationId, now: int) -> None:
        """Put it into the trash. Raises UnknownConversation."""
        with self._database.transaction() as db:
            _changed_one(
                db.execute("UPDATE conversation SET deleted = ? WHERE id = ? AND deleted IS NULL", (now, conversation)),
                conversation,
            )

    def restore(self, conversation: ConversationId) -> None:
        """Take it out of the trash. Raises UnknownConversation."""
        with self._database.transaction() as db:
            _changed_one(
                db.execute("UPDATE conversation SET deleted = NULL WHERE id = ?", (conversation,)), conversation
            )

    def set_thinking(self, conversation: ConversationId, thinking: bool) -> None:
        """Whether its answers begin with a thought. Raises UnknownConversation."""
        with self._database.transaction() as db:
            _changed_one(
                db.execute(
                    "UPDATE conversation SET thinking = ? WHERE id = ? AND deleted IS NULL", (thinking, conversation)
                ),
                conversation,
            )

    def put_recap(self, recap: Recap) -> None:
        """Keep a summary, in place of an earlier one up to the same message; nothing happens if that message is gone."""
        with self._database.transaction() as db:
            db.execute(
                """INSERT OR REPLACE INTO recap (until, conversation, text, model, created)
                    SELECT id, conversation, ?, ?, ? FROM message WHERE id = ?""",
                (recap.text, recap.model, recap.created, recap.until),
            )

    def save_draft(self, conversation: ConversationId | None, text: str) -> None:
        """Keep what is being typed; None = the conversation that does not exist yet."""
        with self._database.transaction() as db:
            _save_draft(db, conversation, text)

    # -- turns --------------------------------------------------------------------------------------------------

    def begin_turn(
        self,
        conversation: ConversationId | None,
        question: str | None,
        *,
        title: str,
        system: str | None,
        model: ModelId | None,
        owner: str,
        now: int,
        thinking: bool | None = None,
        earlier: Sequence[tuple[str, str]] = (),
        typed: bool = True,
    ) -> tuple[Conversation, Message | None, Message]:
        """Store a question and its empty answer in one transaction; returns the conversation, the question, the answer.

        A `conversation` of None begins one, titled `title`. A `question` of None answers the last question again: the
        new answer becomes a sibling of the old one, which stays. `system` and `thinking` None leave the conversation's as
        they are. `earlier` questions and their answers are stored before it. A question that was not `typed` into the window
        leaves alone what is being typed there.
        Raises UnknownConversation, also when there is no question to answer again.
        """
        with self._database.transaction() as db:
            if conversation is None:
                cursor = db.execute(
                    "INSERT INTO conversation (title, system, model, created, updated) VALUES (?, ?, ?, ?, ?)",
                    (title, system or "", model, now, now),
                )
                present = ConversationId(int(cursor.lastrowid or 0))
                leaf = None
            else:
                present = conversation
                row = db.execute(
                    "SELECT leaf FROM conversation WHERE id = ? AND deleted IS NULL", (present,)
                ).fetchone()
                if row is None:
                    raise UnknownConversation(id=present)
                leaf = row[0]
                if system is not None:
                    db.execute("UPDATE conversation SET system = ? WHERE id = ?", (system, present))
            if thinking is not None:
                db.execute("UPDATE conversation SET thinking = ? WHERE id = ?", (thinking, present))
            for asked, answered in earlier:
                leaf = _insert(db, present, leaf, Role.USER, asked, MessageState.COMPLETE, None, None, now)
                leaf = _insert(db, present, leaf, Role.ASSISTANT, answered, MessageState.COMPLETE, None, None, now)
                db.execute("UPDATE message SET finish_reason = ? WHERE id = ?", (FinishReason.STOP, leaf))
            if question is None:
                parent = _last_question(db, leaf)
                if parent is None:
                    raise UnknownConversation(id=present)
            else:
                parent = _insert(db, present, leaf, Role.USER, question, MessageState.COMPLETE, None, None, now)
                if typed:
                    _save_draft(db, conversation, "")
            answer = _insert(db, present, parent, Role.ASSISTANT, "", MessageState.RUNNING, model, owner, now)
            db.execute(
                "UPDATE conversation SET leaf = ?, updated = ?, model = coalesce(?, model) WHERE id = ?",
                (answer, now, model, present),
            )
            stored = _conversation(db.execute("SELECT * FROM conversation WHERE id = ?", (present,)).fetchone())
            messages = [
                _message(db.execute("SELECT * FROM message WHERE id = ?", (id,)).fetchone()) for id in (parent, answer)
            ]
        return stored, messages[0] if question is not None else None, messages[1]

    def save_partial(self, answer: MessageId, text: str, thought: str) -> None:
        """What has been written of a running answer so far."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE message SET text = ?, thought = ? WHERE id = ? AND state = 'running'", (text, thought, answer)
            )

    def finish_turn(
        self,
        answer: MessageId,
        text: str,
        thought: str,
        state: MessageState,
        reason: FinishReason,
        *,
        model: ModelId | None = None,
        error: str | None = None,
        usage: Usage | None = None,
        timings: Timings | None = None,
        thought_ms: int | None = None,
        now: int,
    ) -> Message | None:
        """Final text and state in one transaction. None if the answer is gone (its conversation was destroyed)."""
        with self._database.transaction() as db:
            db.execute(
                """UPDATE message SET text = ?, thought = ?, state = ?, finish_reason = ?, error = ?, owner = NULL,
                    model = coalesce(?, model), prompt_tokens = ?, cached_tokens = ?, completion_tokens = ?, left_out = ?,
                    first_token_ms = ?, tokens_per_second = ?, thought_ms = ? WHERE id = ?""",
                (
                    text,
                    thought,
                    state,
                    reason,
                    error,
                    model,
                    *(
                        (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens, usage.left_out)
                        if usage
                        else (None,) * 4
                    ),
                    *((timings.first_token_ms, timings.tokens_per_second) if timings else (None, None)),
                    thought_ms,
                    answer,
                ),
            )
            db.execute(
                """UPDATE conversation SET updated = ?, model = coalesce(?, model)
                    WHERE id = (SELECT conversation FROM message WHERE id = ?)""",
                (now, model, answer),
            )
            row = db.execute("SELECT * FROM message WHERE id = ?", (answer,)).fetchone()
        return _message(row) if row is not None else None

    def interrupt_orphans(self, is_alive: Callable[[str | None], bool]) -> int:
        """Running answers whose process is dead become interrupted, their text kept. Returns how many."""
        with self._database.reading() as db:
            owners = [row[0] for row in db.execute("SELECT DISTINCT owner FROM message WHERE state = 'running'")]
        dead = [owner for owner in owners if not is_alive(owner)]
        if not dead:
            return 0
        count = 0
        with self._database.transaction() as db:
            for owner in dead:
                count += db.execute(
                    """UPDATE message SET state = 'interrupted', finish_reason = 'interrupted', owner = NULL
                        WHERE state = 'running' AND owner IS ?""",
                    (owner,),
                ).rowcount
        return count


def _last_question(db: sqlite3.Connection, leaf: int | None) -> MessageId | None:
    rows: Iterable[sqlite3.Row] = db.execute(_PATH, (leaf,)).fetchall() if leaf is not None else ()
    questions = [row["id"] for row in rows if row["role"] == Role.USER]
    return MessageId(questions[-1]) if questions else None


def _insert(
    db: sqlite3.Connection,
    conversation: ConversationId,
    parent: int | None,
    role: Role,
    text: str,
    state: MessageState,
    model: ModelId | None,
    owner: str | None,
    now: int,
) -> MessageId:
    cursor = db.execute(
        """INSERT INTO message (conversation, parent, role, text, state, model, owner, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (conversation, parent, role, text, state, model, owner, now),
    )
    return MessageId(int(cursor.lastrowid or 0))


def _save_draft(db: sqlite3.Connection, conversation: ConversationId | None, text: str) -> None:
    if conversation is not None:
        db.execute("UPDATE conversation SET draft = ? WHERE id = ?", (text, conversation))
    elif text:
        db.execute("INSERT OR REPLACE INTO memory (name, value) VALUES ('draft', ?)", (text,))
    else:
        db.execute("DELETE FROM memory WHERE name = 'draft'")


def _changed_one(cursor: sqlite3.Cursor, conversation: ConversationId) -> None:
    if cursor.rowcount != 1:
        raise UnknownConversation(id=conversation)


def _summary(row: sqlite3.Row) -> ConversationSummary:
    return ConversationSummary(row["id"], row["title"], row["updated"], row["messages"], row["model"])


def _conversation(row: sqlite3.Row) -> Conversation:
    return Conversation(
        row["id"],
        row["title"],
        row["system"],
        row["created"],
        row["updated"],
        row["leaf"],
        row["model"],
        row["draft"],
        None if row["thinking"] is None else bool(row["thinking"]),
    )


def _message(row: sqlite3.Row) -> Message:
    usage = (
        Usage(row["prompt_tokens"], row["cached_tokens"], row["completion_tokens"], row["left_out"])
        if row["prompt_tokens"] is not None
        else None
    )
    timings = Timings(row["first_token_ms"], row["tokens_per_second"]) if row["first_token_ms"] is not None else None
    return Message(
        id=row["id"],
        conversation=row["conversation"],
        parent=row["parent"],
        role=Role(row["role"]),
        text=row["text"],
        thought=row["thought"],
        state=MessageState(row["state"]),
        created=row["created"],
        finish_reason=FinishReason(row["finish_reason"]) if row["finish_reason"] else None,
        error=row["error"],
        model=row["model"],
        usage=usage,
        timings=timings,
        thought_ms=row["thought_ms"],
    )
