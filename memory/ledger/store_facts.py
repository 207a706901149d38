"""Single facts about a store: which model its vectors are from, when it was last indexed."""

from __future__ import annotations

FORGOTTEN = "forgotten:"  # begins what says that something was erased: JSON, when and by whom
ERASING = "erasing"  # an erasure was begun that is not complete yet
TAKEN_BACK = "taken back:"  # begins what says which revisions of a memory undo made: numbers, JSON
PROJECT = "project"  # whose ledger it is: JSON, see belonging
MODEL = "embedding_model"
PARSED_BY = "parsed_by"  # the version of archmem that read the files last
LAST_INDEX = "last_index"  # a moment, see times
UNLINKED = "unlinked"  # since when references and modules wait for an index run; "" if not
LABELLED = "labelled"  # JSON: up to which change, and for which modules, mentions were looked for
LINKED = "linked"  # up to which change references were looked up
REMOTES = "remotes"  # what the repository is called at its remotes: a JSON list
BLIND = "blind"  # what the last walk could not look at: a JSON list of pairs, path and line
REVIEWED = "reviewed"  # the day, in UTC, on which review triggers were looked at last
HISTORY = "history"  # how far git's history was read: JSON, see indexer.history.history_reader
CALENDAR = "calendar"  # how far git was asked about files: JSON, see indexer.history.git_calendar
VOUCHED = "vouched"  # the commit up to which it was looked for who vouches for agents' records
ANCHORS = "anchors"  # how far what memories name was looked at: JSON, see indexer.freshness
CODE_COMMITS = "code_commits"  # the last commit whose files are kept as facts of code
PROBLEMS = "problems"  # of the project's files as they were last read: a JSON list of lines
DISCOVERY = "discovery"  # what was seen of a project's folders: JSON, see indexer.discovery
FOLDERS = "folders"  # those of records, and those that look like it: a JSON list of RecordFolder
#: Those that are declared and those of folders: JSON, see memory.ledger.project_modules.
MODULES = "modules"
CHECKS = "checks"  # when checks ceased to hold: JSON, see memory.checks
GATES = (
    "gates"  # gates of plans that were met at the last look: JSON, see memory.planning.following
)
HARVEST = "harvest"  # what history was found to tell, and what was refused: see indexer.harvest
BACKUPS = "backups"  # how often the engine makes one, where, and when it last did: JSON
GATE_KEY = "gate_key"  # makes hashes of credentials that mean nothing elsewhere: 32 digits in hex
ALLOWED = "allowed_secrets"  # the hashes of those that are let in: a JSON list
