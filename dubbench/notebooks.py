"""Notebooks that are run by command: found, given their parameters, executed, left as pages. What they say is theirs.

A notebook is a Python file in percent format (jupytext), so that its changes can be read; the .ipynb is made from it.
"""

from __future__ import annotations

import ast
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dubbench.errors import BadInput, DubError, Missing, Refused, Unsupported

FOLDER = Path("notebooks")
OUT = FOLDER / "out"
INSTALL = "notebooks need more packages: pip install 'dubbench[bench,notebooks]'"
MARKED = "parameters"
"""The tag of the cell with what a notebook can be told."""
KINDS = {bool: "true or false", list: 'a list like ["pico", "human"]', dict: 'a mapping like {"speak-en": ["pico"]}'}
"""How parameters that are no plain text are written."""
OURS = {kind.__name__: kind for kind in (BadInput, DubError, Missing, Refused, Unsupported)}
QUIET = "--IPKernelApp.log_level=CRITICAL"
"""A kernel tells of its sockets, and that it was told to end."""
TEMPLATE = """{%- extends 'index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block jupyter_widgets -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block html_head_css -%}
<style>
main { max-width: 1200px; margin: auto }
.jp-RenderedHTMLCommon td, .jp-RenderedHTMLCommon th { text-align: left !important; vertical-align: top }
.jp-OutputArea-output { overflow-x: auto }
</style>
{%- endblock -%}
"""
"""Pages as Jupyter's, but they fetch no scripts from elsewhere, and texts in tables begin at the left."""


def names(folder: Path = FOLDER) -> dict[str, Path]:
    """All notebooks by their names, in order."""
    return {path.stem: path for path in sorted(folder.glob("[0-9]*.py"))}


def parameters(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """The parameters of a notebook and what they are unless told otherwise. Raises BadInput, Missing."""
    _tools()
    cells = [cell for cell in _read(name, folder).cells if MARKED in cell.metadata.get("tags", ())]
    if len(cells) != 1:
        raise BadInput(f"notebook '{name}' needs one cell that begins with: # %% tags=[\"{MARKED}\"]")
    set_to = [node for node in ast.parse(cells[0].source).body if isinstance(node, ast.Assign)]
    return {ast.unparse(node.targets[0]): ast.literal_eval(node.value) for node in set_to}


def run(
    name: str,
    given: Mapping[str, Any] | None = None,
    *,
    folder: Path = FOLDER,
    out: Path = OUT,
    cwd: Path | None = None,
) -> Path:
    """Run a notebook with some parameters; the page that it leaves, beside the notebook with its outputs, in `out`.

    Parameters are values, or text as one writes it on the command line. Raises BadInput for an unknown notebook or
    parameter, Missing, and what went wrong in a cell; the page up to there is left, too.
    """
    papermill, exporter = _tools()
    meant = _meant(name, given or {}, parameters(name, folder))
    out.mkdir(parents=True, exist_ok=True)
    done, page, failed = out / f"{name}.ipynb", out / f"{name}.html", None
    # It says that it cannot read parameters which it need not read.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / done.name
        _write(_read(name, folder), source)
        try:
            papermill.execute_notebook(
                str(source), str(done), parameters=meant, cwd=str(cwd or Path.cwd()), progress_bar=False,
                kernel_name="python3", language="python", log_output=False, extra_arguments=[QUIET],
            )  # fmt: skip
        except papermill.exceptions.PapermillExecutionError as error:
            failed = error
    page.write_text(exporter.from_filename(str(done))[0], "utf-8")
    if failed:
        raise _failure(name, failed, page)
    return page


def paired(folder: Path = FOLDER) -> list[Path]:
    """Notebooks as .ipynb beside their .py, made where they are not there; whichever is newer wins. Raises Missing."""
    _tools()
    from jupytext.cli import jupytext

    found = names(folder)
    if not found:
        raise BadInput(f"there are no notebooks in {folder}: run it in a checkout of dubbench")
    jupytext(["--sync", "--quiet", *map(str, found.values())])
    return [path.with_suffix(".ipynb") for path in found.values()]


def home() -> Path:
    """Go to the checkout above, wherever the kernel was started: suites, data and answers are named as seen from it."""
    here = Path.cwd()
    root = next((place for place in (here, *here.parents) if (place / "eval" / "suites").is_dir()), here)
    os.chdir(root)
    return root


def _meant(name: str, given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, each of the kind that the notebook wants. Raises BadInput."""
    unknown = [key for key in given if key not in known]
    if unknown:
        raise BadInput(f"notebook '{name}' has no parameter '{unknown[0]}'; it has: {', '.join(known)}")
    found = {key: _value(value, known[key]) for key, value in given.items()}
    for key, value in found.items():
        kind = type(known[key])
        if kind in KINDS and not isinstance(value, kind):
            raise BadInput(f"parameter '{key}' of notebook '{name}' is {KINDS[kind]}, not '{given[key]}'")
    return found


def _value(value: Any, default: Any) -> Any:
    """A value from its text, where the default is more than text: JSON, or as Python writes it; one word is a list."""
    if not isinstance(value, str) or type(default) not in KINDS:
        return value
    for read in (json.loads, ast.literal_eval):
        try:
            return read(value)
        except (ValueError, SyntaxError):
            continue
    return [value] if isinstance(default, list) and value[:1] not in "[{" else value


def _failure(name: str, error: Any, page: Path) -> DubError:
    """What went wrong in a cell, as the library's own error where it is one."""
    where = f"notebook '{name}', cell {error.exec_count}"
    if error.ename in (*OURS, "AdapterFailed"):
        return OURS.get(error.ename, DubError)(f"{where}: {error.evalue}")
    return BadInput(f"{where}: {error.ename}: {error.evalue}; the page up to there is {page}")


def _tools() -> tuple[Any, Any]:
    try:
        import ipykernel as ipykernel
        import jupytext as jupytext
        import papermill
        from nbconvert import HTMLExporter
    except ImportError:
        raise Missing(INSTALL) from None
    kind: Any = HTMLExporter
    return papermill, kind(raw_template=TEMPLATE)


def _read(name: str, folder: Path) -> Any:
    import jupytext

    known = names(folder)
    if name not in known:
        told = ", ".join(known) or "none here; run it in a checkout"
        raise BadInput(f"there is no notebook '{name}'; known: {told}")
    return jupytext.read(known[name])


def _write(notebook: Any, path: Path) -> None:
    import jupytext

    jupytext.write(notebook, path)


__all__ = ["FOLDER", "OUT", "home", "names", "paired", "parameters", "run"]
