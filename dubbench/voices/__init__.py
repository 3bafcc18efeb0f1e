"""Voices fitted to a person: a preset's voice moved towards a sample of somebody who agreed to it.

file       the voice file: the blend, whose voice it imitates and by what right, how like it is
reference  the sample: one person's speech, parted in what is fitted to and what is held out
space      blends of presets as points, near each other where they are alike
fit        the search
judge      what came out, on sentences and sound that the search never had
"""
