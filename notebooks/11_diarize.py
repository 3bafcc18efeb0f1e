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
# # Who speaks when?
#
# The next room tells speakers apart. Its error rate (DER) adds what was missed, what was heard where nobody spoke, and
# what was given to somebody else, over the time of speech. Nothing is forgiven around edges, and overlap counts.
#
# The conversations are made of real voices, so that we know to the millisecond who speaks.

# %% tags=["parameters"]
suite = "diarize-talks"
models = ["powerset", "powerset:overlap=false"]  # none: those that the suite lists
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
# A question is what people say of a sample, without the part that this room is to add: here the sound alone. This is what
# people say, a row a speaker.

# %%
from dubbench.show import player, turns

turns(session.questions[0].gold, "people")

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
# Are more people harder to tell apart? The first few samples cannot say; `smoke = False` asks all.

# %%
plots.slices(results, "speakers")

# %% [markdown]
# ## Sample by sample
#
# A high error is mostly one of two things: two people taken for one, or one for two.

# %%
results[0].worst()

# %% [markdown]
# ## Look at one
#
# Above the turns as they are, below as they were told. Labels are the model's own: what counts is whether they change
# together.

# %%
question, answer = session.answers(results[0].model)[0]
turns(question.gold, "people") + turns(answer.dub, results[0].model)

# %%
player(Path(question.sound.path))
