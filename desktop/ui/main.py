"""The window's start and end. Kept lean: what is heavy begins after the first paint."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import sys
from pathlib import Path

from PySide6.QtCore import (
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    QSocketNotifier,
    Qt,
    QTimer,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop import i18n, log, paths
from desktop.app import Application
from desktop.core.errors import DiskDenied, WorldError
from desktop.core.events import SettingChanged
from desktop.ui import icons, theme
from desktop.ui.bridge import Bridge
from desktop.ui.instance import Instance
from desktop.ui.main_window import MainWindow
from desktop.ui.trouble import show_trouble

FINE, WORLD = 0, 3


def run(home: str | None, log_level: str) -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    place = paths.in_home(Path(home)) if home else paths.of_user()
    qt = application()
    look = Look(qt)
    try:
        place.create()
    except OSError as error:
        return _end_in_trouble(look, DiskDenied(path=str(error.filename), reason=error.strerror or str(error)))
    log.start(place.logs, log_level)
    instance = Instance(place.data)
    if not instance.is_first():
        return FINE
    try:
        app = Application(place)
    except WorldError as error:
        instance.close()
        return _end_in_trouble(look, error)
    try:
        return _live(qt, look, app, instance)
    finally:
        instance.close()
        app.close()


def _end_in_trouble(look: Look, error: WorldError) -> int:
    look.speak(i18n.language())
    look.wear("system", 15)
    show_trouble(error)
    return WORLD


def application() -> QApplication:
    """The one QApplication of this process."""
    if isinstance(existing := QApplication.instance(), QApplication):
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    qt = QApplication([*sys.argv[:1], "-style", "fusion"])
    qt.setProperty(theme.FUSION, True)
    qt.setApplicationName("chatglm-desktop")
    qt.setApplicationDisplayName("ChatGLM Desktop")
    qt.setDesktopFileName("chatglm-desktop")
    return qt


class Look:
    """Language, theme and text size of the running program; changed in place, without a restart."""

    def __init__(self, qt: QApplication) -> None:
        self._qt = qt
        self._translator: QTranslator | None = None
        self._scheme = "system"
        self._font_size = 15
        qt.styleHints().colorSchemeChanged.connect(lambda _: self._on_system_scheme())

    def speak(self, language: str) -> None:
        """Our texts and Qt's own in one of i18n.LANGUAGES, or "system"."""
        i18n.set_language(language)
        QLocale.setDefault(QLocale(i18n.language()))
        if self._translator is not None:
            self._qt.removeTranslator(self._translator)
            self._translator = None
        translator = QTranslator(self._qt)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if i18n.language() != "en" and translator.load(QLocale(i18n.language()), "qtbase", "_", folder):
            self._qt.installTranslator(translator)
            self._translator = translator

    def wear(self, scheme: str, font_size: int) -> None:
        """A theme and a text size (pixels)."""
        self._scheme, self._font_size = scheme, font_size
        theme.apply(self._qt, scheme, font_size)

    def _on_system_scheme(self) -> None:
        if self._scheme == "system":
            self.wear(self._scheme, self._font_size)


def _live(qt: QApplication, look: Look, app: Application, instance: Instance) -> int:
    settings = app.settings
    look.speak(settings.text("language"))
    look.wear(settings.text("theme"), settings.number("font_size"))
    bridge = Bridge(app.bus)
    window = MainWindow(app, bridge)

    def changed(event: SettingChanged) -> None:
        if event.name == "language":
            look.speak(settings.text("language"))
            look.wear(settings.text("theme"), settings.number("font_size"))
            window.rebuild()
        elif event.name in ("theme", "font_size"):
            look.wear(settings.text("theme"), settings.number("font_size"))

    def bug(report: Path) -> None:
        text = i18n.tr("Something went wrong in the program itself. A report was written to {path}.", path=report)
        bridge.post(lambda: window.notices.show_text("bug", text, failed=True))

    def begin() -> None:
        gc.enable()
        gc.freeze()  # what is there by now stays: no collection need look at it again
        qt.setWindowIcon(icons.application())
        window.start()
        app.folders.begin()
        app.downloads.continue_wanted()

    bridge.on(SettingChanged, changed)
    instance.raised.connect(window.raise_window)
    log.catch_uncaught(app.paths.logs, bug)
    qInstallMessageHandler(_on_qt_message)
    signals = Signals(window)
    window.show()
    QTimer.singleShot(0, window, begin)
    try:
        return int(qt.exec())
    finally:
        signals.close()
        qInstallMessageHandler(None)
        bridge.close()
        window.server.close()


class Signals:
    """SIGINT and SIGTERM close the window as its close button does.

    Python runs its handlers only between its own instructions; the wake-up socket brings the event loop back to it.
    """

    def __init__(self, window: MainWindow) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._ours.setblocking(False)
        self._theirs.setblocking(False)
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._on_woken)
        self._before_fd = signal.set_wakeup_fd(self._theirs.fileno(), warn_on_full_buffer=False)
        self._before = {
            number: signal.signal(number, lambda *_: QTimer.singleShot(0, window, window.close))
            for number in (signal.SIGINT, signal.SIGTERM)
        }

    def close(self) -> None:
        """Put the handlers back as they were."""
        signal.set_wakeup_fd(self._before_fd)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._notifier.setEnabled(False)
        self._ours.close()
        self._theirs.close()

    def _on_woken(self) -> None:
        try:
            self._ours.recv(64)
        except BlockingIOError:
            pass


_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    logging.getLogger("desktop.qt").log(_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category, text)
