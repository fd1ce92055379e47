"""Whether a text is English, by its commonest words: the grammar knows no other language."""

from __future__ import annotations

from collections.abc import Sequence

from ajar.reading.tokens import Sentence

_ENOUGH = 25  # words; of less nothing is said
_SAMPLE = 3000
_WORDS = {
    "en": "the of and to in is that for it as was with be by on not he his are this at from or have an they which one had but were their has its said will would".split(),
    "French": "le la les de des et est une un que qui dans pour sur pas au aux par il elle ne ce cette sont avec".split(),
    "German": "der die das und ist nicht ein eine den dem des mit von zu auf für im sich auch es werden wird hat sind".split(),
    "Spanish": "el la los las de y que en un una es por con para del se no su al lo como más fue".split(),
    "Italian": "il lo la gli le di che e è un una per con non del della sono nel alla si da".split(),
    "Portuguese": "o a os as de que e do da em um uma para com não por no na é foi mais dos".split(),
    "Dutch": "de het een en van is dat niet op te zijn met voor die aan er ook als door maar".split(),
    "Polish": "i w na z nie się że do jest to przez od po jak ale dla".split(),
    "Turkish": "ve bir bu için ile da de olan olarak daha çok en gibi".split(),
    "Swedish": "och att det som en på är av för med till den har inte ett om".split(),
}
_SCRIPTS = (("Russian or another Cyrillic language", "\u0400", "\u04ff"), ("Chinese or Japanese", "\u3040", "\u9fff"), ("Korean", "\uac00", "\ud7af"), ("Arabic", "\u0600", "\u06ff"), ("Hebrew", "\u0590", "\u05ff"), ("Hindi or another Indian language", "\u0900", "\u0dff"), ("Greek", "\u0370", "\u03ff"), ("Thai", "\u0e00", "\u0e7f"))  # fmt: skip


def language_of(sentences: Sequence[Sentence]) -> str:
    """`en`, the name of another language, or "" when there is too little text to tell."""
    words = [token.lower for sentence in sentences for token in sentence.tokens if token.text[0].isalpha()][:_SAMPLE]
    letters = "".join(words)
    for name, first, last in _SCRIPTS:
        if letters and sum(first <= char <= last for char in letters) > 0.3 * len(letters):
            return name
    if len(words) < _ENOUGH:
        return ""
    scores = {name: sum(word in known for word in words) / len(words) for name, known in ((n, frozenset(w)) for n, w in _WORDS.items())}
    best = max(scores, key=lambda name: (scores[name], name == "en"))
    if scores["en"] >= 0.15 or best == "en":
        return "en" if scores["en"] >= 0.05 else "another language"
    return best if scores[best] > 1.3 * scores["en"] else "en"
