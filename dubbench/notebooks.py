"""Notebooks that are run by command: found, given their parameters, executed, left as pages. What they say is theirs.

A notebook is a Python file in percent format (jupytext), so that its changes can be read; the .ipynb is made from it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dubbench.errors import AdapterFailed, BadInput, Missing

FOLDER = Path("notebooks")
OUT = FOLDER / "out"
INSTALL = "notebooks need more packages: pip install 'dubbench[notebooks]'"


def names(folder: Path = FOLDER) -> dict[str, Path]:
    """All notebooks by their names, in order."""
    return {path.stem: path for path in sorted(folder.glob("[0-9]*.py"))}


def parameters(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """The parameters of a notebook and what they are unless told otherwise. Raises BadInput, Missing."""
    import warnings

    papermill, _ = _tools()
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = papermill.inspect_notebook(str(_converted(name, folder, Path(place))))
    return {key: told["default"] for key, told in found.items()}


def run(
    name: str,
    given: Mapping[str, Any] | None = None,
    *,
    folder: Path = FOLDER,
    out: Path = OUT,
    cwd: Path | None = None,
) -> Path:
    """Run a notebook with some parameters; the page that it leaves, beside the notebook with its outputs, in `out`.

    Raises BadInput for an unknown notebook or parameter, Missing, AdapterFailed with what went wrong in which cell.
    """
    papermill, exporter = _tools()
    known = parameters(name, folder)
    unknown = [key for key in given or {} if key not in known]
    if unknown:
        raise BadInput(f"notebook '{name}' has no parameter '{unknown[0]}'; it has: {', '.join(known)}")
    out.mkdir(parents=True, exist_ok=True)
    done = out / f"{name}.ipynb"
    with tempfile.TemporaryDirectory() as place:
        source = _converted(name, folder, Path(place))
        try:
            papermill.execute_notebook(
                str(source), str(done), parameters=dict(given or {}), cwd=str(cwd or Path.cwd()), progress_bar=False,
                kernel_name="python3", log_output=False, extra_arguments=["--IPKernelApp.log_level=ERROR"],
            )  # fmt: skip
        except papermill.exceptions.PapermillExecutionError as error:
            raise AdapterFailed(f"notebook {name}", f"cell {error.exec_count}: {error.ename}: {error.evalue}") from None
    page = out / f"{name}.html"
    page.write_text(exporter.from_filename(str(done))[0], "utf-8")
    return page


def _tools() -> tuple[Any, Any]:
    try:
        import ipykernel as ipykernel
        import jupytext as jupytext
        import papermill
        from nbconvert import HTMLExporter
    except ImportError:
        raise Missing(INSTALL) from None
    exporter: Any = HTMLExporter
    return papermill, exporter()


def _converted(name: str, folder: Path, place: Path) -> Path:
    """The notebook as .ipynb, in `place`."""
    import jupytext

    known = names(folder)
    if name not in known:
        told = ", ".join(known) or "none here; run it in a checkout"
        raise BadInput(f"there is no notebook '{name}'; known: {told}")
    path = place / f"{name}.ipynb"
    jupytext.write(jupytext.read(known[name]), path)
    return path


__all__ = ["FOLDER", "OUT", "names", "parameters", "run"]
