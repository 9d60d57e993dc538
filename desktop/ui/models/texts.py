"""Models and machines in plain words."""

from __future__ import annotations

from desktop.core.models import CatalogEntry, Device, Download, DownloadState, Fit, Machine, ModelFile, ModelState
from desktop.i18n import duration, mark, size, tr

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

_FIT = {
    Fit.GOOD: mark("Fits well"),
    Fit.TIGHT: mark("Tight"),
    Fit.TOO_LARGE: mark("Needs more memory"),
    Fit.NO_DISK: mark("Needs more disk space"),
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

_GIB = 1 << 30


def quality(quantization: str) -> str:
    """ "4-bit, good balance" for "Q4_K_M"; empty if the name says nothing."""
    name = quantization.upper()
    digits = ""
    for prefix in ("IQ", "Q", "BF", "F", "MXFP", "TQ"):
        if name.startswith(prefix):
            rest = name[len(prefix) :]
            digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
            break
    text = _QUALITY.get(int(digits)) if digits else None
    return tr(text) if text else ""


def fit(value: Fit) -> str:
    """A label of one or two words."""
    return tr(_FIT[value])


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


def licence(entry: CatalogEntry) -> str:
    """The licence and what it asks for, as a sentence."""
    if entry.registration:
        return tr(
            "{licence} licence: free for research; commercial use asks for a registration.", licence=entry.licence
        )
    return tr("{licence} licence: free to use, commercially too.", licence=entry.licence)


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


def installed(model: ModelFile) -> str:
    """What there is to know about an installed model, in one line."""
    parts = [size(model.size), quality(model.quantization), context(model.context)]
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
        parts.append(download_state(download.state))
    return " · ".join(parts)


def download_name(download: Download, catalog: tuple[CatalogEntry, ...]) -> str:
    """The catalogue's name of what is downloaded, else the file's."""
    for entry in catalog:
        if entry.id == download.catalog_id:
            return entry.name
    return download.files[0].file.rsplit("/", 1)[-1].removesuffix(".gguf") if download.files else download.repository


def _processor(name: str) -> str:
    """The name without trademarks and clock rates."""
    for noise in ("(R)", "(TM)", "(tm)", " CPU", " Processor"):
        name = name.replace(noise, "")
    words = name.split(" @ ")[0].split()
    return " ".join(word for word in words if not word.endswith("-Core"))
