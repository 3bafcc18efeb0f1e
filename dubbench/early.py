"""Parts of libraries that are loaded before there are threads; what takes long is loaded late, by whoever needs it.

numpy: these are loaded at their first use. A thread that asks for one in the moment between its loading and its being
an attribute looks it up in itself without end (numpy 2.4, `__getattr__`): RecursionError, in one dub of some sixty.

scipy: of four threads that load parts of it at once one finds it half loaded (Python 3.11: ImportError or KeyError, 2
of 20 times; with scipy itself there before, which takes 7 ms, 0 of 85).
"""

import scipy as scipy
from numpy import fft as fft
from numpy import ma as ma
from numpy import random as random
