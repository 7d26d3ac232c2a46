"""How Sphinx builds these pages: `python3 dev.py docs`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

import generated

from provenance import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "provenance"
author = "The authors of provenance"
copyright = author  # noqa: A001 - Sphinx's name for it
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["attrs_inline", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns: list[str] = []

smartquotes = False  # what stands in quotation marks is often JSON

html_theme = "furo"
html_title = f"provenance {release}"
html_show_copyright = False
html_show_sphinx = False

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_type_aliases = {name: name for name in ("Asked", "AnySource", "Clock", "Explainable", "Reference")}
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"

# A link that leads nowhere is an error, and so is a role that names no method. Only the types in signatures are let
# pass: many are other libraries', and pages that need the network to be built cannot be built in the gate.
nitpicky = True
nitpick_ignore_regex = [("py:(class|obj|data|exc)", ".*")]


def setup(app: Sphinx) -> None:
    app.connect("source-read", generated.put_in)
    app.connect("autodoc-process-docstring", generated.as_restructured_text)
    app.connect("autodoc-process-signature", generated.signature)
