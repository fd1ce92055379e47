"""Hub tasks (`pipeline_tag`) as the words that other indexes have for what a model deals in."""

from __future__ import annotations

from collections.abc import Mapping

_LANGUAGE = (
    "text-generation",
    "text2text-generation",
    "fill-mask",
    "summarization",
    "translation",
    "question-answering",
    "text-classification",
    "token-classification",
    "zero-shot-classification",
    "sentence-similarity",
    "feature-extraction",
    "text-ranking",
    "table-question-answering",
)
_VISION = (
    "image-classification",
    "object-detection",
    "image-segmentation",
    "depth-estimation",
    "image-feature-extraction",
    "mask-generation",
    "keypoint-detection",
    "zero-shot-image-classification",
    "zero-shot-object-detection",
    "video-classification",
)
_IMAGE = ("text-to-image", "image-to-image", "unconditional-image-generation")
_AUDIO = (
    "automatic-speech-recognition",
    "text-to-speech",
    "text-to-audio",
    "audio-to-audio",
    "audio-classification",
    "voice-activity-detection",
)
_VIDEO = ("text-to-video", "image-to-video", "video-to-video")
_MULTIMODAL = (
    "image-text-to-text",
    "image-to-text",
    "visual-question-answering",
    "document-question-answering",
    "video-text-to-text",
    "audio-text-to-text",
    "any-to-any",
    "visual-document-retrieval",
)
_SPACE = ("text-to-3d", "image-to-3d")

MOT_TYPES: Mapping[str, str] = {
    **dict.fromkeys(_LANGUAGE, "language"),
    **dict.fromkeys(_VISION, "vision"),
    **dict.fromkeys(_IMAGE, "image"),
    **dict.fromkeys(_AUDIO, "audio"),
    **dict.fromkeys(_VIDEO, "video"),
    **dict.fromkeys(_SPACE, "3d"),
    **dict.fromkeys(_MULTIMODAL, "multimodal"),
}
"""`release.type` of the Model Openness Tool (schema/mof_schema.json at 8b5d30e, 2026-05-11)."""

OSAI_TYPES: Mapping[str, str] = {
    **dict.fromkeys((*_LANGUAGE, *_MULTIMODAL), "text"),
    **dict.fromkeys(_IMAGE, "image"),
    **dict.fromkeys(_AUDIO, "audio"),
    **dict.fromkeys(_VIDEO, "video"),
}
"""`system.type` of the European index (its main database at 5a388e8, 2026-06-12): text, code, image, audio, video."""
