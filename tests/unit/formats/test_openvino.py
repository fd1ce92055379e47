import pytest

from ajar.config import Limits
from ajar.errors import BudgetExceeded
from ajar.formats.openvino import FORMAT
from tests.build.observing import look

XML = b"""<?xml version="1.0"?>
<net name="bert" version="11">
<layers><layer id="0" name="a" type="Parameter" version="opset1"/><layer id="1" name="b" type="FakeQuantize"/></layers>
</net>"""


def test_layers_and_the_file_beside():
    seen = look(FORMAT, XML, "dir/openvino_model.xml")
    assert seen.one("weights.name") == "bert"
    assert seen.one("weights.version") == "IR 11"
    assert seen.one("weights.layer-count") == 2
    assert seen.one("weights.external-file") == "openvino_model.bin"
    assert seen.one("weights.quantisation") == "FakeQuantize"


def test_entities_are_never_expanded():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + XML
    assert look(FORMAT, bomb, "m.xml").one("weights.layer-count") == 2


def test_other_xml_and_oversize():
    assert not FORMAT.matches(b"<html></html>", "m.xml")
    with pytest.raises(BudgetExceeded):
        look(FORMAT, XML, "m.xml", limits=Limits(header_bytes=10))


def test_a_cut_graph_counts_what_is_there():
    assert look(FORMAT, XML[:120], "m.xml").one("weights.layer-count") == 1
