"""The files of a repository as builds of a model: what can be chosen, split models as one, nothing that is no chat model."""

from __future__ import annotations

import re
from collections.abc import Iterable

from desktop.core.models import RemoteFile
from desktop.core.value import dataclass

_SPLIT = re.compile(r"(?P<stem>.+)-(?P<part>\d{5})-of-(?P<parts>\d{5})\.gguf", re.IGNORECASE)
_QUANTIZATION = re.compile(
    r"(?<![A-Za-z0-9])((?:UD-)?(?:IQ|TQ|Q)[1-9](?:_[A-Z0-9]+)*|MXFP4(?:_[A-Z]+)*|BF16|F16|FP16|F32|FP32)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_OTHER = re.compile(r"mmproj|imatrix|(?<![a-z])(lora|vocab|adapter|mtp|draft|eagle3?)(?![a-z])", re.IGNORECASE)
"""Vision projectors, statistics, adapters: GGUF too, and useless by themselves."""
_LEGACY = re.compile(r"chatglm[23]?-ggml-[qf][a-z0-9_]+\.bin", re.IGNORECASE)
"""Builds of the first generations in chatglm.cpp's format, as those who upload them name them."""
_GLM = re.compile(r"glm|codegeex", re.IGNORECASE)


@dataclass(frozen=True)
class RemoteBuild:
    """One build a repository offers: a file, or the parts of a split one in their order."""

    name: str
    """The file's name without folder, part numbers and ending."""
    quantization: str
    """"Q4_K_M" and the like; "" if the name does not say."""
    files: tuple[RemoteFile, ...]

    @property
    def repository(self) -> str:
        """Where it comes from."""
        return self.files[0].repository

    @property
    def file(self) -> str:
        """The file that stands for all of them."""
        return self.files[0].file

    @property
    def size(self) -> int | None:
        """Bytes in all; None while one is unknown."""
        sizes = [file.size for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)


def builds(files: Iterable[RemoteFile]) -> tuple[RemoteBuild, ...]:
    """What can be downloaded as a model, the smallest first. A split model that lacks a part is left out."""
    single: list[RemoteBuild] = []
    split: dict[tuple[str, int], dict[int, RemoteFile]] = {}
    for file in files:
        name = file.file.rsplit("/", 1)[-1]
        if not is_model_file(name) or _OTHER.search(name):
            continue
        if match := _SPLIT.fullmatch(file.file):
            split.setdefault((match["stem"], int(match["parts"])), {})[int(match["part"])] = file
        else:
            single.append(RemoteBuild(name.rpartition(".")[0], quantization(name), (file,)))
    for (stem, count), parts in split.items():
        if sorted(parts) == list(range(1, count + 1)):
            name = stem.rsplit("/", 1)[-1]
            single.append(RemoteBuild(name, quantization(stem), tuple(parts[number] for number in sorted(parts))))
    return tuple(sorted(single, key=lambda build: (build.size is None, build.size or 0, build.name)))


def is_model_file(name: str) -> bool:
    """Whether a file's name (without folder) says that it holds a model, or a part of one."""
    return name.lower().endswith(".gguf") or _LEGACY.fullmatch(name) is not None


def quantization(name: str) -> str:
    """The quantization a file's name tells, as the field writes it; "" if it tells none."""
    found = _QUANTIZATION.findall(name.rsplit("/", 1)[-1]) or _QUANTIZATION.findall(name)
    return found[-1].upper().replace("FP16", "F16").replace("FP32", "F32") if found else ""


def is_glm(repository: str) -> bool:
    """Whether a repository's name says that it belongs to the GLM family."""
    return _GLM.search(repository) is not None
