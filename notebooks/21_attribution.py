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
# # Which stage costs the dub how much?
#
# The whole dub is made four times: as the cast does it, with people's transcript, with people's translation, with both.
# What is understood of each, against what people meant, says what every stage loses. Since a gold translation hides what
# was misheard, what a stage brings depends on which others are gold already: Shapley's value is its mean over all orders,
# and the parts sum up to the whole loss.

# %% tags=["parameters"]
suite = "dub-es"
cast = "default"
smoke = True  # the first few films; False: all of them, as the table has them
outputs = None
results_folder = None

# %%
from dubbench import bench, notebooks
from dubbench.bench import attribution, plots
from IPython.display import HTML, Markdown

notebooks.home()  # what is named here is seen from the checkout
session = bench.Session(suite, smoke=smoke, outputs=outputs, results_folder=results_folder)
found = session.attribute(cast)
Markdown(attribution.section(found))

# %% [markdown]
# ## In one bar

# %%
HTML(attribution.chart(found))

# %% [markdown]
# ## In points, with intervals
#
# Intervals are over films: with few of them they are wide, or there are none.

# %%
plots.shares(found)

# %% [markdown]
# ## What is understood with every set of gold stages

# %%
for gold, value in sorted(found.coalitions.items(), key=lambda pair: pair[1]):
    print(f"{value:6.1f}  {' + '.join(sorted(gold)) or 'nothing is gold'}")
