"""Parts of patterns with which time grows as the text does, and not as its square.

A pattern that begins with a repeat is tried from each place of a long run anew, and each time runs
to its end. What stands here is tried from the first place of the run only, where whatever matches
from a later one matches too, and once it has taken the run it does not give parts of it back.
"""

from __future__ import annotations

#: White space before something that is searched for, or none.
BLANK_BEFORE = r"(?:(?<!\s)\s++)?"
#: The same, and there has to be some.
BLANKS = r"(?<!\s)\s++"
