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
from dubbench.bench import leaderboard, plots, questions
from dubbench.bench.predicting import answered
from IPython.display import Markdown

notebooks.home()  # what is named here is seen from the checkout
folders = {"outputs": outputs and Path(outputs), "results_folder": results_folder and Path(results_folder)}
asked = bench.suite(suite)
print(asked.about)

# %% [markdown]
# ## What is asked
#
# A question is what people say of a sample, without the part that this room is to add.

# %%
first = questions.of(asked, smoke=True)[0]
for line in first.gold.lines[:5]:
    print(f"{line.start:6.2f} s  {line.text}\n       →  {line.translation}")

# %% [markdown]
# ## Ask everybody
#
# Answers are kept by their content: this cell takes a while at first and no time ever after. Each model has a process of
# its own, so that its memory is its own.

# %%
results = bench.run(asked, models, smoke=smoke, **folders)
Markdown(leaderboard.section(asked, results))

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

question, answer = answered(asked, models[0], outputs=folders["outputs"], smoke=smoke)[0]
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
