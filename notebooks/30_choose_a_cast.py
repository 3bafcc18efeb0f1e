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
# # Choose a cast: quality against time and memory
#
# The best model is the one that is good enough and runs on the machine that you have. Each spot is a model: to the left is
# quicker, and the larger the spot, the more memory. A model is worth a look unless another is as good, as quick and as
# small at once (◆).

# %% tags=["parameters"]
suites = ["transcribe-prompts-en", "speak-en"]
models = {"speak-en": ["kokoro:voice=af_heart", "pico"]}  # of a suite that is not here: those that it lists
smoke = True
outputs = None
results_folder = None

# %%
from dubbench import bench, notebooks
from dubbench.bench import plots
from IPython.display import display

notebooks.home()  # what is named here is seen from the checkout
for name in suites:
    session = bench.Session(name, smoke=smoke, outputs=outputs, results_folder=results_folder)
    results = session.run(models.get(name, []))
    display(session.table(results), plots.costs(results))

# %% [markdown]
# ## Then give it the part
#
# A cast is who plays which part; any part is one word. This dubs with another voice and everything else as it was:
#
#     dubbench dub talk.mp4 --to es --model speak=pico
