"""Where the weights of a judge lie that the caller names, what they are, and torch that reads them. No networks here.

    "FOLDER", "FILE"                       on this machine
    "hub://owner/repository@commit"        a repository of the Hugging Face Hub at a commit
    "hub://owner/repository@commit/path"   one file of it
    None                                   $DUBBENCH_WEIGHTS/<judge>/

Nobody here has seen these files, so no hash is pinned: what was found goes into the metric's id instead.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from dubbench.errors import BadInput, Missing
from dubbench.weights import cache_folder, own_folder
from dubbench.weights.clients import hub
from dubbench.weights.pins import Stamps
from dubbench.weights.registries import offline

Place: TypeAlias = str | Path | None
"""Where the caller says the weights are: see the top of this file."""
ON_HUB = re.compile(r"hub://(?P<repository>[\w.-]+/[\w.-]+)@(?P<commit>[0-9a-f]{40})(/(?P<path>.+))?")


def found(judge: str, place: Place, *names: str) -> dict[str, Path]:
    """The files called `names` of `judge` at `place`. Raises Missing, and BadInput for an address that pins nothing."""
    if isinstance(place, str) and place.startswith("hub://"):
        return _on_hub(judge, place, names)
    folder = _folder(judge, place, names[0])
    files = {name: folder if folder.is_file() and len(names) == 1 else folder / name for name in names}
    for name, path in files.items():
        if not path.is_file():
            raise Missing(f"'{name}' of {judge} is not in {folder}; {_bring(judge, name)}")
    return files


def _folder(judge: str, place: Place, name: str) -> Path:
    if place is not None:
        return Path(place).expanduser().absolute()
    own = own_folder()
    if own is None:
        raise Missing(f"the weights of {judge} are not here; {_bring(judge, name)}")
    return own / judge


def _bring(judge: str, name: str) -> str:
    place = f"{own_folder() or '$DUBBENCH_WEIGHTS'}/{judge}/{name}"
    return f"put the file at {place}, or name its folder or its place on the Hub: hub://owner/repository@commit"


def _on_hub(judge: str, place: str, names: tuple[str, ...]) -> dict[str, Path]:
    match = ON_HUB.fullmatch(place)
    if match is None or (match["path"] and len(names) > 1):
        raise BadInput(
            f"'{place}' pins no weights of {judge}; write hub://owner/repository@commit, the commit with all 40 digits"
        )
    return {name: _fetched(judge, match["repository"], match["commit"], match["path"] or name) for name in names}


def _fetched(judge: str, repository: str, commit: str, path: str) -> Path:
    try:
        return hub(repository, commit, path, offline=offline())
    except Missing as error:
        own = own_folder() or "$DUBBENCH_WEIGHTS"
        way = f"to bring it without the Hub, put it at {own}/{judge}/{path} and name no place"
        raise Missing(
            f"'{path}' of {judge} is not here and cannot be fetched ({error}); when the Hub can be reached, run: "
            f"hf download {repository} {path} --revision {commit}; {way}"
        ) from None


def identity(judge: str, *files: Path) -> str:
    """What tells these weights from any others: the first 12 digits of the sha256 of the file, of several of all
    their hashes in this order. Files that look untouched are read once."""
    stamps = Stamps(cache_folder() / "weights" / judge / ".checked.json")
    hashes = [stamps.sha256(path) for path in files]
    whole = hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    return whole[:12]


def torch(judge: str) -> Any:
    """Torch, where transformers is here too. Raises Missing."""
    try:
        import torch
        import transformers  # noqa: F401
    except ImportError as error:
        raise Missing(f"{judge} wants torch and transformers ({error}): pip install 'dubbench[judges]'") from None
    return torch


def tensors(judge: str, path: Path) -> dict[str, Any]:
    """The tensors by name of a torch checkpoint, bare or under "state_dict"; nothing in it is run. Raises BadInput."""
    try:
        held = torch(judge).load(path, map_location="cpu", weights_only=True)
    except Missing:
        raise
    except Exception as error:  # a damaged or hostile pickle can fail in any way
        why = str(error).partition("\n")[0]
        raise BadInput(f"{path} is no checkpoint of tensors that torch reads without running it: {why}") from None
    state = held.get("state_dict", held) if isinstance(held, Mapping) else None
    if not isinstance(state, Mapping) or not all(hasattr(value, "shape") for value in state.values()):
        raise BadInput(f"{path} holds no tensors by name, so it is no checkpoint of {judge}: name another file")
    return dict(state)


def filled(judge: str, network: Any, state: Mapping[str, Any], path: Path, *, optional: tuple[str, ...] = ()) -> Any:
    """`network` with the weights of `state`, ready to judge.

    Raises BadInput, naming a weight, where one is missing, has another shape or is one too many. Names that end with
    one of `optional` may be lacking on either side.
    """
    own = {name: value.shape for name, value in network.state_dict().items()}
    for what, names in (("lacks", own.keys() - state.keys()), ("also holds", state.keys() - own.keys())):
        odd = sorted(name for name in names if not name.endswith(optional or ("\0",)))
        if odd:
            raise BadInput(f"{path} is no checkpoint of {judge}: it {what} '{odd[0]}' ({len(odd)} such weights)")
    for name in own.keys() & state.keys():
        if own[name] != state[name].shape:
            shapes = f"{tuple(state[name].shape)} instead of {tuple(own[name])}"
            raise BadInput(f"{path} is no checkpoint of {judge} as its settings say: '{name}' is {shapes}")
    network.load_state_dict({name: state[name] for name in own.keys() & state.keys()}, strict=False)
    return network.float().eval()


__all__ = ["Place", "filled", "found", "identity", "tensors", "torch"]
