import pytest

from memory.config import ensure_store_folder, load_settings, store_folder
from memory.errors import ConfigInvalid, StoreHasLink, StoreHasPipe
from memory.ledger.sqlite.connection import open_ledger
from tests.builders import make_fifo


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for name in ("ARCHMEM_MODEL", "ARCHMEM_PRECISION", "ARCHMEM_STORE"):
        monkeypatch.delenv(name, raising=False)


def configure(root, text):
    (root / "archmem.toml").write_text(text)
    return load_settings(root)


def test_without_a_file_everything_is_as_usual(tmp_path):
    settings = load_settings(tmp_path)

    assert (settings.model, settings.precision, settings.ignore) == (None, "fp32", ())


def test_a_models_folder_is_relative_to_the_file_that_names_it(tmp_path, monkeypatch):
    (tmp_path / "models/small").mkdir(parents=True)
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")

    settings = configure(tmp_path, 'model = "models/small"')

    assert settings.model == str(tmp_path / "models/small")
    assert configure(tmp_path, 'model = "BAAI/bge-small-en-v1.5"').model == "BAAI/bge-small-en-v1.5"


def test_the_environment_stands_above_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHMEM_PRECISION", "int8")

    assert configure(tmp_path, 'precision = "fp32"').precision == "int8"


def test_a_server_takes_the_environment_of_whoever_asks_it(tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHMEM_MODEL", "the server's")

    settings = load_settings(tmp_path, {"ARCHMEM_PRECISION": "int8"})

    assert (settings.model, settings.precision) == (None, "int8")


@pytest.mark.parametrize(
    "text", ["precision = ", 'precision = "fp16"', "colour = 1", "model = 3", 'ignore = "*.md"']
)
def test_what_has_no_meaning_is_refused_and_the_file_is_named(tmp_path, text):
    with pytest.raises(ConfigInvalid) as refused:
        configure(tmp_path, text)

    assert refused.value.where == str(tmp_path / "archmem.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('record_folder = ["adr"]', "perhaps record_folders"),
        ('record-folders = ["adr"]', "perhaps record_folders"),
        ("modle = 1", "perhaps modules or model"),
        ('Ignore = ["adr"]', "perhaps ignore"),
        ("colour = 1", "there are claude_auto_memory, exemptions, history_limit, ignore"),
        ('record_folders = "adr"', 'write record_folders = ["docs/adr"]'),
        ("record_folders = [1]", 'write record_folders = ["docs/adr"]'),
        ("modules = 3", "write modules = "),
        ('modules = [["payments"]]', "write modules = "),
        ('history_limit = "many"', "history_limit cannot be 'many'"),
        ('precision = "fp16"', "'fp32' or 'int8'"),
        ('[archmem]\nignore = ["x"]', "there is no setting 'archmem'"),
    ],
)
def test_a_slip_is_told_in_one_line_with_what_to_write(tmp_path, text, said):
    with pytest.raises(ConfigInvalid) as refused:
        configure(tmp_path, text)

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_slip_is_told(tmp_path):
    with pytest.raises(ConfigInvalid, match=r"there is no setting 'colour'.*ignore cannot be 3"):
        configure(tmp_path, "colour = 1\nignore = 3")


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ('modules = ["payments"]', {"payments": ()}),
        ('[modules]\npayments = "src/pay"', {"payments": ("src/pay",)}),
        ('[modules]\npayments = ["src/pay", "lib/pay"]', {"payments": ("src/pay", "lib/pay")}),
    ],
)
def test_modules_are_declared_by_name_with_their_folders_or_without(tmp_path, text, modules):
    assert configure(tmp_path, text).modules == modules


def test_a_variable_that_has_no_meaning_is_named_and_not_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHMEM_PRECISION", "fp16")

    with pytest.raises(ConfigInvalid) as refused:
        configure(tmp_path, 'precision = "fp32"')

    assert refused.value.where == "ARCHMEM_PRECISION"


def test_a_file_that_cannot_be_read_is_not_taken_for_none(tmp_path):
    (tmp_path / "archmem.toml").mkdir()

    with pytest.raises(ConfigInvalid, match="cannot be read"):
        load_settings(tmp_path)


def test_the_store_lies_where_it_is_named_first(tmp_path, monkeypatch):
    assert store_folder(tmp_path) == tmp_path / ".archmem"

    monkeypatch.setenv("ARCHMEM_STORE", "~/memories")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert store_folder(tmp_path) == tmp_path / "memories"
    assert store_folder(tmp_path, tmp_path / "here") == tmp_path / "here"


def test_a_store_is_its_users_alone_whoever_made_the_folder(tmp_path):
    folder = tmp_path / ".archmem"
    folder.mkdir(mode=0o755)

    ensure_store_folder(folder)
    open_ledger(folder / "memory.db", create=True).close()

    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "memory.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.posix
def test_nothing_waits_for_a_pipe_in_a_store(tmp_path):
    (tmp_path / "vectors").mkdir()
    make_fifo(tmp_path / "vectors/seal.json")

    with pytest.raises(StoreHasPipe, match="is not a file"):
        ensure_store_folder(tmp_path)


def test_a_link_is_found_however_deep_it_lies_in_a_store(tmp_path):
    folders = [tmp_path / "store"]
    for _ in range(1_100):  # more than Python calls itself
        folders[-1].mkdir()
        folders.append(folders[-1] / "d")
    folders.pop()
    link = folders[-1] / "link"
    link.symlink_to(tmp_path)

    with pytest.raises(StoreHasLink):
        ensure_store_folder(folders[0])

    link.unlink()
    for one in reversed(folders):  # what clears up afterwards calls itself
        one.rmdir()
