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
# # Who translates best?
#
# A translation is compared with what people wrote: chrF++ counts shared pieces of words, BLEU shared words in a row. Both
# reward the same words and not the same meaning: they tell which of two is nearer to this reference, and no more. For a
# dub the length counts, too: a line that became much longer cannot be said in its time.

# %% tags=["parameters"]
suite = "translate-prompts-es"
models = ["pivot", "apertium-eng"]  # none: those that the suite lists
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
# Single sentences by chrF++. A low one may be wrong, or right in other words: read them.

# %%
results[0].worst()

# %% [markdown]
# ## Read some

# %%
for question, answer in session.answers(results[0].model)[:6]:
    said = {line.id: line.translation for line in answer.dub.lines}
    for line in question.gold.lines:
        print(f"{line.text}\n    people: {line.translation}\n    model:  {said[line.id]}\n")
