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
# # What does a listener get?
#
# From film to film: everything is heard, translated, fitted, spoken and mixed as the command does it; then an ear listens
# to the finished film, and what it understands is compared with what people say in that language.
#
# `human` is the dub that professionals recorded; what it lacks to 100 is what the ear mishears.

# %% tags=["parameters"]
suite = "dub-es"
models = ["default", "human"]  # none: those that the suite lists
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
# ## Sample by sample
#
# Film by film. `wer` is what is not understood of the dub's own text, `chrf` what is understood of people's.

# %%
results[0].worst()

# %% [markdown]
# ## See and hear one

# %%
from dubbench.show import players, texts, timeline

question, answer = session.answers(models[0])[0]
players(
    {
        "the original": Path(question.sound.path),
        "people's dub": Path(question.human.sound.path),
        "our dub": answer.dub.folder / answer.facts["film"],
    }
)

# %%
made = answer.dub.at(answer.dub.folder / "dub")
timeline(made) + texts(made)
