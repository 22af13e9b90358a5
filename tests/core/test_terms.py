"""The managed list of terms."""

import pytest

from engage.core.terms import wrong_terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Autistic spectrum disorder", ["Autistic spectrum disorder"]),
        ("support for autism  spectrum\ndisorder", ["autism spectrum disorder"]),
        ("ASD and ASD, and (ASD)", ["ASD"]),
        ("ASDA sells food", []),
        ("He is wheelchair-bound.", ["wheelchair-bound"]),
        ("autistic spectrum condition", []),
        ("", []),
    ],
)
def test_a_term_is_found_as_whole_words_in_any_capitals_and_once(text: str, found: list[str]) -> None:
    assert [wrong.found for wrong in wrong_terms(text)] == found


def test_no_agreed_term_is_itself_a_wrong_one() -> None:
    for text in ("autistic spectrum disorder", "wheelchair bound", "the disabled", "hard to reach"):
        for wrong in wrong_terms(text):
            assert wrong_terms(wrong.write) == []
