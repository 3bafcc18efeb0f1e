"""Parts of numpy that are loaded before there are threads; what takes long is loaded late, by whoever needs it.

They are loaded at their first use. A thread that asks for one in the moment between its loading and its being an
attribute looks it up in itself without end (numpy 2.4, `__getattr__`): RecursionError, seen in one dub of some sixty.
"""

from numpy import fft as fft
from numpy import ma as ma
from numpy import random as random
