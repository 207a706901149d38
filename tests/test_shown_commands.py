"""The pages show what the commands print."""

import pytest

from benchmarks.shown_commands import PAGES, ROOT, Shown, run_page, shown_in, steady


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_what_its_commands_print(name, tmp_path):
    page = (ROOT / name).read_text(encoding="utf-8")

    assert steady(run_page(page, tmp_path)) == steady(page)


def test_a_command_may_have_several_lines():
    page = """
```console
$ cat > plan.md <<'EOF'
- Merge
$ no command
EOF
$ archmem record note \\
    --title "Merged"
Recorded.

$ ls
```
"""

    assert shown_in(page) == [
        [
            Shown("cat > plan.md <<'EOF'\n- Merge\n$ no command\nEOF\n", ""),
            Shown('archmem record note \\\n    --title "Merged"\n', "Recorded.\n\n"),
            Shown("ls\n", ""),
        ]
    ]
