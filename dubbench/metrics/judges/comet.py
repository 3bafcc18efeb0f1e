"""How good a translation is, by COMET (with a reference) and CometKiwi (without). The network is `xlmr`'s.

COMET reads source, translation and reference each by itself and compares their vectors; CometKiwi reads translation
and source at once. No code of the package unbabel-comet is needed, whose pins clash with ours; its scores are the same.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from dubbench.errors import BadInput
from dubbench.metrics.judges import checkpoints
from dubbench.metrics.judges.xlmr import Judge
from dubbench.metrics.score import Counts, Metric, ratio

Kind: TypeAlias = Literal["regression_metric", "unified_metric"]
"""What their settings call the two."""
JUDGES: dict[Kind, str] = {"regression_metric": "comet", "unified_metric": "cometkiwi"}
CHECKPOINT, SETTINGS = "checkpoints/model.ckpt", "hparams.yaml"
SCALE: dict[str, Any] = {
    "unit": "quality",
    "better": "higher",
    "value": ratio("quality", "sentences"),
    "version": 1,
}
"""How both are read."""
CONFIG, TOKENIZER = "config.json", "tokenizer.json"


def comet(weights: checkpoints.Place = None, encoder: checkpoints.Place = None) -> Metric[[str, str, str]]:
    """How good a translation is, from 0 to 1 or so, by COMET; mean over sentences, higher is better.

    Given the source, the translation and a reference. Rei et al. 2022, "COMET-22" (WMT22). `weights`: the folder or the
    Hub's place of `checkpoints/model.ckpt` and `hparams.yaml`, as of Unbabel/wmt22-comet-da (Apache-2.0) at
    371e9839ca4e213dde891b066cf3080f75ec7e72. `encoder`: that of `config.json` and `tokenizer.json` of the model that
    its settings name as `pretrained_model` (xlm-roberta-large); beside the weights if not given. Raises Missing;
    BadInput for another checkpoint.
    """
    files = _files("regression_metric", weights, encoder)
    by = checkpoints.identity("comet", *files)

    def judged(source: str, translation: str, reference: str) -> Counts:
        judge = _judge("regression_metric", by, *files)
        src, hyp, ref = (judge.vector(judge.sentence(text)) for text in (source, translation, reference))
        features = [hyp, ref, hyp * ref, (hyp - ref).abs(), hyp * src, (hyp - src).abs()]
        return {"quality": judge.estimate(features), "sentences": 1}

    judged.__doc__ = comet.__doc__
    return Metric(judged, "comet", by=by, **SCALE)


def cometkiwi(weights: checkpoints.Place = None, encoder: checkpoints.Place = None) -> Metric[[str, str]]:
    """How good a translation is, from 0 to 1 or so, by CometKiwi, which needs no reference; higher is better.

    Given the source and the translation. Rei et al. 2022, "CometKiwi" (arXiv 2209.06243), as of
    Unbabel/wmt22-cometkiwi-da (CC BY-NC-SA 4.0; its licence has to be accepted on the Hub). All else as for `comet`,
    but that its settings name microsoft/infoxlm-large.
    """
    files = _files("unified_metric", weights, encoder)
    by = checkpoints.identity("cometkiwi", *files)

    def judged(source: str, translation: str) -> Counts:
        judge = _judge("unified_metric", by, *files)
        return {"quality": judge.estimate([judge.vector(judge.pair(translation, source))]), "sentences": 1}

    judged.__doc__ = cometkiwi.__doc__
    return Metric(judged, "cometkiwi", by=by, **SCALE)


def _files(kind: Kind, weights: checkpoints.Place, encoder: checkpoints.Place) -> tuple[Path, ...]:
    """Checkpoint, settings, the encoder's settings and its tokenizer. Raises Missing, BadInput."""
    judge = JUDGES[kind]
    checkpoints.torch(judge)
    theirs = checkpoints.found(judge, weights, SETTINGS, CHECKPOINT)
    settings(theirs[SETTINGS], kind)
    inner = checkpoints.found(judge, weights if encoder is None else encoder, CONFIG, TOKENIZER)
    return theirs[CHECKPOINT], theirs[SETTINGS], inner[CONFIG], inner[TOKENIZER]


@functools.lru_cache(maxsize=2)
def _judge(kind: Kind, by: str, checkpoint: Path, hparams: Path, config: Path, tokenizer: Path) -> Judge:
    """The judge of these files; `by`, which their content gives, tells when they have become others."""
    state = checkpoints.tensors(JUDGES[kind], checkpoint)
    return Judge(JUDGES[kind], settings(hparams, kind), state, config, tokenizer, checkpoint)


def settings(path: Path, kind: Kind) -> Mapping[str, Any]:
    """What `hparams.yaml` says of a model of that kind. Raises BadInput, naming the setting, for what is not ours."""
    import yaml

    try:
        told = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}; fetch it again") from None
    if not isinstance(told, dict):
        raise BadInput(f"{path} holds no settings by name; fetch it again")
    wanted: dict[str, tuple[Any, ...]] = {"class_identifier": (kind,), "encoder_model": ("XLM-RoBERTa",)}
    wanted |= {"layer": ("mix",), "pool": ("avg",), "layer_transformation": ("softmax", "sparsemax", "sparsemax_patch")}
    if kind == "unified_metric":
        wanted |= {"sent_layer": ("mix",), "input_segments": (["mt", "src"],)}
        # Its vector is that of the first token, whatever `pool` and `layer` say.
        del wanted["pool"], wanted["layer"]
    for name, values in wanted.items():
        if told.get(name) not in values:
            choice = " or ".join(map(repr, values))
            raise BadInput(f"{path}: {name} is {told.get(name)!r}, {JUDGES[kind]} wants {choice}: name another model")
    return told


__all__ = ["comet", "cometkiwi"]
