"""The request log: who asked what, how long it took, how it ended."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.events import RequestAnswered
from desktop.core.serving import RequestRecord
from desktop.i18n import mark, tr
from desktop.server.service import LocalServer
from desktop.ui.bridge import Bridge
from desktop.ui.widgets import Button, Card, Elided, Line, Text

_WHY = {
    "bad_encoding": mark("not text in UTF-8 or GB18030"),
    "busy": mark("too many requests at a time"),
    "context_length_exceeded": mark("too long for the context"),
    "forbidden_host": mark("asked for another computer's name"),
    "forbidden_origin": mark("a web page that is not on your list"),
    "incomplete": mark("ended too soon"),
    "invalid_api_key": mark("wrong or no key"),
    "not_found": mark("there is no such address"),
    "not_json": mark("not JSON"),
    "timeout": mark("sent too slowly"),
    "too_large": mark("too large"),
}
"""Codes of errors in words; the others are the engine's, or name a field that only the program's author knows."""
_SHOWN = 50
"""Rows; the rest is a memory of the figures only."""


class RequestLog(QWidget):
    """A line of figures and the last requests, the newest first. While nobody looks at it, it does nothing."""

    def __init__(self, bridge: Bridge, server: LocalServer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._server = server
        self.figures = Text("", "soft", wrap=True)
        self.clear = Button(tr("Clear"), "quiet", parent=self)
        self.clear.setAccessibleName(tr("Clear the request log"))
        self.clear.clicked.connect(self._on_clear)
        head = QHBoxLayout()
        head.addWidget(self.figures, 1)
        head.addWidget(self.clear)
        self._card = Card()
        self._card.column.setContentsMargins(0, 4, 0, 4)
        self._card.column.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._card)
        self.rows: list[RequestRow] = []
        self._last = 0
        """Number of the newest record shown."""
        self._catch_up()
        bridge.on(RequestAnswered, lambda _: self._catch_up() if self.isVisible() else None, self)

    def showEvent(self, event: QShowEvent) -> None:
        """What was asked in the meantime."""
        super().showEvent(event)
        self._catch_up()

    def _catch_up(self) -> None:
        for record in self._server.journal.records()[-_SHOWN:]:
            self._add(record)
        self._count()

    def _on_clear(self) -> None:
        self._server.journal.clear()
        while self.rows:
            self._drop(self.rows[-1])
        self._count()

    def _add(self, record: RequestRecord) -> None:
        if record.number <= self._last:
            return
        self._last = record.number
        row = RequestRow(record)
        self._card.column.insertWidget(0, row)
        self.rows.insert(0, row)
        if len(self.rows) > _SHOWN:
            self._drop(self.rows[-1])

    def _drop(self, row: RequestRow) -> None:
        self.rows.remove(row)
        self._card.column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _count(self) -> None:
        for row in self.rows:
            row.line.setVisible(row is not self.rows[-1])
        records = self._server.journal.records()
        failed = sum(record.failed for record in records)
        if not records:
            self.figures.setText(tr("Nobody has asked anything yet."))
        elif not failed:
            self.figures.setText(tr("{requests}, none failed", requests=_requests(len(records))))
        else:
            share = f"{100 * failed / len(records):.0f}"
            self.figures.setText(
                tr(
                    "{requests}, {failed} failed ({share} %)",
                    requests=_requests(len(records)),
                    failed=failed,
                    share=share,
                )
            )
        self._card.setVisible(bool(records))
        self.clear.setVisible(bool(records))


class RequestRow(QWidget):
    """One request: when, who, what, the figures; its texts below if they are kept."""

    def __init__(self, record: RequestRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        moment = QDateTime.fromMSecsSinceEpoch(record.time).time()
        self.when = Text(QLocale().toString(moment, "HH:mm:ss"), "small")
        self.when.setFixedWidth(self.when.fontMetrics().horizontalAdvance("00:00:00") + 4)  # all rows begin alike
        self.what = Elided(record.path, "body")
        self.status = Text(_outcome(record), "danger" if record.failed else "accent")
        self.figures = Text(_figures(record), "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        layout = QGridLayout()
        layout.setContentsMargins(16, 10, 16, 10)
        layout.setHorizontalSpacing(12)
        layout.setVerticalSpacing(2)
        layout.setColumnStretch(1, 1)
        layout.addWidget(self.when, 0, 0)
        layout.addWidget(self.what, 0, 1)
        layout.addWidget(self.status, 0, 2)
        layout.addWidget(self.figures, 1, 1, 1, 2)
        line = 2
        for text in (record.question, record.answer):
            if text:
                label = Text(text, "soft", wrap=True)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                layout.addWidget(label, line, 1, 1, 2)
                line += 1
        column.addLayout(layout)
        self.line = Line(self)
        """Below it; the last row has none."""
        column.addWidget(self.line)
        self.setAccessibleName(f"{self.when.text()} {record.path} {self.status.text()}, {self.figures.text()}")


def _requests(count: int) -> str:
    return tr("1 request") if count == 1 else tr("{n} requests", n=count)


def _outcome(record: RequestRecord) -> str:
    if record.error == "client_gone":
        return tr("left")
    return str(record.status)


def _duration(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds < 100 else tr("{n} s", n=f"{milliseconds / 1000:.1f}")


def _figures(record: RequestRecord) -> str:
    parts = [record.client]
    if record.model:
        parts.append(record.model)
    if record.prompt_tokens or record.completion_tokens:
        parts.append(tr("{n} + {m} tokens", n=record.prompt_tokens, m=record.completion_tokens))
    parts.append(_duration(record.duration_ms))
    if record.error and record.error != "client_gone":
        parts.append(tr(_WHY[record.error]) if record.error in _WHY else record.error)
    return " · ".join(parts)
