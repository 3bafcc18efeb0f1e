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
# # Who hears best?
#
# Speech to text is the first room that can spoil a dub: what is heard wrong here is translated faithfully and spoken
# beautifully. We compare models, and settings of one model, by the share of words that are wrong (WER), and by cost.
#
# The recordings are announcements of a telephone exchange, read by one professional in each of four languages.

# %% tags=["parameters"]
suite = "transcribe-prompts"
models = ["whisper-base", "whisper-base:beam_size=1"]  # none: those that the suite lists
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
# A model knows its languages unequally well. The Spanish texts were written without accents, so none are counted.

# %%
plots.slices(results, "language")

# %% [markdown]
# ## Sample by sample
#
# The worst samples say more than the mean: was a name missed, or a number, or was nothing heard at all?

# %%
worst = results[0].worst()
worst

# %% [markdown]
# ## Listen to the worst

# %%
from dubbench.show import player

question = session.question(worst.iloc[0]["id"])
player(Path(question.sound.path), " ".join(line.text for line in question.gold.lines))
