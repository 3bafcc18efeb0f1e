# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A tour of the house
#
# A film walks through rooms: its speech and background are taken apart, its words are heard, its speakers told apart, its
# lines translated, fitted to their time, spoken, and mixed into a new film. Here you see and hear what each room makes of
# half a minute of a real phone conversation (`make data CORPORA=phone` brings it; or say another clip). Everything runs on
# this machine.

# %% tags=["parameters"]
clip = "data/phone/call.wav"
target = "pt"
source_language = "en"
cast = "default"
out = "notebooks/out/tour"

# %%
from pathlib import Path

import dubbench
from dubbench import notebooks
from dubbench.show import player, players, texts, timeline

notebooks.home()  # what is named above is seen from the checkout
player(Path(clip), "the original")

# %% [markdown]
# ## Dub it
#
# One call does it all, and remembers every step by its content: run this cell again and nothing is made twice.

# %%
dub = dubbench.dub(clip, to=target, source_language=source_language, cast=cast, out=out)

# %% [markdown]
# ## Separate: speech and background

# %%
players({"speech": dub.open(dub.tracks.speech), "background": dub.open(dub.tracks.background)})

# %% [markdown]
# ## Transcribe and diarize: who says what when

# %%
for line in dub.lines:
    print(f"{line.start:6.2f} s  {line.speaker}  {line.text}")

# %% [markdown]
# ## Translate: each line, and shorter ways to say it

# %%
for line in dub.lines[:6]:
    print(line.translation, *(f"\n    or: {wording}" for wording in line.wordings[1:3]))

# %% [markdown]
# ## Fit: when each line is heard
#
# Above the original, below the dub. Nothing is cut, no two lines of one person overlap, and nothing is hurried beyond 1.25
# times natural.

# %%
timeline(dub)

# %% [markdown]
# ## Speak: every line by itself

# %%
texts(dub)

# %% [markdown]
# ## Mix: the finished film

# %%
player(dub.folder / "dub.mp4", "the dub")

# %% [markdown]
# ## Report: what it says about itself

# %%
import json

report = json.loads((dub.folder / "report.json").read_text("utf-8"))
told = ("lines", "speakers", "adherence", "max_speedup", "cut_seconds", "intelligibility_wer", "loudness_lufs")
for key in told:
    print(f"{key:22} {report[key]}")
for flag in report["flags"]:
    print("look at:", flag["line"], flag["flag"], "-", flag["detail"])
