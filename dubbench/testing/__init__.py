"""For those who write adapters, us among them: the contract of a room in executable form, and a tiny dub to walk with.

from dubbench.testing import check_adapter

def test_my_adapter():
    check_adapter(MyAdapter(), sample=some_real_speech)

contract   `check_adapter` and the clauses that hold in every room
heard      clauses of the rooms that take sound: separate, transcribe, diarize, watermark, faces, lipsync
worded     clauses of the rooms that take text: translate, speak
fresh      clauses that need an interpreter of their own: imports and memory
tiny       `tiny_dub`, `tiny_film`
"""

from dubbench.testing.contract import check_adapter
from dubbench.testing.report import Clause, ContractBroken, Report
from dubbench.testing.tiny import tiny_dub, tiny_film

__all__ = ["Clause", "ContractBroken", "Report", "check_adapter", "tiny_dub", "tiny_film"]
