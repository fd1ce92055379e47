import time

import pytest

from ajar.config import Limits
from ajar.formats.model_card import FORMAT
from ajar.model.evidence import Basis, GapReason
from tests.build.text_files import SMALL, look, matches, survives_cuts

CARD = """---
license: other
license_name: tiny-license
license_link: https://example.org/LICENSE
base_model:
- org/base
- org/other
base_model_relation: finetune
datasets:
- allenai/c4
language: no
library_name: transformers
pipeline_tag: text-generation
tags: [a, b]
extra_gated_prompt: Please agree to share your name
model-index:
- name: tiny
  results:
  - task: {type: text-generation}
    metrics:
    - {type: accuracy, value: 71.5}
    - {type: f1, value: 0.5}
widget:
- text: Hello
  output:
    text: Hello there, how are you?
---
# Tiny 1B

Tiny is a small language model.

## Training Data

- [C4](https://huggingface.co/datasets/allenai/c4): 156B tokens
- Books: 11,038 documents

## Evaluation results

| Model | MMLU | HellaSwag | # Params |
|---|---|---|---|
| Tiny | 25.1 | 30.2 | 1 |
| Small | 26.4 | **33.0** | 3 |

## How to use

```python
from transformers import AutoModel
model = AutoModel.from_pretrained("acme/tiny")
# Output: The sky is blue today.
```

## Limitations

[More Information Needed]

We will not release the training data. It was trained for 1200 GPU hours on A100.

## Citation

```
@article{tiny, title={Tiny}}
```
See https://arxiv.org/abs/2001.00001, https://github.com/org/tiny and <https://example.org/x>.
"""


@pytest.fixture(scope="module")
def seen():
    return look(FORMAT, CARD, "README.md")


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("README.md", "# x", True),
        ("docs/a.MD", "x", True),
        ("README", "x", True),
        ("readme.txt", "x", True),
        ("MODEL_CARD.rst", "x", True),
        ("README.json", "{}", False),
        ("notes.txt", "x", False),
        ("README.md", b"\0\0\0", False),
    ],
)
def test_matches(path, data, expected):
    assert matches(FORMAT, data, path) is expected


def test_front_matter(seen):
    assert seen.all("card.license") == ["other"]
    assert seen.all("card.license-name") == ["tiny-license"]
    assert seen.all("card.base-model") == ["org/base", "org/other"]
    assert seen.one("card.base-model-relation") == "finetune"
    assert seen.all("card.dataset") == ["allenai/c4"]
    assert seen.all("card.language") == ["no"]
    assert seen.all("card.tag") == ["a", "b"]
    assert seen.one("card.gated") is True
    licence = seen.items("card.license")[0]
    assert (licence.location.line, licence.location.pointer, licence.basis) == (2, "/license", Basis.DECLARED)


def test_sections_and_their_words(seen):
    assert [(item.value, item.quote) for item in seen.items("card.section")] == [
        ("training-data", "Training Data"),
        ("results", "Evaluation results"),
        ("usage", "How to use"),
        ("limitations", "Limitations"),
        ("citation", "Citation"),
    ]
    words = {item.location.pointer: item.value for item in seen.items("card.section-words")}
    assert words["usage"] == 0  # a fence is no prose
    assert words["limitations"] == 15
    assert words["training-data"] > 3
    assert seen.one("card.title") == "Tiny 1B"
    assert seen.one("card.placeholder") == 1
    heading = CARD.split("\n").index("## Limitations") + 1
    assert seen.items("card.section")[3].location.line == heading


def test_results_shown(seen):
    cells = {item.location.pointer: item.value for item in seen.items("card.metric")}
    assert cells == {"/model-index": 2, None: 4}  # the parameter column is no result


def test_links_by_kind(seen):
    assert seen.all("card.weights-link") == ["acme/tiny"]
    assert seen.all("card.dataset-link") == ["https://huggingface.co/datasets/allenai/c4"]
    assert seen.all("card.paper-link") == ["https://arxiv.org/abs/2001.00001"]
    assert seen.all("card.code-link") == ["https://github.com/org/tiny"]
    assert seen.all("card.link") == ["https://example.org/x"]


def test_statements(seen):
    withheld = seen.items("card.withheld")
    assert [(item.value, item.basis) for item in withheld] == [("data", Basis.WITHHELD)]
    assert "1200 GPU hours" in seen.items("card.compute")[0].quote
    assert seen.all("card.training-data-source") == ["C4", "Books"]
    assert seen.one("card.bibtex") is True
    assert set(seen.all("card.sample-output")) == {"widget", "comment"}
    fences = {item.location.pointer: item.value for item in seen.items("card.code-fence")}
    assert fences == {"python": 3, "plain": 1}


