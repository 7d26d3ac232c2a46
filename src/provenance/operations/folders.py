"""Folders that lie beside `src` in the repository, and inside the package in the wheel."""

from __future__ import annotations

from pathlib import Path


def folder(inside: str, *, beside: str) -> Path:
    """The folder `inside` the package, or in a checkout the one `beside` its `src`."""
    package = Path(__file__).resolve().parents[1]
    shipped = package / inside
    return shipped if shipped.is_dir() else package.parents[1] / beside
