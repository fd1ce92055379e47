from ajar.formats.csv_table import FORMAT
from tests.build.observing import look


def test_columns():
    seen = look(FORMAT, b'text,"a, label",n\n1,2,3\n', "train.csv")
    assert seen.all("data.column") == ["text", "a, label", "n"]


def test_tabs():
    assert look(FORMAT, b"a\tb\n", "x.tsv").one("data.columns") == 2


def test_a_large_table_costs_one_line():
    assert look(FORMAT, b"a,b\n", "x.csv", size=2**33).blob.bytes_read == 65536


def test_binary_is_not_one():
    assert not FORMAT.matches(b"a\0b", "x.csv")
    assert not FORMAT.matches(b"a,b", "x.txt")


def test_invalid_bytes_do_no_harm():
    assert look(FORMAT, b"caf\xe9,\xff\n", "x.csv").one("data.columns") == 2
