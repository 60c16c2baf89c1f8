"""The JSON Schema of a study, as it is published."""

from engine.config.schema import schema
from engine.config.study import StudyConfig
from engine.config.versions import VERSION


def test_it_has_a_name_of_its_own_and_every_field():
    found = schema()
    assert found["$id"] == f"urn:autosnn-studio:schema:study:{VERSION}"
    assert found["title"] == f"A study of AutoSNN Studio, version {VERSION}"
    assert set(found["properties"]) == set(StudyConfig.model_fields)
    assert found["additionalProperties"] is False
