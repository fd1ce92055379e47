"""The rules on base models, told: id, statement, why it matters, what to do."""

from __future__ import annotations

RULES = (
    (
        "base-model-limits-are-passed-on",
        "Limits that the base model's licence lays on derivatives stand in this release's terms too.",
        "A permissive tag over a limited base promises rights that its publisher did not have to give.",
        "Take over the base model's licence, or one with its limits, and put its text here.",
    ),
    (
        "non-commercial-base-stays-non-commercial",
        "A model made of one for research or non-commercial use is not offered for commerce.",
        "Nobody can license to others what the base model's licence kept from them.",
        "Publish under the base model's licence, or start from a base that allows commerce.",
    ),
    (
        "outputs-may-train-this-model",
        "The models whose outputs it was trained on allow that.",
        "Several licences and service terms forbid to train other models on what theirs wrote.",
        "Replace that training data, or get the consent of the maker whose model wrote it.",
    ),
    (
        "model-name-begins-as-the-base-asks",
        "The model's name begins as its base model's licence asks.",
        "Llama 3 and later, EXAONE and HyperCLOVA X make the name a condition of distributing what is made of them.",
        "Rename the model so that it begins with the words the licence gives.",
    ),
    (
        "base-model-credit-is-displayed",
        "The credit that the base model's licence asks for is displayed.",
        "It is a condition of the right to distribute.",
        "Put the words into the card.",
    ),
    (
        "share-alike-base-keeps-its-licence",
        "A model made of one under share-alike or copyleft stands under the same licence.",
        "Share-alike is the price of the right to share a changed version.",
        "Publish under the base model's licence.",
    ),
    (
        "base-model-licence-is-kept",
        "A base model that may be passed on only under its own licence still stands under it here.",
        "Another licence on it is one that nobody was entitled to give.",
        "Publish under the base model's licence.",
    ),
    (
        "merged-licences-can-stand-together",
        "The licences of the models that were merged can all be kept at once.",
        "Two share-alike licences that each demand the whole cannot both be obeyed.",
        "Merge models whose licences agree.",
    ),
    (
        "base-model-allows-derivatives",
        "The base model's licence lets changed versions be shared.",
        "Without that right the derivative may not be published at all.",
        "Ask the base model's maker, or start from another.",
    ),
    (
        "base-model-limits-reach-here",
        "No threshold or territory of a base model binds whoever uses this one.",
        "The base model's limits hold for it wherever it is inside another.",
        "Check whether you are above the threshold, or in the territory.",
    ),
    (
        "base-model-notices-are-kept",
        "The licence text of the base model is in this release.",
        "Nearly all licences let copies be made only together with their text.",
        "Put the base model's licence and notice files here.",
    ),
    (
        "base-model-is-named",
        "A release that is made from another model names it.",
        "Without the name nobody can tell which terms came with it.",
        "Fill in base_model in the card.",
    ),
    (
        "base-model-licence-is-known",
        "The licence of every base model is known.",
        "What an unknown licence asks cannot be kept.",
        "Read the base model's licence where it is published.",
    ),
)
