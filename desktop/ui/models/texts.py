"""Models and machines in plain words."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale

from desktop.core.models import (
    CatalogEntry,
    Device,
    Download,
    DownloadState,
    Fit,
    Machine,
    ModelFile,
    ModelState,
    RemoteRepository,
)
from desktop.i18n import duration, language, mark, size, tr

_QUALITY = {
    2: mark("2-bit, smallest, clearly weaker"),
    3: mark("3-bit, small, weaker"),
    4: mark("4-bit, good balance"),
    5: mark("5-bit, better, larger"),
    6: mark("6-bit, very close to the original"),
    8: mark("8-bit, nearly the original"),
    16: mark("16-bit, the original"),
    32: mark("32-bit, the original"),
}

_FIT_WHY = {
    Fit.GOOD: mark("Fits into the free memory of this computer."),
    Fit.TIGHT: mark("Fits if you close other programs."),
    Fit.TOO_LARGE: mark("This computer does not have enough memory for it."),
    Fit.NO_DISK: mark("There is not enough room on the disk for it."),
}

_DOWNLOAD = {
    DownloadState.QUEUED: mark("Waiting"),
    DownloadState.RUNNING: mark("Downloading"),
    DownloadState.VERIFYING: mark("Checking what arrived"),
    DownloadState.PAUSED: mark("Paused"),
    DownloadState.FAILED: mark("Failed"),
    DownloadState.DONE: mark("Done"),
}

_MODEL = {
    ModelState.READY: "",
    ModelState.MISSING: mark("The file is no longer where it was"),
    ModelState.BROKEN: mark("The file is damaged"),
}

_LANGUAGES = {
    "zh": mark("Chinese"),
    "en": mark("English"),
    "ja": mark("Japanese"),
    "ko": mark("Korean"),
    "de": mark("German"),
    "fr": mark("French"),
    "es": mark("Spanish"),
    "ru": mark("Russian"),
}

_GIB = 1 << 30


def quality(quantization: str) -> str:
    """ "4-bit, good balance" for "Q4_K_M"; empty if the name says nothing."""
    name = quantization.upper().removeprefix("UD-")
    digits = ""
    for prefix in ("IQ", "Q", "BF", "F", "MXFP", "TQ"):
        if name.startswith(prefix):
            rest = name[len(prefix) :]
            digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
            break
    text = _QUALITY.get(int(digits)) if digits else None
    return tr(text) if text else ""


def fit_reason(value: Fit) -> str:
    """The label in a sentence."""
    return tr(_FIT_WHY[value])


def memory(count: int) -> str:
    """Memory as it is sold: "16 GB" for 15.5 GiB that the system reports."""
    gib = count / _GIB
    if gib < 1:
        return size(count)
    for sold in (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 192, 256, 384, 512):
        if sold * 0.9 <= gib <= sold * 1.01:
            return f"{sold} GB"
    return f"{gib:.0f} GB"


def needs(entry: CatalogEntry) -> str:
    """ "needs 10 GB of memory"."""
    return tr("needs {memory} of memory", memory=f"{entry.memory / 1e9:.0f} GB")


def context(tokens: int) -> str:
    """ "128K tokens of context"; empty if unknown."""
    if tokens <= 0:
        return ""
    return tr("{n} tokens of context", n=f"{round(tokens / 1024)}K" if tokens >= 1024 else str(tokens))


def languages(codes: tuple[str, ...]) -> str:
    """ "Chinese, English"; what has no name of ours is left out."""
    names = [tr(_LANGUAGES[code]) for code in codes if code in _LANGUAGES]
    text = "".join(names[:1])
    for name in names[1:]:
        text = tr("{some}, {other}", some=text, other=name)
    return text


def last_used(model: ModelFile, now: int) -> str:
    """When it was loaded last, to the day; `now` in milliseconds since the epoch."""
    if model.last_used is None:
        return tr("not used yet")
    days = _day(now) - _day(model.last_used)
    if days <= 0:
        return tr("used today")
    return tr("used yesterday") if days == 1 else tr("used on {date}", date=date(model.last_used))


def date(milliseconds: int) -> str:
    """A day as this language writes it."""
    day = QDateTime.fromMSecsSinceEpoch(milliseconds).date()
    return QLocale(language()).toString(day, QLocale.FormatType.ShortFormat)


def _day(milliseconds: int) -> int:
    return QDateTime.fromMSecsSinceEpoch(milliseconds).date().toJulianDay()


def count(number: int) -> str:
    """ "950", "12K", "3.4M": how often something was downloaded."""
    if number < 1000:
        return str(number)
    value, unit = (number / 1e3, "K") if number < 999_500 else (number / 1e6, "M")
    return f"{value:.1f}{unit}" if value < 9.95 else f"{value:.0f}{unit}"


def licence(entry: CatalogEntry) -> str:
    """The licence and what it asks for, as a sentence."""
    if entry.registration:
        return tr(
            "{licence} licence: free for research; commercial use asks for a registration.", licence=entry.licence
        )
    return tr("{licence} licence: free to use, commercially too.", licence=entry.licence)


_FREE = {"mit": "MIT", "apache-2.0": "Apache 2.0", "bsd-3-clause": "BSD"}


def remote_licence(name: str | None) -> str:
    """What the licence a hub names asks for, as a sentence."""
    if name is None:
        return tr("It does not say which licence it has: look at its page before you use it.")
    if name.lower() in _FREE:
        return tr("{licence} licence: free to use, commercially too.", licence=_FREE[name.lower()])
    if name.lower() in ("other", "unknown"):
        return tr("It has a licence of its own: read it on its page before you use it.")
    return tr("{licence} licence: read on its page what it asks for.", licence=name)


def repository(found: RemoteRepository) -> str:
    """ "12K downloads · changed 3/4/26 · MIT · needs an account"."""
    parts = []
    if found.downloads is not None:
        parts.append(tr("{n} downloads", n=count(found.downloads)))
    if found.updated is not None:
        parts.append(tr("changed {date}", date=date(found.updated)))
    if found.licence is not None and found.licence.lower() not in ("other", "unknown"):
        parts.append(_FREE.get(found.licence.lower(), found.licence))
    if found.gated:
        parts.append(tr("needs an account"))
    return " · ".join(parts)


def machine(value: Machine, devices: tuple[Device, ...] = ()) -> str:
    """ "16 GB memory · AMD Ryzen 7, 8 cores · RTX 3060 12 GB · 212 GB free"."""
    parts = [tr("{size} memory", size=memory(value.memory_total))]
    cores = tr("{n} cores", n=value.cores) if value.cores > 1 else tr("1 core")
    parts.append(f"{_processor(value.cpu)}, {cores}" if value.cpu else cores)
    for device in devices or value.devices:
        if device.kind in ("gpu", "igpu"):
            name = (device.description or device.name).removeprefix("NVIDIA ").removeprefix("GeForce ")
            parts.append(
                f"{name} {memory(device.memory_total)}" if device.memory_total and device.kind == "gpu" else name
            )
    parts.append(tr("{size} free on the disk", size=size(value.disk_free)))
    return " · ".join(parts)


def limits(family: str) -> str:
    """What a model of this family cannot do, in a sentence; empty if it can everything."""
    if family != "chatglm":
        return ""
    return tr(
        "Of the first generation: it reads the whole conversation again for each question, and gives one answer at a time. "
        "It cannot follow a grammar or a JSON schema, nor call functions."
    )


def installed(model: ModelFile, now: int) -> str:
    """What there is to know about an installed model, in one line; `now` in milliseconds since the epoch."""
    parts = [size(model.size), context(model.context), last_used(model, now)]
    if model.linked:
        parts.append(tr("stays where you keep it"))
    return " · ".join(part for part in parts if part)


def model_state(state: ModelState) -> str:
    """What is wrong with it; empty if nothing is."""
    return tr(text) if (text := _MODEL[state]) else ""


def download_state(state: DownloadState) -> str:
    """One or two words."""
    return tr(_DOWNLOAD[state])


def progress(download: Download, received: int, rate: float) -> str:
    """ "1.2 GB of 6.17 GB · 12 MB/s · 6 min left"; `rate` in bytes per second, 0 = not known yet."""
    total = download.size
    parts = [tr("{done} of {total}", done=size(received), total=size(total)) if total else size(received)]
    if download.state is DownloadState.RUNNING:
        if rate > 0:
            parts.append(f"{size(rate)}/s")
            if total and total > received:
                parts.append(tr("{time} left", time=duration((total - received) / rate)))
    else:
        rewriting = download.state is DownloadState.VERIFYING and download.notice == "download.rewriting"
        parts.append(tr("Rewriting as GGUF") if rewriting else download_state(download.state))
    return " · ".join(parts)


def download_name(download: Download, catalog: tuple[CatalogEntry, ...]) -> str:
    """The catalogue's name of what is downloaded, else the file's."""
    for entry in catalog:
        if entry.id == download.catalog_id:
            return entry.name
    return (
        download.files[0].file.rsplit("/", 1)[-1].removesuffix(".gguf").removesuffix(".bin")
        if download.files
        else download.repository
    )


def _processor(name: str) -> str:
    """The name without trademarks and clock rates."""
    for noise in ("(R)", "(TM)", "(tm)", " CPU", " Processor"):
        name = name.replace(noise, "")
    words = name.split(" @ ")[0].split()
    return " ".join(word for word in words if not word.endswith("-Core"))
