"""ECharts comes from npm or not at all, and the pictures of /admin are drawn either way."""
import hashlib
import io
import subprocess
import tarfile

import pytest

from commands import copy_charts


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(copy_charts, "PLACE", tmp_path / "gen")
    return tmp_path / "gen"


def npm_gives(monkeypatch, content):
    def pack(command, *, cwd, **rest):
        with tarfile.open(f"{cwd}/echarts.tgz", "w:gz") as packed:
            for inside in copy_charts.FILES:
                member = tarfile.TarInfo(inside)
                member.size = len(content)
                packed.addfile(member, io.BytesIO(content))
    monkeypatch.setattr(copy_charts.shutil, "which", lambda name: "/usr/bin/npm")
    monkeypatch.setattr(copy_charts.subprocess, "run", pack)


def test_without_npm_nothing_is_copied_and_nothing_fails(monkeypatch, place):
    monkeypatch.setattr(copy_charts.shutil, "which", lambda name: None)
    assert "without ECharts" in copy_charts.copy()
    assert not place.exists()


def test_off_line_nothing_is_copied_and_nothing_fails(monkeypatch, place):
    def fails(*args, **kw):
        raise subprocess.TimeoutExpired("npm", 60)
    monkeypatch.setattr(copy_charts.shutil, "which", lambda name: "/usr/bin/npm")
    monkeypatch.setattr(copy_charts.subprocess, "run", fails)
    assert "without it" in copy_charts.copy()
    assert not place.exists()


def test_another_file_than_the_reviewed_one_is_not_used(monkeypatch, place):
    npm_gives(monkeypatch, b"alert(1)")
    assert "is not used" in copy_charts.copy()
    assert not place.exists()


def test_the_reviewed_file_is_copied_with_its_licence(monkeypatch, place):
    npm_gives(monkeypatch, b"echarts")
    monkeypatch.setattr(copy_charts, "SHA256", hashlib.sha256(b"echarts").hexdigest())
    assert "is copied" in copy_charts.copy()
    assert sorted(path.name for path in place.iterdir()) == ["echarts.LICENSE.txt", "echarts.NOTICE.txt", "echarts.min.js"]
    assert copy_charts.is_there()
