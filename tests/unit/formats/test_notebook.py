import json

import pytest

from ajar.errors import MalformedError
from ajar.formats.notebook import FORMAT
from ajar.model.evidence import GapReason
from tests.build.text_files import SMALL, look, matches, survives_cuts


def cell(source, *outputs):
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def notebook(*cells, **more):
    return json.dumps({"cells": list(cells), "nbformat": 4, **more})


SAID = {
    "output_type": "stream",
    "name": "stdout",
    "text": ["The sky is blue ", "because of how light scatters.\n"],
}
BOOK = notebook(
    {"cell_type": "markdown", "source": "# trainer.train()"},
    cell(["!wget https://h.example/tiny.safetensors\n", "%time\n", "import torch\n"]),
    cell("these words are no python"),
    cell("model = AutoModel.from_pretrained('acme/m')\nprint(model.generate(x))", SAID),
    metadata={"language_info": {"name": "Python"}},
)


def test_code_cells():
    seen = look(FORMAT, BOOK, "a.ipynb")
    assert seen.one("notebook.cells") == 4
    assert seen.one("code.language") == "python"
    assert seen.one("code.lines") == 3  # magics and what is no Python are left out
    assert seen.all("code.import") == ["torch"]
    assert not seen.all("code.trains")
    assert seen.items("code.loads-weights")[0].location.pointer == "/cells/3"
    assert seen.all("code.downloads-weights") == ["acme/m", "https://h.example/tiny.safetensors"]
    assert not seen.gaps


def test_generated_text():
    sample = look(FORMAT, BOOK, "a.ipynb").items("card.sample-output")
    assert [(item.value, item.location.pointer) for item in sample] == [("notebook", "/cells/3/outputs")]
    assert sample[0].quote.startswith("The sky is blue because")


@pytest.mark.parametrize(
    "outputs",
    [
        [],
        [{"name": "stderr", "text": "a long warning about many things here"}],
        [{"data": {"image/png": "xxxx"}}],
        [{"data": {"text/plain": "0.5"}}],
        [{"text": "Downloading a file of many parts from there"}],
        ["odd", None, {"text": 3}],
    ],
)
def test_outputs_that_are_no_text(outputs):
    assert not look(FORMAT, notebook(cell("m.generate(x)", *outputs)), "a.ipynb").all("card.sample-output")


def test_results_of_cells_count_too():
    shown = {"data": {"text/plain": "'Once upon a time there was a fox'"}}
    assert look(FORMAT, notebook(cell("sampler.chat('x')", shown)), "a.ipynb").all("card.sample-output")
    assert not look(FORMAT, notebook(cell("x", shown)), "a.ipynb").all("card.sample-output")


def test_format_3():
    book = json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": "optimizer.step()"}]}]})
    assert look(FORMAT, book, "a.ipynb").all("code.trains") == ["optimizer.step"]


@pytest.mark.parametrize(
    "data", ["{}", "[]", "{", '{"cells": 3}', '{"worksheets": [3]}', '{"cells":[' * 9000]
)
def test_malformed(data):
    with pytest.raises(MalformedError):
        look(FORMAT, data, "a.ipynb")


def test_odd_cells_are_skipped():
    assert (
        look(FORMAT, '{"cells": [3, {}, {"cell_type": "code", "source": 4}]}', "a.ipynb").one("code.lines")
        == 0
    )


def test_matches():
    assert matches(FORMAT, BOOK, "a.ipynb")
    assert not matches(FORMAT, BOOK, "a.json")
    assert not matches(FORMAT, "x", "a.ipynb")


def test_over_the_limit():
    seen = look(FORMAT, BOOK, "a.ipynb", SMALL)
    assert [gap.reason for gap in seen.gaps] == [GapReason.OVER_BUDGET]


def test_cut_anywhere():
    survives_cuts(FORMAT, BOOK, "a.ipynb", step=5)
