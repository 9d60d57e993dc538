"""Small questions about an installed model, inside the window: another name, remove it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.core.models import ModelFile
from desktop.i18n import size, tr
from desktop.ui.widgets import Choice, Dialog


def ask_name(window: QWidget, model: ModelFile, on_name: Callable[[str], None]) -> Dialog:
    """Ask for another name; `on_name` when there is one."""
    edit = QLineEdit(model.name)
    edit.setAccessibleName(tr("Name"))
    edit.setMaxLength(120)
    edit.selectAll()
    dialog = Dialog(
        window,
        tr("Rename “{name}”", name=model.name),
        tr("The name is yours alone; the file keeps its own."),
        [Choice("", tr("Cancel"), "quiet"), Choice("rename", tr("Rename"), "primary")],
        edit,
    )
    edit.textChanged.connect(lambda text: dialog.button("rename").setEnabled(bool(text.strip())))

    def chosen(key: str) -> None:
        name = edit.text().strip()
        if key and name and name != model.name:
            on_name(name)

    dialog.chosen.connect(chosen)
    dialog.open()
    edit.setFocus()
    return dialog


def ask_remove(window: QWidget, model: ModelFile, on_yes: Callable[[], None]) -> Dialog:
    """Ask whether to remove, saying what becomes of the file and what that frees."""
    if model.linked:
        text = tr("The file stays where it is: {path}", path=str(model.path))
    else:
        text = tr(
            "The file ({size}) goes to the trash, or is deleted where there is no trash. Your conversations stay.",
            size=size(model.size),
        )
    dialog = Dialog(
        window,
        tr("Remove “{name}”?", name=model.name),
        text,
        [Choice("", tr("Cancel")), Choice("remove", tr("Remove"), "danger")],
    )
    dialog.chosen.connect(lambda key: on_yes() if key else None)
    dialog.open()
    return dialog
