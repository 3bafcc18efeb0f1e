"""What a finished file says about itself: content credentials (C2PA) written and read, and the mark in its sound.

Credentials name our tool, the models, the source the dub was made from, and that AI made part of the file (if it did);
they are signed (see `signing`), so a changed byte is found. They are lost when somebody strips them or re-encodes the
file: then the watermark in the sound still speaks. Everything happens offline.
"""

from __future__ import annotations

import errno
import json
import mimetypes
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from dubbench import memory, textfiles
from dubbench.errors import AdapterFailed, BadInput, Unsupported
from dubbench.provenance import dormant, marks, signing
from dubbench.stages.watermark import Watermark
from dubbench.types import Noun

AI_MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
ABOUT = "dubbench.dub"
"""The label of our own assertion: source hash and models."""
FORMATS = {".mp4": "video/mp4", ".m4a": "audio/mp4", ".mov": "video/quicktime", ".wav": "audio/wav"}
HELD_MB = 32
"""A film up to so large is held in memory to be signed, a larger one in copies on the disk."""

UNKNOWN_SIGNER = "signingCredential.untrusted"
BROKEN = "credentials.unreadable"
HEAD = 1 << 20
"""Credentials stand at a file's start; broken ones are looked for in this many bytes."""


class Verdict(Noun):
    """What a file says. `credentials`: "intact" (unchanged since it was signed), "tampered" or "absent".

    `trusted` is whether an authority vouches for the signer, which a self-made certificate never has. `ai` is what the
    credentials claim; `source` is the name of the file it was made from. `problems` are C2PA's codes for what is wrong
    (and ours, see `dormant`). `watermark` is how sure the detector is, averaged over the speech, and `found` what
    follows from it (see `marks`); `watermark` is None when nobody looked or nobody speaks.
    """

    path: str
    credentials: Literal["intact", "tampered", "absent"]
    trusted: bool = False
    signer: str | None = None
    tool: str | None = None
    title: str | None = None
    ai: bool = False
    models: tuple[tuple[str, str], ...] = ()
    source: str | None = None
    source_sha256: str | None = None
    problems: tuple[str, ...] = ()
    watermark: float | None = None
    found: bool = False

    @property
    def says_ai(self) -> bool:
        """Whether anything that can be believed says that AI made this."""
        return self.found or (self.credentials == "intact" and self.ai)


def sign(
    film: Path, *, title: str, models: Mapping[str, str], source: str, source_sha256: str, generated: bool = True
) -> None:
    """Write content credentials into an MP4 or WAV, in place; the file is whole at every moment.

    `models` maps a room to the model that played it; `source` is the name of the file that was dubbed. Not `generated`
    means that AI made nothing of the file: it is the source in another container. Raises Unsupported for a format that
    cannot carry credentials.
    """
    import c2pa

    if film.suffix.lower() not in FORMATS:
        raise Unsupported(f"{film.name} cannot carry content credentials; these can: {', '.join(FORMATS)}")
    who = signing.identity()
    about = {"source_sha256": source_sha256, "models": dict(models), **dormant.state(film)}
    parent = _parent(source, source_sha256)
    claims = json.dumps(_claims(title, FORMATS[film.suffix.lower()], parent, about, generated=generated))
    try:
        signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(who.algorithm, who.chain, who.key, None))
        with memory.replacing(film) as draft, signer, c2pa.Context.from_dict(_settings(film)) as context:
            c2pa.Builder(claims, context).sign_file(film, draft, signer)
    except c2pa.C2paError as error:
        # It does not say why. A signed film is a little larger than the film, and lies beside it at first.
        if shutil.disk_usage(film.parent).free < film.stat().st_size + HEAD:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(film)) from error
        raise AdapterFailed("c2pa", f"{film.name} could not be signed: {error}") from error


def _settings(film: Path) -> dict[str, Any]:
    """What c2pa is told: to ask nobody on the network, and not to hold a long film in memory.

    Media are hashed by the megabyte, all hashes in the credentials (a Merkle tree of one row), and the two copies that
    are made lie among temporary files. By its own settings signing a film of 300 MB took as much twice over, and
    verifying it once; so 21 MB and 1. Where there is no room for the copies they are in memory after all.
    """
    copies = 2 * (film.stat().st_size + HEAD)
    held = HELD_MB if shutil.disk_usage(tempfile.gettempdir()).free > copies else copies // 2**20 + 1
    return {
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
        "core": {
            "merkle_tree_chunk_size_in_kb": 1024,
            "merkle_tree_max_proofs": 0,
            "backing_store_memory_threshold_in_mb": held,
        },
    }