def test_a_card_that_says_nothing():
    seen = look(FORMAT, "# Model\n\nTODO\n", "README.md")
    assert seen.one("card.words") == 0
    assert seen.one("card.placeholder") == 1
    assert not seen.all("card.section")


def test_the_untouched_template_has_no_words_of_substance():
    template = (
        "# Model Card for {{ model_id }}\n\n## Bias, Risks, and Limitations\n\n"
        "<!-- This section is meant to convey both technical and sociotechnical limitations. -->\n\n"
        "[More Information Needed]\n\n### Recommendations\n\nUsers (both direct and downstream) should be made"
        " aware of the risks, biases and limitations of the model.\n\n## Uses\n\n### Direct Use\n\n"
        '{{ direct_use | default("[More Information Needed]") }}\n'
    )
    seen = look(FORMAT, template, "README.md")
    assert {item.value for item in seen.items("card.section-words")} == {0}
    assert seen.one("card.placeholder") >= 3


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("We will not release the training data or the training code.", ["data", "code"]),
        ("The model weights will not be made public.", ["weights"]),
        (
            "Due to concerns, we are not releasing the dataset, training code, or GPT-2 model weights.",
            ["code", "data", "weights"],
        ),
        ("The training dataset is proprietary.", ["data"]),
        ("Our training data cannot be shared for legal reasons.", ["data"]),
        ("The weights are released under Apache 2.0.", []),
        ("All training code and data are publicly available.", []),
        ("The weights are not yet released.", []),
        ("We release the training data and do not collect user data.", []),
        ("The dataset is not balanced.", []),
    ],
)
def test_withheld(sentence, values):
    seen = look(FORMAT, f"# x\n\n{sentence}\n", "README.md")
    assert sorted(seen.all("card.withheld")) == sorted(values)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Once your request is approved you will receive a signed URL.", True),
        ("You need to agree to the license terms before you can access the weights.", True),
        ("Access to the weights requires that you must accept our terms.", True),
        ("This repository is a gated model.", True),
        ("The gated MLP uses a SiLU activation.", False),
        ("We thank the reviewers who accepted our paper.", False),
        ("Anyone can download the weights.", False),
    ],
)
def test_approval(sentence, expected):
    assert bool(look(FORMAT, sentence + "\n", "README.md").all("card.approval")) is expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The model is only available through our API.", True),
        ("It is available exclusively via the hosted platform.", True),
        ("This is an API-only model.", True),
        ("The model is also available through our API.", False),
        ("You can only use the model for research.", False),
    ],
)
def test_hosted_only(sentence, expected):
    assert bool(look(FORMAT, sentence + "\n", "README.md").all("card.hosted-only")) is expected


def test_broken_front_matter_is_a_gap_and_the_rest_is_read():
    seen = look(FORMAT, "---\nlicense: [mit\n---\n# T\n\n## License\n\nMIT.\n", "README.md")
    assert [gap.reason for gap in seen.gaps] == [GapReason.MALFORMED]
    assert seen.all("card.section") == ["license"]


def test_a_front_matter_bomb_is_a_gap():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    seen = look(FORMAT, "---\n" + "\n".join(lines) + "\n---\n# T\n", "README.md")
    assert [gap.reason for gap in seen.gaps] == [GapReason.OVER_BUDGET]
    assert seen.one("card.title") == "T"


def test_a_long_card_is_cut_and_says_so():
    seen = look(FORMAT, "# T\n\n" + "word " * 500, "README.md", SMALL)
    assert [gap.reason for gap in seen.gaps] == [GapReason.OVER_BUDGET]
    assert seen.texts[0].truncated
    assert seen.one("card.title") == "T"


