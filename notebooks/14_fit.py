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
# # How to fit a longer language into the same time
#
# Spanish takes a quarter longer than English. Tools play it faster, cut it, let lines overlap, or slow the picture. Here
# each way is given the same lines: English times, and how long a professional really took for the Spanish.
#
# Adherence is the share of lines that end in their slot and a tenth, at 0.85 to 1.25 of natural pace, nothing cut.

# %% tags=["parameters"]
suite = "fit-films"
models = [
    "ours-one-wording",
    "ours-one-wording-slower-picture",
    "cap-1.5x-then-trim",
    "exact-slot-no-cap",
]  # none: those that the suite lists
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
# Film by film: how many of its lines keep their time.

# %%
results[0].worst()

# %% [markdown]
# ## See what happens to the lines
#
# Above the original's lines, below where they are placed; hover over a line to read it.

# %%
from dubbench.show import Shown, timeline

page = Shown("")
for one in results:
    question, answer = session.answers(one.model)[0]
    page = page + Shown(f"<h4>{one.model}</h4>") + timeline(answer.dub)
page
