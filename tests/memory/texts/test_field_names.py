import pytest

from memory.texts.field_names import snake


@pytest.mark.parametrize(
    "name", ["moduleAffected", "module-affected", " Module affected ", "_module_affected"]
)
def test_a_field_has_one_name_however_a_file_writes_it(name):
    assert snake(name) == "module_affected"
