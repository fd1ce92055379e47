import json

import pytest

from ajar.blobs import BytesBlob
from ajar.config import Limits
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats import safetensors
from ajar.formats.shard_index import FORMAT
from tests.build.observing import cut_everywhere, look
from tests.build.releases import safetensors_bytes

PATH = "model.safetensors.index.json"
INDEX = json.dumps(
    {
        "metadata": {"total_size": 44},
        "weight_map": {"b": "2.safetensors", "a": "1.safetensors", "c": "2.safetensors"},
    }
).encode()


def test_shards_and_total():
    seen = look(FORMAT, INDEX, PATH)
    assert seen.all("weights.index-shard") == ["1.safetensors", "2.safetensors"]
    assert seen.one("weights.index-tensor-count") == 3
    assert seen.one("weights.total-size") == 44


def test_the_digest_is_the_one_a_shard_gives():
    shard = safetensors_bytes({"c": ("F32", [1]), "b": ("F32", [1])})
    names = look(safetensors.FORMAT, shard, "2.safetensors").one("weights.tensor-names")
    quote = look(FORMAT, INDEX, PATH).evidence[1].quote
    assert quote == f"2 tensors, names {names}"


@pytest.mark.parametrize(
    "data", [b"{}", b'{"weight_map": []}', b'{"weight_map": {"a": 1}}', b'{"weight_map":' + b"[" * 90_000]
)
def test_indexes_that_are_none(data):
    with pytest.raises(MalformedError):
        list(FORMAT.inspect(PATH, BytesBlob(data), Limits()))


def test_cut_and_oversized():
    assert cut_everywhere(FORMAT, INDEX, PATH) == len(INDEX) - 1
    with pytest.raises(BudgetExceeded):
        list(FORMAT.inspect(PATH, BytesBlob(INDEX), Limits(header_bytes=10)))
