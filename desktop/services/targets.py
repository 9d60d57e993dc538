"""Where a file of a repository lies on this disk: `<models>/<owner>/<repository>/<file>`, whatever its name tries."""

from __future__ import annotations

import re
from pathlib import Path

from desktop.core.errors import HubNotFound

_REPOSITORY = re.compile(r"[\w.-]+(/[\w.-]+)?")
_FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
"""What Windows refuses in names; replaced everywhere, so that a models folder can move between systems."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_SPLIT = re.compile(r"(?P<stem>.+)-(?P<part>\d{5})-of-(?P<parts>\d{5})(?P<suffix>\.gguf)", re.IGNORECASE)


def target(models: Path, endpoint: str, repository: str, file: str) -> Path:
    """The path of a file. Raises HubNotFound for names that no hub has: absolute, with `..`, empty."""
    parts = [*repository.split("/"), *file.split("/")]
    if not _REPOSITORY.fullmatch(repository) or any(part.strip(" .") == "" for part in parts):
        raise HubNotFound(endpoint=endpoint, repository=repository, file=file)
    return models.joinpath(*(safe_name(part) for part in parts))


def safe_name(name: str) -> str:
    """One component of a path that every file system takes."""
    safe = _FORBIDDEN.sub("_", name).rstrip(" .")
    return f"_{safe}" if not safe or _RESERVED.fullmatch(safe) else safe


def part_names(first: str) -> list[str]:
    """The names of a split model's files, given the first one's; other names stand alone."""
    match = _SPLIT.fullmatch(first)
    if not match or int(match["part"]) != 1:
        return [first]
    parts = range(1, int(match["parts"]) + 1)
    return [f"{match['stem']}-{number:05}-of-{match['parts']}{match['suffix']}" for number in parts]


def all_parts(first: Path) -> list[Path]:
    """The files of a split model, given its first one; other files stand alone."""
    return [first.with_name(name) for name in part_names(first.name)]


def stem(name: str) -> str:
    """A model file's name without `.gguf` (or `.bin`, of chatglm.cpp) and without the numbers of a split one."""
    match = _SPLIT.fullmatch(name)
    return match["stem"] if match else re.sub(r"\.(gguf|bin)$", "", name, flags=re.IGNORECASE)


def remove_empty(folder: Path, root: Path) -> None:
    """Remove `folder` and its parents below `root` as long as they are empty."""
    while folder != root and root in folder.parents:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
