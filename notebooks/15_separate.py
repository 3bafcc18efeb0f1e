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
# # What is left of the music?
#
# A dub keeps the original's background and loses its voices, so both must be taken apart. SI-SDR says in decibels how
# much of what was found is what it should be: 0 dB is half and half, 10 dB is good; doing nothing is the floor.

# %% tags=["parameters"]
suite = "separate-mixed"
models = ["spleeter", "unseparated"]  # none: those that the suite lists
smoke = True  # the first few samples; False: all of them, as the table has them
outputs = None  # where answers are kept, so that nobody is asked twice
results_folder = None

# %%
from pathlib import Path

from dubbench import bench, notebooks
from dubbench.bench import plots

notebooks.home()  # what is named here is seen from the checkout
session = bench.Session(suite, smoke=smoke, outputs=outputs, results_folder=results_folder)
print(session.suite.about)

# %% [markdown]
# ## What is asked
#
# A question is what people say of a sample, without the part that this room is to add.

# %%
print(session.example())

# %% [markdown]
# ## Ask everybody
#
# Answers are kept by their content: this cell takes a while at first and no time ever after. Each model has a process of
# its own, so that its memory is its own.

# %%
results = session.run(models)
session.table(results)

# %% [markdown]
# ## The figure and how sure it is
#
# The bar is where the figure would lie in 95 of 100 corpora like this one. Where bars overlap widely, a rank means little;
# the table above puts what cannot be told apart into one group.

# %%
plots.intervals(results)

# %% [markdown]
# ## Where they differ
#
# How loud speech is over the music, in decibels: the louder it is, the less of the music can be found again.

# %%
plots.slices(results, "ratio")

# %% [markdown]
# ## Sample by sample
#
# The worst clips: mostly music with voices of its own.

# %%
results[0].worst()

# %% [markdown]
# ## Hear it

# %%
from dubbench.show import players

question, answer = session.answers(results[0].model)[0]
players(
    {
        "as it came": Path(question.sound.path),
        "speech": answer.dub.open(answer.dub.tracks.speech),
        "background": answer.dub.open(answer.dub.tracks.background),
    }
)
