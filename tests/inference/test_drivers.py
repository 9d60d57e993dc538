from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from desktop.inference import drivers
from desktop.inference.library import best_module
from tests import native_crash


def test_the_same_drivers_are_the_same() -> None:
    assert drivers.identity() == drivers.identity()


def test_another_build_of_the_library_is_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = tmp_path / "libggml-vulkan.so"
    library.write_bytes(b"1")
    before = drivers.identity()
    monkeypatch.setenv(drivers.LIBRARY_VARIABLE, str(tmp_path))
    named = drivers.identity()
    library.write_bytes(b"22")
    assert len({before, named, drivers.identity()}) == 3


def test_another_driver_is_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = tmp_path / "icd [1].json"
    monkeypatch.setenv("VK_DRIVER_FILES", str(manifest))
    seen = {drivers.identity()}
    for content in ("1", "22"):
        manifest.write_text(content, encoding="utf-8")
        seen.add(drivers.identity())
    assert len(seen) == 3


@pytest.mark.skipif(not native_crash.available, reason="needs gcc on Linux")
def test_the_module_of_this_processor_is_the_one_with_the_most_points(tmp_path: Path) -> None:
    def module(name: str, code: str) -> Path:
        path = tmp_path / name
        command = ["gcc", "-shared", "-fPIC", "-x", "c", "-o", str(path), "-"]
        subprocess.run(command, input=code, encoding="ascii", check=True, timeout=60)
        return path

    assert best_module(tmp_path, "cpu") is None
    (tmp_path / "libggml-cpu-broken.so").write_bytes(b"")
    module("libggml-cpu-newest.so", "int ggml_backend_score(void) { return 0; }")
    module("libggml-cpu-mute.so", "int nothing;")
    module("libggml-cuda-12.so", "int ggml_backend_score(void) { return 9; }")
    plain = module("libggml-cpu.so", "int nothing;")
    assert best_module(tmp_path, "cpu") == plain
    module("libggml-cpu-old.so", "int ggml_backend_score(void) { return 3; }")
    good = module("libggml-cpu-good.so", "int ggml_backend_score(void) { return 21; }")
    assert best_module(tmp_path, "cpu") == good