def test_time_grows_with_the_card():
    spent = []
    for size in (2**18, 2**20):
        started = time.process_time()
        seen = look(FORMAT, CARD * (size // len(CARD)), "README.md")
        spent.append(time.process_time() - started)
    assert spent[1] <= 8 * spent[0] + 0.5  # four times the card; the square would be sixteen
    assert len([i for i in seen.evidence if i.key.endswith("link")]) <= 401


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://huggingface.co/org/name", "weights"),
        ("https://huggingface.co/org", ""),
        ("https://huggingface.co/docs/transformers", ""),
        ("https://huggingface.co/spaces/acme/demo", ""),
        ("https://huggingface.co/papers/2401.00001", "paper"),
        ("https://huggingface.co/org/name/blob/main/config.json", ""),
        ("https://huggingface.co/org/name/resolve/main/model.safetensors", "weights"),
        ("https://cdn.example.org/tiny-7b.tar", "weights"),
        ("https://example.org/data.tar.gz", ""),
        ("https://example.org/model-weights.tar.gz", "weights"),
        ("https://www.kaggle.com/models/google/gemma", "weights"),
        ("https://github.com/org", ""),
        ("https://github.com/org/repo/issues/1", ""),
        ("https://gitlab.com/org/repo", "code"),
        ("https://example.org/paper.pdf", "paper"),
        ("https://en.wikipedia.org/wiki/BERT_(language_model)", ""),
        ("magnet:?xt=urn:btih:5f96d43576e3d386c9ba65b883210a393b68210e", "weights"),
        ("http://[::1", ""),
    ],
)
def test_kinds_of_address(url, key):
    seen = look(FORMAT, f"See {url} for more.\n", "README.md")
    wanted = f"card.{key}-link" if key else "card.link"
    target = url.partition("[")[0] if "[" in url else url
    links = [(i.key, i.value) for i in seen.evidence if i.key.startswith("card.") and "link" in i.key]
    assert links == ([(wanted, target)] if "[" not in url else links)


def test_badges_and_patterns_are_no_links():
    text = "[![b](https://img.shields.io/x.svg)](https://e.org/a)\n\nhttps://huggingface.co/org/m-{size}\n"
    seen = look(FORMAT, text, "README.md")
    assert seen.all("card.link") == ["https://e.org/a"]
    assert not seen.all("card.weights-link")


@pytest.mark.parametrize(
    ("code", "weights", "data"),
    [
        ("huggingface-cli download acme/m --include x", ["acme/m"], []),
        ("hf download acme/d --repo-type dataset", [], ["acme/d"]),
        ('snapshot_download(repo_id="acme/d", repo_type="dataset")', [], ["acme/d"]),
        ("load_dataset('acme/d')\nload_dataset('json')", [], ["acme/d"]),
        ('AutoModel.from_pretrained("gpt2")', ["gpt2"], []),
        ('AutoModel.from_pretrained("path/to/model")', [], []),
        ("lm_eval --model hf --model_args x", [], []),
        ("ollama run llama3", ["llama3"], []),
    ],
)
def test_what_commands_fetch(code, weights, data):
    seen = look(FORMAT, f"x\n\n```\n{code}\n```\n", "README.md")
    assert seen.all("card.weights-link") == weights
    assert seen.all("card.dataset-link") == data


def test_html_tables_and_headings_count():
    text = "<h1>Tiny</h1>\n<table>\n<tr><td>Benchmark</td><td>Tiny</td></tr>\n<tr><td>MMLU</td><td>66.6</td></tr>\n</table>\n"
    seen = look(FORMAT, text, "README.md")
    assert seen.one("card.title") == "Tiny"
    assert seen.one("card.metric") == 1


def test_a_table_of_sizes_is_no_result():
    text = "# M\n\n| Params | Layers |\n|---|---|\n| 7 | 32 |\n| 13 | 40 |\n"
    assert not look(FORMAT, text, "README.md").all("card.metric")


def test_cut_anywhere():
    survives_cuts(FORMAT, CARD, "README.md", step=3)


def test_not_text():
    from ajar.errors import MalformedError

    with pytest.raises(MalformedError):
        look(FORMAT, b"# a\0b", "README.md", Limits())


FENCE = """# A model

```python
from transformers import GPTNeoXForCausalLM, AutoTokenizer
model = GPTNeoXForCausalLM.from_pretrained("org/name")
tokenizer = AutoTokenizer.from_pretrained("org/name")
```
"""


@pytest.mark.parametrize(
    ("text", "packages"),
    [
        (FENCE, ["transformers"]),
        (FENCE.replace('"org/name")\ntok', '"org/name", trust_remote_code=True)\ntok'), []),
        (FENCE.replace("model = GPTNeoXForCausalLM.from_pretrained", "model = make"), []),
    ],
)
def test_what_a_fence_loads_the_weights_with(text, packages):
    seen = look(FORMAT, text.encode(), "README.md")
    assert [item.value for item in seen.evidence if item.key == "card.loads-with"] == packages
