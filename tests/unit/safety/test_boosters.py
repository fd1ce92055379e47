"""Models of trees: counts and child indices that hold, and those that do not."""

from __future__ import annotations

import json
import struct

import pytest

from tests.build.trees import catboost, lightgbm, ubjson, xgboost


@pytest.mark.parametrize(
    ("tree", "level"),
    [
        (xgboost(), "clean"),
        (xgboost(booster="dart"), "clean"),
        (xgboost(objective="mine:loss"), "clean"),
        (xgboost(trees=2), "unknown"),
        (xgboost(left_children=[1, -1]), "unknown"),
        (xgboost(left_children=[7, -1, -1]), "unknown"),
        (xgboost(right_children=[-5, -1, -1]), "unknown"),
        (xgboost(tree_param={"num_nodes": "2000000000"}), "unknown"),
        (xgboost(tree_param={"num_nodes": "-1"}), "unknown"),
        ({"learner": {"gradient_booster": "none"}}, "unknown"),
    ],
)
def test_xgboost(look, tree, level):
    assert look(json.dumps(tree), "model.json").level == level
    assert look(ubjson(tree), "model.ubj").level == level
    assert look(ubjson(tree), "renamed.bin").level == level


def test_other_keys_before_the_model_hide_nothing(look):
    tree = {"about": "words" * 2000} | xgboost(trees=9)
    assert look(json.dumps(tree), "model.json").level == "unknown"
    assert (
        look(json.dumps(tree).replace("gradient_booster", "gradient\\u005fbooster"), "model.json").level
        == "unknown"
    )
    assert look('{"gradient_booster": "a word", "a": [1, 2]}', "config.json").level == "clean"


def test_an_objective_of_the_publishers_own_is_named(look):
    found = look(json.dumps(xgboost(objective="mine:loss")), "model.json")
    assert "mine:loss" in found.findings[0].message


@pytest.mark.parametrize(
    "data",
    [
        b"{L" + struct.pack(">q", 7) + b"learner[$l#L" + struct.pack(">q", 2**40),
        b"{L" + struct.pack(">q", 7) + b"learner[#L" + struct.pack(">q", -1),
        b"{L" + struct.pack(">q", 7) + b"learner[$Z#i\x7f",
        b"{L" + struct.pack(">q", 7) + b"learner" + b"[" * 5000,
        b"{L" + struct.pack(">q", 7) + b"learnerS" + b"L" + struct.pack(">q", 2**62),
        b"{L" + struct.pack(">q", 7) + b"learner?",
        ubjson(xgboost())[:-40],
    ],
)
def test_ubjson_that_is_broken_or_too_much(look, data):
    assert look(data, "model.ubj").level == "unknown"


def test_bytes_behind_a_model_and_the_old_format(look):
    assert look(ubjson(xgboost()) + b"more", "model.ubj").level == "caution"
    assert look(b"binf" + bytes(200), "xgb.model").level == "unknown"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        (lightgbm(), "clean"),
        (lightgbm(num_leaves="1"), "clean"),
        (lightgbm(num_leaves="1000000"), "unknown"),
        (lightgbm(num_leaves="-3"), "unknown"),
        (lightgbm(left_child="1 99"), "unknown"),
        (lightgbm(left_child="1 -99"), "unknown"),
        (lightgbm(split_feature="0"), "unknown"),
        (lightgbm(sizes="1 1"), "unknown"),
        (lightgbm(sizes="9999 10"), "unknown"),
        (lightgbm()[:200], "unknown"),
    ],
)
def test_lightgbm(look, text, level):
    assert look(text, "model.txt").level == level


@pytest.mark.parametrize(
    ("data", "level"),
    [
        (catboost(), "clean"),
        (catboost(sizes=(2, 9)), "unknown"),
        (catboost(starts=(0, 2**31)), "unknown"),
        (catboost(starts=(0,)), "unknown"),
        (catboost(core=2**31), "unknown"),
        (catboost() + b"behind", "caution"),
        (catboost()[:60], "unknown"),
        (
            json.dumps({"features_info": {}, "oblivious_trees": [{"splits": [{}], "leaf_values": [1, 2]}]}),
            "clean",
        ),
        (
            json.dumps({"features_info": {}, "oblivious_trees": [{"splits": [{}], "leaf_values": [1]}]}),
            "unknown",
        ),
        (json.dumps({"features_info": {}}), "unknown"),
    ],
)
def test_catboost(look, data, level):
    assert look(data, "model.json" if isinstance(data, str) else "model.cbm").level == level