def _parent(source: str, sha256: str) -> dict[str, Any]:
    """The source as C2PA's ingredient (2.1, "Ingredient"): told by name and hash, so that its bytes are not read again.

    Signing a minute of film takes 30 ms with it and without. Credentials that the source carried are not taken along.
    """
    kind = mimetypes.guess_type(source)[0] or "application/octet-stream"
    return {"title": source, "format": kind, "instance_id": f"sha256:{sha256}", "relationship": "parentOf"}


def _claims(
    title: str, kind: str, parent: Mapping[str, Any], about: Mapping[str, Any], *, generated: bool
) -> dict[str, Any]:
    """The manifest: its first action opens what there was, and only what came after was made by AI (2.1, "Actions")."""
    from dubbench import __version__

    tool = {"name": "dubbench", "version": __version__}
    opened = {"ingredientIds": [parent["instance_id"]]}
    dubbed = {"action": "c2pa.dubbed", "digitalSourceType": AI_MADE, "softwareAgent": tool}
    transcoded = {"action": "c2pa.transcoded", "softwareAgent": tool}
    actions = [
        {"action": "c2pa.opened", "softwareAgent": tool, "parameters": opened},
        dubbed if generated else transcoded,
    ]
    return {
        "claim_generator_info": [tool],
        "format": kind,
        "title": title,
        "ingredients": [dict(parent)],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": actions}},
            {"label": ABOUT, "data": dict(about)},
        ],
    }


def verify(path: Path, mark: Watermark | None = None) -> Verdict:
    """What `path` says about itself; `mark` is who looks for the watermark, None to leave that out.

    Raises BadInput for a missing or empty file, and for one that neither carries credentials nor is media.
    """
    textfiles.nameable(path)
    if not path.is_file() or path.stat().st_size == 0:
        raise BadInput(f"{path}: " + ("the file is empty" if path.is_file() else "there is no such file"))
    verdict = _credentials(path)
    if mark is None:
        return verdict
    try:
        scores = marks.look(path, mark)
    except BadInput:
        # A file whose credentials speak need not have a sound track, and a damaged one may not play.
        if verdict.credentials == "absent":
            raise
        return verdict
    if not scores:
        return verdict
    return verdict.but(watermark=sum(scores) / len(scores), found=marks.found(scores))


def _credentials(path: Path) -> Verdict:
    import c2pa

    try:
        with c2pa.Context.from_dict(_settings(path)) as context, c2pa.Reader(path, context=context) as reader:
            found = json.loads(reader.json())
    except c2pa.C2paError:
        if not _remains(path):
            return Verdict(path=str(path), credentials="absent")
        return Verdict(path=str(path), credentials="tampered", problems=(BROKEN,))
    codes = tuple(dict.fromkeys(item["code"] for item in found.get("validation_status", ())))
    problems = tuple(code for code in codes if code != UNKNOWN_SIGNER)
    manifest = found["manifests"].get(found.get("active_manifest"), {})
    try:
        told, state = _told(manifest), _about(manifest)
        trusted = found["validation_state"] == "Trusted"
        verdict = Verdict(path=str(path), credentials="tampered", trusted=trusted, **told)
    except (AttributeError, KeyError, TypeError, ValueError):
        # What is said has not the form of credentials: changed, or never well made.
        return Verdict(path=str(path), credentials="tampered", problems=(*problems, BROKEN))
    problems += dormant.problems(path, state)
    whole = found["validation_state"] in ("Valid", "Trusted") and not problems
    return verdict.but(credentials="intact" if whole else "tampered", problems=problems)


def _remains(path: Path) -> bool:
    """Whether a file that c2pa finds no credentials in still holds pieces of some."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    return b"urn:c2pa" in head or b"c2pa.claim" in head or b"c2pa.signature" in head


def _about(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Our own assertion; empty in credentials that others wrote."""
    return next((dict(item["data"]) for item in manifest.get("assertions", ()) if item["label"] == ABOUT), {})


def _told(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a Verdict that a manifest tells."""
    told = [item["data"] for item in manifest.get("assertions", ()) if item["label"].startswith("c2pa.actions")]
    actions = [action for data in told for action in data["actions"]]
    signature, about = manifest.get("signature_info") or {}, _about(manifest)
    tools = [f"{x.get('name')} {x.get('version', '')}".strip() for x in manifest.get("claim_generator_info", ())]
    names = (signature.get("common_name"), signature.get("issuer"))
    parents = [x for x in manifest.get("ingredients", ()) if x.get("relationship") == "parentOf"]
    return {
        "signer": ", ".join(dict.fromkeys(name for name in names if name)) or None,
        "tool": tools[0] if tools else None,
        "title": manifest.get("title"),
        "ai": any("trainedalgorithmicmedia" in str(a.get("digitalSourceType", "")).lower() for a in actions),
        "models": tuple(sorted(about.get("models", {}).items())),
        "source": parents[0].get("title") if parents else None,
        "source_sha256": about.get("source_sha256"),
    }
