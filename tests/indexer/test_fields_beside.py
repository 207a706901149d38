"""A page may have its fields in a file beside it, as enhancement proposals do."""

import pytest

from indexer.formats.registry import formats
from indexer.pipeline import take_in

PAGE = "# Pods\n\n## Summary\n\nResize them.\n\n## Motivation\n\nCost.\n\n## Proposal\n\nYes.\n"
FIELDS = (
    "title: In-place Update of Pods\nkep-number: 12\nstatus: {status}\ncreation-date: 2018-11-06\n"
    "see-also:\nreplaces:\n  - /docs/adr/0003-old\nfeature-gates:\n  - name: Resize\n"
)
FOLDER = "docs/adr/0012-pods"


@pytest.fixture
def index(project):
    project.write(f"{FOLDER}/README.md", PAGE)
    project.write(f"{FOLDER}/kep.yaml", FIELDS.format(status="implementable"))

    def take(*only):
        return take_in(project.ledger, project.root, formats(), only=only or None)

    return take


def told(project):
    [memory] = project.memories()
    return memory.title, str(memory.revision.draft.status), memory.revision.date


def test_the_fields_beside_a_page_are_those_of_its_record(project, index):
    index()

    assert told(project) == ("In-place Update of Pods", "accepted", "2018-11-06")
    [memory] = project.memories()
    assert [(str(one.type), one.target) for one in memory.revision.draft.references] == [
        ("supersedes", "/docs/adr/0003-old")
    ]
    assert index().files_read == 0


@pytest.mark.slow
@pytest.mark.parametrize("only", [(), (f"{FOLDER}/kep.yaml",)])
def test_the_record_changes_with_its_fields(project, index, only):
    index()
    project.write(f"{FOLDER}/kep.yaml", FIELDS.format(status="withdrawn"))

    assert index(*only).revised == 1
    assert told(project)[1] == "withdrawn"

    (project.root / FOLDER / "kep.yaml").unlink()

    assert index(*only).revised == 1
    assert told(project) == ("Pods", "unstated", "")


def test_what_the_page_says_itself_counts_first(project, index):
    project.write(f"{FOLDER}/README.md", f"---\nstatus: rejected\n---\n{PAGE}")
    index()

    assert told(project)[1] == "rejected"


def test_pages_whose_status_stands_beside_them_make_a_folder_of_records(project):
    page = "# Pods\n\n## Summary\n\nResize them.\n\n## Motivation\n\nCost.\n\n## Proposal\n\nYes.\n"
    for number, name in enumerate(("pods", "nodes", "leases"), 1):
        folder = f"proposals/sig-node/{number:04}-{name}"
        project.write(f"{folder}/README.md", page.replace("Pods", name))
        project.write(f"{folder}/kep.yaml", f"title: {name}\nstatus: implemented\n")
    take_in(project.ledger, project.root, formats())

    statuses = {one.title: str(one.revision.draft.status) for one in project.memories()}
    assert statuses == dict.fromkeys(("pods", "nodes", "leases"), "accepted")
