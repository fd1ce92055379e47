"""Several releases in one repository are told apart, and their facts never mix."""

from __future__ import annotations

from ajar.releases import split
from tests.build.dossiers import dossier, fact

LICENCE = ("licence-text", "licence")
CARD = ("model-card", "document")
WEIGHTS = ("safetensors", "weights")


def licensed(*folders: str) -> tuple[dict, list]:
    files, facts = {}, []
    for folder in folders:
        prefix = f"{folder}/" if folder else ""
        files |= {f"{prefix}LICENSE": LICENCE, f"{prefix}MODEL_CARD.md": CARD}
        facts += [
            fact("licence.document", "licence", f"{prefix}LICENSE"),
            fact("card.words", 300, f"{prefix}MODEL_CARD.md"),
        ]
    return files, facts


def test_two_licensed_folders_are_two_releases() -> None:
    files, facts = licensed("models/llama2", "models/llama3", "")
    parts = split(dossier(files, facts))
    assert [part.title for part in parts] == ["models/llama2", "models/llama3"]
    assert {item.path for item in parts[0].dossier.files} == {
        "models/llama2/LICENSE",
        "models/llama2/MODEL_CARD.md",
    }
    assert {item.path for item in parts[0].shared.files} == {"LICENSE", "MODEL_CARD.md"}
    assert all(item.location.path.startswith("models/llama2/") for item in parts[0].dossier.evidence)
    assert parts[0].dossier.release.locator.subpath == "models/llama2"


def test_one_licensed_folder_is_one_release() -> None:
    assert split(dossier(*licensed("", "models/a"))) == ()


def test_a_name_that_begins_alike_is_another_folder() -> None:
    parts = split(dossier(*licensed("models/llama3", "models/llama3_1")))
    assert [len(part.dossier.files) for part in parts] == [2, 2]


def weights(*folders: str) -> tuple[dict, list]:
    files = {f"{folder}/model.safetensors" if folder else "model.safetensors": WEIGHTS for folder in folders}
    facts = [
        fact("config.model-type", "bert", f"{folder}/config.json" if folder else "config.json")
        for folder in folders
    ]
    return files, facts


def test_two_folders_of_weights_are_two_releases() -> None:
    assert len(split(dossier(*weights("org/a", "org/b")))) == 2


def test_parts_of_a_pipeline_are_one_release() -> None:
    files, facts = weights("unet", "vae")
    assert split(dossier({**files, "model_index.json": ("config", "config")}, facts)) == ()


def test_weights_at_the_top_make_it_one_release() -> None:
    assert split(dossier(*weights("", "1_Pooling", "2_Dense"))) == ()


def test_dummies_in_tests_are_no_releases() -> None:
    assert split(dossier(*weights("test/dummy-a", "test/dummy-b"))) == ()
