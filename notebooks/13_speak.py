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
# # Who speaks clearest?
#
# A voice is judged twice: by what another model understands of it (word errors of re-listening), and by DNSMOS, which
# guesses how clean listeners would find it, from 1 to 5. Neither hears whether a voice is pleasant: listen yourself.
#
# `human` is the professional who recorded the same texts: what this ear misses of her, no machine can be blamed for.

# %% tags=["parameters"]
suite = "speak-en"
models = ["kokoro:voice=af_heart", "pico", "human"]  # none: those that the suite lists
smoke = True  # the first few samples; False: all of them, as the table has them
outputs = None  # where answers are kept, so that nobody is asked twice
results_folder = None

# %%
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
# Texts that are understood badly in every voice are hard, or the ear's mistakes: names, letters, figures.

# %%
results[0].worst()

# %% [markdown]
# ## Hear the same text from everybody

# %%
from dubbench.show import players

sounds = {}
for one in results:
    question, answer = session.answers(one.model)[0]
    line = answer.dub.lines[0]
    sounds[f"{one.model}: {line.translation}"] = answer.dub.open(line.speech)
players(sounds)
